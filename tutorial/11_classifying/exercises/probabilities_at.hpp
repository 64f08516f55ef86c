#pragma once
/* \exercise probabilities_at
The way back: given a place in the triangle of section 3, which three probabilities is it? The
corners are at (0, 0), (1, 0) and (0.5, h), where h is the height \f$\sqrt{0.75}\f$. The program
goes over many places, and asks that your three numbers have the sum 1, that none is negative within
the triangle, and that to mix the corners in these proportions leads back to the place.

\hint
Begin with the third. Only corner C is not on the lower edge: how high is the place, as a share of
\f$h\f$?

\hint
Across, B has moved the place by 1 and C by 0.5, each times its probability. That gives the second.
The first is what is left.
*/
#include <probabilities_at.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace probabilities_at {

using Row = std::vector<double>;
using Function = Row(double, double);

inline void place(tutorial::Judge& judge, Function& function, double a, double b) {
  const double c = 1 - a - b, x = b + c / 2, y = std::sqrt(0.75) * c;
  const Row p = function(x, y);
  const auto where = fmt::format("at ({:.4f}, {:.4f})", x, y);
  judge.equal(fmt::format("{}: how many numbers", where), 3, static_cast<double>(p.size()));
  const auto got = fmt::format("{:.4f} {:.4f} {:.4f}", p[0], p[1], p[2]);
  judge.holds(where + ": the sum 1", std::abs(p[0] + p[1] + p[2] - 1) <= 1e-12, got);
  judge.holds(where + ": no number below 0", std::min({p[0], p[1], p[2]}) >= -1e-12, got);
  judge.holds(where + ": numbers that lead back to the height",
              std::abs(std::sqrt(0.75) * p[2] - y) <= 1e-12, got);
  judge.holds(where + ": numbers that lead back to the place",
              std::abs(p[1] + p[2] / 2 - x) <= 1e-12, got);
}

inline void check(tutorial::Judge& judge, Function& function) {
  place(judge, function, 1, 0);
  place(judge, function, 0, 1);
  place(judge, function, 0, 0);
  place(judge, function, 1.0 / 3, 1.0 / 3);
  for (int i = 0; i <= 20; ++i)
    for (int j = 0; i + j <= 20; ++j) place(judge, function, i / 20.0, j / 20.0);
}

inline Row answer(double x, double y) {
  const double c = y / std::sqrt(0.75), b = x - c / 2;
  return {1 - b - c, b, c};
}

namespace wrong {

inline Row without_height(double x, double y) {
  return {1 - x + y / 2 - y, x - y / 2, y};
}

inline Row c_forgotten(double x, double y) {
  const double c = y / std::sqrt(0.75);
  return {1 - x - c, x, c};
}

inline Row swapped(double x, double y) {
  const Row p = answer(x, y);
  return {p[1], p[0], p[2]};
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "probabilities_at",
      check,
      yours::probabilities_at,
      answer,
      {{"the height is the third probability, and not divided by that of C", wrong::without_height},
       {"it is forgotten that C moves the place across, too", wrong::c_forgotten},
       {"A and B are swapped", wrong::swapped}}};
}

}  // namespace probabilities_at
