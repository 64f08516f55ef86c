#pragma once
/// \file
/// Convolution: a filter bank slides over images. Forward, the gradients of both operands,
/// transposed convolution, and im2col, which turns any of them into a matrix product.
///
/// \code
///   x        (n, h, w, c)                images, channels innermost
///   filters  (kh, kw, c / groups, k)     one column a filter
///   y        (n, oh, ow, k)              one pixel a place of the window
///
///   y[n, oy, ox, o] = activation(bias[o] + sum over ky, kx, ch of
///       x[n, oy * stride.height - top + ky * dilation.height,
///            ox * stride.width - left + kx * dilation.width, ch] * filters[ky, kx, ch, o])
/// \endcode
///
/// Pixels outside the image count as zeros. As everywhere in deep learning this is a
/// cross-correlation: the filter is not turned. With groups, channels and filters are cut into that
/// many equal parts, and a part of the filters sees its part of the channels alone.
///
/// Each of them costs 2 * n * oh * ow * k * kh * kw * c / groups floating-point operations (fewer
/// as ConvolutionAlgorithm::winograd, which says what else it takes), and at most 2 MB of workspace
/// a thread (a 1x1 convolution is a gemm(), and takes up to 3): the product is an implicit GEMM,
/// and no matrix of windows is made. Outputs must not overlap inputs. Results have the same bits on
/// any number of threads. The batch may be empty.
///
/// Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, has the
/// pictures.

#include "lanewise/export.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/convolution_algorithm.hpp"
#include "lanewise/ops/window.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// How the filters move, and what is done to the result while it is in the cache.
template <class T>
struct ConvolutionOptions {
  Extent2D stride{};                       ///< pixels from one place of the window to the next
  Extent2D dilation{};                     ///< pixels from one element of a filter to the next
  Padding padding = Padding::valid;        ///< zeros around the image
  Index groups = 1;                        ///< parts that see nothing of each other
  const T* bias = nullptr;                 ///< one number a channel of the result, or null
  ActivationFunction activation = linear;  ///< of the result; relu costs nothing
  ConvolutionAlgorithm algorithm = ConvolutionAlgorithm::automatic;  ///< how it is computed
  /// The filters as winograd_filters() left them for this pass, or nothing: they are read where
  /// winograd would transform the filters as a whole. `direct` does not look at them.
  TensorView<const T> transformed{};
};

/// What the filters of a convolution are multiplied with: images, or for the gradient of the images
/// (and for the transposed convolution) the gradient of y.
enum class ConvolutionPass { forward, backward_data };

/// The algorithm that conv_forward and the gradients take for x and filters of these shapes (for
/// conv_transpose_forward x is the larger side, its result): what the options ask for, and for
/// `automatic` what is reckoned to be faster. That is a function of the sizes and of T alone, the
/// same on every processor and for any number of threads. The number of images is one of the sizes:
/// the filters are transformed once for all of them. So an image may have other bits alone than
/// among many, and by winograd also where that is named: of up to 64 tiles its sums are cut
/// differently. Winograd is chosen where it can do the window,
/// c channels and k filters a group are at least 16 each, and
///
///     1.3 * (t * p * (1.7 + 6.5 / c + 6.5 / k) + p * (7.5 r + 1.5 * megabytes))
///
/// is below the taps of a filter * the pixels of y, where all images together have t tiles of p products. The
/// transformed filters of a group take so many megabytes, and r is 1. For up to 64 tiles, and for
/// filters of more than 16 megabytes, they are transformed piece by piece, in r rounds of at most
/// 64 tiles (16 MB of them), and count as 0 megabytes. The constants are fitted to measured times
/// of 1,200 sizes in float and double, with AVX-512 and AVX2 on one thread; the first factor is a
/// margin. \throws as conv_forward for what concerns x, filters and the window.
template <class T>
LANEWISE_API ConvolutionAlgorithm conv_algorithm(const Shape& x, const Shape& filters,
                                                 const ConvolutionOptions<T>& options = {});

