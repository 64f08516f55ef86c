#pragma once
// What the tests of layers and models share: inputs, what a layer makes of a sample's shape, all
// that a model has learned, and a model that learns.
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

// Whether the left half of each image is the brighter one.
inline Tensor<std::int32_t> brighter_halves(const Tensor<float>& images) {
  const Index count = images.shape()[0], width = images.shape()[2] * images.shape()[3];
  Tensor<std::int32_t> labels({count});
  for (Index n = 0; n < count; ++n) {
    const TensorView<const float> image = images.rows(n, n + 1);
    float sum = 0;
    for (Index i = 0; i < image.size(); ++i) sum += i % width < width / 2 ? image[i] : -image[i];
    labels[n] = sum > 0 ? 1 : 0;
  }
  return labels;
}

// Checks that so many steps bring the loss below this part of the first one, and that a copy which
// was made after the first step learns the same.
inline void check_trains(Sequential model, const CompileOptions& options, TensorView<const float> x,
                         const Targets<float>& y, int steps, double falls_to) {
  model.compile(options);
  const double first = model.train_on_batch(x, y);
  Sequential copy = model;
  double last = 0, copied = 0;
  for (int i = 0; i < steps; ++i) {
    last = model.train_on_batch(x, y);
    copied = copy.train_on_batch(x, y);
  }
  CHECK(last < falls_to * first);
  CHECK(last == copied);
}

}  // namespace lanewise::test
