// Contract in nn/network.hpp.
#include "nn/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "lanewise/error.hpp"
#include "lanewise/ops/merge.hpp"

namespace lanewise::nn {

template <class T>
Network<T>::Network(const Graph& graph, std::span<const Shape> inputs, std::uint64_t seed,
                    std::vector<Node<T>> nodes)
    : graph_(graph),
      input_shapes_(inputs.begin(), inputs.end()),
      nodes_(std::move(nodes)),
      weights_(nodes_, seed) {
  trace_values();
}

template <class T>
Network<T>::Network(const Graph::Part& part, std::span<const Shape> inputs, const Network& whole)
    : graph_(part.graph),
      input_shapes_(inputs.begin(), inputs.end()),
      nodes_(make_nodes<T>(graph_.nodes(), input_shapes_)),
      weights_(nodes_, part.nodes, whole.nodes_, whole.weights_) {
  trace_values();
}

template <class T>
template <class U>
Network<T>::Network(const Network<U>& other, std::nullptr_t)
    : graph_(other.graph_),
      input_shapes_(other.input_shapes_),
      nodes_(make_nodes<T>(graph_.nodes(), input_shapes_)),
      weights_(nodes_, std::nullopt) {
  trace_values();
  for (std::size_t i = 0; i < parameters().size(); ++i) {
    const TensorView<U> from = other.parameters()[i].value;
    std::transform(from.begin(), from.end(), parameters()[i].value.begin(),
                   [](U value) { return static_cast<T>(value); });
  }
}

template <class T>
void Network<T>::trace_values() {
  const std::size_t inputs = input_shapes_.size(), count = inputs + nodes_.size();
  for (std::size_t value = 0; value < count; ++value)
    roots_.push_back(root_of<T>(nodes_, inputs, value));
  flows_.resize(count);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    flows_[inputs + i].last_reader = flows_[inputs + i].earlier = i;
    if (nodes_[i].reshapes_only) continue;
    for (const std::size_t value : nodes_[i].inputs) {
      Flow& flow = flows_[roots_[value]];
      flow.once_by_last = flow.readers == 0 || flow.last_reader != i;
      if (flow.once_by_last && flow.readers > 0) flow.earlier = flow.last_reader;
      ++flow.readers;
      flow.last_reader = i;
    }
  }
  for (const std::size_t value : outputs()) ++flows_[roots_[value]].outputs;
  trace_derivatives();
  trace_training();
}

template <class T>
void Network<T>::trace_derivatives() {
  const std::size_t inputs = input_shapes_.size();
  for (Node<T>& node : nodes_) {
    const std::size_t root = roots_[node.inputs[0]];
    if (node.reshapes_only || node.inputs.size() > 1 || root < inputs) continue;
    Node<T>& giver = nodes_[root - inputs];
    const Flow& flow = flows_[root];
    // Nothing else may add to that gradient.
    if (flow.readers > 1 || flow.outputs > 0 || giver.adds_loss) continue;
    const auto activation = giver.instance->output_activation();
    node.takes_derivative = activation && node.instance->takes_derivative(*activation);
    giver.leaves_derivative = node.takes_derivative;
  }
}

template <class T>
void Network<T>::trace_training() {
  learns_.assign(roots_.size(), 0);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    char& learns = learns_[input_shapes_.size() + i];
    for (const std::size_t input : nodes_[i].inputs) learns |= learns_[input];
    for (const Parameter<T>& parameter : parameters_of(nodes_[i]))
      learns |= !parameter.gradient.empty();
  }
}

template <class T>
void Network<T>::check_input(std::size_t input, const Shape& shape) const {
  if (shape != input_shapes_[input])
    throw ShapeError(fmt::format("{}: got samples of shape {}{}, the model is built for {}",
                                 graph_.kind(), to_string(shape),
                                 input_shapes_.size() == 1 ? "" : graph_.called(" in", input),
                                 to_string(input_shapes_[input])));
}

template <class T>
void Network<T>::set_trainable(std::size_t node, bool trainable) {
  const std::size_t owner = nodes_[node].owner;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].owner == owner) {
      nodes_[i].layer.description.trainable = trainable;
      graph_.set_trainable(i, trainable);
    }
  weights_.resolve_trained(nodes_);
  trace_training();
}

