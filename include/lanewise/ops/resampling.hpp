#pragma once
/// \file
/// Images made larger or smaller: padded with zeros, cropped, and enlarged by whole factors.
///
/// Images are (n, h, w, c), channels innermost. Every backward is the adjoint of its forward,
/// written as a gather: each pixel of dx collects from the pixels of dy that it gave to, so that
/// threads share nothing and the bits do not depend on their number. Outputs must not overlap
/// inputs. The batch may be empty. The cost is that of the memory: one pass over x and y.

#include "lanewise/export.hpp"
#include "lanewise/names.hpp"
#include "lanewise/ops/window.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// Which pixels an enlarged one is made from.
enum class Interpolation {
  nearest,   ///< the one that covers it: each pixel becomes a block of equal ones
  bilinear,  ///< the four whose centres surround its own, weighted by distance
};
LANEWISE_NAMES(Interpolation, nearest, bilinear)

namespace ops {

/// y = x with padding.top() rows of zeros above it, and so on: (n, top + h + bottom, left + w +
/// right, c).
/// \throws ShapeError unless x and y have these shapes; ArgumentError for negative numbers, or for
/// `Padding::same`, which is no number.
template <class T>
LANEWISE_API void zero_pad(TensorView<const T> x, const Padding& padding, TensorView<T> y);

/// y = x without its first `cropping.top()` rows, and so on: the adjoint of zero_pad.
/// \throws ShapeError unless x is y padded by `cropping`; ArgumentError as zero_pad.
template <class T>
LANEWISE_API void crop(TensorView<const T> x, const Padding& cropping, TensorView<T> y);

/// y of (n, h * factor.height, w * factor.width, c) from x of (n, h, w, c).
///
/// The centre of the enlarged pixel o lies at i = (o + 1/2) / factor - 1/2 in x (half-pixel
/// centres, as TensorFlow's image.resize). `nearest` takes pixel o / factor, rounded down;
/// `bilinear` the pixels on both sides of i, weighted 1 - f and f by its fraction f, in both
/// directions. Beyond the outermost centres the border pixel counts alone.
/// \throws ShapeError unless x and y have these shapes; ArgumentError for a factor below 1 or an
/// unknown interpolation.
template <class T>
LANEWISE_API void upsample(TensorView<const T> x, Extent2D factor, Interpolation interpolation,
                           TensorView<T> y);

/// dx, the gradient of upsample's x, from dy, that of its y. \throws as upsample.
template <class T>
LANEWISE_API void upsample_backward(TensorView<const T> dy, Extent2D factor,
                                    Interpolation interpolation, TensorView<T> dx);

}  // namespace ops
}  // namespace lanewise
