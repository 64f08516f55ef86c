// The training loop, and its pieces for a loop of one's own. Contract in lanewise/nn/model.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lanewise/error.hpp"
#include "lanewise/nn/model.hpp"
#include "lanewise/ops/merge.hpp"
#include "nn/model_state.hpp"
#include "nn/random_key.hpp"

namespace lanewise {
namespace {

// How many samples are trained on when a part of them is held out.
Index count_trained(Index count, double fraction) {
  if (fraction == 0) return count;
  const auto at = static_cast<Index>(std::floor(static_cast<double>(count) * (1 - fraction)));
  if (at == 0 || at == count)
    throw ArgumentError(fmt::format(
        "fit: a validation_split of {} leaves {} of {} samples to train on and {} to validate on",
        fraction, at, count, count - at));
  return at;
}

template <class T>
bool has_validation_data(const Samples<T>& given) {
  const auto is_empty = [](const auto& data) { return data.shape() == Shape{0}; };
  return !std::all_of(given.x.begin(), given.x.end(), is_empty) ||
         !std::all_of(given.y.begin(), given.y.end(), is_empty);
}

// Validation samples have to be such as those of the training, which a model may not know yet.
template <class T>
void check_same_samples(std::string_view who, const nn::Graph& graph, const Samples<T>& valid,
                        const Samples<T>& train) {
  for (std::size_t j = 0; j < train.x.size(); ++j)
    if (valid.x[j].shape().inner() != train.x[j].shape().inner())
      throw ShapeError(fmt::format(
          "{}: got {} of shape {}, expected samples as those of the training's {}", who,
          graph.called("inputs", j), to_string(valid.x[j].shape()), to_string(train.x[j].shape())));
}

// What fit() is to do, checked; and copied, since a callback may change what the caller passed.
template <class T>
struct FitJob {
  ResolvedLayers<T> layers;
  Samples<T> train;
  std::optional<Samples<T>> valid;
  Index batch_size;
  int epochs;
  bool shuffle;
  std::vector<Callback*> callbacks;
  std::function<void(TensorView<T>)> on_gradients;
};

// All that fit() refuses.
template <class T, class State>
FitJob<T> check_fit(const State& state, const InputList<T>& x, const TargetList<T>& y,
                    const FitOptions<T>& options) {
  state.check_trainable("fit");
  State::check_batch_size("fit", options.batch_size);
  if (options.epochs < 1)
    throw ArgumentError(fmt::format("fit: got {} epochs, expected at least 1", options.epochs));
  for (std::size_t i = 0; i < options.callbacks.size(); ++i)
    if (!options.callbacks[i])
      throw ArgumentError(
          fmt::format("fit: callback {} of {} is null", i + 1, options.callbacks.size()));
  const double fraction = options.validation_split;
  if (!(fraction >= 0 && fraction < 1))
    throw ArgumentError(
        fmt::format("fit: got a validation_split of {}, expected one in [0, 1)", fraction));
  ResolvedLayers<T> layers = state.check_data("fit", x.all(), y.all());

  const Samples<T> all(x, y);
  FitJob<T> job{std::move(layers), all,
                std::nullopt,      options.batch_size,
                options.epochs,    options.shuffle,
                options.callbacks, options.on_gradients};
  std::string_view who;
  if (Samples<T> given(options.validation_data.x, options.validation_data.y);
      has_validation_data(given)) {
    who = "fit: validation_data";
    job.valid = std::move(given);
  } else if (const Index trained = count_trained(all.count(), fraction); trained < all.count()) {
    who = "fit: validation_split";
    job.train = all.rows(0, trained);
    job.valid = all.rows(trained, all.count());
  }
  if (job.valid) {
    state.check_data(who, job.valid->x, job.valid->y, &job.layers);
    check_same_samples(who, state.graph, *job.valid, job.train);
  }
  const Index most = std::max(job.train.count(), job.valid ? job.valid->count() : 0);
  job.batch_size = std::min(job.batch_size, most);
  return job;
}

}  // namespace

template <class T>
History BasicModel<T>::fit(const InputList<T>& x, const TargetList<T>& y,
                           const FitOptions<T>& options) {
  State& state = this->state("fit");
  const std::shared_ptr<State> keep = state_;  // from callbacks that end or replace the model
  const Exclusive alone(state.changing, "fit");
  FitJob<T> job = check_fit<T>(state, x, y, options);

  Batches<T> batches(job.train, job.batch_size);
  Tally<T> tally(state.outputs, job.batch_size);
  Logs batch_logs = tally.logs("");
  Logs epoch_logs = batch_logs;
  if (job.valid)
    for (const auto& [name, value] : tally.logs("val_")) epoch_logs.add(name, value);
  state.prepare_training(std::move(job.layers), job.batch_size);

  for (Callback* callback : job.callbacks)
    callback->on_train_begin(
        {job.epochs, batches.count(), job.train.count(), job.valid ? job.valid->count() : 0});
  History history;
  bool go_on = true;
  for (int epoch = 0; epoch < job.epochs && go_on; ++epoch) {
    for (Callback* callback : job.callbacks) callback->on_epoch_begin(epoch);
    const auto key = nn::random_key(state.seed, nn::Stream::shuffle, 0, state.epoch++);
    batches.arrange(job.shuffle ? std::optional(key) : std::nullopt);
    tally.reset();
    for (Index i = 0; i < batches.count(); ++i) {
      batches.gather(i, state.workspace);
      const double loss = state.train(batches.x(), batches.y(), job.on_gradients);
      tally.add(loss, state.workspace, batches.y());
      tally.write(batch_logs, 0);
      for (Callback* callback : job.callbacks) callback->on_batch_end(i, batch_logs);
    }
    std::size_t position = 0;
    for (const auto& entry : batch_logs) epoch_logs.set(position++, entry.second);
    if (job.valid)
      state.evaluate(*job.valid, job.batch_size, state.workspace, tally, epoch_logs, position);
    history.append(epoch_logs);
    for (Callback* callback : job.callbacks)
      go_on = callback->on_epoch_end(epoch, epoch_logs) && go_on;
  }
  for (Callback* callback : job.callbacks) callback->on_train_end();
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
  pass.keep = true;
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
