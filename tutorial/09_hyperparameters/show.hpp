#pragma once
// Chapter 09: what part one prints, plots and has checked of what main.cpp computes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "09_hyperparameters/valley.hpp"
#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"
#include "support/derivatives.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using lw::report::Chart;
using lw::report::Mark;
using lw::report::Series;
using tutorial::Chapter;

using Slopes = Place(Place);
using Height = double(Place);

// An optimizer in the race, and its rate there.
struct Racer {
  std::string name;
  double rate;
  std::function<Path(Slopes&, double, Place, int)> descend;  // by hand
  std::function<Path(Slopes&, const Path&)> by_library;      // with the slopes of that path

  Path track(Slopes& slopes, Place from, int steps) const {
    return descend(slopes, rate, from, steps);
  }
};

inline constexpr Place kStart = {-4, 1};
inline constexpr int kMost = 3000;       // steps, after which nobody waits any longer
inline constexpr double kLanded = 0.01;  // the loss of who has arrived

// After how many steps the loss is below kLanded for good; kMost + 1 if it is not, and -1 if it
// leaves the valley.
inline int steps_until_there(Height& loss, const Path& path) {
  for (std::size_t step = path.size(); step-- > 0;)
    if (const double height = loss(path[step]); !(height < kLanded))
      return height < 1e3 ? static_cast<int>(step) + 1 : -1;
  return 0;
}

inline std::string steps_in_words(int steps) {
  return steps < 0 ? "out" : steps > kMost ? "-" : std::to_string(steps);
}

// The first line of a table, and a rule below it.
inline void table_head(Chapter& chapter, const std::string& names) {
  std::string rule = names;
  for (char& c : rule)
    if (c != '|') c = '-';
  chapter.print("{}\n{}\n", names, rule);
}

// Draws a map, and the same tracks as numbers.
inline void save(Chapter& chapter, const std::string& name, const std::string& title,
                 const std::string& alt, Map map) {
  lw::save_text(chapter.folder() / (name + ".csv"), map.csv());
  lw::save_text(chapter.folder() / (name + ".svg"), map.svg(title, alt));
  chapter.print("Plot: {}.svg\n", name);
}

// A map of the valley, turned by an angle, with a ring for each step of 1 along its floor.
inline Map map_of_valley(Map::Part part, double angle = 0) {
  Map map(part);
  for (int ring = 1; ring <= 6; ++ring) map.ring(ring, ring / std::sqrt(20.0), angle);
  return map;
}

inline constexpr Map::Part kPart = {-4.6, 1.4, -1.3, 1.3};

// The way of one of them alone, `steps` long.
inline void alone(Chapter& chapter, const std::vector<Racer>& racers, Slopes& slopes) {
  chapter.section("alone", "1 to 4 Six ways down");
  const struct {
    const char *name, *title, *alt;
    int steps;
  } pictures[] = {
      {"sgd", "Plain gradient descent",
       "leaps to and fro across the floor, less far each time, and moves east in short steps.", 60},
      {"momentum", "With momentum",
       "swings across the floor in long waves, passes the middle of the map and comes back.", 100},
      {"adagrad", "Adagrad",
       "goes down to the floor at first and then along it, in steps that become shorter.", 100},
      {"rmsprop", "RMSprop",
       "comes down to the floor in a curve and goes along it in steps of equal length.", 120},
      {"adadelta", "Adadelta", "hardly moves.", 100},
      {"adam", "Adam",
       "goes down at 45 degrees, swings past the floor once and back, and on to the middle.", 100}};
  for (std::size_t i = 0; i < racers.size(); ++i) {
    const auto& [name, title, alt, steps] = pictures[i];
    Map map = map_of_valley(kPart);
    map.track(racers[i].name, racers[i].track(slopes, kStart, steps), i);
    if (racers[i].name != "Adadelta")
      save(chapter, name, title,
           fmt::format("A map of a narrow valley from west to east. A track that begins at (-4, 1) "
                       "{}",
                       alt),
           std::move(map));
  }
}

