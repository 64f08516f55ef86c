// The layers without parameters: Input, Activation, Softmax, Flatten, Dropout, GaussianNoise,
// ActivityRegularization.
#include "lanewise/nn/core_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lanewise/error.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/penalty.hpp"
#include "lanewise/ops/rows.hpp"
#include "lanewise/ops/softmax.hpp"
#include "nn/instantiate.hpp"
#include "nn/options.hpp"

namespace lanewise {
namespace {

// A layer whose passes are never called: its output is its input under another shape.
template <class T>
class ReshapingInstance : public SingleInputLayer<T> {
 public:
  bool reshapes_only() const final { return true; }
  void forward(TensorView<const T>, TensorView<T>, Scratch<T>, const Pass&) const final {}
  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T>, TensorView<T>,
                const Pass&) const final {}
};

template <class T>
class InputInstance final : public ReshapingInstance<T> {
 public:
  Shape build(const Shape& input) override { return input; }
};

template <class T>
class FlattenInstance final : public ReshapingInstance<T> {
 public:
  Shape build(const Shape& input) override { return Shape{input.size()}; }
};

template <class T>
class ActivationInstance final : public SingleInputLayer<T> {
 public:
  explicit ActivationInstance(ActivationFunction function) : function_(function) {}

  bool overwrites_gradient() const override { return false; }

  Shape build(const Shape& input) override {
    const bool by_rows =
        function_.kind == ActivationKind::softmax || function_.kind == ActivationKind::log_softmax;
    if (by_rows && (input.rank() == 0 || input[-1] == 0))
      throw ShapeError(fmt::format("got samples of shape {}, but {} runs over the last dimension",
                                   to_string(input), to_string(function_.kind)));
    return input;
  }

  std::optional<ActivationFunction> output_activation() const override { return function_; }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>,
               const Pass& pass) const override {
    ops::activation_forward<T>(pass.emit_logits ? linear : function_, x, y);
  }

  // [activation backward]
  void backward(TensorView<const T> x, TensorView<const T> y, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass& pass) const override {
    if (dx.empty()) return;
    const ActivationFunction function = pass.emit_logits ? linear : function_;
    ops::activation_backward<T>(function, ops::backward_needs_input(function) ? x : y, dy, dx);
  }
  // [activation backward]

 private:
  ActivationFunction function_;
};

template <class T>
class SoftmaxInstance final : public SingleInputLayer<T> {
 public:
  explicit SoftmaxInstance(int axis) : axis_(axis) {}

  Shape build(const Shape& input) override {
    const int rank = input.rank() + 1;  // with the samples'
    const int axis = axis_ < 0 ? axis_ + rank : axis_;
    if (axis < 1 || axis >= rank || input[axis - 1] == 0)
      throw ShapeError(
          fmt::format("got samples of shape {}, which have nothing along axis {} (1 is their "
                      "first, -1 their last)",
                      to_string(input), axis_));
    over_last_ = axis == rank - 1;
    return input;
  }

  // Losses know the softmax over the last dimension alone.
  std::optional<ActivationFunction> output_activation() const override {
    return over_last_ ? std::optional(softmax) : std::nullopt;
  }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>,
               const Pass& pass) const override {
    if (pass.emit_logits)
      ops::activation_forward<T>(linear, x, y);
    else
      ops::softmax_forward<T>(x, axis_, y);
  }

  void backward(TensorView<const T>, TensorView<const T> y, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass& pass) const override {
    if (dx.empty()) return;
    if (pass.emit_logits)
      ops::activation_backward<T>(linear, y, dy, dx);
    else
      ops::softmax_backward<T>(y, dy, axis_, dx);
  }

 private:
  int axis_;
  bool over_last_ = false;
};

template <class T>
class DropoutInstance final : public SingleInputLayer<T> {
 public:
  explicit DropoutInstance(double rate) : rate_(rate) {}

  Shape build(const Shape& input) override { return input; }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>,
               const Pass& pass) const override {
    apply(x, y, pass);
  }

  // [dropout]
  // The mask is a function of the pass's key: drawn again, not stored.
  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass& pass) const override {
    if (!dx.empty()) apply(dy, dx, pass);
  }

 private:
  void apply(TensorView<const T> from, TensorView<T> to, const Pass& pass) const {
    if (pass.training && rate_ > 0)
      ops::dropout<T>(from, rate_, pass.key, to);
    else
      std::copy(from.begin(), from.end(), to.begin());
  }
  // [dropout]

  double rate_;
};

