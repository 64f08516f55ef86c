#pragma once
/// \file
/// Optimizers as a model takes them. The formulas stand in lanewise/ops/optimizer.hpp.

#include <memory>

#include "lanewise/export.hpp"
#include "lanewise/nn/description.hpp"
#include "lanewise/ops/optimizer.hpp"

namespace lanewise {

/// An optimizer at work. It sees all trainable parameters of the model as one flat vector.
template <class T>
class OptimizerInstance {
 public:
  virtual ~OptimizerInstance() = default;

  /// Prepares its state for `count` weights, forgetting any it had.
  virtual void prepare(Index count) = 0;

  /// Updates the weights from the gradient; `iteration` counts from 1.
  virtual void step(Index iteration, TensorView<T> weights, TensorView<const T> gradient) = 0;

  /// The factor of its steps. \throws ArgumentError if it has none.
  virtual double learning_rate() const;

  /// Changes that factor from the next step on. \throws ArgumentError if it has none, or if the
  /// new one is out of its range.
  virtual void set_learning_rate(double rate);

  /// A copy with its state.
  virtual std::unique_ptr<OptimizerInstance> clone() const = 0;
};

/// Any optimizer's description: one of those in lanewise/ops/optimizer.hpp, or a user's own.
using Optimizer = Description<OptimizerInstance>;

}  // namespace lanewise
