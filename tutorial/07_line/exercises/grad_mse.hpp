#pragma once
/* \exercise grad_mse
Write the gradient of the mean squared error of a line: both slopes, by `m` and by `b`. The program
does not look at your formula. It moves each knob by a little to both sides, at many lines and for
many sets of rows, and compares your slopes with central differences of the loss, as in section 3.

\hint
For each row: how far is \f$m x + b\f$ above the price? The slope by \f$b\f$ is twice the mean of
these errors.

\hint
In the slope by \f$m\f$ each error counts as often as the row has rooms: multiply it by \f$x\f$
before you add it.
*/
#include <grad_mse.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace grad_mse {

using Values = std::vector<double>;
using Function = yours::Gradient(double, double, const Values&, const Values&);

inline double mse(double m, double b, const Values& x, const Values& y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += std::pow(m * x[i] + b - y[i], 2);
  return sum / static_cast<double>(x.size());
}

// The loss is a parabola in m and in b, so that a central difference is its slope for any h, but
// for rounding, which is about 1e-13 of the loss for so few rows.
inline void at(tutorial::Judge& judge, Function& grad, double m, double b, const Values& x,
               const Values& y) {
  constexpr double h = 0.5;
  const double by_m = (mse(m + h, b, x, y) - mse(m - h, b, x, y)) / (2 * h);
  const double by_b = (mse(m, b + h, x, y) - mse(m, b - h, x, y)) / (2 * h);
  const yours::Gradient got = grad(m, b, x, y);
  const double allowed = 1e-11 * (1 + mse(m + h, b + h, x, y));
  const auto same = [&](const char* slope, double expected, double found) {
    judge.equal(
        fmt::format("{} rows, m = {:.4g}, b = {:.4g}: the slope by {}", x.size(), m, b, slope),
        expected, std::abs(found - expected) <= allowed ? expected : found);
  };
  same("b", by_b, got.b);
  same("m", by_m, got.m);
}

inline void check(tutorial::Judge& judge, Function& grad) {
  at(judge, grad, 0, 0, {6.142, 7.61}, {15.2, 42.3});  // the step by hand
  at(judge, grad, 0, 0, {6.142}, {15.2});
  lanewise::Tensor<double> drawn({12, 12, 2});
  lanewise::fill_uniform<double>(drawn, -3, 9, {.seed = 7});
  for (lanewise::Index n = 1; n <= 12; ++n) {
    Values x, y;
    for (lanewise::Index i = 0; i < n; ++i) {
      x.push_back(drawn(n - 1, i, 0));
      y.push_back(10 * drawn(n - 1, i, 1));
    }
    for (const double m : {-4.0, 0.5, 9.0})
      for (const double b : {-33.0, 0.0, 20.0}) at(judge, grad, m, b, x, y);
  }
}

// [answer]
inline yours::Gradient answer(double m, double b, const Values& x, const Values& y) {
  yours::Gradient sum{0, 0};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = m * x[i] + b - y[i];
    sum.m += 2 * error * x[i];
    sum.b += 2 * error;
  }
  const auto n = static_cast<double>(x.size());
  return {sum.m / n, sum.b / n};
}
// [answer]

namespace wrong {

inline yours::Gradient uphill(double m, double b, const Values& x, const Values& y) {
  const yours::Gradient right = answer(m, b, x, y);
  return {-right.m, -right.b};
}

inline yours::Gradient without_2(double m, double b, const Values& x, const Values& y) {
  const yours::Gradient right = answer(m, b, x, y);
  return {right.m / 2, right.b / 2};
}

inline yours::Gradient not_divided(double m, double b, const Values& x, const Values& y) {
  const yours::Gradient right = answer(m, b, x, y);
  const auto n = static_cast<double>(x.size());
  return {right.m * n, right.b * n};
}

inline yours::Gradient without_x(double m, double b, const Values& x, const Values& y) {
  const double by_b = answer(m, b, x, y).b;
  return {by_b, by_b};
}

inline yours::Gradient swapped(double m, double b, const Values& x, const Values& y) {
  const yours::Gradient right = answer(m, b, x, y);
  return {right.b, right.m};
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"grad_mse",
          check,
          yours::grad_mse,
          answer,
          {{"the errors have the wrong sign: label less prediction", wrong::uphill},
           {"the 2 is missing, which the square brings", wrong::without_2},
           {"the sums are not divided by the number of rows", wrong::not_divided},
           {"the errors in the slope by m are not multiplied by x", wrong::without_x},
           {"the two slopes are swapped", wrong::swapped}}};
}

}  // namespace grad_mse
