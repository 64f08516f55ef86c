#pragma once
// Comparisons: the tests for NaN, a maximum and a minimum that are one instruction, a maximum for
// where there is none, and the places of maxima as bytes.
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

// a where it is smaller, else b: b too where they are equal or one is NaN, as in larger().
template <class T>
LANEWISE_INLINE Register<T> smaller(Register<T> a, Register<T> b) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return a < b ? a : b;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm512_min_ps(a, b));
  else
    return Register<T>(_mm512_min_pd(a, b));
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm256_min_ps(a, b));
  else
    return Register<T>(_mm256_min_pd(a, b));
#elif defined(__SSE4_2__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm_min_ps(a, b));
  else
    return Register<T>(_mm_min_pd(a, b));
#else
  return select<T>(a < b, a, b);
#endif
}

// Where a is larger than b, or NaN where b is not: what a maximum that keeps the first NaN takes a
// for.
template <class T>
LANEWISE_INLINE Mask<T> exceeds(Register<T> a, Register<T> b) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return !(a <= b) && b == b;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Mask<T>(
        _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(b, b, _CMP_ORD_Q), a, b, _CMP_NLE_UQ));
  else
    return Mask<T>(
        _mm512_mask_cmp_pd_mask(_mm512_cmp_pd_mask(b, b, _CMP_ORD_Q), a, b, _CMP_NLE_UQ));
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4)
    return Mask<T>(
        _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_NLE_UQ), _mm256_cmp_ps(b, b, _CMP_ORD_Q)));
  else
    return Mask<T>(
        _mm256_and_pd(_mm256_cmp_pd(a, b, _CMP_NLE_UQ), _mm256_cmp_pd(b, b, _CMP_ORD_Q)));
#elif defined(__SSE4_2__)
  if constexpr (sizeof(T) == 4)
    return Mask<T>(_mm_and_ps(_mm_cmpnle_ps(a, b), _mm_cmpord_ps(b, b)));
  else
    return Mask<T>(_mm_and_pd(_mm_cmpnle_pd(a, b), _mm_cmpord_pd(b, b)));
#else
  return !(a <= b) && b == b;
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

// Stores kLanes whole numbers from 0 to 255 as bytes; load_bytes() of widen.hpp is the way back.
template <class T>
LANEWISE_INLINE void store_bytes(std::uint8_t* p, Register<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  *p = static_cast<std::uint8_t>(x.value);
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(x)));
  else
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm256_cvtepi32_epi8(_mm512_cvttpd_epi32(x)));
#elif defined(__SSE4_1__)
#if defined(__AVX2__)
  __m128i whole;
  if constexpr (sizeof(T) == 4) {
    const __m256i all = _mm256_cvttps_epi32(x);
    whole = _mm_packs_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  } else {
    whole = _mm256_cvttpd_epi32(x);
    whole = _mm_packs_epi32(whole, whole);
  }
#else
  __m128i whole;
  if constexpr (sizeof(T) == 4)
    whole = _mm_cvttps_epi32(x);
  else
    whole = _mm_cvttpd_epi32(x);
  whole = _mm_packs_epi32(whole, whole);
#endif
  const std::int64_t bits = _mm_cvtsi128_si64(_mm_packus_epi16(whole, whole));
  std::memcpy(p, &bits, kLanes<T>);
#else
  alignas(64) T whole[kLanes<T>];
  store(whole, x);
  for (int i = 0; i < kLanes<T>; ++i) p[i] = static_cast<std::uint8_t>(whole[i]);
#endif
}

// Stores the first n of them; nothing past p[n-1] is written.
template <class T>
LANEWISE_INLINE void store_first_bytes(std::uint8_t* p, Register<T> x, int n) noexcept {
  std::uint8_t bytes[kLanes<T>];
  store_bytes<T>(bytes, x);
  std::memcpy(p, bytes, static_cast<std::size_t>(n));
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
