#pragma once
/* \exercise limit
Where is the limit of the learning rate? Find it for a line, from the inputs \f$x\f$ alone. (The
labels have no part in it: look for them in the formulas of section 6.) The program lets a line
descend at 0.99 of your limit, where the loss has to fall with each step, and at 1.01 of it, where
the loss has to grow. All labels are 0 there.

\hint
Section 6: it is \f$2/c\f$ with the steepest curvature. How that is found is folded there.

\hint
Or without a formula: let a line descend, with all labels 0, and see whether its loss falls or
grows. Halve the range in which the limit must be, again and again.
*/
#include <limit.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace limit {

using Values = std::vector<double>;
using Function = double(const Values&);

struct Sums {
  double squares = 0, values = 0;  // the means of x^2 and of x
};

inline Sums sums(const Values& x) {
  Sums result;
  for (const double v : x) {
    result.squares += v * v / static_cast<double>(x.size());
    result.values += v / static_cast<double>(x.size());
  }
  return result;
}

// Where the loss of a line ends that begins at m = 1, b = 0.3, by its share of where it began; the
// steps end with the first that is not as it should be.
inline double descent(const Values& x, double rate, int steps, bool falls_each_step) {
  const Sums mean = sums(x);
  double m = 1, b = 0.3;
  const auto loss = [&] { return m * m * mean.squares + 2 * m * b * mean.values + b * b; };
  const double first = loss();
  for (int step = 0; step < steps; ++step) {
    const double before = loss(), dm = 2 * (m * mean.squares + b * mean.values),
                 db = 2 * (m * mean.values + b);
    m -= rate * dm;
    b -= rate * db;
    // At 1e-20 of where it began there is nothing left to fall.
    if (falls_each_step && !(loss() < before) && before > 1e-20 * first) return loss() / before;
  }
  return loss() / first;
}

inline void check(tutorial::Judge& judge, Function& limit) {
  const std::vector<Values> inputs = {
      {6.142, 7.61, 4.97}, {-1.2, 0.4, 0.9}, {-0.1, 0.2, 0.05}, {0, 255}, {3}, {0}};
  for (const Values& x : inputs) {
    const double found = limit(x);
    const auto numbers = [&](double share, double grown) {
      return fmt::format(
          "{} inputs from {} to {}, limit {:.5g}: at {} of it the loss is multiplied by "
          "{:.3g}",
          x.size(), x.front(), x.back(), found, share, grown);
    };
    judge.holds("a number above 0", std::isfinite(found) && found > 0, fmt::format("{}", found));
    const double below = descent(x, 0.99 * found, 500, true);
    judge.holds("a loss that falls below the limit", below < 1, numbers(0.99, below));
    const double above = descent(x, 1.01 * found, 500, false);
    judge.holds("a loss that grows above the limit", !(above < 1), numbers(1.01, above));
  }
}

inline double answer(const Values& x) {
  const auto [xx, x1] = sums(x);
  const double p = 2 * xx, q = 2 * x1;
  return 2 / ((p + 2) / 2 + std::hypot((p - 2) / 2, q));
}

namespace wrong {

inline double by_m_alone(const Values& x) {
  return 1 / sums(x).squares;
}

inline double by_b_alone(const Values&) {
  return 1;
}

inline double half(const Values& x) {
  return answer(x) / 2;
}

inline double flattest(const Values& x) {
  const auto [xx, x1] = sums(x);
  return 2 / (xx + 1 - std::hypot(xx - 1, 2 * x1));
}

inline double both_added(const Values& x) {
  return 1 / (sums(x).squares + 1);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"limit",
          check,
          yours::limit,
          answer,
          {{"this is the curvature by m alone; b has one, too", wrong::by_m_alone},
           {"this is the curvature by b alone; m has one, too", wrong::by_b_alone},
           {"this is the rate of a single step to the bottom, half the limit", wrong::half},
           {"this is the limit of the flattest direction", wrong::flattest},
           {"the curvatures by m and by b are added", wrong::both_added}}};
}

}  // namespace limit
