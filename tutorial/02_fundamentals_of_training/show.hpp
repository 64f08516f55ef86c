#pragma once
// Chapter 02: what sections 1 to 8 print, plot and have checked of the numbers that main.cpp
// computes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "02_fundamentals_of_training/contours.hpp"
#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using lw::report::Chart;
using lw::report::Mark;
using lw::report::Series;
using tutorial::Chapter;

// To four digits after the point, as the course prints its numbers.
inline double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

inline bool close(double a, double b) {
  return std::abs(a - b) <= 1e-14;  // numbers near 1, after a few roundings of 1e-16
}

inline void labels(Chapter& chapter, const lw::Tensor<std::int32_t>& labels,
                   const lw::Tensor<double>& rows) {
  const char* const names[] = {"Cat", "Dog", "Other"};
  chapter.print("label  class  one-hot\n");
  double ones = 0, all = 0;
  for (Index i = 0; i < labels.size(); ++i) {
    chapter.print("{:>5}  {:<5}  {}\n", labels[i], names[labels[i]], lw::to_string(rows.row(i), 3));
    ones += rows(i, labels[i]);
  }
  for (const double v : rows) all += v;
  const auto count = static_cast<double>(labels.size());
  chapter.check("each one-hot row has its 1 at the label, and sums to 1",
                ones == count && all == count);
}

// What each of four answers to an image of a cat costs.
inline void answers(Chapter& chapter,
                    const std::function<double(const lw::Tensor<double>&)>& loss) {
  chapter.section("answers", "2 How wrong is it?");
  const double given[][3] = {{0.37, 0.50, 0.13}, {0.51, 0.48, 0.01}, {0.97, 0.01, 0.02}, {1, 0, 0}};
  const char* const names[] = {"Cat", "Dog", "Other"};
  chapter.print(" Cat   Dog   Other   predicts   SSE\n");
  double before = 2;  // nothing costs more
  bool falls = true;
  for (const auto& row : given) {
    const double sse = loss(lw::Tensor<double>({1, 3}, {row[0], row[1], row[2]}));
    falls = falls && sse < before;
    before = sse;
    const auto largest = std::max_element(row, row + 3) - row;
    chapter.print("{:.2f}  {:.2f}   {:.2f}   {:<8}  {:.4f}\n", row[0], row[1], row[2],
                  names[largest], sse);
  }
  chapter.check("each answer costs less than the one before", falls);
  const lw::Tensor<double> first({1, 3}, {0.37, 0.50, 0.13});
  chapter.exact("SSE of (0.37, 0.50, 0.13) for a cat", rounded(loss(first)), 0.6638);
  chapter.check("by Keras's MSE that is 0.2213", rounded(loss(first) / 3) == 0.2213);
  chapter.exact("class that it predicts, Dog", 1,
                static_cast<double>(std::max_element(first.begin(), first.end()) - first.begin()));
}

inline void losses(Chapter& chapter, double by_images, double sse, double by_errors, double mse) {
  chapter.section("loss", "Many images, one number");
  chapter.print(
      "three images             our loop   the library\n"
      "divided by the images    {:.6f}   {:.6f}  SumSquaredError\n"
      "divided by the errors    {:.6f}   {:.6f}  MeanSquaredError\n",
      by_images, sse, by_errors, mse);
  chapter.check("the loop and the library agree on both losses",
                close(by_images, sse) && close(by_errors, mse));
}

// A straight piece of the slope's line around w.
inline Series tangent(std::string name, double w, double loss, double slope) {
  constexpr double kHalf = 0.3;
  return {.name = std::move(name),
          .x = {w - kHalf, w + kHalf},
          .y = {loss - kHalf * slope, loss + kHalf * slope}};
}

constexpr double kMinimum = 0.655;

