// Contract in lanewise/ops/activation.hpp: checks, threads, and the choice of the kernel.
#include "ops/activation.hpp"

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

  std::string_view name;     // empty: there is no such function
  double forward, backward;  // flops an element
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
  // Most derivatives follow from the output by a little arithmetic.
  constexpr double kSelect = 1, kArithmetic = 4;
  constexpr double kOne = parallel::kTranscendental<T>;
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
      return {"sigmoid", kOne, kArithmetic, &E::sigmoid};
    case ActivationKind::tanh:
      return {"tanh", kOne, kArithmetic, &E::tanh};
    case ActivationKind::softplus:
      return {"softplus", 2 * kOne, kOne, &E::softplus};
    case ActivationKind::elu:
      return {"elu", kOne, kArithmetic, &E::elu, Needs::slope};
    case ActivationKind::gelu:
      return {"gelu", kOne, 2 * kOne, &E::gelu, Needs::input};
    case ActivationKind::softmax:
      return {"softmax",      kOne,        kArithmetic,         nullptr,
              Needs::nothing, &R::softmax, &R::softmax_backward};
    case ActivationKind::log_softmax:
      return {"log_softmax",           kOne, kOne, nullptr, Needs::nothing, &R::log_softmax,
              &R::log_softmax_backward};
  }
  return {};
}
#pragma GCC diagnostic pop

template <class T>
constexpr double kLargest = static_cast<double>(std::numeric_limits<T>::max());

template <class T>
constexpr Index kLine = kAlignment / sizeof(T);

// The function's row in the table.
template <class T>
Function<T> checked(ActivationFunction f) {
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
  return function;
}

template <class T>
Function<T> checked(const char* name, ActivationFunction f, const Shape& shape) {
  const Function<T> function = checked<T>(f);
  if (function.rows != nullptr && shape.rank() == 0)
    throw ShapeError(
        fmt::format("{}: {} of a scalar, expected at least one dimension", name, function.name));
  return function;
}

void check_shape(const char* name, ActivationFunction f, const Operand& y, const Shape& expected) {
  if (y.shape != expected)
    refuse_shape(name, {fmt::format("{} of {}", y.name, to_string(f.kind)), y.shape}, expected, {});
}

template <class T>
void copy(const T* from, T* to, Index size) {
  if (from == to) return;
  parallel::parallel_for(
      size, parallel::Work<T>{.bytes = 2 * sizeof(T)},
      [&](Index begin, Index end) { std::copy(from + begin, from + end, to + begin); }, kLine<T>);
}

template <class T>
parallel::Work<T> row_work(double flops, double arrays, Index columns) {
  const auto count = static_cast<double>(columns);
  return {2 * parallel::reduction_flops<T>() + flops * count, arrays * sizeof(T) * count};
}

template <class T>
void forward(const Function<T>& function, double slope, const T* x, T* y, Index rows,
             Index columns) {
  if (function.rows != nullptr) {
    const auto kernel = cpu::kernels<simd::SoftmaxKernels<T>>().*function.rows;
    return parallel::parallel_for(
        rows, row_work<T>(function.forward, 2, columns), [&](Index begin, Index end) {
          kernel(x + begin * columns, y + begin * columns, end - begin, columns);
        });
  }
  if (function.elements == nullptr) return copy(x, y, rows * columns);
  const auto kernel = (cpu::kernels<simd::ActivationKernels<T>>().*function.elements).forward;
  parallel::parallel_for(
      rows * columns, parallel::Work<T>{function.forward, 2 * sizeof(T)},
      [&](Index begin, Index end) {
        kernel(x + begin, y + begin, end - begin, static_cast<T>(slope));
      },
      kLine<T>);
}

}  // namespace

template <class T>
void check(ActivationFunction f) {
  checked<T>(f);
}

bool backward_needs_input(ActivationFunction f) {
  return function_of<float>(f.kind).needs == Needs::input;
}

template <class T>
void activation_unchecked(ActivationFunction f, const T* x, T* y, Index rows, Index columns) {
  forward(function_of<T>(f.kind), f.parameter, x, y, rows, columns);
}

template <class T>
void activation_forward(ActivationFunction f, TensorView<const T> x, TensorView<T> y) {
  const Function<T> function = checked<T>("activation_forward", f, x.shape());
  check_shape("activation_forward", f, {"y", y.shape()}, x.shape());
  if (x.empty()) return;
  const Index columns = function.rows != nullptr ? x.shape()[-1] : 1;
  forward(function, f.parameter, x.data(), y.data(), x.size() / columns, columns);
}

template <class T>
void activation_backward(ActivationFunction f, TensorView<const T> saved, TensorView<const T> dy,
                         TensorView<T> dx) {
  const Function<T> function = checked<T>("activation_backward", f, saved.shape());
  check_shape("activation_backward", f, {"dy", dy.shape()}, saved.shape());
  check_shape("activation_backward", f, {"dx", dx.shape()}, saved.shape());
  if (dy.empty()) return;
  if (function.rows != nullptr) {
    const auto kernel = cpu::kernels<simd::SoftmaxKernels<T>>().*function.rows_backward;
    const Index columns = dy.shape()[-1];
    return parallel::parallel_for(dy.size() / columns, row_work<T>(function.backward, 3, columns),
                                  [&](Index begin, Index end) {
                                    const Index first = begin * columns;
                                    kernel(saved.data() + first, dy.data() + first,
                                           dx.data() + first, end - begin, columns);
                                  });
  }
  if (function.elements == nullptr) return copy(dy.data(), dx.data(), dy.size());
  const auto kernel = (cpu::kernels<simd::ActivationKernels<T>>().*function.elements).backward;
  parallel::parallel_for(
      dy.size(), parallel::Work<T>{function.backward, 3 * sizeof(T)},
      [&](Index begin, Index end) {
        kernel(saved.data() + begin, dy.data() + begin, dx.data() + begin, end - begin,
               static_cast<T>(f.parameter));
      },
      kLine<T>);
}

#define LANEWISE_INSTANTIATE(T)                                                           \
  template LANEWISE_API void check<T>(ActivationFunction);                                \
  template void activation_unchecked(ActivationFunction, const T*, T*, Index, Index);     \
  template LANEWISE_API void activation_forward(ActivationFunction, TensorView<const T>,  \
                                                TensorView<T>);                           \
  template LANEWISE_API void activation_backward(ActivationFunction, TensorView<const T>, \
                                                 TensorView<const T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)

}  // namespace ops
}  // namespace lanewise