/// The shape of the memory that winograd_filters() fills for images of x's size: (groups, numbers),
/// about 36 * (c / groups) * (k / groups) of them. The number of images does not matter.
/// \throws as conv_forward for what concerns x, filters and the window, and ArgumentError for a
/// window that `winograd` does not take.
template <class T>
LANEWISE_API Shape winograd_filters_shape(const Shape& x, const Shape& filters,
                                          const ConvolutionOptions<T>& options = {});

/// Transforms filters for many convolutions of images of x's size, which take the result as
/// ConvolutionOptions::transformed: the same bits, without a transform in each. About 100 operations
/// for each pair of a channel and a filter. \throws as winograd_filters_shape(), and ShapeError
/// unless `transformed` has that shape.
template <class T>
LANEWISE_API void winograd_filters(TensorView<const T> filters, const Shape& x,
                                   TensorView<T> transformed,
                                   const ConvolutionOptions<T>& options = {},
                                   ConvolutionPass pass = ConvolutionPass::forward);

/// y = activation(x * filters + bias), see above.
/// \throws ShapeError unless x is (n, h, w, c), filters (kh, kw, c / groups, k) and y (n, oh, ow,
/// k), or if the window is larger than the padded image; ArgumentError for strides, dilation or
/// groups below 1, negative padding, channels or filters that do not divide into the groups, an
/// activation's parameter out of range, or a window that `winograd` does not take; ShapeError for
/// transformed filters of another shape than winograd_filters_shape()'s.
template <class T>
LANEWISE_API void conv_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                               const ConvolutionOptions<T>& options = {});

/// dx, the gradient of x, from dy, that of x * filters: each pixel of dx collects what it gave to
/// the pixels of y. Bias and activation of the options are not looked at.
/// \throws as conv_forward, with dx for x and dy for y.
template <class T>
LANEWISE_API void conv_backward_data(TensorView<const T> dy, TensorView<const T> filters,
                                     TensorView<T> dx, const ConvolutionOptions<T>& options = {});

/// dfilters, the gradient of the filters, from dy, that of x * filters. Bias and activation of the
/// options are not looked at; the gradient of the bias is column_sums() of dy as a matrix of k
/// columns. \throws as conv_forward, with dfilters for filters and dy for y.
template <class T>
LANEWISE_API void conv_backward_weights(TensorView<const T> x, TensorView<const T> dy,
                                        TensorView<T> dfilters,
                                        const ConvolutionOptions<T>& options = {});

/// The transposed convolution: y = activation(B(x) + bias), where B is conv_backward_data for the
/// convolution that leads from images like y to images like x. So x is (n, oh, ow, k), y (n, h, w,
/// c) and filters (kh, kw, c / groups, k), Keras's order for Conv2DTranspose; the bias has c
/// numbers. The gradients are conv_forward(dy) for x and conv_backward_weights(dy, x) for the
/// filters.
/// \throws as conv_forward, with x for y and y for x.
template <class T>
LANEWISE_API void conv_transpose_forward(TensorView<const T> x, TensorView<const T> filters,
                                         TensorView<T> y,
                                         const ConvolutionOptions<T>& options = {});

/// Copies each window into a row (im2col, or unfold): row (n, oy, ox) of `columns`, (n * oh * ow,
/// kh * kw * c), is what the window sees there, zeros where it hangs over the border. With filters
/// as a matrix of (kh * kw * c, k), y = columns * filters is the convolution; conv_forward does the
/// same without the columns. \throws ShapeError unless x is (n, h, w, c) and columns fits;
/// ShapeError and ArgumentError as resolve_window().
template <class T>
LANEWISE_API void im2col(TensorView<const T> x, const Window& window, TensorView<T> columns);

/// The adjoint of im2col: x = what the columns give back, each pixel the sum of all its copies. For
/// any x and c, the inner products <im2col(x), c> and <x, col2im(c)> agree.
/// \throws as im2col.
template <class T>
LANEWISE_API void col2im(TensorView<const T> columns, const Window& window, TensorView<T> x);

}  // namespace lanewise::ops
