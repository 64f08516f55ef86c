// Contract in nn/sequential_state.hpp.
#include "nn/sequential_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/position.hpp"
#include "lanewise/error.hpp"
#include "lanewise/ops/rows.hpp"

namespace lanewise {
namespace {

// Says where the first number stands that is not finite.
template <class T>
void check_finite(std::string_view who, const char* what, TensorView<const T> data) {
  if (ops::all_finite<T>(data)) return;
  const auto bad = std::find_if(data.begin(), data.end(), [](T x) { return !std::isfinite(x); });
  throw DataError(fmt::format("{}: the {} contain {} in {}, expected finite numbers", who, what,
                              std::isnan(*bad) ? "a NaN"
                              : *bad > 0       ? "infinity"
                                               : "-infinity",
                              position(data.shape(), bad - data.begin())));
}

}  // namespace

template <class T>
void Batch<T>::reserve(Index size, const Targets<T>& like) {
  const Index each = like.shape().inner().size();
  if (like.is_labels()) {
    if (labels_.size() < size * each) labels_ = Tensor<std::int32_t>({size * each});
  } else {
    if (values_.size() < size * each) values_ = Tensor<T>({size * each});
  }
}

template <class T>
TensorView<const T> Batch<T>::gather(const Inputs<T>& x, std::span<const Index> samples,
                                     TensorView<T> buffer) {
  if (const auto* bytes = x.bytes()) {
    ops::gather_rows<T>(bytes->bytes, samples, static_cast<T>(bytes->scale), buffer);
    return buffer;
  }
  const auto gap = std::adjacent_find(samples.begin(), samples.end(),
                                      [](Index i, Index next) { return next != i + 1; });
  if (gap == samples.end()) return x.numbers()->rows(samples.front(), samples.back() + 1);
  ops::gather_rows<T>(*x.numbers(), samples, buffer);
  return buffer;
}

template <class T>
Targets<T> Batch<T>::gather(const Targets<T>& y, std::span<const Index> samples) {
  const Shape sample = y.shape().inner();
  const Shape shape = sample.with_outer(static_cast<Index>(samples.size()));
  if (!y.is_labels()) {
    const auto into = values_.rows(0, shape.size()).reshape(shape);
    ops::gather_rows<T>(y.values(), samples, into);
    return TensorView<const T>(into);
  }
  const auto into = labels_.rows(0, shape.size()).reshape(shape);
  for (Index i = 0; i < into.size(); ++i) {
    const Index each = sample.size();
    into[i] = y.labels()[samples[static_cast<std::size_t>(i / each)] * each + i % each];
  }
  return TensorView<const std::int32_t>(into);
}

template <class T>
Tally<T>::Tally(const std::vector<Metric>& metrics, Index batch_size) {
  for (const Metric& metric : metrics) {
    metrics_.push_back(metric.template make<T>());
    metrics_.back()->reserve(batch_size);
  }
}

template <class T>
Logs Tally<T>::logs(std::string_view prefix) const {
  Logs logs;
  logs.add(fmt::format("{}loss", prefix), 0);
  for (const auto& metric : metrics_) logs.add(fmt::format("{}{}", prefix, metric->name()), 0);
  return logs;
}

template <class T>
void Tally<T>::reset() {
  for (const auto& metric : metrics_) metric->reset();
  loss_sum_ = samples_ = 0;
}

template <class T>
void Tally<T>::add(const typename nn::Network<T>::Outcome& outcome, const Targets<T>& targets) {
  const auto size = static_cast<double>(targets.samples());
  loss_sum_ += outcome.loss * size;
  samples_ += size;
  for (const auto& metric : metrics_) metric->update(outcome.predictions, targets);
}

template <class T>
void Tally<T>::write(Logs& logs, std::size_t first) const {
  logs.set(first, loss_sum_ / samples_);
  for (std::size_t m = 0; m < metrics_.size(); ++m) logs.set(first + 1 + m, metrics_[m]->result());
}

Exclusive::Exclusive(std::atomic<bool>& changing, std::string_view who) : changing_(changing) {
  if (changing_.exchange(true, std::memory_order_acquire))
    throw ArgumentError(fmt::format(
        "{}: the model is being trained: call it when fit() has returned, not in a callback or on "
        "another thread (set_learning_rate(), predict() and evaluate() work in callbacks)",
        who));
}

// Not copied: what is borrowed, and whether `other` is in the middle of a fit().
template <class T>
BasicSequential<T>::State::State(const State& other)
    : layers(other.layers),
      seed(other.seed),
      options(other.options),
      optimizer_prepared(other.optimizer_prepared),
      iteration(other.iteration),
      epoch(other.epoch) {
  if (other.loss) loss = options.loss.template make<T>();
  if (other.optimizer) optimizer = other.optimizer->clone();
  for (const Metric& metric : options.metrics) metrics.push_back(metric.template make<T>());
  if (const auto* network = other.network()) adopt(std::make_unique<nn::Network<T>>(*network));
}

template <class T>
void BasicSequential<T>::State::check_compiled(std::string_view who) const {
  if (!loss) throw ArgumentError(fmt::format("{}: the model is not compiled: call compile()", who));
}

template <class T>
void BasicSequential<T>::State::check_batch_size(std::string_view who, Index batch_size) {
  if (batch_size < 1)
    throw ArgumentError(
        fmt::format("{}: got a batch size of {}, expected at least 1", who, batch_size));
}

template <class T>
nn::Ending BasicSequential<T>::State::ending(const Shape& sample_shape) const {
  const auto* built = network();
  if (!built) return nn::ending_of<T>(layers.template make<T>(sample_shape));
  if (sample_shape != built->input_shape())
    throw ShapeError(fmt::format("Sequential: got samples of shape {}, the model is built for {}",
                                 to_string(sample_shape), to_string(built->input_shape())));
  return nn::ending_of<T>(built->nodes());
}

template <class T>
nn::Ending BasicSequential<T>::State::check_inputs(std::string_view who, const Inputs<T>& x) const {
  if (x.shape().rank() == 0)
    throw ShapeError(
        fmt::format("{}: got a scalar, expected samples along the first dimension", who));
  if (x.samples() == 0) throw DataError(fmt::format("{}: got no samples", who));
  if (const auto* bytes = x.bytes(); bytes && !std::isfinite(static_cast<T>(bytes->scale) * T(255)))
    throw ArgumentError(fmt::format("{}: got bytes with a scale of {}, expected finite numbers",
                                    who, bytes->scale));
  const nn::Ending end =
      with_prefix([&] { return fmt::format("{}: inputs of shape {}", who, to_string(x.shape())); },
                  [&] { return ending(x.shape().inner()); });
  if (x.numbers()) check_finite<T>(who, "inputs", *x.numbers());
  return end;
}

template <class T>
void BasicSequential<T>::State::check_data(std::string_view who,
                                           const LossInstance<T>& checked_loss, const Inputs<T>& x,
                                           const Targets<T>& y) const {
  const nn::Ending end = check_inputs(who, x);
  if (y.samples() != x.samples())
    throw ShapeError(
        fmt::format("{}: got {} samples in inputs of shape {} and {} in targets of "
                    "shape {}, expected as many",
                    who, x.samples(), to_string(x.shape()), y.samples(), to_string(y.shape())));
  with_prefix([&] { return who; },
              [&] {
                checked_loss.check_output(end.shape, end.activation);
                checked_loss.check_targets(end.shape, y);
              });
  if (!y.is_labels()) check_finite<T>(who, "targets", y.values());
}

template <class T>
void BasicSequential<T>::State::check_data(std::string_view who, const Inputs<T>& x,
                                           const Targets<T>& y) const {
  check_data(who, *loss, x, y);
  const Shape output = ending(x.shape().inner()).shape;
  for (const auto& metric : metrics)
    with_prefix([&] { return who; }, [&] { metric->check_targets(output, y); });
}

template <class T>
nn::Network<T>& BasicSequential<T>::State::prepare_training(const Shape& sample_shape,
                                                            Index batch_size) {
  return build(sample_shape, [&](nn::Network<T>& network) {
    const bool prepare = optimizer && !optimizer_prepared;
    if (prepare) optimizer->prepare(network.trainable_values().size());
    // Last: should it throw, then nothing remembers a network that may not come to be.
    workspace.reserve(network, {batch_size, nn::Purpose::train, true});
    if (prepare) optimizer_prepared = true;
  });
}

template <class T>
void BasicSequential<T>::State::arrange(Index count, bool shuffle) {
  if (shuffle) {
    fill_permutation(order, count, nn::random_key(seed, nn::Stream::shuffle, 0, epoch));
  } else {
    order.resize(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), Index{0});
  }
}

