#pragma once
// Chapter 05: what sections 8 to 11 print, plot and have checked, as show.hpp for those before.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "05_cnn_fundamentals/loops.hpp"
#include "05_cnn_fundamentals/naive.hpp"
#include "05_cnn_fundamentals/planes.hpp"
#include "support/chapter.hpp"
#include "support/gallery.hpp"
#include "support/timing.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using planes::Plane;
using tutorial::Chapter;

// Digits in the middle of a black square, moved to the right by `shift` of at most 3, with room for
// their edges: (count, 42, 42, 1), in whole numbers from 0 to 255.
inline lw::Tensor<double> shifted_digits(const lw::data::Mnist& data, Index count, Index shift) {
  constexpr Index kMargin = 7;
  lw::Tensor<double> x({count, 42, 42, 1});
  for (Index n = 0; n < count; ++n)
    for (Index i = 0; i < 28; ++i)
      for (Index j = 0; j < 28; ++j)
        x(n, i + kMargin, j + kMargin + shift, 0) = data.train_images(n, i, j);
  return x;
}

// Whether maps, (count, height, width, channels), are others moved to the right, to the last bit;
// what has come in at the left is not looked at.
inline bool is_moved(const lw::Tensor<double>& moved, const lw::Tensor<double>& maps, Index right) {
  const lw::Shape& shape = maps.shape();
  if (moved.shape() != shape) return false;
  for (Index n = 0; n < shape[0]; ++n)
    for (Index i = 0; i < shape[1]; ++i)
      for (Index j = right; j < shape[2]; ++j)
        for (Index k = 0; k < shape[3]; ++k)
          if (moved(n, i, j, k) != maps(n, i, j - right, k)) return false;
  return true;
}

// Maximum pooling over squares of size x size.
inline lw::Tensor<double> pooled(const lw::Tensor<double>& maps, Index size) {
  const lw::Shape& shape = maps.shape();
  lw::Tensor<double> y({shape[0], shape[1] / size, shape[2] / size, shape[3]});
  lw::ops::max_pool<double>(maps, {.kernel = size, .stride = size}, y);
  return y;
}

// By how many percent maps differ from those before: the root of the sum of the squares.
inline double change(lw::TensorView<const double> before, lw::TensorView<const double> after) {
  double difference = 0, all = 0;
  for (Index i = 0; i < before.size(); ++i) {
    difference += std::pow(after[i] - before[i], 2);
    all += std::pow(before[i], 2);
  }
  return 100 * std::sqrt(difference / all);
}

// Squares of size x size, and the change in percent for shifts of 1, 2 and 3 pixels and for
// another image.
struct Change {
  Index size;
  double shifted[3], another;
};

inline void print_changes(Chapter& chapter, Index images, const std::vector<Change>& changes) {
  chapter.print(
      "change in percent, {} images\n"
      "shifted by    1       2       3 pixels   another image\n",
      images);
  lw::report::Chart chart{.title = "What changes when the digit moves",
                          .x_label = "pixels to the right",
                          .y_label = "change in percent",
                          .series = {}};
  bool less = true;
  double previous = 100;
  for (const auto& [size, shifted, another] : changes) {
    const std::string name = size == 1                     ? "no pooling"
                             : size == changes.back().size ? "global"
                                                           : fmt::format("{} x {}", size, size);
    lw::report::Series series{.name = name,
                              .x = {0, 1, 2, 3},
                              .y = {0, shifted[0], shifted[1], shifted[2]},
                              .mark = lw::report::Mark::line_and_points};
    chapter.print("{:<10}{:7.1f} {:7.1f} {:7.1f} {:15.1f}\n", name, shifted[0], shifted[1],
                  shifted[2], another);
    less = less && shifted[0] < previous;
    previous = shifted[0];
    chart.series.push_back(std::move(series));
  }
  const auto& global = changes.back().shifted;
  chapter.check("a shift by 1 changes less, the larger the squares", less);
  chapter.check("global pooling does not notice, exactly",
                global[0] == 0 && global[1] == 0 && global[2] == 0);
  chapter.plot("shift", chart);
}

