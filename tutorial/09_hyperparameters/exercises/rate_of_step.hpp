#pragma once
/* \exercise rate_of_step
Land the plane of section 6. It begins at 100, each slope is off by about 1, and it has 1,000 steps.
Write the learning rate of each step. The program flies 200 times with other errors, and asks that
the plane is usually within 1 of the runway after 100 steps, and within 0.06 after 1,000.

\hint
To be there after 100 steps takes large rates at first. To be within 0.06 takes small ones at the
end: what is left of a single error is about the rate times that error.

\hint
If the rate falls too quickly, the plane stops on its way. If it is \f$1 / (1 + \text{step})\f$, all
1,000 measurements count the same in the end, like in a mean.
*/
#include <rate_of_step.hpp>  // yours, or the stub

#include <cmath>
#include <cstdint>
#include <vector>

#include "support/exercise.hpp"

namespace rate_of_step {

using Function = double(int);

constexpr int kSteps = 1000, kFlights = 200;

// The distances that are usual after each number of steps.
inline std::vector<double> distances(Function& function) {
  std::vector<double> squares(kSteps + 1);
  for (std::uint64_t flight = 0; flight < kFlights; ++flight) {
    lanewise::Tensor<double> errors({kSteps});
    lanewise::fill_normal<double>(errors, 0, 1, {.seed = flight, .stream = 9});
    double w = 100;
    for (int step = 0; step < kSteps; ++step) {
      w -= function(step) * (w + errors[step]);
      squares[static_cast<std::size_t>(step) + 1] += w * w / kFlights;
    }
  }
  for (double& one : squares) one = std::sqrt(one);
  return squares;
}

inline void check(tutorial::Judge& judge, Function& function) {
  const std::vector<double> usual = distances(function);
  const auto numbers =
      fmt::format("usually {:.4g} after 100 steps, {:.4g} after 1,000", usual[100], usual[1000]);
  judge.holds("within 1 after 100 steps", usual[100] <= 1, numbers);
  judge.holds("within 0.06 after 1,000 steps", usual[1000] <= 0.06, numbers);
}

inline double answer(int step) {
  return 1.0 / (1 + step);
}

namespace wrong {

inline double large(int) {
  return 0.5;
}

inline double small(int) {
  return 0.001;
}

inline double medium(int) {
  return 0.05;
}

inline double stops(int step) {
  return 0.5 * std::pow(0.5, step);
}

inline double grows(int step) {
  return 0.5 * (step + 1) / kSteps;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"rate_of_step",
          check,
          yours::rate_of_step,
          answer,
          {{"the rate stays large: the plane never comes to rest", wrong::large},
           {"the rate is small from the beginning: the plane does not get there", wrong::small},
           {"the rate is the same throughout: what is quick enough lands too hard", wrong::medium},
           {"the rate is halved at each step: the plane stops on its way", wrong::stops},
           {"the rate grows, and is largest at the end", wrong::grows}}};
}

}  // namespace rate_of_step
