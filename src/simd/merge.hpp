#pragma once
// Element-wise arithmetic of two arrays: what layers of several inputs are made of, and whatever
// adds up parts. Arrays may have any alignment.
#include "simd/family.hpp"

namespace lanewise::simd {

// Runs of `length` elements: number i, of `count`, begins at i * x_step in x and at first + i *
// y_step in y, which may be outside of y.
struct OverlappingRuns {
  long count, length;
  long x_step;
  long first, y_step;
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
  // Overlap-add: adds one run of x after another to y, as far as they lie in y[0..n).
  void (*overlap_add)(const OverlappingRuns& runs, const T* x, T* y, long n) noexcept;
};

LANEWISE_DECLARE_FAMILY(MergeKernels, merge)

}  // namespace lanewise::simd
