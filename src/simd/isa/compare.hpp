#pragma once
// Comparisons: the tests for NaN, and a maximum for where there is none.
#include "simd/isa/registers.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Where x is NaN. (xsimd 8.1 says with AVX that NaN != NaN is false, and needs five instructions
// for the opposite of x == x.)
template <class T>
LANEWISE_INLINE Mask<T> is_nan(Register<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return !(x == x);
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Mask<T>(_mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q));
  else
    return Mask<T>(_mm512_cmp_pd_mask(x, x, _CMP_UNORD_Q));
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4)
    return Mask<T>(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
  else
    return Mask<T>(_mm256_cmp_pd(x, x, _CMP_UNORD_Q));
#elif defined(__SSE4_2__)
  if constexpr (sizeof(T) == 4)
    return Mask<T>(_mm_cmpunord_ps(x, x));
  else
    return Mask<T>(_mm_cmpunord_pd(x, x));
#else
  return !(x == x);
#endif
}

// a where it is larger, else b: b too where they are equal or one is NaN. That is what x86 has an
// instruction for, and xsimd's versions give it different operands.
template <class T>
LANEWISE_INLINE Register<T> larger(Register<T> a, Register<T> b) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return a > b ? a : b;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm512_max_ps(a, b));
  else
    return Register<T>(_mm512_max_pd(a, b));
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm256_max_ps(a, b));
  else
    return Register<T>(_mm256_max_pd(a, b));
#elif defined(__SSE4_2__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm_max_ps(a, b));
  else
    return Register<T>(_mm_max_pd(a, b));
#else
  return select<T>(a > b, a, b);
#endif
}

template <class T>
LANEWISE_INLINE bool any_nan(Register<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return !(x == x);
#else
  return !xsimd::all(x == x);
#endif
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
