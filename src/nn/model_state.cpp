// Contract in nn/model_state.hpp.
#include "nn/model_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>

#include "core/position.hpp"
#include "lanewise/error.hpp"
#include "lanewise/ops/rows.hpp"

namespace lanewise {
namespace {

// Says where the first number stands that is not finite.
template <class T>
void check_finite(std::string_view who, std::string_view what, TensorView<const T> data) {
  if (ops::all_finite<T>(data)) return;
  const auto bad = std::find_if(data.begin(), data.end(), [](T x) { return !std::isfinite(x); });
  throw DataError(fmt::format("{}: the {} contain {} in {}, expected finite numbers", who, what,
                              std::isnan(*bad) ? "a NaN"
                              : *bad > 0       ? "infinity"
                                               : "-infinity",
                              position(data.shape(), bad - data.begin())));
}

// What the layers say of the inputs that feed them.
template <class T>
void check_by_layers(const ResolvedLayers<T>& layers, std::span<const Inputs<T>> x) {
  for (const nn::Node<T>& node : layers.nodes)
    for (const std::size_t value : node.inputs) {
      const std::size_t root = nn::root_of<T>(layers.nodes, x.size(), value);
      if (root < x.size()) nn::naming(node.layer, [&] { node.instance->check_input(x[root]); });
    }
}

// An index is a number to the model: it has to be one exactly.
template <class T>
void check_exact(std::string_view who, std::string_view what,
                 TensorView<const std::int32_t> indices) {
  if constexpr (std::is_same_v<T, float>) {
    constexpr std::int32_t kMost = std::int32_t{1} << std::numeric_limits<float>::digits;
    const auto bad = std::find_if(indices.begin(), indices.end(), [](std::int32_t index) {
      return index > kMost || index < -kMost;
    });
    if (bad != indices.end())
      throw DataError(
          fmt::format("{}: the {} contain {} in {}, expected none beyond {}, which is "
                      "what float holds exactly",
                      who, what, *bad, position(indices.shape(), bad - indices.begin()), kMost));
  }
}

}  // namespace

Exclusive::Exclusive(std::atomic<bool>& changing, std::string_view who) : changing_(changing) {
  if (changing_.exchange(true, std::memory_order_acquire))
    throw ArgumentError(fmt::format(
        "{}: the model is being trained: call it when fit() has returned, not in a callback or on "
        "another thread (set_learning_rate(), predict() and evaluate() work in callbacks)",
        who));
}

// Not copied: what is borrowed, and whether `other` is in the middle of a fit().
template <class T>
BasicModel<T>::State::State(const State& other)
    : graph(other.graph),
      seed(other.seed),
      objectives(other.objectives),
      optimizer_prepared(other.optimizer_prepared),
      iteration(other.iteration),
      draw(other.draw),
      epoch(other.epoch) {
  for (std::size_t k = 0; k < other.outputs.size(); ++k) {
    outputs.push_back(other.outputs[k].copy());
    objectives[k].loss = outputs[k].check.get();
  }
  if (other.optimizer) optimizer = other.optimizer->clone();
  if (const auto* network = other.network()) adopt(std::make_unique<nn::Network<T>>(*network));
}

template <class T>
void BasicModel<T>::State::check_compiled(std::string_view who) const {
  if (!optimizer)
    throw ArgumentError(fmt::format("{}: the model is not compiled: call compile()", who));
}

template <class T>
void BasicModel<T>::State::check_trainable(std::string_view who) const {
  check_compiled(who);
  if (std::none_of(outputs.begin(), outputs.end(),
                   [](const OutputPlan<T>& output) { return output.check != nullptr; }))
    throw ArgumentError(fmt::format("{}: the model was compiled without a loss", who));
}

template <class T>
void BasicModel<T>::State::check_batch_size(std::string_view who, Index batch_size) {
  if (batch_size < 1)
    throw ArgumentError(
        fmt::format("{}: got a batch size of {}, expected at least 1", who, batch_size));
}

template <class T>
Tensor<T> BasicModel<T>::State::room_for(const ResolvedLayers<T>& layers, std::size_t output,
                                         Index samples) const {
  return with_prefix([] { return "predict: the predictions"; },
                     [&] { return Tensor<T>(ending(layers, output).shape.with_outer(samples)); });
}

template <class T>
ResolvedLayers<T> BasicModel<T>::State::check_inputs(std::string_view who,
                                                     std::span<const Inputs<T>> x,
                                                     const ResolvedLayers<T>* known) const {
  const auto names = graph.inputs();
  if (x.size() != names.size())
    throw ArgumentError(
        fmt::format("{}: got {} inputs, expected {}", who, x.size(), graph.list_inputs()));
  const auto called = [&](std::size_t j) { return graph.called("inputs", j); };
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (x[j].shape().rank() == 0)
      throw ShapeError(fmt::format("{}: got a scalar{}, expected samples along the first dimension",
                                   who, x.size() == 1 ? "" : " as " + called(j)));
    if (x[j].samples() == 0)
      throw DataError(
          fmt::format("{}: got no samples{}", who, x.size() == 1 ? "" : " in " + called(j)));
    if (x[j].samples() != x[0].samples())
      throw ShapeError(fmt::format("{}: got {} samples in {} and {} in {}, expected as many", who,
                                   x[0].samples(), called(0), x[j].samples(), called(j)));
    if (const auto* bytes = x[j].bytes();
        bytes && !std::isfinite(static_cast<T>(bytes->scale) * T(255)))
      throw ArgumentError(fmt::format("{}: got bytes with a scale of {}, expected finite numbers",
                                      who, bytes->scale));
  }
  const auto shapes = [&] {
    std::string text = fmt::format("{}: inputs of shape {}", who, to_string(x[0].shape()));
    for (std::size_t j = 1; j < x.size(); ++j) text += fmt::format(", {}", to_string(x[j].shape()));
    return text;
  };
  const auto fits = [](const Inputs<T>& each, const Shape& sample) {
    return each.shape().inner() == sample;
  };
  const bool are_known =
      known && std::equal(x.begin(), x.end(), known->inputs.begin(), known->inputs.end(), fits);
  ResolvedLayers<T> layers = with_prefix(shapes, [&] {
    return are_known ? known->view() : resolve([&](std::size_t j) { return x[j].shape().inner(); });
  });
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (x[j].numbers()) check_finite<T>(who, called(j), *x[j].numbers());
    if (x[j].indices()) check_exact<T>(who, called(j), *x[j].indices());
  }
  with_prefix([&] { return who; }, [&] { check_by_layers(layers, x); });
  return layers;
}

