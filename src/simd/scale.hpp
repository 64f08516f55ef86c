#pragma once
// An array times a number. HACKING.md takes this family as its example of how to add one.
#include "simd/family.hpp"

namespace lanewise::simd {

template <class T>
struct ScaleKernels {
  // y[i] = factor x[i] for i in [0, n); y may be x. Any alignment. One rounding: the same bits on
  // every instruction set.
  void (*scale)(T factor, const T* x, T* y, long n) noexcept;
};

LANEWISE_DECLARE_FAMILY(ScaleKernels, scale)

}  // namespace lanewise::simd
