// The losses: each binds an operation of lanewise/ops/loss.hpp to a description, and checks that
// the model and the targets suit it.
#include "lanewise/nn/loss.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/position.hpp"
#include "lanewise/error.hpp"
#include "lanewise/ops/loss.hpp"
#include "nn/instantiate.hpp"
#include "ops/loss_targets.hpp"

namespace lanewise {

template <class T>
double LossInstance<T>::compute_from_logits(TensorView<const T>, const Targets<T>&, TensorView<T>,
                                            TensorView<T>) const {
  throw ArgumentError(fmt::format("{}: has no form that takes logits", name()));
}

template class LANEWISE_API LossInstance<float>;
template class LANEWISE_API LossInstance<double>;

namespace {

template <class T>
double call(const Loss& loss, TensorView<const T> y, const Targets<T>& targets, TensorView<T> dy) {
  const auto instance = loss.make<T>();
  if (y.shape().rank() == 0 || y.shape()[0] != targets.samples())
    throw ShapeError(
        fmt::format("{}: got outputs of shape {} and targets of shape {}, expected as "
                    "many samples",
                    instance->name(), to_string(y.shape()), to_string(targets.shape())));
  if (dy.data() != nullptr && dy.shape() != y.shape())
    throw ShapeError(fmt::format("{}: got dy of shape {} for outputs of shape {}", instance->name(),
                                 to_string(dy.shape()), to_string(y.shape())));
  if (targets.samples() == 0) throw DataError(fmt::format("{}: got no samples", instance->name()));
  instance->check_output(y.shape().inner(), std::nullopt);
  instance->check_targets(y.shape().inner(), targets);
  return instance->compute(y, targets, dy);
}

}  // namespace

double Loss::operator()(TensorView<const float> y, const Targets<float>& targets,
                        TensorView<float> dy) const {
  return call<float>(*this, y, targets, dy);
}

double Loss::operator()(TensorView<const double> y, const Targets<double>& targets,
                        TensorView<double> dy) const {
  return call<double>(*this, y, targets, dy);
}

namespace {

// Targets that are numbers, one for each output.
template <class T>
void check_dense_targets(std::string_view loss, const Shape& output, const Targets<T>& targets,
                         std::string_view advice) {
  if (targets.is_labels())
    throw ArgumentError(fmt::format(
        "{}: got integer labels, expected a Tensor<{}> of shape (samples, {}): {}", loss,
        sizeof(T) == 4 ? "float" : "double", fmt::join(output.sizes(), ", "), advice));
  const Shape& got = targets.shape();
  // One number a sample may come without its dimension of 1, as prices come from a file.
  const bool flat_column = output == Shape{1} && got.rank() == 1;
  if (!flat_column && (got.rank() == 0 || got.inner() != output))
    throw ShapeError(fmt::format("{}: got targets of shape {}, expected {}", loss, to_string(got),
                                 to_string(output.with_outer(targets.samples()))));
}

// Integer labels, one for each row of outputs: a sample, a step of a sequence, a pixel.
template <class T>
void check_labels(std::string_view loss, const Shape& output, const Targets<T>& targets) {
  if (!targets.is_labels())
    throw ArgumentError(
        fmt::format("{}: got targets that are not integers, expected a Tensor<int32_t> of labels; "
                    "categorical_crossentropy takes one-hot rows",
                    loss));
  const Shape rows(output.sizes().first(output.sizes().size() - 1));
  const Shape expected = rows.with_outer(targets.samples());
  if (targets.shape() != expected)
    throw ShapeError(fmt::format(
        "{}: got labels of shape {} for outputs of shape {} a sample, expected {}: one label for "
        "each row of {} outputs",
        loss, to_string(targets.shape()), to_string(output), to_string(expected), output[-1]));
  const auto labels = targets.labels();
  for (Index i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= output[-1])
      throw DataError(fmt::format("{}: label {} of {} is not in [0, {})", loss, labels[i],
                                  position(labels.shape(), i), output[-1]));
}

// A cross-entropy from probabilities wants an activation that makes some; from logits, one that
// does not.
void check_probabilities(std::string_view loss, bool from_logits, ActivationKind suitable,
                         std::optional<ActivationFunction> activation) {
  if (!activation) return;
  const bool makes_probabilities =
      activation->kind == ActivationKind::softmax || activation->kind == ActivationKind::sigmoid;
  if (from_logits && makes_probabilities)
    throw ArgumentError(fmt::format("{}: from_logits is set, but the last layer ends in {}", loss,
                                    to_string(activation->kind)));
  if (!from_logits && !makes_probabilities)
    throw ArgumentError(
        fmt::format("{}: the last layer ends in {}, expected {} (or set from_logits)", loss,
                    to_string(activation->kind), to_string(suitable)));
}

// Losses that compare number with number: MSE, SSE, MAE, Huber.
template <class T, class Compute>
class RegressionInstance final : public LossInstance<T> {
 public:
  RegressionInstance(std::string_view loss_name, Compute compute_loss)
      : name_(loss_name), compute_(compute_loss) {}
  std::string_view name() const override { return name_; }
  void check_targets(const Shape& output, const Targets<T>& targets) const override {
    check_dense_targets(name_, output, targets,
                        output.rank() > 0 && output[-1] > 1
                            ? "one_hot() makes one of labels"
                            : "give the numbers that are to be predicted");
  }
  double compute(TensorView<const T> y, const Targets<T>& targets,
                 TensorView<T> dy) const override {
    return compute_(y, targets.values().reshape(y.shape()), dy);
  }

