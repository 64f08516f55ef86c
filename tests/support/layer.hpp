#pragma once
// What the tests of layers share: inputs, and what a layer makes of a sample's shape.
#include <cstdint>
#include <string>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "support/integer_formula.hpp"

namespace lanewise::test {

// In [-1, 1], by the formula of the golden values.
inline Tensor<float> numbers(const Shape& shape, std::uint32_t stream) {
  Tensor<float> values(shape);
  fill_symmetric<float>(values, stream, 1.0);
  return values;
}

inline Shape output_of(const Layer& layer, const Shape& sample) {
  Sequential model{layer};
  model.build(sample);
  return model.output_shape();
}

// What the layer says of a sample that it refuses.
inline std::string error_of(const Layer& layer, const Shape& sample) {
  try {
    output_of(layer, sample);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace lanewise::test
