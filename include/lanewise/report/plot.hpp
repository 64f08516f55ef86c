#pragma once
/// \file
/// Plots: line charts, scatters, bars, images and heat maps, drawn by gnuplot as SVG and PNG; and
/// networks, drawn as SVG.
///
/// Each draw() takes a path without extension, such as `out/loss`, and writes
/// \code
///   out/loss.csv       the numbers, for the reader and for other programs
///   out/loss.gnuplot   how to draw them: run `gnuplot loss.gnuplot` in its folder to draw again
///   out/loss.svg       the picture for the book
///   out/loss.png       the same at twice the resolution, with its title above
/// \endcode
/// all of them or, when one cannot be written, none: what stood under these names stays. Without
/// gnuplot, or where it fails, the first two are written, pictures of other numbers are removed,
/// and Drawing::message tells why there is none. All text is shown as it is: nothing in a title or
/// a name is markup; control characters become spaces and what is not UTF-8 becomes U+FFFD.
///
/// The SVG can be read on a telephone. It is without a title, which the page that shows it sets as
/// its caption. Its elements `title` and `desc` hold the title and, for those who do not see the
/// picture, what it shows: `alt` of the plot or, if that is empty, a sentence made of its numbers.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/names.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {
template <class T>
class BasicSequential;
}

namespace lanewise::report {

/// What draw() left behind.
struct Drawing {
  std::filesystem::path csv;
  std::filesystem::path svg;  ///< exists only if drawn
  std::filesystem::path png;  ///< exists only if drawn; empty where there is none of the kind
  bool drawn = false;
  std::string message;  ///< why nothing was drawn: gnuplot is missing, or its own words
};

/// How the points of a series are shown.
enum class Mark { line, points, line_and_points };
LANEWISE_NAMES(Mark, line, points, line_and_points)

/// Named points of a chart.
struct Series {
  std::string name;       ///< for the legend; none if empty
  std::vector<double> x;  ///< as many as y; if empty, 1, 2, 3, … as for epochs
  std::vector<double> y;  ///< NaN and infinities leave a gap
  Mark mark = Mark::line;
  /// Shaded below the line, from the first to the second: as many as y; if empty, there is none.
  std::vector<std::pair<double, double>> band = {};
};

/// The graph of a function, for a Chart: `points` of it, evenly from `from` to `to`.
/// \throws ArgumentError without a function, unless from < to, both finite, or for points < 2.
LANEWISE_API Series graph(std::string name, const std::function<double(double)>& function,
                          double from, double to, Index points = 201);

/// Lines and scattered points over common axes.
struct Chart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;
  std::optional<std::pair<double, double>> x_range = {};  ///< else what the points need
  std::optional<std::pair<double, double>> y_range = {};
  bool log_x = false;
  bool log_y = false;
  std::string alt = {};  ///< what it shows, in words
};

/// One bar a name, from left to right, with its value written at its end.
struct BarChart {
  std::string title;
  std::string x_label;  ///< what the names are
  std::string y_label;  ///< what the values are
  std::vector<std::string> names;
  std::vector<double> values;           ///< as many as names
  std::optional<Index> highlight = {};  ///< a bar of another colour, such as the true class
  std::optional<std::pair<double, double>> y_range = {};  ///< else from 0, or a bit less than all
  bool log_y = false;
  std::string alt = {};  ///< what it shows, in words
};

/// Images side by side, each with a caption below.
struct ImageGrid {
  std::string title;
  /// Shape (count, height, width) in grey, 0 = black, or (count, height, width, 3) in colour. The
  /// elements must live until draw() returns.
  TensorView<const std::uint8_t> images;
  std::vector<std::string> captions = {};  ///< one an image, or none at all
  Index columns = 0;     ///< images a row; 0 lets their count and their captions decide
  std::string alt = {};  ///< what they show, in words
};

/// Counts as a table of coloured cells, such as a confusion matrix. The colour grows with the
/// logarithm of the count, so that 3 beside 1,000 can still be seen.
struct HeatMap {
  std::string title;
  std::string x_label;                    ///< what the columns are: "Predicted"
  std::string y_label;                    ///< what the rows are: "True"
  TensorView<const std::int32_t> counts;  ///< shape (rows, columns), none negative
  std::vector<std::string> row_names;     ///< one a row, from the top
  std::vector<std::string> column_names;  ///< one a column
  std::string alt = {};                   ///< what it shows, in words
};

/// Draws a chart to files whose names begin with `stem`, as the top of this page says.
/// \throws ShapeError if sizes do not fit together; ArgumentError if there is nothing to draw, or a
/// series has no point that can be (all NaN, infinite or, on a logarithmic axis, not positive), or
/// a range is not one; IoError if a file cannot be written. Nothing has changed then.
LANEWISE_API Drawing draw(const std::filesystem::path& stem, const Chart& chart);

/// Draws bars. \throws as for a Chart.
LANEWISE_API Drawing draw(const std::filesystem::path& stem, const BarChart& chart);

/// Draws images. \throws as for a Chart.
LANEWISE_API Drawing draw(const std::filesystem::path& stem, const ImageGrid& grid);

/// Draws a heat map. \throws as for a Chart.
LANEWISE_API Drawing draw(const std::filesystem::path& stem, const HeatMap& map);

/// Draws a network, from the input above to the output below: a box a layer, with its activation
/// and its number of parameters, and between them the shape of what passes. Needs no gnuplot; there
/// is a CSV file and an SVG. \throws ArgumentError if the model has no layers or its shapes are not
/// known; ShapeError as build(); IoError if a file cannot be written.
LANEWISE_API Drawing draw(const std::filesystem::path& stem, const BasicSequential<float>& model);

}  // namespace lanewise::report
