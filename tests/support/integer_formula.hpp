#pragma once
// The integer formula by which the golden values and the tests draw the same "random" numbers:
// tools/reference/common.py evaluates it in Python.
#include <cstdint>

#include "lanewise/tensor.hpp"

namespace lanewise::test {

inline std::uint32_t mix32(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

// Element i of a stream, in [0, 1).
inline double unit(std::uint32_t stream, Index i) {
  return mix32(static_cast<std::uint32_t>(i) + stream * 0x9E3779B9u) / 4294967296.0;
}

// Fills with numbers in [-limit, limit).
template <class T>
void fill_symmetric(TensorView<T> values, std::uint32_t stream, double limit) {
  for (Index i = 0; i < values.size(); ++i)
    values[i] = static_cast<T>((2 * unit(stream, i) - 1) * limit);
}

template <class T = float>
Tensor<T> numbers(const Shape& shape, std::uint32_t stream, double limit = 1.0) {
  Tensor<T> values(shape);
  fill_symmetric<T>(values, stream, limit);
  return values;
}

}  // namespace lanewise::test
