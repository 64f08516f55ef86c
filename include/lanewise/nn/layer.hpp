#pragma once
/// \file
/// What a layer is to the model: shapes in and out, parameters, a forward and a backward pass.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/nn/description.hpp"
#include "lanewise/nn/initializer.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/random.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// A parameter that a layer asks for: its name, such as "kernel", and how it starts.
struct ParameterRequest {
  std::string name;
  Shape shape;
  Initializer initializer = Zeros{};
  Fan fan{};
  /// Whether the optimizer updates it. Running statistics are not trainable and have no gradient.
  bool trainable = true;
};

/// A parameter's storage, which the model owns: a view of its value and one of its gradient (empty
/// if it is not trainable).
template <class T>
struct Parameter {
  std::string name;  ///< layer and parameter: "dense_1/kernel"
  TensorView<T> value;
  TensorView<T> gradient;
};

/// What a layer is told about the pass it is in.
struct Pass {
  bool training = false;     ///< dropout drops, normalization uses the batch's statistics
  bool emit_logits = false;  ///< leave out the output activation: the loss contains it
  RandomKey key{};  ///< this layer's random numbers of this step, the same in both directions
  /// Running statistics move: a step that trains, not one that only asks for a loss or gradients.
  bool update_statistics = false;
};

template <class T>
class LayerInstance;

/// Any layer's description.
using Layer = Description<LayerInstance>;

/// A scale and a shift for each channel, the last dimension: y = scale * x + shift.
struct ChannelAffine {
  std::vector<double> scale, shift;
};

/// A layer and its parameters' values, in the order of LayerInstance::parameters().
template <class T>
struct WeightedLayer {
  Layer layer;
  std::vector<Tensor<T>> parameters;
};

/// A layer at work on elements of type T. Shapes are those of one sample; the batch is the
/// outermost dimension of every view. The model calls build, then bind, then forward, with a
/// backward after it where it trains. y and scratch hold anything before a forward.
template <class T>
class LayerInstance {
 public:
  virtual ~LayerInstance() = default;

  /// Its type as summary() shows it, such as "Dense".
  virtual std::string_view type() const = 0;

  /// The sample shape it declares for the whole model: only Input has one.
  virtual std::optional<Shape> declared_input() const { return std::nullopt; }

  /// Fixes the input's sample shape and returns the output's. `name` is for error messages.
  /// \throws ShapeError naming the layer, what came and what it expects.
  virtual Shape build(const Shape& input, std::string_view name) = 0;

  /// The parameters it needs, known after build().
  virtual std::vector<ParameterRequest> parameters() const { return {}; }

  /// Hands over the parameters' storage, in the order of parameters().
  virtual void bind(std::span<const Parameter<T>> parameters) { (void)parameters; }

  /// Elements it wants kept from forward() to backward() for a batch of this size.
  virtual Index scratch_size(Index batch) const {
    (void)batch;
    return 0;
  }

  /// Whether the output is the input under another shape. Then neither pass is called.
  virtual bool reshapes_only() const { return false; }

  /// The activation that ends it, if that is known: losses are checked against it and fused with
  /// it.
  virtual std::optional<ActivationFunction> output_activation() const { return std::nullopt; }

  /// What it does to each channel when it is not training, if that is all it does. Known once
  /// bound.
  virtual std::optional<ChannelAffine> channel_affine() const { return std::nullopt; }

  /// This layer followed by a scale and a shift of its channels, as one layer; nothing if that is
  /// none of its kind. Known once bound.
  virtual std::optional<WeightedLayer<T>> absorb(const ChannelAffine& after) const {
    (void)after;
    return std::nullopt;
  }

  /// y = layer(x). Many threads may predict with one instance at a time: what a call has to keep
  /// goes to the scratch, and nothing else changes but running statistics, where the pass says so.
  virtual void forward(TensorView<const T> x, TensorView<T> y, TensorView<T> scratch,
                       const Pass& pass) const = 0;

  /// From dy, the loss's gradient with respect to y, sets its parameters' gradients and, unless dx
  /// is empty, dx. It may overwrite dy and scratch.
  virtual void backward(TensorView<const T> x, TensorView<const T> y, TensorView<T> scratch,
                        TensorView<T> dy, TensorView<T> dx, const Pass& pass) const = 0;
};

}  // namespace lanewise
