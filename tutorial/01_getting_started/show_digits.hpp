#pragma once
// Chapter 01: what sections 5 to 7 print, plot and have checked of the digits; the sections before
// are in show.hpp.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "01_getting_started/naive.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/gallery.hpp"
#include "support/mnist.hpp"
#include "support/show.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;
using Labels = lw::TensorView<const std::int32_t>;

inline void digits(Chapter& chapter, const lw::data::Mnist& mnist, const Split& train) {
  if (!chapter.has_course_data())
    chapter.print("These are not MNIST's digits but the images of {}.\n", mnist.name);
  chapter.print("{} images to learn from, {} new ones to be examined on\n", train.size(),
                mnist.test_labels.size());
  lw::report::ImageGrid grid{.title = "The first ten images to learn from, and their labels",
                             .images = train.images.rows(0, 10).reshape({10, 28, 28}),
                             .captions = {},
                             .columns = 5};
  for (Index i = 0; i < 10; ++i)
    grid.captions.push_back(mnist.label_names[static_cast<std::size_t>(train.labels[i])]);
  chapter.plot("digits", grid);
}

// The weights of each output as a picture: white is positive, blue negative.
inline void weights(Chapter& chapter, const lw::data::Mnist& mnist, lw::Sequential& model,
                    const std::string& name, const std::string& title) {
  const auto values = model.parameters()[0].value;  // (784, 10)
  tutorial::Gallery pictures(28, 28);
  for (Index k = 0; k < 10; ++k) {
    naive::Numbers plane({28, 28});
    for (Index i = 0; i < plane.size(); ++i) plane[i] = static_cast<double>(values[i * 10 + k]);
    pictures.add(plane, mnist.label_names[static_cast<std::size_t>(k)]);
  }
  chapter.plot(name, pictures.grid(title, 5));
}

