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

std::string_view to_string(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::linear:
      return "linear";
    case ActivationKind::step:
      return "step";
    case ActivationKind::relu:
      return "relu";
    case ActivationKind::leaky_relu:
      return "leaky_relu";
    case ActivationKind::sigmoid:
      return "sigmoid";
    case ActivationKind::tanh:
      return "tanh";
    case ActivationKind::softplus:
      return "softplus";
    case ActivationKind::elu:
      return "elu";
    case ActivationKind::gelu:
      return "gelu";
    case ActivationKind::softmax:
      return "softmax";
    case ActivationKind::log_softmax:
      return "log_softmax";
  }
  return "unknown";
}

namespace ops {
namespace {

bool works_on_rows(ActivationFunction f) {
  return f.kind == ActivationKind::softmax || f.kind == ActivationKind::log_softmax;
}

template <class T>
const typename simd::ActivationKernels<T>::Pair& pair_of(ActivationKind kind) {
  const auto& table = cpu::kernels<simd::ActivationKernels<T>>();
  switch (kind) {
    case ActivationKind::relu:
      return table.relu;
    case ActivationKind::leaky_relu:
      return table.leaky_relu;
    case ActivationKind::sigmoid:
      return table.sigmoid;
    case ActivationKind::tanh:
      return table.tanh;
    case ActivationKind::softplus:
      return table.softplus;
    case ActivationKind::elu:
      return table.elu;
    case ActivationKind::gelu:
      return table.gelu;
    default:
      return table.step;
  }
}

// Nanoseconds for one element: what was measured with AVX-512 on Zen 5, in the second-level cache;
// it decides only how many threads the work is worth.
template <class T>
double forward_cost(ActivationKind kind) {
  constexpr bool kFloat = sizeof(T) == 4;
  switch (kind) {
    case ActivationKind::linear:
    case ActivationKind::step:
    case ActivationKind::relu:
    case ActivationKind::leaky_relu:
      return kFloat ? 0.05 : 0.1;
    case ActivationKind::gelu:
    case ActivationKind::softplus:
      return kFloat ? 0.6 : 2.4;
    case ActivationKind::softmax:
    case ActivationKind::log_softmax:
      return kFloat ? 0.5 : 1.1;
    default:
      return kFloat ? 0.3 : 0.8;
  }
}

// Most derivatives follow from the output by a little arithmetic.
template <class T>
double backward_cost(ActivationKind kind) {
  constexpr bool kFloat = sizeof(T) == 4;
  switch (kind) {
    case ActivationKind::gelu:
      return kFloat ? 0.9 : 3.3;
    case ActivationKind::softplus:
    case ActivationKind::log_softmax:
      return kFloat ? 0.25 : 0.6;
    default:
      return kFloat ? 0.07 : 0.11;
  }
}

template <class T>
constexpr double kLargest = static_cast<double>(std::numeric_limits<T>::max());

constexpr double kRow = 12;  // what each row of a softmax costs besides

template <class T>
void check_function(const char* name, ActivationFunction f, const Shape& shape) {
  check<T>(f);
  if (works_on_rows(f) && shape.rank() == 0)
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
      from.size(), forward_cost<T>(ActivationKind::linear),
      [&](Index begin, Index end) {
        std::copy(from.data() + begin, from.data() + end, to.data() + begin);
      },
      kAlignment / sizeof(T));
}

}  // namespace

template <class T>
void check(ActivationFunction f) {
  if (f.kind < ActivationKind::linear || f.kind > ActivationKind::log_softmax)
    throw ArgumentError(
        fmt::format("activation: got an unknown ActivationKind, {}", static_cast<int>(f.kind)));
  const bool has_slope = f.kind == ActivationKind::leaky_relu || f.kind == ActivationKind::elu;
  // NaN fails every comparison.
  const double least = has_slope ? 0 : std::numeric_limits<double>::lowest();
  if (!(f.parameter >= least && std::abs(f.parameter) <= kLargest<T>))
    throw ArgumentError(
        fmt::format("activation: got {} with a parameter of {}, expected a finite number{}",
                    to_string(f.kind), f.parameter, has_slope ? " of at least 0" : ""));
}

bool backward_needs_input(ActivationFunction f) {
  return f.kind == ActivationKind::gelu;
}

template <class T>
void activation_forward(ActivationFunction f, TensorView<const T> x, TensorView<T> y) {
  check_function<T>("activation_forward", f, x.shape());
  check_shape("activation_forward", f, {"y", y.shape()}, x.shape());
  if (x.empty()) return;
  const parallel::FlushToZero guard;
  if (f.kind == ActivationKind::linear) return copy(x, y);
  if (works_on_rows(f)) {
    const auto& table = cpu::kernels<simd::SoftmaxKernels<T>>();
    const auto kernel = f.kind == ActivationKind::softmax ? table.softmax : table.log_softmax;
    const Index columns = x.shape()[-1];
    const double row_cost = kRow + forward_cost<T>(f.kind) * static_cast<double>(columns);
    parallel::parallel_for(x.size() / columns, row_cost, [&](Index begin, Index end) {
      kernel(x.data() + begin * columns, y.data() + begin * columns, end - begin, columns);
    });
    return;
  }
  const auto kernel = pair_of<T>(f.kind).forward;
  const T parameter = static_cast<T>(f.parameter);
  parallel::parallel_for(
      x.size(), forward_cost<T>(f.kind),
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
  if (f.kind == ActivationKind::linear) return copy(dy, dx);
  if (works_on_rows(f)) {
    const auto& table = cpu::kernels<simd::SoftmaxKernels<T>>();
    const auto kernel =
        f.kind == ActivationKind::softmax ? table.softmax_backward : table.log_softmax_backward;
    const Index columns = dy.shape()[-1];
    const double row_cost = kRow + backward_cost<T>(f.kind) * static_cast<double>(columns);
    parallel::parallel_for(dy.size() / columns, row_cost, [&](Index begin, Index end) {
      const Index first = begin * columns;
      kernel(saved.data() + first, dy.data() + first, dx.data() + first, end - begin, columns);
    });
    return;
  }
  const auto kernel = pair_of<T>(f.kind).backward;
  const T parameter = static_cast<T>(f.parameter);
  parallel::parallel_for(
      dy.size(), backward_cost<T>(f.kind),
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