template <class T>
Index Network<T>::parameter_count() const {
  Index count = 0;
  for (const auto& parameter : parameters()) count += parameter.value.size();
  return count;
}

template <class T>
Index Network<T>::trainable_count() const {
  Index count = 0;
  for (const auto& parameter : parameters()) count += parameter.gradient.size();
  return count;
}

template <class T>
std::size_t Network<T>::node_of(std::size_t parameter) const {
  const auto owner = std::find_if(nodes_.begin(), nodes_.end(), [=](const Node<T>& node) {
    return parameter - node.first_parameter < node.parameter_count;
  });
  return static_cast<std::size_t>(owner - nodes_.begin());
}

template <class T>
bool Network<T>::fuses(std::size_t output, const LossInstance<T>* loss) const {
  if (!loss) return false;
  const std::size_t value = outputs()[output];
  const Flow& flow = flows_[roots_[value]];
  if (flow.readers > 0 || flow.outputs > 1) return false;  // others want what the activation gives
  const auto activation = ending_of<T>(nodes_, input_shapes_, value).activation;
  if (!activation || !loss->fuses_with(*activation)) return false;
  if (*activation != softmax) return true;
  // A softmax runs over the last dimension of the layer that has it, which the layers after it,
  // that only reshape, must have kept.
  const Shape& shape = value_shape(value);
  return value_shape(roots_[value])[-1] == (shape.rank() == 0 ? 1 : shape[-1]);
}

template <class T>
Pass Network<T>::pass(const Workspace<T>& workspace, std::size_t node,
                      const PassOptions& options) const {
  return {.training = options.training,
          .emit_logits = workspace.emits_logits[node] != 0,
          .key = random_key(options.seed, Stream::layer, node, options.draw),
          .update_statistics = options.update_statistics,
          .trainable = nodes_[node].layer.description.trainable};
}

template <class T>
typename Network<T>::Views Network<T>::operands(Workspace<T>& workspace,
                                                const Node<T>& node) const {
  if (node.inputs.size() == 1) return {&workspace.values[node.inputs[0]], 1};
  for (std::size_t e = 0; e < node.inputs.size(); ++e)
    workspace.operands[e] = workspace.values[node.inputs[e]];
  return std::span(workspace.operands).first(node.inputs.size());
}

template <class T>
void Network<T>::forward_nodes(Workspace<T>& workspace, Views x, const PassOptions& options) const {
  const std::size_t inputs = input_shapes_.size();
  const Index batch = x[0].shape()[0];
  workspace.keeps = options.keep;
  std::copy(x.begin(), x.end(), workspace.values.begin());
  for (std::size_t i = options.first; i < nodes_.size(); ++i) {
    const Node<T>& node = nodes_[i];
    const Shape shape = node.output.with_outer(batch);
    if (node.reshapes_only) {
      workspace.values[inputs + i] = workspace.values[node.inputs[0]].reshape(shape);
      continue;
    }
    const TensorView<T> y = workspace.output(i, shape);
    naming(node.layer, [&] {
      const Views from = operands(workspace, node);
      const Scratch<T> scratch = workspace.scratch(i, node.scratch, batch);
      const Pass pass = this->pass(workspace, i, options);
      node.instance->forward_all(from, y, scratch, pass);
      if (node.adds_loss)
        workspace.added_losses[i] = node.instance->added_loss(from, y, scratch, pass);
    });
    workspace.values[inputs + i] = y;
  }
}

template <class T>
void Network<T>::forward(Workspace<T>& workspace, Views x, const PassOptions& options) const {
  std::fill(workspace.emits_logits.begin(), workspace.emits_logits.end(), 0);
  forward_nodes(workspace, x, options);
  for (std::size_t k = 0; k < outputs().size(); ++k)
    workspace.predicted[k] = workspace.values[outputs()[k]];
}

template <class T>
void Network<T>::prepare(Workspace<T>& workspace, bool many) const {
  workspace.prepared = many;
  if (!many) return;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (!nodes_[i].reshapes_only)
      nodes_[i].instance->prepare(workspace.scratch(i, nodes_[i].scratch, 0));
}

