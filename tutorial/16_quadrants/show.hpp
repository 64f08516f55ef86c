#pragma once
// Chapter 16: what sections 1 to 8 print, plot and have checked of the numbers that main.cpp and
// the loops compute.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "16_quadrants/loops.hpp"
#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/derivatives.hpp"
#include "support/timing.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using lw::report::Chart;
using lw::report::Mark;
using lw::report::Series;
using naive::Matrix;
using naive::Network;
using naive::Points;
using tutorial::Chapter;

// Of the weights that are the same in every run, whatever --seed says: with unlucky ones, a ReLU
// switches within the little step of a finite difference.
constexpr std::uint64_t kSeed = 7;

constexpr const char* kQuadrants[] = {"I", "II", "III", "IV"};

inline double rounded(double value) {
  return std::round(value * 1e3) / 1e3;
}

inline lw::Tensor<float> in_float(const Matrix& m) {
  lw::Tensor<float> narrow(m.shape());
  for (Index i = 0; i < m.size(); ++i) narrow[i] = static_cast<float>(m[i]);
  return narrow;
}

// "(1, -2, 3)"
inline std::string row(const Matrix& m) {
  std::string text;
  for (const double v : m) text += fmt::format("{}{}", text.empty() ? "(" : ", ", v);
  return text + ")";
}

inline void points(Chapter& chapter, const Points& points) {
  chapter.section("points", "1 Four points");
  chapter.print("   point      quadrant   label\n");
  Chart chart{.title = "Four points and their quadrants",
              .x_label = "x1",
              .y_label = "x2",
              .series = {},
              .x_range = {{-3, 3}},
              .y_range = {{-3, 3}},
              .alt =
                  "The plane with four points: (1, 1) in quadrant I at the upper right, (-1, 1) "
                  "in II at the upper left, (-1, -1) in III at the lower left, (1, -1) in IV at "
                  "the lower right."};
  bool inside = true;
  for (Index i = 0; i < 4; ++i) {
    const double x = points.x(i, 0), y = points.x(i, 1);
    const auto label = points.target.row(i);
    chapter.print("  ({:2}, {:2})    {:<8}   {} {} {} {}\n", x, y, kQuadrants[i], label[0],
                  label[1], label[2], label[3]);
    inside = inside && (y > 0) == (i < 2) && (x > 0) == (i == 0 || i == 3) && label[i] == 1;
    chart.series.push_back({.name = fmt::format("{}: ({}, {})", kQuadrants[i], x, y),
                            .x = {x},
                            .y = {y},
                            .mark = Mark::points});
  }
  constexpr double kGap = std::numeric_limits<double>::quiet_NaN();
  chart.series.push_back({.name = "axes", .x = {-3, 3, 0, 0, 0}, .y = {0, 0, kGap, -3, 3}});
  chapter.check("each label has its 1 at the quadrant of its point", inside);
  chapter.plot("points", chart);
}

inline void product(Chapter& chapter, const Matrix& x, const Matrix& w, const Matrix& by_hand,
                    const Matrix& by_library) {
  chapter.write(lw::report::side_by_side(
      {{"x", x}, {"W", w}, {"x W, by loops", by_hand}, {"by the library", by_library}}));
  chapter.check("the loops and the library make the same product",
                tutorial::largest_difference(by_hand, by_library) == 0);
}

inline void refused(Chapter& chapter, const lw::ShapeError& error) {
  std::string what = error.what();
  const auto gap = what.find(" expected");  // for narrow screens
  if (gap != std::string::npos) what.replace(gap, 1, "\n  ");
  chapter.print("\nand W x, by the library:\n{}\n", what);
}

// How many entries are the course's.
inline double agreeing(const Matrix& got, const Matrix& course) {
  double count = 0;
  for (Index i = 0; i < got.size(); ++i) count += got[i] == course[i] ? 1 : 0;
  return count;
}

inline void activations(Chapter& chapter, const Matrix& h, const Matrix& step, const Matrix& relu) {
  Matrix by_library(h.shape());
  bool same = true;
  for (const auto& [name, f, by_hand] :
       {std::tuple{"step", lw::step, &step}, std::tuple{"ReLU", lw::relu, &relu}}) {
    lw::ops::activation_forward<double>(f, h, by_library);
    same = same && tutorial::largest_difference(by_library, *by_hand) == 0;
    chapter.print("{:<4} of {} is {}\n", name, row(h), row(*by_hand));
  }
  chapter.check("the library has the same step function and ReLU", same);
  chapter.exact("step of the example: numbers as in the course",
                agreeing(step, Matrix({1, 5}, {1, 0, 1, 0, 1})), 5);
  chapter.exact("ReLU of the example: numbers as in the course",
                agreeing(relu, Matrix({1, 5}, {1, 0, 3, 0, 7})), 5);
}

inline void softmax(Chapter& chapter, const Matrix& y, const Matrix& p, const Matrix& by_library) {
  const double course[] = {0.786, 0.106, 0.043, 0.065};
  chapter.print("quadrant   logit   e^logit   probability\n");
  double sum = 0;
  for (Index i = 0; i < 4; ++i) {
    chapter.print("{:<8} {:>7} {:>9.3f} {:>13.3f}\n", kQuadrants[i], y[i], std::exp(y[i]), p[i]);
    chapter.exact(fmt::format("softmax(3, 1, 0.1, 0.5), of {}", kQuadrants[i]), rounded(p[i]),
                  course[i]);
    sum += p[i];
  }
  chapter.print("sum {:>35.3f}\n", sum);
  chapter.check("the probabilities sum to 1", std::abs(sum - 1) <= 4 * 0x1p-53);
  // An exponential and a division, each to a few units in the last place.
  chapter.check("the library has the same softmax",
                tutorial::largest_difference(p, by_library) <= 1e-15);
}

