#pragma once
// Chapter 05: convolution and pooling in plain loops, as one would write them from the formulas,
// and the cosine transform that pooling is compared with.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numbers>
#include <vector>

#include "05_cnn_fundamentals/planes.hpp"
#include "lanewise/lanewise.hpp"

namespace naive {

using lanewise::Index;
using planes::Plane;

// [naive slide]
// y(i, j) = sum over a, b of filter(a, b) image(i + a, j + b)
inline Plane slide(const Plane& image, const Plane& filter) {
  const Index kh = filter.shape()[0], kw = filter.shape()[1];
  Plane y({image.shape()[0] - kh + 1, image.shape()[1] - kw + 1});
  for (Index i = 0; i < y.shape()[0]; ++i)
    for (Index j = 0; j < y.shape()[1]; ++j)
      for (Index a = 0; a < kh; ++a)
        for (Index b = 0; b < kw; ++b) y(i, j) += filter(a, b) * image(i + a, j + b);
  return y;
}
// [naive slide]

// How many places a window of k pixels has on a line of n: by trying.
inline Index places(Index n, Index k, Index stride, Index before, Index behind) {
  Index count = 0;
  for (Index first = -before; first + k <= n + behind; first += stride) ++count;
  return count;
}

// The same by the formulas.
// [naive formula]
struct Placing {
  Index before, behind;  // zeros
  Index places;
};

inline Placing place(Index n, Index k, Index stride, bool same) {
  const Index rounded_up = (n + stride - 1) / stride;  // the places of `same`
  const Index zeros = same ? std::max<Index>((rounded_up - 1) * stride + k - n, 0) : 0;
  const Index p = zeros / 2, q = zeros - p;
  return {p, q, (n + p + q - k) / stride + 1};
}
// [naive formula]

using Doubles = lanewise::Tensor<double>;

// [naive conv backward]
// dfilters(a, b, c, k) = sum over n, i, j of dy(n, i, j, k) x(n, i + a, j + b, c)
inline void conv_backward(const Doubles& x, const Doubles& dy, Doubles& dfilters) {
  const lanewise::Shape &f = dfilters.shape(), &out = dy.shape();
  dfilters.fill(0);
  for (Index n = 0; n < out[0]; ++n)
    for (Index i = 0; i < out[1]; ++i)
      for (Index j = 0; j < out[2]; ++j)
        for (Index k = 0; k < out[3]; ++k)
          for (Index a = 0; a < f[0]; ++a)
            for (Index b = 0; b < f[1]; ++b)
              for (Index c = 0; c < f[2]; ++c)
                dfilters(a, b, c, k) += dy(n, i, j, k) * x(n, i + a, j + b, c);
}
// [naive conv backward]

struct Pooled {
  Plane maximum, average, root;  // root of the sum of squares
};

// [naive pool]
// What squares of size x size leave of a map; a rest at the border is dropped.
inline Pooled pool(const Plane& map, Index size) {
  const lanewise::Shape shape{map.shape()[0] / size, map.shape()[1] / size};
  Pooled y{Plane(shape), Plane(shape), Plane(shape)};
  for (Index i = 0; i < shape[0]; ++i)
    for (Index j = 0; j < shape[1]; ++j) {
      double largest = map(i * size, j * size), sum = 0, squares = 0;
      for (Index a = 0; a < size; ++a)
        for (Index b = 0; b < size; ++b) {
          const double v = map(i * size + a, j * size + b);
          largest = std::max(largest, v);
          sum += v;
          squares += v * v;
        }
      y.maximum(i, j) = largest;
      y.average(i, j) = sum / static_cast<double>(size * size);
      y.root(i, j) = std::sqrt(squares);
    }
  return y;
}
// [naive pool]

// The cosine transform of a square image, or its inverse: C X C^T or C^T X C, where row f of C is a
// cosine of f half waves, and C C^T = 1. Ahmed, Natarajan and Rao, 1974.
inline Plane cosine_transform(const Plane& x, bool inverse) {
  const Index size = x.shape()[0];
  Plane c({size, size}), once({size, size}), twice({size, size});
  for (Index f = 0; f < size; ++f)
    for (Index i = 0; i < size; ++i)
      c(f, i) = std::sqrt((f == 0 ? 1.0 : 2.0) / static_cast<double>(size)) *
                std::cos(std::numbers::pi * static_cast<double>(f * (2 * i + 1)) /
                         static_cast<double>(2 * size));
  using lanewise::ops::gemm;
  gemm<double>(c, x, once, {.transpose_a = inverse});
  gemm<double>(once, c, twice, {.transpose_b = !inverse});
  return twice;
}

// The image without all but the `kept` largest of its waves: what a lossy format does, roughly.
inline Plane keep_largest_waves(const Plane& image, Index kept) {
  Plane waves = cosine_transform(image, false);
  std::vector<double> sizes(waves.begin(), waves.end());
  for (double& size : sizes) size = std::abs(size);
  std::nth_element(sizes.begin(), sizes.begin() + kept, sizes.end(), std::greater<>());
  const double least = sizes[static_cast<std::size_t>(kept)];
  for (double& wave : waves)
    if (std::abs(wave) <= least) wave = 0;
  return cosine_transform(waves, true);
}

}  // namespace naive
