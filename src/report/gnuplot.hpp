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

namespace lanewise::report {

// One hue a series, told apart by people with any colour vision (Okabe and Ito, 2008).
inline constexpr const char* kColours[] = {"#0072B2", "#D55E00", "#009E73",
                                           "#CC79A7", "#E69F00", "#56B4E9"};
inline constexpr std::size_t kColourCount = std::size(kColours);
inline constexpr const char* kInk = "#333333";
inline constexpr const char* kGrid = "#dddddd";

// Pixels of an SVG that is as wide as a page of the book.
inline constexpr int kWidth = 720;

/// A string literal of gnuplot's, whatever the text. Control characters become spaces, and what is
/// not UTF-8 becomes U+FFFD.
std::string text_literal(std::string_view text);

/// The same for the label of a tick, where gnuplot also looks for printf's formats. A label with a
/// percent sign is shortened to 49 bytes, which is all that gnuplot shows of it.
std::string tick_literal(std::string_view text);

/// A field of a CSV file, in double quotes where it needs them. Control characters become spaces,
/// since gnuplot reads line by line, and what is not UTF-8 becomes U+FFFD.
std::string csv_field(std::string_view text);

/// What every script begins with: fonts, colours, border and title.
std::string preamble(std::string_view title);

/// `set xtics` or `set ytics` with a name at 0, 1, 2 …, slanted where they would collide.
std::string named_ticks(std::string_view axis, const std::vector<std::string>& names,
                        bool slanted = false);

/// Whether some name is too long to stand beside the others under `cell` pixels each.
bool collide(const std::vector<std::string>& names, double cell);

/// A drawing on its way: the numbers as CSV, and the script in two parts around the plot command.
struct Draft {
  std::filesystem::path stem;
  std::string csv;
  std::string setup;  ///< preamble and settings
  std::string plot;   ///< the plot command; kData stands for the CSV file
  int height = 0;     ///< in pixels of the SVG
};

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