template <class T>
void Network<T>::predict(Workspace<T>& workspace, Views x, std::span<Tensor<T>> y, Index begin,
                         Index end) const {
  const std::size_t inputs = input_shapes_.size();
  for (std::size_t k = y.size(); k-- > 0;)  // of two that lie in one place the first has it
    if (const std::size_t root = roots_[outputs()[k]]; root >= inputs)
      workspace.set_outside(root - inputs, y[k].rows(begin, end).data());
  forward(workspace, x, {});
  for (std::size_t k = 0; k < y.size(); ++k) {
    const TensorView<const T> from = workspace.predicted[k];
    const TensorView<T> to = y[k].rows(begin, end);
    // An input under another shape, or one that lies elsewhere.
    if (from.data() != to.data()) std::copy(from.begin(), from.end(), to.begin());
  }
  for (const std::size_t value : outputs())  // the workspace goes on to others
    if (roots_[value] >= inputs) workspace.set_outside(roots_[value] - inputs, nullptr);
}

template <class T>
double Network<T>::added_loss(const Workspace<T>& workspace) const {
  return std::accumulate(workspace.added_losses.begin(), workspace.added_losses.end(),
                         weights_.penalty());
}

template <class T>
double Network<T>::run(Workspace<T>& workspace, std::span<const Objective<T>> objectives, Views x,
                       std::span<const Targets<T>> targets, const PassOptions& options,
                       std::span<const TensorView<T>> dx, bool want_gradient) const {
  const std::size_t inputs = input_shapes_.size();
  const Index batch = x[0].shape()[0];
  std::fill(workspace.emits_logits.begin(), workspace.emits_logits.end(), 0);
  for (std::size_t k = 0; k < objectives.size(); ++k)
    if (fuses(k, objectives[k].loss)) workspace.emits_logits[roots_[outputs()[k]] - inputs] = 1;
  PassOptions forward_options = options;
  forward_options.keep = want_gradient;
  forward_nodes(workspace, x, forward_options);

  std::fill(workspace.has_gradient.begin(), workspace.has_gradient.end(), 0);
  double total = 0;
  for (std::size_t k = 0; k < objectives.size(); ++k) {
    const auto& [loss, weight] = objectives[k];
    const std::size_t value = outputs()[k], root = roots_[value];
    const TensorView<const T> y = workspace.values[value];
    workspace.predicted[k] = y;
    workspace.losses[k] = 0;
    if (!loss) continue;
    TensorView<T> first, dy;
    if (want_gradient) {
      first = gradient_of(workspace, value, batch, dx);
      dy = workspace.has_gradient[root] ? workspace.output_spare(k, y.shape()) : first;
    }
    if (root >= inputs && workspace.emits_logits[root - inputs]) {
      const TensorView<T> predictions = workspace.predictions(k, y.shape());
      workspace.losses[k] = loss->compute_from_logits(y, targets[k], dy, predictions);
      workspace.predicted[k] = predictions;
    } else {
      workspace.losses[k] = loss->compute(y, targets[k], dy);
    }
    total += weight * workspace.losses[k];
    if (dy.empty()) continue;
    if (weight != 1)
      std::transform(dy.begin(), dy.end(), dy.begin(),
                     [by = static_cast<T>(weight)](T g) { return by * g; });
    if (dy.data() != first.data()) ops::accumulate<T>(dy, first);
    workspace.has_gradient[root] = 1;
  }
  return total + added_loss(workspace);
}

template <class T>
double Network<T>::evaluate(Workspace<T>& workspace, std::span<const Objective<T>> objectives,
                            Views x, std::span<const Targets<T>> targets,
                            const PassOptions& options) const {
  return run(workspace, objectives, x, targets, options, {}, false);
}

template <class T>
double Network<T>::differentiate(Workspace<T>& workspace, std::span<const Objective<T>> objectives,
                                 Views x, std::span<const Targets<T>> targets,
                                 const PassOptions& options, std::span<const TensorView<T>> dx) {
  const double loss = run(workspace, objectives, x, targets, options, dx, true);
  backward_nodes(workspace, options, dx);
  return loss;
}

template class Network<float>;
template class Network<double>;
template Network<float>::Network(const Network<double>&);
template Network<double>::Network(const Network<float>&);

}  // namespace lanewise::nn
