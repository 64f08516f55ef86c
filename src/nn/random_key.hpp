#pragma once
// The random numbers of a model.
#include <cstdint>

#include "lanewise/random.hpp"

namespace lanewise::nn {

// What the random streams of a model are used for.
enum class Stream : std::uint64_t { weights = 1, shuffle = 2, layer = 3 };

// A key for the `counter`-th use by the `index`-th user of this kind.
inline RandomKey random_key(std::uint64_t seed, Stream stream, std::uint64_t index,
                            std::uint64_t counter = 0) {
  return {seed, (static_cast<std::uint64_t>(stream) << 60) | (counter << 16) | index};
}

}  // namespace lanewise::nn
