#pragma once
// How a product is cut along k, the dimension that is summed. Every element of C is one chain of
// multiply-adds in rising order, broken only where a block of k ends: nothing else of the blocking
// shows in the bits. So these blocks follow from the sizes alone, not from the width or the number
// of a processor's registers, and a product has the same bits on every instruction set that fuses
// its multiply-adds, as on any number of threads.
#include "core/round.hpp"
#include "simd/gemm.hpp"

namespace lanewise::ops {

// The deepest block of a B that is packed, and of one that is read in place.
inline constexpr Index kDepthPacked = simd::kGemmDepth, kDepthInPlace = 2 * simd::kGemmDepth;
// A block is so many whole elements of k, but for the last: packing transposes whole squares of the
// widest registers.
inline constexpr Index kDepthUnit = 16;
// With so few rows of C, two tiles or three, packing a B costs more than it gains.
inline constexpr Index kFewRows = 16;

// `count` cut into the fewest even pieces of at most `most`, of whole `unit`s.
constexpr Index even_blocks(Index count, Index most, Index unit) {
  const Index piece = count > most ? divide_up(count, divide_up(count, most)) : count;
  return piece < 1 ? 1 : round_up(piece, unit);
}

}  // namespace lanewise::ops
