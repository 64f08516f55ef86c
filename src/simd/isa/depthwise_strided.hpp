#pragma once
// Depthwise convolution of strided channels, as a depth multiplier leaves them: element by element.
// Contract in simd/depthwise.hpp.
#include "simd/depthwise.hpp"
#include "simd/isa/depthwise_axis.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Calls body(place in x, element of the filter) for every tap of pixel p of line l that is inside.
template <class Body>
LANEWISE_INLINE void for_each_tap(const DepthwiseShape& s, long l, long p, Body body) noexcept {
  for (long ty = 0; ty < s.rows; ++ty)
    for (long tx = 0; tx < s.taps; ++tx) {
      const long row = s.down.first + l * s.down.step + ty * s.down.tap;
      const long column = s.across.first + p * s.across.step + tx * s.across.tap;
      if (is_inside(s.down, row) && is_inside(s.across, column))
        body(row + column, ty * s.w_row + tx * s.w_tap);
    }
}

template <class T>
void convolve_strided(const DepthwiseShape& s, const DepthwiseStrides& strides, const T* x,
                      const T* w, const T* bias, bool relu, T* y) noexcept {
  for (long l = 0; l < s.lines; ++l)
    for (long p = 0; p < s.pixels; ++p)
      for (long c = 0; c < s.channels; ++c) {
        T sum = bias == nullptr ? T(0) : bias[c * strides.y];
        for_each_tap(s, l, p, [&](long place, long tap) {
          const T *from = x + place + c * strides.x, *factor = w + tap + c * strides.w;
          for (long i = 0; i < strides.planes; ++i) sum += from[i] * factor[i];
        });
        y[l * s.y_line + p * s.y_step + c * strides.y] = relu && sum < T(0) ? T(0) : sum;
      }
}

template <class T>
void accumulate_weights_strided(const DepthwiseShape& s, const DepthwiseStrides& strides,
                                const T* x, const T* dy, T* dw) noexcept {
  for (long l = 0; l < s.lines; ++l)
    for (long p = 0; p < s.pixels; ++p)
      for_each_tap(s, l, p, [&](long place, long tap) {
        const T *from = x + place, *d = dy + l * s.y_line + p * s.y_step;
        for (long c = 0; c < s.channels; ++c)
          dw[tap + c * strides.w] += from[c * strides.x] * d[c * strides.y];
      });
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
