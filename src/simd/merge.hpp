#pragma once
// Element-wise arithmetic of two arrays: what layers of several inputs are made of. Arrays may have
// any alignment.
#include "simd/family.hpp"

namespace lanewise::simd {

template <class T>
struct MergeKernels {
  // y[i] = a[i] + b[i] for i in [0, n); y may be a or b.
  void (*add)(const T* a, const T* b, T* y, long n) noexcept;
};

LANEWISE_DECLARE_FAMILY(MergeKernels, merge)

}  // namespace lanewise::simd