inline void losses(Chapter& chapter, double (*loss_at)(double)) {
  chapter.print("probability of the right quadrant   1 - p   -ln p\n");
  for (const double p : {0.9, 0.92, 0.5, 0.1, 0.001})
    chapter.print("{:>18} {:>22.3f} {:>7.3f}\n", p, 1 - p, loss_at(p));
  chapter.exact("1 - 0.9", rounded(1 - 0.9), 0.1);
  chapter.exact("-ln 0.9", rounded(loss_at(0.9)), 0.105);
  chapter.exact("-ln 0.92", rounded(loss_at(0.92)), 0.083);
  const auto difference = [](double p) { return 1 - p; };
  chapter.plot("losses",
               Chart{.title = "The loss over the probability of the right class",
                     .x_label = "probability of the right class",
                     .y_label = "loss",
                     .series = {lw::report::graph("-ln p", loss_at, 0.005, 1),
                                lw::report::graph("1 - p", difference, 0, 1)},
                     .y_range = {{0, 5}},
                     .alt = "Two curves that fall to 0 at probability 1. One is a straight line "
                            "from 1. The other, minus the logarithm, lies above it and rises "
                            "steeply towards probability 0."});
}

inline Index knobs(const Network& network) {
  Index count = 0;
  for (const Matrix* part : naive::parts(network)) count += part->size();
  return count;
}

inline void ways(Chapter& chapter, const Network& slowly, const Network& quickly,
                 naive::Counts of_slow, naive::Counts of_quick) {
  const Matrix &slow = slowly.w1, &quick = quickly.w1;
  chapter.print("the first of {} slopes   finite difference   backward pass\n", knobs(slowly));
  for (Index j = 0; j < 4; ++j)
    chapter.print("W1, row 1, column {} {:>22.9f} {:>15.9f}\n", j + 1, slow(0, j), quick(0, j));
  chapter.print("\n                     forward passes   backward passes\n");
  chapter.print("finite differences {:>16} {:>17}\n", of_slow.forward, of_slow.backward);
  chapter.print("backward pass {:>21} {:>17}\n\n", of_quick.forward, of_quick.backward);
  chapter.exact("parameters", static_cast<double>(knobs(slowly)), 354);
  chapter.exact("forward passes for all slopes, by finite differences",
                static_cast<double>(of_slow.forward), 708);
  chapter.check("the way back takes a forward pass and a backward pass",
                of_quick.forward == 1 && of_quick.backward == 1);
  chapter.number("forward passes", static_cast<double>(of_slow.forward));
  tutorial::Derivatives derivatives;
  for (std::size_t part = 0; part < 4; ++part)
    for (Index i = 0; i < naive::parts(quickly)[part]->size(); ++i)
      derivatives.add((*naive::parts(quickly)[part])[i], (*naive::parts(slowly)[part])[i]);
  derivatives.check(chapter, "2-50-4 in loops, cross-entropy, by finite differences");
}

template <class Slow, class Quick>
void times(Chapter& chapter, Slow&& slow, Quick&& quick) {
  constexpr int kMany = 200;  // the clock of the processor is too coarse for one
  const double slowly = tutorial::least_seconds(5, slow);
  const double quickly = tutorial::least_seconds(5,
                                                 [&] {
                                                   for (int i = 0; i < kMany; ++i) quick();
                                                 }) /
                         kMany;
  chapter.print("by finite differences {:>7.0f} microseconds\n", 1e6 * slowly);
  chapter.print("by the backward pass  {:>7.1f} microseconds\n", 1e6 * quickly);
  chapter.number("times as long", slowly / quickly);
  // Several times less than on any machine: 708 passes are well over a hundred times as many.
  chapter.check("the backward pass takes less than a twentieth of the time", slowly > 20 * quickly);
}

inline void agree(Chapter& chapter, const Points& points, Index steps, const Network& by_hand,
                  const Network& in_the_desert, const Network& by_library, Index passes) {
  const auto loss = [&](const Network& network) { return naive::forward(network, points).loss; };
  chapter.print("after {} steps | loss | first weight | passes\n-|-|-|-\n", steps);
  const auto line = [&](const char* name, const Network& network, const std::string& cost) {
    chapter.print("{:<30} | {:.10f} | {:.8f} | {}\n", name, loss(network), network.w1[0], cost);
  };
  line("loops, with the backward pass", by_hand, fmt::format("{} each way", steps));
  line("loops, with finite differences", in_the_desert, fmt::format("{} forward", passes));
  line("the library, in double", by_library, fmt::format("{} each way", steps));
  Matrix off({4});
  for (std::size_t part = 0; part < 4; ++part)
    off[static_cast<Index>(part)] =
        tutorial::largest_difference(*naive::parts(by_hand)[part], *naive::parts(by_library)[part]);
  // A step rounds numbers near 1 to 1e-16, in another order here and there, and gradient descent
  // towards a valley does not spread what differs.
  chapter.check("the loops and the library come to the same weights",
                tutorial::largest(off) <= 1e-14 * (1 + static_cast<double>(steps)));
  // A hidden number that crosses 0 changes the slope of a knob or two, by a part of it, in one step
  // of hundreds; and what that step leaves undone, the next ones do.
  chapter.check("the loops with finite differences come to the same loss, to a thousandth",
                std::abs(loss(in_the_desert) - loss(by_hand)) <= 1e-3 * loss(by_hand));
}

}  // namespace show
