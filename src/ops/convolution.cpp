// Convolution. The contract is in lanewise/ops/convolution.hpp.
#include "lanewise/ops/convolution.hpp"

#include "ops/convolution_checks.hpp"
#include "parallel/parallel.hpp"
#include "reference/convolution.hpp"

namespace lanewise::ops {
namespace {

// An activation's parameter is checked where it is used: here on nothing.
template <class T>
void check_activation(ActivationFunction f) {
  activation_forward<T>(f, TensorView<const T>{}, TensorView<T>{});
}

}  // namespace

template <class T>
void conv_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                  const ConvolutionOptions<T>& options) {
  check_convolution({"conv_forward", "x", "filters", "y"}, x.shape(), filters.shape(), y.shape(),
                    options);
  check_activation<T>(options.activation);
  const parallel::FlushToZero guard;
  reference::conv_forward<T>(x, filters, y, options);
}

template <class T>
void conv_backward_data(TensorView<const T> dy, TensorView<const T> filters, TensorView<T> dx,
                        const ConvolutionOptions<T>& options) {
  check_convolution({"conv_backward_data", "dx", "filters", "dy"}, dx.shape(), filters.shape(),
                    dy.shape(), options);
  const parallel::FlushToZero guard;
  reference::conv_backward_data<T>(dy, filters, dx, options);
}

template <class T>
void conv_backward_weights(TensorView<const T> x, TensorView<const T> dy, TensorView<T> dfilters,
                           const ConvolutionOptions<T>& options) {
  check_convolution({"conv_backward_weights", "x", "dfilters", "dy"}, x.shape(), dfilters.shape(),
                    dy.shape(), options);
  const parallel::FlushToZero guard;
  reference::conv_backward_weights<T>(x, dy, dfilters, options);
}

template <class T>
void conv_transpose_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                            const ConvolutionOptions<T>& options) {
  check_convolution({"conv_transpose_forward", "y", "filters", "x"}, y.shape(), filters.shape(),
                    x.shape(), options);
  check_activation<T>(options.activation);
  const parallel::FlushToZero guard;
  reference::conv_backward_data<T>(x, filters, y, options);
  const Index channels = y.shape()[3];
  if (options.bias != nullptr)
    for (Index i = 0; i < y.size(); ++i) y[i] += options.bias[i % channels];
  activation_forward<T>(options.activation, y, y);
}

#define LANEWISE_INSTANTIATE(T)                                                                    \
  template LANEWISE_API void conv_forward(TensorView<const T>, TensorView<const T>, TensorView<T>, \
                                          const ConvolutionOptions<T>&);                           \
  template LANEWISE_API void conv_backward_data(TensorView<const T>, TensorView<const T>,          \
                                                TensorView<T>, const ConvolutionOptions<T>&);      \
  template LANEWISE_API void conv_backward_weights(TensorView<const T>, TensorView<const T>,       \
                                                   TensorView<T>, const ConvolutionOptions<T>&);   \
  template LANEWISE_API void conv_transpose_forward(TensorView<const T>, TensorView<const T>,      \
                                                    TensorView<T>, const ConvolutionOptions<T>&);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
