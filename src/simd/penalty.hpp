#pragma once
// Penalties on weights: the two sums they are made of, and their gradient. Arrays may have any
// alignment.
#include "simd/family.hpp"

namespace lanewise::simd {

template <class T>
struct PenaltyKernels {
  // *absolute = the sum of |x[i]| and *squares = that of x[i] * x[i], for i in [0, n), both added
  // in double: eight sums side by side, element i in sum i % 8, and then these in order. No product
  // is fused, so that the bits are the same on every instruction set.
  void (*sums)(const T* x, long n, double* absolute, double* squares) noexcept;

  // dx[i] += quadratic * x[i] + linear * sign(x[i]), with sign(0) = 0 and that of NaN 0; each
  // operation rounds once.
  void (*gradient)(const T* x, T linear, T quadratic, T* dx, long n) noexcept;
};

LANEWISE_DECLARE_FAMILY(PenaltyKernels, penalty)

}  // namespace lanewise::simd
