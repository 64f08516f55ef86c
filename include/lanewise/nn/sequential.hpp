#pragma once
/// \file
/// A stack of layers that can be trained: Keras's Sequential.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/nn/callback.hpp"
#include "lanewise/nn/data.hpp"
#include "lanewise/nn/layer.hpp"
#include "lanewise/nn/layers.hpp"
#include "lanewise/nn/loss.hpp"
#include "lanewise/nn/metric.hpp"
#include "lanewise/nn/optimizer.hpp"

namespace lanewise {

/// What compile() takes.
struct CompileOptions {
  Optimizer optimizer = RMSprop{};
  Loss loss{};
  std::vector<Metric> metrics{};
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
};

/// Layers in a row, each fed by the one before, with the training loop around them.
///
/// Where a function takes Inputs or Targets, tensors and views of them will do, temporary ones too.
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
class LANEWISE_API BasicSequential {
 public:
  /// A model without layers; add() them.
  BasicSequential();
  /// These layers, the first one nearest the input.
  /// \throws ArgumentError if an option of a layer is out of range, or an Input is not the first.
  BasicSequential(std::initializer_list<Layer> layers);
  /// A copy with weights of its own, and with the optimizer's state if there is one.
  /// \throws ArgumentError if `other` was moved from.
  BasicSequential(const BasicSequential& other);
  /// Takes everything over; `other` can then only be assigned to or destroyed. While `other`
  /// trains, this is the model that trains on.
  BasicSequential(BasicSequential&& other) noexcept;
  /// Becomes a copy, or takes over a temporary. While it trains, fit() goes on with what it was.
  BasicSequential& operator=(BasicSequential other) noexcept;
  ~BasicSequential();

  /// Appends a layer.
  /// \throws ArgumentError if the model is built already, or the layer is empty.
  void add(Layer layer);

  /// Fixes everything random: initial weights, shuffling, dropout. 0 unless set.
  /// \throws ArgumentError if the model is built already, since its weights are drawn by then.
  void set_seed(std::uint64_t seed);

  /// Resolves all shapes for inputs of this sample shape (without the batch), and draws the
  /// weights. Nothing if the model is built for this shape already. \throws ShapeError naming the
  /// layer that it does not fit; ArgumentError for a model without layers.
  void build(const Shape& sample_shape);

  /// Whether shapes are resolved and weights drawn.
  bool is_built() const;

  /// The shape of one sample as it comes in. \throws ArgumentError before build().
  Shape input_shape() const;
  /// The shape of one sample as it goes out. \throws ArgumentError before build().
  Shape output_shape() const;

  /// Keras's table of layers, output shapes and parameters. Builds the model if it has an Input.
  /// \throws ArgumentError if the shapes are not known yet.
  std::string summary() const;

  /// Chooses optimizer, loss and metrics. Resets the optimizer's state, keeps the weights.
  /// \throws ArgumentError without a loss or an optimizer, for an empty metric, if an option is out
  /// of range, if two metrics have the same name or one that of the loss, or while the model
  /// trains.
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
  History fit(const Inputs<T>& x, const Targets<T>& y, const FitOptions<T>& options = {});
  /// \copydoc fit(const Inputs<T>&, const Targets<T>&, const FitOptions<T>&)
  template <InputsLike<T> X, TargetsLike<T> Y>
  History fit(const X& x, const Y& y, const FitOptions<T>& options = {}) {
    return fit(Inputs<T>(x), Targets<T>(y), options);
  }

  /// The loss and the metrics on these samples, without training.
  /// \throws as fit().
  Logs evaluate(const Inputs<T>& x, const Targets<T>& y, Index batch_size = 32) const;
  /// \copydoc evaluate(const Inputs<T>&, const Targets<T>&, Index) const
  template <InputsLike<T> X, TargetsLike<T> Y>
  Logs evaluate(const X& x, const Y& y, Index batch_size = 32) const {
    return evaluate(Inputs<T>(x), Targets<T>(y), batch_size);
  }

  /// The model's outputs, one row a sample. Builds the model if it is not. Needs memory for a batch
  /// of the largest output of the first, third … layer and that of the others.
  /// \throws ShapeError, ArgumentError or DataError as fit().
  Tensor<T> predict(const Inputs<T>& x, Index batch_size = 32) const;
  /// \copydoc predict(const Inputs<T>&, Index) const
  template <InputsLike<T> X>
  Tensor<T> predict(const X& x, Index batch_size = 32) const {
    return predict(Inputs<T>(x), batch_size);
  }

  /// One training step on one batch: forward, loss, backward, update. \returns the batch's loss.
  /// \throws as fit().
  double train_on_batch(const Inputs<T>& x, const Targets<T>& y);
  /// \copydoc train_on_batch(const Inputs<T>&, const Targets<T>&)
  template <InputsLike<T> X, TargetsLike<T> Y>
  double train_on_batch(const X& x, const Y& y) {
    return train_on_batch(Inputs<T>(x), Targets<T>(y));
  }

  /// The loss of one batch under `loss`, in training mode, with the gradient of every parameter
  /// left in parameters(), and the input's in `dx` unless that is empty. Changes no weight and no
  /// running statistic. \throws as fit().
  double compute_gradients(const Loss& loss, const Inputs<T>& x, const Targets<T>& y,
                           TensorView<T> dx = {});
  /// \copydoc compute_gradients(const Loss&, const Inputs<T>&, const Targets<T>&, TensorView<T>)
  template <InputsLike<T> X, TargetsLike<T> Y>
  double compute_gradients(const Loss& loss, const X& x, const Y& y, TensorView<T> dx = {}) {
    return compute_gradients(loss, Inputs<T>(x), Targets<T>(y), dx);
  }

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
  BasicSequential<U> as() const;

 private:
  template <class U>
  friend class BasicSequential;
  friend struct ModelAccess;
  struct State;
  // \throws ArgumentError, which begins with `who`, if the model was moved from.
  State& state(std::string_view who) const;
  std::shared_ptr<State> state_;  // shared with a fit() under way
};

/// The model to use; its numbers are float.
using Sequential = BasicSequential<float>;

}  // namespace lanewise
