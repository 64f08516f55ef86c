#pragma once
/* \exercise bar_knobs
Be the training yourself. Images of 3 x 3 pixels show a bright bar, either upright, in the middle
column, or lying, in the middle row. A box has a knob for each of the nine pixels, for its output
"upright"; all knobs for "lying" are at 0. Set the nine. The program shows your box two hundred
bars, none of them quite clean, and wants the right label each time, with a confidence of 0.9 or
more.

\hint
Which pixels are bright in the one kind of bar and dark in the other? One pixel is bright in both,
and tells nothing. The corners are dark in both.

\hint
The sum for "lying" is always 0. So for an upright bar the sum of your nine products has to be well
above 0, and for a lying one well below.

\hint
If every label is right and the box is not sure enough, multiply all knobs by the same number:
section 4 shows what that does.
*/
#include <bar_knobs.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace bar_knobs {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;
using Function = Plane();

// A bar with noise: what is bright has at least 0.8, what is dark at most 0.2.
inline Plane bar(bool upright, std::uint64_t number) {
  Plane image({3, 3});
  lanewise::fill_uniform<double>(image, 0, 0.2, {.seed = 42, .stream = number});
  for (Index i = 0; i < 3; ++i) {
    double& pixel = upright ? image(i, 1) : image(1, i);
    pixel = 1 - pixel;
  }
  return image;
}

inline void check(tutorial::Judge& judge, Function& turn) {
  const Plane knobs = turn();
  judge.equal("the shape of the knobs", lanewise::Shape{3, 3}, knobs.shape());
  double least = 1;
  for (std::uint64_t number = 0; number < 200; ++number) {
    const bool upright = number % 2 == 0;
    const Plane image = bar(upright, number);
    double sum = 0;
    for (Index i = 0; i < 9; ++i) sum += knobs[i] * image[i];
    const double p = 1 / (1 + std::exp(upright ? -sum : sum));  // of the right label
    judge.holds(
        fmt::format("the label of each bar, here one that is {}", upright ? "upright" : "lying"),
        p > 0.5, fmt::format("a probability of {:.3f} for it", p));
    least = std::min(least, p);
  }
  judge.holds("a confidence of 0.9 or more each time", least >= 0.9,
              fmt::format("every label right, and {:.3f} at the least", least));
}

inline Plane answer() {
  return Plane({3, 3}, {0, 3, 0, -3, 0, -3, 0, 3, 0});
}

namespace wrong {

inline Plane nothing() {
  return Plane({3, 3});
}

inline Plane exchanged() {
  return Plane({3, 3}, {0, -3, 0, 3, 0, 3, 0, -3, 0});
}

inline Plane column() {
  return Plane({3, 3}, {0, 3, 0, 0, 3, 0, 0, 3, 0});
}

inline Plane unsure() {
  return Plane({3, 3}, {0, 1, 0, -1, 0, -1, 0, 1, 0});
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "bar_knobs",
      check,
      yours::bar_knobs,
      answer,
      {{"all knobs are at 0", wrong::nothing},
       {"upright and lying are exchanged", wrong::exchanged},
       {"the knobs are a picture of the upright bar, and nothing speaks against it", wrong::column},
       {"the knobs are right but not turned far enough", wrong::unsure}}};
}

}  // namespace bar_knobs
