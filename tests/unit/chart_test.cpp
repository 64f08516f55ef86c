// Charts: their axes, lines, gaps, bands and legends, and the graphs of functions.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/error.hpp"
#include "plot_case.hpp"

using namespace lanewise;

TEST_CASE("a chart is drawn from its CSV", "[report]") {
  const TemporaryDirectory directory;
  const report::Drawing drawing = draw_checked(directory, kChart);
  CHECK(read_file(drawing.csv) ==
        "series,x,y\ntraining,1,0.5\ntraining,2,0.25\nval,1,0.4\nval,1.5,0.3\n");
  const std::string first = kGnuplot ? read_file(drawing.svg) : "";
  draw_checked(directory, kChart);
  if (kGnuplot) CHECK(read_file(drawing.svg) == first);  // the same numbers, the same bytes
}

TEST_CASE("a chart whose training diverged is drawn too", "[report]") {
  const TemporaryDirectory directory;
  report::Chart chart = kChart;
  const double infinity = std::numeric_limits<double>::infinity();
  chart.series[0].y = {1, 10, infinity, std::numeric_limits<double>::quiet_NaN(), 1e300, -infinity};
  chart.log_x = chart.log_y = true;
  draw_checked(directory, chart);
}

TEST_CASE("a short logarithmic axis has labels, too", "[report]") {
  const TemporaryDirectory directory;
  const auto script = [&](std::vector<double> x, std::optional<std::pair<double, double>> range) {
    report::Chart chart = kChart;
    chart.series = {{"", x, x}};
    chart.log_x = chart.log_y = true;
    chart.x_range = range;
    chart.y_range = range;
    draw_checked(directory, chart);
    return read_file(directory / "picture.v1.gnuplot");
  };
  CHECK_THAT(script({3.3, 8.1}, {}), contains("set xtics (4, 5, 6, 7, 8)\n"));
  CHECK_THAT(script({-1, 0.3, 6}, {}), contains("set xtics (0.5, 1, 2, 5)\n"));
  CHECK_THAT(script({1, 2000}, {{20, 3}}), contains("set ytics (5, 10, 20)\n"));
  CHECK(script({1, 10}, {}).find("tics (") == std::string::npos);  // the powers are enough
  CHECK_THAT(script({41, 42}, {}), contains("set xtics (41, 42)\n"));
}

TEST_CASE("what is no number leaves a gap in a line", "[report]") {
  if (!kGnuplot) return;
  const TemporaryDirectory directory;
  const auto pieces = [&](double middle, bool log_y) {
    const report::Chart chart{.title = "",
                              .x_label = "",
                              .y_label = "",
                              .series = {{"", {}, {1, 2, middle, 2, 1}}},
                              .log_y = log_y};
    const std::string svg = read_file(draw_checked(directory, chart).svg);
    const std::size_t begin = svg.find(" d='", svg.find("gnuplot_plot_1")) + 4;
    const std::string line = svg.substr(begin, svg.find('\'', begin) - begin);
    return std::count(line.begin(), line.end(), 'M');  // each piece begins with a move
  };
  const double infinity = std::numeric_limits<double>::infinity();
  for (const bool log_y : {false, true}) {
    CHECK(pieces(1.5, log_y) == 1);
    for (const double gap : {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity})
      CHECK(pieces(gap, log_y) == 2);
  }
  CHECK(pieces(-1, true) == 2);
}

TEST_CASE("a chart's line may have a band", "[report]") {
  const TemporaryDirectory directory;
  report::Chart chart = kChart;
  const auto areas = [&] {
    const report::Drawing drawing = draw_checked(directory, chart);
    const std::string svg = kGnuplot ? read_file(drawing.svg) : "";
    Index count = 0;
    for (std::size_t at = 0; (at = svg.find("fill-opacity", at)) != svg.npos; ++at) ++count;
    return count;
  };
  const Index without = areas();
  chart.series[0].band = {{0.4, 0.625}, {0.125, 0.5}};
  for (const bool logarithmic : {false, true}) {
    chart.log_y = logarithmic;
    const Index with = areas();
    if (kGnuplot) CHECK(with == without + 1);
  }
  CHECK(read_file(directory / "picture.v1.csv") ==
        "series,x,y,low,high\ntraining,1,0.5,0.4,0.625\ntraining,2,0.25,0.125,0.5\n"
        "val,1,0.4,,\nval,1.5,0.3,,\n");
  chart.series[1].band = {{0, 1}};
  CHECK_THROWS_WITH(report::draw(directory / "other", chart),
                    "draw: the series 'val' has a band of 1 places and 2 y");
}

TEST_CASE("a legend below a chart keeps away from the label of the axis", "[report]") {
  if (!kGnuplot) return;
  const TemporaryDirectory directory;
  for (int letters = 1; letters <= 30; letters += letters < 12 ? 1 : 6) {
    report::Chart chart{.title = "", .x_label = "pixels", .y_label = "change", .series = {}};
    const auto names = static_cast<std::size_t>(4 + letters % 5 + 40 / letters);
    const std::string name = "a" + std::string(static_cast<std::size_t>(letters), 'n');
    chart.series.assign(names, {name, {}, {-12345, -23456}});
    const std::string svg = read_file(draw_checked(directory, chart).svg);
    // The line that a text stands on, and the size of all letters.
    const auto line_of = [&](std::size_t text) {
      const std::size_t at = svg.find(',', svg.rfind("translate(", text)) + 1;
      return std::stod(svg.substr(at));
    };
    constexpr double kLetters = 15;
    const double label = line_of(svg.find(">pixels<"));
    const double first = line_of(svg.find(">an")), last = line_of(svg.rfind(">an"));
    const double height = std::stod(svg.substr(svg.find("height=\"") + 8));
    INFO(names << " names of " << name.size() << " letters");
    CHECK(first - label >= 1.4 * kLetters);
    CHECK(height - last >= 0.4 * kLetters);
  }
}

TEST_CASE("the graph of a function goes through its points", "[report]") {
  const report::Series curve = report::graph(
      "relu", [](double z) { return std::max(z, 0.0); }, -3, 3);
  CHECK(curve.name == "relu");
  REQUIRE(curve.x.size() == 201);
  CHECK(curve.x.front() == -3);
  CHECK(curve.x[100] == 0);  // the kink is a point
  CHECK(curve.x.back() == 3);
  CHECK(curve.y.front() == 0);
  CHECK(curve.y.back() == 3);
  const auto zero = [](double) { return 0.0; };
  CHECK_THROWS_AS(report::graph("", {}, 0, 1), ArgumentError);
  CHECK_THROWS_AS(report::graph("", zero, 1, 1), ArgumentError);
  CHECK_THROWS_AS(report::graph("", zero, 0, std::numeric_limits<double>::quiet_NaN()),
                  ArgumentError);
  CHECK_THROWS_AS(report::graph("", zero, 0, 1, 1), ArgumentError);
}
