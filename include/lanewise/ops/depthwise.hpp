#pragma once
/// \file
/// Depthwise convolution: every channel is filtered by itself. Forward, and the gradients of both
/// operands.
///
/// \code
///   x        (n, h, w, c)           images, channels innermost
///   filters  (kh, kw, c, m)         m filters a channel, the depth multiplier
///   y        (n, oh, ow, c * m)     one pixel a place of the window
///
///   y[n, oy, ox, ch * m + j] = activation(bias[ch * m + j] + sum over ky, kx of
///       x[n, oy * stride.height - top + ky * dilation.height,
///            ox * stride.width - left + kx * dilation.width, ch] * filters[ky, kx, ch, j])
/// \endcode
///
/// Pixels outside the image count as zeros; the filter is not turned. It costs 2 * n * oh * ow * kh
/// * kw * c * m floating-point operations, forward and for each gradient. With m = 1, the usual
/// case, registers run along the channels; other multipliers take plain loops, many times slower.
/// Outputs must not overlap inputs. Results have the same bits on any number of threads. The batch
/// may be empty.
///
/// Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2017.

#include "lanewise/export.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/window.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// How the filters move, and what is done to the result while it is in the cache.
template <class T>
struct DepthwiseOptions {
  Extent2D stride{};                       ///< pixels from one place of the window to the next
  Extent2D dilation{};                     ///< pixels from one element of a filter to the next
  Padding padding = Padding::valid;        ///< zeros around the image
  const T* bias = nullptr;                 ///< one number a channel of the result, or null
  ActivationFunction activation = linear;  ///< of the result; relu costs nothing
};

/// y as above.
/// \throws ShapeError unless x is (n, h, w, c), filters (kh, kw, c, m) and y (n, oh, ow, c * m)
/// with c and m at least 1, or if the window is larger than the padded image; ArgumentError for
/// strides or dilation below 1, negative padding, or an activation's parameter out of range.
template <class T>
LANEWISE_API void depthwise_forward(TensorView<const T> x, TensorView<const T> filters,
                                    TensorView<T> y, const DepthwiseOptions<T>& options = {});

/// dx, the gradient of x, from dy, that of the result before bias and activation, which are not
/// looked at: each pixel of dx collects what it gave to the pixels of y.
/// \throws as depthwise_forward, with dx for x and dy for y.
template <class T>
LANEWISE_API void depthwise_backward_data(TensorView<const T> dy, TensorView<const T> filters,
                                          TensorView<T> dx,
                                          const DepthwiseOptions<T>& options = {});

/// dfilters, the gradient of the filters, from dy, that of the result before bias and activation,
/// which are not looked at. The gradient of the bias is column_sums() of dy as a matrix of c * m
/// columns. Works in at most 2 MB.
/// \throws as depthwise_forward, with dfilters for filters and dy for y.
template <class T>
LANEWISE_API void depthwise_backward_weights(TensorView<const T> x, TensorView<const T> dy,
                                             TensorView<T> dfilters,
                                             const DepthwiseOptions<T>& options = {});

}  // namespace lanewise::ops
