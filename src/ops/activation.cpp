// Contract in lanewise/ops/activation.hpp: checks, threads, and the choice of the kernel.
#include "lanewise/ops/activation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "parallel/parallel.hpp"

namespace lanewise {

namespace ops {
namespace {

// Nanoseconds for one element of float, of double: what was measured with AVX-512 on Zen 5, in the
// second-level cache; it decides only how many threads the work is worth.
struct Cost {
  double of_float, of_double;
  template <class T>
  constexpr double of() const {
    return sizeof(T) == 4 ? of_float : of_double;
  }
};
constexpr Cost kSelect{0.05, 0.1}, kExponential{0.3, 0.8}, kLogarithm{0.6, 2.4};
constexpr Cost kRows{0.5, 1.1};
// Most derivatives follow from the output by a little arithmetic.
constexpr Cost kArithmetic{0.07, 0.11}, kExponentialOfOutput{0.25, 0.6}, kErrorFunction{0.9, 3.3};

enum class Needs {
  nothing,
  slope,  // a parameter of at least 0
  input,  // for its derivative; the others take the output
};

// All there is to know of one activation function. It works on elements or on rows, but for linear,
// which copies.
template <class T>
struct Function {
  using Elements = simd::ActivationKernels<T>;
  using Rows = simd::SoftmaxKernels<T>;

