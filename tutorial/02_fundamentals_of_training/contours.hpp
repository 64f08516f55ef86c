#pragma once
// Chapter 02: lines of equal height, as on a map.
#include <array>
#include <cstddef>
#include <vector>

#include "lanewise/report/plot.hpp"

namespace show {

// A place in a landscape.
struct Place {
  double u, v;
};

// Points of the lines on which `height` has one of the `levels`, for |u| and |v| up to `reach`, as
// close to each other as dots that make a line. The square is cut into triangles, on each of which
// the height is taken for a plane: a level crosses a triangle in a straight piece, of which this is
// the middle, or not at all.
inline lanewise::report::Series contours(double (*height)(Place), double reach,
                                         const std::vector<double>& levels) {
  constexpr int kCells = 80;
  const auto place = [&](int i, int j) {
    return Place{reach * (2.0 * i / kCells - 1), reach * (2.0 * j / kCells - 1)};
  };
  lanewise::report::Series dots{
      .name = "", .x = {}, .y = {}, .mark = lanewise::report::Mark::points};
  const auto cut = [&](const std::array<Place, 3>& corners, double level) {
    double u = 0, v = 0;
    int crossed = 0;  // sides of the triangle: two, or none
    for (std::size_t side = 0; side < 3; ++side) {
      const Place a = corners[side], b = corners[(side + 1) % 3];
      const double from = height(a) - level, to = height(b) - level;
      if ((from < 0) == (to < 0)) continue;
      const double share = from / (from - to);
      u += a.u + share * (b.u - a.u);
      v += a.v + share * (b.v - a.v);
      ++crossed;
    }
    if (crossed == 0) return;
    dots.x.push_back(u / crossed);
    dots.y.push_back(v / crossed);
  };
  for (const double level : levels)
    for (int i = 0; i < kCells; ++i)
      for (int j = 0; j < kCells; ++j) {
        cut({place(i, j), place(i + 1, j), place(i, j + 1)}, level);
        cut({place(i + 1, j + 1), place(i + 1, j), place(i, j + 1)}, level);
      }
  return dots;
}

}  // namespace show
