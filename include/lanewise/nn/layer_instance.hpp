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
#include "lanewise/fields.hpp"
#include "lanewise/nn/data.hpp"
#include "lanewise/nn/initializer.hpp"
#include "lanewise/nn/regularizer.hpp"
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
  Regularizer regularizer{};
};

/// A parameter's storage, which the model owns: a view of its value and one of its gradient (empty
/// if it is not trainable).
template <class T>
struct Parameter {
  std::string name;  ///< layer and parameter: "dense_1/kernel"
  TensorView<T> value;
  TensorView<T> gradient;
};

/// Memory that a layer asks for, to keep something from forward to backward, or in it what
/// LayerInstance::prepare() works out.
struct ScratchRequest {
  std::string name;  ///< what it keeps there, such as "moments"
  Shape shape;       ///< for a batch of one
  /// The dimension that is as many times larger for a batch, if there is one.
  std::optional<int> grows = 0;
  /// For LayerInstance::prepare(): it lasts for a whole call, whose batches do not make it larger,
  /// and is empty where none came before.
  bool prepared = false;
  /// Whether only a backward pass reads it. Where none can follow the view is empty, and the layer
  /// keeps nothing.
  bool for_backward = false;
};

/// That memory, in the order of LayerInstance::scratch(), shaped for the batch at hand.
template <class T>
using Scratch = std::span<const TensorView<T>>;

/// What a layer is told about the pass it is in.
struct Pass {
  bool training = false;     ///< dropout drops, normalization uses the batch's statistics
  /// Leave out the output activation: the loss is fused with it. In a backward pass alone, leave
  /// out its derivative: the layer that reads the output has taken it.
  bool emit_logits = false;
  /// Backward: take the derivative of the activation that ends the input, see takes_derivative().
  bool takes_derivative = false;
  RandomKey key{};  ///< this layer's random numbers of this step, the same in both directions
  /// Running statistics move: a step that trains, not one that only asks for a loss or gradients.
  bool update_statistics = false;
  /// Whether its parameters' gradients are wanted: not those of a frozen layer.
  bool trainable = true;
};

/// \throws ShapeError unless a layer of one input has one.
LANEWISE_API void check_single(std::size_t inputs);

/// Ends the description of a layer: `LANEWISE_LAYER(Dense, units, options);`
#define LANEWISE_LAYER(...) LANEWISE_DESCRIPTION(LayerInstance, __VA_ARGS__)

/// A layer at work on elements of type T. Shapes are those of one sample; the batch is the
/// outermost dimension of every view. The model calls build_all, then bind, then forward_all, with
/// a backward_all after it where it trains. y and scratch hold anything before a forward. A layer
/// of one input, as most are, derives from SingleInputLayer and sees one view instead of a list.
template <class T>
class LayerInstance {
 public:
  virtual ~LayerInstance() = default;

  /// Fixes the inputs' sample shapes, of one input at least, and returns the output's.
  /// \throws ShapeError or ArgumentError that says what came and what it expects: "got samples of
  /// shape (3,), expected (height, width, channels)". Here as in the other functions, the model
  /// puts before it which layer says so: "conv2d (Conv2D): ".
  virtual Shape build_all(std::span<const Shape> inputs) = 0;

  /// The parameters it needs, known once built.
  virtual std::vector<ParameterRequest> parameters() const { return {}; }

  /// Hands over the parameters' storage, in the order of parameters().
  virtual void bind(std::span<const Parameter<T>> parameters) { (void)parameters; }

  /// What it wants kept from forward to backward, known once built.
  virtual std::vector<ScratchRequest> scratch() const { return {}; }

  /// Works out from the parameters what many forward passes can share, such as transformed filters,
  /// in the scratch that lasts. Called once by what predicts or evaluates more than one batch.
  virtual void prepare(Scratch<T> scratch) const { (void)scratch; }

