// The way back through a network. Contract in nn/network.hpp.
#include <algorithm>

#include "lanewise/ops/merge.hpp"
#include "nn/network.hpp"

namespace lanewise::nn {

template <class T>
TensorView<T> Network<T>::gradient_of(Workspace<T>& workspace, std::size_t value, Index batch,
                                      std::span<const TensorView<T>> dx) const {
  const std::size_t inputs = input_shapes_.size();
  const std::size_t root = roots_[value];
  const Shape shape = value_shape(value).with_outer(batch);
  if (root < inputs)
    return dx.empty() || dx[root].empty() ? TensorView<T>{} : dx[root].reshape(shape);
  return workspace.gradient(root - inputs, shape);
}

template <class T>
void Network<T>::backward(Workspace<T>& workspace, std::span<const TensorView<const T>> dy,
                          const PassOptions& options, std::span<const TensorView<T>> dx) {
  const Index batch = workspace.values[0].shape()[0];
  std::fill(workspace.has_gradient.begin(), workspace.has_gradient.end(), 0);
  for (std::size_t k = 0; k < dy.size(); ++k) {
    if (dy[k].empty()) continue;
    const TensorView<T> to = gradient_of(workspace, outputs()[k], batch, dx);
    if (to.empty()) continue;
    char& there = workspace.has_gradient[roots_[outputs()[k]]];
    if (there)
      ops::accumulate<T>(dy[k], to);
    else
      std::copy(dy[k].begin(), dy[k].end(), to.begin());
    there = 1;
  }
  backward_nodes(workspace, options, dx);
}

template <class T>
void Network<T>::backward_nodes(Workspace<T>& workspace, const PassOptions& options,
                                std::span<const TensorView<T>> dx) {
  if (weights_.is_part())  // what is not in the part has none
    std::fill(weights_.gradients().begin(), weights_.gradients().end(), T(0));
  for (std::size_t i = nodes_.size(); i-- > 0;)
    if (!nodes_[i].reshapes_only) backward_node(workspace, i, options, dx);
  weights_.add_penalty_gradients();
  weights_.set_has_gradients(true);
  for (std::size_t j = 0; j < dx.size(); ++j)
    if (!workspace.has_gradient[j]) std::fill(dx[j].begin(), dx[j].end(), T(0));
}

template <class T>
void Network<T>::backward_node(Workspace<T>& workspace, std::size_t i, const PassOptions& options,
                               std::span<const TensorView<T>> dx) {
  const Node<T>& node = nodes_[i];
  const std::size_t value = input_shapes_.size() + i;
  const Index batch = workspace.values[0].shape()[0];
  const bool trained = node.layer.description.trainable && !parameters_of(node).empty();
  if (node.adds_loss && !workspace.has_gradient[value]) {  // its own term is all there is
    const TensorView<T> nothing = workspace.gradient(i, workspace.values[value].shape());
    std::fill(nothing.begin(), nothing.end(), T(0));
    workspace.has_gradient[value] = 1;
  }
  const bool needed =
      workspace.has_gradient[value] && (place_below(workspace, i, batch, dx) || trained);
  if (needed && node.hands_on) {
    hand_on(workspace, i, batch, dx);
  } else if (needed) {
    const std::span<TensorView<T>> below = std::span(workspace.below).first(node.inputs.size());
    const TensorView<T> dy = workspace.gradient(i, workspace.values[value].shape());
    Pass pass = this->pass(workspace, i, options);
    pass.takes_derivative = node.takes_derivative;
    pass.emit_logits |= node.leaves_derivative;
    node.instance->backward_all(operands(workspace, node), workspace.values[value],
                                workspace.scratch(i, node.scratch, batch), dy, below, pass);
    // [join]
    for (std::size_t e = 0; e < below.size(); ++e) {
      if (below[e].empty()) continue;
      const TensorView<T> first = gradient_of(workspace, node.inputs[e], batch, dx);
      if (below[e].data() != first.data()) ops::accumulate<T>(below[e], first);
      workspace.has_gradient[roots_[node.inputs[e]]] = 1;
    }
    // [join]
  }
  if (needed && trained && !node.is_last_use) weights_.add_spare(nodes_, node);
  if (!(needed && trained) && node.is_last_use) weights_.clear_gradients(nodes_, node);
}

// Gives the gradient of a node to its inputs. One of them may have it in the same place already.
template <class T>
void Network<T>::hand_on(Workspace<T>& workspace, std::size_t i, Index batch,
                         std::span<const TensorView<T>> dx) const {
  const Node<T>& node = nodes_[i];
  const TensorView<const T> dy = workspace.gradient(i, node.output.with_outer(batch));
  for (std::size_t e = 0; e < node.inputs.size(); ++e) {
    if (workspace.below[e].empty()) continue;  // nobody wants it
    const TensorView<T> to = gradient_of(workspace, node.inputs[e], batch, dx);
    char& there = workspace.has_gradient[roots_[node.inputs[e]]];
    if (there)
      ops::accumulate<T>(dy, to);
    else if (to.data() != dy.data())
      std::copy(dy.begin(), dy.end(), to.begin());
    there = 1;
  }
}

// Chooses where the gradients of a node's inputs go: each to its place if nobody was there before,
// else to the spare one; nowhere if nobody wants it. Returns whether there is any.
template <class T>
bool Network<T>::place_below(Workspace<T>& workspace, std::size_t i, Index batch,
                             std::span<const TensorView<T>> dx) const {
  const Node<T>& node = nodes_[i];
  bool any = false;
  for (std::size_t e = 0; e < node.inputs.size(); ++e) {
    const std::size_t root = roots_[node.inputs[e]];
    const bool wanted = root < input_shapes_.size() || learns_[root] || !dx.empty();
    TensorView<T> place =
        wanted ? gradient_of(workspace, node.inputs[e], batch, dx) : TensorView<T>{};
    bool again = workspace.has_gradient[root];
    for (std::size_t other = 0; other < e; ++other) again |= roots_[node.inputs[other]] == root;
    if (again && !place.empty()) place = workspace.spare(i, e, place.shape());
    workspace.below[e] = place;
    any |= !place.empty();
  }
  return any;
}

#define LANEWISE_INSTANTIATE(T)                                                           \
  template TensorView<T> Network<T>::gradient_of(Workspace<T>&, std::size_t, Index,       \
                                                 std::span<const TensorView<T>>) const;   \
  template void Network<T>::backward(Workspace<T>&, std::span<const TensorView<const T>>, \
                                     const PassOptions&, std::span<const TensorView<T>>); \
  template void Network<T>::backward_nodes(Workspace<T>&, const PassOptions&,             \
                                           std::span<const TensorView<T>>);               \
  template void Network<T>::backward_node(Workspace<T>&, std::size_t, const PassOptions&, \
                                          std::span<const TensorView<T>>);                \
  template void Network<T>::hand_on(Workspace<T>&, std::size_t, Index,                    \
                                    std::span<const TensorView<T>>) const;                \
  template bool Network<T>::place_below(Workspace<T>&, std::size_t, Index,                \
                                        std::span<const TensorView<T>>) const;
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::nn
