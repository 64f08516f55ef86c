// Contract in nn/sequential_state.hpp.
#include "nn/sequential_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lanewise/error.hpp"
#include "lanewise/ops/rows.hpp"

namespace lanewise {
namespace {

// Calls check(), and begins the message of what it throws with prefix(): who asked, and of what.
template <class Prefix, class Check>
void with_prefix(const Prefix& prefix, const Check& check) {
  const auto message = [&](const Error& error) {
    return fmt::format("{}: {}", prefix(), error.what());
  };
  try {
    check();
  } catch (const ShapeError& error) {
    throw ShapeError(message(error));
  } catch (const ArgumentError& error) {
    throw ArgumentError(message(error));
  } catch (const DataError& error) {
    throw DataError(message(error));
  }
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
BasicSequential<T>::State::State(const State& other)
    : network(other.network),
      seed(other.seed),
      options(other.options),
      optimizer_prepared(other.optimizer_prepared),
      iteration(other.iteration),
      epoch(other.epoch) {
  if (other.loss) loss = options.loss.template make<T>();
  if (other.optimizer) optimizer = other.optimizer->clone();
  for (const Metric& metric : options.metrics) metrics.push_back(metric.template make<T>());
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
void BasicSequential<T>::State::check_inputs(std::string_view who, const Inputs<T>& x) const {
  if (x.shape().rank() == 0)
    throw ShapeError(
        fmt::format("{}: got a scalar, expected samples along the first dimension", who));
  if (x.samples() == 0) throw DataError(fmt::format("{}: got no samples", who));
  if (const auto* bytes = x.bytes(); bytes && !std::isfinite(static_cast<T>(bytes->scale) * T(255)))
    throw ArgumentError(fmt::format("{}: got bytes with a scale of {}, expected finite numbers",
                                    who, bytes->scale));
  with_prefix([&] { return fmt::format("{}: inputs of shape {}", who, to_string(x.shape())); },
              [&] { network.infer(x.shape().inner()); });
  if (x.numbers() && !ops::all_finite<T>(*x.numbers()))
    throw DataError(fmt::format("{}: the inputs contain a NaN or an infinity", who));
}

template <class T>
void BasicSequential<T>::State::check_data(std::string_view who,
                                           const LossInstance<T>& checked_loss, const Inputs<T>& x,
                                           const Targets<T>& y) const {
  check_inputs(who, x);
  if (y.samples() != x.samples())
    throw ShapeError(
        fmt::format("{}: got {} samples in inputs of shape {} and {} in targets of "
                    "shape {}, expected as many",
                    who, x.samples(), to_string(x.shape()), y.samples(), to_string(y.shape())));
  const Shape output = network.infer(x.shape().inner());
  with_prefix([&] { return who; },
              [&] {
                checked_loss.check_output(output, network.output_activation());
                checked_loss.check_targets(output, y);
              });
  if (!y.is_labels() && !ops::all_finite<T>(y.values()))
    throw DataError(fmt::format("{}: the targets contain a NaN or an infinity", who));
}

template <class T>
void BasicSequential<T>::State::check_data(std::string_view who, const Inputs<T>& x,
                                           const Targets<T>& y) const {
  check_data(who, *loss, x, y);
  const Shape output = network.infer(x.shape().inner());
  for (const auto& metric : metrics)
    with_prefix([&] { return who; }, [&] { metric->check_targets(output, y); });
}

template <class T>
void BasicSequential<T>::State::prepare(const Inputs<T>& x, const Targets<T>& y, Index batch_size) {
  network.build(x.shape().inner(), seed);
  network.reserve(batch_size);
  batch.reserve(batch_size, y);
  for (const auto& metric : metrics) metric->reserve(batch_size);
  if (!optimizer_prepared && optimizer) {
    optimizer->prepare(network.trainable_values().size());
    optimizer_prepared = true;
  }
}

template <class T>
void BasicSequential<T>::State::arrange(Index count, bool shuffle) {
  if (shuffle) {
    fill_permutation(order, count, nn::random_key(seed, nn::Purpose::shuffle, 0, epoch));
  } else {
    order.resize(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), Index{0});
  }
}

template <class T>
Logs BasicSequential<T>::State::logs_named(std::string_view prefix) const {
  Logs logs;
  logs.add(fmt::format("{}loss", prefix), 0);
  for (const auto& metric : metrics) logs.add(fmt::format("{}{}", prefix, metric->name()), 0);
  return logs;
}

template <class T>
double BasicSequential<T>::State::step(const Inputs<T>& x, const Targets<T>& y,
                                       std::span<const Index> samples, bool training) {
  const auto size = static_cast<Index>(samples.size());
  const auto inputs = Batch<T>::gather(x, samples, network.input_buffer(size));
  const Targets<T> targets = batch.gather(y, samples);
  nn::PassOptions pass = training ? training_pass() : nn::PassOptions{};
  pass.update_statistics = training;
  const auto gradient = training ? nn::Gradient::wanted : nn::Gradient::unwanted;
  const auto outcome = network.run(*loss, inputs, targets, gradient, pass);
  for (const auto& metric : metrics) metric->update(outcome.predictions, targets);
  if (training) optimizer->step(++iteration, network.trainable_values(), network.gradients());
  return outcome.loss;
}

template class Batch<float>;
template class Batch<double>;
template struct BasicSequential<float>::State;
template struct BasicSequential<double>::State;

}  // namespace lanewise
