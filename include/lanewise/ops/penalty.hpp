#pragma once
/// \file
/// Penalties: sums of absolute values and of squares, and their gradients.

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// \f$ l_1 \sum |x| + l_2 \sum x^2 \f$, added in double, in an order that the size alone decides.
template <class T>
LANEWISE_API double penalty(TensorView<const T> x, double l1, double l2);

/// Adds its gradient: dx += l1 sign(x) + 2 l2 x, with sign(0) = 0.
/// \throws ShapeError if the shapes differ.
template <class T>
LANEWISE_API void penalty_backward(TensorView<const T> x, double l1, double l2, TensorView<T> dx);

}  // namespace lanewise::ops
