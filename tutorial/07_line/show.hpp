#pragma once
// Chapter 07: what sections 1 to 6 print, plot and have checked of what main.cpp computes.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/boston.hpp"
#include "support/chapter.hpp"
#include "support/derivatives.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using lw::report::Chart;
using lw::report::Mark;
using lw::report::Series;
using tutorial::Chapter;

// A line y = m x + b: a point of the map, or the loss's slopes with respect to both.
struct Line {
  double m = 0, b = 0;
};

// Inputs and labels, a row at the same place of both.
struct Rows {
  std::vector<double> x, y;
};

// How a bowl is curved where it is most and where it is least; the steepest direction is
// (cos angle, sin angle).
struct Curvatures {
  double steepest = 0, flattest = 0, angle = 0;
};

using Loss = double(Line, const Rows&);
using Gradient = Line(Line, const Rows&);
using Descend = std::vector<Line>(const Rows&, double, int);

inline double rounded(double value) {  // to four digits after the point, as the course prints it
  return std::round(value * 1e4) / 1e4;
}

inline lw::Tensor<double> column(const std::vector<double>& values) {
  return lw::Tensor<double>({std::ssize(values), 1}, values);
}

// What rounding may make of a loss: each of its terms is rounded by a share of 2^-53, and so is
// each sum of them.
inline double rounding(const Rows& rows, double loss) {
  return static_cast<double>(rows.x.size()) * 0x1p-52 * loss;
}

inline Series cloud(const Rows& rows) {
  return {.name = "", .x = rows.x, .y = rows.y, .mark = Mark::points};
}

inline void data(Chapter& chapter, const tutorial::BostonSplit& houses, const Rows& rows) {
  chapter.section("data", "1 Rooms and prices");
  const Index all = houses.boston.all().size(), test = houses.test.size();
  chapter.print("{} districts: {} to learn from, {} held out for the test\n\n", all, all - test,
                test);
  chapter.print("row   rooms   price\n");
  double sum = 0;
  for (std::size_t i = 0; i < 5; ++i)
    chapter.print("{:>3} {:>7.3f} {:>7.1f}\n", i, rows.x[i], rows.y[i]);
  for (const double x : rows.x) sum += x;
  chapter.number("mean rooms", sum / static_cast<double>(rows.x.size()));
  chapter.exact("training rows of 506, 80 %", static_cast<double>(rows.x.size()), 404);
  chapter.plot(
      "scatter",
      Chart{.title = "Rooms and prices of the training set",
            .x_label = "rooms a house",
            .y_label = "price in thousands of dollars",
            .series = {cloud(rows)},
            .x_range = {{3, 9}},
            .y_range = {{0, 55}},
            .alt = "A cloud of points. Most lie between five and seven rooms, and between "
                   "10 and 30 thousand dollars. It rises to the right, and some points lie "
                   "in a row at 50."});
}

inline void zero(Chapter& chapter, const Rows& rows, const Rows& first, Loss& mse) {
  chapter.section("zero", "2 A line has two knobs");
  chapter.print("loss at m = b = 0      our loop   the library\n");
  const lw::Loss library = lw::MeanSquaredError{};
  for (const Rows& part : {rows, first}) {
    const double ours = mse({}, part);
    const lw::Tensor<double> zeros({std::ssize(part.y), 1}), prices = column(part.y);
    const double theirs = library(zeros, prices);
    chapter.print("{} rows               {:.4f}   {:.4f}\n", part.x.size(), ours, theirs);
    chapter.check("the library computes the same loss",
                  std::abs(ours - theirs) <= 2 * rounding(part, ours));
  }
  chapter.exact("loss at m = b = 0, 404 rows", rounded(mse({}, rows)), 586.1605);
  chapter.exact("loss at m = b = 0, 282 rows", rounded(mse({}, first)), 558.3328);
}

