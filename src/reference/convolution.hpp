#pragma once
// Convolution as its definition says it: seven loops, sums in double whatever the element type. The
// oracle of the tests, the naive rung of the book, the first column of the benchmarks. Contract in
// lanewise/ops/convolution.hpp, without its checks.
#include "lanewise/ops/convolution.hpp"

namespace lanewise::reference {

template <class T>
void conv_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                  const ops::ConvolutionOptions<T>& options = {});

template <class T>
void conv_backward_data(TensorView<const T> dy, TensorView<const T> filters, TensorView<T> dx,
                        const ops::ConvolutionOptions<T>& options = {});

template <class T>
void conv_backward_weights(TensorView<const T> x, TensorView<const T> dy, TensorView<T> dfilters,
                           const ops::ConvolutionOptions<T>& options = {});

template <class T>
void im2col(TensorView<const T> x, const Window& window, TensorView<T> columns);

template <class T>
void col2im(TensorView<const T> columns, const Window& window, TensorView<T> x);

}  // namespace lanewise::reference
