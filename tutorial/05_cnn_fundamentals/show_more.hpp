#pragma once
// Chapter 05: what sections 8 to 11 print, plot and have checked, as show.hpp for those before.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "05_cnn_fundamentals/gallery.hpp"
#include "05_cnn_fundamentals/naive.hpp"
#include "05_cnn_fundamentals/planes.hpp"
#include "support/chapter.hpp"
#include "support/timing.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using planes::Plane;
using tutorial::Chapter;

// Digits in the middle of a black square, moved to the right by `shift` of at most 3, with room for
// their edges: (count, 42, 42, 1), in whole numbers from 0 to 255.
inline lw::Tensor<double> shifted(const lw::data::Mnist& data, Index count, Index shift) {
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

// Squares of size x size, and the change in percent for shifts of 1, 2 and 3 pixels and for
// another image.
struct Change {
  Index size;
  double shifted[3], another;
};

inline void changes(Chapter& chapter, Index images, const std::vector<Change>& changes) {
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

// [trace]
// What became of a filter, step by step; the first one is before the first step.
struct Trace {
  std::vector<double> losses;
  std::vector<Plane> filters;
};
// [trace]

inline double distance_from_edge(const Plane& filter) {
  return planes::largest_difference(filter, planes::edge_filter());
}

inline void learning(Chapter& chapter, const Trace& plain, const Trace& fast) {
  const std::size_t steps = fast.losses.size();
  gallery::Gallery frames(3, 3);
  chapter.print("   step          loss   farthest weight from the edge filter's\n");
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
  naive::conv_backward_weights(x, errors, loops);
  // Sums of 2,704 products of either sign, in another order.
  chapter.check("the loops of section 9 find the same derivatives",
                planes::largest_difference(twin.parameters()[0].gradient, loops) <=
                    1e-11 * tutorial::largest(loops));
}

// A way to convolve: its name, what it does, what it leaves, and how often it is timed.
struct Way {
  const char* name;
  std::function<void()> convolve;
  const lw::Tensor<float>* result;
  int runs;
};

// Ways to convolve the same images with the same filters.
inline void ways(Chapter& chapter, const std::vector<Way>& ways, lw::Tensor<float> x,
                 lw::Tensor<float> filters) {
  const lw::Tensor<float>& first = *ways.front().result;
  const Index depth = filters.size() / filters.shape()[3];
  std::vector<double> rates;
  lw::Tensor<double> shares({static_cast<Index>(ways.size()), first.size()});
  {
    const tutorial::OneThread one_thread;
    for (const Way& way : ways)
      rates.push_back(tutorial::gigaflops(2 * first.size() * depth, way.runs, way.convolve));
  }
  // What the sums are without signs: each is off by at most `depth` roundings of that.
  for (float& v : x) v = std::abs(v);
  for (float& v : filters) v = std::abs(v);
  lw::Tensor<float> sizes(first.shape());
  lw::ops::conv_forward<float>(x, filters, sizes);
  for (std::size_t w = 0; w < ways.size(); ++w) {
    chapter.print("  {:<22} {:7.1f} times the kernel's time, {:6.1f} GFLOP/s\n", ways[w].name,
                  rates.back() / rates[w], rates[w]);
    for (Index i = 0; i < first.size(); ++i)
      shares(static_cast<Index>(w), i) =
          static_cast<double>(std::abs((*ways[w].result)[i] - first[i])) / sizes[i];
  }
  const double worst = tutorial::largest(shares);
  const double bound = 2 * static_cast<double>(depth) * 0x1p-24;
  chapter.print(
      "largest difference from the loops: {:.1e} of the sum of the sizes added, "
      "bound {:.1e}\n",
      worst, bound);
  chapter.check("all three ways give the same numbers", worst <= bound);
}

}  // namespace show