inline void gradient(Chapter& chapter, const Rows& rows, Loss& mse, Gradient& grad_mse,
                     Line (&central)(Line, const Rows&, double)) {
  chapter.section("gradient", "3 A step by hand");
  const Rows two{{rows.x[0], rows.x[1]}, {rows.y[0], rows.y[1]}};
  const Line first = grad_mse({}, two), after{-0.01 * first.m, -0.01 * first.b};
  chapter.print(
      "two rows, m = b = 0: slopes {:.4f}, {:.1f}; loss {:.2f}\n"
      "after a step of 0.01: m = {:.6f}, b = {:.3f}; loss {:.2f}\n\n",
      first.m, first.b, mse({}, two), after.m, after.b, mse(after, two));
  chapter.check("the step by hand", rounded(first.m) == -415.2614 && rounded(first.b) == -57.5 &&
                                        rounded(after.m) == 4.1526 &&
                                        mse(after, two) < mse({}, two));

  chapter.print("404 rows           by the formulas    central differences\n");
  bool same = true;
  tutorial::Derivatives derivatives;
  for (const Line line : {Line{0, 0}, Line{4, 5}, Line{9, -33}, Line{-2, 40}}) {
    constexpr double kStep = 0.01;
    const Line slopes = grad_mse(line, rows), measured = central(line, rows, kStep);
    chapter.print("m = {:>2}, b = {:>3}  {:>8.3f} {:>8.3f}     {:>8.3f} {:>8.3f}\n", line.m, line.b,
                  slopes.m, slopes.b, measured.m, measured.b);
    // The loss is a parabola in either knob, so that rounding alone parts the two.
    const double allowed = rounding(rows, mse({line.m + kStep, line.b}, rows)) / kStep;
    same = same && std::abs(slopes.m - measured.m) <= allowed &&
           std::abs(slopes.b - measured.b) <= allowed;
    derivatives.add(slopes.m, tutorial::numerical(
                                  [&](double m) {
                                    return mse({m, line.b}, rows);
                                  },
                                  line.m));
    derivatives.add(slopes.b, tutorial::numerical(
                                  [&](double b) {
                                    return mse({line.m, b}, rows);
                                  },
                                  line.b));
  }
  chapter.check("the formulas agree with central differences", same);
  chapter.print("\n");
  derivatives.check(chapter, "grad_mse, at four lines by m and b");
  chapter.print("\n");
  lw::BasicSequential<double> model{lw::Input{{1}}, lw::Dense{1}};
  model.build();
  chapter.gradient_check(
      "y = m x + b, mean squared error",
      lw::gradient_check(model, lw::MeanSquaredError{}, column(rows.x), column(rows.y)));
}

inline void frame(Chapter& chapter, int number, int steps, Line line, const Rows& rows,
                  double loss) {
  const auto price = [line](double x) { return line.m * x + line.b; };
  chapter.plot(fmt::format("step_{}", number),
               Chart{.title = fmt::format("After {} step{}: m = {:.2f}, b = {:.2f}, loss {:.1f}",
                                          steps, steps == 1 ? "" : "s", line.m, line.b, loss),
                     .x_label = "rooms",
                     .y_label = "price",
                     .series = {cloud(rows), lw::report::graph("", price, 3, 9, 2)},
                     .x_range = {{3, 9}},
                     .y_range = {{0, 55}},
                     .alt = fmt::format("The cloud of prices over rooms, and the line after {} "
                                        "steps. At four rooms it is at {:.1f}, at eight at {:.1f}.",
                                        steps, price(4), price(8))});
}

inline void descent(Chapter& chapter, const Rows& rows, const std::vector<Line>& path, Loss& mse) {
  chapter.section("descent", "4 In a loop");
  chapter.print("learning rate 0.02\n step       m         b      loss\n");
  int number = 0;
  for (const int step : {0, 1, 2, 3, 10, 100, 1000, 10000, 20000}) {
    const Line line = path[static_cast<std::size_t>(step)];
    const double loss = mse(line, rows);
    chapter.print("{:>5} {:>7.3f} {:>9.3f} {:>9.3f}\n", step, line.m, line.b, loss);
    if (step <= 10000) frame(chapter, ++number, step, line, rows, loss);
  }
  bool falls = true;
  for (std::size_t i = 1; i <= 10000; ++i)
    falls = falls && mse(path[i], rows) < mse(path[i - 1], rows);
  chapter.check("the loss falls with each of 10,000 steps", falls);
}

