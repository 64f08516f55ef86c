#pragma once
// The registers that kernels are written in: a vector register of float or double and the
// arithmetic on it, the same in every version of xsimd and on every instruction set.
//
// This file and its neighbours, tails.hpp (loads and stores of part of a register), compare.hpp,
// bits.hpp (registers of integers) and widen.hpp (conversions to double), are the ones that know
// the differences, and the ones with intrinsics:
// - xsimd 8.1 (Debian 12) has no masked loads, no reduce_max, names reduce_add `hadd`, and its
//   AVX-512 fma is a multiplication and an addition; version 14 treats NaN in min and max
//   differently. What differs is written here with the instruction itself.
// - The instruction set `scalar` has a register of one element, so that the same kernel source
//   compiles to plain code.
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

// Kernel loops rely on these, never on the optimizer's choice. LANEWISE_INLINED stands after the
// parameters of a lambda: the body of a loop has to be inlined for its constants and sums to stay
// in registers, and a long one is not by itself.
#define LANEWISE_INLINE inline __attribute__((always_inline))
#define LANEWISE_INLINED __attribute__((always_inline))
#define LANEWISE_UNROLL _Pragma("GCC unroll 64")

namespace lanewise::simd::LANEWISE_ISA {
namespace {

#if defined(LANEWISE_ISA_SCALAR)

// One element. Comparison gives a bool.
template <class T>
struct Register {
  T value;
  static constexpr std::size_t size = 1;

  Register() = default;
  LANEWISE_INLINE Register(T x) noexcept : value(x) {}

  friend LANEWISE_INLINE Register operator+(Register a, Register b) noexcept {
    return a.value + b.value;
  }
  friend LANEWISE_INLINE Register operator-(Register a, Register b) noexcept {
    return a.value - b.value;
  }
  friend LANEWISE_INLINE Register operator*(Register a, Register b) noexcept {
    return a.value * b.value;
  }
  friend LANEWISE_INLINE Register operator/(Register a, Register b) noexcept {
    return a.value / b.value;
  }
  friend LANEWISE_INLINE Register operator-(Register a) noexcept { return -a.value; }
  friend LANEWISE_INLINE bool operator<(Register a, Register b) noexcept {
    return a.value < b.value;
  }
  friend LANEWISE_INLINE bool operator>(Register a, Register b) noexcept {
    return a.value > b.value;
  }
  friend LANEWISE_INLINE bool operator<=(Register a, Register b) noexcept {
    return a.value <= b.value;
  }
  friend LANEWISE_INLINE bool operator>=(Register a, Register b) noexcept {
    return a.value >= b.value;
  }
  friend LANEWISE_INLINE bool operator==(Register a, Register b) noexcept {
    return a.value == b.value;
  }
  friend LANEWISE_INLINE bool operator!=(Register a, Register b) noexcept {
    return a.value != b.value;
  }
};

template <class T>
using Mask = bool;

#else

// Spelled so that a call to one of the functions below prefers it to xsimd's of the same name,
// which argument-dependent lookup finds too. Where ours is not included, it would be xsimd's that
// is called; the instruction set `scalar`, which has no xsimd, does not compile then.
template <class T>
using Register = xsimd::batch<T>;
// Not batch<T>::batch_bool_type: T has to be deducible, for select() below to win over xsimd's.
template <class T>
using Mask = xsimd::batch_bool<T>;

#endif

// Elements of T in one register.
template <class T>
inline constexpr int kLanes = static_cast<int>(Register<T>::size);

// Prefetches `count` elements from x on, a number that is known when this is compiled.
template <class T>
LANEWISE_INLINE void prefetch_lines(const T* x, long count) noexcept {
  LANEWISE_UNROLL
  for (long i = 0; i < count; i += 64 / static_cast<long>(sizeof(T))) __builtin_prefetch(x + i);
}

template <class T>
LANEWISE_INLINE Register<T> broadcast(T x) noexcept {
  return Register<T>(x);
}

// All loads and stores take any alignment: on a 64-byte boundary they cost the same as aligned
// ones.
template <class T>
LANEWISE_INLINE Register<T> load(const T* p) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return *p;
#else
  return Register<T>::load_unaligned(p);
#endif
}

// The same number, in a register. g++ 12 may read memory again for each use of what was loaded,
// which is twice the loads where a number is used twice.
template <class T>
LANEWISE_INLINE Register<T> in_register(Register<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  T raw = x.value;
#else
  typename Register<T>::register_type raw = x;
#endif
#if defined(__x86_64__)
  asm("" : "+v"(raw));
#elif defined(__aarch64__)
  asm("" : "+w"(raw));
#endif
  return raw;
}

template <class T>
LANEWISE_INLINE void store(T* p, Register<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  *p = x.value;
#else
  x.store_unaligned(p);
#endif
}

// Whether fma() rounds once.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
inline constexpr bool kFused = true;
#else
inline constexpr bool kFused = false;
#endif

// a * b + c, with one rounding where the instruction set has the instruction and two where not.
template <class T>
LANEWISE_INLINE Register<T> fma(Register<T> a, Register<T> b, Register<T> c) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  if constexpr (!kFused)
    return a.value * b.value + c.value;
  else if constexpr (sizeof(T) == 4)
    return __builtin_fmaf(a.value, b.value, c.value);
  else
    return __builtin_fma(a.value, b.value, c.value);
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm512_fmadd_ps(a, b, c));
  else
    return Register<T>(_mm512_fmadd_pd(a, b, c));