template <class T>
ResolvedLayers<T> BasicModel<T>::State::check_data(std::string_view who,
                                                   std::span<const nn::Objective<T>> checked,
                                                   std::span<const Inputs<T>> x,
                                                   std::span<const Targets<T>> y,
                                                   const ResolvedLayers<T>* known) const {
  ResolvedLayers<T> layers = check_inputs(who, x, known);
  const std::size_t count = graph.outputs().size();
  if (y.size() != count)
    throw ArgumentError(
        fmt::format("{}: got {} targets, expected {}", who, y.size(), graph.list_outputs()));
  if (checked.size() != count)
    throw ArgumentError(
        fmt::format("{}: got {} losses, expected {}", who, checked.size(), graph.list_outputs()));
  for (std::size_t k = 0; k < count; ++k) {
    if (!checked[k].loss && y[k].shape() == Shape{0}) continue;
    if (y[k].samples() != x[0].samples())
      throw ShapeError(fmt::format(
          "{}: got {} samples in inputs of shape {} and {} in {} of shape {}, expected as many",
          who, x[0].samples(), to_string(x[0].shape()), y[k].samples(),
          graph.called_output("targets", k), to_string(y[k].shape())));
  }
  with_prefix([&] { return who; },
              [&] {
                for (std::size_t k = 0; k < count; ++k) {
                  if (!checked[k].loss) continue;
                  const nn::Ending end = ending(layers, k);
                  checked[k].loss->check_output(end.shape, end.activation);
                  checked[k].loss->check_targets(end.shape, y[k]);
                }
              });
  for (std::size_t k = 0; k < count; ++k)
    if (!y[k].is_labels()) check_finite<T>(who, graph.called_output("targets", k), y[k].values());
  return layers;
}

template <class T>
ResolvedLayers<T> BasicModel<T>::State::check_data(std::string_view who,
                                                   std::span<const Inputs<T>> x,
                                                   std::span<const Targets<T>> y,
                                                   const ResolvedLayers<T>* known) const {
  ResolvedLayers<T> layers = check_data(who, objectives, x, y, known);
  for (std::size_t k = 0; k < outputs.size(); ++k)
    for (const auto& metric : outputs[k].metric_checks)
      with_prefix([&] { return who; },
                  [&] { metric->check_targets(ending(layers, k).shape, y[k]); });
  return layers;
}

template <class T>
nn::Network<T>* BasicModel<T>::State::build_declared() {
  if (!network())
    if (const auto shapes = graph.declared_shapes())
      build(resolve([&](std::size_t j) { return (*shapes)[j]; }), [](nn::Network<T>&) {});
  return network();
}

