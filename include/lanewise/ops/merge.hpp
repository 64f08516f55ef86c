#pragma once
/// \file
/// Arithmetic of tensors of one shape: what several branches of a model come together by.

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// y += x, element by element; x may be y. One addition and 3 elements of memory traffic each.
/// \throws ShapeError if the shapes differ.
template <class T>
LANEWISE_API void accumulate(TensorView<const T> x, TensorView<T> y);

}  // namespace lanewise::ops
