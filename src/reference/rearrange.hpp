#pragma once
// The operations of lanewise/ops/rearrange.hpp and lanewise/ops/embedding.hpp as plain loops.
// Nothing is checked.
#include "lanewise/ops/embedding.hpp"
#include "lanewise/ops/rearrange.hpp"

namespace lanewise::reference {

template <class T>
void permute(TensorView<const T> x, std::span<const int> order, TensorView<T> y);
template <class T>
void concatenate(std::span<const TensorView<const T>> x, int axis, TensorView<T> y);
template <class T>
void slice(TensorView<const T> x, int axis, Index begin, TensorView<T> y);
template <class T>
void embedding_forward(TensorView<const T> indices, TensorView<const T> table, TensorView<T> y);
// Added up in double.
template <class T>
void embedding_backward(TensorView<const T> indices, TensorView<const T> dy, TensorView<T> dtable);

}  // namespace lanewise::reference
