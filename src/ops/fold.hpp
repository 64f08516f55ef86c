#pragma once
// Folding the windows of an image back into it: one row of col2im().
#include <algorithm>

#include "ops/window_axis.hpp"

namespace lanewise::ops {

// Row iy of an image of c channels, `to`, = the sum of what the windows that see it hold for it.
// The windows of the image are unfolded in `columns`, (oh * ow, kh * kw * c).
template <class T>
void fold_row(const T* columns, const WindowOnImage& w, Index c, Index iy, T* to) noexcept {
  const WindowAxis x = horizontal(w);
  std::fill(to, to + w.input.width * c, T(0));
  const Index line = w.kernel.width * c, depth = w.kernel.height * line;
  for (Index ky = 0; ky < w.kernel.height; ++ky) {
    const Index below = iy + w.top - ky * w.dilation.height;  // oy * stride, if anybody's
    if (below < 0 || below % w.stride.height != 0) continue;
    const Index oy = below / w.stride.height;
    if (oy >= w.output.height) continue;
    const T* from = columns + oy * w.output.width * depth + ky * line;
    for (Index ox = 0; ox < w.output.width; ++ox, from += depth) {
      const Index left = x.begin(ox);
      const Taps taps = taps_inside(x, ox);
      // Neighbouring taps of a dense window are neighbouring pixels: one run.
      const Index run = w.dilation.width == 1 ? (taps.end - taps.begin) * c : c;
      for (Index kx = taps.begin; kx < taps.end; kx += run / c) {
        T* const pixel = to + (left + kx * w.dilation.width) * c;
        for (Index i = 0; i < run; ++i) pixel[i] += from[kx * c + i];
      }
    }
  }
}

}  // namespace lanewise::ops