inline std::string spot(Place at) {
  return fmt::format("({:5.2f}, {:5.2f})", at.u, at.v);
}

inline void race(Chapter& chapter, const std::vector<Racer>& racers, Slopes& slopes, Height& loss) {
  chapter.section("race", "5 The race");
  int number = 0;
  for (const int steps : {0, 2, 5, 10, 20, 40, 80}) {
    Map map = map_of_valley(kPart);
    std::string alt = "The map of the valley with six tracks.";
    for (std::size_t i = 0; i < racers.size(); ++i) {
      const Path path = racers[i].track(slopes, kStart, steps);
      map.track(racers[i].name, path, i);
      alt += fmt::format(" {} is at {}.", racers[i].name, spot(path.back()));
    }
    save(chapter, fmt::format("race_{}", ++number),
         steps == 0 ? "The start" : fmt::format("After {} steps", steps), alt, std::move(map));
  }
  table_head(chapter, "optimizer | rate | after 10 steps   | after 40 steps   | to 0.01");
  for (const Racer& one : racers) {
    const Path path = one.track(slopes, kStart, kMost);
    chapter.print("{:<9} | {:>4} | {:>16} | {:>16} | {:>6}\n", one.name, one.rate, spot(path[10]),
                  spot(path[40]), steps_in_words(steps_until_there(loss, path)));
  }
}

// The same valley, turned.
inline void slanted(Chapter& chapter, const std::vector<Racer>& racers, Slopes& slopes,
                    Height& loss, Slopes& slanted_slopes, Height& slanted_loss,
                    Place (*turned)(Place, double), double angle) {
  chapter.section("slanted", "The same valley, turned");
  chapter.number("angle", angle * 180 / std::acos(-1.0));
  const Place start = turned(kStart, angle);
  Map map = map_of_valley({-4.6, 1.4, -2.5, 1.1}, angle);
  table_head(chapter, "optimizer | straight | turned");
  for (std::size_t i = 0; i < racers.size(); ++i) {
    map.track(racers[i].name, racers[i].track(slanted_slopes, start, 40), i);
    const Path straight = racers[i].track(slopes, kStart, kMost),
               askew = racers[i].track(slanted_slopes, start, kMost);
    const int before = steps_until_there(loss, straight),
              after = steps_until_there(slanted_loss, askew);
    chapter.print("{:<9} | {:>8} | {:>6}\n", racers[i].name, steps_in_words(before),
                  steps_in_words(after));
    if (i < 2) {  // no farther from each other than rounding makes them, while they get closer
      double off = 0;
      for (std::size_t step = 0; step <= 100; ++step) {
        const Place there = turned(straight[step], angle);
        off = std::max(off, std::hypot(there.u - askew[step].u, there.v - askew[step].v));
      }
      chapter.check(fmt::format("{} takes the same way, turned", racers[i].name), off <= 1e-12);
    } else {
      chapter.check(fmt::format("{} takes longer in the turned valley", racers[i].name),
                    after > before);
    }
  }
  save(chapter, "slanted", "The turned valley",
       "A narrow valley that rises from the lower left to the upper right. Six tracks begin at its "
       "lower left end; those of SGD and momentum are farthest along.",
       std::move(map));
}

// The largest distance between two paths.
inline double apart(const Path& a, const Path& b) {
  double most = a.size() == b.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    const double off = std::max(std::abs(a[i].u - b[i].u), std::abs(a[i].v - b[i].v));
    most = off <= most ? most : off;  // NaN stays
  }
  return most;
}

