#pragma once
/* \exercise tanh_backward
Write the way back through tanh: from the slope of the loss with respect to what the unit put out,
to its slope with respect to the unit's sum. The program tries it at 0 and at minus 0, at 20 and
-20, where the unit is saturated, at 1000 and -1000, where \f$e^z\f$ is no number any more, and at
NaN, "not a number": what goes in as NaN has to come out as NaN, so that a mistake is seen and not
hidden. Between these it compares with numerical slopes.

\hint
Section 1 has the slope of tanh, and section 4 says what happens to two slopes in a row.

\hint
`std::tanh` knows what to do at 1000. A formula with `std::exp` has to take care of itself.
*/
#include <tanh_backward.hpp>  // yours, or the stub

#include <cmath>
#include <limits>

#include "support/exercise.hpp"

namespace tanh_backward {

using Function = double(double, double);

// Within the rounding of a few operations on numbers below 1.
inline void near(tutorial::Judge& judge, double z, double dy, double expected, double got,
                 double tolerance) {
  judge.equal(fmt::format("z = {}, dy = {}", z, dy), expected,
              std::abs(got - expected) <= tolerance ? expected : got);
}

inline void check(tutorial::Judge& judge, Function& backward) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double dy : {1.0, -0.5}) {
    for (const double z : {0.0, -0.0}) near(judge, z, dy, dy, backward(z, dy), 0);
    for (const double z : {-2.0, -0.7, 0.3, 1.5}) {
      const double h = 1e-4;
      const double slope = (8 * (std::tanh(z + h) - std::tanh(z - h)) -
                            (std::tanh(z + 2 * h) - std::tanh(z - 2 * h))) /
                           (12 * h);
      near(judge, z, dy, slope * dy, backward(z, dy), 1e-9);
    }
    // There it is 1.7e-17, less than rounding leaves of 1 - 1.
    for (const double z : {20.0, -20.0}) near(judge, z, dy, 0, backward(z, dy), 1e-15);
    for (const double z : {1000.0, -1000.0}) near(judge, z, dy, 0, backward(z, dy), 1e-15);
  }
  const double at_nan = backward(nan, 1);
  judge.holds("NaN from NaN", std::isnan(at_nan), fmt::format("z = NaN: {}", at_nan));
}

// [answer]
inline double answer(double z, double dy) {
  const double y = std::tanh(z);
  return (1 - y * y) * dy;
}
// [answer]

namespace wrong {

inline double of_input(double z, double dy) {
  return (1 - z * z) * dy;
}

inline double sigmoids(double z, double dy) {
  const double y = std::tanh(z);
  return y * (1 - y) * dy;
}

inline double alone(double z, double) {
  const double y = std::tanh(z);
  return 1 - y * y;
}

inline double by_exp(double z, double dy) {
  const double y = (std::exp(z) - std::exp(-z)) / (std::exp(z) + std::exp(-z));
  return (1 - y * y) * dy;
}

inline double hides_nan(double z, double dy) {
  return std::abs(z) < 20 ? answer(z, dy) : 0;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"tanh_backward",
          check,
          yours::tanh_backward,
          answer,
          {{"the slope is told from z, where it is told from tanh(z)", wrong::of_input},
           {"this is the slope of the sigmoid, told from its value", wrong::sigmoids},
           {"the slope that comes in, dy, is left out", wrong::alone},
           {"the exponential functions are too large to be numbers", wrong::by_exp},
           {"NaN is made 0, so that nobody will notice", wrong::hides_nan}}};
}

}  // namespace tanh_backward
