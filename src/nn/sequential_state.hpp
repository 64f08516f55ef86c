#pragma once
// What a BasicSequential holds, and the checks that every entrance shares.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "nn/network.hpp"

namespace lanewise {

// Calls check(), and begins the message of what it throws with prefix(): who asked, and of what.
template <class Prefix, class Check>
auto with_prefix(const Prefix& prefix, const Check& check) {
  const auto message = [&](const Error& error) {
    return fmt::format("{}: {}", prefix(), error.what());
  };
  try {
    return check();
  } catch (const ShapeError& error) {
    throw ShapeError(message(error));
  } catch (const ArgumentError& error) {
    throw ArgumentError(message(error));
  } catch (const DataError& error) {
    throw DataError(message(error));
  }
}

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

inline Index batches(Index samples, Index batch_size) {
  return (samples + batch_size - 1) / batch_size;
}

// The means of the loss and the metrics over the batches of an epoch.
template <class T>
class Tally {
 public:
  // Makes the metrics, for batches of up to this size.
  Tally(const std::vector<Metric>& metrics, Index batch_size);

  // Their names, each after the prefix, with 0.
  Logs logs(std::string_view prefix) const;
  void reset();
  // Adds a batch.
  void add(const typename nn::Network<T>::Outcome& outcome, const Targets<T>& targets);
  // Sets the means so far in `logs` from position `first` on.
  void write(Logs& logs, std::size_t first) const;

 private:
  std::vector<std::unique_ptr<MetricInstance<T>>> metrics_;
  double loss_sum_ = 0, samples_ = 0;
};

template <class T>
struct BasicSequential<T>::State {
  nn::Blueprint layers;
  std::uint64_t seed = 0;

  CompileOptions options;
  std::unique_ptr<LossInstance<T>> loss;  // null before compile()
  std::unique_ptr<OptimizerInstance<T>> optimizer;
  bool optimizer_prepared = false;
  // Check targets; what counts is made by each call (Tally).
  std::vector<std::unique_ptr<const MetricInstance<T>>> metrics;

  Index iteration = 0;      // training steps so far
  std::uint64_t epoch = 0;  // epochs so far; a later fit() shuffles on from here

  // What training works in, kept from step to step.
  nn::Workspace<T> workspace;
  Batch<T> batch;
  std::vector<Index> order;
  // What everybody else works in.
  nn::WorkspacePool<T> workspaces;

  std::atomic<bool> changing = false;  // a call that changes the model is under way

  State() = default;
  State(const State& other);

  // Null before build(). Once there it stays, so that whoever predicts needs no lock.
  nn::Network<T>* network() const { return network_.load(std::memory_order_acquire); }

  // Makes it this one.
  void adopt(std::unique_ptr<nn::Network<T>> made) noexcept {
    owned_ = std::move(made);
    network_.store(owned_.get(), std::memory_order_release);
  }

  // The network for inputs of this sample shape, made if there is none yet. Calls ready(network)
  // before: should that throw, then none was made.
  template <class Ready>
  nn::Network<T>& build(const Shape& sample_shape, Ready ready);

  // Throw as documented at fit(), before anything has changed. `who` begins the message.
  void check_compiled(std::string_view who) const;
  nn::Ending check_inputs(std::string_view who, const Inputs<T>& x) const;
  void check_data(std::string_view who, const LossInstance<T>& checked_loss, const Inputs<T>& x,
                  const Targets<T>& y) const;
  // The same for the loss of compile(), and its metrics.
  void check_data(std::string_view who, const Inputs<T>& x, const Targets<T>& y) const;
  static void check_batch_size(std::string_view who, Index batch_size);

  // Builds, plans buffers and prepares the optimizer, if there is one, for training on batches of
  // this size.
  nn::Network<T>& prepare_training(const Shape& sample_shape, Index batch_size);

  // In training mode, but without a lasting effect: running statistics stay as they are.
  nn::PassOptions training_pass() const {
    return {true, seed, static_cast<std::uint64_t>(iteration)};
  }

  // Makes `order` 0 … count-1, shuffled if asked.
  void arrange(Index count, bool shuffle);

  // The samples of batch number `i` in that order.
  std::pair<TensorView<const T>, Targets<T>> gather(const Inputs<T>& x, const Targets<T>& y,
                                                    Index i, Index batch_size);

  // One training step: forward, loss, backward and update.
  typename nn::Network<T>::Outcome train(TensorView<const T> inputs, const Targets<T>& targets);

  // Sets in `logs`, from position `first` on, the loss and the metrics of all samples.
  void evaluate(const Inputs<T>& x, const Targets<T>& y, Index batch_size,
                nn::Workspace<T>& borrowed, Tally<T>& tally, Logs& logs, std::size_t first) const;

 private:
  // What comes out for inputs of this sample shape. Throws if the model is built for another one.
  nn::Ending ending(const Shape& sample_shape) const;

  std::mutex building_;
  std::unique_ptr<nn::Network<T>> owned_;
  std::atomic<nn::Network<T>*> network_ = nullptr;
};

template <class T>
template <class Ready>
nn::Network<T>& BasicSequential<T>::State::build(const Shape& sample_shape, Ready ready) {
  std::unique_lock lock(building_, std::defer_lock);
  if (network() == nullptr) lock.lock();
  if (network() == nullptr) {
    auto made = std::make_unique<nn::Network<T>>(layers, sample_shape, seed);
    ready(*made);
    adopt(std::move(made));
  } else {
    if (lock) lock.unlock();
    ending(sample_shape);
    ready(*network());
  }
  return *network();
}

// For as long as a call changes the model: no other call may, from a callback or another thread.
class Exclusive {
 public:
  Exclusive(std::atomic<bool>& changing, std::string_view who);
  ~Exclusive() { changing_.store(false, std::memory_order_release); }
  Exclusive(const Exclusive&) = delete;
  Exclusive& operator=(const Exclusive&) = delete;

 private:
  std::atomic<bool>& changing_;
};

// What is inside a model, for the rest of nn.
struct ModelAccess {
  // Null if it is not built.
  template <class T>
  static nn::Network<T>* network(const BasicSequential<T>& model) {
    return model.state("Sequential").network();
  }
  template <class T>
  static const nn::Blueprint& layers(const BasicSequential<T>& model) {
    return model.state("Sequential").layers;
  }
  template <class T>
  static std::uint64_t seed(const BasicSequential<T>& model) {
    return model.state("Sequential").seed;
  }
  // Throws as State::check_data.
  template <class T>
  static void check_data(const BasicSequential<T>& model, std::string_view who,
                         const LossInstance<T>& loss, const Inputs<T>& x, const Targets<T>& y) {
    model.state(who).check_data(who, loss, x, y);
  }
  // The options of the next training pass.
  template <class T>
  static nn::PassOptions training_pass(const BasicSequential<T>& model) {
    return model.state("Sequential").training_pass();
  }
};

}  // namespace lanewise
