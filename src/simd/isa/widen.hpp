#pragma once
// Widening: floats as doubles, for sums that are kept in double, and bytes as floats or doubles;
// and the way back from double.
#include "simd/isa/tails.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// The first n elements from p as doubles, zeros after them; 0 <= n <= kLanes<double>. For sums down
// columns that are kept in double: each lane stays in its column.
template <class T>
LANEWISE_INLINE Register<double> load_first_as_double(const T* p, int n) noexcept {
  if constexpr (sizeof(T) == 8) {
    return load_first(p, n);
  } else {
#if defined(LANEWISE_ISA_SCALAR)
    return n > 0 ? static_cast<double>(*p) : 0.0;
#elif defined(__AVX512F__)
    return Register<double>(
        _mm512_cvtps_pd(_mm256_maskz_loadu_ps(static_cast<__mmask8>((1u << n) - 1u), p)));
#elif defined(__AVX2__)
    const void* mask = kTailMask32 + 8 - n;
    return Register<double>(
        _mm256_cvtps_pd(_mm_maskload_ps(p, _mm_loadu_si128(static_cast<const __m128i*>(mask)))));
#else
    alignas(64) double whole[kLanes<double>] = {};
    for (int i = 0; i < n; ++i) whole[i] = static_cast<double>(p[i]);
    return load(whole);
#endif
  }
}

// kLanes<double> elements from p on, as doubles.
template <class T>
LANEWISE_INLINE Register<double> load_as_double(const T* p) noexcept {
  if constexpr (sizeof(T) == 8) {
    return load(p);
  } else {
#if defined(LANEWISE_ISA_SCALAR)
    return static_cast<double>(*p);
#elif defined(__AVX512F__)
    return Register<double>(_mm512_cvtps_pd(_mm256_loadu_ps(p)));
#elif defined(__AVX2__)
    return Register<double>(_mm256_cvtps_pd(_mm_loadu_ps(p)));
#elif defined(__SSE4_2__)
    return Register<double>(
        _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))));
#else
    return load_first_as_double(p, kLanes<double>);
#endif
  }
}

// The lower half of a register of float, as doubles, and its upper half; one lane is the lower
// half.
LANEWISE_INLINE Register<double> lower_as_double(Register<float> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return static_cast<double>(x.value);
#elif defined(__AVX512F__)
  return Register<double>(_mm512_cvtps_pd(_mm512_castps512_ps256(x)));
#elif defined(__AVX2__)
  return Register<double>(_mm256_cvtps_pd(_mm256_castps256_ps128(x)));
#elif defined(__SSE4_2__)
  return Register<double>(_mm_cvtps_pd(x));
#else
  alignas(64) float part[kLanes<float>];
  store(part, x);
  return load_as_double(part);
#endif
}

#if !defined(LANEWISE_ISA_SCALAR)
LANEWISE_INLINE Register<double> upper_as_double(Register<float> x) noexcept {
#if defined(__AVX512F__)
  return Register<double>(_mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1)));
#elif defined(__AVX2__)
  return Register<double>(_mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)));
#elif defined(__SSE4_2__)
  const __m128 v = x;
  return Register<double>(_mm_cvtps_pd(_mm_movehl_ps(v, v)));
#else
  alignas(64) float part[kLanes<float>];
  store(part, x);
  return load_as_double(part + kLanes<double>);
#endif
}
#endif

// A widening addition: the elements as doubles, the upper half of a register of float added to the
// lower half. For sums that are kept in double.
template <class T>
LANEWISE_INLINE Register<double> widening_add(Register<T> x) noexcept {
  if constexpr (sizeof(T) == 8)
    return x;
  else if constexpr (kLanes<T> == 1)
    return lower_as_double(x);
  else
    return lower_as_double(x) + upper_as_double(x);
}

// kLanes bytes from p on, as numbers.
template <class T>
LANEWISE_INLINE Register<T> load_bytes(const std::uint8_t* p) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return static_cast<T>(*p);
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return Register<T>(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes)));
  } else {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return Register<T>(_mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(bytes)));
  }
#elif defined(__SSE4_1__)
  // The 8, 4 or 2 bytes that a register of T needs; the rest of this one is zero.
  std::int64_t bits = 0;
  std::memcpy(&bits, p, kLanes<T>);
  const __m128i bytes = _mm_cvtsi64_si128(bits);
#if defined(__AVX2__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes)));
  else
    return Register<T>(_mm256_cvtepi32_pd(_mm_cvtepu8_epi32(bytes)));
#else
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm_cvtepi32_ps(_mm_cvtepu8_epi32(bytes)));
  else
    return Register<T>(_mm_cvtepi32_pd(_mm_cvtepu8_epi32(bytes)));
#endif
#else
  alignas(64) T whole[kLanes<T>];
  for (int i = 0; i < kLanes<T>; ++i) whole[i] = static_cast<T>(p[i]);
  return load(whole);
#endif
}

// The first n bytes from p as numbers, zeros after them; nothing past p[n-1] is read.
template <class T>
LANEWISE_INLINE Register<T> load_first_bytes(const std::uint8_t* p, int n) noexcept {
  std::uint8_t bytes[kLanes<T>] = {};
  std::memcpy(bytes, p, static_cast<std::size_t>(n));
  return load_bytes<T>(bytes);
}

// Stores kLanes<double> doubles, rounded to T.
template <class T>
LANEWISE_INLINE void store_rounded(T* p, Register<double> x) noexcept {
  if constexpr (sizeof(T) == 8) {
    store(p, x);
  } else {
#if defined(LANEWISE_ISA_SCALAR)
    *p = static_cast<float>(x.value);
#elif defined(__AVX512F__)
    _mm256_storeu_ps(p, _mm512_cvtpd_ps(x));
#elif defined(__AVX2__)
    _mm_storeu_ps(p, _mm256_cvtpd_ps(x));
#elif defined(__SSE4_2__)
    _mm_storel_pi(reinterpret_cast<__m64*>(p), _mm_cvtpd_ps(x));
#else
    alignas(64) double whole[kLanes<double>];
    store(whole, x);
    for (int i = 0; i < kLanes<double>; ++i) p[i] = static_cast<T>(whole[i]);
#endif
  }
}

// Stores the first n of kLanes<double> doubles, rounded to T.
template <class T>
LANEWISE_INLINE void store_first_rounded(T* p, Register<double> x, int n) noexcept {
  if constexpr (sizeof(T) == 8) {
    store_first(p, x, n);
  } else {
    alignas(64) double whole[kLanes<double>];
    store(whole, x);
    for (int i = 0; i < n; ++i) p[i] = static_cast<T>(whole[i]);
  }
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