#else
  return xsimd::fma(a, b, c);
#endif
}

// c - a * b, rounded as fma is. (xsimd 8.1's is a multiplication and a subtraction on NEON.)
template <class T>
LANEWISE_INLINE Register<T> fnma(Register<T> a, Register<T> b, Register<T> c) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return fma<T>(-a, b, c);
#elif defined(__aarch64__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(vfmsq_f32(c, a, b));
  else
    return Register<T>(vfmsq_f64(c, a, b));
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return Register<T>(_mm512_fnmadd_ps(a, b, c));
  else
    return Register<T>(_mm512_fnmadd_pd(a, b, c));
#else
  return xsimd::fnma(a, b, c);
#endif
}

// Element by element: where ? yes : no.
template <class T>
LANEWISE_INLINE Register<T> select(Mask<T> where, Register<T> yes, Register<T> no) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return where ? yes : no;
#else
  return xsimd::select(where, yes, no);
#endif
}

template <class T>
LANEWISE_INLINE Register<T> sqrt(Register<T> x) noexcept {
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
LANEWISE_INLINE Register<T> abs(Register<T> x) noexcept {
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
LANEWISE_INLINE Register<T> max(Register<T> a, Register<T> b) noexcept {
  return select<T>(a == a, select<T>(a > b, a, b), a);
}

// The smaller; NaN if either is NaN.
template <class T>
LANEWISE_INLINE Register<T> min(Register<T> a, Register<T> b) noexcept {
  return select<T>(a == a, select<T>(a < b, a, b), a);
}

// The lanes from kHalf on, moved down to lane 0 and its neighbours, kHalf of them; what is above is
// nothing in particular. kHalf is a power of two.
template <int kHalf, class T>
LANEWISE_INLINE Register<T> moved_down(Register<T> x) noexcept {
  [[maybe_unused]] constexpr int kBytes = kHalf * static_cast<int>(sizeof(T));
#if defined(__AVX512F__) && !defined(LANEWISE_ISA_SCALAR)
  if constexpr (sizeof(T) == 8) {
    if constexpr (kBytes == 32)
      return Register<T>(_mm512_shuffle_f64x2(x, x, 0xee));
    else if constexpr (kBytes == 16)
      return Register<T>(_mm512_shuffle_f64x2(x, x, 0x55));
    else
      return Register<T>(_mm512_permute_pd(x, 0xff));
  } else {
    if constexpr (kBytes == 32)
      return Register<T>(_mm512_shuffle_f32x4(x, x, 0xee));
    else if constexpr (kBytes == 16)
      return Register<T>(_mm512_shuffle_f32x4(x, x, 0x55));
    else
      return Register<T>(_mm512_permute_ps(x, kBytes == 8 ? 0xee : 0x55));
  }
#elif defined(__AVX2__) && !defined(LANEWISE_ISA_SCALAR)
  if constexpr (sizeof(T) == 8) {
    if constexpr (kBytes == 16)
      return Register<T>(_mm256_permute2f128_pd(x, x, 0x11));
    else
      return Register<T>(_mm256_permute_pd(x, 0xf));
  } else {
    if constexpr (kBytes == 16)
      return Register<T>(_mm256_permute2f128_ps(x, x, 0x11));
    else
      return Register<T>(_mm256_permute_ps(x, kBytes == 8 ? 0xee : 0x55));
  }
#elif defined(__SSE4_2__) && !defined(LANEWISE_ISA_SCALAR)
  if constexpr (sizeof(T) == 8)
    return Register<T>(_mm_unpackhi_pd(x, x));
  else
    return Register<T>(_mm_shuffle_ps(x, x, kBytes == 8 ? 0xee : 0x55));
#else
  alignas(64) T part[2 * kLanes<T>] = {};
  store(part, x);
  return load(part + kHalf);
#endif
}

template <class T>
LANEWISE_INLINE T first_lane(Register<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return x.value;
#elif defined(__AVX512F__)
  if constexpr (sizeof(T) == 8)
    return _mm512_cvtsd_f64(x);
  else
    return _mm512_cvtss_f32(x);
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 8)
    return _mm256_cvtsd_f64(x);
  else
    return _mm256_cvtss_f32(x);
#elif defined(__SSE4_2__)
  if constexpr (sizeof(T) == 8)
    return _mm_cvtsd_f64(x);
  else
    return _mm_cvtss_f32(x);
#else
  alignas(64) T part[kLanes<T>];
  store(part, x);
  return part[0];
#endif
}

// A reduction over the lanes: the upper half is combined with the lower half until one element is
// left. The order is fixed, the same in every build.
template <class T, int kHalf = kLanes<T> / 2, class Combine>
LANEWISE_INLINE T reduce(Register<T> x, Combine combine) noexcept {
  if constexpr (kHalf == 0)
    return first_lane<T>(x);
  else
    return reduce<T, kHalf / 2>(combine(x, moved_down<kHalf>(x)), combine);
}

template <class T>
LANEWISE_INLINE T reduce_add(Register<T> x) noexcept {
  return reduce<T>(x, [](Register<T> a, Register<T> b) LANEWISE_INLINED { return a + b; });
}

// NaN if any element is NaN.
template <class T>
LANEWISE_INLINE T reduce_max(Register<T> x) noexcept {
  return reduce<T>(x, [](Register<T> a, Register<T> b) LANEWISE_INLINED { return max<T>(a, b); });
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