// The largest difference of two paths, of m and of b.
inline double apart(const std::vector<Line>& a, const std::vector<Line>& b) {
  double most = a.size() == b.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    for (const double off : {a[i].m - b[i].m, a[i].b - b[i].b})
      if (!(std::abs(off) <= most)) most = std::abs(off);  // NaN, too
  return most;
}

// Our steps beside the library's and Keras's, with the rooms as they are and scaled.
inline void same_steps(Chapter& chapter, const Rows& rows, const Rows& scaled, Descend& descend,
                       Descend& library, Loss& mse) {
  chapter.section("same", "The same steps elsewhere");
  constexpr int kSteps = 200;
  const auto file = chapter.reference_folder() / "keras_steps.npy";
  const lw::Tensor<double> keras = lw::load_npy<double>(file);  // m, b and the loss of each step
  if (keras.shape() != lw::Shape{2, kSteps + 1, 3})
    throw lw::DataError(fmt::format("{} has the shape {}, expected (2, {}, 3)", file.string(),
                                    lw::to_string(keras.shape()), kSteps + 1));
  chapter.print("largest difference in {} steps         m and b     loss\n", kSteps);
  bool same = true;
  Index input = 0;
  for (const auto& [name, part, rate] :
       {std::tuple{"rooms", &rows, 0.02}, std::tuple{"scaled", &scaled, 0.2}}) {
    const std::vector<Line> ours = descend(*part, rate, kSteps);
    std::vector<Line> theirs;
    double off = 0;
    for (Index i = 0; i <= kSteps; ++i) {
      theirs.push_back({keras(input, i, 0), keras(input, i, 1)});
      const double loss = mse(ours[static_cast<std::size_t>(i)], *part);
      off = std::max(off, std::abs(loss - keras(input, i, 2)));
    }
    const double to_library = apart(ours, library(*part, rate, kSteps));
    const double to_keras = apart(ours, theirs);
    chapter.print("{:<7} rate {:<5}   to the library  {:>9.0e}\n", name, rate, to_library);
    chapter.print("{:<7} rate {:<5}   to Keras        {:>9.0e}   {:>6.0e}\n", name, rate, to_keras,
                  off);
    // A step adds the rounding of 404 products up to 500, times 2 rate, at most 1e-12; no step
    // makes what is there larger. The loss is at most 1000 times as steep as it is here.
    same =
        same && to_library <= kSteps * 1e-12 && to_keras <= kSteps * 1e-12 && off <= kSteps * 1e-9;
    ++input;
  }
  chapter.check("the library's steps, and Keras's, are ours", same);
}

inline void pairs(Chapter& chapter, const Rows& rows, Line lowest, Loss& mse) {
  chapter.section("pairs", "5 The map");
  double mean = 0;
  for (const double x : rows.x) mean += x / static_cast<double>(rows.x.size());
  const auto [m, b] = lowest;
  const std::pair<const char*, Line> lines[] = {{"the lowest point", lowest},
                                                {"m up by 1", {m + 1, b}},
                                                {"b down by the mean rooms", {m, b - mean}},
                                                {"both", {m + 1, b - mean}}};
  chapter.print("{:<26}      m         b      loss\n", "");
  for (const auto& [name, line] : lines)
    chapter.print("{:<26} {:>6.2f}   {:>7.2f}   {:>7.2f}\n", name, line.m, line.b, mse(line, rows));
  chapter.check("both together change the loss least",
                mse(lines[3].second, rows) < mse(lines[1].second, rows) &&
                    mse(lines[3].second, rows) < mse(lines[2].second, rows));
}

}  // namespace show
