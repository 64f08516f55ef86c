#pragma once
/// \file
/// An array times a number.

#include <type_traits>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// y = factor * x, element by element; y may be x. The gradient of x is the same call on dy:
/// dx = factor * dy. Each product is rounded once: the same bits on every instruction set and on
/// any number of threads, except that subnormal numbers count as zeros.
/// \throws ShapeError unless x and y have the same shape.
template <class T>
LANEWISE_API void scale(std::type_identity_t<T> factor, TensorView<const T> x, TensorView<T> y);

}  // namespace lanewise::ops
