#pragma once
// Chapter 05: what its sections do with single planes of numbers.
#include <algorithm>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/compare.hpp"

namespace planes {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;  // (height, width)

inline Plane transposed(const Plane& x) {
  Plane y({x.shape()[1], x.shape()[0]});
  for (Index i = 0; i < x.shape()[0]; ++i)
    for (Index j = 0; j < x.shape()[1]; ++j) y(j, i) = x(i, j);
  return y;
}

// By half a circle: the last element comes first.
inline Plane turned(Plane x) {
  std::reverse(x.begin(), x.end());
  return x;
}

inline bool same(const Plane& a, const Plane& b) {
  return a.shape() == b.shape() && std::equal(a.begin(), a.end(), b.begin());
}

using tutorial::largest_difference;

// Bright on the left, dark on the right.
inline Plane edge_image() {
  Plane image({8, 8});
  for (Index i = 0; i < 8; ++i)
    for (Index j = 0; j < 4; ++j) image(i, j) = 10;
  return image;
}

inline Plane edge_filter() {
  return Plane({3, 3}, {1, 0, -1, 1, 0, -1, 1, 0, -1});
}

// The same as the library trains on it: (count, height, width, channels), numbers up to 1.
inline lanewise::Tensor<float> one_edge_image() {
  const Plane image = edge_image();
  lanewise::Tensor<float> x({1, 8, 8, 1});
  for (Index i = 0; i < x.size(); ++i) x[i] = static_cast<float>(image[i]) / 10;
  return x;
}

// A 7, and what its upper right corner looks like.
inline Plane seven() {
  return Plane({7, 7}, {0, 0, 0, 0, 0, 0, 0,  //
                        0, 1, 1, 1, 1, 1, 0,  //
                        0, 0, 0, 0, 0, 1, 0,  //
                        0, 0, 0, 0, 1, 0, 0,  //
                        0, 0, 0, 1, 0, 0, 0,  //
                        0, 0, 1, 0, 0, 0, 0,  //
                        0, 0, 1, 0, 0, 0, 0});
}

inline Plane corner() {
  return Plane({3, 3}, {0, 1, 1,  //
                        0, 0, 1,  //
                        0, 1, 0});
}

// Each number written into a square of 2 x 2.
inline Plane enlarged(const Plane& x) {
  Plane y({2 * x.shape()[0], 2 * x.shape()[1]});
  for (Index i = 0; i < y.shape()[0]; ++i)
    for (Index j = 0; j < y.shape()[1]; ++j) y(i, j) = x(i / 2, j / 2);
  return y;
}

// Filters of one size as the library wants them, (height, width, 1, count).
inline lanewise::Tensor<double> bank_of(const std::vector<Plane>& filters) {
  const auto count = static_cast<Index>(filters.size());
  const lanewise::Shape& shape = filters.front().shape();
  lanewise::Tensor<double> bank({shape[0], shape[1], 1, count});
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < shape.size(); ++i)
      bank[i * count + k] = filters[static_cast<std::size_t>(k)][i];
  return bank;
}

// Channel `channel` of image `image` of (count, height, width, channels).
inline Plane channel_of(const lanewise::Tensor<double>& y, Index image, Index channel) {
  Plane plane({y.shape()[1], y.shape()[2]});
  const Index channels = y.shape()[3];
  for (Index i = 0; i < plane.size(); ++i)
    plane[i] = y[(image * plane.size() + i) * channels + channel];
  return plane;
}

}  // namespace planes
