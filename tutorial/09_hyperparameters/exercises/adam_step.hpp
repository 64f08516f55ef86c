#pragma once
/* \exercise adam_step
Write one step of Adam, as section 4 has it, with its usual numbers 0.9, 0.999 and \f$10^{-7}\f$.
The program takes 20 steps with it, and looks after each of them whether the knob is where Keras's
Adam has it, to a millionth. The slopes change their signs, some are tiny, and one is 0.

\hint
Three lines. The two averages come first, since the step is made with the new ones. Then the knob is
moved against \f$m\f$.

\hint
The correction is \f$\sqrt{1 - 0.999^t} / (1 - 0.9^t)\f$; `std::pow(0.9, t)` is \f$0.9^t\f$. The
\f$10^{-7}\f$ is added to the root, and not under it.
*/
#include <adam_step.hpp>  // yours, or the stub

#include <cmath>

#include "09_hyperparameters/reference/adam_steps.hpp"
#include "support/exercise.hpp"

namespace adam_step {

using Function = void(double&, double&, double&, int, double, double);

inline void check(tutorial::Judge& judge, Function& function) {
  double w = 1, m = 0, v = 0;
  int t = 0;
  for (const auto& [slope, weight] : reference::kAdamSteps) {
    function(w, m, v, ++t, slope, 0.01);
    judge.holds(fmt::format("step {}, slope {:.6g}: the knob at {:.9f}", t, slope, weight),
                std::abs(w - weight) <= 1e-6, fmt::format("{:.9f}", w));
  }
}

// [answer]
inline void answer(double& w, double& m, double& v, int t, double g, double rate) {
  m = 0.9 * m + 0.1 * g;
  v = 0.999 * v + 0.001 * g * g;
  const double correction = std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t));
  w -= rate * correction * m / (std::sqrt(v) + 1e-7);
}
// [answer]

namespace wrong {

inline void averages(double& m, double& v, double g) {
  m = 0.9 * m + 0.1 * g;
  v = 0.999 * v + 0.001 * g * g;
}

inline double correction(int t) {
  return std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t));
}

inline void uncorrected(double& w, double& m, double& v, int, double g, double rate) {
  averages(m, v, g);
  w -= rate * m / (std::sqrt(v) + 1e-7);
}

inline void without_root(double& w, double& m, double& v, int t, double g, double rate) {
  averages(m, v, g);
  w -= rate * (1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t)) * m / (std::sqrt(v) + 1e-7);
}

inline void latest_slope(double& w, double& m, double& v, int t, double g, double rate) {
  averages(m, v, g);
  w -= rate * std::sqrt(1 - std::pow(0.999, t)) * g / (std::sqrt(v) + 1e-7);
}

inline void old_averages(double& w, double& m, double& v, int t, double g, double rate) {
  w -= rate * correction(t) * m / (std::sqrt(v) + 1e-7);
  averages(m, v, g);
}

inline void uphill(double& w, double& m, double& v, int t, double g, double rate) {
  averages(m, v, g);
  w += rate * correction(t) * m / (std::sqrt(v) + 1e-7);
}

inline void swapped(double& w, double& m, double& v, int t, double g, double rate) {
  m = 0.1 * m + 0.9 * g;
  v = 0.001 * v + 0.999 * g * g;
  w -= rate * correction(t) * m / (std::sqrt(v) + 1e-7);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "adam_step",
      check,
      yours::adam_step,
      answer,
      {{"the averages are not corrected: the first steps have another length", wrong::uncorrected},
       {"the correction of the squares lacks its root", wrong::without_root},
       {"the step is made of the latest slope, and not of the average m", wrong::latest_slope},
       {"the knob is moved before the averages know of the new slope", wrong::old_averages},
       {"the knob goes with the slope, which is uphill", wrong::uphill},
       {"0.9 and 0.1 are swapped, and so are 0.999 and 0.001", wrong::swapped}}};
}

}  // namespace adam_step
