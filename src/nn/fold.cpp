// Contract in lanewise/nn/fold.hpp.
#include "lanewise/nn/fold.hpp"

#include <algorithm>

#include "lanewise/error.hpp"
#include "nn/sequential_state.hpp"

namespace lanewise {
namespace {

// `second` after `first`.
ChannelAffine compose(const ChannelAffine& first, const ChannelAffine& second) {
  ChannelAffine both = second;
  for (std::size_t c = 0; c < both.scale.size(); ++c) {
    both.shift[c] += second.scale[c] * first.shift[c];
    both.scale[c] *= first.scale[c];
  }
  return both;
}

// A layer and its weights as they are.
template <class T>
WeightedLayer<T> copy_of(const nn::Network<T>& network, const nn::Node<T>& node) {
  WeightedLayer<T> copy{node.layer.description, {}};
  for (const Parameter<T>& parameter : network.parameters_of(node))
    copy.parameters.emplace_back(TensorView<const T>(parameter.value));
  return copy;
}

template <class T>
std::vector<WeightedLayer<T>> fold(const nn::Network<T>& network) {
  std::vector<WeightedLayer<T>> folded;
  const auto nodes = network.nodes();
  for (std::size_t i = 0; i < nodes.size();) {
    const nn::Node<T>& node = nodes[i++];
    std::size_t next = i;
    std::optional<ChannelAffine> after;
    for (; next < nodes.size(); ++next) {
      const auto affine = nodes[next].instance->channel_affine();
      if (!affine) break;
      after = after ? compose(*after, *affine) : *affine;
    }
    auto absorbed = after ? node.instance->absorb(*after) : std::nullopt;
    if (absorbed) i = next;
    folded.push_back(absorbed ? std::move(*absorbed) : copy_of<T>(network, node));
  }
  return folded;
}

}  // namespace

template <class T>
BasicSequential<T> fold_batch_normalization(const BasicSequential<T>& model) {
  if (!model.is_built())
    throw ArgumentError(
        "fold_batch_normalization: the model is not built: it has nothing to fold yet");
  const nn::Network<T>& network = *ModelAccess::network(model);
  const auto layers = fold(network);

  BasicSequential<T> result;
  const auto& declared = ModelAccess::layers(model).declared_input();
  if (declared) result.add(Input{*declared});
  for (const auto& layer : layers) result.add(layer.layer);
  result.set_seed(ModelAccess::seed(model));
  result.build(network.input_shape());
  const auto parameters = result.parameters();
  auto to = parameters.begin();
  for (const auto& layer : layers)
    for (const Tensor<T>& values : layer.parameters)
      std::copy(values.begin(), values.end(), (to++)->value.begin());
  return result;
}

template LANEWISE_API BasicSequential<float> fold_batch_normalization(
    const BasicSequential<float>&);
template LANEWISE_API BasicSequential<double> fold_batch_normalization(
    const BasicSequential<double>&);

}  // namespace lanewise