 private:
  std::string_view name_;
  Compute compute_;
};

template <class T, class Compute>
std::unique_ptr<LossInstance<T>> regression(std::string_view name, Compute compute) {
  return std::make_unique<RegressionInstance<T, Compute>>(name, compute);
}

template <class T>
class BinaryInstance final : public LossInstance<T> {
 public:
  explicit BinaryInstance(bool from_logits) : from_logits_(from_logits) {}
  std::string_view name() const override { return "binary_crossentropy"; }
  void check_output(const Shape& output,
                    std::optional<ActivationFunction> activation) const override {
    if (activation && activation->kind == ActivationKind::softmax && output.rank() > 0 &&
        output[-1] == 1)
      throw ArgumentError(fmt::format(
          "{}: the last layer ends in softmax, which over one output is always 1: use sigmoid",
          name()));
    check_probabilities(name(), from_logits_, ActivationKind::sigmoid, activation);
  }
  void check_targets(const Shape& output, const Targets<T>& targets) const override {
    check_dense_targets(name(), output, targets, "0 for no and 1 for yes, for each output");
    ops::check_binary_targets<T>(name(), targets.values());
  }
  bool fuses_with(ActivationFunction activation) const override {
    return !from_logits_ && activation == sigmoid;
  }
  double compute(TensorView<const T> y, const Targets<T>& targets,
                 TensorView<T> dy) const override {
    const auto target = targets.values().reshape(y.shape());
    return from_logits_ ? ops::binary_crossentropy_from_logits<T>(y, target, dy)
                        : ops::binary_crossentropy<T>(y, target, dy);
  }
  double compute_from_logits(TensorView<const T> z, const Targets<T>& targets, TensorView<T> dz,
                             TensorView<T> y) const override {
    return ops::binary_crossentropy_from_logits<T>(z, targets.values().reshape(z.shape()), dz, y);
  }

 private:
  bool from_logits_;
};

// Common to one-hot targets and integer labels.
template <class T>
class SoftmaxInstance : public LossInstance<T> {
 public:
  explicit SoftmaxInstance(bool from_logits) : from_logits_(from_logits) {}
  void check_output(const Shape& output, std::optional<ActivationFunction> activation) const final {
    if (output.rank() == 0 || output[-1] < 2)
      throw ArgumentError(fmt::format(
          "{}: got outputs of shape {} a sample, expected one output a class, two at least; "
          "binary_crossentropy takes a single one",
          this->name(), to_string(output)));
    check_probabilities(this->name(), from_logits_, ActivationKind::softmax, activation);
  }
  bool fuses_with(ActivationFunction activation) const final {
    return !from_logits_ && activation == softmax;
  }

