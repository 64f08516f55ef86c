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
BasicSequential<T>::BasicSequential() : state_(std::make_unique<State>()) {}

template <class T>
BasicSequential<T>::BasicSequential(std::initializer_list<Layer> layers) : BasicSequential() {
  for (const Layer& layer : layers) add(layer);
}

template <class T>
BasicSequential<T>::BasicSequential(const BasicSequential& other)
    : state_(std::make_unique<State>(*other.state_)) {}

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
void BasicSequential<T>::add(Layer layer) {
  state_->network.add(std::move(layer));
}

template <class T>
void BasicSequential<T>::set_seed(std::uint64_t seed) {
  if (is_built())
    throw ArgumentError("set_seed: the model is built: its weights are drawn already");
  state_->seed = seed;
}

template <class T>
void BasicSequential<T>::build(const Shape& sample_shape) {
  state_->network.build(sample_shape, state_->seed);
}

template <class T>
bool BasicSequential<T>::is_built() const {
  return state_->network.is_built();
}

namespace {

template <class T>
void require_built(const nn::Network<T>& network, std::string_view who) {
  if (!network.is_built())
    throw ArgumentError(fmt::format(
        "{}: the model is not built: call build() or fit(), or begin with an Input", who));
}

}  // namespace

template <class T>
Shape BasicSequential<T>::input_shape() const {
  require_built(state_->network, "input_shape");
  return state_->network.input_shape();
}

template <class T>
Shape BasicSequential<T>::output_shape() const {
  require_built(state_->network, "output_shape");
  return state_->network.output_shape();
}

template <class T>
std::vector<Parameter<T>> BasicSequential<T>::parameters() {
  require_built(state_->network, "parameters");
  return state_->network.parameters();
}

template <class T>
Index BasicSequential<T>::parameter_count() const {
  require_built(state_->network, "parameter_count");
  return state_->network.parameter_count();
}

template <class T>
Index BasicSequential<T>::trainable_count() const {
  require_built(state_->network, "trainable_count");
  return state_->network.trainable_count();
}

template <class T>
std::string BasicSequential<T>::summary() {
  auto& network = state_->network;
  if (!network.is_built() && network.declared_input()) build(*network.declared_input());
  require_built(network, "summary");

  const auto layout = network.layout();
  const auto title = [](const auto& row) { return fmt::format("{} ({})", row.name, row.type); };
  std::size_t widest = 27;  // Keras's column; a longer title widens it
  for (const auto& row : layout) widest = std::max(widest, title(row).size());
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
  for (const auto& row : layout)
    text += fmt::format(" {:<{}} {:<26}{:<10}\n", title(row), widest, output(row.output),
                        row.parameters);
  const Index total = network.parameter_count(), trained = network.trainable_count();
  text +=
      fmt::format("{}\nTotal params: {}\nTrainable params: {}\nNon-trainable params: {}\n{}\n",
                  thick, thousands(total), thousands(trained), thousands(total - trained), thin);
  return text;
}

