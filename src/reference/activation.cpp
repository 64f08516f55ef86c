#include "reference/activation.hpp"

#include <cmath>
#include <numbers>

#include "reference/softmax.hpp"

namespace lanewise::reference {
namespace {

// In long double: an error of the argument is x^2 times as large in the result.
long double normal_cdf(long double x) {
  return 0.5L * std::erfc(-x / std::numbers::sqrt2_v<long double>);
}

// A kind that is missing below does not compile.
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"

long double value(ActivationFunction f, double x) {
  switch (f.kind) {
    case ActivationKind::linear:
      return x;
    case ActivationKind::step:
      return std::isnan(x) ? x : (x > 0 ? 1 : 0);
    case ActivationKind::relu:
      return x < 0 ? 0 : x;
    case ActivationKind::leaky_relu:
      return x > 0 ? x : f.parameter * x;
    case ActivationKind::sigmoid:
      return 1 / (1 + std::exp(-x));
    case ActivationKind::tanh:
      return std::tanh(x);
    case ActivationKind::softplus:
      return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    case ActivationKind::elu:
      return x > 0 ? x : f.parameter * std::expm1(x);
    case ActivationKind::gelu:
      return std::isinf(x) && x < 0 ? -0.0L : x * normal_cdf(x);
    case ActivationKind::softmax:
    case ActivationKind::log_softmax:
      break;  // of rows, not of elements
  }
  return std::nan("");
}

// The derivative from y = f(x), for gelu from x.
long double derivative(ActivationFunction f, double saved) {
  switch (f.kind) {
    case ActivationKind::linear:
      return 1;
    case ActivationKind::step:
      return 0;
    case ActivationKind::relu:
      return saved <= 0 ? 0 : 1;
    case ActivationKind::leaky_relu:
      return saved > 0 ? 1 : f.parameter;
    case ActivationKind::sigmoid:
      return saved * (1 - saved);
    case ActivationKind::tanh:
      return (1 - saved) * (1 + saved);
    case ActivationKind::softplus:
      return -std::expm1(-saved);
    case ActivationKind::elu:
      return saved > 0 ? 1 : saved + f.parameter;
    case ActivationKind::gelu: {
      const long double x = saved;
      const long double pdf = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi_v<long double>);
      return normal_cdf(x) + (std::isinf(saved) ? 0 : x * pdf);
    }
    case ActivationKind::softmax:
    case ActivationKind::log_softmax:
      break;  // of rows, not of elements
  }
  return std::nan("");
}

#pragma GCC diagnostic pop

}  // namespace

template <class T>
void activation_forward(ActivationFunction f, TensorView<const T> x, TensorView<T> y) {
  if (f.kind == ActivationKind::softmax) return softmax(x, y);
  if (f.kind == ActivationKind::log_softmax) return log_softmax(x, y);
  for (Index i = 0; i < x.size(); ++i) y[i] = static_cast<T>(value(f, static_cast<double>(x[i])));
}

template <class T>
void activation_backward(ActivationFunction f, TensorView<const T> saved, TensorView<const T> dy,
                         TensorView<T> dx) {
  if (f.kind == ActivationKind::softmax) return softmax_backward(saved, dy, dx);
  if (f.kind == ActivationKind::log_softmax) return log_softmax_backward(saved, dy, dx);
  for (Index i = 0; i < dy.size(); ++i) {
    const long double slope = derivative(f, static_cast<double>(saved[i]));
    dx[i] = slope == 0 ? T(0) : static_cast<T>(static_cast<long double>(dy[i]) * slope);
  }
}

#define LANEWISE_INSTANTIATE(T)                                                                   \
  template void activation_forward(ActivationFunction, TensorView<const T>, TensorView<T>);       \
  template void activation_backward(ActivationFunction, TensorView<const T>, TensorView<const T>, \
                                    TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)

}  // namespace lanewise::reference
