#pragma once
/// \file
/// A model that can be trained: a graph of layers with the training loop around it.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/nn/callback.hpp"
#include "lanewise/nn/data.hpp"
#include "lanewise/nn/functional.hpp"
#include "lanewise/nn/layer.hpp"
#include "lanewise/nn/loss.hpp"
#include "lanewise/nn/metric.hpp"
#include "lanewise/nn/optimizer.hpp"

namespace lanewise {

/// What compile() takes. A model with one output has `loss` and `metrics`; one with several has the
/// other three instead, in the order of the outputs.
struct CompileOptions {
  Optimizer optimizer = RMSprop{};
  /// None is enough for a training loop of one's own.
  Loss loss{};
  std::vector<Metric> metrics{};
  /// A loss for each output; an empty one for an output that is not trained on.
  std::vector<Loss> losses{};
  /// What each loss is multiplied by before they are added; 1 each if empty.
  std::vector<double> loss_weights{};
  /// The metrics of each output; none if empty.
  std::vector<std::vector<Metric>> output_metrics{};
};

/// What fit() takes besides the data. The defaults are Keras's.
template <class T>
struct FitOptions {
  int epochs = 1;
  Index batch_size = 32;
  /// The last fraction of the samples, split off before shuffling and held out for validation.
  double validation_split = 0;
  /// Samples to validate on; takes precedence over validation_split.
  ValidationData<T> validation_data{};
  /// Whether each epoch visits the samples in a new order.
  bool shuffle = true;
  /// Told about the progress; not owned, and not null.
  std::vector<Callback*> callbacks{};
  /// Given all gradients, as gradients() shows them, between backward and update, to change them:
  /// to clip them, or to add those of other processes.
  std::function<void(TensorView<T>)> on_gradients{};
};

/// What a forward() is for.
struct ForwardOptions {
  /// Dropout drops, anew each time, and normalization uses the batch's statistics.
  bool training = false;
  /// Running statistics move.
  bool update_statistics = false;
};

/// What backward() does besides.
struct BackwardOptions {
  /// Adds to the gradients of earlier backward passes since the last update, instead of taking
  /// their place: two half batches make a whole one, once gradients() are divided by 2.
  bool accumulate = false;
};

/// What a model says of one of its layers.
struct LayerInfo {
  std::string name;  ///< "dense_1"
  std::string type;  ///< "Dense"
  /// Where its inputs come from: names of layers and inputs of the model. One of a shared layer's
  /// uses follows the other.
  std::vector<std::string> inputs;
  Shape output_shape;  ///< of a sample
  Index parameter_count = 0;
  bool trainable = true;  ///< false if it is frozen()
};

/// A graph of layers, with the training loop around it: what functions of a Value make, or a
/// Sequential.
///
/// A model may have several inputs and outputs: then fit() and its kind take them in braces,
/// `fit({x1, x2}, {y1, y2})`, and compile() a loss for each output. Their logs are Keras's: "loss",
/// which is the sum by weights, and for each output "<its layer's name>_loss" and its metrics,
/// "<name>_accuracy". What regularizers and layers add is in "loss", too.
///
/// Where a function takes Inputs or Targets, tensors and views of them will do, temporary ones too;
/// within braces only what outlives the call.
///
/// Shapes resolve at build() or at the first fit() or predict(). A batch of a size not seen before
/// may allocate buffers; no later training step of that size or a smaller one allocates, nor does a
/// prediction, beyond its result, whose buffers take no more than 16 MiB: larger ones are given
/// back. Copying copies layers, weights and the optimizer's state.
///
/// Threads: any number may call const functions on one model, as long as none calls another one.
/// Each then gets what it would get alone; of the first predictions one builds the model. The
/// descriptions of layers, losses and metrics, which they share, make their instances likewise.
///
/// While a model trains, from a callback of fit(): const functions, copying, parameters(), build()
/// and set_learning_rate() work, and see the weights as the last step left them. add(), set_seed(),
/// compile(), fit(), train_on_batch() and compute_gradients() throw ArgumentError and change
/// nothing. A model that is assigned to, swapped, moved from or destroyed there is something else
/// (or nothing) afterwards; the fit() goes on with the layers it began with, which it keeps alive.
///
/// A model that was moved from can be assigned to or destroyed; every other use throws
/// ArgumentError. A call that throws for want of memory can be made again, and has left a model
/// unbuilt that was.
template <class T>
class LANEWISE_API BasicModel {
 public:
  /// The graph between these inputs and outputs, each one value or several in braces. A layer comes
  /// after what it is made of, in the order of the outputs and of each layer's inputs; weights are
  /// drawn in that order. A Value holds none: of values that another model is made of, too, this is
  /// a model with weights of its own; copy_weights() takes over those of the other, and part()
  /// makes a model that shares them. \throws ArgumentError naming an input that no output needs,
  /// one that an output needs and that is not among them, what is given twice or is no input, or
  /// two layers of one name; ShapeError naming the layer that its inputs do not fit.
  BasicModel(const OneOrMore<Value>& inputs, const OneOrMore<Value>& outputs);
  /// A copy with weights of its own, and with the optimizer's state if there is one.
  /// \throws ArgumentError if `other` was moved from.
  BasicModel(const BasicModel& other);
  /// Takes everything over; `other` can then only be assigned to or destroyed. While `other`
  /// trains, this is the model that trains on.
  BasicModel(BasicModel&& other) noexcept;
  /// Becomes a copy, or takes over a temporary. While it trains, fit() goes on with what it was.
  BasicModel& operator=(BasicModel other) noexcept;
  ~BasicModel();

