#pragma once
// A model at work: nodes in topological order, their parameters, and the two passes over them.
// Knows nothing of epochs, optimizers or metrics. It owns weights and gradients alone; what a pass
// needs besides is lent to it (nn/workspace.hpp), so that many threads may run forward passes of
// one network.
//
// A layer sets gradients; that they add up where a value or a weight is used twice is the network's
// business alone: the first to come writes, later ones write to a spare place that is added.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lanewise/nn/layer.hpp"
#include "lanewise/nn/loss.hpp"
#include "nn/graph.hpp"
#include "nn/random_key.hpp"
#include "nn/weights.hpp"
#include "nn/workspace.hpp"

namespace lanewise::nn {

// What a pass over the layers is for.
struct PassOptions {
  bool training = false;
  std::uint64_t seed = 0;
  std::uint64_t draw = 0;  // decides, with the seed, what dropout drops
  // The nodes before this one are as the workspace's last pass left them, which was planned for
  // training.
  std::size_t first = 0;
  bool update_statistics = false;  // whether running statistics move
  bool keep = false;               // what a backward pass needs, which may follow
};

// What is minimized about one output; nothing if the loss is null.
template <class T>
struct Objective {
  const LossInstance<T>* loss = nullptr;
  double weight = 1;
};

// How a value's memory is used, by nodes that do not only reshape it.
struct Flow {
  std::size_t readers = 0;      // inputs of nodes that it is
  std::size_t last_reader = 0;  // the last of these nodes; the one that gives it if there is none
  std::size_t earlier = 0;      // the one before, or else the one that gives it
  bool once_by_last = true;     // whether it is one input alone of the last
  std::size_t outputs = 0;      // outputs of the network that it is
};

template <class T>
class Network {
 public:
  // These layers, which make_nodes() made for inputs of these sample shapes, with weights drawn by
  // the seed. Throws ShapeError naming a layer that shares weights of another shape.
  Network(const Graph& graph, std::span<const Shape> inputs, std::uint64_t seed,
          std::vector<Node<T>> nodes);
  // A part of another network's graph at work on that network's weights.
  Network(const Graph::Part& part, std::span<const Shape> inputs, const Network& whole);
  // The same layers and weights.
  Network(const Network& other) : Network(other, nullptr) {}
  // The same layers at work on other numbers, rounded if need be.
  template <class U>
  explicit Network(const Network<U>& other) : Network(other, nullptr) {}
  Network& operator=(const Network&) = delete;

  const Graph& graph() const { return graph_; }
  std::span<const Node<T>> nodes() const { return nodes_; }
  std::span<const Shape> input_shapes() const { return input_shapes_; }
  std::span<const std::size_t> outputs() const { return graph_.outputs(); }
  const Shape& value_shape(std::size_t value) const {
    return value < input_shapes_.size() ? input_shapes_[value]
                                        : nodes_[value - input_shapes_.size()].output;
  }
  const Shape& output_shape(std::size_t output) const { return value_shape(outputs()[output]); }
  // The value in whose memory this one lies, and how that is used.
  std::size_t root(std::size_t value) const { return roots_[value]; }
  const Flow& flow(std::size_t root) const { return flows_[root]; }
  // Throws ShapeError unless samples of an input have this shape.
  void check_input(std::size_t input, const Shape& shape) const;
  // The layer that gives a value; null for an input.
  const NamedLayer* giver(std::size_t value) const {
    return value < input_shapes_.size() ? nullptr : &nodes_[value - input_shapes_.size()].layer;
  }

  const Weights<T>& weights() const { return weights_; }
  // Of a layer, wherever it is used.
  std::span<const Parameter<T>> parameters_of(const Node<T>& node) const {
    return weights_.of(nodes_, node);
  }
  const std::vector<Parameter<T>>& parameters() const { return weights_.all(); }
  Index trainable_count() const;
  Index parameter_count() const;
  // The first node that uses parameters()[parameter].
  std::size_t node_of(std::size_t parameter) const;
  // Whether the layer of this node learns, wherever it is used.
  void set_trainable(std::size_t node, bool trainable);