  /// Whether the output is the only input under another shape. Then neither pass is called.
  virtual bool reshapes_only() const { return false; }

  /// Whether the gradient of each input is dy as it is, as that of a sum. Where all shapes are the
  /// same, the model then hands it on and does not call backward_all().
  virtual bool hands_on_gradient() const { return false; }

  /// Whether backward_all() may overwrite dy. Where it does not, a sum hands its gradient on to
  /// this layer and to another without a copy.
  virtual bool overwrites_gradient() const { return true; }

  /// Whether its backward pass can include the derivative of an activation that ends its input, at
  /// less cost than in the layer that has the activation: maximum pooling finds relu's from its
  /// own, smaller output. A layer that nothing else reads is then told to leave it out.
  virtual bool takes_derivative(const ActivationFunction& activation) const {
    (void)activation;
    return false;
  }

  /// The activation that ends it, if that is known: losses are checked against it and fused with
  /// it, and a layer after it may take its derivative.
  virtual std::optional<ActivationFunction> output_activation() const { return std::nullopt; }

  /// Whether it adds a term of its own to the loss, such as a divergence: then added_loss() is
  /// called after each forward that a loss follows, and backward_all() adds the term's gradient to
  /// what it sets.
  virtual bool adds_loss() const { return false; }

  /// That term, of this batch; x, y and scratch are as forward_all() left them.
  virtual double added_loss(std::span<const TensorView<const T>> x, TensorView<const T> y,
                            Scratch<T> scratch, const Pass& pass) const {
    (void)x, (void)y, (void)scratch, (void)pass;
    return 0;
  }

  /// Checks numbers that come from outside to a layer which an input of the model feeds, before
  /// anything is done with them. \throws DataError that says which number it cannot take.
  virtual void check_input(const Inputs<T>& x) const { (void)x; }

  /// y = layer(x...). Many threads may predict with one instance at a time: what a call has to keep
  /// goes to the scratch, and nothing else changes but running statistics, where the pass says so.
  virtual void forward_all(std::span<const TensorView<const T>> x, TensorView<T> y,
                           Scratch<T> scratch, const Pass& pass) const = 0;

  /// From dy, the loss's gradient with respect to y, sets its parameters' gradients and each dx
  /// that is not empty. It may overwrite dy, if it says so, and scratch.
  virtual void backward_all(std::span<const TensorView<const T>> x, TensorView<const T> y,
                            Scratch<T> scratch, TensorView<T> dy, std::span<const TensorView<T>> dx,
                            const Pass& pass) const = 0;
};

/// A layer with one input.
template <class T>
class SingleInputLayer : public LayerInstance<T> {
 public:
  /// Fixes the input's sample shape and returns the output's. \throws as build_all().
  virtual Shape build(const Shape& input) = 0;

  /// y = layer(x), as forward_all().
  virtual void forward(TensorView<const T> x, TensorView<T> y, Scratch<T> scratch,
                       const Pass& pass) const = 0;

  /// As backward_all(): dx is set unless it is empty.
  virtual void backward(TensorView<const T> x, TensorView<const T> y, Scratch<T> scratch,
                        TensorView<T> dy, TensorView<T> dx, const Pass& pass) const = 0;

  /// \throws ShapeError for more than one input.
  Shape build_all(std::span<const Shape> inputs) final {
    check_single(inputs.size());
    return build(inputs.front());
  }
  void forward_all(std::span<const TensorView<const T>> x, TensorView<T> y, Scratch<T> scratch,
                   const Pass& pass) const final {
    forward(x.front(), y, scratch, pass);
  }
  void backward_all(std::span<const TensorView<const T>> x, TensorView<const T> y,
                    Scratch<T> scratch, TensorView<T> dy, std::span<const TensorView<T>> dx,
                    const Pass& pass) const final {
    backward(x.front(), y, scratch, dy, dx.front(), pass);
  }
};

}  // namespace lanewise
