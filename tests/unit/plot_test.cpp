#include "lanewise/report/plot.hpp"

#include <stdlib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/report/matrices.hpp"
#include "lanewise/report/model_graph.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/environment.hpp"
#include "support/temporary_directory.hpp"

using namespace lanewise;
namespace fs = std::filesystem;

namespace {

const bool kGnuplot = system("gnuplot --version >/dev/null 2>&1") == 0;
const bool kGraphviz = system("dot -V >/dev/null 2>&1") == 0;

// Every text that gnuplot, a shell or a CSV reader might take for more than text.
const std::string kHostile =
    "a 'b' \"c\" `touch owned` $(touch owned) {/Bold x}_2 50% %d @y \\n \n, & <b> ü";
const std::vector<std::string> kAwkward{"'",           "''",
                                        "'a'",         "a''b",
                                        "\"",          "\"\"",
                                        "#",           "# x",
                                        "\\",          "a\\",
                                        "\\'",         "\\\"",
                                        "%",           "%%s",
                                        "@x",          "^_{}&",
                                        "a,b",         ",",
                                        " ",           "!touch owned",
                                        "$0",          "`touch owned`",
                                        "\xff\xc3",    "a\tb\r\nc",
                                        "nan",         "\xf0\x9f\x98\x80 é",
                                        "1e400",       ";",
                                        "|touch owned"};

// As an element of an SVG.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text)
    out += c == '&'    ? "&amp;"
           : c == '<'  ? "&lt;"
           : c == '>'  ? "&gt;"
           : c == '"'  ? "&quot;"
           : c == '\n' ? " "
                       : std::string(1, c);
  return out;
}

// Draws, and checks that exactly the right files are there: pictures only where gnuplot is.
template <class Picture>
report::Drawing draw_checked(const TemporaryDirectory& directory, const Picture& picture) {
  const report::Drawing drawing = report::draw(directory / "picture.v1", picture);
  INFO(drawing.message);
  CHECK(drawing.drawn == kGnuplot);
  CHECK(drawing.csv == directory / "picture.v1.csv");
  CHECK(fs::exists(drawing.csv));
  CHECK(fs::exists(directory / "picture.v1.gnuplot"));
  CHECK(fs::exists(drawing.svg) == kGnuplot);
  CHECK(fs::exists(drawing.png) == kGnuplot);
  CHECK_FALSE(fs::exists(directory / "owned"));
  CHECK_FALSE(fs::exists("owned"));
  if (kGnuplot) {
    const std::string svg = read_file(drawing.svg);
    CHECK_THAT(svg, contains("</svg>"));
    // What it is and what it shows, once, instead of gnuplot's own words.
    for (const std::string tag : {"<title>", "<desc>"}) {
      CHECK(svg.find(tag) != svg.npos);
      CHECK(svg.find(tag) == svg.rfind(tag));
    }
    CHECK(svg.find("GNUPLOT") == svg.npos);
    CHECK_THAT(svg, contains("<desc>" + escaped(picture.title)));
    CHECK(read_file(drawing.png).substr(1, 3) == "PNG");
  } else {
    CHECK_THAT(drawing.message, contains("gnuplot was not found"));
  }
  return drawing;
}

const report::Chart kChart{
    .title = "Loss",
    .x_label = "Epoch",
    .y_label = "Loss",
    .series = {{"training", {}, {0.5, 0.25}}, {"val", {1, 1.5}, {0.4, 0.3}, report::Mark::points}}};

void write_program(const fs::path& path, const std::string& text) {
  write_file(path, text);
  fs::permissions(path, fs::perms::owner_all);
}

}  // namespace

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

TEST_CASE("text in a chart is only text", "[report]") {
  const TemporaryDirectory directory;
  const report::Chart chart{.title = kHostile,
                            .x_label = kHostile,
                            .y_label = kHostile,
                            .series = {{kHostile, {}, {1, 2}}, {"", {}, {2, 1}}}};
  const report::Drawing drawing = draw_checked(directory, chart);
  CHECK_THAT(read_file(drawing.csv), contains("\"\"c\"\" `touch owned`"));
  if (kGnuplot)
    CHECK_THAT(read_file(drawing.svg),
               contains("`touch owned` $(touch owned) {/Bold x}_2 50% %d @y \\n  , &amp; &lt;b>"));
}

