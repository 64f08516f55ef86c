#pragma once
// Padding and cropping of images against their definitions, enlarging against the reference.
#include "kernels/comparison/images.hpp"
#include "lanewise/ops/resampling.hpp"
#include "reference/resampling.hpp"

namespace lanewise::test {

// Calls visit(index in y, n, i, j, channel) for every element of images.
template <class Visit>
void for_each_pixel(const Shape& y, Visit visit) {
  Index at = 0;
  for (Index n = 0; n < y[0]; ++n)
    for (Index i = 0; i < y[1]; ++i)
      for (Index j = 0; j < y[2]; ++j)
        for (Index k = 0; k < y[3]; ++k, ++at) visit(at, n, i, j, k);
}

struct Padded {
  Shape inner, outer;
  Padding padding;
};
inline Padded draw_padded(Case& c) {
  const Shape inner = draw_images(c, c.size_or_0("c", 60));
  const Index top = c.number("top", 0, 3), bottom = c.number("bottom", 0, 3);
  const Index left = c.number("left", 0, 3), right = c.number("right", 0, 3);
  return {inner,
          {inner[0], top + inner[1] + bottom, left + inner[2] + right, inner[3]},
          {top, bottom, left, right}};
}

template <class T>
void zero_pad(Case& c) {
  const Padded p = draw_padded(c);
  const auto x = c.input<T>(p.inner);
  auto y = c.output<T>(p.outer);
  Tensor<T> want(p.outer);
  ops::zero_pad<T>(x.view(), p.padding, y.view());
  for_each_pixel(p.inner, [&](Index at, Index n, Index i, Index j, Index k) {
    want(n, i + p.padding.top(), j + p.padding.left(), k) = x.view()[at];
  });
  c.same<T>("y", y, want);
}

template <class T>
void crop(Case& c) {
  const Padded p = draw_padded(c);
  const auto x = c.input<T>(p.outer);
  auto y = c.output<T>(p.inner);
  Tensor<T> want(p.inner);
  ops::crop<T>(x.view(), p.padding, y.view());
  for_each_pixel(p.inner, [&](Index at, Index n, Index i, Index j, Index k) {
    want[at] = x.view()(n, i + p.padding.top(), j + p.padding.left(), k);
  });
  c.same<T>("y", y, want);
}

struct Enlarged {
  Shape x, y;
  Extent2D factor;
  Interpolation interpolation;
};
inline Enlarged draw_enlarged(Case& c) {
  const Shape x = draw_images(c, c.size_or_0("c", 60));
  const Extent2D factor{c.tell("fh", c.any(1, 4)), c.tell("fw", c.any(1, 4))};
  return {x,
          {x[0], x[1] * factor.height, x[2] * factor.width, x[3]},
          factor,
          c.coin("bilinear") ? Interpolation::bilinear : Interpolation::nearest};
}

template <class T>
void upsample(Case& c) {
  const Enlarged p = draw_enlarged(c);
  const auto x = c.input<T>(p.x);
  auto y = c.output<T>(p.y);
  Tensor<T> want(p.y);
  ops::upsample<T>(x.view(), p.factor, p.interpolation, y.view());
  reference::upsample<T>(x.view(), p.factor, p.interpolation, want);
  // Of numbers up to 1: two parts, rounded, and three sums of two products.
  c.near<T>("y", y, want, [&](Index) { return sum_rounding<T>(12); });
}

template <class T>
void upsample_backward(Case& c) {
  const Enlarged p = draw_enlarged(c);
  const auto dy = c.input<T>(p.y);
  auto dx = c.output<T>(p.x);
  const Tensor<T> sizes = dy.magnitudes();
  Tensor<T> want(p.x), magnitude(p.x);
  ops::upsample_backward<T>(dy.view(), p.factor, p.interpolation, dx.view());
  reference::upsample_backward<T>(dy.view(), p.factor, p.interpolation, want);
  reference::upsample_backward<T>(sizes, p.factor, p.interpolation, magnitude);
  // A pixel gives to 9 blocks at most; a part is a product of two, each rounded twice.
  const Index terms = 9 * p.factor.height * p.factor.width + 6;
  c.near<T>("dx", dx, want,
            [&](Index i) { return sum_rounding<T>(terms) * static_cast<double>(magnitude[i]); });
}

}  // namespace lanewise::test
