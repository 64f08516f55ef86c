#pragma once
// The functions of isa/math.hpp as kernels over arrays: what the tests and benchmarks of exp and
// its kin call. Kernels that need such a function include that and keep the values in registers.
#include "simd/family.hpp"

namespace lanewise::simd {

template <class T>
struct MathKernels {
  // y[i] = f(x[i]); y may be x.
  using Function = void (*)(const T* x, T* y, long n) noexcept;

  Function exp;
  Function log;
  Function tanh;
  Function expm1_nonpositive;  // e^x - 1 for x <= 0
  Function log1p_unit;         // log(1 + x) for 0 <= x <= 1
  Function sigmoid;            // 1 / (1 + e^-x)
  // sine[i] = sin(2 pi u[i]), cosine[i] = cos(2 pi u[i]) for 0 <= u[i] <= 1.
  void (*sin_cos_2pi)(const T* u, T* sine, T* cosine, long n) noexcept;
};

LANEWISE_DECLARE_FAMILY(MathKernels, math)

}  // namespace lanewise::simd
