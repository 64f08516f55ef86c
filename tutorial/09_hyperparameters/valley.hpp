#pragma once
// Chapter 09: a map of a landscape of two knobs, with the tracks that lead through it.
#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "support/diagram.hpp"

namespace show {

// A place on the map, or a slope in each of its two directions.
struct Place {
  double u = 0, v = 0;
};

using Path = std::vector<Place>;

// A step to the east is as long on it as one to the north: a circle is a circle.
class Map : tutorial::Diagram {
 public:
  // What is drawn: from `west` to `east` and from `south` to `north`.
  struct Part {
    double west, east, south, north;
  };

  explicit Map(Part part) : part_(part) {
    for (int u = static_cast<int>(std::ceil(part.west)); u <= part.east; ++u)
      text(static_cast<int>(left({static_cast<double>(u), 0})), kTop + height() + 18,
           std::to_string(u));
    for (int v = static_cast<int>(std::ceil(part.south)); v <= part.north; ++v)
      text(kLeft - 6, static_cast<int>(top({0, static_cast<double>(v)})) + 5, std::to_string(v),
           "end");
  }

  // A line of equal height around (0, 0): an ellipse with these half axes, the first of them turned
  // from the east to the north by an angle.
  void ring(double along, double across, double angle) {
    inside_ += fmt::format(
        "<ellipse cx=\"{0:.1f}\" cy=\"{1:.1f}\" rx=\"{2:.1f}\" ry=\"{3:.1f}\" "
        "transform=\"rotate({4:.1f} {0:.1f} {1:.1f})\" fill=\"none\" stroke=\"#767676\"/>\n",
        left({}), top({}), along * scale(), across * scale(), -angle * 180 / std::acos(-1.0));
  }

  // A line from place to place, with a dot at each and a large one at the last, in the colour of
  // that number. Its name stands below the map.
  void track(const std::string& name, const Path& path, std::size_t number) {
    const char* colour = kColours[number % std::size(kColours)];
    std::string line, dots;
    for (const Place& at : path) {
      line += fmt::format("{:.1f},{:.1f} ", left(at), top(at));
      dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\" fill=\"{}\"/>\n", left(at),
                          top(at), colour);
      csv_ += fmt::format("{},{},{}\n", name, at.u, at.v);
    }
    inside_ += fmt::format(
        "<polyline points=\"{0}\" fill=\"none\" stroke=\"{1}\" stroke-width=\"1.5\"/>\n{2}"
        "<circle cx=\"{3:.1f}\" cy=\"{4:.1f}\" r=\"5\" fill=\"{1}\"/>\n",
        line, colour, dots, left(path.back()), top(path.back()));
    names_.emplace_back(name, colour);
  }

  // What svg() draws, as numbers.
  const std::string& csv() const { return csv_; }

  std::string svg(const std::string& title, const std::string& alt) {
    constexpr int kColumns = 3, kRow = 24;
    const int width = kWidth - kLeft - kRight, bottom = kTop + height() + kAxis;
    body_ += fmt::format(
        "<clipPath id=\"map\"><rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\"/></clipPath>\n"
        "<g clip-path=\"url(#map)\">\n{4}</g>\n"
        "<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" fill=\"none\" "
        "stroke=\"#333333\"/>\n",
        kLeft, kTop, width, height(), inside_);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const int x = kLeft + static_cast<int>(i % kColumns) * (width / kColumns);
      const int y = bottom + 20 + static_cast<int>(i / kColumns) * kRow;
      body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" fill=\"{}\"/>\n", x + 5, y - 5,
                           names_[i].second);
      text(x + 16, y, names_[i].first, "start");
    }
    const int rows = static_cast<int>((names_.size() + kColumns - 1) / kColumns);
    return Diagram::svg(bottom + rows * kRow + 8, title, alt);
  }

 private:
  static constexpr int kLeft = 34, kRight = 8, kTop = 8, kAxis = 26;
  static constexpr const char* kColours[] = {"#0072B2", "#D55E00", "#E69F00",
                                             "#009E73", "#CC79A7", "#56B4E9"};

  double scale() const { return (kWidth - kLeft - kRight) / (part_.east - part_.west); }
  int height() const { return static_cast<int>(scale() * (part_.north - part_.south)); }
  double left(Place at) const { return kLeft + scale() * (at.u - part_.west); }
  double top(Place at) const { return kTop + scale() * (part_.north - at.v); }

  Part part_;
  std::string inside_, csv_ = "series,x,y\n";
  std::vector<std::pair<std::string, const char*>> names_;
};

}  // namespace show
