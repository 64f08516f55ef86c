#pragma once
// Chapter 08: the perceptron's rule. It is the first exercise, too, and so its page does not show
// it before the answer.
#include "08_perceptron/perceptron.hpp"

namespace perceptron {

/// The perceptron after it has been shown `x`, which it should answer by `t`.
inline Perceptron perceptron_step(Perceptron p, const std::vector<double>& x, int t) {
  const int error = t - step(weighted_sum(p, x));
  if (error == 0) return p;
  for (std::size_t i = 0; i < x.size(); ++i) p.w[i] += error * x[i];
  p.b += error;
  return p;
}

}  // namespace perceptron
