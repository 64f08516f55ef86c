#pragma once
// Chapter 12: what sections 1 to 5 print, plot and have checked of the numbers that main.cpp
// computes.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "12_dropout/thinned.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/derivatives.hpp"
#include "support/mnist.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;
using Numbers = lw::Tensor<double>;

inline void image(Chapter& chapter, const lw::data::Mnist& mnist) {
  if (!chapter.has_course_data())
    chapter.print("These are not MNIST's digits but the images of {}.\n", mnist.name);
  chapter.print("training images  {}\ntest images      {}\n",
                lw::to_string(mnist.train_images.shape()),
                lw::to_string(mnist.test_images.shape()));
  chapter.exact("training images", static_cast<double>(mnist.train_images.shape()[0]), 60'000);
  chapter.exact("test images", static_cast<double>(mnist.test_images.shape()[0]), 10'000);
  chapter.exact("rows of an image", static_cast<double>(mnist.train_images.shape()[1]), 28);
  chapter.exact("columns of an image", static_cast<double>(mnist.train_images.shape()[2]), 28);

  constexpr Index kRow = 14;
  const auto first = mnist.train_images.row(0);
  const std::string& name = mnist.label_names[static_cast<std::size_t>(mnist.train_labels[0])];
  chapter.print("\nThe label of the first training image is {}. Its row {}:\n", name, kRow);
  for (Index column = 0; column < 28; ++column)
    chapter.print("{:>4}{}", static_cast<int>(first(kRow, column)), column % 14 == 13 ? "\n" : "");
  chapter.plot("first", lw::report::ImageGrid{.title = "The first training image",
                                              .images = mnist.train_images.rows(0, 1),
                                              .captions = {name}});
}

inline void network(Chapter& chapter, const lw::Sequential& model) {
  chapter.print("{}", model.summary());
  chapter.plot("layers", model);
  Index of[2] = {};
  int dense = 0;
  for (const lw::LayerInfo& layer : model.layers())
    if (layer.type == "Dense") of[dense++] = layer.parameter_count;
  chapter.exact("parameters of the first dense layer", static_cast<double>(of[0]), 401'920);
  chapter.exact("parameters of the second dense layer", static_cast<double>(of[1]), 5'130);
  chapter.exact("parameters", static_cast<double>(model.parameter_count()), 407'050);
}

inline std::string listed(const std::vector<int>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == numbers.size() ? " and " : ", ", numbers[i]);
  return text;
}

// The masks of four images for a layer of eight units, and the whole network.
inline void masks(Chapter& chapter, bool (*is_kept)(Index, double, lw::RandomKey), double rate) {
  const auto save = [&](int number, const std::string& title, const std::string& alt,
                        const std::vector<bool>& kept) {
    lw::save_text(chapter.folder() / fmt::format("mask_{}.svg", number),
                  Thinned(kept).svg(Thinned::kHeight, title, alt));
    chapter.print("Plot: mask_{}.svg\n", number);
  };
  for (int image = 1; image <= 4; ++image) {
    std::vector<bool> kept;
    std::vector<int> dropped;
    for (int unit = 0; unit < Thinned::kUnits; ++unit) {
      kept.push_back(is_kept(unit, rate, {42, static_cast<std::uint64_t>(image)}));
      if (!kept.back()) dropped.push_back(unit + 1);
    }
    const std::string which =
        dropped.empty() ? "no unit is dropped"
                        : fmt::format("unit{} {} {} dropped", dropped.size() > 1 ? "s" : "",
                                      listed(dropped), dropped.size() > 1 ? "are" : "is");
    save(image, fmt::format("Training, image {}: {}", image, which),
         fmt::format("A network of five inputs, eight hidden units and three outputs, for image "
                     "{}: {}. What is dropped is dashed and has no connections.",
                     image, which),
         kept);
  }
  save(5, "After training: all units are there",
       "The same network. All eight hidden units are there, with all their connections.",
       std::vector<bool>(Thinned::kUnits, true));
}

// Ten numbers, x, and what dropout makes of them under one mask.
inline void by_hand(Chapter& chapter, const Numbers& x, const Numbers& mask,
                    const Numbers& dropped) {
  chapter.print("unit     x   mask   x mask   x mask / (1 - rate)\n");
  double sums[3] = {};
  for (Index i = 0; i < x.size(); ++i) {
    const double kept = x[i] * mask[i];
    chapter.print("{:>4}{:>6.1f}{:>7}{:>9.1f}{:>22.3f}\n", i + 1, x[i], mask[i], kept, dropped[i]);
    sums[0] += x[i];
    sums[1] += kept;
    sums[2] += dropped[i];
  }
  chapter.print("sum {:>6.1f}{:>7}{:>9.1f}{:>22.3f}\n", sums[0], "", sums[1], sums[2]);
}

// The running means of the sum of x under one mask after another, as it is and divided.
inline void means(Chapter& chapter, const Numbers& x, double rate, const std::vector<double>& kept,
                  const std::vector<double>& divided) {
  const auto count = static_cast<double>(kept.size());
  double sum = 0, squares = 0;
  for (const double one : x) sum += one, squares += one * one;
  chapter.print(
      "the sum without dropout             {:.3f}\n"
      "mean over {} masks, not divided  {:.3f}\n"
      "mean over {} masks, divided      {:.3f}\n",
      sum, kept.size(), kept.back(), divided.size(), divided.back());
  // A number that is kept with the probability 1 - rate, and divided by it, has the variance
  // x^2 rate / (1 - rate). A mean of n sums has their deviation by the root of n; five are as good
  // as never.
  const double five = 5 * std::sqrt(squares * rate / (1 - rate) / count);
  chapter.check("divided by 1 - rate, the mean is kept", std::abs(divided.back() - sum) <= five);
  chapter.check("not divided, it is smaller by the rate",
                std::abs(kept.back() - (1 - rate) * sum) <= five);
  lw::report::Chart chart{.title = "The mean of the sum, over more and more masks",
                          .x_label = "masks",
                          .y_label = "mean of the sum",
                          .series = {{.name = "divided by 1 - rate", .x = {}, .y = divided},
                                     {.name = "not divided", .x = {}, .y = kept},
                                     {.name = "without dropout", .x = {1, count}, .y = {sum, sum}}},
                          .log_x = true};
  chart.alt = fmt::format(
      "Two jagged lines that become smooth. The mean of what is divided settles at {:.1f}, the sum "
      "without dropout, which is drawn as a straight line. The other settles below, at {:.1f}.",
      divided.back(), kept.back());
  chapter.plot("mean", chart);
}

inline double share_kept(const Numbers& mask) {
  double kept = 0;
  for (const double one : mask) kept += one;
  return kept / static_cast<double>(mask.size());
}

// A mask by hand, the library's, and whether that is the same on one thread.
inline void generator(Chapter& chapter, const Numbers& by_hand, const Numbers& by_library,
                      double rate, bool same_on_one_thread) {
  Index different = 0;
  for (Index i = 0; i < by_hand.size(); ++i) different += by_hand[i] != by_library[i];
  const auto count = static_cast<double>(by_hand.size());
  chapter.print(
      "positions in the mask           {}\n"
      "share that is kept              {:.4f}\n"
      "ours and the library's differ   at {} positions\n"
      "one thread and {} threads draw   {}\n",
      by_hand.size(), share_kept(by_hand), different, lw::num_threads(),
      same_on_one_thread ? "the same mask" : "other masks");
  chapter.check("the mask by hand is the library's", different == 0);
  chapter.check("the mask is the same on one thread", same_on_one_thread);
  // The share kept of n has the deviation sqrt(rate (1 - rate) / n); five are as good as never.
  chapter.check("the share that is kept is 1 - rate", std::abs(share_kept(by_hand) - (1 - rate)) <=
                                                          5 * std::sqrt(rate * (1 - rate) / count));
}

// How far the library's layer is from the functions by hand, under its own mask.
inline void layer(Chapter& chapter, const Numbers& mask, double forward, double backward,
                  double after) {
  chapter.print(
      "share of {} numbers that the layer kept   {:.4f}\n"
      "largest difference, on the way forward       {:.1e}\n"
      "                    on the way back          {:.1e}\n"
      "                    when not training        {:.1e}\n",
      mask.size(), share_kept(mask), forward, backward, after);
  // Numbers below 1 / 0.8, which differ by two roundings of a double, 1.1e-16 of them each.
  chapter.check("the layer and we make the same of the same mask",
                forward <= 3e-16 && backward <= 3e-16);
  chapter.check("when not training, the layer changes nothing", after == 0);
}

// The derivatives with respect to x of half the sum of squares that dropout leaves.
inline void check_backward(
    Chapter& chapter, const Numbers& x, const Numbers& mask, double rate,
    const std::function<Numbers(const Numbers&, const Numbers&, double, bool)>& forward,
    const std::function<Numbers(const Numbers&, const Numbers&, double)>& backward) {
  const Numbers dx = backward(forward(x, mask, rate, true), mask, rate);
  tutorial::Derivatives derivatives;
  for (Index i = 0; i < x.size(); ++i) {
    const auto loss = [&](double moved) {
      Numbers at = x;
      at[i] = moved;
      double sum = 0;
      for (const double y : forward(at, mask, rate, true)) sum += y * y / 2;
      return sum;
    };
    derivatives.add(dx[i], tutorial::numerical(loss, x[i]));
  }
  derivatives.check(chapter, "dropout by hand, with one mask throughout");
}

}  // namespace show
