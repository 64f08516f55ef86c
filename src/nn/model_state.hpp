#pragma once
// What a BasicModel holds, and the checks that every entrance shares.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/prefix.hpp"
#include "lanewise/error.hpp"
#include "lanewise/nn/model.hpp"
#include "nn/epoch.hpp"
#include "nn/network.hpp"

namespace lanewise {

// The losses of a call at work, one an output.
template <class T>
struct CallLosses {
  std::vector<std::unique_ptr<LossInstance<T>>> instances;  // null for an output without one
  std::vector<nn::Objective<T>> objectives;                 // of them

  // Throws ArgumentError, which begins with `who`, if there is none at all.
  CallLosses(std::string_view who, std::span<const Loss> losses) {
    if (std::none_of(losses.begin(), losses.end(), [](const Loss& loss) { return bool(loss); }))
      throw ArgumentError(fmt::format("{}: got no loss", who));
    for (const Loss& loss : losses) {
      instances.push_back(loss ? loss.template make<T>() : nullptr);
      objectives.push_back({instances.back().get(), 1});
    }
  }
};

// Who asks for a network gets it, or the ArgumentError that there is none yet.
template <class T>
nn::Network<T>& require_built(nn::Network<T>* network, std::string_view who) {
  if (!network)
    throw ArgumentError(fmt::format(
        "{}: the model is not built: call build() or fit(), or begin with an Input", who));
  return *network;
}

// Whether a batch of these has to be put together.
template <class T>
bool needs_buffer(std::span<const Inputs<T>> x) {
  return std::any_of(x.begin(), x.end(), [](const Inputs<T>& each) { return !each.numbers(); });
}

// The layers of a model for the inputs of a call: those of its network, or some that are made for
// the call and may become a network's.
template <class T>
struct ResolvedLayers {
  std::vector<Shape> made_shapes;
  std::vector<nn::Node<T>> made;
  std::span<const Shape> inputs;  // sample shapes
  std::span<const nn::Node<T>> nodes;

  // The same, which these have to outlive.
  ResolvedLayers view() const { return {{}, {}, inputs, nodes}; }
};

template <class T>
struct BasicModel<T>::State {
  nn::Graph graph;
  std::uint64_t seed = 0;

  std::vector<OutputPlan<T>> outputs;               // none before compile()
  std::vector<nn::Objective<T>> objectives;         // of them, with their weights
  std::unique_ptr<OptimizerInstance<T>> optimizer;  // null before compile()
  bool optimizer_prepared = false;

  Index iteration = 0;      // training steps so far
  std::uint64_t draw = 0;   // passes that drew something, as dropout does
  std::uint64_t epoch = 0;  // epochs so far; a later fit() shuffles on from here

  // What training works in, kept from step to step.
  nn::Workspace<T> workspace;
  Tensor<T> compact_values, compact_gradients;  // of what is trained, if that is not all
  Tensor<T> earlier_gradients;                  // to be added to
  // What everybody else works in.
  nn::WorkspacePool<T> workspaces;

  std::optional<nn::PassOptions> last_forward;  // that a backward() may follow

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

  // The layers for inputs of these sample shapes; shape_of(j) is that of input j. Throws ShapeError
  // or ArgumentError if they do not fit.
  template <class ShapeOf>
  ResolvedLayers<T> resolve(ShapeOf shape_of) const;

  // The network of these layers, if there is none yet. Calls ready(network) before: should that
  // throw, then none was made.
  template <class Ready>
  nn::Network<T>& build(ResolvedLayers<T> layers, Ready ready);
  // The network for inputs of declared shapes; null if they are not.
  nn::Network<T>* build_declared();

  // Throw as documented at fit(), before anything has changed. `who` begins the message.
  void check_compiled(std::string_view who) const;
  void check_trainable(std::string_view who) const;  // compiled with a loss
  // `known` are layers that are made already, for inputs that may have the same shapes.
  ResolvedLayers<T> check_inputs(std::string_view who, std::span<const Inputs<T>> x,
                                 const ResolvedLayers<T>* known = nullptr) const;
  ResolvedLayers<T> check_data(std::string_view who, std::span<const nn::Objective<T>> objectives,
                               std::span<const Inputs<T>> x, std::span<const Targets<T>> y,
                               const ResolvedLayers<T>* known = nullptr) const;
  // The same for the losses of compile(), and its metrics.
  ResolvedLayers<T> check_data(std::string_view who, std::span<const Inputs<T>> x,
                               std::span<const Targets<T>> y,
                               const ResolvedLayers<T>* known = nullptr) const;
  static void check_batch_size(std::string_view who, Index batch_size);

  // What an output gives; and a tensor for it of so many samples.
  nn::Ending ending(const ResolvedLayers<T>& layers, std::size_t output) const {
    return nn::ending_of<T>(layers.nodes, layers.inputs, graph.outputs()[output]);
  }
  Tensor<T> room_for(const ResolvedLayers<T>& layers, std::size_t output, Index samples) const;

  // The places for the gradients of inputs, or nothing if nobody wants any. shape_of(j) is that of
  // the inputs. Throws ShapeError unless each has its input's shape or is empty.
  template <class ShapeOf>
  std::span<const TensorView<T>> check_dx(std::string_view who, std::span<const TensorView<T>> dx,
                                          ShapeOf shape_of) const;