inline double share_right(const std::vector<Index>& answers, Labels labels) {
  Index right = 0;
  for (Index i = 0; i < labels.size(); ++i)
    right += answers[static_cast<std::size_t>(i)] == labels[i];
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

inline std::vector<Index> answers_of(const lw::Tensor<float>& outputs) {
  lw::Tensor<std::int32_t> columns({outputs.shape()[0]});
  lw::ops::argmax_rows<float>(outputs, columns);
  return {columns.begin(), columns.end()};
}

inline void confidence(Chapter& chapter, const lw::data::Mnist& mnist,
                       const lw::Tensor<float>& outputs);

inline void examination(Chapter& chapter, const lw::data::Mnist& mnist, const lw::History& history,
                        const lw::Tensor<float>& outputs) {
  const double share = share_right(answers_of(outputs), mnist.test_labels);
  chapter.print("of the new images {:.1f} % are read correctly\n", 100 * share);
  for (const std::size_t epoch : {std::size_t{1}, std::size_t{5}})
    if (epoch <= history.epochs()) {
      chapter.compare(fmt::format("loss, epoch {}", epoch), history["loss"][epoch - 1]);
      chapter.compare(fmt::format("accuracy, epoch {}", epoch), history["accuracy"][epoch - 1]);
    }
  chapter.section("first", "A single new image");
  tutorial::show_probabilities(chapter, {.name = "outputs",
                                         .title = "New image 0: the output for each class",
                                         .values = outputs.row(0),
                                         .class_names = mnist.label_names,
                                         .truth = mnist.test_labels[0]});
  confidence(chapter, mnist, outputs);
}

// The loops' box against the library's, on so many images.
inline void same_box(Chapter& chapter, lw::Sequential& model, const Split& test,
                     const lw::Tensor<float>& outputs) {
  constexpr Index kImages = 100;
  const auto copy = [](const auto& values, const lw::Shape& shape) {
    naive::Numbers x(shape);
    std::copy(values.begin(), values.end(), x.begin());
    return x;
  };
  const auto knobs = model.parameters();
  const naive::Box box{copy(knobs[0].value, {784, 10}), copy(knobs[1].value, {10})};
  const naive::Numbers x =
      tutorial::pixels<double>(test.images.rows(0, kImages).reshape({kImages, 784}));
  double worst = 0, reach = 0;
  for (Index i = 0; i < kImages; ++i) {
    const double off = tutorial::largest_difference(naive::ask(box, x.row(i)), outputs.row(i));
    worst = off <= worst ? worst : off;  // NaN stays
    for (Index k = 0; k < 10; ++k) {
      double sum = std::abs(box.extra[k]);
      for (Index p = 0; p < 784; ++p) sum += std::abs(x(i, p) * box.weights(p, k));
      reach = std::max(reach, sum);
    }
  }
  // A sum of 785 terms in float is off by at most 785 roundings of the sum of their sizes. What a
  // difference of two sums is off by is the share that a probability is off by; a few roundings of
  // the exponential and the quotient come to it.
  chapter.check("the box in plain loops and the library's give the same outputs",
                worst <= 2 * 785 * 0x1p-24 * reach + 0x1p-20);
  chapter.exact("knobs of the box for digits", static_cast<double>(model.parameter_count()), 7'850);
}

// How sure the box is of its answers, and how often it is right when it is so sure.
inline void confidence(Chapter& chapter, const lw::data::Mnist& mnist,
                       const lw::Tensor<float>& outputs) {
  const std::vector<Index> answers = answers_of(outputs);
  const Index count = outputs.shape()[0];
  std::vector<double> sure(answers.size());
  for (Index i = 0; i < count; ++i)
    sure[static_cast<std::size_t>(i)] =
        static_cast<double>(outputs(i, answers[static_cast<std::size_t>(i)]));
  chapter.section("confidence", "How sure, and how often right");
  constexpr double kEdges[] = {0, .5, .7, .9, .99, 1.01};
  chapter.print("{:<14} | {:>6} | {:>10}\n---------------|--------|-----------\n", "confidence",
                "images", "right");
  Index counted = 0;
  for (std::size_t edge = 0; edge < 5; ++edge) {
    Index images = 0, right = 0;
    for (Index i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (sure[at] < kEdges[edge] || sure[at] >= kEdges[edge + 1]) continue;
      ++images;
      right += answers[at] == mnist.test_labels[i];
    }
    counted += images;
    const double share = images > 0 ? static_cast<double>(right) / static_cast<double>(images) : 0;
    chapter.print("{:<4} to {:<6} | {:>6} | {:>8.1f} %\n", kEdges[edge],
                  std::min(kEdges[edge + 1], 1.0), images, 100 * share);
    chapter.number(fmt::format("right from {}", kEdges[edge]), share);
  }
  chapter.check("each image is in one line", counted == count);

  std::vector<Index> order(answers.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return sure[static_cast<std::size_t>(a)] < sure[static_cast<std::size_t>(b)];
  });
  std::vector<std::uint8_t> bytes;
  lw::report::ImageGrid grid{
      .title = "The new images of which the box is least sure, and its two likeliest labels",
      .images = {},
      .captions = {},
      .columns = 4};
  for (std::size_t i = 0; i < 8; ++i) {
    const auto image = mnist.test_images.row(order[i]);
    bytes.insert(bytes.end(), image.begin(), image.end());
    lw::Tensor<float> rest({10});
    std::copy_n(outputs.row(order[i]).begin(), 10, rest.begin());
    const auto first = static_cast<std::size_t>(answers[static_cast<std::size_t>(order[i])]);
    rest[static_cast<Index>(first)] = 0;
    const auto second =
        static_cast<std::size_t>(std::max_element(rest.begin(), rest.end()) - rest.begin());
    grid.captions.push_back(
        fmt::format("{} or {}?", mnist.label_names[first], mnist.label_names[second]));
  }
  grid.images = {bytes.data(), {8, 28, 28}};
  chapter.plot("unsure", grid);
}

inline std::string by(Index size) {
  return fmt::format("{} x {}", size, size);
}

// `shares[i]` of the new images were read correctly at `sizes[i]` pixels a side. `digit` is the
// first image to learn from at each size.
inline void sizes(Chapter& chapter, const std::vector<Index>& sizes,
                  const std::vector<double>& shares, const std::vector<naive::Numbers>& digit) {
  lw::report::BarChart chart{.title = "What can still be told of fewer and fewer pixels",
                             .x_label = "pixels of an image",
                             .y_label = "share of new images that is right",
                             .names = {},
                             .values = shares,
                             .y_range = std::pair{0.0, 1.0}};
  tutorial::Gallery pictures(28, 28);
  bool falls = true;
  chapter.print("pixels   knobs  right of the new images\n");
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    chapter.print("{:<8}{:>6} {:>9.1f} %\n", by(sizes[i]), (sizes[i] * sizes[i] + 1) * 10,
                  100 * shares[i]);
    if (sizes[i] == 28 || sizes[i] == 7)
      chapter.compare("test accuracy, " + by(sizes[i]), shares[i]);
    chart.names.push_back(by(sizes[i]));
    pictures.add(digit[i], by(sizes[i]));
    // Half as many pixels a side may tell as much; from 7 on less has to be left each time.
    falls = falls && (sizes[i] >= 7 || shares[i] < shares[i - 1]);
  }
  chapter.check("below 7 x 7 each size tells less than the one before", falls);
  chapter.plot("sizes", chart);
  chapter.plot("small", pictures.grid("One image, of fewer and fewer pixels", 3));
}

