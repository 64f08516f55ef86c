// The layer Embedding around ops/embedding.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/core_layers.hpp"
#include "lanewise/ops/embedding.hpp"
#include "nn/instantiate.hpp"
#include "nn/options.hpp"

namespace lanewise {
namespace {

template <class T>
class EmbeddingInstance final : public SingleInputLayer<T> {
 public:
  explicit EmbeddingInstance(const Embedding& layer) : layer_(layer) {}

  Shape build(const Shape& input) override {
    std::vector<Index> sizes(input.sizes().begin(), input.sizes().end());
    sizes.push_back(layer_.output_dim);
    return Shape(sizes);
  }

  std::vector<ParameterRequest> parameters() const override {
    return {{"embeddings", Shape{layer_.input_dim, layer_.output_dim},
             layer_.options.embeddings_initializer, Fan{layer_.input_dim, layer_.output_dim}, true,
             layer_.options.embeddings_regularizer}};
  }

  void bind(std::span<const Parameter<T>> parameters) override { embeddings_ = parameters[0]; }

  void check_input(const Inputs<T>& x) const override {
    if (const auto* indices = x.indices())
      ops::check_indices(*indices, layer_.input_dim);
    else if (const auto* numbers = x.numbers())
      ops::check_indices<T>(*numbers, layer_.input_dim);
    else if (const auto* bytes = x.bytes())
      ops::check_indices<T>(bytes->bytes, static_cast<T>(bytes->scale), layer_.input_dim);
  }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::check_indices<T>(x, layer_.input_dim);
    ops::embedding_forward<T>(x, embeddings_.value, y);
  }

  void backward(TensorView<const T> x, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass& pass) const override {
    if (pass.trainable) ops::embedding_backward<T>(x, dy, embeddings_.gradient);
    std::fill(dx.begin(), dx.end(), T(0));
  }

 private:
  Embedding layer_;
  Parameter<T> embeddings_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> Embedding::make() const {
  if (input_dim < 1 || output_dim < 1)
    throw ArgumentError(fmt::format(
        "Embedding: got an input_dim of {} and an output_dim of {}, expected at least 1", input_dim,
        output_dim));
  if (input_dim > Index{1} << 24)
    throw ArgumentError(fmt::format(
        "Embedding: got an input_dim of {}, expected at most 2^24: a float counts no further",
        input_dim));
  nn::check_initializer<T>("Embedding", "embeddings_initializer", options.embeddings_initializer);
  nn::check_regularizer("Embedding", "embeddings_regularizer", options.embeddings_regularizer);
  return std::make_unique<EmbeddingInstance<T>>(*this);
}

LANEWISE_INSTANTIATE_MAKE(Embedding)

}  // namespace lanewise
