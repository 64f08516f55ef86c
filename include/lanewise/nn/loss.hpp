#pragma once
/// \file
/// Losses as a model takes them. The formulas stand in lanewise/ops/loss.hpp.

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"
#include "lanewise/nn/data.hpp"
#include "lanewise/nn/description.hpp"
#include "lanewise/ops/activation.hpp"

namespace lanewise {

/// A loss at work on elements of type T.
template <class T>
class LossInstance {
 public:
  virtual ~LossInstance() = default;

  /// Its name in Keras, such as "categorical_crossentropy".
  virtual std::string_view name() const = 0;

  /// Checks that it suits a model whose output has this sample shape and ends in this activation
  /// (unknown if empty).
  /// \throws ArgumentError saying what would suit.
  virtual void check_output(const Shape& output,
                            std::optional<ActivationFunction> activation) const {
    (void)output, (void)activation;
  }

  /// Checks that targets suit an output of this sample shape: kind, shape, range.
  /// \throws ShapeError, ArgumentError or DataError.
  virtual void check_targets(const Shape& output, const Targets<T>& targets) const = 0;

  /// Whether it fuses with the model's last activation: value and gradient are then computed from
  /// the logits, which that activation is left out of.
  virtual bool fuses_with(ActivationFunction activation) const {
    (void)activation;
    return false;
  }

  /// The mean loss of the batch; unless dy is empty, its gradient with respect to y goes there.
  virtual double compute(TensorView<const T> y, const Targets<T>& targets,
                         TensorView<T> dy) const = 0;

  /// The same from logits z, for an activation that it fuses with; y receives the activation's
  /// value.
  virtual double compute_from_logits(TensorView<const T> z, const Targets<T>& targets,
                                     TensorView<T> dz, TensorView<T> y) const;
};

/// Ends the description of a loss: `LANEWISE_LOSS(Huber, delta);`
#define LANEWISE_LOSS(...) LANEWISE_DESCRIPTION(LossInstance, __VA_ARGS__)

/// Any loss's description. It can be called: `loss(y, targets, dy)` is a piece of a training loop.
class LANEWISE_API Loss : public Description<LossInstance> {
 public:
  using Description::Description;
  /// Of this description.
  explicit Loss(Description description) : Description(std::move(description)) {}

  ///@{
  /// The mean loss of the outputs `y` of a batch; unless `dy` is empty, the gradient with respect
  /// to y goes there. \throws ArgumentError if there is no loss; ShapeError, ArgumentError or
  /// DataError if the targets do not suit y, or dy has another shape.
  double operator()(TensorView<const float> y, const Targets<float>& targets,
                    TensorView<float> dy = {}) const;
  double operator()(TensorView<const double> y, const Targets<double>& targets,
                    TensorView<double> dy = {}) const;
  ///@}
};

/// Mean over the outputs of (y - t)^2.
struct LANEWISE_API MeanSquaredError {
  LANEWISE_LOSS(MeanSquaredError);
};

/// Sum over the outputs of (y - t)^2.
struct LANEWISE_API SumSquaredError {
  LANEWISE_LOSS(SumSquaredError);
};

/// Mean over the outputs of |y - t|.
struct LANEWISE_API MeanAbsoluteError {
  LANEWISE_LOSS(MeanAbsoluteError);
};

/// Quadratic up to |y - t| = delta, linear beyond.
/// \throws ArgumentError (when the model is compiled) unless delta > 0.
struct LANEWISE_API Huber {
  double delta = 1.0;
  LANEWISE_LOSS(Huber, delta);
};

/// For outputs that are probabilities of their own: each is yes or no, as a target of 1 or 0, or
/// something between.
/// \throws ArgumentError for a softmax over one output, which is always 1; DataError for targets
/// outside [0, 1], before training begins.
struct LANEWISE_API BinaryCrossentropy {
  bool from_logits = false;  ///< the model ends without a sigmoid
  LANEWISE_LOSS(BinaryCrossentropy, from_logits);
};

/// For one class of several, targets as one-hot rows (or rows of probabilities or weights: they
/// need not add up to 1). \throws DataError for targets below 0, before training begins.
struct LANEWISE_API CategoricalCrossentropy {
  bool from_logits = false;  ///< the model ends without a softmax
  LANEWISE_LOSS(CategoricalCrossentropy, from_logits);
};

/// For one class of several, targets as integer labels: of outputs (classes) one a sample, of
/// (steps, classes) or (height, width, classes) one a step or pixel, and the loss is the mean of
/// them all.
struct LANEWISE_API SparseCategoricalCrossentropy {
  bool from_logits = false;  ///< the model ends without a softmax
  LANEWISE_LOSS(SparseCategoricalCrossentropy, from_logits);
};

}  // namespace lanewise