template <class T>
nn::Network<T>& BasicModel<T>::State::prepare_training(ResolvedLayers<T> layers, Index batch_size) {
  last_forward.reset();  // the workspace is about to hold something else
  return build(std::move(layers), [&](nn::Network<T>& network) {
    // Should one of them throw, then nothing remembers a network that may not come to be.
    const bool was_prepared = optimizer_prepared;
    prepare_optimizer(network);
    const bool is_prepared = std::exchange(optimizer_prepared, was_prepared);
    workspace.reserve(network, {batch_size, nn::Purpose::train, true});
    optimizer_prepared = is_prepared;
  });
}

template <class T>
void BasicModel<T>::State::prepare_optimizer(const nn::Network<T>& network) {
  if (!optimizer || optimizer_prepared) return;
  const nn::Weights<T>& weights = network.weights();
  const Index count = weights.trained_size();
  const bool all = count == weights.gradients().size();
  compact_values = Tensor<T>({all ? 0 : count});
  compact_gradients = Tensor<T>({all ? 0 : count});
  optimizer->prepare(count);
  optimizer_prepared = true;
}

template <class T>
double BasicModel<T>::State::train(std::span<const TensorView<const T>> x,
                                   std::span<const Targets<T>> y,
                                   const std::function<void(TensorView<T>)>& on_gradients) {
  nn::PassOptions pass = training_pass();
  pass.update_statistics = true;
  const double loss = network()->differentiate(workspace, objectives, x, y, pass);
  ++draw;
  if (on_gradients) on_gradients(network()->weights().gradients());
  update();
  return loss;
}

// An optimizer sees what is trained as one vector. If that is not all there is, copies make it one.
template <class T>
void BasicModel<T>::State::update() {
  const nn::Weights<T>& weights = network()->weights();
  const auto ranges = weights.trained();
  weights.set_has_gradients(false);
  if (ranges.empty()) return;
  if (compact_values.empty()) {
    optimizer->step(iteration + 1, weights.values(), weights.gradients());
  } else {
    const auto each_range = [&](const auto& use) {
      Index at = 0;
      for (const nn::Range& range : ranges) {
        use(range, compact_values.rows(at, at + range.end - range.begin),
            compact_gradients.rows(at, at + range.end - range.begin));
        at += range.end - range.begin;
      }
    };
    each_range([&](const nn::Range& range, TensorView<T> values, TensorView<T> gradients) {
      const auto from = weights.values().rows(range.begin, range.end);
      const auto from_gradients = weights.gradients().rows(range.begin, range.end);
      std::copy(from.begin(), from.end(), values.begin());
      std::copy(from_gradients.begin(), from_gradients.end(), gradients.begin());
    });
    optimizer->step(iteration + 1, compact_values, compact_gradients);
    each_range([&](const nn::Range& range, TensorView<T> values, TensorView<T>) {
      std::copy(values.begin(), values.end(),
                weights.values().rows(range.begin, range.end).begin());
    });
  }
  ++iteration;
}

template <class T>
ResolvedLayers<T> BasicModel<T>::State::check_predict(const InputList<T>& x,
                                                      Index batch_size) const {
  check_batch_size("predict", batch_size);
  return check_inputs("predict", x.all());
}

template <class T>
void BasicModel<T>::State::predict(ResolvedLayers<T> layers, std::span<const Inputs<T>> x,
                                   Index batch_size, std::span<Tensor<T>> predictions) {
  const Index samples = x[0].samples();
  batch_size = std::min(batch_size, samples);
  const auto borrowed = workspaces.borrow();
  const auto& built = build(std::move(layers), [&](const nn::Network<T>& network) {
    borrowed->reserve(network,
                      {batch_size, nn::Purpose::predict, needs_buffer(x), samples > batch_size});
  });
  built.prepare(*borrowed, samples > batch_size);
  for (Index begin = 0; begin < samples; begin += batch_size) {
    const Index end = begin + std::min(batch_size, samples - begin);
    built.predict(*borrowed, borrowed->numbers(x, begin, end), predictions, begin, end);
  }
}

template <class T>
void BasicModel<T>::State::evaluate(const Samples<T>& data, Index batch_size,
                                    nn::Workspace<T>& borrowed, Tally<T>& tally, Logs& logs,
                                    std::size_t first) const {
  tally.reset();
  std::vector<Targets<T>> batch_targets(data.y.size());
  for (Index begin = 0; begin < data.count(); begin += batch_size) {
    const Index end = begin + std::min(batch_size, data.count() - begin);
    for (std::size_t k = 0; k < data.y.size(); ++k)
      batch_targets[k] = data.y[k].samples() == 0 ? data.y[k] : data.y[k].rows(begin, end);
    const double loss = network()->evaluate(
        borrowed, objectives, borrowed.numbers(data.x, begin, end), batch_targets, {});
    tally.add(loss, borrowed, batch_targets);
  }
  tally.write(logs, first);
}

template struct BasicModel<float>::State;
template struct BasicModel<double>::State;

}  // namespace lanewise
