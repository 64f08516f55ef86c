#pragma once
// The registers that kernels are written in: a batch of float or double and the few operations on
// it, the same in every version of xsimd and on every instruction set.
//
// This is the one file that knows the differences:
// - xsimd 8.1 (Debian 12) has no masked loads, no reduce_max, names reduce_add `hadd`, and its
//   AVX-512 fma is a multiplication and an addition; version 14 treats NaN in min and max
//   differently. What differs is written here with the instruction itself.
// - The instruction set `scalar` has a batch of one element, so that the same kernel source
// compiles
//   to plain code.
//
// Everything stands in an unnamed namespace: an inline function with a name of its own, compiled
// with -march=x86-64-v4, could be picked by the linker for the whole program.
#if !defined(LANEWISE_ISA) || !defined(LANEWISE_ISA_NAME)
#error "compiled once per instruction set: src/meson.build sets LANEWISE_ISA"
#endif

#include <cstdint>
#include <cstring>
#include <type_traits>

#if !defined(LANEWISE_ISA_SCALAR)
#include <xsimd/xsimd.hpp>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Kernel loops rely on these two, never on the optimizer's choice.
#define LANEWISE_INLINE inline __attribute__((always_inline))
#define LANEWISE_UNROLL _Pragma("GCC unroll 64")

namespace lanewise::simd::LANEWISE_ISA {
namespace {

#if defined(LANEWISE_ISA_SCALAR)

// One element. Comparison gives a bool.
template <class T>
struct Batch {
  T value;
  static constexpr std::size_t size = 1;

  Batch() = default;
  LANEWISE_INLINE Batch(T x) noexcept : value(x) {}

  friend LANEWISE_INLINE Batch operator+(Batch a, Batch b) noexcept { return a.value + b.value; }
  friend LANEWISE_INLINE Batch operator-(Batch a, Batch b) noexcept { return a.value - b.value; }
  friend LANEWISE_INLINE Batch operator*(Batch a, Batch b) noexcept { return a.value * b.value; }
  friend LANEWISE_INLINE Batch operator/(Batch a, Batch b) noexcept { return a.value / b.value; }
  friend LANEWISE_INLINE Batch operator-(Batch a) noexcept { return -a.value; }
  friend LANEWISE_INLINE bool operator<(Batch a, Batch b) noexcept { return a.value < b.value; }
  friend LANEWISE_INLINE bool operator>(Batch a, Batch b) noexcept { return a.value > b.value; }
  friend LANEWISE_INLINE bool operator<=(Batch a, Batch b) noexcept { return a.value <= b.value; }
  friend LANEWISE_INLINE bool operator>=(Batch a, Batch b) noexcept { return a.value >= b.value; }
  friend LANEWISE_INLINE bool operator==(Batch a, Batch b) noexcept { return a.value == b.value; }
  friend LANEWISE_INLINE bool operator!=(Batch a, Batch b) noexcept { return a.value != b.value; }
};

template <class T>
using Mask = bool;

#else

// Spelled so that a call to one of the functions below prefers it to xsimd's of the same name,
// which argument-dependent lookup finds too.
template <class T>
using Batch = xsimd::batch<T>;
// Not batch<T>::batch_bool_type: T has to be deducible, for select() below to win over xsimd's.
template <class T>
using Mask = xsimd::batch_bool<T>;

#endif

// Elements of T in one register.
template <class T>
inline constexpr int kLanes = static_cast<int>(Batch<T>::size);

template <class T>
LANEWISE_INLINE Batch<T> broadcast(T x) noexcept {
  return Batch<T>(x);
}

// All loads and stores take any alignment: on a 64-byte boundary they cost the same as aligned
// ones.
template <class T>
LANEWISE_INLINE Batch<T> load(const T* p) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return *p;
#else
  return Batch<T>::load_unaligned(p);
#endif
}

template <class T>
LANEWISE_INLINE void store(T* p, Batch<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  *p = x.value;
#else
  x.store_unaligned(p);
#endif
}

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
LANEWISE_INLINE Batch<T> load_first(const T* p, int n) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return n > 0 ? *p : T(0);
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Batch<T>(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1u), p));
  else
    return Batch<T>(_mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << n) - 1u), p));
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4)
    return Batch<T>(_mm256_maskload_ps(p, tail_mask<T>(n)));
  else
    return Batch<T>(_mm256_maskload_pd(p, tail_mask<T>(n)));
