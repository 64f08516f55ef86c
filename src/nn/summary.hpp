#pragma once
// How shapes and counts are written where a model tells of itself.
#include <string>

#include "lanewise/shape.hpp"

namespace lanewise::nn {

// The shape of a sample, with a batch of any size as None, as Keras writes it: "(None, 28, 28, 1)".
std::string with_batch(const Shape& shape);

// "101,770".
std::string thousands(Index count);

}  // namespace lanewise::nn
