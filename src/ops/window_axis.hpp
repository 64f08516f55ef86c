#pragma once
// A window along one dimension of an image: its kernel, stride, dilation and padding there. All
// operations with windows treat height and width alike, as one of these each.
#include <algorithm>
#include <numeric>

#include "lanewise/ops/window.hpp"

namespace lanewise {

// Output o sees at tap t the element begin(o) + t * dilation, zero where that is outside
// [0, input).
struct WindowAxis {
  Index input, output;
  Index kernel;  // taps; there may be none: then nothing is read
  Index stride, dilation;
  Index before, after = 0;  // padding; `before` is negative where the first window begins inside

  Index begin(Index o) const { return o * stride - before; }
  Index reach() const { return (kernel - 1) * dilation + 1; }
  Index padded() const { return before + input + after; }
  // Whether all windows are.
  bool inside() const {
    return kernel == 0 || (before <= 0 && begin(output - 1) + reach() <= input);
  }
};

inline WindowAxis vertical(const WindowOnImage& w) {
  return {w.input.height,    w.output.height, w.kernel.height, w.stride.height,
          w.dilation.height, w.top,           w.bottom};
}
inline WindowAxis horizontal(const WindowOnImage& w) {
  return {w.input.width,    w.output.width, w.kernel.width, w.stride.width,
          w.dilation.width, w.left,         w.right};
}

// The taps [begin, end) of output o that are inside.
struct Taps {
  Index begin, end;
};
inline Taps taps_inside(const WindowAxis& axis, Index o) {
  const Index first = axis.begin(o), size = axis.input;
  const Index begin = std::min(axis.kernel, first >= 0 ? 0 : (-first - 1) / axis.dilation + 1);
  const Index end = first >= size ? 0 : (size - 1 - first) / axis.dilation + 1;
  return {begin, std::clamp(end, begin, axis.kernel)};
}

// A window with a filter in it. Output o is number result + o * result_step of all results, and tap
// t is under element filter + t * filter_step of the filter.
struct FilterAxis {
  WindowAxis window;
  Index result = 0, result_step = 1;
  Index filter = 0, filter_step = 1;
};

// Backwards, input i collects from the outputs o that it gave to: i = begin(o) + k * dilation for
// an element k of the filter, o = (i + before - k * dilation) / stride where that divides. The
// inputs phase + q * stride of one phase see the same k, and their neighbours q see outputs one
// apart, so that they are the outputs of a window of its own:
//
//      stride 2, 3 elements, no padding     inputs  0 1 2 3 4 5 6
//      phase 0: elements 2 and 0, o = q - 1, q      ^   ^   ^   ^
//      phase 1: element 1,        o = q               ^   ^   ^
inline FilterAxis phase_of_gradient(const WindowAxis& forward, Index phase) {
  const Index common = std::gcd(forward.stride, forward.dilation);
  const Index period = forward.stride / common;  // of the elements k of one phase
  const auto distance = [&](Index k) { return phase + forward.before - k * forward.dilation; };
  Index least = 0;
  while (least < std::min(forward.kernel, period) && distance(least) % forward.stride != 0) ++least;
  FilterAxis axis{.window = {.input = forward.output,
                             .output = (forward.input - phase - 1) / forward.stride + 1,
                             .kernel = 0,
                             .stride = 1,
                             .dilation = forward.dilation / common,
                             .before = 0},
                  .result = phase,
                  .result_step = forward.stride,
                  .filter_step = -period};
  if (least >= std::min(forward.kernel, period)) return axis;
  // From the last element to the first: the outputs rise.
  axis.window.kernel = (forward.kernel - least - 1) / period + 1;
  axis.filter = least + (axis.window.kernel - 1) * period;
  axis.window.before = -(distance(axis.filter) / forward.stride);
  return axis;
}

}  // namespace lanewise
