#pragma once
// Chapter 13: numbers as pictures.
#include <algorithm>
#include <cmath>

#include "lanewise/lanewise.hpp"
#include "support/gallery.hpp"

namespace pictures {

using lanewise::Index;

/// The channels of one feature map, (height, width, channels), as one grey picture each: 0 is
/// black, the largest number of all channels white.
inline lanewise::Tensor<std::uint8_t> feature_maps(lanewise::TensorView<const float> maps) {
  const auto& shape = maps.shape();
  lanewise::Tensor<std::uint8_t> grey({shape[2], shape[0], shape[1]});
  const float white = std::max(*std::max_element(maps.begin(), maps.end()), 1e-30f);
  for (Index row = 0; row < shape[0]; ++row)
    for (Index column = 0; column < shape[1]; ++column)
      for (Index channel = 0; channel < shape[2]; ++channel)
        grey(channel, row, column) = static_cast<std::uint8_t>(
            std::lround(255 * std::max(maps(row, column, channel), 0.0f) / white));
  return grey;
}

/// The filters of a convolution of one channel, (kh, kw, 1, filters), as one picture each, in the
/// colours of chapter 05.
inline tutorial::Gallery filters(lanewise::TensorView<const float> kernel) {
  const auto& shape = kernel.shape();
  tutorial::Gallery gallery(shape[0], shape[1]);
  for (Index filter = 0; filter < shape[3]; ++filter) {
    lanewise::Tensor<double> plane({shape[0], shape[1]});
    for (Index i = 0; i < plane.size(); ++i) plane[i] = kernel[i * shape[3] + filter];
    gallery.add(plane);
  }
  return gallery;
}

/// Moves an image, (height, width, 1), down and to the right. What leaves the frame is lost, what
/// enters is background.
// [shift]
inline void shift(lanewise::TensorView<const std::uint8_t> image, Index down, Index right,
                  lanewise::TensorView<std::uint8_t> moved) {
  const Index height = image.shape()[0], width = image.shape()[1];
  for (Index row = 0; row < height; ++row)
    for (Index column = 0; column < width; ++column) {
      const Index from_row = row - down, from_column = column - right;
      const bool inside =
          from_row >= 0 && from_row < height && from_column >= 0 && from_column < width;
      moved(row, column, 0) = inside ? image(from_row, from_column, 0) : std::uint8_t{0};
    }
}
// [shift]

}  // namespace pictures
