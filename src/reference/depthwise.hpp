#pragma once
// The operations of lanewise/ops/depthwise.hpp as plain loops. Nothing is checked; sums are kept in
// double; of the activations, linear and relu.
#include "lanewise/ops/depthwise.hpp"

namespace lanewise::reference {

template <class T>
void depthwise_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                       const ops::DepthwiseOptions<T>& options = {});
template <class T>
void depthwise_backward_data(TensorView<const T> dy, TensorView<const T> filters, TensorView<T> dx,
                             const ops::DepthwiseOptions<T>& options = {});
template <class T>
void depthwise_backward_weights(TensorView<const T> x, TensorView<const T> dy,
                                TensorView<T> dfilters,
                                const ops::DepthwiseOptions<T>& options = {});

}  // namespace lanewise::reference
