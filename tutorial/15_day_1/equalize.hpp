#pragma once
// Chapter 15: histogram equalization, which the reader writes in an exercise.
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace day_1 {

using Image = std::vector<std::uint8_t>;

/// The image with greys that are used as evenly as can be. One of a single grey becomes black.
inline Image equalize(const Image& image) {
  std::array<double, 256> up_to{};  // at first how many pixels have a grey, then how many up to it
  for (const std::uint8_t grey : image) ++up_to[grey];
  double darkest = 0;  // how many pixels have it
  for (std::size_t grey = 0; grey < 256; ++grey) {
    if (darkest == 0) darkest = up_to[grey];
    if (grey > 0) up_to[grey] += up_to[grey - 1];
  }
  Image equalized;
  const double others = up_to[255] - darkest;
  for (const std::uint8_t grey : image)
    equalized.push_back(others == 0 ? std::uint8_t{0}
                                    : static_cast<std::uint8_t>(
                                          std::lround(255 * (up_to[grey] - darkest) / others)));
  return equalized;
}

}  // namespace day_1