// The maps of the digits where they are, and moved to the right by 1, 2 and 3 pixels.
inline void shift(Chapter& chapter, const std::vector<lw::Tensor<double>>& maps) {
  chapter.section("shift", "8 A shifted digit");
  chapter.check("the map of a shifted image is the shifted map, exactly",
                is_moved(maps[1], maps[0], 1) && is_moved(maps[2], maps[0], 2) &&
                    is_moved(maps[3], maps[0], 3));
  chapter.check("a shift by 2 moves the pooled map by 1, exactly",
                is_moved(pooled(maps[2], 2), pooled(maps[0], 2), 1));
  const Index count = maps[0].shape()[0];
  std::vector<Change> changes;
  for (const Index size : {Index{1}, Index{2}, Index{4}, Index{8}, maps[0].shape()[1]}) {
    const lw::Tensor<double> before = pooled(maps[0], size);
    const auto by = [&](std::size_t pixels) {
      const lw::Tensor<double> after = pooled(maps[pixels], size);
      return change(before, after);
    };
    changes.push_back(
        {size, {by(1), by(2), by(3)}, change(before.rows(0, count - 1), before.rows(1, count))});
  }
  print_changes(chapter, count, changes);
}

// What became of a model's filter, step by step; the first one is before the first step.
class Trace {
 public:
  explicit Trace(lw::Sequential& model) { keep(model); }
  void note(double loss, lw::Sequential& model) {
    losses.push_back(loss);
    keep(model);
  }

  std::vector<double> losses;
  std::vector<Plane> filters;

 private:
  void keep(lw::Sequential& model) {
    const auto weights = model.parameters()[0].value;
    filters.emplace_back(lw::Shape{3, 3});
    std::copy(weights.begin(), weights.end(), filters.back().begin());
  }
};

inline double distance_from_edge(const Plane& filter) {
  return planes::largest_difference(filter, planes::edge_filter());
}

inline void learning(Chapter& chapter, const Trace& plain, const Trace& fast) {
  const std::size_t steps = fast.losses.size();
  tutorial::Gallery frames(3, 3);
  chapter.print("   step          loss   a weight's largest error\n");
  for (std::size_t step = 0;; step = step == 0 ? 1 : 2 * step) {
    const bool end = step >= steps;
    const std::size_t at = end ? steps : step;
    frames.add(fast.filters[at], fmt::format("step {}", at), 1);
    chapter.print("{:>7} {:>13.3e} {:>12.2e}\n", at, fast.losses[std::min(at, steps - 1)],
                  distance_from_edge(fast.filters[at]));
    if (end) break;
  }
  chapter.print(
      "\nthe filter that was found, with momentum, and without:\n{}\n",
      lw::report::side_by_side(
          {{"with momentum", fast.filters.back()}, {"without", plain.filters.back()}}, 4));
  // Eight seeds ended between 6e-6 and 1e-3, and after the steps of a quick run below 0.11.
  if (steps >= 160)
    chapter.check("learning finds (1 0 -1) in each row",
                  distance_from_edge(fast.filters.back()) <= (chapter.options().full ? 0.01 : 0.2));
  chapter.plot("frames", frames.grid("A filter learns what an edge is", 6));
  chapter.plot("learning", lw::report::Chart{
                               .title = "Loss while the filter is learned",
                               .x_label = "step",
                               .y_label = "mean square error",
                               .series = {{.name = "gradient descent", .x = {}, .y = plain.losses},
                                          {.name = "with momentum", .x = {}, .y = fast.losses}},
                               .log_y = true});
}