#else
  if (n == kLanes<T>) return load(p);
  alignas(64) T whole[kLanes<T>] = {};
  for (int i = 0; i < n; ++i) whole[i] = p[i];
  return load(whole);
#endif
}

// Stores the first n elements of x; nothing past p[n-1] is written.
template <class T>
LANEWISE_INLINE void store_first(T* p, Batch<T> x, int n) noexcept {
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
#else
  if (n == kLanes<T>) return store(p, x);
  alignas(64) T whole[kLanes<T>];
  store(whole, x);
  for (int i = 0; i < n; ++i) p[i] = whole[i];
#endif
}

// a * b + c, with one rounding where the instruction set has the instruction and two where not.
template <class T>
LANEWISE_INLINE Batch<T> fma(Batch<T> a, Batch<T> b, Batch<T> c) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return a.value * b.value + c.value;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Batch<T>(_mm512_fmadd_ps(a, b, c));
  else
    return Batch<T>(_mm512_fmadd_pd(a, b, c));
#else
  return xsimd::fma(a, b, c);
#endif
}

// c - a * b, rounded as fma is.
template <class T>
LANEWISE_INLINE Batch<T> fnma(Batch<T> a, Batch<T> b, Batch<T> c) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return c.value - a.value * b.value;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Batch<T>(_mm512_fnmadd_ps(a, b, c));
  else
    return Batch<T>(_mm512_fnmadd_pd(a, b, c));
#else
  return xsimd::fnma(a, b, c);
#endif
}

// Element by element: where ? yes : no.
template <class T>
LANEWISE_INLINE Batch<T> select(Mask<T> where, Batch<T> yes, Batch<T> no) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return where ? yes : no;
#else
  return xsimd::select(where, yes, no);
#endif
}

template <class T>
LANEWISE_INLINE Batch<T> sqrt(Batch<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  if constexpr (sizeof(T) == 4)
    return __builtin_sqrtf(x.value);
  else
    return __builtin_sqrt(x.value);
#else
  return xsimd::sqrt(x);
#endif
}

// x without its sign; NaN stays NaN.
template <class T>
LANEWISE_INLINE Batch<T> abs(Batch<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  if constexpr (sizeof(T) == 4)
    return __builtin_fabsf(x.value);
  else
    return __builtin_fabs(x.value);
#else
  return xsimd::abs(x);
#endif
}

// The larger; NaN if either is NaN. (The instructions give their second operand when one is NaN,
// and the versions of xsimd order the operands differently. NaN is told by x == x: with AVX, 8.1
// says that NaN != NaN is false.)
template <class T>
LANEWISE_INLINE Batch<T> max(Batch<T> a, Batch<T> b) noexcept {
  return select<T>(a == a, select<T>(a > b, a, b), a);
}

// The smaller; NaN if either is NaN.
template <class T>
LANEWISE_INLINE Batch<T> min(Batch<T> a, Batch<T> b) noexcept {
  return select<T>(a == a, select<T>(a < b, a, b), a);
}

// Folds the halves of a register onto each other until one element is left: a fixed order, the same
// in every build.
template <class T, class Combine>
LANEWISE_INLINE T reduce(Batch<T> x, Combine combine) noexcept {
  alignas(64) T part[kLanes<T>];
  store(part, x);
  LANEWISE_UNROLL
  for (int half = kLanes<T> / 2; half > 0; half /= 2) {
    LANEWISE_UNROLL
    for (int i = 0; i < half; ++i) part[i] = combine(part[i], part[i + half]);
  }
  return part[0];
}

template <class T>
LANEWISE_INLINE T reduce_add(Batch<T> x) noexcept {
  return reduce<T>(x, [](T a, T b) { return a + b; });
}

// NaN if any element is NaN.
template <class T>
LANEWISE_INLINE T reduce_max(Batch<T> x) noexcept {
  return reduce<T>(x, [](T a, T b) { return a != a ? a : (a > b ? a : b); });
}

// The bits of a register, as unsigned integers of T's size: + - & | ^, and << >> by a count.
template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
#if defined(LANEWISE_ISA_SCALAR)
template <class T>
using Bits = BitsOf<T>;
#else
template <class T>
using Bits = xsimd::batch<BitsOf<T>>;
#endif

template <class T>
LANEWISE_INLINE Bits<T> bits_of(Batch<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return __builtin_bit_cast(Bits<T>, x.value);
#elif XSIMD_VERSION_MAJOR < 9
  return xsimd::bitwise_cast<Bits<T>>(x);
#else
  return xsimd::bitwise_cast<BitsOf<T>>(x);
#endif
}

