// Pictures made of cells: images in a grid, and heat maps. The contract is in
// lanewise/report/plot.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/round.hpp"
#include "lanewise/error.hpp"
#include "lanewise/report/plot.hpp"
#include "report/gnuplot.hpp"

namespace lanewise::report {
namespace {

// Where images stand. One unit of the axes is one pixel of an image:
//
//   |<- margin ->|image 0|<gap>|image 1|<gap>| …
//                 caption       caption
struct Layout {
  Index height, width, columns, rows;
  double scale;    // pixels of the SVG a unit
  double gap;      // in units, between images
  double caption;  // in units, below an image
  double margin;   // in units, at the left: it centres the grid

  double x(Index image) const {
    return margin + static_cast<double>(image % columns) * (static_cast<double>(width) + gap);
  }
  double y(Index image) const {
    return static_cast<double>(image / columns) * (static_cast<double>(height) + caption);
  }
};

constexpr double kGapPixels = 12;

// As many as go well together and as have room for their captions, in rows of about one length.
Index columns_for(Index count, double caption) {
  const Index most = count <= 4 ? count : count <= 10 ? divide_up(count, 2) : 8;
  const auto fitting = static_cast<Index>((kWidth - kGapPixels) / (caption + kGapPixels));
  const Index longest = std::clamp<Index>(fitting, 1, most);
  const Index rows = divide_up(count, longest);
  return divide_up(count, rows);
}

Layout layout_of(const ImageGrid& grid) {
  constexpr double kCaptionPixels = 26;
  const Index count = grid.images.shape()[0];
  Layout layout{};
  layout.height = grid.images.shape()[1];
  layout.width = grid.images.shape()[2];
  layout.columns = grid.columns > 0 ? grid.columns : columns_for(count, widest(grid.captions));
  layout.rows = divide_up(count, layout.columns);
  const auto columns = static_cast<double>(layout.columns);
  const auto widest = static_cast<double>(std::max(layout.width, layout.height));
  const double pixels = (kWidth - (columns + 1) * kGapPixels) / columns;  // for one image
  // An image of many pixels has more to show, and gets more room, if there is.
  const double largest = std::clamp(5 * widest, 180.0, 300.0);
  layout.scale = std::min(pixels / static_cast<double>(layout.width), largest / widest);
  layout.gap = kGapPixels / layout.scale;
  layout.caption = (grid.captions.empty() ? kGapPixels : kCaptionPixels) / layout.scale;
  const double used = columns * (static_cast<double>(layout.width) + layout.gap) - layout.gap;
  layout.margin = (kWidth / layout.scale - used) / 2;
  return layout;
}

void check(const ImageGrid& grid) {
  const Shape& shape = grid.images.shape();
  if (shape.rank() != 3 && !(shape.rank() == 4 && shape[3] == 3))
    throw ShapeError(
        fmt::format("draw: images have the shape {}, expected (count, height, width) or (…, 3)",
                    to_string(shape)));
  if (shape.size() == 0) throw ArgumentError("draw: there are no images");
  if (!grid.captions.empty() && static_cast<Index>(grid.captions.size()) != shape[0])
    throw ShapeError(
        fmt::format("draw: got {} images and {} captions", shape[0], grid.captions.size()));
}

std::string pixels_as_csv(TensorView<const std::uint8_t> images) {
  const Shape& shape = images.shape();
  const Index channels = shape.rank() == 4 ? 3 : 1;
  std::string csv = channels == 3 ? "image,row,column,red,green,blue\n" : "image,row,column,grey\n";
  const std::uint8_t* pixel = images.data();
  for (Index i = 0; i < shape[0]; ++i)
    for (Index row = 0; row < shape[1]; ++row)
      for (Index column = 0; column < shape[2]; ++column, pixel += channels) {
        csv += fmt::format("{},{},{},{}", i, row, column, pixel[0]);
        csv += channels == 3 ? fmt::format(",{},{}\n", pixel[1], pixel[2]) : "\n";
      }
  return csv;
}

// "Three digits. 3 images of 28 by 28 pixels: 5, 0, 4."
std::string in_words(const ImageGrid& grid) {
  const Shape& shape = grid.images.shape();
  std::string words = fmt::format("{}. {} image{} of {} by {} pixels", grid.title, shape[0],
                                  shape[0] == 1 ? "" : "s", shape[1], shape[2]);
  for (std::size_t i = 0; i < grid.captions.size(); ++i)
    words += (i == 0 ? ": " : ", ") + grid.captions[i];
  return words + '.';
}

}  // namespace

Drawing draw(const std::filesystem::path& stem, const ImageGrid& grid) {
  check(grid);
  const Layout layout = layout_of(grid);
  const auto height = static_cast<double>(layout.height);
  const auto width = static_cast<double>(layout.width);
  const double used = static_cast<double>(layout.rows) * (height + layout.caption);
  Draft draft{.stem = stem,
              .title = grid.title,
              .alt = grid.alt.empty() ? in_words(grid) : grid.alt,
              .csv = pixels_as_csv(grid.images),
              .setup = "",
              .plot = "",
              .height = static_cast<int>(std::ceil(used * layout.scale)) + 2};
  draft.titled = fmt::format("set tmargin at screen {}\nset title offset 0,-0.3\n",
                             1 - kTitleHeight / (kTitleHeight + static_cast<double>(draft.height)));
  // Without a gamma of 1, gnuplot would draw a grey of 100 as 137.
  draft.setup = preamble() +
                "unset border\nunset tics\nunset colorbox\nunset key\n"
                "set palette gray gamma 1\nset cbrange [0:255]\n"
                "set lmargin at screen 0\nset rmargin at screen 1\nset bmargin at screen 0\n" +
                fmt::format("set tmargin at screen {}\nset xrange [0:{}]\nset yrange [{}:0]\n",
                            1 - 1.0 / draft.height, kWidth / layout.scale, used);
  const bool colour = grid.images.rank() == 4;
  const Index pixels = layout.height * layout.width;
  for (Index i = 0; i < grid.images.shape()[0]; ++i) {
    const double x = layout.x(i), y = layout.y(i);
    draft.setup += fmt::format(
        "set object {} rectangle from {},{} to {},{} front fillstyle empty border linecolor "
        "'{}'\n",
        i + 1, x, y, x + width, y + height, kFaint);
    if (!grid.captions.empty())
      draft.setup += fmt::format("set label {} {} at {},{} center textcolor '{}'\n", i + 1,
                                 text_literal(grid.captions[static_cast<std::size_t>(i)]),
                                 x + width / 2, y + height + 0.45 * layout.caption, kInk);
    // A pixel is drawn around its centre, which is half a unit into it.
    draft.plot +=
        fmt::format("{}{} skip 1 every ::{}::{} using ($3 + {}):($2 + {}):{} with {}",
                    i == 0 ? "plot " : ", \\\n     ", kData, i * pixels, (i + 1) * pixels - 1,
                    x + 0.5, y + 0.5, colour ? "4:5:6" : "4", colour ? "rgbimage" : "image");
  }
  return run(draft);
}

namespace {

void check(const HeatMap& map) {
  const Shape& shape = map.counts.shape();
  if (shape.rank() != 2 || shape[0] != static_cast<Index>(map.row_names.size()) ||
      shape[1] != static_cast<Index>(map.column_names.size()))
    throw ShapeError(fmt::format("draw: counts have the shape {}, expected ({}, {}) as named",
                                 to_string(shape), map.row_names.size(), map.column_names.size()));
  if (map.counts.empty()) throw ArgumentError("draw: the heat map has no cells");
  if (*std::min_element(map.counts.begin(), map.counts.end()) < 0)
    throw ArgumentError("draw: a count of the heat map is negative");
}

std::string cells_as_csv(const HeatMap& map) {
  std::string csv = "row,column,count,row_name,column_name\n";
  for (Index row = 0; row < map.counts.shape()[0]; ++row)
    for (Index column = 0; column < map.counts.shape()[1]; ++column)
      csv += fmt::format("{},{},{},{},{}\n", row, column, map.counts(row, column),
                         csv_field(map.row_names[static_cast<std::size_t>(row)]),
                         csv_field(map.column_names[static_cast<std::size_t>(column)]));
  return csv;
}

// The colour of a cell is that of the largest count, the more transparent the smaller it is, so
// that it stands out from any paper; its number is written in ink or, on a strong colour, in paper.
// No cell is in between, where neither could be read: with half of the colour the contrast of ink
// is 4.6 by night, with 0.94 of it that of paper is 4.7 by day, and 4.5 is the least that is
// enough.
constexpr double kStrong = 0.7, kMostForInk = 0.5, kLeastForPaper = 0.94;

// "Confusion matrix. Counts, true by answered. cat: 90 of 100 in cat, …"
std::string in_words(const HeatMap& map) {
  std::string words = fmt::format("{}. Counts by {} and {}; the largest of each row:", map.title,
                                  map.y_label, map.x_label);
  for (Index row = 0; row < map.counts.shape()[0]; ++row) {
    const auto cells = map.counts.row(row);
    const auto largest = std::max_element(cells.begin(), cells.end());
    std::int64_t sum = 0;
    for (const std::int32_t count : cells) sum += count;
    words += fmt::format("{} {}: {} of {} in {}", row == 0 ? "" : ",",
                         map.row_names[static_cast<std::size_t>(row)], *largest, sum,
                         map.column_names[static_cast<std::size_t>(largest - cells.begin())]);
  }
  return words + '.';
}

}  // namespace

Drawing draw(const std::filesystem::path& stem, const HeatMap& map) {
  check(map);
  constexpr double kAxisLabel = 50, kThird = kWidth / 3.0;
  constexpr double kBelow = 60, kLongest = 400;
  const auto columns = static_cast<double>(map.column_names.size());
  const int rows = static_cast<int>(map.row_names.size());
  const std::int32_t largest = std::max(1, *std::max_element(map.counts.begin(), map.counts.end()));
  const double left = std::min(kAxisLabel + widest(map.row_names), kThird);
  const double cell = (kWidth - left - 10) / columns;
  const bool slanted = widest(map.column_names) > cell;
  const int row_height = static_cast<int>(std::clamp(cell, 24.0, 44.0));
  // Names that stand at 30 degrees are half as high as they are long.
  const double below = kBelow + (slanted ? std::min(widest(map.column_names), kLongest) / 2 : 0);
  Draft draft{.stem = stem,
              .title = map.title,
              .alt = map.alt.empty() ? in_words(map) : map.alt,
              .csv = cells_as_csv(map),
              .setup = preamble(),
              .plot = "",
              .height = static_cast<int>(below) + rows * row_height};
  draft.setup += fmt::format(
      "shade(count) = log10(1 + count) / log10(1 + {0})\n"
      "strength(s) = s > {3} ? {14} + (1 - {14}) * (s - {3}) / (1 - {3}) : s * {13} / {3}\n"
      "tint(count) = int(255 * (1 - strength(shade(count)))) * 0x1000000 + 0x{1}\n"
      "ink(count) = count == 0 ? 0x{2} : shade(count) > {3} ? 0x{4} : 0x{5}\n"
      "set xlabel {6} offset 0,0.4 textcolor '{8}'\nset ylabel {7} textcolor '{8}'\n"
      "unset border\nset tics scale 0\nunset key\n"
      "set lmargin at screen {9}\nset rmargin 1\nset tmargin 0.2\nset bmargin at screen {12}\n"
      "set xrange [-0.5:{10}]\nset yrange [{11}:-0.5]\n"
      "set style fill solid noborder\n",
      largest, kColours[0] + 1, kFaint + 1, kStrong, kPaper + 1, kInk + 1,
      text_literal(map.x_label), text_literal(map.y_label), kInk, left / kWidth, columns - 0.5,
      rows - 0.5, below / draft.height, kMostForInk, kLeastForPaper);
  draft.setup += named_ticks("x", map.column_names, slanted) + named_ticks("y", map.row_names);
  draft.titled = "set tmargin 2.5\n";
  draft.plot = fmt::format(
      "plot {0} skip 1 using 2:1:(0.48):(0.48):(tint($3)) with boxxyerror linecolor rgb variable, "
      "\\\n     {0} skip 1 using 2:1:(sprintf('%d', $3)):(ink($3)) with labels font ',13' "
      "textcolor rgb variable",
      kData);
  return run(draft);
}

}  // namespace lanewise::report
