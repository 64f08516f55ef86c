#pragma once
/// \file
/// Labels as numbers, as one-hot rows, and as counts of what was taken for what. Chapter 04.

#include <cstdint>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::data {

/// One row per label with a 1 at the label's column and 0 elsewhere, like Keras's to_categorical:
/// labels of shape (count) give (count, classes). `T` is float or double.
/// \throws ShapeError unless labels are of rank 1; ArgumentError unless classes > 0; DataError for
/// a label outside [0, classes), naming the first one and its index.
template <class T>
LANEWISE_API Tensor<T> one_hot(TensorView<const std::int32_t> labels, Index classes);

/// The same of a whole tensor.
template <class T>
Tensor<T> one_hot(const Tensor<std::int32_t>& labels, Index classes) {
  return one_hot<T>(labels.view(), classes);
}

/// How often each class was taken for each: element (t, p) counts the samples whose true label is t
/// and whose predicted label is p, so that rows sum to the true counts. Shape (classes, classes).
/// \throws ShapeError unless both are of rank 1 and of one size; ArgumentError unless classes > 0;
/// DataError for a label outside [0, classes), naming the first one and its index.
LANEWISE_API Tensor<std::int32_t> confusion_matrix(TensorView<const std::int32_t> true_labels,
                                                   TensorView<const std::int32_t> predicted_labels,
                                                   Index classes);

/// The same of whole tensors.
inline Tensor<std::int32_t> confusion_matrix(const Tensor<std::int32_t>& true_labels,
                                             const Tensor<std::int32_t>& predicted_labels,
                                             Index classes) {
  return confusion_matrix(true_labels.view(), predicted_labels.view(), classes);
}

}  // namespace lanewise::data
