#pragma once
/// \file
/// Elements moved, none of them changed: dimensions in another order, tensors one behind the other
/// along a dimension, and parts of them. Outputs must not overlap inputs. The cost is that of the
/// memory: one pass over input and output.

#include <span>
#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// y = x with its dimensions in another order: y's dimension d is x's dimension order[d], as
/// numpy.transpose. (0, 3, 1, 2) makes (n, c, h, w) of (n, h, w, c).
/// \throws ArgumentError unless `order` has each of x's dimensions once; ShapeError unless y has
/// them in that order.
template <class T>
LANEWISE_API void permute(TensorView<const T> x, std::span<const int> order, TensorView<T> y);

/// The shape of these one behind the other along dimension `axis`; a negative one counts from the
/// last. \throws ShapeError that begins with `who` and names them if there are none, if they have
/// no such dimension, or differ in another.
LANEWISE_API Shape concatenated_shape(std::span<const Shape> shapes, int axis,
                                      std::string_view who);

/// y = x[0], x[1], … one behind the other along dimension `axis`.
/// \throws ShapeError as concatenated_shape, and unless y has that shape.
template <class T>
LANEWISE_API void concatenate(std::span<const TensorView<const T>> x, int axis, TensorView<T> y);

/// y = elements [begin, begin + y.shape()[axis]) of x along dimension `axis`: one part of a
/// concatenation, and so its gradient.
/// \throws ShapeError if x has no such dimension or elements, or y differs from it in another.
template <class T>
LANEWISE_API void slice(TensorView<const T> x, int axis, Index begin, TensorView<T> y);

}  // namespace lanewise::ops
