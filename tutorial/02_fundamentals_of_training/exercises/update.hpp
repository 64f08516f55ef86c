#pragma once
/* \exercise update
Write one update of one weight. The program first makes the course's step, from 0.38 to 0.3855, and
then a step from the other side. After that it lets your function descend into bowls of several
curvatures, and asks that the loss falls with each step if the learning rate is below the limit of
section 6, and grows if it is above.

\hint
The formula stands in section 5. The function gets all three numbers in it.
*/
#include <update.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace update {

using Function = double(double, double, double);

// A step's result, up to rounding.
inline void one_step(tutorial::Judge& judge, Function& step, double w, double g, double lr,
                     double expected) {
  const double got = step(w, g, lr);
  judge.equal(fmt::format("w = {}, slope {}, learning rate {}", w, g, lr), expected,
              std::abs(got - expected) <= 1e-12 ? expected : got);
}

// Descends into the bowl c/2 w^2, whose slope at w is c w, at `share` of the limit 2/c.
inline void descent(tutorial::Judge& judge, Function& step, double c, double share) {
  const auto loss = [c](double w) { return c / 2 * w * w; };
  double w = -3;
  for (int number = 1; number <= 5; ++number) {
    const double before = loss(w);
    w = step(w, c * w, share * 2 / c);
    judge.holds(fmt::format("a loss that {} at {} of the limit, in a bowl of curvature {}",
                            share < 1 ? "falls" : "grows", share, c),
                share < 1 ? loss(w) < before : loss(w) > before,
                fmt::format("{:.6f} before step {}, {:.6f} after it", before, number, loss(w)));
  }
}

inline void check(tutorial::Judge& judge, Function& step) {
  one_step(judge, step, 0.38, -0.55, 0.01, 0.3855);
  one_step(judge, step, 0.93, 0.55, 0.01, 0.9245);
  one_step(judge, step, 0.38, -0.55, 0.1, 0.435);
  one_step(judge, step, 2, 3, 0.5, 0.5);
  for (const double c : {0.5, 2.0, 40.0}) {
    for (const double share : {0.01, 0.4, 0.95}) descent(judge, step, c, share);
    descent(judge, step, c, 1.05);
  }
}

// [answer]
inline double answer(double w, double g, double lr) {
  return w - lr * g;
}
// [answer]

namespace wrong {

inline double uphill(double w, double g, double lr) {
  return w + lr * g;
}

inline double sign_only(double w, double g, double lr) {
  return g > 0 ? w - lr : w + lr;
}

inline double multiplied(double w, double g, double lr) {
  return w * (1 - lr * g);
}

inline double no_rate(double w, double g, double) {
  return w - g;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"update",
          check,
          yours::update,
          answer,
          {{"the step goes with the slope instead of against it", wrong::uphill},
           {"only the sign of the slope is used, and not how steep it is", wrong::sign_only},
           {"the weight is multiplied, where the step is subtracted from it", wrong::multiplied},
           {"the learning rate is left out", wrong::no_rate}}};
}

}  // namespace update