inline void bowl(Chapter& chapter, double (*loss)(double), double (*slope)(double)) {
  chapter.section("bowl", "3 One knob");
  const double zero = loss(0), rise = (loss(1) - loss(-1)) / 2;
  const double square = (loss(1) + loss(-1)) / 2 - zero;
  chapter.print("L(w) = {:.3f} w^2 - {:.3f} w + {:.5f}\n\n", square, -rise, zero);
  for (const double w : {0.0, 0.38, kMinimum, 0.93, 1.5})
    chapter.print("w = {:<6}  1.4 kg: {:.3f}   0.2 kg: {:.3f}   loss {:.6f}{}\n", w, 1.4 * w,
                  0.2 * w, loss(w), w == kMinimum ? "  the minimum" : "");
  chapter.check("the loss is w^2 - 1.31 w + 0.43625",
                close(square, 1) && close(rise, -1.31) && close(zero, 0.43625));
  chapter.check("the slope is 0 at the minimum", close(slope(kMinimum), 0));
  chapter.plot("bowl",
               Chart{.title = "The loss over the knob, and its slope at two places",
                     .x_label = "w",
                     .y_label = "loss",
                     .series = {lw::report::graph("loss", loss, 0, 1.31),
                                tangent("slope -0.55", 0.38, loss(0.38), slope(0.38)),
                                tangent("slope 0.55", 0.93, loss(0.93), slope(0.93))},
                     .y_range = {{-0.1, 0.45}},
                     .alt = "A parabola with its lowest point at w = 0.655. At w = 0.38, left of "
                            "it, a straight line touches the curve and falls to the right. At w = "
                            "0.93, right of it, another one rises to the right."});
}

inline void updates(Chapter& chapter, double (*slope)(double),
                    double (*library_step)(double, double)) {
  chapter.section("update", "5 The update");
  bool agree = true;
  for (const double w : {0.38, 0.93}) {
    const double ours = w - 0.01 * slope(w), theirs = library_step(w, 0.01);
    chapter.print("w = {:.2f}, slope {:+.2f}: by hand {:.4f}, by the library {:.4f}\n", w, slope(w),
                  ours, theirs);
    agree = agree && close(ours, theirs);
  }
  chapter.check("the library makes the step that we make", agree);
  chapter.exact("slope at 0.38", rounded(slope(0.38)), -0.55);
  chapter.exact("weight after one update", rounded(0.38 - 0.01 * slope(0.38)), 0.3855);
}

// The weights of a descent, and its learning rate.
struct Descent {
  double rate;
  std::vector<double> weights;
};

// The ball on the curve.
inline void plot_ball(Chapter& chapter, std::size_t number, const Descent& descent,
                      double (*loss)(double)) {
  Series ball{.name = "", .x = descent.weights, .y = {}, .mark = Mark::line_and_points};
  for (const double w : descent.weights) ball.y.push_back(loss(w));
  std::string alt = fmt::format(
      "A parabola, and on it a ball that begins at w = 0. Learning rate {}. After each step it is "
      "at",
      descent.rate);
  for (std::size_t step = 1; step <= 5; ++step)
    alt += fmt::format("{} {:.2f}", step == 1 ? "" : ",", descent.weights[step]);
  chapter.plot(fmt::format("rate_{}", number),
               Chart{.title = fmt::format("Learning rate {}", descent.rate),
                     .x_label = "w",
                     .y_label = "loss",
                     .series = {lw::report::graph("", loss, -0.6, 1.9), ball},
                     .x_range = {{-0.6, 1.9}},
                     .y_range = {{-0.05, 1.3}},
                     .alt = alt + ", and so on."});
}

inline void rates(Chapter& chapter, const std::vector<Descent>& descents, double (*loss)(double)) {
  Chart chart{.title = "The loss of four descents",
              .x_label = "step",
              .y_label = "loss less its least",
              .series = {},
              .log_y = true};
  chapter.print("  step");
  for (const Descent& one : descents) chapter.print("   rate {:<4}", one.rate);
  chapter.print("\n");
  for (const std::size_t step : std::initializer_list<std::size_t>{0, 1, 2, 3, 4, 5, 10, 20}) {
    chapter.print("{:>6}", step);
    for (const Descent& one : descents) chapter.print("{:>12.4f}", one.weights[step]);
    chapter.print("\n");
  }
  for (std::size_t i = 0; i < descents.size(); ++i) {
    const auto& [rate, weights] = descents[i];
    Series series{.name = fmt::format("rate {}", rate), .x = {}, .y = {}};
    bool falls = true, grows = true, shrinks_by_rule = true;
    for (std::size_t step = 0; step < weights.size(); ++step) {
      // Below this the two numbers that are subtracted are the same to their last digits.
      const double above = loss(weights[step]) - loss(kMinimum), kLeast = 1e-12;
      series.x.push_back(static_cast<double>(step));
      series.y.push_back(std::max(above, kLeast));
      if (step == 0) continue;
      const double before = loss(weights[step - 1]) - loss(kMinimum);
      falls = falls && (above < before || before < kLeast);
      grows = grows && above > before;
      const double expected = (1 - 2 * rate) * (weights[step - 1] - kMinimum);
      shrinks_by_rule = shrinks_by_rule && std::abs(weights[step] - kMinimum - expected) <=
                                               1e-14 * (1 + std::abs(expected));
    }
    chapter.check(
        fmt::format("at rate {} the loss {} with each step", rate, rate < 1 ? "falls" : "grows"),
        rate < 1 ? falls : grows);
    chapter.check(fmt::format("at rate {} each step multiplies the distance by 1 - 2 rate", rate),
                  shrinks_by_rule);
    chart.series.push_back(std::move(series));
    plot_ball(chapter, i + 1, descents[i], loss);
  }
  chapter.plot("losses", chart);
}