 protected:
  bool from_logits_;
};

template <class T>
class CategoricalInstance final : public SoftmaxInstance<T> {
 public:
  using SoftmaxInstance<T>::SoftmaxInstance;
  std::string_view name() const override { return "categorical_crossentropy"; }
  void check_targets(const Shape& output, const Targets<T>& targets) const override {
    check_dense_targets(name(), output, targets, "one_hot() makes one of labels");
    ops::check_categorical_targets<T>(name(), targets.values());
  }
  double compute(TensorView<const T> y, const Targets<T>& targets,
                 TensorView<T> dy) const override {
    return this->from_logits_
               ? ops::categorical_crossentropy_from_logits<T>(y, targets.values(), dy)
               : ops::categorical_crossentropy<T>(y, targets.values(), dy);
  }
  double compute_from_logits(TensorView<const T> z, const Targets<T>& targets, TensorView<T> dz,
                             TensorView<T> y) const override {
    return ops::categorical_crossentropy_from_logits<T>(z, targets.values(), dz, y);
  }
};

template <class T>
class SparseCategoricalInstance final : public SoftmaxInstance<T> {
 public:
  using SoftmaxInstance<T>::SoftmaxInstance;
  std::string_view name() const override { return "sparse_categorical_crossentropy"; }
  void check_targets(const Shape& output, const Targets<T>& targets) const override {
    check_labels(name(), output, targets);
  }
  double compute(TensorView<const T> y, const Targets<T>& targets,
                 TensorView<T> dy) const override {
    return this->from_logits_
               ? ops::sparse_categorical_crossentropy_from_logits<T>(y, targets.labels(), dy)
               : ops::sparse_categorical_crossentropy<T>(y, targets.labels(), dy);
  }
  double compute_from_logits(TensorView<const T> z, const Targets<T>& targets, TensorView<T> dz,
                             TensorView<T> y) const override {
    return ops::sparse_categorical_crossentropy_from_logits<T>(z, targets.labels(), dz, y);
  }
};

}  // namespace

template <class T>
std::unique_ptr<LossInstance<T>> MeanSquaredError::make() const {
  return regression<T>("mean_squared_error", ops::mean_squared_error<T>);
}

template <class T>
std::unique_ptr<LossInstance<T>> SumSquaredError::make() const {
  return regression<T>("sum_squared_error", ops::sum_squared_error<T>);
}

template <class T>
std::unique_ptr<LossInstance<T>> MeanAbsoluteError::make() const {
  return regression<T>("mean_absolute_error", ops::mean_absolute_error<T>);
}

template <class T>
std::unique_ptr<LossInstance<T>> Huber::make() const {
  if (!(delta > 0))
    throw ArgumentError(fmt::format("huber: got a delta of {}, expected one above 0", delta));
  return regression<T>(
      "huber", [delta = delta](TensorView<const T> y, TensorView<const T> target,
                               TensorView<T> dy) { return ops::huber<T>(y, target, delta, dy); });
}

template <class T>
std::unique_ptr<LossInstance<T>> BinaryCrossentropy::make() const {
  return std::make_unique<BinaryInstance<T>>(from_logits);
}

template <class T>
std::unique_ptr<LossInstance<T>> CategoricalCrossentropy::make() const {
  return std::make_unique<CategoricalInstance<T>>(from_logits);
}

template <class T>
std::unique_ptr<LossInstance<T>> SparseCategoricalCrossentropy::make() const {
  return std::make_unique<SparseCategoricalInstance<T>>(from_logits);
}

LANEWISE_INSTANTIATE_MAKE(MeanSquaredError)
LANEWISE_INSTANTIATE_MAKE(SumSquaredError)
LANEWISE_INSTANTIATE_MAKE(MeanAbsoluteError)
LANEWISE_INSTANTIATE_MAKE(Huber)
LANEWISE_INSTANTIATE_MAKE(BinaryCrossentropy)
LANEWISE_INSTANTIATE_MAKE(CategoricalCrossentropy)
LANEWISE_INSTANTIATE_MAKE(SparseCategoricalCrossentropy)

}  // namespace lanewise
