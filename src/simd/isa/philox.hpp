#pragma once
// Philox 4x32-10 on registers: the four words of as many blocks as a register of T has elements.
//
// A 32-bit word is kept in the lower half of a 64-bit lane, so that one instruction multiplies it
// to 64 bits, and the upper halves are left to hold whatever falls there: the multiplication
// ignores them. Two such registers, of the even and the odd blocks, make one of 32-bit words in the
// end.
//
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
#include "simd/isa/bits.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

using Words = Bits<double>;  // 64-bit lanes, a word in the lower half of each

alignas(64) constexpr std::uint64_t kCounting[8] = {0, 1, 2, 3, 4, 5, 6, 7};

// 0, 1, 2 ...
LANEWISE_INLINE Words counting() noexcept {
#if defined(LANEWISE_ISA_SCALAR)
  return 0;
#else
  return Words::load_aligned(kCounting);
#endif
}

// What a block is a function of, besides its number.
struct PhiloxKey {
  std::uint64_t seed;
  std::uint64_t stream;
};

// The words of the blocks whose numbers are in the lanes; the upper halves of the result are
// meaningless.
LANEWISE_INLINE void philox_rounds(Words block, PhiloxKey key, Words (&c)[4]) noexcept {
  c[0] = block;
  c[1] = block >> 32;
  c[2] = Words(key.stream);
  c[3] = Words(key.stream >> 32);
  auto k0 = static_cast<std::uint32_t>(key.seed);
  auto k1 = static_cast<std::uint32_t>(key.seed >> 32);
  LANEWISE_UNROLL
  for (int round = 0; round < 10; ++round) {
    const Words p0 = multiply_low(c[0], Words(std::uint64_t{0xD2511F53}));
    const Words p1 = multiply_low(c[2], Words(std::uint64_t{0xCD9E8D57}));
    c[0] = (p1 >> 32) ^ c[1] ^ Words(std::uint64_t{k0});
    c[2] = (p0 >> 32) ^ c[3] ^ Words(std::uint64_t{k1});
    c[1] = p1;
    c[3] = p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

// word[j] holds word j of the blocks first, first + 1, ...: one in each lane of T's size, zeros
// above it.
template <class T>
LANEWISE_INLINE void philox(std::uint64_t first, PhiloxKey key, Bits<T> (&word)[4]) noexcept {
  const Words low_half(std::uint64_t{0xffffffffu});
  if constexpr (sizeof(T) == 4 && (kLanes<T>) > 1) {
    Words even[4], odd[4];
    philox_rounds(Words(first) + counting() + counting(), key, even);
    philox_rounds(Words(first + 1) + counting() + counting(), key, odd);
    LANEWISE_UNROLL
    for (int j = 0; j < 4; ++j) word[j] = as_32_bit_lanes((even[j] & low_half) | (odd[j] << 32));
  } else {
    Words c[4];
    philox_rounds(Words(first) + counting(), key, c);
    LANEWISE_UNROLL
    for (int j = 0; j < 4; ++j) word[j] = static_cast<Bits<T>>(c[j] & low_half);
  }
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