template <class T>
LANEWISE_INLINE Batch<T> from_bits(Bits<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return __builtin_bit_cast(T, x);
#elif XSIMD_VERSION_MAJOR < 9
  return xsimd::bitwise_cast<Batch<T>>(x);
#else
  return xsimd::bitwise_cast<T>(x);
#endif
}

// The first n elements from p, `fill` after them; nothing past p[n-1] is read.
template <class T>
LANEWISE_INLINE Batch<T> load_first(const T* p, int n, T fill) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return n > 0 ? *p : fill;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Batch<T>(
        _mm512_mask_loadu_ps(_mm512_set1_ps(fill), static_cast<__mmask16>((1u << n) - 1u), p));
  else
    return Batch<T>(
        _mm512_mask_loadu_pd(_mm512_set1_pd(fill), static_cast<__mmask8>((1u << n) - 1u), p));
#elif defined(__AVX2__)
  const __m256i mask = tail_mask<T>(n);
  if constexpr (sizeof(T) == 4)
    return Batch<T>(_mm256_blendv_ps(_mm256_set1_ps(fill), _mm256_maskload_ps(p, mask),
                                     _mm256_castsi256_ps(mask)));
  else
    return Batch<T>(_mm256_blendv_pd(_mm256_set1_pd(fill), _mm256_maskload_pd(p, mask),
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
LANEWISE_INLINE Batch<T> keep_first(Batch<T> x, int n) noexcept {
  alignas(64) T whole[kLanes<T>];
  store(whole, x);
  return load_first(whole, n);
}

// The elements as doubles, the upper half of a register of float added to the lower half: for sums
// that are kept in double.
template <class T>
LANEWISE_INLINE Batch<double> fold_to_double(Batch<T> x) noexcept {
  if constexpr (sizeof(T) == 8) {
    return x;
  } else {
#if defined(LANEWISE_ISA_SCALAR)
    return static_cast<double>(x.value);
#elif defined(__AVX512F__)
    const __m512 v = x;
    const __m256 upper = _mm512_extractf32x8_ps(v, 1);
    return Batch<double>(
        _mm512_add_pd(_mm512_cvtps_pd(_mm512_castps512_ps256(v)), _mm512_cvtps_pd(upper)));
#elif defined(__AVX2__)
    const __m256 v = x;
    return Batch<double>(_mm256_add_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(v)),
                                       _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1))));
#elif defined(__SSE4_2__)
    const __m128 v = x;
    return Batch<double>(_mm_add_pd(_mm_cvtps_pd(v), _mm_cvtps_pd(_mm_movehl_ps(v, v))));
#else
    alignas(64) float part[kLanes<float>];
    store(part, x);
    alignas(64) double sum[kLanes<double>];
    for (int i = 0; i < kLanes<double>; ++i)
      sum[i] = static_cast<double>(part[i]) + static_cast<double>(part[i + kLanes<double>]);
    return load(sum);
#endif
  }
}

// The first n elements from p as doubles, zeros after them; 0 <= n <= kLanes<double>. For sums down
// columns that are kept in double: each lane stays in its column.
template <class T>
LANEWISE_INLINE Batch<double> load_first_as_double(const T* p, int n) noexcept {
  if constexpr (sizeof(T) == 8) {
    return load_first(p, n);
  } else {
#if defined(LANEWISE_ISA_SCALAR)
    return n > 0 ? static_cast<double>(*p) : 0.0;
#elif defined(__AVX512F__)
    return Batch<double>(
        _mm512_cvtps_pd(_mm256_maskz_loadu_ps(static_cast<__mmask8>((1u << n) - 1u), p)));
#elif defined(__AVX2__)
    const void* mask = kTailMask32 + 8 - n;
    return Batch<double>(
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
LANEWISE_INLINE Batch<double> load_as_double(const T* p) noexcept {
  if constexpr (sizeof(T) == 8) {
    return load(p);
  } else {
#if defined(LANEWISE_ISA_SCALAR)
    return static_cast<double>(*p);
#elif defined(__AVX512F__)
    return Batch<double>(_mm512_cvtps_pd(_mm256_loadu_ps(p)));
#elif defined(__AVX2__)
    return Batch<double>(_mm256_cvtps_pd(_mm_loadu_ps(p)));
#elif defined(__SSE4_2__)
    return Batch<double>(
        _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))));
#else
    return load_first_as_double(p, kLanes<double>);
#endif
  }
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
