#pragma once
// The kernels of depthwise convolution: each channel is filtered by itself, so that registers run
// along the channels and nothing is ever shuffled.
//
//          x, channels innermost                    one register of channels
//   row 0  | x0 | x1 | x2 | x3 | x4 | ...
//   row 1  | x0 | x1 | x2 | x3 | x4 | ...      y:   line 0  | y0 | y1 | y2 | y3 |
//   row 2  | x0 | x1 | x2 | x3 | x4 | ...           line 1  | y0 | y1 | y2 | y3 |
//   row 3  | x0 | x1 | x2 | x3 | x4 | ...
//            `- taps of y0 -'                       a tile of eight sums, say: an x is loaded once
//                 `- taps of y1 -'                  for the up to six y that see it
//
// One call makes lines of y, borders included: a tap that is outside the image is passed over.
// Every y is one chain of multiply-adds over the taps in order, whatever the tile.
#include "simd/family.hpp"

namespace lanewise::simd {

// What results see along one axis of an image: number i sees at tap t the place
// first + i * step + t * tap, if that is in [0, size). Counted in elements; tap is positive.
struct DepthwiseAxis {
  long first, step, tap, size;
};

// Pixel p of line l of y, at l * y_line + p * y_step, sees x at what its line sees going down the
// image plus what it sees going across, under the filter's element ty * w_row + tx * w_tap, for
// ty < rows and tx < taps.
struct DepthwiseShape {
  long lines, pixels;
  long rows, taps;
  long channels;
  DepthwiseAxis down, across;
  long w_row, w_tap;
  long y_line, y_step;
  bool prefetch;  // whether x and y come from beyond the caches
};

// The strides of the channels, from one to the next, and how many products of neighbours each y
// sums: all 1 but for a depth multiplier.
struct DepthwiseStrides {
  long x = 1, w = 1, y = 1;
  long planes = 1;
};

template <class T>
struct DepthwiseKernels {
  int lanes;

  // y = relu(bias + sum over the taps of x * w), channel by channel; `bias` may be null.
  void (*convolve)(const DepthwiseShape& shape, const T* x, const T* w, const T* bias, bool relu,
                   T* y) noexcept;

  // dw += sum over the pixels of x * dy, for each tap and channel.
  void (*accumulate_weights)(const DepthwiseShape& shape, const T* x, const T* dy, T* dw) noexcept;

  // The same two for strided channels, element by element: element c of y is at c * strides.y,
  // and so on, and convolve sums over strides.planes elements of x and w side by side.
  void (*convolve_strided)(const DepthwiseShape& shape, const DepthwiseStrides& strides, const T* x,
                           const T* w, const T* bias, bool relu, T* y) noexcept;
  void (*accumulate_weights_strided)(const DepthwiseShape& shape, const DepthwiseStrides& strides,
                                     const T* x, const T* dy, T* dw) noexcept;
};

LANEWISE_DECLARE_FAMILY(DepthwiseKernels, depthwise)

}  // namespace lanewise::simd
