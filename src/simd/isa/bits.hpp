#pragma once
// The bits of registers: registers of unsigned integers, as wide as a float or double, and what
// converts between the two.
#include "simd/isa/registers.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

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
LANEWISE_INLINE Bits<T> bits_of(Register<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return __builtin_bit_cast(Bits<T>, x.value);
#elif XSIMD_VERSION_MAJOR < 9
  return xsimd::bitwise_cast<Bits<T>>(x);
#else
  return xsimd::bitwise_cast<BitsOf<T>>(x);
#endif
}

template <class T>
LANEWISE_INLINE Register<T> from_bits(Bits<T> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return __builtin_bit_cast(T, x);
#elif XSIMD_VERSION_MAJOR < 9
  return xsimd::bitwise_cast<Register<T>>(x);
#else
  return xsimd::bitwise_cast<T>(x);
#endif
}

// Whole numbers below 2^31 as floats, rounded.
LANEWISE_INLINE Register<float> to_floats(Bits<float> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return static_cast<float>(x);
#elif defined(__AVX512F__)
  return Register<float>(_mm512_cvtepi32_ps(x));
#elif defined(__AVX2__)
  return Register<float>(_mm256_cvtepi32_ps(x));
#elif defined(__SSE4_1__)
  return Register<float>(_mm_cvtepi32_ps(x));
#else
  return Register<float>(vcvtq_f32_u32(x));
#endif
}

// The 64-bit products of the lower halves.
LANEWISE_INLINE Bits<double> multiply_low(Bits<double> a, Bits<double> b) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#elif defined(__AVX512F__)
  return Bits<double>(_mm512_mul_epu32(a, b));
#elif defined(__AVX2__)
  return Bits<double>(_mm256_mul_epu32(a, b));
#elif defined(__SSE4_1__)
  return Bits<double>(_mm_mul_epu32(a, b));
#else
  return Bits<double>(vmull_u32(vmovn_u64(a), vmovn_u64(b)));
#endif
}

// The same bits as lanes of 32.
LANEWISE_INLINE Bits<float> as_32_bit_lanes(Bits<double> x) noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return static_cast<Bits<float>>(x);
#elif defined(__AVX512F__)
  return Bits<float>(static_cast<__m512i>(x));
#elif defined(__AVX2__)
  return Bits<float>(static_cast<__m256i>(x));
#elif defined(__SSE4_1__)
  return Bits<float>(static_cast<__m128i>(x));
#else
  return Bits<float>(vreinterpretq_u32_u64(x));
#endif
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
