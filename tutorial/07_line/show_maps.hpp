#pragma once
// Chapter 07: the loss over m and b as a map, and cut open: sections 5 to 7.
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "07_line/show.hpp"

namespace show {

// Lines of equal height in a bowl, as far above its lowest point as `levels` say: ellipses.
inline Series rings(Line lowest, const Curvatures& curvatures, const std::vector<double>& levels) {
  constexpr int kPoints = 120;
  Series all{.name = "", .x = {}, .y = {}};
  const double cosine = std::cos(curvatures.angle), sine = std::sin(curvatures.angle);
  for (const double level : levels) {
    const double across = std::sqrt(2 * level / curvatures.steepest);
    const double along = std::sqrt(2 * level / curvatures.flattest);
    for (int i = 0; i <= kPoints; ++i) {
      const double turn = 2 * std::acos(-1.0) * i / kPoints;
      const double s = across * std::cos(turn), t = along * std::sin(turn);
      all.x.push_back(lowest.m + s * cosine - t * sine);
      all.y.push_back(lowest.b + s * sine + t * cosine);
    }
    all.x.push_back(lowest.m);
    all.y.push_back(std::numeric_limits<double>::quiet_NaN());  // a gap before the next
  }
  return all;
}

inline Series on_map(std::string name, const std::vector<Line>& path,
                     Mark mark = Mark::line_and_points) {
  Series series{.name = std::move(name), .x = {}, .y = {}, .mark = mark};
  for (const auto& [m, b] : path) {
    series.x.push_back(m);
    series.y.push_back(b);
  }
  return series;
}

// The map of all lines with the path of section 4 and perhaps another one, drawn as `name`.
inline void map(Chapter& chapter, const std::string& name, const std::vector<Line>& path,
                Line lowest, const Curvatures& curvatures, const std::vector<Line>& straight = {}) {
  std::vector<Line> some(path.begin(), path.begin() + 16);
  for (const std::size_t step : {100u, 1000u, 2000u, 5000u, 10000u}) some.push_back(path[step]);
  Chart chart{.title = "The descent on the map of all lines",
              .x_label = "m",
              .y_label = "b",
              .series = {rings(lowest, curvatures, {1, 5, 20, 80, 200}), on_map("rooms", some)},
              .x_range = {{-1, 13}},
              .y_range = {{-50, 12}},
              .alt =
                  "Long, very narrow rings that slope from the upper left to the lower right. A "
                  "path begins at the upper left, leaps to and fro across them a few times, and "
                  "then follows their long axis down to the middle, with marks after 100, 1,000, "
                  "2,000, 5,000 and 10,000 steps."};
  if (!straight.empty()) {
    chart.series.push_back(on_map("rooms scaled", straight));
    chart.alt += " A second path goes from the same point to the middle in a straight line.";
  }
  chapter.plot(name, chart);
}

// Whether the loss falls, or grows, with each of 200 steps.
inline bool goes(bool down, const Rows& rows, const std::vector<Line>& path, Loss& mse) {
  for (std::size_t i = 1; i < path.size(); ++i)
    if ((mse(path[i], rows) < mse(path[i - 1], rows)) != down) return false;
  return true;
}

inline void cuts(Chapter& chapter, const Rows& rows, Line lowest, const Curvatures& curvatures,
                 Loss& mse, Descend& descend) {
  chapter.section("curvature", "6 Two curvatures, one learning rate");
  const auto cut = [&](double angle) {
    return [&rows, &mse, lowest, angle](double distance) {
      return mse({lowest.m + distance * std::cos(angle), lowest.b + distance * std::sin(angle)},
                 rows);
    };
  };
  const double right_angle = std::acos(0.0), limit = 2 / curvatures.steepest;
  const auto across = cut(curvatures.angle), along = cut(curvatures.angle + right_angle);
  const double factor = 1 - limit * curvatures.flattest;
  chapter.print(
      "curvature across   {:>9.4f}\n"
      "curvature along    {:>9.4f}\n"
      "their ratio        {:>9.1f}\n"
      "limit of the rate  {:>9.6f}\n\n",
      curvatures.steepest, curvatures.flattest, curvatures.steepest / curvatures.flattest, limit);
  for (const double share : {0.99, 1.01}) {
    const std::vector<Line> path = descend(rows, share * limit, 200);
    const bool down = share < 1;
    chapter.print("rate {:.6f}, 200 steps: loss {:.0f} {} to {:.0f}\n", share * limit,
                  mse(path.front(), rows), down ? "falls" : "grows", mse(path.back(), rows));
    chapter.check(fmt::format("at {} of the limit the loss {} with each step", share,
                              down ? "falls" : "grows"),
                  goes(down, rows, path, mse));
  }
  // The second difference of a parabola is its curvature, from near or far.
  const auto measured = [](const auto& loss, double far) {
    return (loss(far) - 2 * loss(0.0) + loss(-far)) / (far * far);
  };
  chapter.check("measured on the loss, both curvatures are the same",
                std::abs(measured(across, 1) / curvatures.steepest - 1) < 1e-9 &&
                    std::abs(measured(along, 40) / curvatures.flattest - 1) < 1e-9);
  chapter.number("factor along", factor);
  chapter.number("steps to halve", std::log(0.5) / std::log(factor));
  chapter.number("ratio of rooms", curvatures.steepest / curvatures.flattest);
  chapter.plot("cuts", Chart{.title = "The bowl, cut across the gorge and along its floor",
                             .x_label = "distance from the lowest point",
                             .y_label = "loss",
                             .series = {lw::report::graph("across", across, -40, 40, 401),
                                        lw::report::graph("along", along, -40, 40)},
                             .y_range = {{0, 300}},
                             .alt = "Two parabolas with the same lowest point. One is as narrow as "
                                    "a needle, the other one is nearly a level line."});
}

}  // namespace show