namespace {

// History and Logs find a metric by its name.
template <class T>
void check_names(std::span<const std::unique_ptr<MetricInstance<T>>> metrics) {
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
  if (!options.loss) throw ArgumentError("compile: got no loss");
  if (!options.optimizer) throw ArgumentError("compile: got no optimizer");
  // Made before anything is replaced: an option out of range throws here.
  auto loss = options.loss.template make<T>();
  auto optimizer = options.optimizer.template make<T>();
  std::vector<std::unique_ptr<MetricInstance<T>>> metrics;
  for (const Metric& metric : options.metrics) metrics.push_back(metric.template make<T>());
  check_names<T>(metrics);

  state_->options = std::move(options);
  state_->loss = std::move(loss);
  state_->optimizer = std::move(optimizer);
  state_->optimizer_prepared = false;
  state_->metrics = std::move(metrics);
  state_->iteration = 0;
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

}  // namespace

template <class T>
History BasicSequential<T>::fit(const Inputs<T>& x, const Targets<T>& y,
                                const FitOptions<T>& options) {
  State& state = *state_;
  state.check_compiled("fit");
  State::check_batch_size("fit", options.batch_size);
  if (options.epochs < 1)
    throw ArgumentError(fmt::format("fit: got {} epochs, expected at least 1", options.epochs));
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
  state.prepare(data.x, data.y, batch_size);
  if (validate) state.prepare(data.x_valid, data.y_valid, batch_size);

  Logs batch_logs = state.logs_named("");
  Logs epoch_logs = batch_logs;
  if (validate)
    for (const auto& [name, value] : state.logs_named("val_")) epoch_logs.add(name, value);

  const std::vector<Callback*>& callbacks = options.callbacks;
  for (Callback* callback : callbacks)
    callback->on_train_begin(
        {options.epochs, batches(samples, batch_size), samples, validation_samples});
  History history;
  bool go_on = true;
  for (int epoch = 0; epoch < options.epochs && go_on; ++epoch) {
    for (Callback* callback : callbacks) callback->on_epoch_begin(epoch);
    state.arrange(samples, options.shuffle);
    ++state.epoch;
    state.run_epoch(data.x, data.y, batch_size, true, batch_logs, 0, [&](Index iteration) {
      for (Callback* callback : callbacks) callback->on_batch_end(iteration, batch_logs);
    });
    std::size_t position = 0;
    for (const auto& entry : batch_logs) epoch_logs.set(position++, entry.second);
    if (validate) {
      state.arrange(validation_samples, false);
      state.run_epoch(data.x_valid, data.y_valid, batch_size, false, epoch_logs, position,
                      [](Index) {});
    }
    history.append(epoch_logs);
    for (Callback* callback : callbacks) go_on = callback->on_epoch_end(epoch, epoch_logs) && go_on;
  }
  for (Callback* callback : callbacks) callback->on_train_end();
  return history;
}

template <class T>
Logs BasicSequential<T>::evaluate(const Inputs<T>& x, const Targets<T>& y, Index batch_size) {
  State& state = *state_;
  state.check_compiled("evaluate");
  State::check_batch_size("evaluate", batch_size);
  state.check_data("evaluate", x, y);
  batch_size = std::min(batch_size, x.samples());
  state.prepare(x, y, batch_size);
  state.arrange(x.samples(), false);
  Logs logs = state.logs_named("");
  state.run_epoch(x, y, batch_size, false, logs, 0, [](Index) {});
  return logs;
}

template <class T>
Tensor<T> BasicSequential<T>::predict(const Inputs<T>& x, Index batch_size) {
  State::check_batch_size("predict", batch_size);
  state_->check_inputs("predict", x);
  auto& network = state_->network;
  network.build(x.shape().inner(), state_->seed);
  batch_size = std::min(batch_size, x.samples());
  network.reserve(batch_size);
  state_->arrange(x.samples(), false);
  Tensor<T> predictions(network.output_shape().with_outer(x.samples()));
  for (Index i = 0; i < batches(x.samples(), batch_size); ++i) {
    const auto samples = batch_of(state_->order, i, batch_size);
    const auto size = static_cast<Index>(samples.size());
    const auto inputs = Batch<T>::gather(x, samples, network.input_buffer(size));
    const TensorView<const T> y = network.forward(inputs, false, {});
    std::copy(y.begin(), y.end(), predictions.rows(i * batch_size, i * batch_size + size).begin());
  }
  return predictions;
}

template <class T>
double BasicSequential<T>::train_on_batch(const Inputs<T>& x, const Targets<T>& y) {
  state_->check_compiled("train_on_batch");
  state_->check_data("train_on_batch", x, y);
  state_->prepare(x, y, x.samples());
  state_->arrange(x.samples(), false);
  return state_->step(x, y, state_->order, true);
}

template <class T>
double BasicSequential<T>::compute_gradients(const Loss& loss, const Inputs<T>& x,
                                             const Targets<T>& y, TensorView<T> dx) {
  if (!loss) throw ArgumentError("compute_gradients: got no loss");
  const auto instance = loss.template make<T>();
  state_->check_data("compute_gradients", *instance, x, y);
  if (dx.data() != nullptr && dx.shape() != x.shape())
    throw ShapeError(fmt::format("compute_gradients: got dx of shape {} for inputs of shape {}",
                                 to_string(dx.shape()), to_string(x.shape())));
  state_->prepare(x, y, x.samples());
  state_->arrange(x.samples(), false);
  auto& network = state_->network;
  const auto inputs = Batch<T>::gather(x, state_->order, network.input_buffer(x.samples()));
  return network.run(*instance, inputs, y, nn::Gradient::wanted, state_->training_pass(), dx).loss;
}

template <class T>
template <class U>
BasicSequential<U> BasicSequential<T>::as() const {
  BasicSequential<U> other;
  const auto& network = state_->network;
  if (network.declared_input()) other.add(Input{*network.declared_input()});
  for (const Layer& layer : network.descriptions()) other.add(layer);
  other.set_seed(state_->seed);
  if (!is_built()) return other;
  other.build(network.input_shape());
  const auto& from = network.parameters();
  const auto& to = other.state_->network.parameters();
  for (std::size_t i = 0; i < from.size(); ++i)
    std::transform(from[i].value.begin(), from[i].value.end(), to[i].value.begin(),
                   [](T value) { return static_cast<U>(value); });
  return other;
}

template class BasicSequential<float>;
template class BasicSequential<double>;
template LANEWISE_API BasicSequential<float> BasicSequential<float>::as() const;
template LANEWISE_API BasicSequential<double> BasicSequential<float>::as() const;
template LANEWISE_API BasicSequential<float> BasicSequential<double>::as() const;
template LANEWISE_API BasicSequential<double> BasicSequential<double>::as() const;

}  // namespace lanewise
