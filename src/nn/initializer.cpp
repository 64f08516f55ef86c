// Contract in lanewise/nn/initializer.hpp.
#include "lanewise/nn/initializer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>

#include "lanewise/error.hpp"
#include "nn/instantiate.hpp"

namespace lanewise {
namespace {

// Standard deviation of a standard normal variate that is truncated at ±2; Keras divides by it.
constexpr double kTruncatedDeviation = 0.87962566103423978;

// Units that a parameter has; what it divides by is one of these.
double inputs(Fan fan) {
  if (fan.in < 1)
    throw ArgumentError(fmt::format("initialize: got a fan of {}, expected at least 1", fan.in));
  return static_cast<double>(fan.in);
}
double both(Fan fan) {
  return inputs(fan) + inputs({fan.out});
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
void check_finite(std::string_view initializer, std::initializer_list<double> numbers) {
  for (const double number : numbers)
    if (!(std::abs(number) <= static_cast<double>(std::numeric_limits<T>::max())))  // or NaN
      throw ArgumentError(fmt::format("{}: got {}, expected finite numbers", initializer,
                                      fmt::join(numbers, ", ")));
}

template <class T, class Draw>
class Instance final : public InitializerInstance<T> {
 public:
  explicit Instance(Draw draw) : draw_(std::move(draw)) {}
  void fill(TensorView<T> weights, Fan fan, RandomKey key) const override {
    draw_(weights, fan, key);
  }

 private:
  Draw draw_;
};

// draw(weights, fan, key).
template <class T, class Draw>
std::unique_ptr<InitializerInstance<T>> drawn_by(Draw draw) {
  return std::make_unique<Instance<T, Draw>>(std::move(draw));
}

template <class T>
std::unique_ptr<InitializerInstance<T>> constant(double value) {
  return drawn_by<T>([value](TensorView<T> weights, Fan, RandomKey) {
    std::fill(weights.begin(), weights.end(), static_cast<T>(value));
  });
}

// Within ±sqrt(factor / units), or of a deviation of that.
template <class T>
std::unique_ptr<InitializerInstance<T>> scaled_uniform(double factor, double (*units)(Fan)) {
  return drawn_by<T>([=](TensorView<T> weights, Fan fan, RandomKey key) {
    const double limit = std::sqrt(factor / units(fan));
    fill_uniform<T>(weights, static_cast<T>(-limit), static_cast<T>(limit), key);
  });
}
template <class T>
std::unique_ptr<InitializerInstance<T>> scaled_normal(double factor, double (*units)(Fan)) {
  return drawn_by<T>([=](TensorView<T> weights, Fan fan, RandomKey key) {
    truncated_normal(std::sqrt(factor / units(fan)), key, weights);
  });
}

}  // namespace

template <class T>
std::unique_ptr<InitializerInstance<T>> Constant::make() const {
  check_finite<T>("Constant", {value});
  return constant<T>(value);
}

template <class T>
std::unique_ptr<InitializerInstance<T>> RandomUniform::make() const {
  check_finite<T>("RandomUniform", {minval, maxval});
  check_finite<T>("RandomUniform", {maxval - minval});
  if (minval > maxval)
    throw ArgumentError(fmt::format(
        "RandomUniform: got bounds of {} and {}, expected minval <= maxval", minval, maxval));
  return drawn_by<T>([u = *this](TensorView<T> weights, Fan, RandomKey key) {
    fill_uniform<T>(weights, static_cast<T>(u.minval), static_cast<T>(u.maxval), key);
  });
}

template <class T>
std::unique_ptr<InitializerInstance<T>> RandomNormal::make() const {
  check_finite<T>("RandomNormal", {mean, stddev});
  if (stddev < 0)
    throw ArgumentError(
        fmt::format("RandomNormal: got a stddev of {}, expected at least 0", stddev));
  return drawn_by<T>([n = *this](TensorView<T> weights, Fan, RandomKey key) {
    fill_normal<T>(weights, static_cast<T>(n.mean), static_cast<T>(n.stddev), key);
  });
}

LANEWISE_INSTANTIATE_MAKE(Constant)
LANEWISE_INSTANTIATE_MAKE(RandomUniform)
LANEWISE_INSTANTIATE_MAKE(RandomNormal)

#define LANEWISE_MADE_BY(Initializer, ...)                            \
  template <class T>                                                  \
  std::unique_ptr<InitializerInstance<T>> Initializer::make() const { \
    return __VA_ARGS__;                                               \
  }                                                                   \
  LANEWISE_INSTANTIATE_MAKE(Initializer)
LANEWISE_MADE_BY(Zeros, constant<T>(0))
LANEWISE_MADE_BY(Ones, constant<T>(1))
LANEWISE_MADE_BY(GlorotUniform, scaled_uniform<T>(6, both))
LANEWISE_MADE_BY(GlorotNormal, scaled_normal<T>(2, both))
LANEWISE_MADE_BY(HeUniform, scaled_uniform<T>(6, inputs))
LANEWISE_MADE_BY(HeNormal, scaled_normal<T>(2, inputs))
LANEWISE_MADE_BY(LecunUniform, scaled_uniform<T>(3, inputs))
LANEWISE_MADE_BY(LecunNormal, scaled_normal<T>(1, inputs))
#undef LANEWISE_MADE_BY

template <class T>
void initialize(const Initializer& initializer, Fan fan, RandomKey key, TensorView<T> weights) {
  initializer.make<T>()->fill(weights, fan, key);
}

template void initialize(const Initializer&, Fan, RandomKey, TensorView<float>);
template void initialize(const Initializer&, Fan, RandomKey, TensorView<double>);

}  // namespace lanewise
