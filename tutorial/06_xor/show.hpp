#pragma once
// Chapter 06: what sections 1 to 4 print, plot and have checked of what main.cpp computes.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using lw::report::Chart;
using lw::report::Series;
using tutorial::Chapter;

// What a gate says of (0, 0), (0, 1), (1, 0) and (1, 1).
struct Gate {
  std::string name;
  std::array<double, 4> labels;

  double label(Index point) const { return labels[static_cast<std::size_t>(point)]; }
};

inline const Gate kXor{"XOR", {0, 1, 1, 0}};
inline const std::vector<Gate> kOthers = {{"AND", {0, 0, 0, 1}},
                                          {"OR", {0, 1, 1, 1}},
                                          {"NAND", {1, 1, 1, 0}},
                                          {"NOR", {1, 0, 0, 0}},
                                          {"XNOR", {1, 0, 0, 1}}};
inline constexpr std::array<const char*, 4> kPointNames = {"(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"};
inline constexpr double kX1[] = {0, 0, 1, 1}, kX2[] = {0, 1, 0, 1};

// The outputs of a network after so many steps.
struct Snapshot {
  int steps;
  lw::Tensor<float> outputs;  // (4, 1)
};

inline double loss(const std::array<double, 4>& outputs, const std::array<double, 4>& labels) {
  double sum = 0;
  for (std::size_t p = 0; p < 4; ++p) sum += (outputs[p] - labels[p]) * (outputs[p] - labels[p]);
  return sum / 4;
}

inline std::array<double, 4> values(const lw::Tensor<float>& outputs) {
  return {outputs[0], outputs[1], outputs[2], outputs[3]};
}

inline double rounded(double value, int digits) {
  const double scale = std::pow(10, digits);
  return std::round(value * scale) / scale;
}

// Three digits after the point, and no sign before a zero.
inline std::string digits3(double value) {
  return fmt::format("{:.3f}", rounded(value, 3) + 0.0);
}

// Rows of cells, the first one of names, in columns: the book makes a table of the page of them.
inline void print_table(Chapter& chapter, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c)
      if (c == 0)
        chapter.print("{:<{}}", row[c], widths[c]);
      else
        chapter.print(" | {:>{}}", row[c], widths[c]);
    chapter.print("\n");
    if (&row != &rows[0]) continue;
    for (std::size_t c = 0; c < widths.size(); ++c)
      chapter.print("{}{:-<{}}", c == 0 ? "" : "|", "", widths[c] + (c == 0 ? 1 : 2));
    chapter.print("\n");
  }
}

// The corners where a gate has one label: small squares for 0, crosses for 1.
inline Series corners(const Gate& gate, double label) {
  constexpr double kHalf = 0.05, kGap = std::numeric_limits<double>::quiet_NaN();
  using Strokes = std::vector<std::pair<double, double>>;
  const Strokes square = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {-1, -1}, {0, kGap}};
  const Strokes cross = {{-1, -1}, {1, 1}, {0, kGap}, {-1, 1}, {1, -1}, {0, kGap}};
  Series series{.name = fmt::format("label {}", label), .x = {}, .y = {}};
  for (std::size_t p = 0; p < 4; ++p) {
    if (gate.labels[p] != label) continue;
    for (const auto& [dx, dy] : label == 1 ? cross : square) {
      series.x.push_back(kX1[p] + dx * kHalf);
      series.y.push_back(kX2[p] + dy * kHalf);
    }
  }
  return series;
}

// The lines stand between the labels, since every second series of a chart is dashed.
inline void plot_corners(Chapter& chapter, const std::string& name, const Gate& gate,
                         const std::vector<Series>& lines, std::string alt) {
  Chart chart{.title = gate.name + ": the four points and their labels",
              .x_label = "x1",
              .y_label = "x2",
              .series = {corners(gate, 0), lines.at(0), corners(gate, 1)},
              .x_range = {{-0.5, 1.5}},
              .y_range = {{-0.5, 1.5}},
              .alt = std::move(alt)};
  chart.series.insert(chart.series.end(), lines.begin() + 1, lines.end());
  chapter.plot(name, chart);
}