  /// Fixes everything random: initial weights, shuffling, dropout. 0 unless set.
  /// \throws ArgumentError if the model is built already, since its weights are drawn by then.
  void set_seed(std::uint64_t seed);

  /// Resolves all shapes for inputs of this sample shape (without the batch), and draws the
  /// weights. Nothing if the model is built for this shape already. \throws ShapeError naming the
  /// layer that it does not fit; ArgumentError for a model without layers.
  void build(const Shape& sample_shape);
  /// The same for a model whose inputs are declared, by input() or an Input.
  /// \throws ArgumentError if they are not.
  void build();

  /// Whether shapes are resolved and weights drawn.
  bool is_built() const;

  /// The shape of one sample as it comes in, or goes out. \throws ArgumentError before build(), or
  /// for a model with several.
  ///@{
  Shape input_shape() const;
  Shape output_shape() const;
  ///@}
  /// The same of each input and output. \throws ArgumentError before build().
  ///@{
  std::vector<Shape> input_shapes() const;
  std::vector<Shape> output_shapes() const;
  ///@}

  /// Keras's table of layers, output shapes and parameters. Builds the model if it has an Input.
  /// \throws ArgumentError if the shapes are not known yet.
  std::string summary() const;

  /// Its layers, each once. \throws ArgumentError if the shapes are not known yet.
  std::vector<LayerInfo> layers() const;
  /// The layer of this name. \throws ArgumentError listing the names there are.
  LayerInfo layer(std::string_view name) const;

  /// Freezes a layer, or lets it learn again. The optimizer forgets its state, since that is about
  /// what is trained. \throws ArgumentError listing the names there are, or while the model trains.
  void set_trainable(std::string_view name, bool trainable);

  /// What lies between these layers, by the names of layers and inputs: a model that begins with
  /// what `inputs` give and ends with what `outputs` give, and shares the weights of this one,
  /// which stay as long as one of them is there. So it gives what is inside of a model, or one half
  /// of it. Training either changes both; its gradients are this model's, too. A copy of it has
  /// weights of its own. \throws ArgumentError before build(), listing the names there are, or
  /// naming what is missing between them.
  ///@{
  BasicModel part(const OneOrMore<std::string>& inputs,
                  const OneOrMore<std::string>& outputs) const;
  BasicModel part(const OneOrMore<Value>& inputs, const OneOrMore<Value>& outputs) const;
  ///@}

