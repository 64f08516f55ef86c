#pragma once
// What the convolutions check before they change anything.
#include <string_view>

#include "lanewise/ops/convolution.hpp"

namespace lanewise::ops {

// The sizes of one convolution: of x to y by filters, whichever of the three is computed.
struct ConvolutionSizes {
  Index images;
  Index channels, filter_count;  // of all groups together
  Index groups;
  WindowOnImage window;
  ConvolutionAlgorithm algorithm =
      ConvolutionAlgorithm::automatic;  // direct or winograd, when checked

  Index group_channels() const { return channels / groups; }
  Index group_filter_count() const { return filter_count / groups; }
  Index taps() const { return window.kernel.height * window.kernel.width; }
  Index depth() const { return taps() * group_channels(); }
  // Of y.
  Index pixels() const { return images * window.output.height * window.output.width; }
  // Whether the windows, as they lie in memory, are the rows of a matrix (pixels, depth): each is a
  // pixel (of one row, a stride leaves no trace but fewer outputs), or the whole image.
  bool is_product() const {
    const bool pixel = taps() == 1 && window.output == window.input;
    return groups == 1 && !window.is_padded() && (pixel || window.kernel == window.input);
  }
};

// The names by which messages call the operation and its operands.
struct ConvolutionNames {
  std::string_view operation, x, filters, y;
};

// Throws as conv_forward.
template <class T>
ConvolutionSizes check_convolution(const ConvolutionNames& names, const Shape& x,
                                   const Shape& filters, const Shape& y,
                                   const ConvolutionOptions<T>& options);

}  // namespace lanewise::ops
