#pragma once
// Products and activations against their references, and matrices drawn at random.
#include <array>
#include <optional>

#include "kernels/comparison/case.hpp"
#include "kernels/gemm_cases.hpp"
#include "lanewise/ops/activation.hpp"
#include "reference/activation.hpp"

namespace lanewise::test {

// A matrix of at least so many rows and columns.
inline Shape draw_matrix(Case& c, Index least_rows, Index least_columns) {
  return c.redraw([&]() -> std::optional<Shape> {
    const Index rows = least_rows == 0 ? c.size_or_0("rows", 2000) : c.size("rows", 2000);
    const Index columns =
        least_columns == 0 ? c.size_or_0("columns", 2000) : c.size("columns", 2000);
    if (rows * columns > kMostElements) return std::nullopt;
    return Shape{rows, columns};
  });
}

template <class T>
void gemm(Case& c) {
  const auto size = [&](const char* name) { return c.size_or_0(name, 300); };
  const auto [m, n, k] = c.redraw([&]() -> std::optional<std::array<Index, 3>> {
    const std::array<Index, 3> drawn{size("m"), size("n"), size("k")};
    if (drawn[0] * drawn[1] * std::max<Index>(drawn[2], 1) > kMostProducts) return std::nullopt;
    return drawn;
  });
  constexpr T kFactors[] = {1, 0, T(-0.75), 2};
  const GemmCase<T> what{.m = m,
                         .n = n,
                         .k = k,
                         .transpose_a = c.coin("transpose_a"),
                         .transpose_b = c.coin("transpose_b"),
                         .alpha = c.tell("alpha", kFactors[c.any(0, 3)]),
                         .beta = c.tell("beta", kFactors[c.any(0, 3)]),
                         .with_bias = c.coin("bias"),
                         .relu = c.coin("relu"),
                         .gap = c.tell("gap", c.one_in(2) ? 0 : c.any(1, 9)),
                         .misaligned = c.any(0, 3)};
  GemmData<T> data(what, c.random);
  const GuardedMatrix<T> before = data.c;
  ops::gemm<T>(data.view_a(), data.view_b(), data.view_c(), data.options());
  if (const auto wrong = data.wrong(before)) c.fail(*wrong);
}

// Their own tests bound each more tightly, in epsilon: of its value, or of x where it comes of a
// product with x. Here is looked for wrong elements.
constexpr double kActivationEps = 4;

inline ActivationFunction draw_activation(Case& c) {
  const auto last = static_cast<Index>(ActivationKind::log_softmax);
  const auto kind = static_cast<ActivationKind>(c.number("activation", 0, last));
  const bool has = kind == ActivationKind::leaky_relu || kind == ActivationKind::elu;
  return {kind, has ? c.real("parameter", 0, 2) : 0};
}

inline bool is_of_rows(ActivationFunction f) {
  return f == softmax || f == log_softmax;
}

// Numbers whose exponentials are neither huge nor tiny, and for functions of single elements some
// whose are.
template <class T>
Operand<T> draw_arguments(Case& c, const Shape& shape, ActivationFunction f) {
  constexpr double kExtremes[] = {0.0, -0.0, 1e-7, -1e-7, 20, -20, 87, -87, 1e4, -1e4};
  auto x = c.input<T>(shape, T(-8), T(8));
  if (!is_of_rows(f))
    for (T& element : x.view())
      if (c.one_in(6)) element = static_cast<T>(kExtremes[c.any(0, std::size(kExtremes) - 1)]);
  return x;
}

template <class T>
void activation_forward(Case& c) {
  const ActivationFunction f = draw_activation(c);
  const Shape shape = draw_matrix(c, 0, is_of_rows(f) ? 1 : 0);
  const auto x = draw_arguments<T>(c, shape, f);
  auto y = c.output<T>(shape);
  const bool in_place = c.coin("in_place");
  if (in_place) y = x;
  Tensor<T> want(shape);
  const auto& from = in_place ? y : x;
  ops::activation_forward<T>(f, from.view(), y.view());
  reference::activation_forward<T>(f, x.view(), want);
  const auto columns = static_cast<double>(shape[1]);
  c.near<T>("y", y, want, [&](Index i) {
    const double value = magnitude(want[i]);
    // x - max, up to 16, is rounded, which moves its exponential by as many epsilon; and a sum.
    if (f == softmax) return (20 + columns) * eps<T>() * value;
    if (f == log_softmax) return (8 + columns) * eps<T>() * (1 + value);
    if (f == gelu) return kActivationEps * eps<T>() * magnitude(x.view()[i]);
    return kActivationEps * eps<T>() * value;
  });
}

template <class T>
void activation_backward(Case& c) {
  const ActivationFunction f = draw_activation(c);
  const Shape shape = draw_matrix(c, 0, is_of_rows(f) ? 1 : 0);
  auto saved = draw_arguments<T>(c, shape, f);
  if (!ops::backward_needs_input(f))
    reference::activation_forward<T>(f, saved.view(), saved.view());
  const auto dy = c.input<T>(shape);
  auto dx = c.output<T>(shape);
  const bool in_place = c.coin("in_place");
  if (in_place) dx = dy;
  Tensor<T> want(shape);
  const auto& from = in_place ? dx : dy;
  ops::activation_backward<T>(f, saved.view(), from.view(), dx.view());
  reference::activation_backward<T>(f, saved.view(), dy.view(), want);
  const auto columns = static_cast<double>(shape[1]);
  const double most = largest(dy.view());
  c.near<T>("dx", dx, want, [&](Index i) {
    const double own = magnitude(dy.view()[i]);
    const double y = static_cast<double>(saved.view()[i]);
    // Sums over a row of dy, times y or exp(y).
    if (f == softmax) return (8 + columns) * eps<T>() * 2 * most * y;
    if (f == log_softmax)
      return (8 + columns) * eps<T>() * (own + columns * most * std::exp(y) * (1 - y));
    return kActivationEps * eps<T>() * own * std::max(1.0, f.parameter);
  });
}

}  // namespace lanewise::test
