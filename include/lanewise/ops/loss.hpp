#pragma once
/// \file
/// Loss functions with their gradients, one pass for both.
///
/// Predictions and dense targets have the shape (batch, outputs) or any other with the batch
/// outermost; integer labels have the shape (batch). Each function returns the mean over the batch
/// of the loss of one sample, and writes the gradient of that mean with respect to the prediction
/// into `dy`, `dp` or `dz` unless that is an empty default view. It may be the prediction's memory.
/// Formulas and edge cases are Keras's, unless said.
///
/// A loss is finite for finite predictions and targets if its sum over the batch fits in a double,
/// though a difference or a square be beyond a float.
///
/// Cross-entropies from probabilities clip them to [1e-7, 1 - 1e-7]: a probability of 0 costs
/// -log 1e-7 = 16.1 times its target, not infinity, and nothing where the target is 0 (0 log 0 =
/// 0). What is clipped gets no gradient.
///
/// All throw ShapeError if the shapes do not fit together, and DataError for a prediction without
/// elements, before anything is written.

#include <cstdint>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// A sample's loss is the mean over its outputs of (y - t)^2.
template <class T>
LANEWISE_API double mean_squared_error(TensorView<const T> y, TensorView<const T> target,
                                       TensorView<T> dy = {});

/// A sample's loss is the sum over its outputs of (y - t)^2.
template <class T>
LANEWISE_API double sum_squared_error(TensorView<const T> y, TensorView<const T> target,
                                      TensorView<T> dy = {});

/// A sample's loss is the mean over its outputs of |y - t|; the derivative at 0 is 0.
template <class T>
LANEWISE_API double mean_absolute_error(TensorView<const T> y, TensorView<const T> target,
                                        TensorView<T> dy = {});

/// A sample's loss is the mean over its outputs of e^2 / 2 where |e| <= delta, else
/// delta |e| - delta^2 / 2, with e = y - t.
/// \throws ArgumentError unless delta > 0.
template <class T>
LANEWISE_API double huber(TensorView<const T> y, TensorView<const T> target, double delta,
                          TensorView<T> dy = {});

/// A sample's loss is the mean over its outputs of -t log p - (1 - t) log(1 - p), with p clipped to
/// [1e-7, 1 - 1e-7] (gradient 0 outside).
/// \throws DataError for a target outside [0, 1], before anything is written. (Keras takes it, and
/// its loss has no lower bound then.)
template <class T>
LANEWISE_API double binary_crossentropy(TensorView<const T> p, TensorView<const T> target,
                                        TensorView<T> dp = {});

/// The same with p = sigmoid(z), computed from the logits z without overflow or cancellation; an
/// infinite z that is right costs nothing. `p`, unless empty, receives the probabilities; it may
/// not be z's memory, nor dz's. \throws DataError as binary_crossentropy.
template <class T>
LANEWISE_API double binary_crossentropy_from_logits(TensorView<const T> z,
                                                    TensorView<const T> target,
                                                    TensorView<T> dz = {}, TensorView<T> p = {});

/// A sample's loss is -sum_i t_i log q_i, with q = p / sum p clipped to [1e-7, 1 - 1e-7] (no
/// gradient through what is clipped). Rows of targets need not add up to 1. Where all p of a row
/// are 0, all q are 0 (in Keras NaN). \throws DataError for a target that is negative or not
/// finite, before anything is written.
template <class T>
LANEWISE_API double categorical_crossentropy(TensorView<const T> p, TensorView<const T> target,
                                             TensorView<T> dp = {});

/// The same with p = softmax(z), fused: dz = (p sum(t) - t) / batch. Stable for any finite logits.
/// `p`, unless empty, receives the probabilities; it may not be z's memory, nor dz's.
/// \throws DataError as categorical_crossentropy.
template <class T>
LANEWISE_API double categorical_crossentropy_from_logits(TensorView<const T> z,
                                                         TensorView<const T> target,
                                                         TensorView<T> dz = {},
                                                         TensorView<T> p = {});

/// categorical_crossentropy with integer labels in place of one-hot rows; but, as in Keras, p is
/// clipped first and divided by its sum then. The two differ only where something is clipped.
/// \throws DataError for a label outside [0, outputs), before anything is written.
template <class T>
LANEWISE_API double sparse_categorical_crossentropy(TensorView<const T> p,
                                                    TensorView<const std::int32_t> labels,
                                                    TensorView<T> dp = {});

/// categorical_crossentropy_from_logits with integer labels in place of one-hot rows.
/// \throws DataError for a label outside [0, outputs), before anything is written.
template <class T>
LANEWISE_API double sparse_categorical_crossentropy_from_logits(
    TensorView<const T> z, TensorView<const std::int32_t> labels, TensorView<T> dz = {},
    TensorView<T> p = {});

}  // namespace lanewise::ops