// Beside the library, and beside Keras, whose steps tools/reference/hyperparameters_steps.py made.
inline void library(Chapter& chapter, const std::vector<Racer>& racers, Slopes& slopes) {
  chapter.section("library", "By hand, and in the library");
  constexpr int kSteps = 200, kKeras = 20;
  const auto file = chapter.reference_folder() / "keras_steps.npy";
  const auto keras = lw::load_npy<double>(file);
  const lw::Shape expected{std::ssize(racers), kKeras + 1, 2};
  if (keras.shape() != expected)
    throw lw::DataError(fmt::format("{}: got numbers of shape {}, expected {}", file.string(),
                                    lw::to_string(keras.shape()), lw::to_string(expected)));
  table_head(chapter, fmt::format("largest difference |  library, {} steps |  Keras, {} steps",
                                  kSteps, kKeras));
  for (std::size_t i = 0; i < racers.size(); ++i) {
    const Racer& one = racers[i];
    Path in_keras;
    for (Index step = 0; step <= kKeras; ++step)
      in_keras.push_back(
          {keras(static_cast<Index>(i), step, 0), keras(static_cast<Index>(i), step, 1)});
    const Path path = one.track(slopes, kStart, kSteps);
    const double library = apart(path, one.by_library(slopes, path));
    const double beside_keras = apart(one.track(slopes, kStart, kKeras), in_keras);
    chapter.print("{:<18} | {:>19.0e} | {:>16.0e}\n", one.name, library, beside_keras);
    // A step rounds a weight of up to 4, by 2^-52, and a change that is smaller, a few times over.
    chapter.check(one.name + " by hand takes the library's steps", library <= kSteps * 0x1p-49);
    // Here each slope is that of where the rounding before has led, and the valley is steep: what
    // differs may grow, twentyfold over these steps.
    chapter.check(one.name + " by hand takes Keras's steps", beside_keras <= 20 * kKeras * 0x1p-49);
  }
}

// The course's three, and larger ones.
inline constexpr double kRates[] = {0.001, 0.01, 0.05, 0.1, 0.5, 1};

inline void exact_rates(Chapter& chapter) {
  chapter.exact("least learning rate", kRates[0], 0.001);
  chapter.exact("common learning rate", kRates[1], 0.01);
  chapter.exact("largest learning rate", kRates[2], 0.05);
}

inline void rates(Chapter& chapter, const std::vector<Racer>& racers, Slopes& slopes,
                  Height& loss) {
  chapter.section("rates", "6 The learning rate");
  chapter.number("most steps", kMost);
  exact_rates(chapter);
  chapter.print("rate     ");
  for (const double rate : kRates) chapter.print("{:>7}", rate);
  chapter.print("\n");
  bool depends = false;
  std::vector<int> best(racers.size());
  for (std::size_t i = 0; i < racers.size(); ++i) {
    chapter.print("{:<9}", racers[i].name);
    int least = kMost + 1;
    for (std::size_t r = 0; r < std::size(kRates); ++r) {
      const int steps =
          steps_until_there(loss, racers[i].descend(slopes, kRates[r], kStart, kMost));
      if (steps >= 0 && steps < least) {
        least = steps;
        best[i] = static_cast<int>(r);
      }
      chapter.print("{:>7}", steps_in_words(steps));
    }
    chapter.print("\n");
    depends = depends || best[i] != best[0];
  }
  chapter.check("which rate is best depends on the optimizer", depends);
}

