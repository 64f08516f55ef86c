#pragma once
/// \file
/// Pooling: a window slides over images and leaves one number a channel of what it sees.
///
/// \code
///   x   (n, h, w, c)      images, channels innermost
///   y   (n, oh, ow, c)    one pixel a place of the window
///
///   max       y = the largest of the window         dx += dy at the first of the largest
///   average   y = the mean of the window            dx += dy / count
///   l2        y = sqrt(sum of x^2 in the window)    dx += x * dy / y, nothing where y is 0
/// \endcode
///
/// Channels do not see each other. Padding is no part of a window: the average divides by `count`,
/// the pixels that lie inside the image, as Keras does. Windows run row by row, which decides what
/// "first" means. A NaN is larger than anything: a window with a NaN has a NaN for its maximum, and
/// the first NaN gets the gradient.
///
/// The dilation of a window must be 1, and an explicit padding must leave no window without a pixel
/// of the image. Forward and backward read and write each array once when windows do not overlap,
/// and do kh * kw operations an output. Outputs must not overlap inputs. Nothing is allocated.
/// Results have the same bits on any number of threads. The batch may be empty.

#include <cstdint>
#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/ops/window.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// The window on an image of this size, for pooling. `who` begins the message of an error,
/// if it is not empty.
/// \throws as resolve_window(); ArgumentError also for a dilation other than 1, and for padding
/// that a window could disappear in.
LANEWISE_API WindowOnImage resolve_pool_window(const Window& window, Extent2D image,
                                               std::string_view who = {});

namespace ops {

/// y = the largest of each window.
/// \throws ShapeError unless x is (n, h, w, c) and y (n, oh, ow, c); ShapeError and ArgumentError
/// as resolve_pool_window().
template <class T>
LANEWISE_API void max_pool(TensorView<const T> x, const Window& window, TensorView<T> y);

/// dx, the gradient of x, from dy, that of y = max_pool(x): each dy goes to the first of the
/// largest of its window, which is found again by comparing x with y.
/// \throws as max_pool, with dy and dx shaped as y and x.
template <class T>
LANEWISE_API void max_pool_backward(TensorView<const T> x, TensorView<const T> y,
                                    TensorView<const T> dy, const Window& window, TensorView<T> dx);

/// The most pixels of a window whose place in it fits a byte.
inline constexpr Index kMostPlaces = 256;

/// Whether a window has no more than kMostPlaces pixels.
LANEWISE_API bool has_places(const Window& window);

/// The same y, bit for bit, and where it was found: which of the window's pixels that lie inside
/// the image, counted row by row from 0, is the first of the largest. With these places the
/// gradient needs neither x nor y.
/// \throws as max_pool, with places shaped as y; ArgumentError unless has_places(window).
template <class T>
LANEWISE_API void max_pool(TensorView<const T> x, const Window& window, TensorView<T> y,
                           TensorView<std::uint8_t> places);

/// dx, the gradient of x, from dy, that of y, and the places that max_pool has written for a window
/// like this and images like dx: the same dx, bit for bit, as by comparing x with y.
/// \throws as max_pool, with dx shaped as x and dy and places as y; ArgumentError unless
/// has_places(window).
template <class T>
LANEWISE_API void max_pool_backward(TensorView<const std::uint8_t> places, TensorView<const T> dy,
                                    const Window& window, TensorView<T> dx);

/// y = the mean of each window, padding not counted.
/// \throws as max_pool.
template <class T>
LANEWISE_API void average_pool(TensorView<const T> x, const Window& window, TensorView<T> y);

/// dx, the gradient of x, from dy, that of y = average_pool(x).
/// \throws as max_pool, with dy and dx shaped as y and x.
template <class T>
LANEWISE_API void average_pool_backward(TensorView<const T> dy, const Window& window,
                                        TensorView<T> dx);

/// y = the root of the sum of squares of each window. Squares that overflow make it infinite.
/// \throws as max_pool.
template <class T>
LANEWISE_API void l2_pool(TensorView<const T> x, const Window& window, TensorView<T> y);

/// dx, the gradient of x, from dy, that of y = l2_pool(x). A window of zeros has no derivative; it
/// gives nothing.
/// \throws as max_pool, with dy and dx shaped as y and x.
template <class T>
LANEWISE_API void l2_pool_backward(TensorView<const T> x, TensorView<const T> y,
                                   TensorView<const T> dy, const Window& window, TensorView<T> dx);

/// y = the largest of each channel of each image; x is (n, h, w, c) and y (n, c).
/// \throws ShapeError for other shapes, or if the images have no pixel.
template <class T>
LANEWISE_API void global_max_pool(TensorView<const T> x, TensorView<T> y);

/// dx, the gradient of x, from dy, that of y = global_max_pool(x): to the first of the largest.
/// \throws as global_max_pool, with dy and dx shaped as y and x.
template <class T>
LANEWISE_API void global_max_pool_backward(TensorView<const T> x, TensorView<const T> y,
                                           TensorView<const T> dy, TensorView<T> dx);

/// y = the mean of each channel of each image; x is (n, h, w, c) and y (n, c).
/// \throws as global_max_pool.
template <class T>
LANEWISE_API void global_average_pool(TensorView<const T> x, TensorView<T> y);

/// dx, the gradient of x, from dy, that of y = global_average_pool(x).
/// \throws as global_max_pool, with dy and dx shaped as y and x.
template <class T>
LANEWISE_API void global_average_pool_backward(TensorView<const T> dy, TensorView<T> dx);

}  // namespace ops
}  // namespace lanewise
