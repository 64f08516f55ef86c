#pragma once
// How a layer y = x * kernel + bias takes up the scale and the shift that follow it:
//
//   scale (x * kernel + bias) + shift = x * (kernel scale) + (bias scale + shift)
#include "lanewise/nn/layer.hpp"

namespace lanewise::nn {

// `with_bias` describes the layer with a bias; `bias` may be empty for 0. The kernel's elements go
// to the next channel every `stride` elements, and back to the first after the last.
template <class T>
WeightedLayer<T> absorb(Layer with_bias, TensorView<const T> kernel, Index stride,
                        TensorView<const T> bias, const ChannelAffine& after) {
  const auto channels = static_cast<Index>(after.scale.size());
  Tensor<T> scaled(kernel), shifted(Shape{channels});
  const auto scale = [&](T value, Index channel) {
    return static_cast<double>(value) * after.scale[static_cast<std::size_t>(channel)];
  };
  for (Index i = 0; i < scaled.size(); ++i)
    scaled[i] = static_cast<T>(scale(scaled[i], i / stride % channels));
  for (Index c = 0; c < channels; ++c)
    shifted[c] = static_cast<T>((bias.empty() ? 0 : scale(bias[c], c)) +
                                after.shift[static_cast<std::size_t>(c)]);
  WeightedLayer<T> result{std::move(with_bias), {}};
  result.parameters.push_back(std::move(scaled));
  result.parameters.push_back(std::move(shifted));
  return result;
}

}  // namespace lanewise::nn