// What was found without labels, named with them. The clusters are of the first images.
inline void clusters(Chapter& chapter, const lw::data::Mnist& mnist, const naive::Clusters& found,
                     const naive::Numbers& start) {
  const Index count = found.centres.shape()[0], size = 14;
  const auto images = static_cast<Index>(found.of.size());
  chapter.print(
      "{} images, {} clusters, {} rounds\ncluster | images | the labels in it\n"
      "--------|--------|-----------------\n",
      images, count, found.spread.size());
  tutorial::Gallery before(28, 28), after(28, 28);
  Index named = 0, in_all = 0;
  for (Index c = 0; c < count; ++c) {
    std::vector<Index> counts(10);
    for (Index n = 0; n < images; ++n)
      if (found.of[static_cast<std::size_t>(n)] == c)
        ++counts[static_cast<std::size_t>(mnist.train_labels[n])];
    const Index all = std::accumulate(counts.begin(), counts.end(), Index{0});
    std::vector<std::size_t> order(10);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
    const auto share = [&](std::size_t label) {
      return 100.0 * static_cast<double>(counts[label]) /
             static_cast<double>(std::max<Index>(all, 1));
    };
    chapter.print("{:>7} | {:>6} | {} {:.0f} %, {} {:.0f} %, {} {:.0f} %\n", c + 1, all,
                  mnist.label_names[order[0]], share(order[0]), mnist.label_names[order[1]],
                  share(order[1]), mnist.label_names[order[2]], share(order[2]));
    named += counts[order[0]];
    in_all += all;
    before.add(naive::Numbers({size, size}, start.row(c).span()), fmt::format("{}", c + 1));
    after.add(naive::Numbers({size, size}, found.centres.row(c).span()), fmt::format("{}", c + 1));
  }
  const double share = static_cast<double>(named) / static_cast<double>(images);
  chapter.print("\nwith each cluster named after its commonest label, {:.1f} % are right\n",
                100 * share);
  chapter.number("right by clusters", share);
  chapter.check("each image is in one cluster", in_all == images);
  bool falls = true;
  for (std::size_t i = 1; i < found.spread.size(); ++i)
    falls = falls && found.spread[i] <= found.spread[i - 1] * (1 + 1e-12);
  chapter.check("the images come nearer to their centres in each round", falls);
  chapter.plot("start", before.grid("The ten centres at first: ten images, drawn by lot", 5));
  chapter.plot("centres", after.grid("The ten centres in the end: the means of their clusters", 5));
}

}  // namespace show
