// Contract in nn/network.hpp.
#include "nn/network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lanewise/error.hpp"

namespace lanewise::nn {

template <class T>
Network<T>::Network(const Blueprint& layers, const Shape& sample_shape, std::uint64_t seed)
    : nodes_(layers.make<T>(sample_shape)), input_shape_(sample_shape) {
  store_parameters(seed);
}

template <class T>
template <class U>
Network<T>::Network(const Network<U>& other, std::nullptr_t) : input_shape_(other.input_shape_) {
  std::vector<NamedLayer> layers;
  for (const Node<U>& node : other.nodes_) layers.push_back(node.layer);
  nodes_ = make_nodes<T>(layers, input_shape_);
  store_parameters(std::nullopt);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const TensorView<U> from = other.parameters_[i].value;
    std::transform(from.begin(), from.end(), parameters_[i].value.begin(),
                   [](U value) { return static_cast<T>(value); });
  }
}

// Lays the parameters out in the flat vectors, draws their values if there is a seed, and hands
// them to their layers.
template <class T>
void Network<T>::store_parameters(std::optional<std::uint64_t> seed) {
  Index trained = 0, fixed = 0;
  for (const Node<T>& node : nodes_)
    for (const ParameterRequest& request : node.instance->parameters()) {
      if (request.shape.size() > kMostElements<T> - trained - fixed)
        throw ShapeError(
            fmt::format("{}: with a {} of shape {} the model needs more memory than "
                        "there can be",
                        describe(node.layer), request.name, to_string(request.shape)));
      (request.trainable ? trained : fixed) += padded<T>(request.shape.size());
    }
  flat_values_ = Tensor<T>({trained + fixed});
  flat_gradients_ = Tensor<T>({trained});

  last_working_ = last_working<T>(nodes_);
  first_trained_ = nodes_.size();
  Index trained_offset = 0, fixed_offset = trained;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    Node<T>& node = nodes_[i];
    node.first_parameter = parameters_.size();
    for (const ParameterRequest& request : node.instance->parameters()) {
      Index& offset = request.trainable ? trained_offset : fixed_offset;
      Parameter<T> parameter{
          node.layer.name + "/" + request.name, {flat_values_.data() + offset, request.shape}, {}};
      if (request.trainable) {
        parameter.gradient = {flat_gradients_.data() + offset, request.shape};
        trainable_count_ += request.shape.size();
        first_trained_ = std::min(first_trained_, i);
      }
      if (seed)
        initialize<T>(request.initializer, request.fan,
                      random_key(*seed, Stream::weights, parameters_.size()), parameter.value);
      offset += padded<T>(request.shape.size());
      parameters_.push_back(std::move(parameter));
    }
    node.parameter_count = parameters_.size() - node.first_parameter;
    node.instance->bind(parameters_of(node));
  }
}

template <class T>
Index Network<T>::parameter_count() const {
  Index count = 0;
  for (const auto& parameter : parameters_) count += parameter.value.size();
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
bool Network<T>::fuses(const LossInstance<T>& loss) const {
  const auto activation = ending_of<T>(nodes_).activation;
  if (!activation || !loss.contains(*activation)) return false;
  if (*activation != softmax) return true;
  // A softmax runs over the last dimension of the layer that has it, which the layers after it,
  // that only reshape, must have kept.
  return nodes_[last_working_].output[-1] == (output_shape().rank() == 0 ? 1 : output_shape()[-1]);
}

template <class T>
Pass Network<T>::pass(std::size_t node, bool emit_logits, const PassOptions& options) const {
  return {options.training, emit_logits && node == last_working_,
          random_key(options.seed, Stream::layer, node, options.iteration),
          options.update_statistics};
}

template <class T>
TensorView<const T> Network<T>::forward(Workspace<T>& workspace, TensorView<const T> x,
                                        bool emit_logits, const PassOptions& options,
                                        T* into) const {
  const Index batch = x.shape()[0];
  if (options.first > 0) x = workspace.y(options.first - 1);
  for (std::size_t i = options.first; i < nodes_.size(); ++i) {
    const Node<T>& node = nodes_[i];
    const Shape shape = node.output.with_outer(batch);
    if (node.instance->reshapes_only()) {
      x = x.reshape(shape);
    } else {
      const TensorView<T> y = into != nullptr && i == last_working_ ? TensorView<T>{into, shape}
                                                                    : workspace.output(i, shape);
      node.instance->forward_all(std::span(&x, 1), y, scratch(workspace, i, batch),
                                 pass(i, emit_logits, options));
      x = y;
    }
    workspace.y(i) = x;
  }
  return x;
}

template <class T>
void Network<T>::predict(Workspace<T>& workspace, TensorView<const T> x, TensorView<T> y) const {
  const TensorView<const T> from = forward(workspace, x, false, {}, y.data());
  if (from.data() != y.data()) std::copy(from.begin(), from.end(), y.begin());  // only reshaped
}

template <class T>
typename Network<T>::Outcome Network<T>::run(Workspace<T>& workspace, const LossInstance<T>& loss,
                                             TensorView<const T> x, const Targets<T>& targets,
                                             const PassOptions& options, bool want_gradient) const {
  const bool fused = fuses(loss);
  const TensorView<const T> y = forward(workspace, x, fused, options);
  const TensorView<T> dy = want_gradient ? workspace.gradient(0, y.shape()) : TensorView<T>{};
  if (!fused) return {loss.compute(y, targets, dy), y};
  const TensorView<T> predictions = workspace.predictions(y.shape());
  return {loss.compute_from_logits(y, targets, dy, predictions), predictions};
}

template <class T>
typename Network<T>::Outcome Network<T>::evaluate(Workspace<T>& workspace,
                                                  const LossInstance<T>& loss,
                                                  TensorView<const T> x, const Targets<T>& targets,
                                                  const PassOptions& options) const {
  return run(workspace, loss, x, targets, options, false);
}

template <class T>
typename Network<T>::Outcome Network<T>::differentiate(
    Workspace<T>& workspace, const LossInstance<T>& loss, TensorView<const T> x,
    const Targets<T>& targets, const PassOptions& options, TensorView<T> dx) {
  const Outcome outcome = run(workspace, loss, x, targets, options, true);
  backward(workspace, x, fuses(loss), options, dx);
  return outcome;
}

template <class T>
void Network<T>::backward(Workspace<T>& workspace, TensorView<const T> input, bool emit_logits,
                          const PassOptions& options, TensorView<T> dx) {
  const Index batch = input.shape()[0];
  std::size_t current = 0;  // which of the two gradients is dy
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    if (i < first_trained_ && dx.empty()) return;
    const Node<T>& node = nodes_[i];
    if (node.instance->reshapes_only()) continue;
    const TensorView<const T> x = i == 0 ? input : workspace.y(i - 1), y = workspace.y(i);
    const TensorView<T> dy = workspace.gradient(current, y.shape());
    const bool wanted = i > first_trained_ || !dx.empty();
    current = 1 - current;
    const TensorView<T> below = wanted ? workspace.gradient(current, x.shape()) : TensorView<T>{};
    node.instance->backward_all(std::span(&x, 1), y, scratch(workspace, i, batch), dy,
                                std::span(&below, 1), pass(i, emit_logits, options));
  }
  if (!dx.empty())
    std::copy_n(workspace.gradient(current, dx.shape()).begin(), dx.size(), dx.begin());
}

template class Network<float>;
template class Network<double>;
template Network<float>::Network(const Network<double>&);
template Network<double>::Network(const Network<float>&);

}  // namespace lanewise::nn