inline void alone(Chapter& chapter, const Trace& trace) {
  chapter.section("alone", "What one image teaches");
  const Plane& filter = trace.filters.back();
  double sums[3] = {};
  for (Index i = 0; i < 9; ++i) sums[i % 3] += filter[i];
  chapter.print("loss after {} steps: {:.1e}\nthe filter:\n{}\n", trace.losses.size(),
                trace.losses.back(), lw::report::side_by_side({{"", filter}}, 3));
  chapter.print("sums of its columns: {:.4f} {:.4f} {:.4f}\n", sums[0], sums[1], sums[2]);
  chapter.check("the loss is gone", trace.losses.back() <= 1e-9);
  chapter.check("the columns' sums are 3, 0 and -3", std::abs(sums[0] - 3) <= 1e-4 &&
                                                         std::abs(sums[1]) <= 1e-4 &&
                                                         std::abs(sums[2] + 3) <= 1e-4);
  chapter.check("the filter is another", distance_from_edge(filter) >= 0.01);
}

// The gradient of the learner's filter, by the library and by the loops, on four pairs.
inline void derivatives_by_loops(Chapter& chapter, const lw::Sequential& learner,
                                 const lw::Tensor<float>& images,
                                 const lw::Tensor<float>& targets) {
  auto twin = learner.as<double>();
  lw::Tensor<double> x({4, 28, 28, 1}), y({4, 26, 26, 1}), loops({3, 3, 1, 1});
  std::copy_n(images.begin(), x.size(), x.begin());
  std::copy_n(targets.begin(), y.size(), y.begin());
  twin.compute_gradients(lw::MeanSquaredError{}, x, y);
  lw::Tensor<double> errors = twin.predict(x);
  for (Index i = 0; i < y.size(); ++i)
    errors[i] = 2 * (errors[i] - y[i]) / static_cast<double>(y.size());
  naive::conv_backward(x, errors, loops);
  // Sums of 2,704 products of either sign, in another order.
  chapter.check("the loops of section 9 find the same derivatives",
                planes::largest_difference(twin.parameters()[0].gradient, loops) <=
                    1e-11 * tutorial::largest(loops));
}

// The learner, whose weights are checked on the first of its pairs, and a network on noise.
inline void gradients(Chapter& chapter, const lw::Sequential& learner, const lw::Tensor<float>& x,
                      const lw::Tensor<float>& target, lw::Sequential network) {
  chapter.section("gradients", "10 Are the gradients right?");
  const lw::GradientCheckOptions options{.entries_per_tensor = chapter.options().quick ? 200 : 0,
                                         .seed = 42};
  chapter.gradient_check("the learner, mean square error",
                         lw::gradient_check(learner, lw::MeanSquaredError{}, x.rows(0, 1),
                                            target.rows(0, 1), options));
  derivatives_by_loops(chapter, learner, x, target);
  network.set_seed(options.seed);
  lw::Tensor<float> noise({3, 14, 13, 2});
  lw::fill_uniform<float>(noise, 0, 1, {.seed = options.seed, .stream = 5});
  const lw::Tensor<std::int32_t> labels({3}, {3, 1, 4});
  chapter.gradient_check(
      "two convolutions with pooling between, cross-entropy",
      lw::gradient_check(network, lw::SparseCategoricalCrossentropy{}, noise, labels, options));
}

using naive::Batch;

// A way to convolve: its name, what it does, what it leaves, and how often it is timed.
struct Way {
  const char* name;
  std::function<void()> convolve;
  const Batch* result;
  int runs;
};

