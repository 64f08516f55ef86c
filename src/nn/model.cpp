// The model: what a user calls. Contract in lanewise/nn/model.hpp.
#include "lanewise/nn/model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "lanewise/error.hpp"
#include "nn/functional.hpp"
#include "nn/model_state.hpp"

namespace lanewise {

template <class T>
BasicModel<T>::BasicModel() : state_(std::make_shared<State>()) {}

template <class T>
BasicModel<T>::BasicModel(const OneOrMore<Value>& inputs, const OneOrMore<Value>& outputs)
    : BasicModel() {
  state_->graph = nn::make_graph<T>(inputs.all(), outputs.all());
  const auto shapes = *state_->graph.declared_shapes();
  state_->resolve([&](std::size_t j) { return shapes[j]; });  // they fit
}

template <class T>
BasicModel<T>::BasicModel(const BasicModel& other)
    : state_(std::make_shared<State>(other.state("Model"))) {}

template <class T>
BasicModel<T>::BasicModel(BasicModel&& other) noexcept = default;

template <class T>
BasicModel<T>& BasicModel<T>::operator=(BasicModel other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

template <class T>
BasicModel<T>::~BasicModel() = default;

template <class T>
typename BasicModel<T>::State& BasicModel<T>::state(std::string_view who) const {
  if (!state_) throw ArgumentError(fmt::format("{}: the model was moved from", who));
  return *state_;
}

template <class T>
void BasicModel<T>::append(Layer layer) {
  State& state = this->state("add");
  const Exclusive alone(state.changing, "add");
  if (state.network()) throw ArgumentError("add: a layer cannot be added to a model that is built");
  state.graph.template append<T>(std::move(layer));
}

template <class T>
void BasicModel<T>::set_seed(std::uint64_t seed) {
  State& state = this->state("set_seed");
  const Exclusive alone(state.changing, "set_seed");
  if (state.network())
    throw ArgumentError("set_seed: the model is built: its weights are drawn already");
  state.seed = seed;
}

template <class T>
void BasicModel<T>::build(const Shape& sample_shape) {
  State& state = this->state("build");
  if (state.graph.inputs().size() != 1)
    throw ArgumentError(fmt::format("build: got one shape, expected those of {} inputs",
                                    state.graph.list_inputs()));
  state.build(state.resolve([&](std::size_t) { return sample_shape; }), [](nn::Network<T>&) {});
}

template <class T>
void BasicModel<T>::build() {
  if (!state("build").build_declared())
    throw ArgumentError(
        "build: the model's input is not declared: give its shape, or begin with an Input");
}

template <class T>
bool BasicModel<T>::is_built() const {
  return state("is_built").network() != nullptr;
}

template <class T>
Shape BasicModel<T>::input_shape() const {
  const auto shapes = input_shapes();
  if (shapes.size() != 1)
    throw ArgumentError(fmt::format("input_shape: the model has {} inputs: input_shapes() has all",
                                    state("input_shape").graph.list_inputs()));
  return shapes[0];
}

template <class T>
Shape BasicModel<T>::output_shape() const {
  const auto shapes = output_shapes();
  if (shapes.size() != 1)
    throw ArgumentError(
        fmt::format("output_shape: the model has {} outputs: output_shapes() has all",
                    state("output_shape").graph.list_outputs()));
  return shapes[0];
}

template <class T>
std::vector<Shape> BasicModel<T>::input_shapes() const {
  const auto shapes = require_built(state("input_shape").network(), "input_shape").input_shapes();
  return {shapes.begin(), shapes.end()};
}

template <class T>
std::vector<Shape> BasicModel<T>::output_shapes() const {
  const auto& network = require_built(state("output_shape").network(), "output_shape");
  std::vector<Shape> shapes;
  for (std::size_t k = 0; k < network.outputs().size(); ++k)
    shapes.push_back(network.output_shape(k));
  return shapes;
}

template <class T>
std::vector<Parameter<T>> BasicModel<T>::parameters() {
  return require_built(state("parameters").network(), "parameters").parameters();
}

template <class T>
Index BasicModel<T>::parameter_count() const {
  return require_built(state("parameter_count").network(), "parameter_count").parameter_count();
}

template <class T>
Index BasicModel<T>::trainable_count() const {
  return require_built(state("trainable_count").network(), "trainable_count").trainable_count();
}

namespace {

// History and Logs find numbers by their names.
void check_names(const std::vector<std::string>& names) {
  for (auto name = names.begin(); name != names.end(); ++name)
    if (std::find(names.begin(), name, *name) != name)
      throw ArgumentError(
          fmt::format("compile: got a metric named '{}', expected a name that is not among: {}",
                      *name, fmt::join(names.begin(), name, ", ")));
}

template <class T>
std::vector<OutputPlan<T>> plan_outputs(const nn::Graph& graph, const CompileOptions& options) {
  const auto values = graph.outputs();
  const std::size_t count = values.size();
  const auto check_count = [&](std::size_t got, const char* what) {
    if (got != 0 && got != count)
      throw ArgumentError(
          fmt::format("compile: got {} {}, expected {}", got, what, graph.list_outputs()));
  };
  check_count(options.losses.size(), "losses");
  check_count(options.loss_weights.size(), "loss_weights");
  check_count(options.output_metrics.size(), "output_metrics");
  if (count > 1 && (options.loss || !options.metrics.empty()))
    throw ArgumentError(fmt::format(
        "compile: got {} for a model of {} outputs, expected `losses` and `output_metrics`",
        options.loss ? "one `loss`" : "`metrics`", graph.list_outputs()));
  std::vector<OutputPlan<T>> outputs(count);
  std::vector<std::string> names{"loss"};
  for (std::size_t k = 0; k < count; ++k) {
    OutputPlan<T>& output = outputs[k];
    if (count > 1) output.prefix = graph.name_of(values[k]) + "_";
    output.loss = options.losses.empty() ? options.loss : options.losses[k];
    output.metrics = options.output_metrics.empty() ? options.metrics : options.output_metrics[k];
    for (std::size_t i = 0; i < output.metrics.size(); ++i)
      if (!output.metrics[i])
        throw ArgumentError(
            fmt::format("compile: metric {} of {} is empty", i + 1, output.metrics.size()));
    output.make_checks();
    if (count > 1 && output.check) names.push_back(output.prefix + "loss");
    for (const auto& metric : output.metric_checks)
      names.push_back(output.prefix + std::string(metric->name()));
  }
  for (const double weight : options.loss_weights)
    if (!(std::isfinite(weight) && weight >= 0))
      throw ArgumentError(fmt::format(
          "compile: got a loss weight of {}, expected a finite number of at least 0", weight));
  check_names(names);
  return outputs;
}

}  // namespace

template <class T>
void BasicModel<T>::compile(CompileOptions options) {
  State& state = this->state("compile");
  const Exclusive alone(state.changing, "compile");
  if (!options.optimizer) throw ArgumentError("compile: got no optimizer");
  // Made before anything is replaced: an option out of range throws here.
  auto outputs = plan_outputs<T>(state.graph, options);
  std::vector<nn::Objective<T>> objectives;
  for (std::size_t k = 0; k < outputs.size(); ++k)
    objectives.push_back(
        {outputs[k].check.get(), options.loss_weights.empty() ? 1.0 : options.loss_weights[k]});
  auto optimizer = options.optimizer.template make<T>();

  state.outputs = std::move(outputs);
  state.objectives = std::move(objectives);
  state.optimizer = std::move(optimizer);
  state.optimizer_prepared = false;
  state.iteration = 0;
  state.draw = 0;
}

template <class T>
double BasicModel<T>::learning_rate() const {
  const State& state = this->state("learning_rate");
  state.check_compiled("learning_rate");
  return state.optimizer->learning_rate();
}

template <class T>
void BasicModel<T>::set_learning_rate(double rate) {
  State& state = this->state("set_learning_rate");
  state.check_compiled("set_learning_rate");
  state.optimizer->set_learning_rate(rate);
}

template <class T>
Logs BasicModel<T>::evaluate(const InputList<T>& x, const TargetList<T>& y,
                             Index batch_size) const {
  State& state = this->state("evaluate");
  state.check_trainable("evaluate");
  State::check_batch_size("evaluate", batch_size);
  auto layers = state.check_data("evaluate", x.all(), y.all());
  const Samples<T> data(x, y);
  batch_size = std::min(batch_size, data.count());
  Tally<T> tally(state.outputs, batch_size);
  Logs logs = tally.logs("");
  const auto workspace = state.workspaces.borrow();
  const bool many = data.count() > batch_size;
  state
      .build(std::move(layers),
             [&](const nn::Network<T>& network) {
               workspace->reserve(network,
                                  {batch_size, nn::Purpose::evaluate, needs_buffer(x.all()), many});
             })
      .prepare(*workspace, many);
  state.evaluate(data, batch_size, *workspace, tally, logs, 0);
  return logs;
}

template <class T>
Tensor<T> BasicModel<T>::predict(const InputList<T>& x, Index batch_size) const {
  State& state = this->state("predict");
  if (state.graph.outputs().size() != 1)
    throw ArgumentError(fmt::format("predict: the model has {} outputs: predict_all() gives them",
                                    state.graph.list_outputs()));
  auto layers = state.check_predict(x, batch_size);
  Tensor<T> prediction = state.room_for(layers, 0, x.all()[0].samples());
  state.predict(std::move(layers), x.all(), batch_size, std::span(&prediction, 1));
  return prediction;
}

template <class T>
std::vector<Tensor<T>> BasicModel<T>::predict_all(const InputList<T>& x, Index batch_size) const {
  State& state = this->state("predict");
  auto layers = state.check_predict(x, batch_size);
  std::vector<Tensor<T>> predictions;
  for (std::size_t k = 0; k < state.graph.outputs().size(); ++k)
    predictions.push_back(state.room_for(layers, k, x.all()[0].samples()));
  state.predict(std::move(layers), x.all(), batch_size, std::span(predictions));
  return predictions;
}

template <class T>
double BasicModel<T>::compute_gradients(const OneOrMore<Loss>& losses, const InputList<T>& x,
                                        const TargetList<T>& y,
                                        const OneOrMore<TensorView<T>>& dx) {
  State& state = this->state("compute_gradients");
  const Exclusive alone(state.changing, "compute_gradients");
  const CallLosses<T> called("compute_gradients", losses.all());
  auto layers = state.check_data("compute_gradients", called.objectives, x.all(), y.all());
  const auto into = state.check_dx("compute_gradients", dx.all(),
                                   [&](std::size_t j) { return x.all()[j].shape(); });
  const Index batch = x.all()[0].samples();
  auto& network = state.prepare_training(std::move(layers), batch);
  return network.differentiate(state.workspace, called.objectives,
                               state.workspace.numbers(x.all(), 0, batch), y.all(),
                               state.training_pass(), into);
}

template <class T>
Index BasicModel<T>::copy_weights(const BasicModel& other) {
  State& state = this->state("copy_weights");
  const Exclusive alone(state.changing, "copy_weights");
  const nn::Network<T>& to = require_built(state.build_declared(), "copy_weights");
  const nn::Network<T>& from =
      require_built(other.state("copy_weights").network(), "copy_weights: the other model");
  std::vector<std::pair<TensorView<const T>, TensorView<T>>> copies;
  Index layers = 0;
  for (std::size_t i = 0; i < to.nodes().size(); ++i) {
    const nn::Node<T>& node = to.nodes()[i];
    const auto twin =
        std::find_if(from.nodes().begin(), from.nodes().end(),
                     [&](const nn::Node<T>& each) { return each.layer.name == node.layer.name; });
    const auto here = to.parameters_of(node);
    if (node.owner != i || twin == from.nodes().end() || here.empty()) continue;
    const auto there = from.parameters_of(*twin);
    const bool same = std::equal(here.begin(), here.end(), there.begin(), there.end(),
                                 [](const Parameter<T>& a, const Parameter<T>& b) {
                                   return a.name == b.name && a.value.shape() == b.value.shape();
                                 });
    if (!same)
      throw ShapeError(fmt::format("copy_weights: the weights of {} are others than those of {}",
                                   nn::describe(node.layer), nn::describe(twin->layer)));
    for (std::size_t p = 0; p < here.size(); ++p)
      copies.emplace_back(there[p].value, here[p].value);
    ++layers;
  }
  if (layers == 0) throw ArgumentError("copy_weights: the models have no layer of the same name");
  for (const auto& [source, target] : copies)
    std::copy(source.begin(), source.end(), target.begin());
  return layers;
}

template <class T>
void BasicModel<T>::set_trainable(std::string_view name, bool trainable) {
  State& state = this->state("set_trainable");
  const Exclusive alone(state.changing, "set_trainable");
  const std::size_t node = state.graph.node_named("set_trainable", name);
  state.graph.set_trainable(node, trainable);
  if (state.network()) state.network()->set_trainable(node, trainable);
  state.optimizer_prepared = false;
  state.iteration = 0;
}

namespace {

// A part of this network, which is built, between these values of its graph.
template <class T>
BasicModel<T> part_of(const nn::Network<T>& whole, std::uint64_t seed,
                      const std::vector<std::size_t>& from, const std::vector<std::size_t>& to) {
  nn::Graph::Part part = whole.graph().part(from, to);
  std::vector<Shape> shapes;
  for (const std::size_t value : from) shapes.push_back(whole.value_shape(value));
  auto network = std::make_unique<nn::Network<T>>(part, shapes, whole);
  return ModelAccess::make<T>(std::move(part.graph), seed, std::move(network));
}

}  // namespace

template <class T>
BasicModel<T> BasicModel<T>::part(const OneOrMore<std::string>& inputs,
                                  const OneOrMore<std::string>& outputs) const {
  State& state = this->state("part");
  const auto values = [&](const OneOrMore<std::string>& names) {
    std::vector<std::size_t> found;
    for (const std::string& name : names.all()) found.push_back(state.graph.value_named(name));
    return found;
  };
  const nn::Network<T>& whole = require_built(state.build_declared(), "part");
  return part_of(whole, state.seed, values(inputs), values(outputs));
}

template <class T>
BasicModel<T> BasicModel<T>::part(const OneOrMore<Value>& inputs,
                                  const OneOrMore<Value>& outputs) const {
  State& state = this->state("part");
  const auto values = [&](const OneOrMore<Value>& given) {
    std::vector<std::size_t> found;
    for (const Value& value : given.all()) found.push_back(state.graph.value_of(value));
    return found;
  };
  const nn::Network<T>& whole = require_built(state.build_declared(), "part");
  return part_of(whole, state.seed, values(inputs), values(outputs));
}

template <class T>
template <class U>
BasicModel<U> BasicModel<T>::as() const {
  const State& state = this->state("as");
  const auto* network = state.network();
  return ModelAccess::make<U>(state.graph, state.seed,
                              network ? std::make_unique<nn::Network<U>>(*network) : nullptr);
}

template class BasicModel<float>;
template class BasicModel<double>;
template LANEWISE_API BasicModel<float> BasicModel<float>::as() const;
template LANEWISE_API BasicModel<double> BasicModel<float>::as() const;
template LANEWISE_API BasicModel<float> BasicModel<double>::as() const;
template LANEWISE_API BasicModel<double> BasicModel<double>::as() const;

}  // namespace lanewise
