#pragma once
/// \file
/// Activation functions, forward and backward.

#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/names.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// Which activation function.
enum class ActivationKind {
  linear,       ///< x
  step,         ///< 1 if x > 0, else 0; its derivative is 0 everywhere
  relu,         ///< max(x, 0); derivative 0 at 0
  leaky_relu,   ///< x if x > 0, else parameter * x
  sigmoid,      ///< 1 / (1 + exp(-x))
  tanh,         ///< (exp(x) - exp(-x)) / (exp(x) + exp(-x))
  softplus,     ///< log(1 + exp(x))
  elu,          ///< x if x > 0, else parameter * (exp(x) - 1); Clevert et al., 2016
  gelu,         ///< x (1 + erf(x / sqrt 2)) / 2; Hendrycks and Gimpel, 2016
  softmax,      ///< exp(x_i) / sum_j exp(x_j), over the last dimension
  log_softmax,  ///< x_i - log(sum_j exp(x_j)), over the last dimension
};

LANEWISE_NAMES(ActivationKind, linear, step, relu, leaky_relu, sigmoid, tanh, softplus, elu, gelu,
               softmax, log_softmax)

/// An activation function with its parameter: the slope of leaky_relu, the alpha of elu.
struct ActivationFunction {
  ActivationKind kind = ActivationKind::linear;
  double parameter = 0;
  friend constexpr bool operator==(const ActivationFunction&, const ActivationFunction&) = default;
};

inline constexpr ActivationFunction linear{ActivationKind::linear};
inline constexpr ActivationFunction step{ActivationKind::step};
inline constexpr ActivationFunction relu{ActivationKind::relu};
/// Keras's default slope, 0.2; another: `ActivationFunction{ActivationKind::leaky_relu, 0.01}`.
inline constexpr ActivationFunction leaky_relu{ActivationKind::leaky_relu, 0.2};
inline constexpr ActivationFunction sigmoid{ActivationKind::sigmoid};
inline constexpr ActivationFunction tanh{ActivationKind::tanh};
inline constexpr ActivationFunction softplus{ActivationKind::softplus};
/// Keras's default alpha, 1.
inline constexpr ActivationFunction elu{ActivationKind::elu, 1.0};
inline constexpr ActivationFunction gelu{ActivationKind::gelu};
inline constexpr ActivationFunction softmax{ActivationKind::softmax};
inline constexpr ActivationFunction log_softmax{ActivationKind::log_softmax};

namespace ops {

/// Checks that the library knows the function, and that its parameter is a finite number as an
/// element of type T, for leaky_relu and elu of at least 0 (their derivative could not be told from
/// y).
/// \throws ArgumentError that names the function and what it got.
template <class T>
LANEWISE_API void check(ActivationFunction f);

/// Whether the derivative is computed from the function's input x; otherwise it is computed from
/// its output y, and x need not be kept.
LANEWISE_API bool backward_needs_input(ActivationFunction f);

/// y = f(x), element by element, or row by row of the last dimension for softmax and log_softmax.
/// x and y have the same shape and may be the same memory. NaN passes through.
///
/// Largest errors in units in the last place (ULP) of the result, down to where it is subnormal and
/// may become 0, in float and double and on every instruction set: tanh 1.5, sigmoid 2.5, softplus
/// 2.0, elu 1.1 with alpha 1, gelu 5.5.
/// \throws ShapeError if the shapes differ, or for softmax and log_softmax of a scalar;
/// ArgumentError as check().
template <class T>
LANEWISE_API void activation_forward(ActivationFunction f, TensorView<const T> x, TensorView<T> y);

/// dx = dy * f'(x). `saved` is x if backward_needs_input(f), else y = f(x). dx may be dy's memory.
///
/// gelu's derivative: 4.0 ULP of itself, or from x = -1.1 to -0.4, around its
/// zero at -0.7518, of the larger of the two terms that it is the sum of. The others are formulas
/// in y, as in TensorFlow: exact for the y that was stored, but where y is all but 1 (sigmoid,
/// tanh) or -alpha (elu), what rounding took from y is missing from the derivative, up to one ULP
/// of 1. \throws ShapeError and ArgumentError as activation_forward.
template <class T>
LANEWISE_API void activation_backward(ActivationFunction f, TensorView<const T> saved,
                                      TensorView<const T> dy, TensorView<T> dx);

}  // namespace ops
}  // namespace lanewise
