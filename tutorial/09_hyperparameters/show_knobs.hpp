#pragma once
// Chapter 09: what part two prints, plots and has checked of the networks that main.cpp trains.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "09_hyperparameters/dots.hpp"
#include "09_hyperparameters/show.hpp"
#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"
#include "support/derivatives.hpp"

namespace show {

// What became of a network: how many answers are wrong, of 1,000 images each.
struct Score {
  double loss = 0;  // of the last epoch
  double training = 0, validation = 0, test = 0;
};

using Scores = std::vector<Score>;

inline std::vector<double> column(const Scores& scores, double Score::*of) {
  std::vector<double> values;
  for (const Score& one : scores) values.push_back(one.*of);
  return values;
}

inline double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

inline double deviation(const std::vector<double>& values) {
  double sum = 0;
  for (const double one : values) sum += std::pow(one - mean(values), 2);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

// Networks of one setting.
struct Row {
  std::string name;
  Scores scores;
};

// Settings that differ in one knob.
struct Sweep {
  std::string file, title;
  std::vector<Row> rows;
};

inline double mean_wrong(const Scores& scores) {
  return mean(column(scores, &Score::validation));
}

// The networks of the base setting, which differ by their seeds only.
inline void noise(Chapter& chapter, const Scores& base) {
  chapter.section("noise", "8 A small task, and its noise");
  const auto losses = column(base, &Score::loss), wrong = column(base, &Score::validation),
             training = column(base, &Score::training);
  const auto [best, worst] = std::minmax_element(wrong.begin(), wrong.end());
  table_head(chapter, fmt::format("{:<3} networks             |  mean | deviation", base.size()));
  const auto print = [&](const char* what, const std::vector<double>& values, int digits) {
    chapter.print("{:<24} | {:>5.{}f} | {:>9.{}f}\n", what, mean(values), digits, deviation(values),
                  digits);
  };
  print("loss of the last epoch", losses, 3);
  print("wrong, of 1,000 trained", training, 1);
  print("wrong, of 1,000 held out", wrong, 1);
  chapter.print("\nheld out, the best has {:.0f} wrong, the worst {:.0f}\n", *best, *worst);
  chapter.number("base networks", static_cast<double>(base.size()));
  chapter.number("base best", *best);
  chapter.number("base worst", *worst);
}

// Whether this row is the setting that all others are compared with: it has the same networks.
inline bool is_base(const Row& row, const Scores& base) {
  return row.scores.front().loss == base.front().loss &&
         row.scores.back().loss == base[row.scores.size() - 1].loss;
}

// One picture a knob, all with the same axis, and a line of the table a setting.
inline void pictures(Chapter& chapter, const std::vector<Sweep>& all, const Scores& base) {
  const auto usual = column(base, &Score::validation);
  const Band band{mean(usual) - 2 * deviation(usual), mean(usual) + 2 * deviation(usual)};
  double least = band.from;
  for (const Sweep& sweep : all)
    for (const Row& row : sweep.rows)
      for (const double wrong : column(row.scores, &Score::validation))
        least = std::min(least, wrong);
  for (const Sweep& sweep : all) {
    table_head(chapter,
               fmt::format("{:<16} |   loss | training | held out | deviation", sweep.title));
    Dots picture(band, std::max(0.9 * least, 5.0), 1000);
    std::string alt = fmt::format(
        "Rows of dots on a logarithmic axis, and a band from {:.0f} to "
        "{:.0f}.",
        band.from, band.to);
    for (const Row& row : sweep.rows) {
      const auto wrong = column(row.scores, &Score::validation);
      chapter.print("{:<16} | {:>6.3f} | {:>8.1f} | {:>8.1f} | {:>9.1f}\n", row.name,
                    mean(column(row.scores, &Score::loss)),
                    mean(column(row.scores, &Score::training)), mean(wrong), deviation(wrong));
      picture.row(row.name, wrong, is_base(row, base));
      const auto [low, high] = std::minmax_element(wrong.begin(), wrong.end());
      alt += fmt::format(" {}: {:.0f} to {:.0f}.", row.name, *low, *high);
    }
    chapter.print("\n");
    lw::save_text(chapter.folder() / (sweep.file + ".csv"), picture.csv());
    lw::save_text(chapter.folder() / (sweep.file + ".svg"), picture.svg(sweep.title, alt));
    chapter.print("Plot: {}.svg\n", sweep.file);
  }
}

// The mean of one setting of a knob, both by their names.
inline double wrong_of(const std::vector<Sweep>& all, const std::string& knob,
                       const std::string& setting) {
  for (const Sweep& sweep : all)
    for (const Row& row : sweep.rows)
      if (sweep.title == knob && row.name == setting) return mean_wrong(row.scores);
  throw lw::ArgumentError(fmt::format("no {} is called {}", knob, setting));
}

inline void sweeps(Chapter& chapter, const std::vector<Sweep>& all, const Scores& base) {
  chapter.section("knobs", "9 One knob at a time");
  pictures(chapter, all, base);
  for (const char* name : {"all 0", "0 to 1"})
    chapter.check(fmt::format("weights \"{}\" do worse than Glorot's", name),
                  wrong_of(all, "first weights", name) > wrong_of(all, "first weights", "Glorot"));
  chapter.check("the same loss, ten times smaller, learns more slowly",
                wrong_of(all, "cost", "mean of squares") > wrong_of(all, "cost", "sum of squares"));
  chapter.check(
      "the learning rate of 0.2 is better if it is halved",
      wrong_of(all, "learning rate", "0.2, halved") < wrong_of(all, "learning rate", "0.2"));

  chapter.section("matters", "Which knob matters?");
  table_head(chapter, "knob          | best          | wrong | worst           | wrong");
  for (const Sweep& sweep : all) {
    const auto less = [](const Row& a, const Row& b) {
      return mean_wrong(a.scores) < mean_wrong(b.scores);
    };
    const auto [best, worst] = std::minmax_element(sweep.rows.begin(), sweep.rows.end(), less);
    chapter.print("{:<13} | {:<13} | {:>5.0f} | {:<15} | {:>5.0f}\n", sweep.title, best->name,
                  mean_wrong(best->scores), worst->name, mean_wrong(worst->scores));
  }
  chapter.print("{:<13} | {:<13} | {:>5.0f} |                 | \n", "", "base setting",
                mean_wrong(base));
}

// Wrong answers of 1,000, a row an optimizer, a column a rate.
struct Grid {
  std::vector<std::string> optimizers;
  std::vector<double> rates;
  std::vector<double> wrong;
};

inline void grid(Chapter& chapter, const Grid& grid) {
  chapter.section("grid", "10 Two knobs at a time");
  Chart chart{.title = "Wrong answers of 1,000, over the learning rate",
              .x_label = "learning rate",
              .y_label = "wrong",
              .series = {},
              .log_x = true,
              .log_y = true,
              .alt = "Six curves, each with a lowest place."};
  std::vector<std::size_t> best;  // the place of each optimizer's best rate
  for (std::size_t row = 0; row < grid.optimizers.size(); ++row) {
    const auto begin = grid.wrong.begin() + static_cast<std::ptrdiff_t>(row * grid.rates.size());
    const std::vector<double> wrong(begin, begin + std::ssize(grid.rates));
    best.push_back(
        static_cast<std::size_t>(std::min_element(wrong.begin(), wrong.end()) - wrong.begin()));
    chart.alt += fmt::format(" {} is best at {}.", grid.optimizers[row], grid.rates[best.back()]);
    chart.series.push_back({.name = grid.optimizers[row],
                            .x = grid.rates,
                            .y = wrong,
                            .mark = lw::report::Mark::line_and_points});
  }
  chapter.plot("grid", chart);
  chapter.check("Adam's best rate is lower than that of SGD, and Adadelta's is the highest",
                best[5] < best[0] && best[4] == *std::max_element(best.begin(), best.end()));
}

// The base setting beside the network that was best by the validation images, and beside the best
// setting, on validation and on test images.
inline void choose(Chapter& chapter, const Scores& base, const std::string& best_name,
                   const Scores& best) {
  chapter.section("choose", "11 What one may choose by");
  const auto luckiest =
      std::min_element(base.begin(), base.end(),
                       [](const Score& a, const Score& b) { return a.validation < b.validation; });
  const double valid = mean_wrong(base), test = mean(column(base, &Score::test));
  const double best_valid = mean_wrong(best), best_test = mean(column(best, &Score::test));
  table_head(chapter, "wrong of 1,000              | validation |  test");
  const auto print = [&](const std::string& what, double a, double b) {
    chapter.print("{:<27} | {:>10.1f} | {:>5.1f}\n", what, a, b);
  };
  print(fmt::format("{} networks, base setting", base.size()), valid, test);
  print("the best by validation", luckiest->validation, luckiest->test);
  print("its lead", valid - luckiest->validation, test - luckiest->test);
  print(best_name, best_valid, best_test);
  print("its lead", valid - best_valid, test - best_test);
}

// The derivatives that the chapter writes down itself.
inline void check_slopes(Chapter& chapter, Height& loss, Slopes& slopes, Height& slanted_loss,
                         Slopes& slanted_slopes, double (*two)(double), double (*slope)(double)) {
  chapter.section("gradients", "12 Are the slopes right?");
  tutorial::Derivatives straight, turned, valleys;
  const auto add = [](tutorial::Derivatives& to, Height& height, Slopes& of, Place at) {
    const Place found = of(at);
    to.add(found.u, tutorial::numerical([&](double u) { return height({u, at.v}); }, at.u));
    to.add(found.v, tutorial::numerical([&](double v) { return height({at.u, v}); }, at.v));
  };
  for (int i = -8; i <= 8; ++i) {
    for (int j = -4; j <= 4; ++j) {
      add(straight, loss, slopes, {i / 2.0, j / 3.0});
      add(turned, slanted_loss, slanted_slopes, {i / 2.0, j / 3.0});
    }
    valleys.add(slope(i / 4.0), tutorial::numerical(two, i / 4.0));
  }
  straight.check(chapter, "the valley, by u and v");
  turned.check(chapter, "the turned valley, by u and v");
  valleys.check(chapter, "the two valleys, by w");
}

// What is compared with Keras.
inline void compare(Chapter& chapter, const std::string& name, const std::vector<double>& losses,
                    double accuracy) {
  chapter.compare(name + "loss, last epoch", losses.back());
  chapter.compare(name + "loss, mean of all epochs", mean(losses));
  chapter.compare(name + "validation accuracy", accuracy);
}

// The first base network, trained beside others, and trained alone.
inline void same_network(Chapter& chapter, const Score& beside, const Score& alone) {
  chapter.check("a network that was trained beside others is the one that is trained alone",
                beside.loss == alone.loss &&
                    std::abs(beside.validation - alone.validation) <= 1e-9 * alone.validation);
}

}  // namespace show
