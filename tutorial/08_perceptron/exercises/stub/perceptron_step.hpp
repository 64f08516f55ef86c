#pragma once
// An exercise of chapter 08. Its page has hints, and the answer.
#include <vector>

#include "08_perceptron/perceptron.hpp"
#include "support/exercise.hpp"

namespace yours {

using perceptron::Perceptron;    // has the weights w and the bias b
using perceptron::step;          // step(sum) is 1 if the sum is above 0, and else 0
using perceptron::weighted_sum;  // weighted_sum(p, x)

/// The perceptron `p` after it has been shown the inputs `x`, whose label is `t`, 0 or 1.
inline Perceptron perceptron_step(Perceptron p, const std::vector<double>& x, int t) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
