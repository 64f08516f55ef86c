#pragma once
// What the kernels of depthwise convolution share: places along an axis of the image, and how many
// registers there are for tiles. Contract in simd/depthwise.hpp.
#include "simd/depthwise.hpp"
#include "simd/isa/registers.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

#if (defined(__AVX512F__) || defined(__aarch64__)) && !defined(LANEWISE_ISA_SCALAR)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif

LANEWISE_INLINE bool is_inside(const DepthwiseAxis& axis, long place) noexcept {
  return static_cast<unsigned long>(place) < static_cast<unsigned long>(axis.size);
}

// Which of `count` places from this one on are inside, a bit each.
LANEWISE_INLINE unsigned inside_bits(const DepthwiseAxis& axis, long first, int count) noexcept {
  unsigned bits = 0;
  for (int i = 0; i < count; ++i)
    bits |= static_cast<unsigned>(is_inside(axis, first + i * axis.tap)) << i;
  return bits;
}

// Moves on by so many elements, maybe to where there is no memory: as a number, since a pointer may
// not. And g++ 12 is kept from adding up strides to the places of all loads beforehand, which are
// more than there are registers, and takes two or three instructions a load.
template <class T>
LANEWISE_INLINE void walk(T*& to, long elements) noexcept {
  to = reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(to) +
                            static_cast<std::uintptr_t>(elements) * sizeof(T));
  asm("" : "+r"(to));
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
