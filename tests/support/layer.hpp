#pragma once
// What the tests of layers and models share: inputs, what a layer makes of a sample's shape, and
// all that a model has learned.
#include <string>
#include <vector>

#include "lanewise/nn/sequential.hpp"
#include "support/error_of.hpp"
#include "support/integer_formula.hpp"

namespace lanewise::test {

inline Shape output_of(const Layer& layer, const Shape& sample) {
  Sequential model{layer};
  model.build(sample);
  return model.output_shape();
}

// What the layer says of a sample that it refuses.
inline std::string error_of(const Layer& layer, const Shape& sample) {
  return error_of([&] { output_of(layer, sample); });
}

template <class T>
std::vector<T> weights(BasicModel<T>& model) {
  std::vector<T> all;
  for (const auto& parameter : model.parameters())
    all.insert(all.end(), parameter.value.begin(), parameter.value.end());
  return all;
}

}  // namespace lanewise::test
