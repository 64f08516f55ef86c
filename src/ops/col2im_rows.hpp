#pragma once
// Rows of col2im(): an image's rows from the windows that see them.
#include <algorithm>

#include "cpu/tables.hpp"
#include "ops/window_axis.hpp"

namespace lanewise::ops {

// Rows [begin, end) of an image of c channels, at `to`, = the sums of what the windows that see
// them hold for them. The windows lie in `columns`, (oh * ow, kh * kw * c), as im2col() writes
// them.
//
// A pixel collects from the windows of a few rows and columns, each from another tap: a block,
// whose steps are the same for all pixels that are whole strides apart. Blocks are summed by rising
// taps of the height and, within these, by rising columns of windows.
template <class T>
void col2im_rows(const T* columns, const WindowOnImage& w, Index c, Index begin, Index end,
                 T* to) noexcept {
  const auto sum_blocks = cpu::kernels<simd::MergeKernels<T>>().sum_blocks;
  const Index line = w.kernel.width * c, depth = w.kernel.height * line;
  const Index down = w.stride.height, across = w.stride.width, width = w.input.width;
  for (Index i = 0; i < std::min(down, end - begin); ++i)
    for (Index j = 0; j < std::min(across, width); ++j) {
      const FilterAxis y = phase_of_gradient(vertical(w), (begin + i) % down);
      const FilterAxis x = phase_of_gradient(horizontal(w), j);
      const Index row_step = y.window.dilation * w.output.width * depth + y.filter_step * line;
      const Index column_step = x.window.dilation * depth + x.filter_step * c;
      const Index whole = x.window.input - x.window.reach() + x.window.before + 1;
      for (Index row = begin + i; row < end; row += down) {
        const Index p = row / down;
        const Taps rows = taps_inside(y.window, p);
        // The last row of windows has the first tap: from there upwards.
        const Index bottom = y.window.begin(p) * w.output.width * depth + y.filter * line +
                             (rows.end - 1) * row_step;
        for (Index q = 0, stop = 0; q < x.window.output; q = stop) {
          // Before `whole`, pixels see every tap of the phase, but for those at the left.
          stop = x.window.begin(q) >= 0 && q < whole ? std::min(whole, x.window.output) : q + 1;
          const Taps taps = taps_inside(x.window, q);
          const bool seen = rows.begin < rows.end && taps.begin < taps.end;
          const Index left = x.window.begin(q) * depth + x.filter * c + taps.begin * column_step;
          sum_blocks({.count = stop - q,
                      .channels = c,
                      .x_step = depth,
                      .y_step = across * c,
                      .rows = rows.end - rows.begin,
                      .columns = taps.end - taps.begin,
                      .row_step = -row_step,
                      .column_step = column_step},
                     columns + (seen ? bottom + left : 0),
                     to + ((row - begin) * width + j + q * across) * c);
        }
      }
    }
}

}  // namespace lanewise::ops
