#pragma once
// Chapter 07: what sections 7 to 10 print, plot and have checked of what main.cpp computes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "07_line/show_maps.hpp"

namespace show {

// A way to count the rooms: its name, and the rows with these numbers.
struct Input {
  std::string name;
  Rows rows;
};

// Counts the steps of each input at many rates, and shows those of the best.
inline void compare_inputs(Chapter& chapter, const std::vector<Input>& inputs, double least,
                           Curvatures (&curvatures)(const Rows&),
                           int (&steps_needed)(const Rows&, double, double)) {
  Chart chart{.title = "Steps to within 0.01 of the least loss",
              .x_label = "learning rate",
              .y_label = "steps",
              .series = {},
              .log_x = true,
              .log_y = true};
  chapter.print(
      "input                      |  across |   along |  ratio | best rate | steps\n"
      "---------------------------|---------|---------|--------|-----------|------\n");
  std::vector<int> fewest;
  for (const auto& [name, rows] : inputs) {
    const auto [steepest, flattest, _] = curvatures(rows);
    Series series{.name = name, .x = {}, .y = {}, .mark = Mark::line_and_points};
    for (const double share : {1. / 16, 1. / 8, 0.25, 0.5, 0.7, 0.85, 0.95, 0.99, 0.995}) {
      series.x.push_back(share * 2 / steepest);
      series.y.push_back(steps_needed(rows, series.x.back(), least));
    }
    const auto best = std::min_element(series.y.begin(), series.y.end());
    fewest.push_back(static_cast<int>(*best));
    chapter.print("{:<26} | {:>7.3f} | {:>7.4f} | {:>6.1f} | {:>9.4f} | {:>5}\n", name, steepest,
                  flattest, steepest / flattest,
                  series.x[static_cast<std::size_t>(best - series.y.begin())], fewest.back());
    chart.series.push_back(std::move(series));
  }
  const Curvatures scaled = curvatures(inputs.back().rows);
  chapter.check("scaled, both curvatures are 2",
                std::abs(scaled.steepest - 2) < 1e-12 && std::abs(scaled.flattest - 2) < 1e-12);
  chapter.check("scaled, a single step is enough", fewest.back() == 1);
  chapter.check("all of them arrive", *std::max_element(fewest.begin(), fewest.end()) < 1000000);
  chapter.number("steps for rooms", fewest.front());
  chapter.plot("rates", chart);
}

// The maps of tenths of a room less the mean, and of scaled rooms. The path on the second is drawn
// on both.
inline void zigzag(Chapter& chapter, const Rows& tenths, const Rows& scaled, double deviation,
                   Curvatures (&curvatures)(const Rows&), Descend& descend) {
  const Line lowest = descend(scaled, 0.5, 1).back();
  const auto in_tenths = [deviation](Line line) { return Line{line.m / (10 * deviation), line.b}; };
  const Curvatures valley = curvatures(tenths);
  const std::vector<Line> straight = descend(scaled, 0.1, 40);
  std::vector<Line> same_lines;
  for (const Line& line : straight) same_lines.push_back(in_tenths(line));
  const std::vector<double> levels = {5, 20, 60, 150, 300, 540};
  chapter.plot(
      "zigzag",
      Chart{.title = "The descent, and that of scaled rooms",
            .x_label = "m, a tenth of a room",
            .y_label = "b",
            .series = {rings(in_tenths(lowest), valley, levels), on_map("scaled", same_lines),
                       on_map("tenths of a room", descend(tenths, 0.97 * 2 / valley.steepest, 100),
                              Mark::line)},
            .x_range = {{-4.5, 6.5}},
            .y_range = {{-2, 30}},
            .alt =
                "Rings like tall, narrow ellipses. From the point 0, 0 below them a path runs in "
                "a zigzag from wall to wall and slowly up to the middle. A second path goes from "
                "the same point to the middle in a straight line."});
  chapter.plot(
      "scaled",
      Chart{.title = "Rooms scaled: the descent on its own map",
            .x_label = "m, of scaled rooms",
            .y_label = "b, of scaled rooms",
            .series = {rings(lowest, curvatures(scaled), levels), on_map("scaled", straight)},
            .x_range = {{-26, 39}},  // so that a circle is drawn as one
            .y_range = {{-2, 34}},
            .alt = "Circles around one point. A path goes from the point 0, 0 to the "
                   "middle of the circles in a straight line, with shorter and shorter "
                   "steps."});
}

inline void learned(Chapter& chapter, const Rows& rows, Line learned, Line crept, Loss& mse) {
  chapter.section("learned", "7 Scaling the input");
  chapter.print(
      "                               m         b      loss\n"
      "1 step, rooms scaled     {:>7.4f}  {:>8.4f}  {:>8.5f}\n"
      "20,000 steps, rooms      {:>7.4f}  {:>8.4f}  {:>8.5f}\n",
      learned.m, learned.b, mse(learned, rows), crept.m, crept.b, mse(crept, rows));
  // The lowest point, but for rounding, if the loss grows from it in both directions of each knob.
  bool lowest = true;
  for (const auto& [m, b] : {Line{1, 0}, Line{0, 1}}) {
    const double h = 1e-3, above = mse({learned.m + h * m, learned.b + h * b}, rows);
    const double below = mse({learned.m - h * m, learned.b - h * b}, rows);
    lowest = lowest && std::abs(above - below) <= 2 * rounding(rows, above) &&
             above > mse(learned, rows);
  }
  chapter.check("one step on scaled rooms ends at the lowest point", lowest);
  chapter.check(
      "20,000 steps on rooms come close to it, from above",
      mse(crept, rows) >= mse(learned, rows) && mse(crept, rows) < mse(learned, rows) + 0.001);
}

// What one division of the rows gives: the slope that is learned, and both losses.
struct Losses {
  double m, training, test;
};

// Mean and sample standard deviation.
struct Spread {
  double mean, deviation;
};

inline Spread spread(const std::vector<Losses>& all, double Losses::*which) {
  const auto n = static_cast<double>(all.size());
  double sum = 0, squares = 0;
  for (const Losses& one : all) sum += one.*which;
  for (const Losses& one : all) squares += (one.*which - sum / n) * (one.*which - sum / n);
  return {sum / n, std::sqrt(squares / (n - 1))};
}

inline void splits(Chapter& chapter, const Rows& all,
                   Losses (&divide)(const Rows&, std::size_t, const std::vector<Index>&)) {
  chapter.section("split", "8 How many rows to hold out?");
  const std::size_t count = all.x.size();
  const std::uint32_t shuffles = chapter.options().quick ? 100 : 1000;
  std::vector<Index> kept(count);  // Keras's order
  std::iota(kept.begin(), kept.end(), Index{0});
  chapter.print(
      "rows of training, test | training loss | test loss | test loss, shuffled | m, shuffled\n"
      "-----------------------|---------------|-----------|---------------------|------------\n");
  std::vector<Spread> tests, slopes;
  for (const std::size_t percent : {80u, 75u}) {
    const std::size_t trained = count * percent / 100;
    const Losses once = divide(all, trained, kept);
    std::vector<Losses> many;
    for (std::uint32_t seed = 0; seed < shuffles; ++seed)
      many.push_back(divide(all, trained, tutorial::numpy_shuffled(std::ssize(kept), seed)));
    tests.push_back(spread(many, &Losses::test));
    slopes.push_back(spread(many, &Losses::m));
    chapter.print(
        "{} %: {}, {:<12} | {:>13.2f} | {:>9.2f} | {:>12.1f} ± {:<4.1f} | {:.2f} ± {:.2f}\n",
        percent, trained, count - trained, once.training, once.test, tests.back().mean,
        tests.back().deviation, slopes.back().mean, slopes.back().deviation);
  }
  chapter.check("more test rows: the test loss depends less on luck",
                tests[1].deviation < tests[0].deviation);
  chapter.check("more training rows: the line depends less on luck",
                slopes[0].deviation < slopes[1].deviation);
  chapter.number("shuffles", shuffles);
}

inline void training(Chapter& chapter, const lw::History& history, lw::Sequential model,
                     double test_loss, double least, Index rows) {
  const auto& losses = history["loss"];
  const Index batch = chapter.options().batch_size;
  const double m = model.parameters()[0].value[0], b = model.parameters()[1].value[0];
  chapter.print("\nscaled: m = {:.3f}, b = {:.3f}; test loss {:.4f}\n", m, b, test_loss);
  chapter.number("iterations an epoch", static_cast<double>((rows + batch - 1) / batch));
  chapter.compare("loss, epoch 1", losses.front());
  chapter.compare("loss, last epoch", losses.back());
  chapter.compare("loss, mean of all epochs", std::accumulate(losses.begin(), losses.end(), 0.0) /
                                                  static_cast<double>(losses.size()));
  chapter.compare("m, after the last epoch", m);
  chapter.compare("b, after the last epoch", b);
  chapter.compare("test loss", test_loss);
  chapter.plot(
      "loss",
      Chart{.title = "The loss, epoch by epoch; the first two are higher",
            .x_label = "epoch",
            .y_label = "mean squared error",
            .series = {{.name = "training", .x = {}, .y = losses, .mark = Mark::line_and_points},
                       {.name = "the least there is",
                        .x = {1, static_cast<double>(losses.size())},
                        .y = {least, least}}},
            .y_range = {{45, 48}}});
}

// A point of the map of u and v, or the loss's slopes with respect to both.
struct Place {
  double u, v;
};

using LossOfTwo = double(double, double, const Rows&);
using GradientOfTwo = Place(double, double, const Rows&);

// The gradient by hand beside the library's, and that beside a numerical one.
inline void check_two_knobs(Chapter& chapter, const Rows& rows, LossOfTwo& loss,
                            GradientOfTwo& gradient) {
  const lw::DenseOptions no_bias{.use_bias = false};
  lw::BasicSequential<double> model{lw::Input{{1}}, lw::Dense{1, no_bias}, lw::Dense{1, no_bias}};
  model.build();
  const lw::Tensor<double> x = column(rows.x), y = column(rows.y);
  bool same = true;
  tutorial::Derivatives derivatives;
  for (const Place at : {Place{0, 0}, Place{0.3, -1.2}, Place{2, 0.5}}) {
    const double u = at.u, v = at.v;
    model.parameters()[0].value[0] = u;
    model.parameters()[1].value[0] = v;
    model.compute_gradients(lw::MeanSquaredError{}, x, y);
    const auto [du, dv] = gradient(u, v, rows);
    derivatives.add(du, tutorial::numerical([&](double moved) { return loss(moved, v, rows); }, u));
    derivatives.add(dv, tutorial::numerical([&](double moved) { return loss(u, moved, rows); }, v));
    // Sums of 404 terms up to 100, divided by 404.
    same = same && std::abs(model.parameters()[0].gradient[0] - du) <= 1e-11 &&
           std::abs(model.parameters()[1].gradient[0] - dv) <= 1e-11;
  }
  chapter.check("the library's slopes for u and v are ours", same);
  derivatives.check(chapter, "y = v (u x), mean squared error, at three places by u and v");
}

inline void two_knobs(Chapter& chapter, const Rows& rows, LossOfTwo& loss, GradientOfTwo& gradient,
                      Series (&walk)(const Rows&, double, double)) {
  chapter.section("bowl", "Always a bowl?");
  // loss = 1 - 2 r u v + (u v)^2, with the mean r of x y: it depends on the product alone.
  double r = 0;
  for (std::size_t i = 0; i < rows.x.size(); ++i)
    r += rows.x[i] * rows.y[i] / static_cast<double>(rows.x.size());
  const double lowest = std::sqrt(r), least = loss(lowest, lowest, rows);
  for (const double at : {-lowest, 0.0, lowest}) {
    const auto [du, dv] = gradient(at, at, rows);
    chapter.print("u = v = {:>6.3f}   loss {:.4f}   slopes {:>7.4f} and {:>7.4f}\n", at,
                  loss(at, at, rows), rounded(du) + 0.0, rounded(dv) + 0.0);
  }
  chapter.check("halfway between two lowest points the ground is higher",
                loss(0, 0, rows) > least + 0.1 && loss(-lowest, -lowest, rows) == least);
  Chart chart{.title = "The loss of y = v (u x), and three walks on it",
              .x_label = "u",
              .y_label = "v",
              .series = {{.name = "", .x = {}, .y = {}}},
              .x_range = {{-2, 2}},
              .y_range = {{-2, 2}},
              .alt =
                  "A map with two valleys, one where both knobs are positive and one where both "
                  "are negative, each along a curve. Of three walks two end in different valleys; "
                  "the third begins in the middle, on the pass between them, and stays there."};
  Series& lines = chart.series.front();
  for (const double level : {0.0, 0.05, 0.2, 0.6, 1.2, 2.5})
    for (const double product : {r - std::sqrt(level), r + std::sqrt(level)})
      for (const double side : {-1.0, 1.0}) {
        for (double u = 0.01; u < 2.05; u *= 1.04) {
          lines.x.push_back(side * u);
          lines.y.push_back(side * product / u);
        }
        lines.x.push_back(0);
        lines.y.push_back(std::numeric_limits<double>::quiet_NaN());
      }
  bool arrive = true;
  for (const auto& [u, v] : {Place{0.1, 0.3}, Place{-1.6, 0.2}, Place{0, 0}}) {
    chart.series.push_back(walk(rows, u, v));
    const double end = loss(chart.series.back().x.back(), chart.series.back().y.back(), rows);
    arrive = arrive && std::abs(end - (u == 0 ? loss(0, 0, rows) : least)) < 1e-6;
  }
  chapter.check("two walks end at a lowest point, and the one from 0 stays on the pass", arrive);
  chapter.print("\n");
  check_two_knobs(chapter, rows, loss, gradient);
  chapter.plot("two_knobs", chart);
}

// How sure two networks are of the right class of three images.
inline void accuracy(Chapter& chapter) {
  chapter.section("accuracy", "Lower loss, more right answers?");
  chapter.print("            sure of the right class    right   squared error\n");
  const std::vector<double> given[] = {{0.49, 0.95, 0.95}, {0.51, 0.51, 0.51}};
  std::vector<double> right, losses;
  for (const auto& network : given) {
    double squares = 0;
    for (const double p : network) squares += (1 - p) * (1 - p);
    right.push_back(static_cast<double>(
        std::count_if(network.begin(), network.end(), [](double p) { return p > 0.5; })));
    losses.push_back(squares / 3);
    chapter.print("network {}      {:.2f}   {:.2f}   {:.2f}      {} of 3   {:.4f}\n", losses.size(),
                  network[0], network[1], network[2], right.back(), losses.back());
  }
  chapter.check("the smaller loss has more mistakes", losses[0] < losses[1] && right[0] < right[1]);
}

}  // namespace show
