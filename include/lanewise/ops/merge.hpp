#pragma once
/// \file
/// Element-wise arithmetic of several tensors, with broadcasting: it merges the branches of a
/// model.
///
/// Shapes broadcast as in Keras: dimension 0 counts samples and is the same in all; the others are
/// aligned from the last, and where one is 1 or missing, its element stands for all of the
/// output's: (n, h, w, c) and (n, 1, 1, c), or (n, h, w, c) and (n, c), give (n, h, w, c). The
/// gradient of what stands for several is their sum, added in an order that the shapes alone
/// decide.

#include <span>
#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/names.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// How tensors become one.
enum class MergeKind {
  add,       ///< x0 + x1 + …
  subtract,  ///< x0 - x1, of two
  multiply,  ///< x0 * x1 * …
  average,   ///< (x0 + x1 + …) / n
  maximum,   ///< the largest; NaN if one is NaN
  minimum,   ///< the smallest; NaN if one is NaN
};

LANEWISE_NAMES(MergeKind, add, subtract, multiply, average, maximum, minimum)

namespace ops {

/// y += x, element by element; x may be y. One addition and 3 elements of memory traffic each.
/// \throws ShapeError if the shapes differ.
template <class T>
LANEWISE_API void accumulate(TensorView<const T> x, TensorView<T> y);

/// The shape that these broadcast to. \throws ShapeError that begins with `who` and names them if
/// they do not.
LANEWISE_API Shape broadcast_shape(std::span<const Shape> shapes, std::string_view who);

/// y = x0 op x1 op …, from left to right. y may be x0 if that has its shape.
/// \throws ArgumentError for no inputs, for other than two to subtract, and for an unknown kind;
/// ShapeError unless all inputs broadcast to y.
template <class T>
LANEWISE_API void merge_forward(MergeKind kind, std::span<const TensorView<const T>> x,
                                TensorView<T> y);

/// dx, the gradient of x[input], from dy, that of y = merge_forward(kind, x). Of a maximum or
/// minimum each dy goes to the first input that was chosen, as in TensorFlow; a NaN counts as
/// chosen. dx may be dy if it has its shape.
/// \throws as merge_forward; ArgumentError for an input that is not there.
template <class T>
LANEWISE_API void merge_backward(MergeKind kind, std::span<const TensorView<const T>> x,
                                 TensorView<const T> y, TensorView<const T> dy, Index input,
                                 TensorView<T> dx);

/// y = x, whose elements each stand for as many as y's shape asks: (n, c) to (n, t, c) repeats the
/// sample t times. \throws ShapeError unless x broadcasts to y.
template <class T>
LANEWISE_API void broadcast(TensorView<const T> x, TensorView<T> y);

/// dx, the gradient of x, from dy, that of y = broadcast(x): each element the sum of those that it
/// stands for. \throws as broadcast.
template <class T>
LANEWISE_API void broadcast_backward(TensorView<const T> dy, TensorView<T> dx);

}  // namespace ops
}  // namespace lanewise
