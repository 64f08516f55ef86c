#pragma once
/// \file
/// Softmax over any dimension. Over the last one it is also one of the activations
/// (lanewise/ops/activation.hpp), and gives the same bits.

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// y = e^x / sum of e^x over dimension `axis`, computed from x less its largest element there. A
/// negative axis counts from the last. y may be x. NaN, an infinity, or nothing but minus
/// infinities give NaN. \throws ShapeError if the shapes differ or have no such dimension.
template <class T>
LANEWISE_API void softmax_forward(TensorView<const T> x, int axis, TensorView<T> y);

/// y = log(softmax(x)), as exact where that is close to 0. \throws as softmax_forward.
template <class T>
LANEWISE_API void log_softmax_forward(TensorView<const T> x, int axis, TensorView<T> y);

/// dx = y (dy - sum of dy y over the dimension), from y = softmax(x). dx may be dy.
/// \throws as softmax_forward.
template <class T>
LANEWISE_API void softmax_backward(TensorView<const T> y, TensorView<const T> dy, int axis,
                                   TensorView<T> dx);

/// dx = dy - e^y sum of dy over the dimension, from y = log_softmax(x). dx may be dy.
/// \throws as softmax_forward.
template <class T>
LANEWISE_API void log_softmax_backward(TensorView<const T> y, TensorView<const T> dy, int axis,
                                       TensorView<T> dx);

}  // namespace lanewise::ops
