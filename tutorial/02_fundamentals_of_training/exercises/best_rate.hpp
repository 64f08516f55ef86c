#pragma once
/* \exercise best_rate
On a parabola there is a learning rate between creeping and leaping that needs one step only: from
wherever the ball begins, the first update ends at the minimum. Find it. Your function is given the
slope of a parabola that it does not know. It may ask for the slope at any place, as often as it
likes. The program takes one step with your rate on eight parabolas, from five places each, and
wants to be on level ground after it.

\hint
Section 6: each step multiplies the distance from the minimum by \f$1 - \eta c\f$. What should this
factor be, so that no distance is left?

\hint
The curvature \f$c\f$ is by how much the slope grows for each step of 1 to the right. Two slopes
tell it.
*/
#include <best_rate.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace best_rate {

using Slope = std::function<double(double)>;
using Function = double(const Slope&);

inline void check(tutorial::Judge& judge, Function& rate) {
  for (const double curvature : {0.1, 0.5, 2.0, 30.0})
    for (const double minimum : {0.655, -4.0}) {
      const Slope slope = [=](double w) { return curvature * (w - minimum); };
      const double found = rate(slope);
      for (const double w : {-2.0, 0.0, 0.5, 1.0, 7.0}) {
        const double after = w - found * slope(w);
        judge.holds(
            "level ground after one step", std::abs(slope(after)) <= 1e-9,
            fmt::format("curvature {}, minimum at {}, rate {:.4g}: from {} to {:.6g}, where "
                        "the slope is {:.3g}",
                        curvature, minimum, found, w, after, slope(after)));
      }
    }
}

inline double answer(const Slope& slope) {
  return 1 / (slope(1) - slope(0));
}

namespace wrong {

inline double limit(const Slope& slope) {
  return 2 * answer(slope);
}

inline double from_one_slope(const Slope& slope) {
  return 1 / slope(1);
}

inline double fixed(const Slope&) {
  return 0.5;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"best_rate",
          check,
          yours::best_rate,
          answer,
          {{"this is the limit, at which the ball leaps to and fro", wrong::limit},
           {"one slope alone does not tell how strongly the bowl is curved", wrong::from_one_slope},
           {"the rate is right for the bags of apples only", wrong::fixed}}};
}

}  // namespace best_rate