  /// Chooses optimizer, losses and metrics. Resets the optimizer's state, keeps the weights.
  /// \throws ArgumentError without an optimizer, for another number of losses, weights or lists of
  /// metrics than of outputs, for an empty metric, if an option is out of range, if two metrics of
  /// an output have the same name or one that of the loss, or while the model trains.
  void compile(CompileOptions options);

  /// The optimizer's learning rate. \throws ArgumentError before compile(), or if it has none.
  double learning_rate() const;
  /// Sets it from the next step on, in a callback too. Keeps the optimizer's state.
  /// \throws ArgumentError as learning_rate(), or unless 0 <= rate and finite.
  void set_learning_rate(double rate);

  /// Trains. x has the samples outermost; y as the loss wants it.
  /// \returns the loss and metrics of every epoch: means over the samples, taken while training.
  /// \throws ArgumentError before compile(), while the model trains, for epochs or a batch size
  /// below 1, a callback that is null, or a loss that does not fit the last layer; ShapeError if
  /// shapes do not fit, those of a metric among them; DataError for no samples, labels out of
  /// range, or numbers that are not finite. A message about the validation begins with its option.
  /// Nothing has changed then. An exception of a callback ends training after the step it came
  /// from, and the model can be trained on.
  History fit(const InputList<T>& x, const TargetList<T>& y, const FitOptions<T>& options = {});
  /// \copydoc fit(const InputList<T>&, const TargetList<T>&, const FitOptions<T>&)
  template <InputsLike<T> X, TargetsLike<T> Y>
  History fit(const X& x, const Y& y, const FitOptions<T>& options = {}) {
    return fit(InputList<T>(Inputs<T>(x)), TargetList<T>(Targets<T>(y)), options);
  }

  /// The loss and the metrics on these samples, without training.
  /// \throws as fit().
  Logs evaluate(const InputList<T>& x, const TargetList<T>& y, Index batch_size = 32) const;
  /// \copydoc evaluate(const InputList<T>&, const TargetList<T>&, Index) const
  template <InputsLike<T> X, TargetsLike<T> Y>
  Logs evaluate(const X& x, const Y& y, Index batch_size = 32) const {
    return evaluate(InputList<T>(Inputs<T>(x)), TargetList<T>(Targets<T>(y)), batch_size);
  }

  /// The output of a model that has one, one row a sample. Builds the model if it is not. Needs
  /// memory for what lives at one time of a batch: an output until the last layer has read it.
  /// \throws ShapeError, ArgumentError or DataError as fit(); ArgumentError for several outputs.
  Tensor<T> predict(const InputList<T>& x, Index batch_size = 32) const;
  /// \copydoc predict(const InputList<T>&, Index) const
  template <InputsLike<T> X>
  Tensor<T> predict(const X& x, Index batch_size = 32) const {
    return predict(InputList<T>(Inputs<T>(x)), batch_size);
  }
  /// All outputs, as predict().
  std::vector<Tensor<T>> predict_all(const InputList<T>& x, Index batch_size = 32) const;
  /// \copydoc predict_all(const InputList<T>&, Index) const
  template <InputsLike<T> X>
  std::vector<Tensor<T>> predict_all(const X& x, Index batch_size = 32) const {
    return predict_all(InputList<T>(Inputs<T>(x)), batch_size);
  }

  /// One training step on one batch: forward, loss, backward, update. \returns the batch's loss.
  /// \throws as fit().
  double train_on_batch(const InputList<T>& x, const TargetList<T>& y);
  /// \copydoc train_on_batch(const InputList<T>&, const TargetList<T>&)
  template <InputsLike<T> X, TargetsLike<T> Y>
  double train_on_batch(const X& x, const Y& y) {
    return train_on_batch(InputList<T>(Inputs<T>(x)), TargetList<T>(Targets<T>(y)));
  }

