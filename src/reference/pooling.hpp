#pragma once
// Pooling as its definition says it: loops over windows and their pixels, sums in double whatever
// the element type. Contract in lanewise/ops/pooling.hpp, without its checks.
#include "lanewise/ops/pooling.hpp"

namespace lanewise::reference {

template <class T>
void max_pool(TensorView<const T> x, const Window& window, TensorView<T> y);
// Looks for the first of the largest in x itself.
template <class T>
void max_pool_backward(TensorView<const T> x, TensorView<const T> dy, const Window& window,
                       TensorView<T> dx);

template <class T>
void average_pool(TensorView<const T> x, const Window& window, TensorView<T> y);
template <class T>
void average_pool_backward(TensorView<const T> dy, const Window& window, TensorView<T> dx);

template <class T>
void l2_pool(TensorView<const T> x, const Window& window, TensorView<T> y);
template <class T>
void l2_pool_backward(TensorView<const T> x, TensorView<const T> dy, const Window& window,
                      TensorView<T> dx);

}  // namespace lanewise::reference
