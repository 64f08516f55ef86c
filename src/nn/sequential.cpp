// The model: what a user calls. Contract in lanewise/nn/sequential.hpp.
#include "lanewise/nn/sequential.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "lanewise/error.hpp"
#include "nn/sequential_state.hpp"

namespace lanewise {

template <class T>
BasicSequential<T>::BasicSequential() : state_(std::make_shared<State>()) {}

template <class T>
BasicSequential<T>::BasicSequential(std::initializer_list<Layer> layers) : BasicSequential() {
  for (const Layer& layer : layers) add(layer);
}

template <class T>
BasicSequential<T>::BasicSequential(const BasicSequential& other)
    : state_(std::make_shared<State>(other.state("Sequential"))) {}

template <class T>
BasicSequential<T>::BasicSequential(BasicSequential&& other) noexcept = default;

template <class T>
BasicSequential<T>& BasicSequential<T>::operator=(BasicSequential other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

template <class T>
BasicSequential<T>::~BasicSequential() = default;

template <class T>
typename BasicSequential<T>::State& BasicSequential<T>::state(std::string_view who) const {
  if (!state_) throw ArgumentError(fmt::format("{}: the model was moved from", who));
  return *state_;
}

template <class T>
void BasicSequential<T>::add(Layer layer) {
  State& state = this->state("add");
  const Exclusive alone(state.changing, "add");
  if (state.network()) throw ArgumentError("add: a layer cannot be added to a model that is built");
  state.layers.template add<T>(std::move(layer));
}

template <class T>
void BasicSequential<T>::set_seed(std::uint64_t seed) {
  State& state = this->state("set_seed");
  const Exclusive alone(state.changing, "set_seed");
  if (state.network())
    throw ArgumentError("set_seed: the model is built: its weights are drawn already");
  state.seed = seed;
}

template <class T>
void BasicSequential<T>::build(const Shape& sample_shape) {
  state("build").build(sample_shape, [](nn::Network<T>&) {});
}

template <class T>
bool BasicSequential<T>::is_built() const {
  return state("is_built").network() != nullptr;
}

namespace {

template <class T>
nn::Network<T>& require_built(nn::Network<T>* network, std::string_view who) {
  if (!network)
    throw ArgumentError(fmt::format(
        "{}: the model is not built: call build() or fit(), or begin with an Input", who));
  return *network;
}

}  // namespace

template <class T>
Shape BasicSequential<T>::input_shape() const {
  return require_built(state("input_shape").network(), "input_shape").input_shape();
}

template <class T>
Shape BasicSequential<T>::output_shape() const {
  return require_built(state("output_shape").network(), "output_shape").output_shape();
}

template <class T>
std::vector<Parameter<T>> BasicSequential<T>::parameters() {
  return require_built(state("parameters").network(), "parameters").parameters();
}

template <class T>
Index BasicSequential<T>::parameter_count() const {
  return require_built(state("parameter_count").network(), "parameter_count").parameter_count();
}

template <class T>
Index BasicSequential<T>::trainable_count() const {
  return require_built(state("trainable_count").network(), "trainable_count").trainable_count();
}

template <class T>
std::string BasicSequential<T>::summary() const {
  State& state = this->state("summary");
  if (!state.network() && state.layers.declared_input())
    state.build(*state.layers.declared_input(), [](nn::Network<T>&) {});
  const nn::Network<T>& network = require_built(state.network(), "summary");

  const auto title = [](const nn::Node<T>& node) { return nn::describe(node.layer); };
  std::size_t widest = 27;  // Keras's column; a longer title widens it
  for (const auto& node : network.nodes()) widest = std::max(widest, title(node).size());
  const std::string thin(widest + 38, '_'), thick(widest + 38, '=');
  // A batch of any size stands as None, as in Keras.
  const auto output = [](const Shape& shape) {
    std::string text = "(None";
    for (Index size : shape.sizes()) text += fmt::format(", {}", size);
    return text + ")";
  };
  const auto thousands = [](Index count) {
    std::string digits = std::to_string(count);
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
      digits.insert(static_cast<std::size_t>(i), 1, ',');
    return digits;
  };
  std::string text = "Model: \"sequential\"\n" + thin + "\n";
  text += fmt::format(" {:<{}} {:<26}{:<10}\n{}\n", "Layer (type)", widest, "Output Shape",
                      "Param #", thick);
  for (const auto& node : network.nodes()) {
    Index count = 0;
    for (const Parameter<T>& parameter : network.parameters_of(node))
      count += parameter.value.size();
    text += fmt::format(" {:<{}} {:<26}{:<10}\n", title(node), widest, output(node.output), count);
  }
  const Index total = network.parameter_count(), trained = network.trainable_count();
  text +=
      fmt::format("{}\nTotal params: {}\nTrainable params: {}\nNon-trainable params: {}\n{}\n",
                  thick, thousands(total), thousands(trained), thousands(total - trained), thin);
  return text;
}

namespace {

// History and Logs find a metric by its name.
template <class T>
void check_names(std::span<const std::unique_ptr<const MetricInstance<T>>> metrics) {
  std::vector<std::string_view> names{"loss"};
  for (const auto& metric : metrics) {
    if (std::find(names.begin(), names.end(), metric->name()) != names.end())
      throw ArgumentError(
          fmt::format("compile: got a metric named '{}', expected a name that is not among: {}",
                      metric->name(), fmt::join(names, ", ")));
    names.push_back(metric->name());
  }
}

}  // namespace

template <class T>
void BasicSequential<T>::compile(CompileOptions options) {
  State& state = this->state("compile");
  const Exclusive alone(state.changing, "compile");
  if (!options.loss) throw ArgumentError("compile: got no loss");
  if (!options.optimizer) throw ArgumentError("compile: got no optimizer");
  for (std::size_t i = 0; i < options.metrics.size(); ++i)
    if (!options.metrics[i])
      throw ArgumentError(
          fmt::format("compile: metric {} of {} is empty", i + 1, options.metrics.size()));
  // Made before anything is replaced: an option out of range throws here.
  auto loss = options.loss.template make<T>();
  auto optimizer = options.optimizer.template make<T>();
  std::vector<std::unique_ptr<const MetricInstance<T>>> metrics;
  for (const Metric& metric : options.metrics) metrics.push_back(metric.template make<T>());
  check_names<T>(metrics);

  state.options = std::move(options);
  state.loss = std::move(loss);
  state.optimizer = std::move(optimizer);
  state.optimizer_prepared = false;
  state.metrics = std::move(metrics);
  state.iteration = 0;
}

template <class T>
double BasicSequential<T>::learning_rate() const {
  const State& state = this->state("learning_rate");
  state.check_compiled("learning_rate");
  return state.optimizer->learning_rate();
}

template <class T>
void BasicSequential<T>::set_learning_rate(double rate) {
  State& state = this->state("set_learning_rate");
  state.check_compiled("set_learning_rate");
  state.optimizer->set_learning_rate(rate);
}

namespace {

// What is trained on and what is validated on, after validation_split.
template <class T>
struct Split {
  Inputs<T> x, x_valid{};
  Targets<T> y, y_valid{};
  std::string_view held_out{};  // what the user calls the validation; empty without
};

template <class T>
Split<T> split(const Inputs<T>& x, const Targets<T>& y, const FitOptions<T>& options) {
  const double fraction = options.validation_split;
  if (!(fraction >= 0 && fraction < 1))
    throw ArgumentError(
        fmt::format("fit: got a validation_split of {}, expected one in [0, 1)", fraction));
  const ValidationData<T>& given = options.validation_data;
  if (given.x.shape() != Shape{0} || given.y.shape() != Shape{0})
    return {x, given.x, y, given.y, "fit: validation_data"};
  if (fraction == 0) return {.x = x, .y = y};
  const Index count = x.samples();
  const auto at = static_cast<Index>(std::floor(static_cast<double>(count) * (1 - fraction)));
  if (at == 0 || at == count)
    throw ArgumentError(fmt::format(
        "fit: a validation_split of {} leaves {} of {} samples to train on and {} to validate on",
        fraction, at, count, count - at));
  return {x.rows(0, at), x.rows(at, count), y.rows(0, at), y.rows(at, count),
          "fit: validation_split"};
}

void check_callbacks(const std::vector<Callback*>& callbacks) {
  for (std::size_t i = 0; i < callbacks.size(); ++i)
    if (!callbacks[i])
      throw ArgumentError(fmt::format("fit: callback {} of {} is null", i + 1, callbacks.size()));
}

}  // namespace

template <class T>
History BasicSequential<T>::fit(const Inputs<T>& x, const Targets<T>& y,
                                const FitOptions<T>& options) {
  // A callback may assign to the model, move from it, or end its life. It may change what the
  // caller passed, too: what is needed later is copied.
  State& state = this->state("fit");
  const std::shared_ptr<State> keep = state_;
  const Exclusive alone(state.changing, "fit");
  state.check_compiled("fit");
  State::check_batch_size("fit", options.batch_size);
  const int epochs = options.epochs;
  const bool shuffle = options.shuffle;
  if (epochs < 1)
    throw ArgumentError(fmt::format("fit: got {} epochs, expected at least 1", epochs));
  const std::vector<Callback*> callbacks = options.callbacks;
  check_callbacks(callbacks);
  state.check_data("fit", x, y);
  const Split<T> data = split(x, y, options);
  const bool validate = !data.held_out.empty();
  if (validate) {
    state.check_data(data.held_out, data.x_valid, data.y_valid);
    if (data.x_valid.shape().inner() != x.shape().inner())
      throw ShapeError(
          fmt::format("{}: got inputs of shape {}, expected samples as those of the training's {}",
                      data.held_out, to_string(data.x_valid.shape()), to_string(x.shape())));
  }

  const Index samples = data.x.samples(), validation_samples = data.x_valid.samples();
  const Index batch_size = std::min(options.batch_size, std::max(samples, validation_samples));
  Tally<T> tally(state.options.metrics, batch_size);
  Logs batch_logs = tally.logs("");
  Logs epoch_logs = batch_logs;
  if (validate)
    for (const auto& [name, value] : tally.logs("val_")) epoch_logs.add(name, value);
  state.batch.reserve(batch_size, data.y);
  state.prepare_training(data.x.shape().inner(), batch_size);

  for (Callback* callback : callbacks)
    callback->on_train_begin({epochs, batches(samples, batch_size), samples, validation_samples});
  History history;
  bool go_on = true;
  for (int epoch = 0; epoch < epochs && go_on; ++epoch) {
    for (Callback* callback : callbacks) callback->on_epoch_begin(epoch);
    state.arrange(samples, shuffle);
    ++state.epoch;
    tally.reset();
    for (Index i = 0; i < batches(samples, batch_size); ++i) {
      const auto [inputs, targets] = state.gather(data.x, data.y, i, batch_size);
      tally.add(state.train(inputs, targets), targets);
      tally.write(batch_logs, 0);
      for (Callback* callback : callbacks) callback->on_batch_end(i, batch_logs);
    }
    std::size_t position = 0;
    for (const auto& entry : batch_logs) epoch_logs.set(position++, entry.second);
    if (validate)
      state.evaluate(data.x_valid, data.y_valid, batch_size, state.workspace, tally, epoch_logs,
                     position);
    history.append(epoch_logs);
    for (Callback* callback : callbacks) go_on = callback->on_epoch_end(epoch, epoch_logs) && go_on;
  }
  for (Callback* callback : callbacks) callback->on_train_end();
  return history;
}

template <class T>
Logs BasicSequential<T>::evaluate(const Inputs<T>& x, const Targets<T>& y, Index batch_size) const {
  State& state = this->state("evaluate");
  state.check_compiled("evaluate");
  State::check_batch_size("evaluate", batch_size);
  state.check_data("evaluate", x, y);
  batch_size = std::min(batch_size, x.samples());
  Tally<T> tally(state.options.metrics, batch_size);
  Logs logs = tally.logs("");
  const auto workspace = state.workspaces.borrow();
  state.build(x.shape().inner(), [&](const nn::Network<T>& network) {
    workspace->reserve(network, {batch_size, nn::Purpose::evaluate, x.bytes() != nullptr});
  });
  state.evaluate(x, y, batch_size, *workspace, tally, logs, 0);
  return logs;
}

template <class T>
Tensor<T> BasicSequential<T>::predict(const Inputs<T>& x, Index batch_size) const {
  State& state = this->state("predict");
  State::check_batch_size("predict", batch_size);
  const nn::Ending end = state.check_inputs("predict", x);
  batch_size = std::min(batch_size, x.samples());
  Tensor<T> predictions = with_prefix([] { return "predict: the predictions"; },
                                      [&] { return Tensor<T>(end.shape.with_outer(x.samples())); });
  const auto workspace = state.workspaces.borrow();
  const auto& network = state.build(x.shape().inner(), [&](const nn::Network<T>& built) {
    workspace->reserve(built, {batch_size, nn::Purpose::predict, x.bytes() != nullptr});
  });
  for (Index begin = 0; begin < x.samples(); begin += batch_size) {
    const Index end_of_batch = begin + std::min(batch_size, x.samples() - begin);
    network.predict(*workspace, workspace->numbers(x.rows(begin, end_of_batch)),
                    predictions.rows(begin, end_of_batch));
  }
  return predictions;
}

template <class T>
double BasicSequential<T>::train_on_batch(const Inputs<T>& x, const Targets<T>& y) {
  State& state = this->state("train_on_batch");
  const Exclusive alone(state.changing, "train_on_batch");
  state.check_compiled("train_on_batch");
  state.check_data("train_on_batch", x, y);
  state.prepare_training(x.shape().inner(), x.samples());
  return state.train(state.workspace.numbers(x), y).loss;
}

template <class T>
double BasicSequential<T>::compute_gradients(const Loss& loss, const Inputs<T>& x,
                                             const Targets<T>& y, TensorView<T> dx) {
  State& state = this->state("compute_gradients");
  const Exclusive alone(state.changing, "compute_gradients");
  if (!loss) throw ArgumentError("compute_gradients: got no loss");
  const auto instance = loss.template make<T>();
  state.check_data("compute_gradients", *instance, x, y);
  if (dx.data() != nullptr && dx.shape() != x.shape())
    throw ShapeError(fmt::format("compute_gradients: got dx of shape {} for inputs of shape {}",
                                 to_string(dx.shape()), to_string(x.shape())));
  auto& network = state.prepare_training(x.shape().inner(), x.samples());
  return network
      .differentiate(state.workspace, *instance, state.workspace.numbers(x), y,
                     state.training_pass(), dx)
      .loss;
}

template <class T>
template <class U>
BasicSequential<U> BasicSequential<T>::as() const {
  const State& state = this->state("as");
  BasicSequential<U> other;
  if (state.layers.declared_input()) other.add(Input{*state.layers.declared_input()});
  for (const nn::NamedLayer& layer : state.layers.layers()) other.add(layer.description);
  other.set_seed(state.seed);
  if (const auto* network = state.network())
    other.state_->adopt(std::make_unique<nn::Network<U>>(*network));
  return other;
}

template class BasicSequential<float>;
template class BasicSequential<double>;
template LANEWISE_API BasicSequential<float> BasicSequential<float>::as() const;
template LANEWISE_API BasicSequential<double> BasicSequential<float>::as() const;
template LANEWISE_API BasicSequential<float> BasicSequential<double>::as() const;
template LANEWISE_API BasicSequential<double> BasicSequential<double>::as() const;

}  // namespace lanewise
