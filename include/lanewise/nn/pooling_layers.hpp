#pragma once
/// \file
/// The layers that pool images: of each window, or of the whole image, one number a channel stays.
///
/// Samples are (height, width, channels), channels innermost. The formulas, what becomes of NaN and
/// equal numbers, and the cost are in ops/pooling.hpp. No layer here has parameters.

#include <optional>

#include "lanewise/nn/layer.hpp"
#include "lanewise/ops/window.hpp"

namespace lanewise {

/// Options of the layers that pool windows.
struct Pooling2DOptions {
  std::optional<Extent2D> strides = std::nullopt;  ///< pool_size, if not given
  Padding padding = Padding::valid;
  LANEWISE_FIELDS(Pooling2DOptions, strides, padding);
};

/// The largest of each window: (height, width, channels) becomes (height', width', channels), half
/// the height and width by default. The gradient goes to the first of equal ones. Training keeps a
/// byte for each of them, where it was, if windows have at most 256 pixels.
/// \throws ArgumentError when the model is made for a pool_size, strides or padding out of range,
/// and when it is built for padding that a window could disappear in; ShapeError if the samples are
/// no images or smaller than the window.
struct LANEWISE_API MaxPooling2D {
  Extent2D pool_size = 2;
  Pooling2DOptions options{};
  LANEWISE_LAYER(MaxPooling2D, pool_size, options);
};

/// The mean of each window, padding not counted. \throws as MaxPooling2D.
struct LANEWISE_API AveragePooling2D {
  Extent2D pool_size = 2;
  Pooling2DOptions options{};
  LANEWISE_LAYER(AveragePooling2D, pool_size, options);
};

/// The root of the sum of squares of each window; a window of zeros gives no gradient. Keras does
/// not have it. \throws as MaxPooling2D.
struct LANEWISE_API L2Pooling2D {
  Extent2D pool_size = 2;
  Pooling2DOptions options{};
  LANEWISE_LAYER(L2Pooling2D, pool_size, options);
};

/// Options of the layers that pool whole images.
struct GlobalPooling2DOptions {
  bool keepdims = false;  ///< leave (1, 1, channels) instead of (channels)
  LANEWISE_FIELDS(GlobalPooling2DOptions, keepdims);
};

/// The mean of each channel: (height, width, channels) becomes (channels).
/// \throws ShapeError if the samples are no images.
struct LANEWISE_API GlobalAveragePooling2D {
  GlobalPooling2DOptions options{};
  LANEWISE_LAYER(GlobalAveragePooling2D, options);
};

/// The largest of each channel: (height, width, channels) becomes (channels). The gradient goes to
/// the first of equal ones. \throws as GlobalAveragePooling2D.
struct LANEWISE_API GlobalMaxPooling2D {
  GlobalPooling2DOptions options{};
  LANEWISE_LAYER(GlobalMaxPooling2D, options);
};

}  // namespace lanewise
