#pragma once
/* \exercise init
Write the first weights of a network, better ones than Glorot's. At most 4 units are allowed, and
the weights have to be other ones for each seed. The program trains your networks with the seeds 0
to 99 for 5,000 steps, by Adam, as section 4 does. At least 95 of them have to be solved. Two things
are refused: starts that are solved before they are trained, and weights of the hidden layer that
are nearly the same for all seeds.

\hint
Section 6 says what goes wrong: units that are dead, and units that are all alive at the same
points. Which signs of \f$w_1\f$ and \f$w_2\f$ make a unit alive at (1, 0) and not at (0, 1)?

\hint
Draw the sizes of the weights at random, and choose their signs. Two units are enough if each looks
at one of the two points with the label 1, and if the output adds what they say.
*/
#include <init.hpp>  // yours, or the stub

#include <algorithm>
#include <cmath>

#include "support/exercise.hpp"

namespace init {

namespace lw = lanewise;
using lw::Index;
using Weights = std::vector<lw::Tensor<float>>;
using Function = Weights(std::uint64_t);

constexpr Index kSeeds = 100, kSolved = 95, kMostUnits = 4;

inline void check_shapes(tutorial::Judge& judge, const Weights& start) {
  judge.equal("how many tensors", 4, static_cast<double>(start.size()));
  judge.equal("dimensions of the first kernel", 2, static_cast<double>(start[0].shape().rank()));
  const Index units = start[0].shape()[1];
  judge.holds("4 units at most, and one at least", units >= 1 && units <= kMostUnits,
              fmt::format("{} units", units));
  const lw::Shape shapes[] = {{2, units}, {units}, {units, 1}, {1}};
  for (std::size_t i = 0; i < 4; ++i)
    judge.equal(fmt::format("the shape of tensor {}", i), shapes[i], start[i].shape());
}

// Weights that hardly depend on the seed are no initialization.
inline void check_spread(tutorial::Judge& judge, const std::vector<Weights>& starts) {
  const lw::Shape& shape = starts[0][0].shape();
  for (Index i = 0; i < shape.size(); ++i) {
    float low = starts[0][0][i], high = low;
    for (const Weights& one : starts) {
      judge.equal("the shape of the first kernel, which is that of seed 0", shape, one[0].shape());
      low = std::min(low, one[0][i]);
      high = std::max(high, one[0][i]);
    }
    judge.holds("weights of the hidden layer that differ by 0.1 or more from seed to seed",
                high - low >= 0.1F, fmt::format("weight {}: from {:.3f} to {:.3f}", i, low, high));
  }
}

inline void check(tutorial::Judge& judge, Function& function) {
  std::vector<Weights> starts;
  for (Index seed = 0; seed < kSeeds; ++seed) {
    starts.push_back(function(static_cast<std::uint64_t>(seed)));
    check_shapes(judge, starts.back());
  }
  check_spread(judge, starts);
  const lw::Tensor<float> x({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}), t({4, 1}, {0, 1, 1, 0});
  Index solved_before = 0, solved = 0;
  std::vector<lw::Sequential> networks;
  for (const Weights& start : starts) {
    networks.push_back(
        {lw::Input{{2}}, lw::Dense{start[0].shape()[1], {.activation = lw::relu}}, lw::Dense{1}});
    networks.back().compile({.optimizer = lw::Adam{}, .loss = lw::MeanSquaredError{}});
    networks.back().build();
    auto parameters = networks.back().parameters();
    for (std::size_t i = 0; i < 4; ++i)
      std::copy(start[i].begin(), start[i].end(), parameters[i].value.begin());
    if (networks.back().evaluate(x, t)["loss"] < 1e-3) ++solved_before;
  }
  judge.holds("5 of 100 networks, or fewer, that are solved before they are trained",
              solved_before <= kSeeds - kSolved, fmt::format("{} of {}", solved_before, kSeeds));
  for (lw::Sequential& network : networks) {
    for (int step = 0; step < 5000; ++step) network.train_on_batch(x, t);
    if (network.evaluate(x, t)["loss"] < 1e-3) ++solved;
  }
  judge.holds("95 of 100 seeds solved, or more", solved >= kSolved,
              fmt::format("{} of {} after 5,000 steps", solved, kSeeds));
}

// [answer]
inline Weights answer(std::uint64_t seed) {
  lw::Tensor<float> kernel({2, 2}), biases({2}), last_kernel({2, 1}), last_bias({1});
  lw::fill_uniform<float>(kernel, 0.5F, 1.2F, {.seed = seed, .stream = 0});
  lw::fill_uniform<float>(last_kernel, 0.5F, 1.2F, {.seed = seed, .stream = 1});
  kernel(1, 0) = -kernel(1, 0);  // the first unit is alive at (1, 0)
  kernel(0, 1) = -kernel(0, 1);  // the second one at (0, 1)
  return {kernel, biases, last_kernel, last_bias};
}
// [answer]

namespace wrong {

inline Weights glorot_of(Index units, std::uint64_t seed) {
  lw::Tensor<float> kernel({2, units}), biases({units}), last_kernel({units, 1}), last_bias({1});
  lw::initialize<float>(lw::GlorotUniform{}, {2, units}, {.seed = seed, .stream = 0}, kernel);
  lw::initialize<float>(lw::GlorotUniform{}, {units, 1}, {.seed = seed, .stream = 1}, last_kernel);
  return {kernel, biases, last_kernel, last_bias};
}

inline Weights glorot(std::uint64_t seed) {
  return glorot_of(4, seed);
}

inline Weights sixteen(std::uint64_t seed) {
  return glorot_of(16, seed);
}

inline Weights fixed(std::uint64_t) {
  return answer(0);
}

inline Weights alike(std::uint64_t seed) {
  Weights start = glorot(seed);
  for (Index u = 1; u < 4; ++u) {
    start[0](0, u) = start[0](0, 0);
    start[0](1, u) = start[0](1, 0);
    start[2](u, 0) = start[2](0, 0);
  }
  return start;
}

inline Weights solution(std::uint64_t seed) {
  Weights start = answer(seed);  // relu(a x1 - a x2) / a + relu(b x2 - b x1) / b
  for (Index u = 0; u < 2; ++u) {
    start[0](1 - u, u) = -start[0](u, u);
    start[2](u, 0) = 1 / start[0](u, u);
  }
  return start;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"init",
          check,
          yours::init,
          answer,
          {{"the weights are Glorot's: of four units, one is born dead on average", wrong::glorot},
           {"there are more units than allowed", wrong::sixteen},
           {"the seed is not used", wrong::fixed},
           {"all units begin alike: they get the same gradient and stay alike", wrong::alike},
           {"the solution is handed over, and nothing is left to learn", wrong::solution}}};
}

}  // namespace init
