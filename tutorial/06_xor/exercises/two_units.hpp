#pragma once
/* \exercise two_units
Section 3 says that two units can answer whatever one likes at the four corners. Show it: write a
function that is given the four answers and returns the nine weights. No training. The program tries
all sixteen gates, and then answers that are neither 0 nor 1.

\hint
Begin with a plane that is right at three corners. A ReLU is a plane wherever it is alive, so make
the first unit alive at all four corners; its bias can do that, and the bias of the output takes
back what is too much.

\hint
The second unit of section 2, which is alive at (1, 1) alone, makes up for the fourth corner.
*/
#include <two_units.hpp>  // yours, or the stub

#include <algorithm>
#include <cmath>

#include "support/exercise.hpp"

namespace two_units {

using Labels = std::array<double, 4>;
using Weights = std::array<double, 9>;
using Function = Weights(const Labels&);

inline void check_one(tutorial::Judge& judge, Function& function, const Labels& labels) {
  const Weights w = function(labels);
  for (std::size_t p = 0; p < 4; ++p) {
    const double x1 = p < 2 ? 0 : 1, x2 = p % 2 == 0 ? 0 : 1;
    const double h1 = std::max(w[0] * x1 + w[1] * x2 + w[2], 0.0);
    const double h2 = std::max(w[3] * x1 + w[4] * x2 + w[5], 0.0);
    const double y = w[6] * h1 + w[7] * h2 + w[8];
    judge.equal(fmt::format("answers {:.3g} {:.3g} {:.3g} {:.3g}, at ({}, {})", labels[0],
                            labels[1], labels[2], labels[3], x1, x2),
                labels[p], std::abs(y - labels[p]) <= 1e-9 ? labels[p] : y);
  }
}

inline void check(tutorial::Judge& judge, Function& function) {
  check_one(judge, function, {0, 1, 1, 0});
  for (int gate = 0; gate < 16; ++gate)
    check_one(judge, function,
              {static_cast<double>(gate / 8), static_cast<double>(gate / 4 % 2),
               static_cast<double>(gate / 2 % 2), static_cast<double>(gate % 2)});
  lanewise::Tensor<double> any({50, 4});
  lanewise::fill_uniform<double>(any, -2, 2, {.seed = 6});
  for (lanewise::Index i = 0; i < 50; ++i)
    check_one(judge, function, {any(i, 0), any(i, 1), any(i, 2), any(i, 3)});
}

inline Weights answer(const Labels& labels) {
  const double a = labels[2] - labels[0], b = labels[1] - labels[0];
  const double lift = std::abs(a) + std::abs(b);  // alive at all corners
  const double rest = labels[3] - (labels[0] + a + b);
  return {a, b, lift, 1, 1, -1, 1, rest, labels[0] - lift};
}

namespace wrong {

inline Weights only_xor(const Labels&) {
  return {1, 1, 0, 1, 1, -1, 1, -2, 0};
}

inline Weights only_plane(const Labels& labels) {
  Weights weights = answer(labels);
  weights[7] = 0;
  return weights;
}

inline Weights not_lifted(const Labels& labels) {
  Weights weights = answer(labels);
  weights[2] = 0;
  weights[8] = labels[0];
  return weights;
}

inline Weights not_taken_back(const Labels& labels) {
  Weights weights = answer(labels);
  weights[8] = labels[0];
  return weights;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"two_units",
          check,
          yours::two_units,
          answer,
          {{"the weights are those of XOR, whatever is asked for", wrong::only_xor},
           {"a plane alone has to do", wrong::only_plane},
           {"the first unit is dead where the plane is negative", wrong::not_lifted},
           {"what keeps the first unit alive is not taken back", wrong::not_taken_back}}};
}

}  // namespace two_units