// The texts of an SVG, in order, as a reader sees them.
std::vector<std::string> texts_of(const std::string& svg) {
  std::vector<std::string> texts;
  for (std::size_t at = svg.find("<text"); at != svg.npos; at = svg.find("<text", at)) {
    at = svg.find('>', at) + 1;  // of several spaces it says that they are to be kept
    std::string text = svg.substr(at, svg.find("</text>", at) - at);
    for (const auto& [escaped, plain] : {std::pair{"&lt;", "<"},
                                         {"&gt;", ">"},
                                         {"&quot;", "\""},
                                         {"&#45;", "-"},
                                         {"&#160;", " "},
                                         {"&amp;", "&"}})
      for (std::size_t i = 0; (i = text.find(escaped, i)) != text.npos; ++i)
        text.replace(i, std::strlen(escaped), plain);
    texts.push_back(text);
  }
  return texts;
}

// What is shown of a text: control characters as spaces, what is not UTF-8 as U+FFFD.
std::string shown(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return text == "\xff\xc3" ? "\xef\xbf\xbd\xef\xbf\xbd" : text;
}

TEST_CASE("every text is shown as it is, wherever it stands", "[report]") {
  if (!kGnuplot) {
    WARN("skipped: gnuplot is not installed");
    return;
  }
  const TemporaryDirectory directory;
  report::Chart chart{.title = "", .x_label = "", .y_label = "", .series = {}};
  report::BarChart bars{.title = "", .x_label = "", .y_label = "", .names = {}, .values = {}};
  for (const std::string& text : kAwkward) {
    chart.series.push_back({text, {}, {1, 2}});
    bars.names.push_back(text);
    bars.values.push_back(1);
  }
  const report::Drawing drawing = draw_checked(directory, chart);
  const auto legend = texts_of(read_file(drawing.svg));
  draw_checked(directory, bars);
  const auto ticks = texts_of(read_file(drawing.svg));
  const auto check = [&](const std::vector<std::string>& texts, const std::string& text) {
    INFO(text);
    CHECK(std::find(texts.begin(), texts.end(), shown(text)) != texts.end());
  };
  for (const std::string& text : kAwkward) {
    check(legend, text);
    check(ticks, text);
  }
  const Tensor<std::uint8_t> image({1, 1, 1});
  const Tensor<std::int32_t> counts({1, 1}, {1});
  for (const std::string text : {"'", "a''b", "\\"}) {
    draw_checked(directory,
                 report::ImageGrid{.title = text + "1", .images = image, .captions = {text}});
    const auto captions = texts_of(read_file(drawing.svg));
    check(captions, text);
    draw_checked(directory, report::HeatMap{.title = text + "1",
                                            .x_label = text + "2",
                                            .y_label = text + "3",
                                            .counts = counts,
                                            .row_names = {text + "4"},
                                            .column_names = {text + "5"}});
    const auto names = texts_of(read_file(drawing.svg));
    for (const char* number : {"2", "3", "4", "5"}) check(names, text + number);
  }
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

TEST_CASE("a long name with a percent sign is cut between characters", "[report]") {
  if (!kGnuplot) return;
  const TemporaryDirectory directory;
  std::vector<std::string> names, expected;
  for (const std::size_t letters : {44u, 45u, 46u}) {  // and 46 bytes are kept
    const std::string start = '%' + std::string(letters - 1, 'x');
    names.insert(names.end(), {start + "éééé", start + "é"});
    expected.insert(expected.end(), {start + (letters == 44 ? "é…" : "…"), start + "é"});
  }
  const report::BarChart bars{.title = "",
                              .x_label = "",
                              .y_label = "",
                              .names = names,
                              .values = std::vector<double>(names.size(), 1)};
  const auto ticks = texts_of(read_file(draw_checked(directory, bars).svg));
  for (const std::string& name : expected) {
    INFO(name);
    CHECK(std::find(ticks.begin(), ticks.end(), name) != ticks.end());
  }
}

TEST_CASE("a name does not change what is drawn", "[report]") {
  if (!kGnuplot) return;
  const TemporaryDirectory directory;
  // The heights of all points of a series, as shares of the whole: the legend takes its part of it.
  const auto heights = [&](const std::vector<std::string>& names) {
    report::Chart chart{.title = "", .x_label = "", .y_label = "", .series = {}};
    for (const std::string& name : names) {
      const double first = 1 + 0.1 * static_cast<double>(chart.series.size());
      chart.series.push_back({name, {}, {first, 5, 2}, report::Mark::points});
    }
    const std::string svg = read_file(draw_checked(directory, chart).svg);
    std::vector<double> result;
    for (std::size_t at = svg.find("<title>"), series = 0; series < names.size(); ++series) {
      for (int point = 0; point < 4; ++point) {  // the last one in the legend
        at = svg.find("#gpPt6'", at + 1);
        const std::size_t comma = svg.find(',', at);
        result.push_back(std::stod(svg.substr(comma + 1, svg.find(')', comma) - comma)));
      }
    }
    return result;
  };
  const auto plain = heights(std::vector<std::string>(kAwkward.size(), "name"));
  const auto awkward = heights(kAwkward);
  REQUIRE(plain.size() == 4 * kAwkward.size());
  REQUIRE(awkward.size() == plain.size());
  // From the point at 5 to that at 2 of the first series.
  const auto share = [](const std::vector<double>& all, std::size_t i) {
    return (all[i] - all[1]) / (all[2] - all[1]);
  };
  for (std::size_t i = 0; i < plain.size(); ++i)
    if (i % 4 != 3) CHECK(share(awkward, i) == Approx(share(plain, i)).margin(1e-3));
}

TEST_CASE("the CSV has every name as RFC 4180 says, on one line", "[report]") {
  const TemporaryDirectory directory;
  report::BarChart chart{.title = "",
                         .x_label = "",
                         .y_label = "",
                         .names = {"a,b", "\"q\"", "two\nlines", "#x", "'", "\xff"},
                         .values = {1, 2, 3, 4, 5, -std::numeric_limits<double>::quiet_NaN()}};
  CHECK(read_file(draw_checked(directory, chart).csv) ==
        "name,value\n\"a,b\",1\n\"\"\"q\"\"\",2\ntwo lines,3\n#x,4\n',5\n\xef\xbf\xbd,nan\n");
}

// An SVG without the words that are not drawn: the script leaves gnuplot's own.
std::string drawn(std::string svg) {
  for (const auto& [begin, end] : {std::pair{"<title>", "</title>"}, {"<desc>", "</desc>"}})
    for (std::size_t at; (at = svg.find(begin)) != svg.npos;)
      svg.erase(at, svg.find(end, at) + std::strlen(end) - at);
  return svg;
}

TEST_CASE("a stem may have any name, and its script draws it again", "[report]") {
  const TemporaryDirectory directory;
  for (const char* name :
       {"''it's \"\\n @x $0 `touch owned` 50%d", "| touch owned", "~", "#", "two\nlines", "\xff"}) {
    INFO(name);
    const fs::path folder = directory / "folder";
    fs::remove_all(folder);
    fs::create_directory(folder);
    const std::string stem = (folder / name).string();
    const report::Drawing drawing = report::draw(stem, kChart);
    INFO(drawing.message);
    CHECK(drawing.drawn == kGnuplot);
    CHECK(fs::exists(stem + ".svg") == kGnuplot);
    if (!kGnuplot) continue;
    const std::string first = read_file(stem + ".svg");
    fs::remove(stem + ".svg");
    fs::remove(stem + ".png");
    fs::rename(stem + ".gnuplot", folder / "again");
    CHECK(system(("cd '" + folder.string() + "' && gnuplot again 2>&1").c_str()) == 0);
    CHECK(drawn(read_file(stem + ".svg")) == drawn(first));
    CHECK(fs::exists(stem + ".png"));
    CHECK_FALSE(fs::exists(folder / "owned"));
  }
}

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

  const Tensor<std::uint8_t> colour({1, 2, 2, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  draw_checked(directory, report::ImageGrid{.title = "In colour", .images = colour});
  CHECK_THAT(read_file(drawing.csv), contains("blue\n0,0,0,0,1,2\n0,0,1,3,4,5\n"));

  const Tensor<std::uint8_t> wide({30, 1, 7});
  draw_checked(directory, report::ImageGrid{.title = "Wide", .images = wide, .columns = 4});
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

TEST_CASE("a network is drawn without gnuplot", "[report]") {
  const TemporaryDirectory directory;
  const Environment path("PATH", (directory / "empty").string());
  Sequential model{Input{{28, 28, 1}}, Conv2D{32, {3, 3}, {.activation = relu}}, MaxPooling2D{},
                   Flatten{}, Dense{10, {.activation = softmax}}};
  const report::Drawing drawing = report::draw(directory / "net.v1", model);
  CHECK(drawing.drawn);
  CHECK(drawing.png.empty());
  CHECK_FALSE(model.is_built());
  CHECK(read_file(drawing.csv) ==
        "layer,output,parameters\n\"Conv2D 3 × 3, relu\",26 × 26 × 32,320\n"
        "MaxPooling2D,13 × 13 × 32,0\nFlatten,5408,0\n\"Dense, softmax\",10,54090\n");
  const std::string svg = read_file(directory / "net.v1.svg");
  CHECK(texts_of(svg) == std::vector<std::string>{"input: 28 × 28 × 1", "Conv2D 3 × 3, relu",
                                                  "320 parameters", "26 × 26 × 32", "MaxPooling2D",
                                                  "13 × 13 × 32", "Flatten", "5408",
                                                  "Dense, softmax", "54,090 parameters", "10"});
  CHECK_THAT(svg, contains("<desc>A network of 4 layers and 54,410 parameters. Input: 28 × 28 × 1. "
                           "Conv2D 3 × 3, relu: 320 parameters, output 26 × 26 × 32."));
  model.build({28, 28, 1});
  report::draw(directory / "net.v1", model);
  CHECK(read_file(directory / "net.v1.svg") == svg);

  // All or nothing, and only where there is something.
  fs::remove(directory / "net.v1.csv");
  fs::create_symlink("/dev/full", directory / "net.v1.csv");
  write_file(directory / "net.v1.svg", "older");
  CHECK_THROWS_AS(report::draw(directory / "net.v1", model), IoError);
  CHECK(read_file(directory / "net.v1.svg") == "older");
  CHECK_THROWS_WITH(report::draw(directory / "x", Sequential{Dense{1}}),
                    contains("draw: the model's shapes are not known yet"));
  CHECK_THROWS_AS(report::draw(directory / "x", Sequential{}), ArgumentError);
  CHECK_THROWS_WITH(report::draw(directory / "x", Sequential{Input{{3}}}), contains("no layers"));
  CHECK_FALSE(fs::exists(directory / "x.csv"));
}

namespace {

// A user's layer of any number of inputs, whose type has all that Graphviz might take for more than
// text.
const std::string kType = "L\\N \"q\" \\ &lt; <b> {a|b} ü\n\\";

template <class T>
class HostileInstance final : public LayerInstance<T> {
 public:
  std::string_view type() const override { return kType; }
  Shape build_all(std::span<const Shape> inputs, std::string_view) override { return inputs[0]; }
  void forward_all(std::span<const TensorView<const T>>, TensorView<T>, TensorView<T>,
                   const Pass&) const override {}
  void backward_all(std::span<const TensorView<const T>>, TensorView<const T>, TensorView<T>,
                    TensorView<T>, std::span<const TensorView<T>>, const Pass&) const override {}
};

struct Hostile {
  template <class T>
  std::unique_ptr<LayerInstance<T>> make() const {
    return std::make_unique<HostileInstance<T>>();
  }
};

// Two inputs, a layer that both go through, one that is frozen, and two outputs.
Model two_heads() {
  const Value a = input({8, 8, 3}, "left"), b = input({4, 4, 3});
  const Layer stem = named("stem", shared(Conv2D{16, {3, 3}, {.padding = Padding::same}}));
  const Value flat = (b | stem) | Flatten{};
  const Value both = merge(named("merged", Hostile{}), {flat, flat | frozen(Dense{256})});
  return Model{{a, b}, {a | stem, both | named("head", Dense{2})}};
}

std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (line.find(part) != line.npos) lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("the graph of a model has a node a layer and an edge a use", "[report]") {
  const TemporaryDirectory directory;
  const Model model = two_heads();
  const report::ModelPlot plot = report::plot_model(directory / "net.v1", model);
  INFO(plot.message);
  CHECK(plot.drawn == kGraphviz);
  CHECK(plot.dot == directory / "net.v1.dot");
  CHECK(plot.svg == directory / "net.v1.svg");
  CHECK(fs::exists(plot.svg) == kGraphviz);
  CHECK_FALSE(model.is_built());
  CHECK(read_file(plot.dot) == R"dot(digraph model {
  graph [bgcolor="#ffffff"];
  node [shape=box, fontname="sans-serif", fontsize=15, fontcolor="#333333"];
  edge [color="#767676", fontname="sans-serif", fontsize=15, fontcolor="#333333"];
  input0 [label="left (InputLayer)\n(None, 8, 8, 3)", shape=oval, color="#009E73"];
  input1 [label="input_2 (InputLayer)\n(None, 4, 4, 3)", shape=oval, color="#009E73"];
  layer0 [label="stem (Conv2D)\n(None, 8, 8, 16), (None, 4, 4, 16)\n448 parameters\nshared: used 2 times", color="#0072B2", style="rounded,filled", fillcolor="#0072B233", peripheries=2];
  layer2 [label="flatten (Flatten)\n(None, 256)", color="#767676", style="rounded"];
  layer3 [label="dense (Dense)\n(None, 256)\n65,792 parameters\nfrozen", color="#0072B2", style="rounded,filled,dashed", fillcolor="#0072B233"];
  layer4 [label="merged (L\\N \"q\" \\ &amp;lt; <b> {a|b} ü \\)\n(None, 256)", color="#767676", style="rounded"];
  layer5 [label="head (Dense)\n(None, 2)\n514 parameters", color="#0072B2", style="rounded,filled", fillcolor="#0072B233"];
  output0 [label="output 1", shape=oval, color="#009E73"];
  output1 [label="output 2", shape=oval, color="#009E73"];
  input0 -> layer0 [label="use 1"];
  input1 -> layer0 [label="use 2"];
  layer0 -> layer2 [label="use 2"];
  layer2 -> layer3;
  layer2 -> layer4;
  layer3 -> layer4;
  layer4 -> layer5;
  layer0 -> output0 [label="use 1"];
  layer5 -> output1;
}
)dot");
}

TEST_CASE("Graphviz draws the graph of a model, and shows every text as it is", "[report]") {
  if (!kGraphviz) {
    WARN("skipped: Graphviz is not installed");
    return;
  }
  const TemporaryDirectory directory;
  Model model = two_heads();
  const report::ModelPlot plot = report::plot_model(directory / "net", model);
  REQUIRE(plot.drawn);
  CHECK(plot.message.empty());
  const std::string svg = read_file(plot.svg);
  const auto texts = texts_of(svg);
  for (const std::string text :
       {"left (InputLayer)", "(None, 8, 8, 3)", "stem (Conv2D)", "448 parameters", "frozen",
        "merged (L\\N \"q\" \\ &lt; <b> {a|b} ü \\)", "shared: used 2 times", "use 1", "use 2",
        "head (Dense)", "output 1", "output 2"}) {
    INFO(text);
    CHECK(std::find(texts.begin(), texts.end(), text) != texts.end());
  }
  // What it is and what it shows, once, instead of Graphviz's own words.
  CHECK(lines_with(svg, "<title>") == std::vector<std::string>{"<title>The model</title>"});
  CHECK_THAT(svg, contains("<desc>A model of 5 layers and 66,754 parameters. Input left: (None, "
                           "8, 8, 3). Input input_2: (None, 4, 4, 3). stem (Conv2D), used 2 times, "
                           "of left, input_2: (None, 8, 8, 16), (None, 4, 4, 16), 448 parameters. "
                           "flatten (Flatten) of stem: (None, 256). dense (Dense), frozen, of "
                           "flatten: (None, 256), 65,792 parameters."));
  CHECK_THAT(svg, contains("The output 1: stem. The output 2: head.</desc>"));
  // Colours of which the book knows the counterparts by night; sizes of the screen.
  for (const std::string mark : {"fill=\"", "stroke=\""})
    for (std::size_t at = svg.find(mark); at != svg.npos; at = svg.find(mark, at)) {
      at += mark.size();
      std::string colour = svg.substr(at, svg.find('"', at) - at);
      INFO(colour);
      std::transform(colour.begin(), colour.end(), colour.begin(), tolower);
      const std::vector<std::string> known{"none",    "#ffffff", "#333333",
                                           "#767676", "#0072b2", "#009e73"};
      CHECK(std::find(known.begin(), known.end(), colour) != known.end());
    }
  CHECK(svg.find("pt\"") == svg.npos);
  // Built or not, a chain or not: the same picture of the same model, by the same bytes.
  model.build();
  report::plot_model(directory / "net", model);
  CHECK(read_file(plot.svg) == svg);
  Sequential chain{Dense{2}};
  chain.build({3});
  CHECK(report::plot_model(directory / "chain", chain).drawn);
  CHECK(report::plot_model(directory / "part", model.part({"flatten"}, {"head"})).drawn);
  CHECK(lines_with(read_file(directory / "part.dot"), "InputLayer").size() == 1);
  // What is kept is enough to draw it again.
  CHECK(system(("dot -Tsvg '" + plot.dot.string() + "' | grep -q '</svg>'").c_str()) == 0);
}

TEST_CASE("without Graphviz the graph of a model stays, and the caller is told", "[report]") {
  const TemporaryDirectory directory;
  const Sequential model{Input{{3}}, Dense{2}};
  write_file(directory / "net.svg", "of another model");
  const Environment path("PATH", (directory / "empty").string());
  const report::ModelPlot plot = report::plot_model(directory / "net", model);
  CHECK_FALSE(plot.drawn);
  CHECK(plot.message == "dot was not found");
  CHECK_THAT(read_file(directory / "net.dot"), contains("input0 -> layer0;"));
  CHECK_FALSE(fs::exists(plot.svg));
}

TEST_CASE("where Graphviz fails, its own words are passed on", "[report]") {
  const TemporaryDirectory directory;
  const Environment path("PATH", directory.path().string());
  const Sequential model{Input{{3}}, Dense{2}};
  write_program(directory / "dot", "#!/bin/sh\necho 'no layout' >&2\nexit 3\n");
  CHECK(report::plot_model(directory / "net", model).message == "dot failed: no layout\n");
  write_program(directory / "dot", "#!/bin/sh\necho '<svg>' >/dev/fd/3\n");  // half of one
  CHECK(report::plot_model(directory / "net", model).message == "dot drew nothing");
  CHECK_FALSE(fs::exists(directory / "net.svg"));
}

TEST_CASE("the graph of a model and its picture are written together or not at all", "[report]") {
  const TemporaryDirectory directory;
  const Sequential model{Input{{3}}, Dense{2}};
  const auto says = [&](const fs::path& stem, const Sequential& what, const std::string& reason) {
    CHECK_THROWS_WITH(report::plot_model(stem, what), contains(reason));
  };
  CHECK_THROWS_AS(report::plot_model(directory / "none/net", model), IoError);
  says(directory / "none/net", model, "plot_model: ");
  says(directory / "none/net", model, "none/net.dot");
  says(directory / "net", Sequential{Dense{1}}, "plot_model: the model's shapes are not known yet");
  says(directory / "net", Sequential{Input{{3}}},
       "plot_model: Sequential: the model has no layers");
  says(directory / "net", Sequential{Input{{3}}, Conv2D{1, {3, 3}}}, "plot_model: conv2d (Conv2D)");
  CHECK(fs::is_empty(directory.path()));
  for (const std::string full : {".dot", ".svg"}) {
    if (full == ".svg" && !kGraphviz) continue;
    const std::string other = full == ".dot" ? ".svg" : ".dot";
    write_file(directory / ("net" + other), "older");
    fs::remove(directory / ("net" + full));
    fs::create_symlink("/dev/full", directory / ("net" + full));
    CHECK_THROWS_AS(report::plot_model(directory / "net", model), IoError);
    says(directory / "net", model, "net" + full + " cannot be written: No space left on device");
    CHECK(read_file(directory / ("net" + other)) == "older");
    fs::remove(directory / ("net" + full));
  }
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
