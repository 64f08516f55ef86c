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

/// What makes an instance of an optimizer that ops::optimizer_step() knows.
template <class D>
struct LANEWISE_API FusedOptimizer {
  D description;
  /// A new optimizer at work on elements of type T, float or double.
  template <class T>
  std::unique_ptr<OptimizerInstance<T>> make() const;
};

/// Any optimizer's description: one of those in lanewise/ops/optimizer.hpp, or a user's own.
class Optimizer : public Description<OptimizerInstance> {
 public:
  using Description::Description;

  /// One of the library's own.
  /// \throws ArgumentError if an option is out of its range.
  template <class D>
  requires requires(const D& d) { ops::state_slots(d); }
  Optimizer(D description) : Description(FusedOptimizer<D>{description}) {
    ops::check(description);
  }
};

}  // namespace lanewise
