#pragma once
/// \file
/// Metrics: numbers to watch that nothing is trained on.

#include <memory>
#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"
#include "lanewise/nn/data.hpp"
#include "lanewise/nn/description.hpp"

namespace lanewise {

/// A metric at work: accumulates over the batches of an epoch.
template <class T>
class MetricInstance {
 public:
  virtual ~MetricInstance() = default;

  /// Its name in Keras and in History, such as "accuracy".
  virtual std::string_view name() const = 0;

  /// Checks that outputs of this sample shape can be compared with these targets. A model asks
  /// before anything has changed; a metric that does not override it takes everything.
  /// \throws ShapeError or ArgumentError saying what would suit.
  virtual void check_targets(const Shape& output, const Targets<T>& targets) const {
    (void)output, (void)targets;
  }

  /// Prepares for batches of up to this many samples, so that update() need not allocate.
  virtual void reserve(Index batch) { (void)batch; }

  /// Forgets what was accumulated.
  virtual void reset() = 0;

  /// Adds a batch of predictions and their targets. \throws as check_targets().
  virtual void update(TensorView<const T> predictions, const Targets<T>& targets) = 0;

  /// The metric over everything since reset().
  virtual double result() const = 0;
};

/// Ends the description of a metric: `LANEWISE_METRIC(Accuracy);`
#define LANEWISE_METRIC(...) LANEWISE_DESCRIPTION(MetricInstance, __VA_ARGS__)

/// Any metric's description.
using Metric = Description<MetricInstance>;

/// The share of predictions that are right, over the last dimension of the outputs. What "right"
/// means follows from the shapes, as in Keras: the same largest entry as a one-hot target; the
/// label's entry the largest; with one output, 1 above 0.5 and else 0. Among equal entries the
/// first counts; a prediction with a NaN is never right, nor is one whose label names no output.
/// Targets have the outputs' shape, labels that shape without its last dimension.
struct LANEWISE_API Accuracy {
  LANEWISE_METRIC(Accuracy);
};

/// The mean of |prediction - target| over all outputs. Targets have the outputs' shape; a label is
/// compared with each output of its row, as Keras does.
struct LANEWISE_API MeanAbsoluteErrorMetric {
  LANEWISE_METRIC(MeanAbsoluteErrorMetric);
};

/// What to write in a list of metrics.
inline constexpr Accuracy accuracy{};
/// What to write in a list of metrics.
inline constexpr MeanAbsoluteErrorMetric mean_absolute_error{};

}  // namespace lanewise
