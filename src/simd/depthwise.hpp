#pragma once
// The kernels of depthwise convolution: each channel is filtered by itself, so that registers run
// along the channels and nothing is ever shuffled.
//
//          x, channels innermost                        one register of channels
//   row 0  | x0 | x1 | x2 | x3 | x4 | ...               kPixels accumulators
//   row 1  | x0 | x1 | x2 | x3 | x4 | ...         y:    | y0 | y1 | y2 | ...
//   row 2  | x0 | x1 | x2 | x3 | x4 | ...
//            `- taps of y0 -'                           a filter row of 3 stays in registers, and
//                 `- taps of y1 -'                      an x is loaded once for its three y
//
// One call makes some pixels that lie side by side in a row, all of whose taps are inside the
// image: ops/depthwise.cpp finds out which taps those are, and asks for the pixels at a border one
// by one. Every y is one chain of multiply-adds over the taps in order, whatever the group of
// pixels.
#include "simd/family.hpp"

namespace lanewise::simd {

// Pixel p of y sees x at p * x_step + ty * x_row + tx * x_tap under the filter's element
// ty * w_row + tx * w_tap, for ty < rows and tx < taps. Strides count elements, and may be
// negative.
struct DepthwiseShape {
  long pixels, rows, taps;
  long channels;
  long x_step, x_row, x_tap;
  long w_row, w_tap;
  long y_step;
  bool prefetch;  // whether x and y come from beyond the caches
};

// How far apart the channels lie, and how many products of neighbours each y sums: all 1 but for a
// depth multiplier.
struct DepthwiseApart {
  long x = 1, w = 1, y = 1;
  long planes = 1;
};

template <class T>
struct DepthwiseKernels {
  int lanes;

  // y = relu(bias + sum over the taps of x * w), channel by channel; `bias` may be null.
  void (*correlate)(const DepthwiseShape& shape, const T* x, const T* w, const T* bias, bool relu,
                    T* y) noexcept;

  // dw += sum over the pixels of x * dy, for each tap and channel.
  void (*accumulate_weights)(const DepthwiseShape& shape, const T* x, const T* dy, T* dw) noexcept;

  // The same two for channels that lie apart, element by element: element c of y is at c * apart.y,
  // and so on, and correlate sums over apart.planes elements of x and w side by side.
  void (*correlate_apart)(const DepthwiseShape& shape, const DepthwiseApart& apart, const T* x,
                          const T* w, const T* bias, bool relu, T* y) noexcept;
  void (*accumulate_weights_apart)(const DepthwiseShape& shape, const DepthwiseApart& apart,
                                   const T* x, const T* dy, T* dw) noexcept;
};

LANEWISE_DECLARE_FAMILY(DepthwiseKernels, depthwise)

}  // namespace lanewise::simd
