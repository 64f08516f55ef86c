#pragma once
// Chapter 16: the plane from -3 to 3, looked at in small squares, and coloured by what a network
// says of it.
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "16_quadrants/loops.hpp"

namespace show {

using lanewise::Index;
using naive::Matrix;

constexpr Index kCells = 60;
constexpr double kReach = 3;

// The centre of the cell that is so far from the left, or from below.
inline double centre(Index cell) {
  return kReach * (2 * (static_cast<double>(cell) + 0.5) / kCells - 1);
}

// The centres of all cells: row by row from above, as a picture has its pixels.
inline Matrix plane() {
  Matrix places({kCells * kCells, 2});
  for (Index row = 0; row < kCells; ++row)
    for (Index column = 0; column < kCells; ++column) {
      places(row * kCells + column, 0) = centre(column);
      places(row * kCells + column, 1) = centre(kCells - 1 - row);
    }
  return places;
}

// The quadrant of a point that is on no axis, 0 to 3.
inline Index quadrant(double x, double y) {
  return y > 0 ? (x > 0 ? 0 : 1) : (x > 0 ? 3 : 2);
}

// The share of the rows of `p`, a network's probabilities over the plane, whose largest is that of
// the point's class.
template <class Class>
double share_right(const Matrix& p, Class&& class_of) {
  const Matrix places = plane();
  Index right = 0;
  for (Index i = 0; i < p.shape()[0]; ++i) {
    const auto row = p.row(i);
    const Index answer = std::max_element(row.begin(), row.end()) - row.begin();
    if (answer == class_of(places(i, 0), places(i, 1))) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(p.shape()[0]);
}

// Pictures of the plane, one beside the other.
class Planes {
 public:
  // A row of `p` has a probability for each class; its colour is a mixture of theirs.
  void add(const Matrix& p, std::string caption = "") {
    for (Index row = 0; row < kCells; ++row)
      for (Index column = 0; column < kCells; ++column)
        paint(p.row(row * kCells + column), mark_at(column, kCells - 1 - row));
    ++count_;
    if (!caption.empty()) captions_.push_back(std::move(caption));
  }

  lanewise::report::ImageGrid grid(std::string title, std::string alt) const {
    return {.title = std::move(title),
            .images = {pixels_.data(), lanewise::Shape{count_, kCells, kCells, 3}},
            .captions = captions_,
            .alt = std::move(alt)};
  }

 private:
  enum class Spot { none, dot, rim };

  // Whether the cell is of a dot at (±1, ±1), of its dark rim, or of neither.
  static Spot mark_at(Index column, Index row) {
    const auto off = [](Index cell) {
      return std::abs(std::abs(centre(cell)) - 1) / (kReach / kCells);
    };
    const double x = off(column), y = off(row);
    if (x < 2 && y < 2) return Spot::dot;
    return (x < 4 && y < 2) || (x < 2 && y < 4) ? Spot::rim : Spot::none;
  }

  void paint(lanewise::TensorView<const double> p, Spot spot) {
    // Blue, orange, green, pink: colours that the colour-blind can tell apart.
    static constexpr std::array<std::array<double, 3>, 4> kColours{
        {{0, 114, 178}, {230, 159, 0}, {0, 158, 115}, {204, 121, 167}}};
    for (std::size_t channel = 0; channel < 3; ++channel) {
      double value = 0;
      for (Index c = 0; c < p.size(); ++c)
        value += p[c] * kColours[static_cast<std::size_t>(c)][channel];
      if (spot != Spot::none) value = spot == Spot::dot ? 255 : 0;
      pixels_.push_back(static_cast<std::uint8_t>(std::lround(value)));
    }
  }

  Index count_ = 0;
  std::vector<std::uint8_t> pixels_;
  std::vector<std::string> captions_;
};

}  // namespace show
