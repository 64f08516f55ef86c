// Accuracy and mean absolute error.
#include "lanewise/nn/metric.hpp"

#include <fmt/format.h>

#include <cmath>

#include "lanewise/error.hpp"
#include "lanewise/ops/rows.hpp"
#include "nn/instantiate.hpp"

namespace lanewise {
namespace {

Shape without_last(const Shape& shape) {
  return Shape(shape.sizes().first(shape.sizes().size() - 1));
}

// Predictions are rows along the last dimension of a sample: (n, t, k) are n t rows of k. Samples
// without dimensions, (n), are rows of one.
Index row_length(const Shape& output) {
  return output.rank() == 0 ? 1 : output[-1];
}

// A label stands beside each row, or a number beside each of its entries; beside rows of one that
// is the same, with a last dimension of 1 or without.
template <class T>
void check_shapes(std::string_view metric, const Shape& output, const Targets<T>& targets) {
  if (output.size() == 0)
    throw ShapeError(
        fmt::format("{}: got outputs of shape {} a sample, expected one number at least", metric,
                    to_string(output)));
  const Shape& got = targets.shape();
  const Shape each = output.with_outer(targets.samples());
  const Shape rows = output.rank() == 0 ? each : without_last(each);
  const bool column = got.rank() > 1 && got[-1] == 1 && without_last(got) == rows;
  const bool by_row = targets.is_labels() || row_length(output) == 1;
  if (by_row ? got != rows && !column : got != each)
    throw ShapeError(
        fmt::format("{}: got {} of shape {} for outputs of shape {} a sample, expected {}", metric,
                    targets.is_labels() ? "labels" : "targets", to_string(got), to_string(output),
                    to_string(by_row ? rows : each)));
}

// The same of a batch.
template <class T>
void check_batch(std::string_view metric, const Shape& predictions, const Targets<T>& targets) {
  if (predictions.rank() == 0 || predictions[0] != targets.samples())
    throw ShapeError(
        fmt::format("{}: got predictions of shape {} and targets of shape {}, expected as "
                    "many samples",
                    metric, to_string(predictions), to_string(targets.shape())));
  check_shapes(metric, predictions.inner(), targets);
}

template <class T>
class AccuracyInstance final : public MetricInstance<T> {
 public:
  std::string_view name() const override { return "accuracy"; }

  void check_targets(const Shape& output, const Targets<T>& targets) const override {
    check_shapes(name(), output, targets);
  }

  void reserve(Index batch) override {
    if (predicted_.size() >= batch) return;
    predicted_ = Tensor<std::int32_t>({batch});
    expected_ = Tensor<std::int32_t>({batch});
  }

  void reset() override { right_ = total_ = 0; }

  void update(TensorView<const T> predictions, const Targets<T>& targets) override {
    check_batch(name(), predictions.shape(), targets);
    const Index length = row_length(predictions.shape().inner());
    if (length == 1)
      update_binary(predictions, targets);
    else
      update_largest(predictions.reshape({predictions.size() / length, length}), targets);
  }

  double result() const override {
    return total_ == 0 ? 0 : static_cast<double>(right_) / static_cast<double>(total_);
  }

 private:
  // A NaN is on neither side of 0.5.
  void update_binary(TensorView<const T> predictions, const Targets<T>& targets) {
    for (Index i = 0; i < predictions.size(); ++i) {
      const T expected =
          targets.is_labels() ? static_cast<T>(targets.labels()[i]) : targets.values()[i];
      right_ += !std::isnan(predictions[i]) && static_cast<T>(predictions[i] > T(0.5)) == expected;
    }
    total_ += predictions.size();
  }

  void update_largest(TensorView<const T> predictions, const Targets<T>& targets) {
    const Index rows = predictions.shape()[0];
    reserve(rows);
    const auto predicted = predicted_.rows(0, rows);
    ops::argmax_rows<T>(predictions, predicted);
    TensorView<const std::int32_t> expected;
    if (targets.is_labels()) {
      expected = targets.labels();
    } else {
      ops::argmax_rows<T>(targets.values().reshape(predictions.shape()), expected_.rows(0, rows));
      expected = expected_.rows(0, rows);
    }
    // Of a row with a NaN, argmax gives the NaN: it has no largest entry.
    for (Index i = 0; i < rows; ++i)
      right_ += predicted[i] == expected[i] && !std::isnan(predictions(i, predicted[i]));
    total_ += rows;
  }

  Tensor<std::int32_t> predicted_, expected_;
  Index right_ = 0;
  Index total_ = 0;
};

template <class T>
class MeanAbsoluteErrorMetricInstance final : public MetricInstance<T> {
 public:
  std::string_view name() const override { return "mean_absolute_error"; }
  void reset() override { sum_ = count_ = 0; }

  void check_targets(const Shape& output, const Targets<T>& targets) const override {
    check_shapes(name(), output, targets);
  }

  void update(TensorView<const T> predictions, const Targets<T>& targets) override {
    check_batch(name(), predictions.shape(), targets);
    const auto add = [&](Index i, double expected) {
      sum_ += std::abs(static_cast<double>(predictions[i]) - expected);
    };
    if (targets.is_labels()) {
      const Index length = row_length(predictions.shape().inner());
      for (Index i = 0; i < predictions.size(); ++i) add(i, targets.labels()[i / length]);
    } else {
      for (Index i = 0; i < predictions.size(); ++i)
        add(i, static_cast<double>(targets.values()[i]));
    }
    count_ += static_cast<double>(predictions.size());
  }

  double result() const override { return count_ == 0 ? 0 : sum_ / count_; }

 private:
  double sum_ = 0;
  double count_ = 0;
};

}  // namespace

template <class T>
std::unique_ptr<MetricInstance<T>> Accuracy::make() const {
  return std::make_unique<AccuracyInstance<T>>();
}

template <class T>
std::unique_ptr<MetricInstance<T>> MeanAbsoluteErrorMetric::make() const {
  return std::make_unique<MeanAbsoluteErrorMetricInstance<T>>();
}

LANEWISE_INSTANTIATE_MAKE(Accuracy)
LANEWISE_INSTANTIATE_MAKE(MeanAbsoluteErrorMetric)

}  // namespace lanewise
