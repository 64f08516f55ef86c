// Contract in lanewise/nn/initializer.hpp.
#include "lanewise/nn/initializer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>

#include "lanewise/error.hpp"

namespace lanewise {
namespace {

// Standard deviation of a standard normal variate that is truncated at ±2; Keras divides by it.
constexpr double kTruncatedDeviation = 0.87962566103423978;

void check_fan(Index fan) {
  if (fan < 1)
    throw ArgumentError(fmt::format("initialize: got a fan of {}, expected at least 1", fan));
}

template <class T>
void symmetric_uniform(double limit, RandomKey key, TensorView<T> weights) {
  fill_uniform<T>(weights, static_cast<T>(-limit), static_cast<T>(limit), key);
}

// Draws a whole tensor, then draws again for the elements beyond two deviations (4.6 % of them)
// until none is left. Round r is a stream of its own, so that an element depends on the key and its
// position.
template <class T>
void truncated_normal(double deviation, RandomKey key, TensorView<T> weights) {
  fill_normal<T>(weights, T(0), T(1), key);
  Tensor<T> redrawn(weights.shape());
  const auto outside = [](T x) { return !(std::abs(x) <= T(2)); };
  for (std::uint64_t round = 1; std::any_of(weights.begin(), weights.end(), outside); ++round) {
    fill_normal<T>(redrawn, T(0), T(1), {key.seed, key.stream + (round << 48)});
    for (Index i = 0; i < weights.size(); ++i)
      if (outside(weights[i])) weights[i] = redrawn[i];
  }
  const double scale = deviation / kTruncatedDeviation;
  for (T& weight : weights) weight = static_cast<T>(weight * scale);
}

// Refuses numbers that are none, or too large for an element.
template <class T>
struct Check {
  template <class... Numbers>
  static void finite(const char* initializer, Numbers... numbers) {
    const auto is_finite = [](double x) {  // NaN fails every comparison
      return std::abs(x) <= static_cast<double>(std::numeric_limits<T>::max());
    };
    if (!(is_finite(numbers) && ...))
      throw ArgumentError(fmt::format("{}: got {}, expected finite numbers", initializer,
                                      fmt::join({numbers...}, ", ")));
  }

  void operator()(const auto&) const {}  // the others have no numbers
  void operator()(Constant c) const { finite("Constant", c.value); }
  void operator()(RandomUniform u) const {
    finite("RandomUniform", u.low, u.high);
    finite("RandomUniform", u.high - u.low);
    if (u.low > u.high)
      throw ArgumentError(fmt::format(
          "RandomUniform: got bounds of {} and {}, expected low <= high", u.low, u.high));
  }
  void operator()(RandomNormal n) const {
    finite("RandomNormal", n.mean, n.deviation);
    if (n.deviation < 0)
      throw ArgumentError(
          fmt::format("RandomNormal: got a deviation of {}, expected at least 0", n.deviation));
  }
};

template <class T>
struct Fill {
  Fan fan;
  RandomKey key;
  TensorView<T> weights;

  double inputs() const {
    check_fan(fan.in);
    return static_cast<double>(fan.in);
  }
  double both() const {
    check_fan(fan.in);
    check_fan(fan.out);
    return static_cast<double>(fan.in) + static_cast<double>(fan.out);
  }
  void constant(double value) const {
    std::fill(weights.begin(), weights.end(), static_cast<T>(value));
  }

  void operator()(Zeros) const { constant(0); }
  void operator()(Ones) const { constant(1); }
  void operator()(Constant c) const { constant(c.value); }
  void operator()(RandomUniform u) const {
    fill_uniform<T>(weights, static_cast<T>(u.low), static_cast<T>(u.high), key);
  }
  void operator()(RandomNormal n) const {
    fill_normal<T>(weights, static_cast<T>(n.mean), static_cast<T>(n.deviation), key);
  }
  void operator()(GlorotUniform) const { symmetric_uniform(std::sqrt(6 / both()), key, weights); }
  void operator()(GlorotNormal) const { truncated_normal(std::sqrt(2 / both()), key, weights); }
  void operator()(HeUniform) const { symmetric_uniform(std::sqrt(6 / inputs()), key, weights); }
  void operator()(HeNormal) const { truncated_normal(std::sqrt(2 / inputs()), key, weights); }
  void operator()(LecunUniform) const { symmetric_uniform(std::sqrt(3 / inputs()), key, weights); }
  void operator()(LecunNormal) const { truncated_normal(std::sqrt(1 / inputs()), key, weights); }
};

}  // namespace

template <class T>
void check(const Initializer& initializer) {
  std::visit(Check<T>{}, initializer);
}

template <class T>
void initialize(const Initializer& initializer, Fan fan, RandomKey key, TensorView<T> weights) {
  check<T>(initializer);
  std::visit(Fill<T>{fan, key, weights}, initializer);
}

template void check<float>(const Initializer&);
template void check<double>(const Initializer&);
template void initialize(const Initializer&, Fan, RandomKey, TensorView<float>);
template void initialize(const Initializer&, Fan, RandomKey, TensorView<double>);

}  // namespace lanewise
