#pragma once
// Masked tails: loads and stores of the first n elements of a register, for what is left of an
// array after its whole registers. No memory past the n-th element is touched.
#include "simd/isa/registers.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// AVX2 has no mask registers; its masked moves look at the sign of each element of a register.
// Reading at kTailMask + 8 - n gives n ones and then zeros.
#if defined(__AVX2__) && !defined(__AVX512F__) && !defined(LANEWISE_ISA_SCALAR)
alignas(64) constexpr std::int32_t kTailMask32[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
alignas(64) constexpr std::int64_t kTailMask64[8] = {-1, -1, -1, -1};

template <class T>
LANEWISE_INLINE __m256i tail_mask(int n) noexcept {
  const void* from = sizeof(T) == 4 ? static_cast<const void*>(kTailMask32 + 8 - n)
                                    : static_cast<const void*>(kTailMask64 + 4 - n);
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
#endif

// The first n elements from p, zeros after them; 0 <= n <= kLanes. Nothing past p[n-1] is read.
template <class T>
LANEWISE_INLINE Register<T> load_first(const T* p, int n) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return n > 0 ? *p : T(0);
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1u), p));
  else
    return Register<T>(_mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << n) - 1u), p));
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm256_maskload_ps(p, tail_mask<T>(n)));
  else
    return Register<T>(_mm256_maskload_pd(p, tail_mask<T>(n)));
#elif defined(__SSE2__)
  // Not by way of an array: a register that is loaded where elements have just been stored waits.
  if (n == kLanes<T>) return load(p);
  if (n == 0) return broadcast(T(0));
  if constexpr (sizeof(T) == 4) {
    if (n == 1) return Register<T>(_mm_load_ss(p));
    const __m128 two = _mm_loadl_pi(_mm_setzero_ps(), reinterpret_cast<const __m64*>(p));
    return Register<T>(n == 2 ? two : _mm_movelh_ps(two, _mm_load_ss(p + 2)));
  } else {
    return Register<T>(_mm_load_sd(p));
  }
#else
  if (n == kLanes<T>) return load(p);
  alignas(64) T whole[kLanes<T>] = {};
  for (int i = 0; i < n; ++i) whole[i] = p[i];
  return load(whole);
#endif
}

// Stores the first n elements of x; nothing past p[n-1] is written.
template <class T>
LANEWISE_INLINE void store_first(T* p, Register<T> x, int n) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  if (n > 0) *p = x.value;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1u), x);
  else
    _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1u << n) - 1u), x);
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4)
    _mm256_maskstore_ps(p, tail_mask<T>(n), x);
  else
    _mm256_maskstore_pd(p, tail_mask<T>(n), x);
#elif defined(__SSE2__)
  if (n == kLanes<T>) return store(p, x);
  if (n == 0) return;
  if constexpr (sizeof(T) == 4) {
    if (n == 1) return _mm_store_ss(p, x);
    _mm_storel_pi(reinterpret_cast<__m64*>(p), x);
    if (n == 3) _mm_store_ss(p + 2, _mm_movehl_ps(x, x));
  } else {
    _mm_store_sd(p, x);
  }
#else
  if (n == kLanes<T>) return store(p, x);
  alignas(64) T whole[kLanes<T>];
  store(whole, x);
  for (int i = 0; i < n; ++i) p[i] = whole[i];
#endif
}

// The first n elements from p, `fill` after them; nothing past p[n-1] is read.
template <class T>
LANEWISE_INLINE Register<T> load_first(const T* p, int n, T fill) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return n > 0 ? *p : fill;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(
        _mm512_mask_loadu_ps(_mm512_set1_ps(fill), static_cast<__mmask16>((1u << n) - 1u), p));
  else
    return Register<T>(
        _mm512_mask_loadu_pd(_mm512_set1_pd(fill), static_cast<__mmask8>((1u << n) - 1u), p));
#elif defined(__AVX2__)
  const __m256i mask = tail_mask<T>(n);
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm256_blendv_ps(_mm256_set1_ps(fill), _mm256_maskload_ps(p, mask),
                                        _mm256_castsi256_ps(mask)));
  else
    return Register<T>(_mm256_blendv_pd(_mm256_set1_pd(fill), _mm256_maskload_pd(p, mask),
                                        _mm256_castsi256_pd(mask)));
#else
  if (n == kLanes<T>) return load(p);
  alignas(64) T whole[kLanes<T>];
  for (int i = 0; i < kLanes<T>; ++i) whole[i] = i < n ? p[i] : fill;
  return load(whole);
#endif
}

// The first n elements of x, zeros after them.
template <class T>
LANEWISE_INLINE Register<T> keep_first(Register<T> x, int n) noexcept {
  alignas(64) T whole[kLanes<T>];
  store(whole, x);
  return load_first(whole, n);
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