inline void gates_and_lines(Chapter& chapter, int (*best_line)(const Gate&)) {
  chapter.section("gates", "1 Four points");
  std::vector<Gate> gates = {kXor};
  gates.insert(gates.end(), kOthers.begin(), kOthers.end());
  chapter.print("x1  x2 ");
  for (const Gate& gate : gates) chapter.print("  {}", gate.name);
  for (std::size_t p = 0; p < 4; ++p) {
    chapter.print("\n{:>2}  {:>2} ", kX1[p], kX2[p]);
    for (const Gate& gate : gates) chapter.print("  {:>{}}", gate.labels[p], gate.name.size());
  }
  chapter.print("\n");
  chapter.section("lines", "No line separates XOR");
  for (const Gate& gate : gates) {
    const int right = best_line(gate);
    chapter.print("{:<5} the best line has {} of 4 points on the right side\n", gate.name, right);
    const bool separable = gate.name != "XOR" && gate.name != "XNOR";
    chapter.check(
        fmt::format("a line {} {}", separable ? "separates" : "does not separate", gate.name),
        right == (separable ? 4 : 3));
  }
  plot_corners(chapter, "and", kOthers[0], {{.name = "a line", .x = {0, 1.5}, .y = {1.5, 0}}},
               "The corners of a square. Only the one at the upper right has the label 1, and a "
               "falling line has it on one side and the other three on the other.");
  plot_corners(chapter, "xor", kXor,
               {{.name = "", .x = {0, 1}, .y = {0, 1}}, {.name = "", .x = {0, 1}, .y = {1, 0}}},
               "The corners of a square. Those at the lower left and the upper right have the "
               "label 0, the other two the label 1. Two diagonals connect what has the same "
               "label, and cross in the middle of the square.");
}

inline void by_hand(Chapter& chapter, double (*function)(double, double),
                    const lw::Sequential& network) {
  chapter.section("hand", "2 Two units are enough");
  chapter.print("x1  x2  h1  h2  h1 - 2 h2  library  label\n");
  bool right = true, same = true;
  for (std::size_t p = 0; p < 4; ++p) {
    const double sum = kX1[p] + kX2[p], y = function(kX1[p], kX2[p]);
    const lw::Tensor<float> x({1, 2}, {static_cast<float>(kX1[p]), static_cast<float>(kX2[p])});
    const double library = network.predict(x)[0];
    chapter.print("{:>2}  {:>2}  {:>2}  {:>2}  {:>9}  {:>7}  {:>5}\n", kX1[p], kX2[p], sum,
                  std::max(sum - 1, 0.0), y, library, kXor.labels[p]);
    right = right && y == kXor.labels[p];
    same = same && library == y;
  }
  chapter.check("the network made by hand is XOR", right);
  chapter.check("the library's network says the same", same);
  chapter.exact("weights of the network", static_cast<double>(network.parameter_count()), 9);
}

// The seed of the network whose outputs after 1,000 steps are nearest the course's, of the first
// 4,000.
inline constexpr std::uint64_t kTwin = 1660;

template <class Train>
void course(Chapter& chapter, Train&& train, lw::Sequential network) {
  chapter.section("course", "4 One training");
  constexpr std::array<double, 4> kPrinted = {0.364, 1.007, 0.364, 0.151};
  std::vector<std::vector<std::string>> table = {
      {"steps", kPointNames[0], kPointNames[1], kPointNames[2], kPointNames[3], "loss"}};
  const auto line = [&](const std::string& name, const std::array<double, 4>& y) {
    table.push_back({name, digits3(y[0]), digits3(y[1]), digits3(y[2]), digits3(y[3]),
                     fmt::format("{:.4f}", loss(y, kXor.labels))});
  };
  line("1000, in the course", kPrinted);
  const std::vector<Snapshot> snapshots = train(network, {0, 300, 1000, 2000, 5000, 20000});
  for (const Snapshot& one : snapshots) line(fmt::format("{}", one.steps), values(one.outputs));
  line("the labels", kXor.labels);
  print_table(chapter, table);

  const std::array<double, 4> at_1000 = values(snapshots[2].outputs);
  double off = 0;
  for (std::size_t p = 0; p < 4; ++p) off = std::max(off, std::abs(at_1000[p] - kPrinted[p]));
  chapter.check("after 1,000 steps our network is within 0.02 of the course's outputs",
                off <= 0.02);
  chapter.exact("loss of the course's outputs", rounded(loss(kPrinted, kXor.labels), 2), 0.14);
  const std::array<double, 4> end = values(snapshots.back().outputs);
  constexpr double kPlateau[] = {0.5, 1, 0.5, 0};
  for (std::size_t p = 0; p < 4; ++p)
    chapter.exact(fmt::format("output of {} on the plateau", kPointNames[p]),
                  rounded(end[p], 3) + 0, kPlateau[p]);
}

}  // namespace show
