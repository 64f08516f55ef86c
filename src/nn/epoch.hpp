#pragma once
// What an epoch works through and adds up: samples, batches of them, and the means of losses and
// metrics over these.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/round.hpp"
#include "lanewise/nn/callback.hpp"
#include "lanewise/nn/data.hpp"
#include "lanewise/nn/loss.hpp"
#include "lanewise/nn/metric.hpp"
#include "lanewise/random.hpp"
#include "nn/workspace.hpp"

namespace lanewise {

// Brings rows of targets, in any order, to where a step reads them. Allocates only when a batch is
// larger than any before.
template <class T>
class TargetBatch {
 public:
  // Prepares for batches of up to `size` samples with targets like these.
  void reserve(Index size, const Targets<T>& like);
  // Gathers the targets of these samples; the view is good until the next call.
  Targets<T> gather(const Targets<T>& y, std::span<const Index> samples);

 private:
  Tensor<T> values_;
  Tensor<std::int32_t> labels_;
};

// As many as a model has, by views: what fit() works on.
template <class T>
struct Samples {
  std::vector<Inputs<T>> x;
  std::vector<Targets<T>> y;

  Samples(const InputList<T>& inputs, const TargetList<T>& targets)
      : x(inputs.all().begin(), inputs.all().end()),
        y(targets.all().begin(), targets.all().end()) {}
  Index count() const { return x[0].samples(); }
  // Samples [begin, end).
  Samples rows(Index begin, Index end) const;
};

// Brings the samples of an epoch to where a step reads them, batch by batch. All is allocated when
// it is made.
template <class T>
class Batches {
 public:
  Batches(const Samples<T>& data, Index batch_size);

  Index count() const { return divide_up(data_.count(), batch_size_); }
  // What the next epoch goes through in this order: that of the samples, or one drawn by the key.
  void arrange(std::optional<RandomKey> shuffle);
  // Makes x() and y() the samples of batch number i. The workspace has room for them.
  void gather(Index i, const nn::Workspace<T>& workspace);

  std::span<const TensorView<const T>> x() const { return x_; }
  std::span<const Targets<T>> y() const { return y_; }

 private:
  Samples<T> data_;
  Index batch_size_;
  std::vector<Index> order_;
  std::vector<TensorView<const T>> x_;
  std::vector<TargetBatch<T>> gathered_;
  std::vector<Targets<T>> y_;
};

// What is minimized and watched about one output of a compiled model.
template <class T>
struct OutputPlan {
  std::string prefix;  // of its metrics' names; empty if there is one output
  Loss loss;           // empty if it is not trained on
  std::vector<Metric> metrics;
  std::unique_ptr<LossInstance<T>> check;  // the loss at work; null if there is none
  // They check targets; what counts is made by each call (Tally).
  std::vector<std::unique_ptr<const MetricInstance<T>>> metric_checks;

  // Makes the last two.
  void make_checks();
  OutputPlan copy() const;
};

// The means of the losses and the metrics over the batches of an epoch.
template <class T>
class Tally {
 public:
  // Makes the metrics, for batches of up to this size.
  Tally(std::span<const OutputPlan<T>> outputs, Index batch_size);

  // Their names, each after the prefix, with 0.
  Logs logs(std::string_view prefix) const;
  void reset();
  // Adds a batch, of which the workspace has losses and predictions.
  void add(double loss, const nn::Workspace<T>& workspace, std::span<const Targets<T>> targets);
  // Sets the means so far in `logs` from position `first` on.
  void write(Logs& logs, std::size_t first) const;

 private:
  struct Watched {
    std::size_t output;
    std::string prefix;
    std::unique_ptr<MetricInstance<T>> metric;
  };
  struct Mean {
    std::size_t output;
    std::string name;
    double sum = 0;
  };
  std::vector<Watched> metrics_;
  std::vector<Mean> losses_;  // of each output that has one, if there are several outputs
  double loss_sum_ = 0, samples_ = 0;
};

}  // namespace lanewise