  /// The loss of one batch under `losses`, one an output, in training mode, with the gradient of
  /// every parameter left in parameters(), and that of each input in its `dx` unless that is empty.
  /// Changes no weight and no running statistic. \throws as fit().
  double compute_gradients(const OneOrMore<Loss>& losses, const InputList<T>& x,
                           const TargetList<T>& y, const OneOrMore<TensorView<T>>& dx = {});
  /// \copydoc compute_gradients(const OneOrMore<Loss>&, const InputList<T>&, const TargetList<T>&,
  /// const OneOrMore<TensorView<T>>&)
  template <InputsLike<T> X, TargetsLike<T> Y>
  double compute_gradients(const Loss& loss, const X& x, const Y& y, TensorView<T> dx = {}) {
    return compute_gradients(OneOrMore<Loss>(loss), InputList<T>(Inputs<T>(x)),
                             TargetList<T>(Targets<T>(y)), OneOrMore<TensorView<T>>(dx));
  }

  /// \name A training loop of one's own
  /// One batch goes forward, its losses' gradients go backward, and an optimizer updates the
  /// weights, which fit() does with the same pieces: \code
  ///   const auto y = model.forward(x, {.training = true, .update_statistics = true});
  ///   const double value = loss(y, targets, dy);
  ///   model.backward(dy);
  ///   model.update();
  /// \endcode
  ///@{
  /// The output of a model that has one; it stays until the next call of a function that is not
  /// const. The inputs are copied. \throws ShapeError, ArgumentError or DataError as fit();
  /// ArgumentError while the model trains.
  TensorView<const T> forward(const InputList<T>& x, const ForwardOptions& options = {});
  /// The same, of whatever can be seen as inputs, such as one tensor.
  template <InputsLike<T> X>
  TensorView<const T> forward(const X& x, const ForwardOptions& options = {}) {
    return forward(InputList<T>(Inputs<T>(x)), options);
  }
  /// All outputs, as forward(). The list stays as long as they do.
  std::span<const TensorView<const T>> forward_all(const InputList<T>& x,
                                                   const ForwardOptions& options = {});
  /// Sets the gradients of all parameters, and that of each input in its `dx` unless that is empty,
  /// from those of the outputs; of an output with an empty one nothing depends on it. What layers
  /// and regularizers add to the loss is part of it. Belongs to the last forward(), and may follow
  /// it once. \throws ArgumentError if there was none since the last step; ShapeError if shapes
  /// do not fit.
  void backward(const OneOrMore<TensorView<const T>>& dy, const OneOrMore<TensorView<T>>& dx = {},
                const BackwardOptions& options = {});
  /// What layers and regularizers add to the loss: of the last forward().
  double added_loss() const;
  /// The gradients of all parameters that are trainable as one vector, in the order of parameters()
  /// with gaps of zeros between them. It may be written: clipped, or summed over processes.
  /// \throws ArgumentError before build().
  TensorView<T> gradients();
  /// One step of the optimizer. \throws ArgumentError before compile(), without a backward() or
  /// compute_gradients() since the last step, or while the model trains.
  void update();
  ///@}

  /// Takes over the weights of every layer that `other` has under the same name, as for a new head
  /// on layers that have learned. \returns the number of these layers. \throws ArgumentError unless
  /// both are built, while this one trains, or if there is no such layer; ShapeError naming a layer
  /// whose weights have other shapes. Nothing has changed then.
  Index copy_weights(const BasicModel& other);

  /// All parameters with views of their values, which may be written, and gradients, layer by
  /// layer. Only once built. \throws ArgumentError before.
  std::vector<Parameter<T>> parameters();

  /// Number of all weights. \throws ArgumentError before build().
  Index parameter_count() const;
  /// Number of the weights that training changes. \throws ArgumentError before build().
  Index trainable_count() const;

  /// A model of other elements with the same layers, seed and weights (rounded if need be), not
  /// compiled.
  template <class U>
  BasicModel<U> as() const;

 private:
  template <class U>
  friend class BasicModel;
  friend struct ModelAccess;
  struct State;
  // \throws ArgumentError, which begins with `who`, if the model was moved from.
  State& state(std::string_view who) const;

 protected:
  /// Of a chain without layers.
  BasicModel();
  /// Appends to a chain, as BasicSequential::add().
  void append(Layer layer);

 private:
  explicit BasicModel(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;  // shared with a fit() under way
};

/// The model to use; its numbers are float.
using Model = BasicModel<float>;

}  // namespace lanewise
