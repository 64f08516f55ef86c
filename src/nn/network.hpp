#pragma once
// The layers of a model at work: shapes, parameters, and the two passes over them. Knows nothing of
// epochs, optimizers or metrics. It owns weights and gradients alone; what a pass needs besides is
// lent to it (nn/workspace.hpp), so that many threads may run forward passes of one network.
//
// All trainable parameters lie in one flat vector, their gradients in another, so that an optimizer
// is one pass over memory:
//
//   values     | dense/kernel | dense/bias | dense_1/kernel | ... | not trainable ... |
//   gradients  | dense/kernel | dense/bias | dense_1/kernel | ... |
//              each begins on 64 bytes; the gaps are zero and stay zero
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lanewise/nn/layer.hpp"
#include "lanewise/nn/loss.hpp"
#include "nn/blueprint.hpp"
#include "nn/workspace.hpp"

namespace lanewise::nn {

// What the random streams of a model are used for.
enum class Stream : std::uint64_t { weights = 1, shuffle = 2, layer = 3 };

// A key for the `counter`-th use by the `index`-th user of this kind.
inline RandomKey random_key(std::uint64_t seed, Stream stream, std::uint64_t index,
                            std::uint64_t counter = 0) {
  return {seed, (static_cast<std::uint64_t>(stream) << 60) | (counter << 16) | index};
}

// What a pass over the layers is for.
struct PassOptions {
  bool training = false;
  std::uint64_t seed = 0;
  std::uint64_t iteration = 0;  // decides, with the seed, what dropout drops
  // The layers before this one are as the workspace's last pass left them, which was planned for
  // training.
  std::size_t first = 0;
  bool update_statistics = false;  // whether running statistics move
};

template <class T>
class Network {
 public:
  // The layers made for inputs of this sample shape, with weights drawn by the seed. Throws as
  // BasicSequential::build.
  Network(const Blueprint& layers, const Shape& sample_shape, std::uint64_t seed);
  // The same layers and weights.
  Network(const Network& other) : Network(other, nullptr) {}
  // The same layers at work on other numbers, rounded if need be.
  template <class U>
  explicit Network(const Network<U>& other) : Network(other, nullptr) {}
  Network& operator=(const Network&) = delete;

  std::span<const Node<T>> nodes() const { return nodes_; }
  const Shape& input_shape() const { return input_shape_; }
  const Shape& output_shape() const { return nodes_.back().output; }
  std::span<const Parameter<T>> parameters_of(const Node<T>& node) const {
    return std::span(parameters_).subspan(node.first_parameter, node.parameter_count);
  }

  const std::vector<Parameter<T>>& parameters() const { return parameters_; }
  Index trainable_count() const { return trainable_count_; }
  Index parameter_count() const;
  // The node that owns parameters()[parameter].
  std::size_t node_of(std::size_t parameter) const;
  TensorView<T> trainable_values() { return flat_values_.rows(0, flat_gradients_.size()); }
  TensorView<T> gradients() { return flat_gradients_; }

  // In what follows x is (batch, sample shape), read where it lies, and the workspace has room for
  // the purpose: Purpose::predict, evaluate or train.

  // y = the last layer's output. y must not overlap x.
  void predict(Workspace<T>& workspace, TensorView<const T> x, TensorView<T> y) const;

  // The outcome of a forward pass under a loss.
  struct Outcome {
    double loss;
    TensorView<const T> predictions;  // after the last activation; in the workspace
  };

  // A forward pass and the loss, fused with the last activation where the loss contains it.
  Outcome evaluate(Workspace<T>& workspace, const LossInstance<T>& loss, TensorView<const T> x,
                   const Targets<T>& targets, const PassOptions& options) const;

  // The same, then the gradients of all parameters, and the input's into `dx` unless that is empty.
  // One thread at a time: the gradients are the network's.
  Outcome differentiate(Workspace<T>& workspace, const LossInstance<T>& loss, TensorView<const T> x,
                        const Targets<T>& targets, const PassOptions& options,
                        TensorView<T> dx = {});

 private:
  template <class U>
  friend class Network;
  template <class U>
  Network(const Network<U>& other, std::nullptr_t);

  // Whether the loss takes the last activation's place.
  bool fuses(const LossInstance<T>& loss) const;
  void store_parameters(std::optional<std::uint64_t> seed);
  // `into` is the place of the last working layer's output; null for its place in the workspace.
  TensorView<const T> forward(Workspace<T>& workspace, TensorView<const T> x, bool emit_logits,
                              const PassOptions& options, T* into = nullptr) const;
  Outcome run(Workspace<T>& workspace, const LossInstance<T>& loss, TensorView<const T> x,
              const Targets<T>& targets, const PassOptions& options, bool want_gradient) const;
  void backward(Workspace<T>& workspace, TensorView<const T> input, bool emit_logits,
                const PassOptions& options, TensorView<T> dx);
  Pass pass(std::size_t node, bool emit_logits, const PassOptions& options) const;
  TensorView<T> scratch(const Workspace<T>& workspace, std::size_t node, Index batch) const {
    return workspace.scratch(node, nodes_[node].instance->scratch_size(batch));
  }

  std::vector<Node<T>> nodes_;
  Shape input_shape_;
  std::vector<Parameter<T>> parameters_;
  Index trainable_count_ = 0;
  std::size_t last_working_ = 0;
  std::size_t first_trained_ = 0;  // no node before it needs a gradient
  Tensor<T> flat_values_, flat_gradients_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace lanewise::nn