template <class T>
class GaussianNoiseInstance final : public SingleInputLayer<T> {
 public:
  explicit GaussianNoiseInstance(double stddev) : stddev_(static_cast<T>(stddev)) {}

  Shape build(const Shape& input) override { return input; }
  bool hands_on_gradient() const override { return true; }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>,
               const Pass& pass) const override {
    if (pass.training && stddev_ > 0) {
      fill_normal<T>(y, T(0), stddev_, pass.key);
      ops::accumulate<T>(x, y);
    } else {
      std::copy(x.begin(), x.end(), y.begin());
    }
  }

  // A model hands the gradient on itself.
  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) std::copy(dy.begin(), dy.end(), dx.begin());
  }

 private:
  T stddev_;
};

template <class T>
class ActivityRegularizationInstance final : public SingleInputLayer<T> {
 public:
  explicit ActivityRegularizationInstance(const Regularizer& penalty) : penalty_(penalty) {}

  Shape build(const Shape& input) override { return input; }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    std::copy(x.begin(), x.end(), y.begin());
  }

  bool adds_loss() const override { return true; }
  double added_loss(std::span<const TensorView<const T>>, TensorView<const T> y, Scratch<T>,
                    const Pass&) const override {
    const auto samples = static_cast<double>(y.shape()[0]);
    return ops::penalty<T>(y, penalty_.l1, penalty_.l2) / samples;
  }

  void backward(TensorView<const T> x, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (dx.empty()) return;
    std::copy(dy.begin(), dy.end(), dx.begin());
    const auto samples = static_cast<double>(x.shape()[0]);
    ops::penalty_backward<T>(x, penalty_.l1 / samples, penalty_.l2 / samples, dx);
  }

 private:
  Regularizer penalty_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> Input::make() const {
  if (shape.size() == 0)
    throw ArgumentError(fmt::format("Input: got samples of shape {}, expected no dimension of 0",
                                    to_string(shape)));
  return std::make_unique<InputInstance<T>>();
}

template <class T>
std::unique_ptr<LayerInstance<T>> Activation::make() const {
  nn::check_activation<T>("Activation", function);
  return std::make_unique<ActivationInstance<T>>(function);
}

template <class T>
std::unique_ptr<LayerInstance<T>> Softmax::make() const {
  return std::make_unique<SoftmaxInstance<T>>(axis);
}

template <class T>
std::unique_ptr<LayerInstance<T>> Flatten::make() const {
  return std::make_unique<FlattenInstance<T>>();
}

template <class T>
std::unique_ptr<LayerInstance<T>> Dropout::make() const {
  if (!(rate >= 0 && rate < 1))
    throw ArgumentError(fmt::format("Dropout: got a rate of {}, expected one in [0, 1)", rate));
  return std::make_unique<DropoutInstance<T>>(rate);
}

template <class T>
std::unique_ptr<LayerInstance<T>> GaussianNoise::make() const {
  if (!(stddev >= 0 && std::isfinite(static_cast<T>(stddev))))
    throw ArgumentError(fmt::format(
        "GaussianNoise: got a stddev of {}, expected a finite number of at least 0", stddev));
  return std::make_unique<GaussianNoiseInstance<T>>(stddev);
}

template <class T>
std::unique_ptr<LayerInstance<T>> ActivityRegularization::make() const {
  const Regularizer penalty{l1, l2};
  nn::check_regularizer("ActivityRegularization", "l1, l2", penalty);
  return std::make_unique<ActivityRegularizationInstance<T>>(penalty);
}

LANEWISE_INSTANTIATE_MAKE(Input)
LANEWISE_INSTANTIATE_MAKE(Activation)
LANEWISE_INSTANTIATE_MAKE(Softmax)
LANEWISE_INSTANTIATE_MAKE(Flatten)
LANEWISE_INSTANTIATE_MAKE(Dropout)
LANEWISE_INSTANTIATE_MAKE(GaussianNoise)
LANEWISE_INSTANTIATE_MAKE(ActivityRegularization)

}  // namespace lanewise
