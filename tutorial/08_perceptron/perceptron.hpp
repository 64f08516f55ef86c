#pragma once
// Chapter 08: the perceptron, and the examples that it learns from.
#include <cstddef>
#include <vector>

#include "lanewise/lanewise.hpp"

namespace perceptron {

// [neuron]
struct Perceptron {
  std::vector<double> w;  // a weight for each input
  double b = 0;           // the bias
};

inline double weighted_sum(const Perceptron& p, const std::vector<double>& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * p.w[i];
  return sum + p.b;
}

inline int step(double sum) {
  return sum > 0 ? 1 : 0;
}
// [neuron]

// [examples]
struct Example {
  std::vector<double> x;  // the inputs
  int t;                  // the label: 0 or 1
};
using Examples = std::vector<Example>;

inline Examples truth_table(int of_00, int of_01, int of_10, int of_11) {
  return {{{0, 0}, of_00}, {{0, 1}, of_01}, {{1, 0}, of_10}, {{1, 1}, of_11}};
}
// [examples]

/// The inputs as the library takes them, a row an example.
template <class T>
lanewise::Tensor<T> inputs(const Examples& examples) {
  const auto count = std::ssize(examples), width = std::ssize(examples.front().x);
  lanewise::Tensor<T> x({count, width});
  lanewise::Index at = 0;
  for (const Example& one : examples)
    for (const double value : one.x) x[at++] = static_cast<T>(value);
  return x;
}

/// The labels as the library takes them: of the shape (examples, 1).
template <class T>
lanewise::Tensor<T> labels(const Examples& examples) {
  lanewise::Tensor<T> t({std::ssize(examples), 1});
  lanewise::Index at = 0;
  for (const Example& one : examples) t[at++] = static_cast<T>(one.t);
  return t;
}

}  // namespace perceptron
