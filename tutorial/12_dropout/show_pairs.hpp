#pragma once
// Chapter 12: what section 9 prints and plots, with dropout and without.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/chapter.hpp"

namespace show {

namespace lw = lanewise;
using tutorial::Chapter;

// A training without dropout and one with it, from the same weights.
struct Run {
  lw::History history;
  lw::Logs test;
};
struct Pair {
  Run off, on;
};

// The numbers of the table: of the first pair, as there is one a seed in Keras.
inline void record_pair(Chapter& chapter, const Pair& pair) {
  for (const auto& [name, run] : {std::pair{"off", &pair.off}, std::pair{"on", &pair.on}})
    for (const char* what : {"loss", "accuracy"})
      chapter.compare(fmt::format("first pair, dropout {}: test {}", name, what), run->test[what]);
  chapter.compare("first pair: test accuracy gained",
                  pair.on.test["accuracy"] - pair.off.test["accuracy"]);
}

// Of each pair a line from one accuracy to the other, in two colours: which end is the better one.
inline void draw_pairs(Chapter& chapter, const std::vector<Pair>& pairs) {
  using lw::report::Mark;
  lw::report::Series better{.name = "better with dropout (the upper end)",
                            .x = {},
                            .y = {},
                            .mark = Mark::line_and_points};
  lw::report::Series not_better{.name = "not better (dropout is the lower end)",
                                .x = {},
                                .y = {},
                                .mark = Mark::line_and_points};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto x = static_cast<double>(i + 1);
    const double without = pairs[i].off.test["accuracy"], with = pairs[i].on.test["accuracy"];
    lw::report::Series& series = with > without ? better : not_better;
    series.x.insert(series.x.end(), {x, x, x});
    series.y.insert(series.y.end(), {without, with, std::numeric_limits<double>::quiet_NaN()});
  }
  lw::report::Chart chart{.title = "Test accuracy of each pair",
                          .x_label = "pair",
                          .y_label = "test accuracy",
                          .series = {},
                          .x_range = {{0.5, static_cast<double>(pairs.size()) + 0.5}}};
  for (const auto& series : {better, not_better})
    if (!series.x.empty()) chart.series.push_back(series);
  chart.alt = fmt::format(
      "A line for each of {} pairs, from the test accuracy without dropout to that with it. It "
      "goes "
      "up in {} of them.",
      pairs.size(), better.x.size() / 3);
  chapter.plot("pairs", chart);
}

// The losses of the first pair, epoch by epoch.
inline void draw_first(Chapter& chapter, const Pair& first) {
  lw::report::Chart chart{.title = "The first pair: loss while it trains",
                          .x_label = "epoch",
                          .y_label = "cross-entropy",
                          .series = {},
                          .y_range = {{0, 1}}};
  for (const auto& [name, run] :
       {std::pair{"without dropout", &first.off}, {"with dropout", &first.on}}) {
    chart.series.push_back(
        {.name = fmt::format("training, {}", name), .x = {}, .y = run->history["loss"]});
    chart.series.push_back(
        {.name = fmt::format("test, {}", name), .x = {}, .y = run->history["val_loss"]});
  }
  chapter.plot("few", chart);
}

inline void pairs(Chapter& chapter, const std::vector<Pair>& pairs) {
  chapter.print(
      "      test accuracy             test loss\n"
      "pair  without  with     gain     without  with\n");
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [off, on] = pairs[i];
    const double with = on.test["accuracy"], without = off.test["accuracy"];
    chapter.print("{:>4}  {:.4f}   {:.4f}  {:+.4f}   {:.4f}   {:.4f}\n", i + 1, without, with,
                  with - without, off.test["loss"], on.test["loss"]);
  }
  draw_pairs(chapter, pairs);
  draw_first(chapter, pairs.front());
}

// What dropout changes in each pair: with it, less without it.
struct Differences {
  std::vector<double> accuracy, loss;
};

inline Differences differences(const std::vector<Pair>& pairs) {
  Differences found;
  for (const auto& [off, on] : pairs) {
    found.accuracy.push_back(on.test["accuracy"] - off.test["accuracy"]);
    found.loss.push_back(on.test["loss"] - off.test["loss"]);
  }
  return found;
}

// Those of the runs in Keras, of which the short ones have the same pairs as the whole ones.
inline Differences in_keras(const Chapter& chapter) {
  const std::string file =
      chapter.has_course_data() ? "mnist_quick.json" : "fashion_mnist_quick.json";
  const lw::Config reference = chapter.reference(file);
  const auto field = [&file](const lw::Config* of, const char* name) {
    const lw::Config* found = of ? of->find(name) : nullptr;
    if (!found) throw lw::DataError(fmt::format("{}: it has no '{}'", file, name));
    return found;
  };
  const auto number = [&](const lw::Config* of, const char* name) {
    const auto* value = field(of, name)->get_if<double>();
    if (!value) throw lw::DataError(fmt::format("{}: '{}' is no number", file, name));
    return *value;
  };
  const auto* runs = field(&reference, "runs")->get_if<lw::Config::List>();
  if (!runs) throw lw::DataError(fmt::format("{}: 'runs' is no list", file));
  Differences found;
  for (const lw::Config& run : *runs) {
    const lw::Config* pair = field(&run, "pair");
    const lw::Config *off = field(pair, "off"), *on = field(pair, "on");
    found.accuracy.push_back(number(on, "test_accuracy") - number(off, "test_accuracy"));
    found.loss.push_back(number(on, "test_loss") - number(off, "test_loss"));
  }
  return found;
}

// A mean of differences, and how far chance may have moved it.
struct Gain {
  double mean, standard_error;
};

inline void gains(Chapter& chapter, const Differences& ours, const Differences& keras,
                  Gain (*gain)(const std::vector<double>&)) {
  chapter.print(
      "                   | pairs | better | mean change | standard error | in standard errors\n"
      "-------------------|-------|--------|-------------|----------------|-------------------\n");
  const auto line = [&](const char* what, const char* whose, const std::vector<double>& values,
                        double better) {
    const auto [mean, error] = gain(values);
    const auto wins = std::count_if(values.begin(), values.end(),
                                    [better](double change) { return change * better > 0; });
    chapter.print("{:<19}| {:>5} | {:>6} | {:>+11.4f} | {:>14.4f} | {:>18.1f}\n",
                  fmt::format("{}, {}", what, whose), values.size(), wins, mean, error,
                  mean / error);
    chapter.number(fmt::format("{} change, {}", what, whose), mean);
    chapter.number(fmt::format("standard error, {}, {}", what, whose), error);
    chapter.number(fmt::format("pairs better, {}, {}", what, whose), static_cast<double>(wins));
  };
  line("accuracy", "lanewise", ours.accuracy, 1);
  line("accuracy", "Keras", keras.accuracy, 1);
  line("loss", "lanewise", ours.loss, -1);
  line("loss", "Keras", keras.loss, -1);
  chapter.number("Keras pairs", static_cast<double>(keras.accuracy.size()));
}

}  // namespace show
