// Charts over two axes: lines, points and bars. The contract is in lanewise/report/plot.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/round.hpp"
#include "lanewise/error.hpp"
#include "lanewise/report/plot.hpp"
#include "report/gnuplot.hpp"

namespace lanewise::report {
namespace {

constexpr int kChartHeight = 320;
constexpr int kLegendLine = 23, kLegendFoot = 4;
constexpr int kBelowAxis = 66;   // pixels: the numbers and the label of the axis
constexpr int kPlotWidth = 340;  // at least; a legend is as wide

std::string axes(const std::string& x_label, const std::string& y_label) {
  return fmt::format(
      "set xlabel {} offset 0,0.4 textcolor '{}'\n"
      "set ylabel {} textcolor '{}'\n",
      text_literal(x_label), kInk, text_literal(y_label), kInk);
}

std::string range(char axis, const std::optional<std::pair<double, double>>& limits) {
  return limits ? fmt::format("set {}range [{}:{}]\n", axis, limits->first, limits->second) : "";
}

std::string log_axis(char axis, bool on) {
  return on ? fmt::format("set logscale {0}\nset format {0} '%g'\nunset m{0}tics\n", axis) : "";
}

// gnuplot labels the powers of ten of a logarithmic axis. Where fewer than two lie on it, these are
// its labels instead: 1, 2 and 5 times such a power; of those fewer than three, 1 to 9 times; or
// the ends.
std::string ticks_between(char axis, const std::pair<double, double>& ends) {
  const auto [low, high] = std::minmax(ends.first, ends.second);
  const auto ticks = [low = low, high = high](std::initializer_list<int> digits) {
    std::vector<double> found;
    for (double power = std::floor(std::log10(low)); power <= std::log10(high); ++power)
      for (const int digit : digits)
        if (const double tick = digit * std::pow(10, power); tick >= low && tick <= high)
          found.push_back(tick);
    return found;
  };
  if (ticks({1}).size() >= 2) return "";
  std::vector<double> few = ticks({1, 2, 5});
  if (few.size() < 3) few = ticks({1, 2, 3, 4, 5, 6, 7, 8, 9});
  if (few.size() < 2) few = {low, high};
  return fmt::format("set {}tics ({:g})\n", axis, fmt::join(few, ", "));
}

// A NaN has a sign, which gnuplot does not know.
double number(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

// Names stand in one line above the plot where they fit, else in columns below it.
struct Legend {
  std::string settings;
  std::string titled;  // where the PNG's title needs more room
  int height = 0;      // that it needs below the plot
};

Legend legend(const std::vector<Series>& series) {
  double all = 0, widest = 0;
  int names = 0;
  for (const Series& one : series) {
    if (one.name.empty()) continue;
    all += text_width(one.name) + 60;  // with what stands beside a name
    // What gnuplot takes a letter to be wide; eight of them stand for what is beside.
    widest = std::max(widest, 9.0 * static_cast<double>(letters(one.name) + 8));
    ++names;
  }
  const std::string right = "set rmargin 3\n";
  if (names == 0) return {.settings = right + "unset key\n", .titled = {}};
  if (all < kWidth - 80)
    return {
        .settings = right +
                    "set tmargin 2.3\n"
                    "set key at graph 0.5,1.03 center bottom horizontal Left reverse samplen 2\n",
        .titled = "set tmargin 4.3\nset title offset 0,1.1\n"};
  const int columns = std::clamp(static_cast<int>(kPlotWidth / widest), 1, names);
  const int lines = static_cast<int>(divide_up(names, columns)), height = lines * kLegendLine;
  // Where it stands is said in pixels: of itself, gnuplot writes it over the label of the axis.
  const auto share = [&](double pixels) { return pixels / (kChartHeight + height); };
  return {.settings = right + fmt::format("set bmargin at screen {}\n"
                                          "set key at screen 0.5,{} center bottom horizontal Left "
                                          "reverse samplen 2 maxcols {}\n",
                                          share(height + kBelowAxis), share(kLegendFoot), columns),
          .titled = {},
          .height = height};
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
  if (!series.band.empty() && series.band.size() != series.y.size())
    throw ShapeError(fmt::format("draw: the series '{}' has a band of {} places and {} y",
                                 series.name, series.band.size(), series.y.size()));
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

bool has_band(const Series& series) {
  return !series.band.empty();
}

// Bands first: no line lies below another's.
std::string plot_commands(const std::vector<Series>& all) {
  std::string bands, lines;
  std::size_t first_row = 0;
  for (std::size_t s = 0; s < all.size(); ++s) {
    const Series& series = all[s];
    const std::string rows = fmt::format("{} skip 1 every ::{}::{} using 2:", kData, first_row,
                                         first_row + series.y.size() - 1);
    first_row += series.y.size();
    if (has_band(series))
      bands += fmt::format(
          "{}4:5 with filledcurves fillstyle transparent solid 0.25 noborder linecolor '{}' "
          "notitle, \\\n     ",
          rows, kColours[s % kColourCount]);
    lines +=
        fmt::format("{}{}3 with {} {}", s == 0 ? "" : ", \\\n     ", rows, style(series.mark, s),
                    series.name.empty() ? "notitle" : "title " + text_literal(series.name));
  }
  return "plot " + bands + lines;
}

// "loss by epoch. training: 21 points from 0.28 at 1 to 0.003 at 21, between 0.003 and 0.28."
std::string in_words(const Chart& chart) {
  std::string words = fmt::format("{}. {} by {}.", chart.title, chart.y_label, chart.x_label);
  for (const Series& series : chart.series) {
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < series.y.size(); ++i)
      if (drawable(x_of(series, i), chart.log_x) && drawable(series.y[i], chart.log_y))
        shown.push_back(i);
    const auto [least, largest] = std::minmax_element(
        shown.begin(), shown.end(),
        [&](std::size_t a, std::size_t b) { return series.y[a] < series.y[b]; });
    words += fmt::format(
        " {}{} points from {:.3g} at {:.3g} to {:.3g} at {:.3g}, between {:.3g} "
        "and {:.3g}.",
        series.name.empty() ? "" : series.name + ": ", shown.size(), series.y[shown.front()],
        x_of(series, shown.front()), series.y[shown.back()], x_of(series, shown.back()),
        series.y[*least], series.y[*largest]);
  }
  return words;
}

std::string in_words(const BarChart& chart) {
  std::string words = fmt::format("{}. {} by {}", chart.title, chart.y_label, chart.x_label);
  for (std::size_t i = 0; i < chart.names.size(); ++i)
    words += fmt::format("{} {}: {:.{}g}", i == 0 ? ":" : ",", chart.names[i], chart.values[i],
                         std::abs(chart.values[i]) < 10 ? 2 : 4);
  if (chart.highlight)
    words += fmt::format("; marked is {}", chart.names[static_cast<std::size_t>(*chart.highlight)]);
  return words + '.';
}

// The powers of ten from left to right, few enough to be read. They are listed: asked for a step,
// gnuplot 5.4 tries every multiple of it, which takes half a minute for forty decades.
std::string wide_steps(double begin, double end) {
  constexpr double kMost = 4;
  const double low = std::log10(std::min(begin, end)), high = std::log10(std::max(begin, end));
  const double step = std::max(1.0, std::ceil((high - low) / kMost));
  std::string places;
  for (double at = std::ceil(low / step) * step; at <= high; at += step)
    places += fmt::format("{}1e{}", places.empty() ? "" : ", ", at);
  return fmt::format("set xtics ({})\n", places);
}

// Where bars begin and where the axis ends.
std::pair<double, double> reach(const BarChart& chart) {
  if (chart.y_range) return *chart.y_range;
  double least = std::numeric_limits<double>::max(), largest = -least;
  for (const double value : chart.values) {
    if (!drawable(value, chart.log_y)) continue;
    least = std::min(least, value);
    largest = std::max(largest, value);
  }
  // On a logarithmic axis the shortest bar has a length, too.
  if (chart.log_y)
    return {std::max(std::pow(10, std::ceil(std::log10(least)) - 1),
                     std::numeric_limits<double>::min()),
            largest};
  least = std::min(least, 0.0);
  return {least, largest > least ? std::max(largest, 0.0) : least + 1};
}

// The ends of a logarithmic x axis: those that are wanted, or those of the points.
std::pair<double, double> ends_of_x(const Chart& chart) {
  if (chart.x_range) return *chart.x_range;
  double low = std::numeric_limits<double>::max(), high = 0;
  for (const Series& series : chart.series)
    for (std::size_t i = 0; i < series.y.size(); ++i)
      if (const double x = x_of(series, i); drawable(x, true)) {
        low = std::min(low, x);
        high = std::max(high, x);
      }
  return {low, high};
}

}  // namespace

Series graph(std::string name, const std::function<double(double)>& function, double from,
             double to, Index points) {
  if (!function) throw ArgumentError("graph: got no function");
  if (!drawable(from, false) || !drawable(to, false) || !(from < to))
    throw ArgumentError(fmt::format(
        "graph: got {} to {}, expected two finite numbers, the smaller first", from, to));
  if (points < 2)
    throw ArgumentError(fmt::format("graph: got {} points, expected at least 2", points));
  Series series{.name = std::move(name), .x = {}, .y = {}};
  for (Index i = 0; i < points; ++i) {
    // A weighted mean, so that the middle of -3 and 3 is 0, where many a function has its kink.
    const double share = static_cast<double>(i) / static_cast<double>(points - 1);
    series.x.push_back((1 - share) * from + share * to);
    series.y.push_back(function(series.x.back()));
  }
  return series;
}

Drawing draw(const std::filesystem::path& stem, const Chart& chart) {
  check(chart);
  const Legend names = legend(chart.series);
  Draft draft{.stem = stem,
              .title = chart.title,
              .alt = chart.alt.empty() ? in_words(chart) : chart.alt,
              .csv = "series,x,y\n",
              .setup = "",
              .plot = "",
              .titled = names.titled,
              .height = kChartHeight + names.height};
  draft.setup = preamble() + axes(chart.x_label, chart.y_label) + names.settings +
                "set autoscale xfix\n" + range('x', chart.x_range) + range('y', chart.y_range) +
                log_axis('x', chart.log_x) + log_axis('y', chart.log_y) +
                (chart.log_x ? ticks_between('x', ends_of_x(chart)) : "") +
                // Without a range, gnuplot lets y end at powers of ten.
                (chart.log_y && chart.y_range ? ticks_between('y', *chart.y_range) : "") +
                fmt::format("set grid linecolor '{}' linetype 1 linewidth 1\n", kGrid);
  const bool banded = std::any_of(chart.series.begin(), chart.series.end(), has_band);
  if (banded) draft.csv = "series,x,y,low,high\n";
  for (const Series& series : chart.series)
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      draft.csv += fmt::format("{},{},{}", csv_field(series.name), number(x_of(series, i)),
                               number(series.y[i]));
      if (has_band(series))
        draft.csv +=
            fmt::format(",{},{}", number(series.band[i].first), number(series.band[i].second));
      else if (banded)
        draft.csv += ",,";
      draft.csv += '\n';
    }
  draft.plot = plot_commands(chart.series);
  return run(draft);
}

// The bars lie, so that there is room for their names at the left and their values at the right:
//
//   cat |======= 0.25
//   dog |===================== 0.75
Drawing draw(const std::filesystem::path& stem, const BarChart& chart) {
  check(chart);
  constexpr int kBar = 27, kAround = 60;  // pixels: of a bar, and of what stands below them
  constexpr double kAxisLabel = 52, kHalf = kWidth / 2.0;
  const double bars = static_cast<double>(chart.names.size());
  const auto [begin, end] = reach(chart);
  Draft draft{.stem = stem,
              .title = chart.title,
              .alt = chart.alt.empty() ? in_words(chart) : chart.alt,
              .csv = "name,value\n",
              .setup = "",
              .plot = "",
              .height = kAround + kBar * static_cast<int>(chart.names.size())};
  draft.setup = preamble() + axes(chart.y_label, chart.x_label) + log_axis('x', chart.log_y) +
                (chart.log_y ? wide_steps(begin, end) : "") + range('x', std::pair{begin, end}) +
                fmt::format("set yrange [{}:-0.6]\n", bars - 0.4) +
                fmt::format("set grid xtics linecolor '{}' linetype 1 linewidth 1\n", kGrid) +
                named_ticks("y", chart.names) +
                fmt::format("set lmargin at screen {}\nset rmargin 9\n",
                            std::min(kAxisLabel + widest(chart.names), kHalf) / kWidth) +
                "set style fill solid noborder\n";
  for (std::size_t i = 0; i < chart.names.size(); ++i)
    draft.csv += fmt::format("{},{}\n", csv_field(chart.names[i]), number(chart.values[i]));
  const double foot =
      chart.log_y ? begin : std::clamp(0.0, std::min(begin, end), std::max(begin, end));
  const auto boxes = [&](const char* condition, const char* colour) {
    return fmt::format(
        "{0} skip 1 using ($0 {1} {2} ? $2 : NaN):0:({3}):2:($0 - 0.36):($0 + 0.36) with "
        "boxxyerror linecolor '{4}' notitle, \\\n     ",
        kData, condition, chart.highlight.value_or(-1), foot, colour);
  };
  draft.plot =
      "plot " + boxes("!=", kColours[0]) + boxes("==", kColours[1]) +
      fmt::format(
          "{} skip 1 using ($2 > {} ? $2 : {}):0:(sprintf(abs($2) < 10 ? '%.2g' : '%.4g', $2)) "
          "with labels left offset 0.5,0 font ',14' textcolor '{}' notitle",
          kData, foot, foot, kInk);
  return run(draft);
}

}  // namespace lanewise::report