template <class T>
std::pair<TensorView<const T>, Targets<T>> BasicSequential<T>::State::gather(const Inputs<T>& x,
                                                                             const Targets<T>& y,
                                                                             Index i,
                                                                             Index batch_size) {
  const Index size = std::min(batch_size, x.samples() - i * batch_size);
  const auto samples = std::span<const Index>(order).subspan(
      static_cast<std::size_t>(i * batch_size), static_cast<std::size_t>(size));
  const auto buffer = workspace.input(network()->input_shape().with_outer(size));
  return {Batch<T>::gather(x, samples, buffer), batch.gather(y, samples)};
}

template <class T>
typename nn::Network<T>::Outcome BasicSequential<T>::State::train(TensorView<const T> inputs,
                                                                  const Targets<T>& targets) {
  nn::PassOptions pass = training_pass();
  pass.update_statistics = true;
  nn::Network<T>& trained = *network();
  const auto outcome = trained.differentiate(workspace, *loss, inputs, targets, pass);
  optimizer->step(iteration + 1, trained.trainable_values(), trained.gradients());
  ++iteration;
  return outcome;
}

template <class T>
void BasicSequential<T>::State::evaluate(const Inputs<T>& x, const Targets<T>& y, Index batch_size,
                                         nn::Workspace<T>& borrowed, Tally<T>& tally, Logs& logs,
                                         std::size_t first) const {
  tally.reset();
  for (Index begin = 0; begin < x.samples(); begin += batch_size) {
    const Index end = begin + std::min(batch_size, x.samples() - begin);
    const Targets<T> targets = y.rows(begin, end);
    const auto inputs = borrowed.numbers(x.rows(begin, end));
    tally.add(network()->evaluate(borrowed, *loss, inputs, targets, {}), targets);
  }
  tally.write(logs, first);
}

template class Batch<float>;
template class Batch<double>;
template class Tally<float>;
template class Tally<double>;
template struct BasicSequential<float>::State;
template struct BasicSequential<double>::State;

}  // namespace lanewise