  // Prepares the optimizer for what is trained, unless it is.
  void prepare_optimizer(const nn::Network<T>& network);
  // Builds, plans buffers and prepares the optimizer, if there is one, for training on batches of
  // this size.
  nn::Network<T>& prepare_training(ResolvedLayers<T> layers, Index batch_size);

  // In training mode, but without a lasting effect: running statistics stay as they are.
  nn::PassOptions training_pass() const { return {true, seed, draw}; }

  // One training step: forward, loss, backward, [what a user does to gradients], update.
  // Returns the loss.
  double train(std::span<const TensorView<const T>> x, std::span<const Targets<T>> y,
               const std::function<void(TensorView<T>)>& on_gradients);
  // The last of these.
  void update();

  // The two halves of a prediction.
  ResolvedLayers<T> check_predict(const InputList<T>& x, Index batch_size) const;
  void predict(ResolvedLayers<T> layers, std::span<const Inputs<T>> x, Index batch_size,
               std::span<Tensor<T>> predictions);

  // Sets in `logs`, from position `first` on, the losses and the metrics of all samples.
  void evaluate(const Samples<T>& data, Index batch_size, nn::Workspace<T>& borrowed,
                Tally<T>& tally, Logs& logs, std::size_t first) const;

 private:
  std::mutex building_;
  std::unique_ptr<nn::Network<T>> owned_;
  std::atomic<nn::Network<T>*> network_ = nullptr;
};

template <class T>
template <class ShapeOf>
ResolvedLayers<T> BasicModel<T>::State::resolve(ShapeOf shape_of) const {
  ResolvedLayers<T> layers;
  const std::size_t count = graph.inputs().size();
  if (const auto* built = network()) {  // allocates nothing
    for (std::size_t j = 0; j < count; ++j) built->check_input(j, shape_of(j));
    layers.inputs = built->input_shapes();
    layers.nodes = built->nodes();
    return layers;
  }
  for (std::size_t j = 0; j < count; ++j) layers.made_shapes.push_back(shape_of(j));
  graph.check_inputs(layers.made_shapes);
  layers.made = nn::make_nodes<T>(graph.nodes(), layers.made_shapes);
  layers.inputs = layers.made_shapes;
  layers.nodes = layers.made;
  return layers;
}

template <class T>
template <class Ready>
nn::Network<T>& BasicModel<T>::State::build(ResolvedLayers<T> layers, Ready ready) {
  std::unique_lock lock(building_, std::defer_lock);
  if (network() == nullptr) lock.lock();
  if (network() == nullptr) {
    auto made =
        std::make_unique<nn::Network<T>>(graph, layers.made_shapes, seed, std::move(layers.made));
    ready(*made);
    adopt(std::move(made));
  } else {
    if (lock) lock.unlock();
    for (std::size_t j = 0; j < layers.made_shapes.size(); ++j)  // by another thread, meanwhile
      network()->check_input(j, layers.made_shapes[j]);
    ready(*network());
  }
  return *network();
}

template <class T>
template <class ShapeOf>
std::span<const TensorView<T>> BasicModel<T>::State::check_dx(std::string_view who,
                                                              std::span<const TensorView<T>> dx,
                                                              ShapeOf shape_of) const {
  if (std::all_of(dx.begin(), dx.end(), [](const auto& each) { return each.data() == nullptr; }))
    return {};
  if (dx.size() != graph.inputs().size())
    throw ArgumentError(
        fmt::format("{}: got {} dx, expected {}", who, dx.size(), graph.list_inputs()));
  for (std::size_t j = 0; j < dx.size(); ++j)
    if (dx[j].data() != nullptr && dx[j].shape() != shape_of(j))
      throw ShapeError(fmt::format("{}: got {} of shape {} for inputs of shape {}", who,
                                   graph.called("dx", j), to_string(dx[j].shape()),
                                   to_string(shape_of(j))));
  return dx;
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

// What is inside a model, for the rest of the library.
struct ModelAccess {
  // Null if it is not built.
  template <class T>
  static nn::Network<T>* network(const BasicModel<T>& model) {
    return model.state("Model").network();
  }
  template <class T>
  static const nn::Graph& graph(const BasicModel<T>& model) {
    return model.state("Model").graph;
  }
  template <class T>
  static std::uint64_t seed(const BasicModel<T>& model) {
    return model.state("Model").seed;
  }
  // A model of this graph, with this network if there is one.
  template <class T>
  static BasicModel<T> make(nn::Graph graph, std::uint64_t seed,
                            std::unique_ptr<nn::Network<T>> network) {
    auto state = std::make_shared<typename BasicModel<T>::State>();
    state->graph = std::move(graph);
    state->seed = seed;
    if (network) state->adopt(std::move(network));
    return BasicModel<T>(std::move(state));
  }
  // Throws as State::check_data.
  template <class T>
  static void check_data(const BasicModel<T>& model, std::string_view who,
                         std::span<const nn::Objective<T>> objectives, std::span<const Inputs<T>> x,
                         std::span<const Targets<T>> y) {
    model.state(who).check_data(who, objectives, x, y);
  }
  // Builds it for these inputs, which it is known to take.
  template <class T>
  static void build(BasicModel<T>& model, std::span<const Inputs<T>> x) {
    auto& state = model.state("build");
    state.build(state.resolve([&](std::size_t j) { return x[j].shape().inner(); }),
                [](nn::Network<T>&) {});
  }
  // The options of the next training pass.
  template <class T>
  static nn::PassOptions training_pass(const BasicModel<T>& model) {
    return model.state("Model").training_pass();
  }
};

}  // namespace lanewise
