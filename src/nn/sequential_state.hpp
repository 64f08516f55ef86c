#pragma once
// What a BasicSequential holds, and the checks that every entrance shares.
#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "lanewise/nn/sequential.hpp"
#include "nn/network.hpp"

namespace lanewise {

// Brings rows of inputs and targets, in any order, to where a step reads them. Allocates only when
// a batch is larger than any before.
template <class T>
class Batch {
 public:
  // Prepares for batches of up to `size` samples with targets like these.
  void reserve(Index size, const Targets<T>& like);
  // The inputs of these samples: where they lie if they are numbers in a row, as without shuffling,
  // else copied to `buffer`.
  static TensorView<const T> gather(const Inputs<T>& x, std::span<const Index> samples,
                                    TensorView<T> buffer);
  // Gathers the targets of these samples; the view is good until the next call.
  Targets<T> gather(const Targets<T>& y, std::span<const Index> samples);

 private:
  Tensor<T> values_;
  Tensor<std::int32_t> labels_;
};

// The samples of batch number `iteration`.
inline std::span<const Index> batch_of(std::span<const Index> order, Index iteration,
                                       Index batch_size) {
  const auto begin = static_cast<std::size_t>(iteration * batch_size);
  return order.subspan(begin, std::min(static_cast<std::size_t>(batch_size), order.size() - begin));
}

inline Index batches(Index samples, Index batch_size) {
  return (samples + batch_size - 1) / batch_size;
}

template <class T>
struct BasicSequential<T>::State {
  nn::Network<T> network;
  std::uint64_t seed = 0;

  CompileOptions options;
  std::unique_ptr<LossInstance<T>> loss;  // null before compile()
  std::unique_ptr<OptimizerInstance<T>> optimizer;
  bool optimizer_prepared = false;
  std::vector<std::unique_ptr<MetricInstance<T>>> metrics;

  Index iteration = 0;      // training steps so far
  std::uint64_t epoch = 0;  // epochs so far; a later fit() shuffles on from here
  Batch<T> batch;
  std::vector<Index> order;

  State() = default;
  State(const State& other);

  // Throw as documented at fit(), before anything has changed. `who` begins the message.
  void check_compiled(std::string_view who) const;
  void check_inputs(std::string_view who, const Inputs<T>& x) const;
  void check_data(std::string_view who, const LossInstance<T>& checked_loss, const Inputs<T>& x,
                  const Targets<T>& y) const;
  // The same for the loss of compile(), and its metrics.
  void check_data(std::string_view who, const Inputs<T>& x, const Targets<T>& y) const;
  static void check_batch_size(std::string_view who, Index batch_size);

  // Builds, plans buffers and prepares the optimizer for training on batches of this size.
  void prepare(const Inputs<T>& x, const Targets<T>& y, Index batch_size);

  // In training mode, but without a lasting effect: running statistics stay as they are.
  nn::PassOptions training_pass() const {
    return {true, seed, static_cast<std::uint64_t>(iteration)};
  }

  // Makes `order` 0 … count-1, shuffled if asked.
  void arrange(Index count, bool shuffle);

  // The loss and the metrics by name, all 0.
  Logs logs_named(std::string_view prefix) const;

  // One step over these samples: forward, loss, metrics and, while training, backward and update.
  double step(const Inputs<T>& x, const Targets<T>& y, std::span<const Index> samples,
              bool training);

  // One pass over all samples in `order`, a step a batch: sets the means of the loss and the
  // metrics in `logs` from position `first` on, and calls after_step(iteration) after each step.
  template <class AfterStep>
  void run_epoch(const Inputs<T>& x, const Targets<T>& y, Index batch_size, bool training,
                 Logs& logs, std::size_t first, AfterStep after_step);
};

template <class T>
template <class AfterStep>
void BasicSequential<T>::State::run_epoch(const Inputs<T>& x, const Targets<T>& y, Index batch_size,
                                          bool training, Logs& logs, std::size_t first,
                                          AfterStep after_step) {
  for (const auto& metric : metrics) metric->reset();
  double loss_sum = 0, samples = 0;
  for (Index i = 0; i < batches(x.samples(), batch_size); ++i) {
    const auto batch_samples = batch_of(order, i, batch_size);
    const auto size = static_cast<double>(batch_samples.size());
    loss_sum += step(x, y, batch_samples, training) * size;
    samples += size;
    logs.set(first, loss_sum / samples);
    for (std::size_t m = 0; m < metrics.size(); ++m) logs.set(first + 1 + m, metrics[m]->result());
    after_step(i);
  }
}

// The network inside a model, for the rest of nn.
struct ModelAccess {
  template <class T>
  static nn::Network<T>& network(BasicSequential<T>& model) {
    return model.state_->network;
  }
  template <class T>
  static const nn::Network<T>& network(const BasicSequential<T>& model) {
    return model.state_->network;
  }
  template <class T>
  static std::uint64_t seed(const BasicSequential<T>& model) {
    return model.state_->seed;
  }
  // Throws as State::check_data.
  template <class T>
  static void check_data(const BasicSequential<T>& model, std::string_view who,
                         const LossInstance<T>& loss, const Inputs<T>& x, const Targets<T>& y) {
    model.state_->check_data(who, loss, x, y);
  }
  // The options of the next training pass.
  template <class T>
  static nn::PassOptions training_pass(const BasicSequential<T>& model) {
    return model.state_->training_pass();
  }
};

}  // namespace lanewise