  std::string_view name;  // empty: there is no such function
  Cost forward, backward;
  typename Elements::Pair Elements::*elements = nullptr;
  Needs needs = Needs::nothing;
  typename Rows::Forward Rows::*rows = nullptr;
  typename Rows::Backward Rows::*rows_backward = nullptr;
};

// The table. A kind without a row does not compile.
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"
template <class T>
constexpr Function<T> function_of(ActivationKind kind) {
  using E = simd::ActivationKernels<T>;
  using R = simd::SoftmaxKernels<T>;
  switch (kind) {
    case ActivationKind::linear:
      return {"linear", kSelect, kArithmetic};
    case ActivationKind::step:
      return {"step", kSelect, kArithmetic, &E::step};
    case ActivationKind::relu:
      return {"relu", kSelect, kArithmetic, &E::relu};
    case ActivationKind::leaky_relu:
      return {"leaky_relu", kSelect, kArithmetic, &E::leaky_relu, Needs::slope};
    case ActivationKind::sigmoid:
      return {"sigmoid", kExponential, kArithmetic, &E::sigmoid};
    case ActivationKind::tanh:
      return {"tanh", kExponential, kArithmetic, &E::tanh};
    case ActivationKind::softplus:
      return {"softplus", kLogarithm, kExponentialOfOutput, &E::softplus};
    case ActivationKind::elu:
      return {"elu", kExponential, kArithmetic, &E::elu, Needs::slope};
    case ActivationKind::gelu:
      return {"gelu", kLogarithm, kErrorFunction, &E::gelu, Needs::input};
    case ActivationKind::softmax:
      return {"softmax",      kRows,       kArithmetic,         nullptr,
              Needs::nothing, &R::softmax, &R::softmax_backward};
    case ActivationKind::log_softmax:
      return {"log_softmax",  kRows,           kExponentialOfOutput,    nullptr,
              Needs::nothing, &R::log_softmax, &R::log_softmax_backward};
  }
  return {};
}
#pragma GCC diagnostic pop

template <class T>
constexpr double kLargest = static_cast<double>(std::numeric_limits<T>::max());

constexpr double kRow = 12;  // what each row of a softmax costs besides

template <class T>
void check_function(const char* name, ActivationFunction f, const Shape& shape) {
  check<T>(f);
  if (function_of<T>(f.kind).rows != nullptr && shape.rank() == 0)
    throw ShapeError(fmt::format("{}: {} of a scalar, expected at least one dimension", name,
                                 to_string(f.kind)));
}

void check_shape(const char* name, ActivationFunction f, const Operand& y, const Shape& expected) {
  if (y.shape != expected)
    refuse_shape(name, {fmt::format("{} of {}", y.name, to_string(f.kind)), y.shape}, expected, {});
}

template <class T>
void copy(TensorView<const T> from, TensorView<T> to) {
  if (from.data() == to.data()) return;
  parallel::parallel_for(
      from.size(), kSelect.of<T>(),
      [&](Index begin, Index end) {
        std::copy(from.data() + begin, from.data() + end, to.data() + begin);
      },
      kAlignment / sizeof(T));
}

}  // namespace
}  // namespace ops

std::string_view to_string(ActivationKind kind) {
  const std::string_view name = ops::function_of<float>(kind).name;
  return name.empty() ? "unknown" : name;
}

namespace ops {

template <class T>
void check(ActivationFunction f) {
  const Function<T> function = function_of<T>(f.kind);
  if (function.name.empty())
    throw ArgumentError(
        fmt::format("activation: got an unknown ActivationKind, {}", static_cast<int>(f.kind)));
  const bool has_slope = function.needs == Needs::slope;
  // NaN fails every comparison.
  const double least = has_slope ? 0 : std::numeric_limits<double>::lowest();
  if (!(f.parameter >= least && std::abs(f.parameter) <= kLargest<T>))
    throw ArgumentError(
        fmt::format("activation: got {} with a parameter of {}, expected a finite number{}",
                    function.name, f.parameter, has_slope ? " of at least 0" : ""));
}

bool backward_needs_input(ActivationFunction f) {
  return function_of<float>(f.kind).needs == Needs::input;
}

template <class T>
void activation_forward(ActivationFunction f, TensorView<const T> x, TensorView<T> y) {
  check_function<T>("activation_forward", f, x.shape());
  check_shape("activation_forward", f, {"y", y.shape()}, x.shape());
  if (x.empty()) return;
  const parallel::FlushToZero guard;
  const Function<T> function = function_of<T>(f.kind);
  const double cost = function.forward.template of<T>();
  if (function.rows != nullptr) {
    const auto kernel = cpu::kernels<simd::SoftmaxKernels<T>>().*function.rows;
    const Index columns = x.shape()[-1];
    const double row_cost = kRow + cost * static_cast<double>(columns);
    parallel::parallel_for(x.size() / columns, row_cost, [&](Index begin, Index end) {
      kernel(x.data() + begin * columns, y.data() + begin * columns, end - begin, columns);
    });
    return;
  }
  if (function.elements == nullptr) return copy(x, y);
  const auto kernel = (cpu::kernels<simd::ActivationKernels<T>>().*function.elements).forward;
  const T parameter = static_cast<T>(f.parameter);
  parallel::parallel_for(
      x.size(), cost,
      [&](Index begin, Index end) {
        kernel(x.data() + begin, y.data() + begin, end - begin, parameter);
      },
      kAlignment / sizeof(T));
}

template <class T>
void activation_backward(ActivationFunction f, TensorView<const T> saved, TensorView<const T> dy,
                         TensorView<T> dx) {
  check_function<T>("activation_backward", f, saved.shape());
  check_shape("activation_backward", f, {"dy", dy.shape()}, saved.shape());
  check_shape("activation_backward", f, {"dx", dx.shape()}, saved.shape());
  if (dy.empty()) return;
  const parallel::FlushToZero guard;
  const Function<T> function = function_of<T>(f.kind);
  const double cost = function.backward.template of<T>();
  if (function.rows != nullptr) {
    const auto kernel = cpu::kernels<simd::SoftmaxKernels<T>>().*function.rows_backward;
    const Index columns = dy.shape()[-1];
    const double row_cost = kRow + cost * static_cast<double>(columns);
    parallel::parallel_for(dy.size() / columns, row_cost, [&](Index begin, Index end) {
      const Index first = begin * columns;
      kernel(saved.data() + first, dy.data() + first, dx.data() + first, end - begin, columns);
    });
    return;
  }
  if (function.elements == nullptr) return copy(dy, dx);
  const auto kernel = (cpu::kernels<simd::ActivationKernels<T>>().*function.elements).backward;
  const T parameter = static_cast<T>(f.parameter);
  parallel::parallel_for(
      dy.size(), cost,
      [&](Index begin, Index end) {
        kernel(saved.data() + begin, dy.data() + begin, dx.data() + begin, end - begin, parameter);
      },
      kAlignment / sizeof(T));
}

#define LANEWISE_INSTANTIATE(T)                                                           \
  template LANEWISE_API void check<T>(ActivationFunction);                                \
  template LANEWISE_API void activation_forward(ActivationFunction, TensorView<const T>,  \
                                                TensorView<T>);                           \
  template LANEWISE_API void activation_backward(ActivationFunction, TensorView<const T>, \
                                                 TensorView<const T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)

}  // namespace ops
}  // namespace lanewise
