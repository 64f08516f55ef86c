#pragma once
// Chapter 18: images of 28 x 28 pixels, moved, turned and inverted, and squares of them erased.
#include <cmath>
#include <numbers>

#include "lanewise/lanewise.hpp"

namespace images {

using lanewise::Index;
using View = lanewise::TensorView<const double>;  // an image: 784 pixels
using Out = lanewise::TensorView<double>;

constexpr Index kSide = 28, kPixels = kSide * kSide;

inline double pixel(View image, Index row, Index column) {
  const bool inside = row >= 0 && row < kSide && column >= 0 && column < kSide;
  return inside ? image[row * kSide + column] : 0;
}

// [between]
// What an image has at a place between its pixels: a mean of the four around the place, in which
// the nearer ones count for more. Outside of the image there is 0.
inline double between(View image, double row, double column) {
  const double top = std::floor(row), left = std::floor(column);
  const double down = row - top, right = column - left;
  const auto r = static_cast<Index>(top), c = static_cast<Index>(left);
  return (1 - down) * ((1 - right) * pixel(image, r, c) + right * pixel(image, r, c + 1)) +
         down * ((1 - right) * pixel(image, r + 1, c) + right * pixel(image, r + 1, c + 1));
}
// [between]

// [changes]
// To the right, by so many pixels.
inline void move(View image, double pixels, Out moved) {
  for (Index i = 0; i < kPixels; ++i) {
    const auto row = static_cast<double>(i / kSide), column = static_cast<double>(i % kSide);
    moved[i] = between(image, row, column - pixels);
  }
}

// Clockwise around the middle, by so many degrees.
inline void turn(View image, double degrees, Out turned) {
  const double angle = degrees * std::numbers::pi / 180, middle = (kSide - 1) / 2.0;
  for (Index i = 0; i < kPixels; ++i) {
    const double y = static_cast<double>(i / kSide) - middle;
    const double x = static_cast<double>(i % kSide) - middle;
    turned[i] = between(image, middle + std::cos(angle) * y - std::sin(angle) * x,
                        middle + std::cos(angle) * x + std::sin(angle) * y);
  }
}

// Towards the negative: 0 is the image, 1 is the image with black and white exchanged.
inline void invert(View image, double amount, Out inverted) {
  for (Index i = 0; i < kPixels; ++i) inverted[i] = image[i] + amount * (1 - 2 * image[i]);
}
// [changes]

}  // namespace images