  // In what follows x are the inputs as (batch, sample shape), read where they lie, and the
  // workspace has room for the purpose: Purpose::predict, evaluate or train.
  using Views = std::span<const TensorView<const T>>;

  // Rows [begin, end) of y[k] = output k. None may overlap an input.
  // Has the layers prepare for many batches, or none of them where there is only one. The workspace
  // was reserved for it.
  void prepare(Workspace<T>& workspace, bool many) const;

  void predict(Workspace<T>& workspace, Views x, std::span<Tensor<T>> y, Index begin,
               Index end) const;

  // A forward pass; the outputs are workspace.predicted.
  void forward(Workspace<T>& workspace, Views x, const PassOptions& options) const;

  // A forward pass and the losses, each fused with its output's activation where the loss fuses
  // with it. The sum by weights, with what regularizers and layers add. Notes the losses and the
  // predictions after the last activation in the workspace.
  double evaluate(Workspace<T>& workspace, std::span<const Objective<T>> objectives, Views x,
                  std::span<const Targets<T>> targets, const PassOptions& options) const;

  // The same, then the gradients of all parameters, and those of inputs into each `dx` that is not
  // empty. One thread at a time: the gradients are the network's.
  double differentiate(Workspace<T>& workspace, std::span<const Objective<T>> objectives, Views x,
                       std::span<const Targets<T>> targets, const PassOptions& options,
                       std::span<const TensorView<T>> dx = {});

  // From gradients of the outputs (empty for one that nothing depends on), after a forward().
  void backward(Workspace<T>& workspace, std::span<const TensorView<const T>> dy,
                const PassOptions& options, std::span<const TensorView<T>> dx = {});

  // What layers and regularizers add to the loss, as of the workspace's last pass.
  double added_loss(const Workspace<T>& workspace) const;

 private:
  template <class U>
  friend class Network;
  template <class U>
  Network(const Network<U>& other, std::nullptr_t);

  // Finds where each value lies and who reads it there.
  void trace_values();
  // Finds which nodes take the derivative of the activation before them.
  void trace_derivatives();
  // Finds which values depend on weights that are trained.
  void trace_training();
  // Whether the loss takes the place of the output's activation.
  bool fuses(std::size_t output, const LossInstance<T>* loss) const;
  void forward_nodes(Workspace<T>& workspace, Views x, const PassOptions& options) const;
  double run(Workspace<T>& workspace, std::span<const Objective<T>> objectives, Views x,
             std::span<const Targets<T>> targets, const PassOptions& options,
             std::span<const TensorView<T>> dx, bool want_gradient) const;
  void backward_nodes(Workspace<T>& workspace, const PassOptions& options,
                      std::span<const TensorView<T>> dx);
  void backward_node(Workspace<T>& workspace, std::size_t node, const PassOptions& options,
                     std::span<const TensorView<T>> dx);
  void hand_on(Workspace<T>& workspace, std::size_t node, Index batch,
               std::span<const TensorView<T>> dx) const;
  bool place_below(Workspace<T>& workspace, std::size_t node, Index batch,
                   std::span<const TensorView<T>> dx) const;
  // Where the gradient of a value lies; empty for an input's that nobody wants.
  TensorView<T> gradient_of(Workspace<T>& workspace, std::size_t value, Index batch,
                            std::span<const TensorView<T>> dx) const;
  Views operands(Workspace<T>& workspace, const Node<T>& node) const;
  Pass pass(const Workspace<T>& workspace, std::size_t node, const PassOptions& options) const;

  Graph graph_;
  std::vector<Shape> input_shapes_;
  std::vector<Node<T>> nodes_;
  std::vector<std::size_t> roots_;  // of each value
  std::vector<Flow> flows_;         // of each value that is a root
  std::vector<char> learns_;        // of each value
  Weights<T> weights_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace lanewise::nn
