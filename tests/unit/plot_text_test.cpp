// What stands in pictures: names of every kind, as text and nothing more.
#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "plot_case.hpp"

using namespace lanewise;

namespace {

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

// What is shown of a text: control characters as spaces, what is not UTF-8 as U+FFFD.
std::string shown(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return text == "\xff\xc3" ? "\xef\xbf\xbd\xef\xbf\xbd" : text;
}

// An SVG without the words that are not drawn: the script leaves gnuplot's own.
std::string drawn(std::string svg) {
  for (const auto& [begin, end] : {std::pair{"<title>", "</title>"}, {"<desc>", "</desc>"}})
    for (std::size_t at; (at = svg.find(begin)) != svg.npos;)
      svg.erase(at, svg.find(end, at) + std::strlen(end) - at);
  return svg;
}

}  // namespace

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

TEST_CASE("a bar says its value, and not 1e+02", "[report]") {
  if (!kGnuplot) return;
  const TemporaryDirectory directory;
  const report::BarChart bars{.title = "",
                              .x_label = "",
                              .y_label = "",
                              .names = {"a", "b", "c", "d"},
                              .values = {0.01234, 99.8, 100, 1234}};
  const std::string svg = read_file(draw_checked(directory, bars).svg);
  CHECK(svg.find("a: 0.012, b: 99.8, c: 100, d: 1234.") != std::string::npos);
  const auto texts = texts_of(svg);
  for (const char* value : {"0.012", "99.8", "100", "1234"}) {
    INFO(value);
    CHECK(std::find(texts.begin(), texts.end(), value) != texts.end());
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
