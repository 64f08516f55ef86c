#pragma once
// Everything that talks to gnuplot: how text is quoted, how pictures look, how it is run.
//
// gnuplot works on files in memory, and what it has drawn is written together with its numbers and
// its script, or not at all. The script that is kept names its files relative to its own folder, so
// that a reader can run it again wherever the folder has been moved. No shell is involved.

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include "lanewise/report/plot.hpp"
#include "report/text.hpp"

namespace lanewise::report {

// All colours there are. The book gives each a counterpart for the night (tools/figures.py), so
// that what is in between must be one of them, more or less opaque.
//
// One hue a series, told apart by people with any colour vision (Okabe and Ito, 2008).
inline constexpr const char* kColours[] = {"#0072B2", "#D55E00", "#009E73",
                                           "#CC79A7", "#E69F00", "#56B4E9"};
inline constexpr std::size_t kColourCount = std::size(kColours);
inline constexpr const char* kInk = "#333333";
inline constexpr const char* kFaint = "#767676";
inline constexpr const char* kGrid = "#dddddd";
inline constexpr const char* kPaper = "#ffffff";

// Pixels of an SVG. A telephone shows it at three quarters of this width, where letters of 15
// pixels can still be read.
inline constexpr int kWidth = 480;
inline constexpr int kFontSize = 15;

/// A string literal of gnuplot's, whatever the text, of which it has what is printable().
std::string text_literal(std::string_view text);

/// The same for the label of a tick, where gnuplot also looks for printf's formats. A label with a
/// percent sign is shortened to 49 bytes, which is all that gnuplot shows of it.
std::string tick_literal(std::string_view text);

/// What every script begins with: fonts, colours and border.
std::string preamble();

/// `set xtics` or `set ytics` with a name at 0, 1, 2 …, slanted where they would collide.
std::string named_ticks(std::string_view axis, const std::vector<std::string>& names,
                        bool slanted = false);

/// A drawing on its way: the numbers as CSV, and the script in two parts around the plot command.
/// The SVG has no title, which is for whoever shows it to set; the PNG has it above the picture.
struct Draft {
  std::filesystem::path stem;
  std::string title;
  std::string alt;  ///< what the picture shows, in words
  std::string csv;
  std::string setup;        ///< preamble and settings
  std::string plot;         ///< the plot command; kData stands for the CSV file
  std::string titled = {};  ///< settings that make room for the title of the PNG
  int height = 0;           ///< in pixels of the SVG
};

// By how much a PNG is higher than its SVG, in pixels of the SVG.
inline constexpr int kTitleHeight = 36;

/// The name that a draft's plot command has for its CSV file.
inline constexpr std::string_view kData = "data";

/// Runs gnuplot and writes CSV, script and pictures.
Drawing run(const Draft& draft);

/// Whether gnuplot can place a value on an axis: it takes numbers beyond half of the largest for
/// infinite.
inline bool drawable(double value, bool logarithmic) {
  return std::abs(value) < std::numeric_limits<double>::max() / 2 && (!logarithmic || value > 0);
}

}  // namespace lanewise::report