// Ways to convolve the same images with the same filters.
inline void compare_ways(Chapter& chapter, const std::vector<Way>& ways, Batch x, Batch filters) {
  const Batch& first = *ways.front().result;
  const Index depth = filters.size() / filters.shape()[3];
  std::vector<double> rates;
  lw::Tensor<double> shares({static_cast<Index>(ways.size()), first.size()});
  {
    const lw::ScopedThreads one_thread(1);
    for (const Way& way : ways)
      rates.push_back(tutorial::gigaflops(2 * first.size() * depth, way.runs, way.convolve));
  }
  // What the sums are without signs: each is off by at most `depth` roundings of that.
  for (float& v : x) v = std::abs(v);
  for (float& v : filters) v = std::abs(v);
  lw::Tensor<float> sizes(first.shape());
  lw::ops::conv_forward<float>(x, filters, sizes, {.algorithm = lw::ConvolutionAlgorithm::direct});
  chapter.print("  {:>29}{:>25}\n", "GFLOP/s", "time, the last way's = 1");
  for (std::size_t w = 0; w < ways.size(); ++w) {
    chapter.print("  {:<21}{:8.1f}{:25.1f}\n", ways[w].name, rates[w], rates.back() / rates[w]);
    for (Index i = 0; i < first.size(); ++i)
      shares(static_cast<Index>(w), i) =
          static_cast<double>(std::abs((*ways[w].result)[i] - first[i])) / sizes[i];
  }
  const double worst = tutorial::largest(shares);
  // With fewer products it is off by 3 roundings of the largest that a sum of the sizes could be
  // here, twice what it is or so: far less.
  const double bound = 2 * static_cast<double>(depth) * 0x1p-24;
  chapter.print(
      "largest difference from the loops: {:.1e} of the sum\nof the sizes added, bound {:.1e}\n",
      worst, bound);
  chapter.check("all four ways give the same numbers", worst <= bound);
}

// The four ways; `by_product` has a matrix for the windows.
inline void ways(Chapter& chapter,
                 void (*by_product)(const Batch& x, const Batch& filters, Batch& columns, Batch& y),
                 void (*by_kernel)(const Batch& x, const Batch& filters, Batch& y),
                 void (*by_fewer_products)(const Batch& x, const Batch& filters, Batch& y)) {
  chapter.section("ways", "11 Four ways to the same numbers");
  const bool quick = chapter.options().quick;
  const Index n = quick ? 4 : 32, depth = 3 * 3 * 32;
  Batch x({n, 13, 13, 32}), filters({3, 3, 32, 64}), columns({n * 11 * 11, depth});
  lw::fill_uniform<float>(x, -1, 1, {.seed = chapter.options().seed, .stream = 1});
  lw::fill_uniform<float>(filters, -1, 1, {.seed = chapter.options().seed, .stream = 2});
  Batch loops({n, 11, 11, 64}), product(loops.shape()), kernel(loops.shape()), fewer(loops.shape());
  const std::vector<Way> ways = {
      {"plain loops", [&] { naive::conv(x, filters, loops); }, &loops, quick ? 1 : 3},
      {"im2col and gemm", [&] { by_product(x, filters, columns, product); }, &product, 21},
      {"the library's kernel", [&] { by_kernel(x, filters, kernel); }, &kernel, 21},
      {"with fewer products", [&] { by_fewer_products(x, filters, fewer); }, &fewer, 21}};
  chapter.print(
      "{} images of 13 x 13 x 32, 64 filters of 3 x 3,\nin float, on one thread with {}:\n", n,
      lw::to_string(lw::active_isa()));
  compare_ways(chapter, ways, x, filters);
  chapter.print("the images have {} numbers, unfolded {}\n", x.size(), columns.size());
  chapter.check("71 million multiplications, and more than six times the numbers",
                quick || (loops.size() * depth == 71'368'704 && columns.size() == 1'115'136));
}

// Two results by four products, on small whole numbers, of which nothing is rounded.
inline void two_results(Chapter& chapter,
                        std::array<double, 2> (*two_results)(const std::array<double, 4>& x,
                                                             double a, double b, double c)) {
  bool same = true;
  for (int number = 0; number < 5 * 5 * 5 * 5; ++number) {
    const std::array<double, 4> x = {number % 5 - 2.0, number / 5 % 5 - 2.0, number / 25 % 5 - 2.0,
                                     number / 125 - 2.0};
    const double a = number % 7 - 3, b = number % 11 - 5, c = number % 13 - 6;
    const auto [first, second] = two_results(x, a, b, c);
    same =
        same && first == a * x[0] + b * x[1] + c * x[2] && second == a * x[1] + b * x[2] + c * x[3];
  }
  chapter.check("four products make the two results that take six", same);
}

}  // namespace show
