#pragma once
// Element-wise arithmetic of two arrays: what layers of several inputs are made of, and whatever
// adds up parts. Arrays may have any alignment.
#include "simd/family.hpp"

namespace lanewise::simd {

// Blocks of rows x columns pixels of `channels` elements each in x. Block i, of `count`, begins at
// i * x_step and belongs to the pixel of y that begins at i * y_step. All steps are in elements.
struct PixelBlocks {
  long count, channels;
  long x_step, y_step;
  long rows, columns;
  long row_step, column_step;
};

template <class T>
struct MergeKernels {
  // y[i] = a[i * a_step] + b[i * b_step] and so on, for i in [0, n). A step is 1, or 0 for one
  // number that stands for all; y may be a or b if that one's step is 1.
  using Binary = void (*)(const T* a, long a_step, const T* b, long b_step, T* y, long n) noexcept;
  // dx[i] = dy[i] where x[i * x_step] is y[i] or a NaN, and 0 where not; dx may be dy.
  using Select = void (*)(const T* x, long x_step, const T* y, const T* dy, T* dx, long n) noexcept;

  Binary add;
  Binary subtract;
  Binary multiply;
  Binary maximum;  // NaN if either is
  Binary minimum;
  // y[i] = x[i] / divisor; y may be x.
  void (*divide)(const T* x, T divisor, T* y, long n) noexcept;
  Select keep_chosen;
  Select drop_chosen;  // the other way round
  // The sum of x[0..n), added in lanes: in an order that n alone decides.
  T (*sum)(const T* x, long n) noexcept;
  // Each pixel of y = the sum of its block's, added to zero one after another, row by row.
  void (*sum_blocks)(const PixelBlocks& blocks, const T* x, T* y) noexcept;
};

LANEWISE_DECLARE_FAMILY(MergeKernels, merge)

}  // namespace lanewise::simd
