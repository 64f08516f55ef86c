#pragma once
// One row of col2im(): an image's row from the windows that see it.
#include <algorithm>

#include "cpu/tables.hpp"
#include "ops/window_axis.hpp"

namespace lanewise::ops {

// Row iy of an image of c channels, `to`, = the sum of what the windows that see it hold for it.
// The windows lie in `columns`, (oh * ow, kh * kw * c), as im2col() writes them.
template <class T>
void col2im_row(const T* columns, const WindowOnImage& w, Index c, Index iy, T* to) noexcept {
  const auto& kernels = cpu::kernels<simd::MergeKernels<T>>();
  const WindowAxis x = horizontal(w);
  const Index width = x.input * c, line = x.kernel * c, depth = w.kernel.height * line;
  std::fill_n(to, width, T(0));
  // The output columns [begin, end) whose windows reach into the image; no distance of theirs is
  // too large for an index.
  Index begin = 0, end = x.output;
  while (begin < end && x.begin(begin) + x.reach() <= 0) ++begin;
  while (begin < end && x.begin(end - 1) >= x.input) --end;
  for (Index ky = 0; ky < w.kernel.height; ++ky) {
    const Index below = iy + w.top - ky * w.dilation.height;  // oy * stride, if of an output
    if (below < 0 || below % w.stride.height != 0) continue;
    const Index oy = below / w.stride.height;
    if (oy >= w.output.height) continue;
    const T* const from = columns + oy * x.output * depth + ky * line;
    if (x.dilation == 1) {  // neighbouring taps are neighbouring pixels: one run a window
      if (begin < end)
        kernels.overlap_add({.count = end - begin,
                             .length = line,
                             .x_step = depth,
                             .first = x.begin(begin) * c,
                             .y_step = end - begin > 1 ? x.stride * c : 0},
                            from + begin * depth, to, width);
      continue;
    }
    for (Index ox = begin; ox < end; ++ox) {
      const Taps taps = taps_inside(x, ox);
      for (Index kx = taps.begin; kx < taps.end; ++kx) {
        T* const pixel = to + (x.begin(ox) + kx * x.dilation) * c;
        kernels.add(pixel, 1, from + ox * depth + kx * c, 1, pixel, c);
      }
    }
  }
}

}  // namespace lanewise::ops
