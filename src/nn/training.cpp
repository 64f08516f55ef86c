// The training loop, and its pieces for a loop of one's own. Contract in lanewise/nn/model.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lanewise/error.hpp"
#include "lanewise/nn/model.hpp"
#include "lanewise/ops/merge.hpp"
#include "nn/model_state.hpp"

namespace lanewise {
namespace {

// What is trained on and what is validated on, after validation_split.
template <class T>
struct Split {
  Samples<T> train;
  std::optional<Samples<T>> valid{};
  std::string_view held_out{};  // what the user calls the validation
};

template <class T>
Split<T> split(const Samples<T>& all, const FitOptions<T>& options) {
  const double fraction = options.validation_split;
  if (!(fraction >= 0 && fraction < 1))
    throw ArgumentError(
        fmt::format("fit: got a validation_split of {}, expected one in [0, 1)", fraction));
  const Samples<T> given(options.validation_data.x, options.validation_data.y);
  const auto is_empty = [](const auto& data) { return data.shape() == Shape{0}; };
  if (!std::all_of(given.x.begin(), given.x.end(), is_empty) ||
      !std::all_of(given.y.begin(), given.y.end(), is_empty))
    return {all, given, "fit: validation_data"};
  if (fraction == 0) return {all};
  const Index count = all.count();
  const auto at = static_cast<Index>(std::floor(static_cast<double>(count) * (1 - fraction)));
  if (at == 0 || at == count)
    throw ArgumentError(fmt::format(
        "fit: a validation_split of {} leaves {} of {} samples to train on and {} to validate on",
        fraction, at, count, count - at));
  return {all.rows(0, at), all.rows(at, count), "fit: validation_split"};
}

void check_callbacks(const std::vector<Callback*>& callbacks) {
  for (std::size_t i = 0; i < callbacks.size(); ++i)
    if (!callbacks[i])
      throw ArgumentError(fmt::format("fit: callback {} of {} is null", i + 1, callbacks.size()));
}

// Validation samples have to be such as those of the training, which a model may not know yet.
template <class T>
void check_same_samples(std::string_view held_out, const nn::Graph& graph, const Samples<T>& valid,
                        const Samples<T>& train) {
  for (std::size_t j = 0; j < train.x.size(); ++j)
    if (valid.x[j].shape().inner() != train.x[j].shape().inner())
      throw ShapeError(fmt::format(
          "{}: got {} of shape {}, expected samples as those of the training's {}", held_out,
          graph.called("inputs", j), to_string(valid.x[j].shape()), to_string(train.x[j].shape())));
}

}  // namespace

template <class T>
History BasicModel<T>::fit(const InputList<T>& x, const TargetList<T>& y,
                           const FitOptions<T>& options) {
  // A callback may assign to the model, move from it, or end its life. It may change what the
  // caller passed, too: what is needed later is copied.
  State& state = this->state("fit");
  const std::shared_ptr<State> keep = state_;
  const Exclusive alone(state.changing, "fit");
  state.check_trainable("fit");
  State::check_batch_size("fit", options.batch_size);
  const int epochs = options.epochs;
  const bool shuffle = options.shuffle;
  if (epochs < 1)
    throw ArgumentError(fmt::format("fit: got {} epochs, expected at least 1", epochs));
  const std::vector<Callback*> callbacks = options.callbacks;
  const auto on_gradients = options.on_gradients;
  check_callbacks(callbacks);
  auto layers = state.check_data("fit", x.all(), y.all());
  const auto [data, valid, held_out] = split(Samples<T>(x, y), options);
  if (valid) {
    state.check_data(held_out, valid->x, valid->y);
    check_same_samples(held_out, state.graph, *valid, data);
  }

  const Index samples = data.count(), validation_samples = valid ? valid->count() : 0;
  const Index batch_size = std::min(options.batch_size, std::max(samples, validation_samples));
  Tally<T> tally(state.outputs, batch_size);
  Logs batch_logs = tally.logs("");
  Logs epoch_logs = batch_logs;
  if (valid)
    for (const auto& [name, value] : tally.logs("val_")) epoch_logs.add(name, value);
  state.prepare_fit(std::move(layers), data, batch_size);

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
      state.gather(data, i, batch_size);
      const double loss = state.train(state.inputs, state.targets, on_gradients);
      tally.add(loss, state.workspace, state.targets);
      tally.write(batch_logs, 0);
      for (Callback* callback : callbacks) callback->on_batch_end(i, batch_logs);
    }
    std::size_t position = 0;
    for (const auto& entry : batch_logs) epoch_logs.set(position++, entry.second);
    if (valid) state.evaluate(*valid, batch_size, state.workspace, tally, epoch_logs, position);
    history.append(epoch_logs);
    for (Callback* callback : callbacks) go_on = callback->on_epoch_end(epoch, epoch_logs) && go_on;
  }
  for (Callback* callback : callbacks) callback->on_train_end();
  return history;
}

