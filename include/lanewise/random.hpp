#pragma once
/// \file
/// Random numbers that are functions, not state: element i of a stream depends on the seed, the
/// stream and i alone, so that any number of threads draws the same numbers.
///
/// The generator is Philox 4x32 with 10 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random
/// numbers: as easy as 1, 2, 3", 2011): it turns a 128-bit counter and a 64-bit key into 128 random
/// bits.

#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// Names one stream of random numbers: the user's seed, and what it is used for. Streams of one
/// seed are independent of each other.
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
};

/// One block of Philox 4x32-10: the four words for this counter under this key.
LANEWISE_API std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                 std::array<std::uint32_t, 2> key);

/// Fills with numbers uniform in [low, high), or with low if they are equal. They have 24 random
/// bits for float and 53 for double, and the same bits on every instruction set.
///
/// Element i of the view is element i of the stream, whatever the view's size: to fill a tensor in
/// parts, give each part a stream of its own.
/// \throws ArgumentError unless low <= high, and both and high - low are finite.
template <class T>
LANEWISE_API void fill_uniform(TensorView<T> out, std::type_identity_t<T> low,
                               std::type_identity_t<T> high, RandomKey key);

/// Fills with normal variates by the method of Box and Muller, with the library's own log and
/// sincos: the same bits on every instruction set with a fused multiply-add, and others without.
/// Element i of the view is element i of the stream. None is further than 6.8 deviations from the
/// mean for float, 9.5 for double.
/// \throws ArgumentError unless deviation >= 0 and both are finite.
template <class T>
LANEWISE_API void fill_normal(TensorView<T> out, std::type_identity_t<T> mean,
                              std::type_identity_t<T> deviation, RandomKey key);

/// The numbers 0 … count-1 in random order, written over `out` (resized to count; no allocation if
/// its capacity suffices). Fisher and Yates, unbiased. \throws ArgumentError for a negative count.
LANEWISE_API void fill_permutation(std::vector<Index>& out, Index count, RandomKey key);

}  // namespace lanewise
