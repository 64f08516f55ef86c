#pragma once
// Chapter 06: what sections 5 to 9 print, plot and have checked of thousands of networks.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "06_xor/outcomes.hpp"

namespace show {

inline void seconds(Chapter& chapter, std::size_t networks, std::chrono::duration<double> time) {
  chapter.number("networks", static_cast<double>(networks));
  chapter.number("seconds of all networks", time.count());
}

inline void alone(Chapter& chapter, std::size_t networks, bool same) {
  chapter.section("alone", "The same, one by one");
  chapter.print("{} networks, trained alone: {}\n", networks,
                same ? "the same outputs, to the last bit" : "OTHER outputs");
  chapter.check("side by side, networks end as they end alone", same);
}

// The losses after the last step, in bins. 1/8, 1/6 and 1/4 are in the middle of theirs.
inline void plot_histogram(Chapter& chapter, const std::vector<Run>& runs) {
  constexpr int kBins = 30;
  constexpr double kWidth = 1.0 / 96;
  std::array<double, kBins> bins{};
  for (const Run& run : runs) {
    const auto bin = static_cast<int>(run.loss_at(2) / kWidth + 0.5);
    ++bins[static_cast<std::size_t>(std::min(bin, kBins - 1))];
  }
  Series bars{.name = "", .x = {}, .y = {}};
  for (std::size_t bin = 0; bin < kBins; ++bin)
    for (const auto& [dx, y] : {std::pair{-0.5, 0.0}, std::pair{-0.5, bins[bin]},
                                std::pair{0.5, bins[bin]}, std::pair{0.5, 0.0}}) {
      bars.x.push_back((static_cast<double>(bin) + dx) * kWidth);
      bars.y.push_back(y);
    }
  const Counts counts = count(runs, 2);
  chapter.plot("histogram",
               Chart{.title = fmt::format("Where {} networks end", runs.size()),
                     .x_label = "loss after 20,000 steps",
                     .y_label = "networks",
                     .series = {bars},
                     .x_range = {{-0.01, 0.3}},
                     .alt = fmt::format("A histogram of the losses with four spikes and nothing "
                                        "between them: {} networks at 0, {} at 1/8, {} at 1/6 and "
                                        "{} at 1/4.",
                                        counts[0], counts[1], counts[2], counts[3])});
}

inline std::string in_percent(double percent) {
  return fmt::format("{:.1f} %", percent);
}

inline void thousand(Chapter& chapter, const std::vector<Run>& runs) {
  std::vector<std::vector<std::string>> table = {
      {"loss after 20,000 steps", "networks", "share", "sampling error", "in NumPy"}};
  const int all = static_cast<int>(runs.size());
  const Counts end = count(runs, 2), theirs = reference_of(2, kStops[2]).networks;
  for (std::size_t o = 0; o < kOutcomes; ++o) {
    const double share = percent(theirs[o], sum(theirs));
    table.push_back({o == 0 ? "below 0.001: solved" : kOutcomeNames[o], fmt::format("{}", end[o]),
                     in_percent(percent(end[o], all)), in_percent(sampling_error(share, all)),
                     in_percent(share)});
  }
  print_table(chapter, table);
  plot_histogram(chapter, runs);
}

inline void epochs(Chapter& chapter, const std::vector<Run>& runs) {
  chapter.section("epochs", "Other numbers of epochs");
  std::vector<std::vector<std::string>> table = {{"steps"}};
  table[0].insert(table[0].end(), kOutcomeNames.begin(), kOutcomeNames.end());
  const int all = static_cast<int>(runs.size());
  for (std::size_t stop = 0; stop < kStops.size(); ++stop) {
    table.push_back({fmt::format("{}", kStops[stop])});
    for (const int networks : count(runs, stop))
      table.back().push_back(in_percent(percent(networks, all)));
  }
  print_table(chapter, table);
  for (std::size_t stop = 0; stop < kStops.size(); ++stop) {
    const Counts ours = count(runs, stop), numpy = reference_of(2, kStops[stop]).networks;
    for (std::size_t o = 0; o < kOutcomes; ++o)
      check_share(chapter, fmt::format("{} after {} steps", kOutcomeNames[o], kStops[stop]),
                  ours[o], all, numpy[o], sum(numpy));
  }
}

// Networks of so many units.
struct Width {
  Index units;
  std::vector<Run> runs;
};

inline void widths(Chapter& chapter, const std::vector<Width>& widths) {
  chapter.section("units", "More units");
  std::vector<std::vector<std::string>> table = {
      {"units", "networks", "solved", "sampling error", "in NumPy"}};
  lw::report::BarChart chart{.title = "Networks that learn XOR in 20,000 steps",
                             .x_label = "hidden units",
                             .y_label = "solved, in percent",
                             .names = {},
                             .values = {},
                             .y_range = {{0, 105}}};
  for (const auto& [units, runs] : widths) {
    const int all = static_cast<int>(runs.size()), solved = count(runs, 2)[0];
    const Counts numpy = reference_of(units, kStops[2]).networks;
    const double share = percent(numpy[0], sum(numpy));
    table.push_back({fmt::format("{}", units), fmt::format("{}", all),
                     in_percent(percent(solved, all)), in_percent(sampling_error(share, all)),
                     in_percent(share)});
    chart.names.push_back(fmt::format("{}", units));
    chart.values.push_back(rounded(percent(solved, all), 1));
  }
  print_table(chapter, table);
  for (const auto& [units, runs] : widths) {
    const Counts numpy = reference_of(units, kStops[2]).networks;
    if (units > 2)  // those of two have been looked at
      check_share(chapter, fmt::format("solved with {} units", units), count(runs, 2)[0],
                  static_cast<int>(runs.size()), numpy[0], sum(numpy));
  }
  chapter.plot("units", chart);
}

// At which points the output is the label.
inline std::array<bool, 4> met(const Run& run) {
  std::array<bool, 4> points{};
  for (std::size_t p = 0; p < 4; ++p)
    points[p] = std::abs(run.outputs.back()[p] - run.gate.labels[p]) < 0.05;
  return points;
}

inline void plateaus(Chapter& chapter, const std::vector<Run>& runs,
                     double (*plateau)(const std::array<double, 4>&, const std::array<bool, 4>&)) {
  chapter.section("plateaus", "6 Why they end there");
  const auto of = [&](const std::array<bool, 4>& points) { return plateau(kXor.labels, points); };
  chapter.exact("loss if no point is met", of({}), 0.25);
  chapter.exact("loss if (1, 1) alone is met", rounded(of({false, false, false, true}), 6),
                rounded(1.0 / 6, 6));
  chapter.exact("loss if (0, 1) and (1, 1) are met", of({false, true, false, true}), 0.125);
  std::map<std::array<bool, 4>, int> patterns;
  double worst = 0;
  for (const Run& run : runs) {
    ++patterns[met(run)];
    if (outcome(run.loss_at(2)) != kElsewhere)
      worst = std::max(worst, std::abs(run.loss_at(2) - of(met(run))));
  }
  std::vector<std::vector<std::string>> table = {
      {"points met exactly", "answer at the others", "loss", "networks"}};
  for (const auto& [points, networks] : patterns) {
    std::string names;
    double others = 0, labels = 0;
    for (std::size_t p = 0; p < 4; ++p) {
      if (points[p])
        names += fmt::format("{}{}", names.empty() ? "" : " ", kPointNames[p]);
      else
        labels += kXor.labels[p], ++others;
    }
    if (others == 0) names = "all";
    table.push_back({names.empty() ? "none" : names, others > 0 ? digits3(labels / others) : "-",
                     fmt::format("{:.4f}", of(points)), fmt::format("{}", networks)});
  }
  print_table(chapter, table);
  chapter.check("every network ends at the loss that the points it meets say", worst < 5e-3);
}

inline void dead(Chapter& chapter, const std::vector<Run>& runs) {
  chapter.section("dead", "Dead units");
  std::array<std::array<int, 3>, kOutcomes> table{};
  int born = 0, hopeless = 0, hopeless_at_quarter = 0;
  for (const Run& run : runs) {
    const std::size_t end = outcome(run.loss_at(2));
    ++table[end][static_cast<std::size_t>(run.dead)];
    born += run.born_dead;
    if (run.born_dead == 2) ++hopeless, hopeless_at_quarter += end == 3 ? 1 : 0;
  }
  chapter.print("loss   no dead unit   one dead   both dead\n");
  for (std::size_t o = 0; o + 1 < kOutcomes; ++o)
    chapter.print("{:<4}   {:>12}   {:>8}   {:>9}\n", o == 0 ? "0" : kOutcomeNames[o], table[o][0],
                  table[o][1], table[o][2]);
  const int units = 2 * static_cast<int>(runs.size());
  chapter.print(
      "\nborn dead: {} of {} units, {:.1f} %\n"
      "both units born dead: {} networks; {} end at 1/4\n",
      born, units, percent(born, units), hopeless, hopeless_at_quarter);
  // Each unit by a chance of 1/4. Five deviations: out of them once in 1.7 million runs.
  chapter.check("a quarter of the units is born dead, within sampling error",
                std::abs(percent(born, units) - 25) <= 5 * sampling_error(25, units));
  chapter.check("networks whose units are born dead end at 1/4", hopeless == hopeless_at_quarter);
}

inline void gates(Chapter& chapter, const std::vector<Run>& runs) {
  chapter.section("others", "7 The other gates");
  std::vector<std::vector<std::string>> table = {
      {"gate", "networks", "solved", "other losses, and in how many"}};
  bool all_solved = true;
  int of_each = 0;
  for (const Gate& gate : kOthers) {
    std::map<double, int> losses;  // rounded
    int all = 0, solved = 0;
    for (const Run& run : runs) {
      if (run.gate.name != gate.name) continue;
      ++all;
      const double end = run.loss_at(2);
      if (outcome(end) == 0)
        ++solved;
      else
        ++losses[rounded(end, 3)];
    }
    std::vector<std::pair<int, double>> frequent;
    for (const auto& [at, networks] : losses) frequent.emplace_back(networks, at);
    std::sort(frequent.rbegin(), frequent.rend());
    std::string others;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, frequent.size()); ++i)
      others +=
          fmt::format("{}{:.3f}: {}", i == 0 ? "" : ", ", frequent[i].second, frequent[i].first);
    table.push_back({gate.name, fmt::format("{}", all), in_percent(percent(solved, all)), others});
    all_solved = all_solved && solved > 0;
    of_each = all;
  }
  print_table(chapter, table);
  // About one in four learns NOR: of two hundred, none once in 10^25 runs; of few, now and then.
  if (of_each >= 200) chapter.check("two units can learn each gate", all_solved);
}

}  // namespace show
