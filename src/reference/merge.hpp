#pragma once
// The operations of lanewise/ops/merge.hpp as plain loops. Nothing is checked.
#include "lanewise/ops/merge.hpp"

namespace lanewise::reference {

template <class T>
void accumulate(TensorView<const T> x, TensorView<T> y);
template <class T>
void merge_forward(MergeKind kind, std::span<const TensorView<const T>> x, TensorView<T> y);
// What is chosen of a maximum or minimum is found from x alone. Added up in double.
template <class T>
void merge_backward(MergeKind kind, std::span<const TensorView<const T>> x, TensorView<const T> dy,
                    Index input, TensorView<T> dx);

}  // namespace lanewise::reference