// A slope that is measured on batches, and its rolling averages.
template <class Average>
void rolling(Chapter& chapter) {
  chapter.section("rolling", "The latest slope, or a rolling average");
  constexpr Index kBatches = 60;
  lw::Tensor<double> measured({kBatches});
  lw::fill_normal<double>(measured, 1, 1, {.seed = chapter.options().seed, .stream = 9});
  Series points{.name = "slope of a batch", .x = {}, .y = {}, .mark = Mark::points},
      plain{.name = "rolling average", .x = {}, .y = {}},
      corrected{.name = "corrected", .x = {}, .y = {}};
  Average average;
  double off_points = 0, off_average = 0;
  for (Index i = 0; i < kBatches; ++i) {
    average.add(measured[i]);
    points.y.push_back(measured[i]);
    plain.y.push_back(average.m);
    corrected.y.push_back(average.corrected());
    off_points += std::pow(measured[i] - 1, 2) / kBatches;
    off_average += std::pow(average.corrected() - 1, 2) / kBatches;
  }
  chapter.print("batch              1       2      10      60\n");
  for (const Series* one : {&points, &plain, &corrected})
    chapter.print("{:<16}{:6.2f}  {:6.2f}  {:6.2f}  {:6.2f}\n", one->name, one->y[0], one->y[1],
                  one->y[9], one->y[59]);
  chapter.print("\nusually off by {:.2f}; the corrected average by {:.2f}\n", std::sqrt(off_points),
                std::sqrt(off_average));
  chapter.check("a rolling average is steadier", off_average < off_points);
  chapter.check("the correction makes the first average the first number",
                std::abs(corrected.y[0] - points.y[0]) <= 1e-14 * std::abs(points.y[0]));
  chapter.plot("rolling", Chart{.title = "A slope, measured on sixty batches",
                                .x_label = "batch",
                                .y_label = "slope",
                                .series = {points, plain, corrected},
                                .alt = "Scattered points around 1. A line begins near 0 and rises "
                                       "to about 1 within some twenty batches; a second one is "
                                       "near 1 sooner. Both then lie on each other, and scatter "
                                       "much less than the points."});
}

// The distance from the minimum that is usual, after each step: the root of the mean square of
// many flights.
inline Series usual_distance(const std::string& name,
                             std::vector<double> (*fly)(double (*)(int), std::uint64_t),
                             double (*rate)(int), std::uint64_t seed) {
  constexpr int kFlights = 200;
  Series series{.name = name, .x = {}, .y = {}};
  for (int flight = 0; flight < kFlights; ++flight) {
    const std::vector<double> path = fly(rate, seed + static_cast<std::uint64_t>(flight));
    series.y.resize(path.size());
    for (std::size_t step = 0; step < path.size(); ++step)
      series.y[step] += path[step] * path[step] / kFlights;
  }
  for (std::size_t step = 0; step < series.y.size(); ++step) {
    series.x.push_back(static_cast<double>(step));
    series.y[step] = std::sqrt(series.y[step]);
  }
  return series;
}

inline void landing(Chapter& chapter, std::vector<double> (*fly)(double (*)(int), std::uint64_t),
                    double (*halved)(int)) {
  chapter.section("landing", "Landing");
  const std::uint64_t seed = chapter.options().seed;
  const std::vector<Series> all = {
      usual_distance(
          "0.001", fly, [](int) { return 0.001; }, seed),
      usual_distance(
          "0.01", fly, [](int) { return 0.01; }, seed),
      usual_distance(
          "0.05", fly, [](int) { return 0.05; }, seed),
      usual_distance(
          "0.5", fly, [](int) { return 0.5; }, seed),
      usual_distance("0.5, halved every 100 steps", fly, halved, seed)};
  table_head(chapter, "usual distance after |  10 steps | 100 steps | 1000 steps");
  for (const Series& one : all)
    chapter.print("{:<20} | {:>9.2f} | {:>9.2f} | {:>10.3f}\n",
                  one.name.substr(0, std::min<std::size_t>(one.name.size(), 11)), one.y[10],
                  one.y[100], one.y[1000]);
  const auto last = [&](std::size_t i) { return all[i].y.back(); };
  chapter.check("the large rate is there first, and does not land",
                all[3].y[10] < 1 && last(3) > last(2) && last(2) > last(1));
  chapter.check("halved again and again it comes as fast, and lands closer than any other",
                all[4].y[10] < 1 && last(4) < last(0) && last(4) < last(1) && last(4) < last(2));
  chapter.plot("landing",
               Chart{.title = "The landing",
                     .x_label = "step",
                     .y_label = "distance",
                     .series = all,
                     .log_y = true,
                     .alt = "Five lines that begin at 100. With a rate of 0.001 the distance "
                            "hardly shrinks. With 0.01 it falls in a straight line to below 0.1. "
                            "With 0.05 and 0.5 it falls quickly and then stays level, 0.5 at the "
                            "higher level. The rate that is halved falls as quickly as 0.5 and "
                            "goes on falling in steps, below all others."});
}

