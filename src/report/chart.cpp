// Charts over two axes: lines, points and bars. The contract is in lanewise/report/plot.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lanewise/error.hpp"
#include "lanewise/report/plot.hpp"
#include "report/gnuplot.hpp"

namespace lanewise::report {
namespace {

constexpr int kChartHeight = 400;

std::string axes(const std::string& x_label, const std::string& y_label) {
  return fmt::format(
      "set xlabel {} textcolor '{}'\n"
      "set ylabel {} textcolor '{}'\n",
      text_literal(x_label), kInk, text_literal(y_label), kInk);
}

std::string range(char axis, const std::optional<std::pair<double, double>>& limits) {
  return limits ? fmt::format("set {}range [{}:{}]\n", axis, limits->first, limits->second) : "";
}

std::string log_axis(char axis, bool on) {
  return on ? fmt::format("set logscale {0}\nset format {0} '%g'\nunset m{0}tics\n", axis) : "";
}

// A NaN has a sign, which gnuplot does not know.
double number(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

// A few names stand in one line below the title; more of them to the right of the plot.
std::string legend(const std::vector<Series>& series) {
  const auto names = std::count_if(series.begin(), series.end(),
                                   [](const Series& one) { return !one.name.empty(); });
  if (names == 0) return "unset key\nset rmargin 4\n";
  if (names > 3) return "set key outside right center vertical Left reverse samplen 2\n";
  return "set rmargin 4\nset tmargin 4.3\nset title offset 0,1.1\n"
         "set key at graph 0.5,1.03 center bottom horizontal Left reverse samplen 3\n";
}

void check_range(std::string_view axis, const std::optional<std::pair<double, double>>& limits,
                 bool logarithmic) {
  if (!limits) return;
  const auto [first, last] = *limits;
  if (!drawable(first, logarithmic) || !drawable(last, logarithmic) || first == last)
    throw ArgumentError(fmt::format("draw: {}_range is {} to {}, expected two different {} numbers",
                                    axis, first, last, logarithmic ? "positive" : "finite"));
}

double x_of(const Series& series, std::size_t i) {
  return series.x.empty() ? static_cast<double>(i + 1) : series.x[i];
}

void check(const Series& series, const Chart& chart) {
  if (series.y.empty())
    throw ArgumentError(fmt::format("draw: the series '{}' has no points", series.name));
  if (!series.x.empty() && series.x.size() != series.y.size())
    throw ShapeError(fmt::format("draw: the series '{}' has {} x and {} y", series.name,
                                 series.x.size(), series.y.size()));
  if (series.mark < Mark::line || series.mark > Mark::line_and_points)
    throw ArgumentError(fmt::format("draw: the series '{}' has an unknown Mark, {}", series.name,
                                    static_cast<int>(series.mark)));
  for (std::size_t i = 0; i < series.y.size(); ++i)
    if (drawable(x_of(series, i), chart.log_x) && drawable(series.y[i], chart.log_y)) return;
  throw ArgumentError(fmt::format(
      "draw: none of the {} points of the series '{}' can be drawn: each has a coordinate that is "
      "NaN, infinite or, on a logarithmic axis, not positive; the first is ({}, {})",
      series.y.size(), series.name, x_of(series, 0), series.y[0]));
}

void check(const Chart& chart) {
  if (chart.series.empty()) throw ArgumentError("draw: the chart has no series");
  check_range("x", chart.x_range, chart.log_x);
  check_range("y", chart.y_range, chart.log_y);
  for (const Series& series : chart.series) check(series, chart);
  if (!chart.x_range || chart.y_range) return;
  const auto [low, high] = std::minmax(chart.x_range->first, chart.x_range->second);
  for (const Series& series : chart.series)
    for (std::size_t i = 0; i < series.y.size(); ++i)
      if (const double x = x_of(series, i);
          x >= low && x <= high && drawable(series.y[i], chart.log_y))
        return;
  throw ArgumentError(fmt::format(
      "draw: no point of the chart lies in its x_range, {} to {}, so that y has no range", low,
      high));
}

void check(const BarChart& chart) {
  const std::size_t bars = chart.names.size();
  if (bars == 0) throw ArgumentError("draw: the bar chart has no bars");
  if (bars != chart.values.size())
    throw ShapeError(
        fmt::format("draw: the bar chart has {} names and {} values", bars, chart.values.size()));
  if (chart.highlight && (*chart.highlight < 0 || *chart.highlight >= static_cast<Index>(bars)))
    throw ArgumentError(
        fmt::format("draw: got {} as the bar to highlight of {}", *chart.highlight, bars));
  check_range("y", chart.y_range, chart.log_y);
  if (std::none_of(chart.values.begin(), chart.values.end(),
                   [&](double value) { return drawable(value, chart.log_y); }))
    throw ArgumentError(
        fmt::format("draw: none of the {} bars can be drawn: each is NaN, infinite or, on a "
                    "logarithmic axis, not positive; the first, '{}', is {}",
                    bars, chart.names[0], chart.values[0]));
}

std::string style(Mark mark, std::size_t index) {
  const char* colour = kColours[index % kColourCount];
  switch (mark) {
    case Mark::line:  // dashes too, for those who print in grey
      return fmt::format("lines linewidth 2.5 linecolor '{}' dashtype {}", colour,
                         index % 2 == 0 ? "solid" : "(14,6)");
    case Mark::line_and_points:
      return fmt::format("linespoints linewidth 2 pointtype 7 pointsize 0.6 linecolor '{}'",
                         colour);
    case Mark::points:
      break;
  }
  return fmt::format("points pointtype 7 pointsize 0.6 linecolor '#80{}'", colour + 1);
}

}  // namespace

Drawing draw(const std::filesystem::path& stem, const Chart& chart) {
  check(chart);
  Draft draft{.stem = stem, .csv = "series,x,y\n", .setup = "", .plot = "", .height = kChartHeight};
  draft.setup = preamble(chart.title) + axes(chart.x_label, chart.y_label) + legend(chart.series) +
                "set autoscale xfix\n" + range('x', chart.x_range) + range('y', chart.y_range) +
                log_axis('x', chart.log_x) + log_axis('y', chart.log_y) +
                fmt::format("set grid linecolor '{}' linetype 1 linewidth 1\n", kGrid);
  std::size_t first_row = 0;
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const Series& series = chart.series[s];
    for (std::size_t i = 0; i < series.y.size(); ++i)
      draft.csv += fmt::format("{},{},{}\n", csv_field(series.name), number(x_of(series, i)),
                               number(series.y[i]));
    draft.plot += fmt::format(
        "{}{} skip 1 every ::{}::{} using 2:3 with {} {}", s == 0 ? "plot " : ", \\\n     ", kData,
        first_row, first_row + series.y.size() - 1, style(series.mark, s),
        series.name.empty() ? "notitle" : "title " + text_literal(series.name));
    first_row += series.y.size();
  }
  return run(draft);
}

Drawing draw(const std::filesystem::path& stem, const BarChart& chart) {
  check(chart);
  const double cell = (kWidth - 90.0) / static_cast<double>(chart.names.size());
  Draft draft{.stem = stem, .csv = "name,value\n", .setup = "", .plot = "", .height = kChartHeight};
  draft.setup =
      preamble(chart.title) + axes(chart.x_label, chart.y_label) + range('y', chart.y_range) +
      (chart.y_range || chart.log_y ? "" : "set yrange [0:*]\n") + log_axis('y', chart.log_y) +
      fmt::format("set grid ytics linecolor '{}' linetype 1 linewidth 1\n", kGrid) +
      named_ticks("x", chart.names, collide(chart.names, cell)) +
      fmt::format("set xrange [-0.6:{}]\n", static_cast<double>(chart.names.size()) - 0.4) +
      "set rmargin 4\nset boxwidth 0.7\nset style fill solid noborder\nset offsets 0, 0, graph "
      "0.08, 0\n";
  for (std::size_t i = 0; i < chart.names.size(); ++i)
    draft.csv += fmt::format("{},{}\n", csv_field(chart.names[i]), number(chart.values[i]));
  draft.plot = fmt::format(
      "plot {0} skip 1 using ($0 == {1} ? NaN : $0):2 with boxes linecolor '{2}' notitle, \\\n"
      "     {0} skip 1 using ($0 == {1} ? $0 : NaN):2 with boxes linecolor '{3}' notitle, \\\n"
      "     {0} skip 1 using 0:2:(sprintf('%.2g', $2)) with labels offset 0,0.7 font ',12' "
      "textcolor '{4}' notitle",
      kData, chart.highlight.value_or(-1), kColours[0], kColours[1], kInk);
  return run(draft);
}

}  // namespace lanewise::report