// A straight line between two points of a curve, moved up by `lift`.
inline Series chord(std::string name, double (*curve)(double), double a, double b, double lift) {
  return {.name = std::move(name),
          .x = {a, b},
          .y = {curve(a) + lift, curve(b) + lift},
          .mark = Mark::line_and_points};
}

inline void convex(Chapter& chapter, double (*bowl)(double), double above_bowl,
                   double (*valleys)(double), double above_valleys) {
  chapter.section("convex", "7 Bowls, and what is none");
  chapter.print(
      "how far above its lines, at most\n"
      "  w^2 - 1.31 w + 0.43625    {:.4f}\n"
      "  w^4 - 2 w^2 + 0.3 w + 1   {:.4f}\n",
      std::max(above_bowl, 0.0), above_valleys);
  chapter.check("the bowl lies below its lines, but for rounding", above_bowl <= 1e-14);
  chapter.check("the curve with two valleys does not", above_valleys > 0.5);
  constexpr double kLift = 1;  // so that the two do not cross
  const auto lifted = [bowl](double w) { return bowl(w) + kLift; };
  chapter.plot(
      "convex",
      Chart{.title = "A convex curve, and one that is not",
            .x_label = "w",
            .y_label = "loss",
            .series = {lw::report::graph("convex", lifted, -1.4, 1.4),
                       lw::report::graph("not convex", valleys, -1.5, 1.45),
                       chord("lines", bowl, -1, 1.25, kLift), chord("", valleys, -1, 0.95, 0)},
            .y_range = {{-0.6, 4}},
            .alt =
                "A bowl, and between two of its points a straight line, which lies above it. "
                "Below, a curve with two valleys and a hill between them; a line from one valley "
                "to the other passes below the hill."});
}

// The gradient's length, 0 on level ground.
inline double steepness(Place slopes) {
  return std::hypot(slopes.u, slopes.v);
}

inline void valleys(Chapter& chapter, double (*height)(Place), Place (*gradient)(Place),
                    std::vector<Place> (*walk)(Place, double, int)) {
  chapter.section("valleys", "8 Many knobs: the gradient");
  constexpr double kReach = 4;
  Chart chart{.title = "Five walks down a landscape with many valleys",
              .x_label = "u",
              .y_label = "v",
              .series = {contours(height, kReach, {-1.8, -1.4, -1, -0.6, -0.2, 0.2})},
              .x_range = {{-kReach, kReach}},
              .y_range = {{-kReach, kReach}},
              .alt =
                  "A map with rings around each of several valleys, and five paths. Four begin "
                  "close together near the middle and go to four different valleys around it; "
                  "one begins at the lower edge and ends in a valley at the lower left."};
  chapter.print("   begins at            ends at       height  steepness\n");
  double worst = 0;
  std::vector<Place> ends;
  for (const Place from :
       {Place{0.1, 0.3}, Place{-0.2, 0.1}, Place{0, -0.3}, Place{0.4, -0.1}, Place{-1.6, -3.6}}) {
    const std::vector<Place> path = walk(from, 0.05, 60);
    const Place end = path.back();
    Series series{.name = "", .x = {}, .y = {}, .mark = Mark::line_and_points};
    for (const auto& [u, v] : path) {
      series.x.push_back(u);
      series.y.push_back(v);
    }
    chart.series.push_back(std::move(series));
    const double steep = steepness(gradient(end));
    chapter.print("({:5.2f}, {:5.2f})  ->  ({:5.2f}, {:5.2f})  {:9.3f}  {:9.0e}\n", from.u, from.v,
                  end.u, end.v, height(end), steep);
    worst = std::max(worst, steep);
    ends.push_back(end);
  }
  double nearest = kReach;
  for (std::size_t i = 0; i < ends.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      nearest = std::min(nearest, steepness({ends[i].u - ends[j].u, ends[i].v - ends[j].v}));
  chapter.check("all walks end on level ground", worst <= 1e-4);
  chapter.check("all end in different valleys", nearest > 1);
  chapter.plot("valleys", chart);
}

}  // namespace show
