// Bars, images and heat maps; what is refused, and what is left where gnuplot fails.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/report/matrices.hpp"
#include "plot_case.hpp"
#include "support/environment.hpp"

using namespace lanewise;

TEST_CASE("bars are drawn", "[report]") {
  const TemporaryDirectory directory;
  report::BarChart chart{.title = kHostile,
                         .x_label = "Class",
                         .y_label = "Probability",
                         .names = {"cat", "dog, wet", kHostile},
                         .values = {0.25, 0, 0.75},
                         .highlight = 1};
  const report::Drawing drawing = draw_checked(directory, chart);
  CHECK_THAT(read_file(drawing.csv), contains("name,value\ncat,0.25\n\"dog, wet\",0\n"));
  chart.log_y = true;
  chart.y_range = {1e-30, 10};
  draw_checked(directory, chart);
}

TEST_CASE("images are drawn, grey and in colour", "[report]") {
  const TemporaryDirectory directory;
  Tensor<std::uint8_t> images({3, 2, 2});
  for (Index i = 0; i < images.size(); ++i) images[i] = static_cast<std::uint8_t>(20 * i);
  const report::Drawing drawing = draw_checked(
      directory,
      report::ImageGrid{.title = kHostile, .images = images, .captions = {"a", kHostile, ""}});
  CHECK(read_file(drawing.csv).substr(0, 45) == "image,row,column,grey\n0,0,0,0\n0,0,1,20\n0,1,0,");
  if (kGnuplot) CHECK_THAT(read_file(drawing.svg), contains("image-rendering:pixelated"));
  CHECK_THAT(read_file(directory / "picture.v1.gnuplot"), contains("gray gamma 1\n"));  // as it is

  const Tensor<std::uint8_t> colour({1, 2, 2, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  draw_checked(directory, report::ImageGrid{.title = "In colour", .images = colour});
  CHECK_THAT(read_file(drawing.csv), contains("blue\n0,0,0,0,1,2\n0,0,1,3,4,5\n"));

  const Tensor<std::uint8_t> wide({30, 1, 7});
  draw_checked(directory, report::ImageGrid{.title = "Wide", .images = wide, .columns = 4});

  // How high a picture is in which there is one image of so many pixels: with what is around it.
  const auto height = [&](Index pixels) {
    const Tensor<std::uint8_t> image({1, pixels, pixels});
    draw_checked(directory, report::ImageGrid{.title = "One", .images = image});
    const std::string script = read_file(directory / "picture.v1.gnuplot");
    const std::string size = "set terminal svg size 480,";
    return std::stoi(script.substr(script.find(size) + size.size()));
  };
  CHECK(height(28) == height(2));
  CHECK(height(60) == height(28) + 120);  // 300 instead of 180
  CHECK(height(200) == height(60));
}

TEST_CASE("a heat map is drawn", "[report]") {
  const TemporaryDirectory directory;
  const Tensor<std::int32_t> counts({2, 3}, {1000, 3, 0, 1, 20, 2000000000});
  const report::Drawing drawing =
      draw_checked(directory, report::HeatMap{.title = "Confusion",
                                              .x_label = "Predicted",
                                              .y_label = "True",
                                              .counts = counts,
                                              .row_names = {"a", kHostile},
                                              .column_names = {"a", "b", kHostile}});
  CHECK_THAT(read_file(drawing.csv), contains("0,0,1000,a,a\n0,1,3,a,b\n"));
  if (kGnuplot) CHECK_THAT(read_file(drawing.svg), contains("<text>2000000000</text>"));

  const Tensor<std::int32_t> nothing({1, 1});
  draw_checked(directory, report::HeatMap{.title = "",
                                          .x_label = "",
                                          .y_label = "",
                                          .counts = nothing,
                                          .row_names = {"a"},
                                          .column_names = {"a"}});
}

TEST_CASE("the files of a drawing are written together or not at all", "[report]") {
  if (!kGnuplot) return;
  const TemporaryDirectory directory;
  const fs::path stem = directory / "loss";
  const std::vector<std::string> endings{".csv", ".gnuplot", ".svg", ".png"};
  for (const std::string& full : endings) {
    INFO(full);
    for (const std::string& ending : endings) {
      fs::remove(stem.string() + ending);
      write_file(stem.string() + ending, "older");
    }
    fs::remove(stem.string() + full);
    fs::create_symlink("/dev/full", stem.string() + full);
    CHECK_THROWS_WITH(report::draw(stem, kChart),
                      contains("loss" + full + " cannot be written: No space left on device"));
    for (const std::string& ending : endings)
      if (ending != full) CHECK(read_file(stem.string() + ending) == "older");
    CHECK(std::distance(fs::directory_iterator(directory.path()), {}) == 4);
  }
}

TEST_CASE("pictures that are out of date are removed, links to them and devices are not",
          "[report]") {
  const TemporaryDirectory directory;
  const Environment path("PATH", (directory / "empty").string());
  write_file(directory / "old.svg", "older");
  fs::create_symlink("old.svg", directory / "loss.svg");
  fs::create_symlink("/dev/null", directory / "loss.png");
  CHECK_FALSE(report::draw(directory / "loss", kChart).drawn);
  CHECK(fs::is_symlink(directory / "loss.svg"));
  CHECK_FALSE(fs::exists(directory / "old.svg"));
  CHECK(fs::is_character_file(directory / "loss.png"));
}

TEST_CASE("without gnuplot the CSV stays, and the caller is told", "[report]") {
  const TemporaryDirectory directory;
  report::draw(directory / "loss", kChart);  // leaves pictures that are about to be out of date
  const Environment path("PATH", (directory / "empty").string());
  const report::Drawing drawing = report::draw(directory / "loss", kChart);
  CHECK_FALSE(drawing.drawn);
  CHECK(drawing.message == "gnuplot was not found");
  CHECK(fs::exists(drawing.csv));
  CHECK_FALSE(fs::exists(drawing.svg));
  CHECK_FALSE(fs::exists(drawing.png));
}

TEST_CASE("where gnuplot fails, its own words are passed on", "[report]") {
  const TemporaryDirectory directory;
  const Environment path("PATH", directory.path().string());
  write_program(directory / "gnuplot", "#!/bin/sh\necho 'no such terminal' >&2\nexit 3\n");
  CHECK(report::draw(directory / "loss", kChart).message == "gnuplot failed: no such terminal\n");
  write_program(directory / "gnuplot", "#!/bin/sh\nkill -9 $$\n");
  CHECK(report::draw(directory / "loss", kChart).message == "gnuplot failed: it said nothing");
  write_program(directory / "gnuplot", "#!/bin/sh\nexit 0\n");
  CHECK(report::draw(directory / "loss", kChart).message == "gnuplot drew nothing");
}

TEST_CASE("what cannot be drawn is told before gnuplot is started", "[report]") {
  const TemporaryDirectory directory;
  const Environment path("PATH", directory.path().string());
  write_program(directory / "gnuplot",
                "#!/bin/sh\ntouch '" + (directory / "started").string() + "'\n");
  const auto says = [&](const auto& picture, const std::string& reason) {
    CHECK_THROWS_AS(report::draw(directory / "x", picture), ArgumentError);
    CHECK_THROWS_WITH(report::draw(directory / "x", picture), contains(reason));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const auto with = [](std::vector<double> x, std::vector<double> y) {
    report::Chart chart = kChart;
    chart.series.push_back({"curve", std::move(x), std::move(y)});
    return chart;
  };
  says(with({}, {nan, nan}), "none of the 2 points of the series 'curve' can be drawn");
  says(with({}, {infinity, -infinity, nan}), "the first is (1, inf)");
  says(with({nan, 2}, {1, nan}), "'curve'");
  says(with({}, {std::numeric_limits<double>::max()}), "'curve'");
  says(with({}, {}), "the series 'curve' has no points");
  auto chart = with({-1, 0}, {1, 1});
  chart.log_x = true;
  says(chart, "'curve'");
  chart = with({}, {0, -1});
  chart.log_y = true;
  says(chart, "not positive; the first is (1, 0)");
  for (const auto& range : {std::pair{1.0, 1.0}, {nan, 1.0}, {0.0, infinity}}) {
    chart = kChart;
    chart.y_range = range;
    says(chart, "y_range is ");
  }
  chart = kChart;
  chart.log_x = true;
  chart.x_range = {0, 1};
  says(chart, "x_range is 0 to 1, expected two different positive numbers");
  chart = kChart;
  chart.x_range = {10, 20};
  says(chart, "no point of the chart lies in its x_range, 10 to 20");

  report::BarChart bars{
      .title = "", .x_label = "", .y_label = "", .names = {"a", "b"}, .values = {nan, infinity}};
  says(bars, "none of the 2 bars can be drawn");
  bars.values = {0, -1};
  bars.log_y = true;
  says(bars, "the first, 'a', is 0");
  bars.values = {1, 2};
  bars.highlight = 2;
  says(bars, "got 2 as the bar to highlight of 2");
  bars.highlight = -1;
  says(bars, "got -1");
  CHECK_FALSE(fs::exists(directory / "started"));
  CHECK(std::distance(fs::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("what can be drawn in part is", "[report]") {
  const TemporaryDirectory directory;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  report::Chart chart = kChart;
  chart.series = {{"a", {}, {-nan, 1e307, infinity}}, {"b", {nan, 2}, {1, -3}}, {"c", {}, {4}}};
  draw_checked(directory, chart);
  chart.x_range = {3, 1};  // from right to left
  draw_checked(directory, chart);
  chart.x_range = {50, 60};
  chart.y_range = {-1, 1};
  draw_checked(directory, chart);
  draw_checked(directory, report::BarChart{.title = "",
                                           .x_label = "",
                                           .y_label = "",
                                           .names = {"a", "b", "c"},
                                           .values = {nan, infinity, 2},
                                           .highlight = 0});
  draw_checked(
      directory,
      report::BarChart{
          .title = "", .x_label = "", .y_label = "", .names = {"a", "b"}, .values = {0, 0}});
}

TEST_CASE("pictures that make no sense are refused", "[report]") {
  const TemporaryDirectory directory;
  const fs::path stem = directory / "x";
  const Tensor<std::uint8_t> images({2, 2, 2});
  const Tensor<std::int32_t> counts({1, 2}, {1, -1});
  report::Chart chart{.title = "", .x_label = "", .y_label = "", .series = {}};
  CHECK_THROWS_AS(report::draw(stem, chart), ArgumentError);
  chart.series = {{"a", {}, {}}};
  CHECK_THROWS_AS(report::draw(stem, chart), ArgumentError);
  chart.series = {{"a", {}, {1, 2}, static_cast<report::Mark>(7)}};
  CHECK_THROWS_AS(report::draw(stem, chart), ArgumentError);
  chart.series = {{"a", {1, 2, 3}, {1, 2}}};
  CHECK_THROWS_AS(report::draw(stem, chart), ShapeError);
  CHECK_THROWS_AS(report::draw(stem, report::ImageGrid{.title = "", .images = images.row(0)}),
                  ShapeError);
  CHECK_THROWS_AS(
      report::draw(stem, report::ImageGrid{.title = "", .images = images, .captions = {"one"}}),
      ShapeError);
  report::HeatMap map{.title = "",
                      .x_label = "",
                      .y_label = "",
                      .counts = counts,
                      .row_names = {"a"},
                      .column_names = {"a", "b"}};
  CHECK_THROWS_AS(report::draw(stem, map), ArgumentError);
  map.column_names.pop_back();
  CHECK_THROWS_AS(report::draw(stem, map), ShapeError);
  CHECK(fs::is_empty(directory.path()));
  CHECK_THROWS_AS(report::draw(directory / "none/x", kChart), IoError);
}

TEST_CASE("a picture says what it shows", "[report]") {
  if (!kGnuplot) return;
  const TemporaryDirectory directory;
  const auto description = [&](const auto& picture) {
    const std::string svg = read_file(draw_checked(directory, picture).svg);
    const std::size_t begin = svg.find("<desc>") + 6;
    return svg.substr(begin, svg.find("</desc>") - begin);
  };
  CHECK(description(kChart) ==
        "Loss. Loss by Epoch. training: 2 points from 0.5 at 1 to 0.25 at 2, between 0.25 and 0.5. "
        "val: 2 points from 0.4 at 1 to 0.3 at 1.5, between 0.3 and 0.4.");
  report::BarChart bars{.title = "Bars",
                        .x_label = "class",
                        .y_label = "share",
                        .names = {"cat", "dog"},
                        .values = {0.25, 0.75},
                        .highlight = 1};
  CHECK(description(bars) == "Bars. share by class: cat: 0.25, dog: 0.75; marked is dog.");
  bars.alt = "Bars of <cats>";
  CHECK(description(bars) == "Bars of &lt;cats&gt;");
  const Tensor<std::uint8_t> image({1, 2, 3});
  CHECK(description(report::ImageGrid{.title = "One", .images = image, .captions = {"7"}}) ==
        "One. 1 image of 2 by 3 pixels: 7.");
  const Tensor<std::int32_t> counts({2, 2}, {9, 1, 3, 4});
  CHECK(description(report::HeatMap{.title = "Confusion",
                                    .x_label = "answered",
                                    .y_label = "true",
                                    .counts = counts,
                                    .row_names = {"a", "b"},
                                    .column_names = {"a", "b"}}) ==
        "Confusion. Counts by true and answered; the largest of each row: a: 9 of 10 in a, b: 4 of "
        "7 in b.");
}

TEST_CASE("matrices stand side by side", "[report]") {
  const Tensor<double> image({3, 2}, {10, 0, 10, -0.0, 10, 0.5});
  const Tensor<double> filter({1, 3}, {1, 0, -1});
  CHECK(report::side_by_side({{"é", image}, {"filter", filter}}) ==
        "  é          filter\n"
        "   10   0     1  0 -1\n"
        "   10   0\n"
        "   10 0.5\n");
  CHECK(report::side_by_side({{"", filter}}, 1) == "   1.0  0.0 -1.0\n");
  CHECK(report::side_by_side({}).empty());
  CHECK_THROWS_AS(report::side_by_side({{"", image.row(0)}}), ShapeError);
}