template <class T>
double BasicModel<T>::train_on_batch(const InputList<T>& x, const TargetList<T>& y) {
  State& state = this->state("train_on_batch");
  const Exclusive alone(state.changing, "train_on_batch");
  state.check_trainable("train_on_batch");
  auto layers = state.check_data("train_on_batch", x.all(), y.all());
  const Index batch = x.all()[0].samples();
  state.prepare_training(std::move(layers), batch);
  return state.train(state.workspace.numbers(x.all(), 0, batch), y.all(), {});
}

template <class T>
TensorView<const T> BasicModel<T>::forward(const InputList<T>& x, const ForwardOptions& options) {
  const State& state = this->state("forward");
  if (state.graph.outputs().size() != 1)
    throw ArgumentError(fmt::format("forward: the model has {} outputs: forward_all() gives them",
                                    state.graph.list_outputs()));
  return forward_all(x, options)[0];
}

template <class T>
std::span<const TensorView<const T>> BasicModel<T>::forward_all(const InputList<T>& x,
                                                                const ForwardOptions& options) {
  State& state = this->state("forward");
  const Exclusive alone(state.changing, "forward");
  auto layers = state.check_inputs("forward", x.all());
  auto& network = state.prepare_training(std::move(layers), x.all()[0].samples());
  nn::PassOptions pass{options.training, state.seed, state.draw};
  pass.update_statistics = options.update_statistics;
  if (options.training) ++state.draw;
  network.forward(state.workspace, state.workspace.copy(x.all()), pass);
  state.last_forward = pass;
  return state.workspace.predicted;
}

template <class T>
void BasicModel<T>::backward(const OneOrMore<TensorView<const T>>& dy,
                             const OneOrMore<TensorView<T>>& dx, const BackwardOptions& options) {
  State& state = this->state("backward");
  const Exclusive alone(state.changing, "backward");
  if (!state.last_forward)
    throw ArgumentError(
        "backward: there was no forward() since the last backward or training step");
  nn::Network<T>& network = *state.network();
  const auto& y = state.workspace.predicted;
  if (dy.all().size() != y.size())
    throw ArgumentError(fmt::format("backward: got {} dy, expected {}", dy.all().size(),
                                    state.graph.list_outputs()));
  for (std::size_t k = 0; k < y.size(); ++k)
    if (dy.all()[k].data() != nullptr && dy.all()[k].shape() != y[k].shape())
      throw ShapeError(fmt::format("backward: got {} of shape {} for an output of shape {}",
                                   state.graph.called_output("dy", k),
                                   to_string(dy.all()[k].shape()), to_string(y[k].shape())));
  const auto into = state.check_dx(
      "backward", dx.all(), [&](std::size_t j) { return state.workspace.values[j].shape(); });

  const TensorView<T> gradients = network.weights().gradients();
  const bool add = options.accumulate && network.weights().has_gradients();
  if (add) {
    if (state.earlier_gradients.size() != gradients.size())
      state.earlier_gradients = Tensor<T>({gradients.size()});
    std::copy(gradients.begin(), gradients.end(), state.earlier_gradients.begin());
  }
  network.backward(state.workspace, dy.all(), *state.last_forward, into);
  if (add) ops::accumulate<T>(state.earlier_gradients, gradients);
  state.last_forward.reset();  // a layer may have overwritten what it kept
}

template <class T>
void BasicModel<T>::update() {
  State& state = this->state("update");
  const Exclusive alone(state.changing, "update");
  state.check_compiled("update");
  if (!state.network())
    throw ArgumentError("update: the model is not built: there are no gradients yet");
  if (!state.network()->weights().has_gradients())
    throw ArgumentError("update: there was no backward() since the last update");
  state.prepare_optimizer(*state.network());
  state.update();
}

template <class T>
TensorView<T> BasicModel<T>::gradients() {
  nn::Network<T>* const network = state("gradients").network();
  if (!network) throw ArgumentError("gradients: the model is not built: there are none yet");
  return network->weights().gradients();
}

template <class T>
double BasicModel<T>::added_loss() const {
  const State& state = this->state("added_loss");
  return state.network() ? state.network()->added_loss(state.workspace) : 0;
}

#define LANEWISE_INSTANTIATE(T)                                                               \
  template LANEWISE_API History BasicModel<T>::fit(const InputList<T>&, const TargetList<T>&, \
                                                   const FitOptions<T>&);                     \
  template LANEWISE_API double BasicModel<T>::train_on_batch(const InputList<T>&,             \
                                                             const TargetList<T>&);           \
  template LANEWISE_API TensorView<const T> BasicModel<T>::forward(const InputList<T>&,       \
                                                                   const ForwardOptions&);    \
  template LANEWISE_API std::span<const TensorView<const T>> BasicModel<T>::forward_all(      \
      const InputList<T>&, const ForwardOptions&);                                            \
  template LANEWISE_API void BasicModel<T>::backward(const OneOrMore<TensorView<const T>>&,   \
                                                     const OneOrMore<TensorView<T>>&,         \
                                                     const BackwardOptions&);                 \
  template LANEWISE_API void BasicModel<T>::update();                                         \
  template LANEWISE_API TensorView<T> BasicModel<T>::gradients();                             \
  template LANEWISE_API double BasicModel<T>::added_loss() const;
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise
