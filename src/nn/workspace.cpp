// Contract in nn/workspace.hpp.
#include "nn/workspace.hpp"

#include <algorithm>
#include <numeric>

#include "lanewise/ops/rows.hpp"
#include "nn/network.hpp"

namespace lanewise::nn {

template <class T>
TensorView<const T> gather(const Inputs<T>& x, std::span<const Index> samples,
                           TensorView<T> buffer) {
  if (const auto* bytes = x.bytes()) {
    ops::gather_rows<T>(bytes->bytes, samples, static_cast<T>(bytes->scale), buffer);
    return buffer;
  }
  if (const auto* indices = x.indices()) {
    gather_integers(*indices, samples, buffer);
    return buffer;
  }
  const auto gap = std::adjacent_find(samples.begin(), samples.end(),
                                      [](Index i, Index next) { return next != i + 1; });
  if (gap == samples.end()) return x.numbers()->rows(samples.front(), samples.back() + 1);
  ops::gather_rows<T>(*x.numbers(), samples, buffer);
  return buffer;
}

template <class T>
void Workspace<T>::reserve(const Network<T>& network, Need need) {
  if (need.batch <= planned_.batch && need.purpose <= planned_.purpose &&
      (planned_.input || !need.input) && (planned_.prepared || !need.prepared))
    return;
  need = {std::max(need.batch, planned_.batch), std::max(need.purpose, planned_.purpose),
          need.input || planned_.input, need.prepared || planned_.prepared};
  planned_ = {};  // should this throw: the offsets are not those of the arena any more
  const Index size = plan(network, need);
  data_ = static_cast<T*>(arena_.at_least(sizeof(T) * static_cast<std::size_t>(size)));
#ifndef NDEBUG
  std::fill_n(data_, size, std::numeric_limits<T>::quiet_NaN());  // what is read before it is set
#endif
  if (need.input) {
    in_order_.resize(static_cast<std::size_t>(need.batch));
    std::iota(in_order_.begin(), in_order_.end(), Index{0});
  }
  planned_ = need;
}

template <class T>
Index Workspace<T>::plan(const Network<T>& network, const Need& need) {
  const std::span<const Node<T>> nodes = network.nodes();
  const std::size_t inputs = network.input_shapes().size(), count = nodes.size();
  const std::size_t outputs = network.outputs().size();
  const std::size_t end = 2 * count + 1;  // later than every step
  const bool trains = need.purpose == Purpose::train;

  Lifetimes lifetimes(network.graph().kind(), need.batch, sizeof(T));
  nodes_.assign(count, {});
  inputs_.assign(inputs, 0);
  outputs_.assign(outputs, {});
  if (need.input)
    for (std::size_t j = 0; j < inputs; ++j)
      lifetimes.want_samples(inputs_[j], network.input_shapes()[j].size(), 0, end, nullptr);

  std::size_t most_inputs = 0, edges = 0, most_kept = 0, pieces = 0;
  for (std::size_t i = 0; i < count; ++i) {
    nodes_[i].first_input = edges;
    nodes_[i].first_kept = pieces;
    edges += nodes[i].inputs.size();
    pieces += nodes[i].scratch.size();
    most_inputs = std::max(most_inputs, nodes[i].inputs.size());
    most_kept = std::max(most_kept, nodes[i].scratch.size());
  }
  spares_.assign(edges, 0);
  kept_.assign(pieces, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const Node<T>& node = nodes[i];
    if (node.reshapes_only) continue;
    const auto& flow = network.flow(inputs + i);
    const std::size_t kept = trains ? 2 * count - i : i;
    // What predict() gives lies in the caller's memory; want() still finds what is too large.
    const bool outside = need.purpose == Purpose::predict && flow.outputs > 0;
    const std::size_t last = flow.outputs > 0 ? end : std::max(kept, flow.last_reader);
    lifetimes.want_samples(nodes_[i].output, outside ? 0 : node.output.size(), i, last,
                           &node.layer);
    for (std::size_t k = 0; k < node.scratch.size(); ++k) {
      const ScratchRequest& request = node.scratch[k];
      if (request.for_backward && !trains) continue;
      Index& offset = kept_[nodes_[i].first_kept + k];
      if (request.prepared)
        lifetimes.want(offset, need.prepared ? request.shape.size() : 0, 0, end, &node.layer,
                       request.name);
      else if (request.grows)
        lifetimes.want_samples(offset, request.shape.size(), i, kept, &node.layer, request.name);
      else
        lifetimes.want(offset, request.shape.size(), i, kept, &node.layer, request.name);
    }
  }
  if (need.purpose != Purpose::predict)
    for (std::size_t k = 0; k < outputs; ++k)
      lifetimes.want_samples(outputs_[k].predictions, network.output_shape(k).size(), count, end,
                             network.giver(network.outputs()[k]));
  if (trains) plan_backward(network, lifetimes);

  values.assign(inputs + count, {});
  operands.assign(most_inputs, {});
  below.assign(most_inputs, {});
  scratch_.assign(most_kept, {});
  has_gradient.assign(inputs + count, 0);
  emits_logits.assign(count, 0);
  added_losses.assign(count, 0);
  losses.assign(outputs, 0);
  predicted.assign(outputs, {});
  numbers_.assign(inputs, {});
  return lifetimes.pack();
}

// Chooses the place of each gradient: its own, or that of a sum, which hands its gradient on and is
// done with it. One input of a sum keeps the place, if nothing wrote its gradient before. Others
// lie in it as lodgers that do not write there, if they are done before the keeper writes again.
template <class T>
void Workspace<T>::lend_gradients(const Network<T>& network) {
  const std::span<const Node<T>> nodes = network.nodes();
  const std::size_t inputs = network.input_shapes().size(), count = nodes.size();
  for (std::size_t i = 0; i < count; ++i) nodes_[i].lender = i;
  for (std::size_t sum = count; sum-- > 0;) {
    if (!nodes[sum].hands_on) continue;
    const auto may_lie_here = [&](std::size_t root) {
      const Flow& flow = network.flow(root);
      return root >= inputs && flow.outputs == 0 && flow.last_reader == sum && flow.once_by_last;
    };
    std::size_t keeper = 0;  // a value; rather one that others read, too, and that would be copied
    for (const std::size_t value : nodes[sum].inputs) {
      const std::size_t root = network.root(value);
      if (may_lie_here(root) &&
          (keeper < inputs || network.flow(root).readers > network.flow(keeper).readers))
        keeper = root;
    }
    if (keeper < inputs) continue;
    nodes_[keeper - inputs].lender = nodes_[sum].lender;
    for (const std::size_t value : nodes[sum].inputs) {
      const std::size_t root = network.root(value);
      if (root == keeper || !may_lie_here(root) || network.flow(root).readers > 1) continue;
      const std::size_t lodger = root - inputs;
      if (!nodes[lodger].instance->overwrites_gradient() && lodger > network.flow(keeper).earlier)
        nodes_[lodger].lender = nodes_[sum].lender;
    }
  }
}

template <class T>
void Workspace<T>::plan_backward(const Network<T>& network, Lifetimes& lifetimes) {
  const std::span<const Node<T>> nodes = network.nodes();
  const std::size_t inputs = network.input_shapes().size(), count = nodes.size();
  lend_gradients(network);
  std::vector<std::size_t> last(count, 0);  // of each lender
  for (std::size_t i = 0; i < count; ++i)
    last[nodes_[i].lender] = std::max(last[nodes_[i].lender], 2 * count - i);
  for (std::size_t i = 0; i < count; ++i) {
    const Node<T>& node = nodes[i];
    if (node.reshapes_only) continue;
    const Flow& flow = network.flow(inputs + i);
    if (nodes_[i].lender == i)
      lifetimes.want_samples(nodes_[i].gradient, node.output.size(),
                             flow.outputs > 0 ? count : 2 * count - flow.last_reader, last[i],
                             &node.layer);
    if (node.hands_on) continue;  // it adds to what is there
    for (std::size_t e = 0; e < node.inputs.size(); ++e) {
      const Flow& above = network.flow(network.root(node.inputs[e]));
      if (above.readers + above.outputs > 1)
        lifetimes.want_samples(spares_[nodes_[i].first_input + e],
                               network.value_shape(node.inputs[e]).size(), 2 * count - i,
                               2 * count - i, &node.layer);
    }
  }
  for (std::size_t k = 0; k < network.outputs().size(); ++k)
    if (network.flow(network.root(network.outputs()[k])).outputs > 1)
      lifetimes.want_samples(outputs_[k].spare, network.output_shape(k).size(), count, count,
                             network.giver(network.outputs()[k]));
}

template <class T>
std::span<const TensorView<const T>> Workspace<T>::numbers(std::span<const Inputs<T>> all,
                                                           Index begin, Index end) {
  for (std::size_t j = 0; j < all.size(); ++j) {
    const Inputs<T> x = all[j].rows(begin, end);
    const auto samples =
        std::span(in_order_).first(x.numbers() ? 0 : static_cast<std::size_t>(x.samples()));
    numbers_[j] = x.numbers() ? *x.numbers() : gather(x, samples, input(j, x.shape()));
  }
  return numbers_;
}

template <class T>
std::span<const TensorView<const T>> Workspace<T>::copy(std::span<const Inputs<T>> all) {
  numbers(all, 0, all[0].samples());
  for (std::size_t j = 0; j < all.size(); ++j) {
    if (!all[j].numbers()) continue;  // they are in input() already
    const TensorView<T> own = input(j, all[j].shape());
    std::copy(numbers_[j].begin(), numbers_[j].end(), own.begin());
    numbers_[j] = own;
  }
  return numbers_;
}

template TensorView<const float> gather(const Inputs<float>&, std::span<const Index>,
                                        TensorView<float>);
template TensorView<const double> gather(const Inputs<double>&, std::span<const Index>,
                                         TensorView<double>);
template class Workspace<float>;
template class Workspace<double>;

}  // namespace lanewise::nn