// A ball in two valleys: by plain descent and with momentum.
inline void minima(Chapter& chapter, double (*height)(double), std::vector<double> (*plain)(double),
                   std::vector<double> (*heavy)(double)) {
  chapter.section("minima", "7 Two valleys");
  Series ends_plain{.name = "plain", .x = {}, .y = {}, .mark = Mark::points},
      ends_heavy{.name = "momentum", .x = {}, .y = {}, .mark = Mark::points};
  int left_plain = 0, left_heavy = 0;
  std::vector<double> to_better, to_worse;
  for (int i = -20; i <= 20; ++i) {
    const double w = i / 10.0, a = plain(w).back(), b = heavy(w).back();
    ends_plain.x.push_back(w), ends_plain.y.push_back(a);
    ends_heavy.x.push_back(w), ends_heavy.y.push_back(b);
    left_plain += a < 0;
    left_heavy += b < 0;
    if (a > 0 && b < 0) to_better.push_back(w);
    if (a < 0 && b > 0) to_worse.push_back(w);
  }
  const double global = plain(-1).back(), local = plain(1).back();
  chapter.print("global minimum {:.4f} at w = {:.3f}\nlocal minimum  {:.4f} at w = {:.3f}\n\n",
                height(global), global, height(local), local);
  table_head(chapter, "of 41 starts   | global | local");
  chapter.print("plain          | {:>6} | {:>5}\nmomentum       | {:>6} | {:>5}\n\n", left_plain,
                41 - left_plain, left_heavy, 41 - left_heavy);
  chapter.print(
      "with momentum to the better valley from {:.1f}\nand to the worse one from {:.1f}\n",
      fmt::join(to_better, ", "), fmt::join(to_worse, ", "));
  chapter.check("the left valley is the deeper one", height(global) < height(local));
  chapter.check("plain descent does not cross the hill", [&] {
    for (std::size_t i = 0; i < ends_plain.x.size(); ++i)  // whose top is at 0.076
      if ((ends_plain.x[i] < 0.076) != (ends_plain.y[i] < 0)) return false;
    return true;
  }());
  chapter.check("with momentum some cross it, to the better valley and to the worse",
                !to_better.empty() && !to_worse.empty());
  chapter.plot("ends", Chart{.title = "Where a ball ends",
                             .x_label = "w at the start",
                             .y_label = "w at the end",
                             .series = {ends_plain, ends_heavy},
                             .y_range = {{-1.5, 1.5}},
                             .alt = "Points on two levels, at about -1 and 1. By plain descent all "
                                    "that begin left of 0.1 end at -1 and the others at 1. With "
                                    "momentum, the leftmost end at 1 and the rightmost at -1."});
  Series over{.name = "momentum", .x = {}, .y = {}, .mark = Mark::line_and_points},
      stays{.name = "plain, at the end", .x = {}, .y = {}, .mark = Mark::points};
  for (const double w : heavy(1.8)) over.x.push_back(w), over.y.push_back(height(w));
  stays.x.push_back(plain(1.8).back()), stays.y.push_back(height(plain(1.8).back()));
  chapter.plot("over",
               Chart{.title = "From 1.8 with momentum",
                     .x_label = "w",
                     .y_label = "loss",
                     .series = {lw::report::graph("the loss", height, -1.7, 1.85), over, stays},
                     .alt = "A curve with a deeper valley on the left and another one on "
                            "the right. The dots of momentum run from the right wall "
                            "through the right valley, over the hill and into the left "
                            "one. Plain descent ends in the right valley."});
}

}  // namespace show
