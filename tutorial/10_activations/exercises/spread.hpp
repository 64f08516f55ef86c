#pragma once
/* \exercise spread
How large should random weights be? Your function is told how many units each layer of a network
with ReLU has, and returns the deviation of its weights. The program makes networks of thirty layers
with 16, 64 and 150 units, draws their weights with your deviation, and computes by what a layer
multiplies the gradient on its way back, in the mean over some networks. It wants a factor between
0.85 and 1.15 for all of them.

\hint
Section 5 says it for 64 units: \f$8s\f$ is \f$\sqrt{64}\,s\f$, and ReLU lets half of the units
pass.

\hint
The factor is \f$\sqrt{n}\,s\,\sqrt{1/2}\f$. It has to be 1.
*/
#include <spread.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace spread {

namespace lw = lanewise;
using lw::Index;
using Function = double(Index);

// By what a layer of such a network multiplies the gradient of the biases, in the mean.
inline double factor(Index units, double deviation) {
  constexpr int kLayers = 30, kNetworks = 8;
  lw::Tensor<double> x({8, units}), t({8, 1});
  lw::fill_normal<double>(x, 0, 1, {.seed = 1});
  lw::fill_normal<double>(t, 0, 1, {.seed = 2});
  double logarithms = 0;
  for (std::uint64_t seed = 0; seed < kNetworks; ++seed) {
    const lw::Initializer normal = lw::RandomNormal{.mean = 0, .stddev = deviation};
    lw::BasicSequential<double> model{lw::Input{{units}}};
    for (int layer = 0; layer < kLayers; ++layer)
      model.add(lw::Dense{units, {.activation = lw::relu, .kernel_initializer = normal}});
    model.add(lw::Dense{1, {.kernel_initializer = normal}});
    model.set_seed(seed);
    model.build();
    model.compute_gradients(lw::MeanSquaredError{}, x, t);
    const auto norm = [&](std::size_t layer) {
      const auto slopes = model.parameters()[2 * layer + 1].gradient;
      double squares = 0;
      for (const double slope : slopes) squares += slope * slope;
      return std::sqrt(squares);
    };
    logarithms += std::log(norm(0) / norm(kLayers - 1));
  }
  return std::exp(logarithms / kNetworks / (kLayers - 1));
}

inline void check(tutorial::Judge& judge, Function& deviation) {
  for (const Index units : {16, 64, 150}) {
    const double chosen = deviation(units);
    judge.holds("a deviation above 0", chosen > 0, fmt::format("{} units: {}", units, chosen));
    const double found = factor(units, chosen);
    judge.holds("a factor near 1", found > 0.85 && found < 1.15,
                fmt::format("{} units, deviation {:.4g}: a layer multiplies by {:.3f}", units,
                            chosen, found));
  }
}

inline double answer(Index units) {
  return std::sqrt(2.0 / static_cast<double>(units));
}

namespace wrong {

inline double for_tanh(Index units) {
  return std::sqrt(1.0 / static_cast<double>(units));
}

inline double variance(Index units) {
  return 2.0 / static_cast<double>(units);
}

inline double fixed(Index) {
  return std::sqrt(2.0 / 64);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"spread",
          check,
          yours::spread,
          answer,
          {{"this is right for tanh; ReLU lets only half of the units pass", wrong::for_tanh},
           {"the root is left out", wrong::variance},
           {"the deviation is right for 64 units only", wrong::fixed}}};
}

}  // namespace spread
