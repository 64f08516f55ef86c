#pragma once
// The layers of a model at work: shapes, parameters, buffers, and the two passes over them. Knows
// nothing of epochs, optimizers or metrics.
//
// All trainable parameters lie in one flat vector, their gradients in another, so that an optimizer
// is one pass over memory:
//
//   values     | dense/kernel | dense/bias | dense_1/kernel | ... | not trainable ... |
//   gradients  | dense/kernel | dense/bias | dense_1/kernel | ... |
//              each begins on 64 bytes; the gaps are zero and stay zero
//
// All buffers of a step lie in one arena, planned for the largest batch seen; a smaller batch uses
// the front of each.
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lanewise/nn/layer.hpp"
#include "lanewise/nn/loss.hpp"

namespace lanewise::nn {

// What the random streams of a model are used for.
enum class Purpose : std::uint64_t { weights = 1, shuffle = 2, layer = 3 };

// A key for the `counter`-th use by the `index`-th user of this kind.
inline RandomKey random_key(std::uint64_t seed, Purpose purpose, std::uint64_t index,
                            std::uint64_t counter = 0) {
  return {seed, (static_cast<std::uint64_t>(purpose) << 60) | (counter << 16) | index};
}

// What a pass over the layers is for.
struct PassOptions {
  bool training = false;
  std::uint64_t seed = 0;
  std::uint64_t iteration = 0;     // decides, with the seed, what dropout drops
  std::size_t first = 0;           // the layers before this one are as the last pass left them
  bool update_statistics = false;  // whether running statistics move
};

enum class Gradient { wanted, unwanted };

template <class T>
class Network {
 public:
  Network() = default;
  // The same layers; if built, the same weights. Buffers are planned anew.
  Network(const Network& other);
  Network& operator=(const Network&) = delete;

  // As BasicSequential::add.
  void add(Layer layer);

  // The output's sample shape for inputs of this one; changes nothing.
  // Throws ShapeError naming the layer that it does not fit, ArgumentError without layers.
  Shape infer(const Shape& sample_shape) const;

  // As BasicSequential::build.
  void build(const Shape& sample_shape, std::uint64_t seed);

  bool is_built() const { return built_; }
  bool has_layers() const { return !layers_.empty(); }
  std::vector<Layer> descriptions() const;
  const std::optional<Shape>& declared_input() const { return declared_input_; }
  const Shape& input_shape() const { return input_shape_; }
  const Shape& output_shape() const { return layers_.back().output; }
  std::optional<ActivationFunction> output_activation() const;

  // One layer, as summary() shows it.
  struct Layout {
    std::string name;
    std::string_view type;
    Shape output;
    Index parameters;
  };
  std::vector<Layout> layout() const;

  // A layer of a network that is built.
  struct LayerAtWork {
    const Layer& description;
    const LayerInstance<T>& instance;
    std::span<const Parameter<T>> parameters;
  };
  std::size_t layer_count() const { return layers_.size(); }
  LayerAtWork layer(std::size_t i) const {
    const Slot& slot = layers_[i];
    return {slot.description, *slot.instance,
            std::span(parameters_).subspan(slot.first_parameter, slot.parameter_count)};
  }

  const std::vector<Parameter<T>>& parameters() const { return parameters_; }
  Index trainable_count() const { return trainable_count_; }
  Index parameter_count() const;
  // The layer that owns parameters()[parameter].
  std::size_t layer_of(std::size_t parameter) const;
  TensorView<T> trainable_values() { return flat_values_.rows(0, flat_gradients_.size()); }
  TensorView<T> gradients() { return flat_gradients_; }

  // Plans the buffers for batches up to this size. Allocates if it is the largest so far.
  void reserve(Index batch);

  // Where a batch can be put together for forward(): (batch, sample shape).
  TensorView<T> input_buffer(Index batch);

  // Runs the layers over x, (batch, sample shape), for which reserve() has room. x is read where it
  // lies, in a later backward pass too. `emit_logits` leaves out the last activation.
  TensorView<const T> forward(TensorView<const T> x, bool emit_logits, const PassOptions& options);

  // The outcome of a forward pass under a loss.
  struct Outcome {
    double loss;
    TensorView<const T> predictions;  // after the last activation
  };

  // forward() and the loss, fused with the last activation where the loss contains it; where
  // wanted, then the gradients of all parameters, and the input's into `dx` unless that is empty.
  Outcome run(const LossInstance<T>& loss, TensorView<const T> x, const Targets<T>& targets,
              Gradient gradient, const PassOptions& options, TensorView<T> dx = {});

 private:
  struct Slot {
    Layer description;
    std::string name;
    std::unique_ptr<LayerInstance<T>> instance;
    Shape output{};  // sample shape
    std::size_t first_parameter = 0;
    std::size_t parameter_count = 0;
    Index output_offset = 0;  // in the arena
    Index scratch_offset = 0;
    TensorView<const T> y{};  // of the last forward()
  };

  // Whether the loss may take the last activation's place: a softmax runs over the last dimension
  // of the layer that has it, which the layers after it, that only reshape, must have kept.
  bool keeps_rows(ActivationFunction activation) const;
  void store_parameters(std::uint64_t seed);
  void backward(TensorView<const T> input, bool emit_logits, const PassOptions& options,
                TensorView<T> dx);
  Pass pass(std::size_t layer, bool emit_logits, const PassOptions& options) const;
  TensorView<T> scratch(const Slot& slot, Index batch);

  std::vector<Slot> layers_;
  std::optional<Shape> declared_input_;
  bool built_ = false;
  Shape input_shape_;
  std::vector<Parameter<T>> parameters_;
  Index trainable_count_ = 0;
  std::size_t first_trained_layer_ = 0;  // nothing before it needs a gradient
  Tensor<T> flat_values_, flat_gradients_;

  Index capacity_ = 0;  // batch size that the arena is planned for
  Tensor<T> arena_;
  Index input_offset_ = 0, predictions_offset_ = 0;
  Index gradient_offset_[2] = {0, 0};
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace lanewise::nn
