#pragma once
// What the tests of pictures share.
#include <stdlib.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/report/plot.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/temporary_directory.hpp"

namespace fs = std::filesystem;
namespace report = lanewise::report;

inline const bool kGnuplot = system("gnuplot --version >/dev/null 2>&1") == 0;

// Every text that gnuplot, a shell or a CSV reader might take for more than text.
inline const std::string kHostile =
    "a 'b' \"c\" `touch owned` $(touch owned) {/Bold x}_2 50% %d @y \\n \n, & <b> ü";

// As an element of an SVG.
inline std::string escaped(const std::string& text) {
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

inline const report::Chart kChart{
    .title = "Loss",
    .x_label = "Epoch",
    .y_label = "Loss",
    .series = {{"training", {}, {0.5, 0.25}}, {"val", {1, 1.5}, {0.4, 0.3}, report::Mark::points}}};

inline void write_program(const fs::path& path, const std::string& text) {
  write_file(path, text);
  fs::permissions(path, fs::perms::owner_all);
}

// The texts of an SVG, in order, as a reader sees them.
inline std::vector<std::string> texts_of(const std::string& svg) {
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
