// Contract in lanewise/nn/fold.hpp.
#include "lanewise/nn/fold.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "lanewise/error.hpp"
#include "lanewise/nn/convolution_layers.hpp"
#include "lanewise/nn/core_layers.hpp"
#include "lanewise/nn/normalization_layers.hpp"
#include "nn/model_state.hpp"

namespace lanewise {
namespace {

// A scale and a shift for each channel, the last dimension: y = scale * x + shift.
struct ChannelAffine {
  std::vector<double> scale, shift;
};

// `second` after `first`.
ChannelAffine compose(const ChannelAffine& first, const ChannelAffine& second) {
  ChannelAffine both = second;
  for (std::size_t c = 0; c < both.scale.size(); ++c) {
    both.shift[c] += second.scale[c] * first.shift[c];
    both.scale[c] *= first.scale[c];
  }
  return both;
}

// A parameter of a node's layer, by its name without the layer's; empty if it has none such.
template <class T>
TensorView<const T> parameter(const nn::Network<T>& network, const nn::Node<T>& node,
                              std::string_view name) {
  for (const Parameter<T>& each : network.parameters_of(node))
    if (std::string_view(each.name).substr(node.layer.name.size() + 1) == name) return each.value;
  return {};
}

// What a layer does to each channel when it is not training, if that is all it does.
template <class T>
std::optional<ChannelAffine> channel_affine(const nn::Network<T>& network,
                                            const nn::Node<T>& node) {
  const auto* layer = node.layer.description.template target<BatchNormalization>();
  if (!layer) return std::nullopt;
  const auto gamma = parameter(network, node, "gamma"), beta = parameter(network, node, "beta");
  const auto mean = parameter(network, node, "moving_mean");
  const auto variance = parameter(network, node, "moving_variance");
  ChannelAffine affine;
  for (Index c = 0; c < mean.size(); ++c) {
    const double scale = (gamma.empty() ? 1 : static_cast<double>(gamma[c])) /
                         std::sqrt(static_cast<double>(variance[c]) + layer->options.epsilon);
    affine.scale.push_back(scale);
    affine.shift.push_back((beta.empty() ? 0 : static_cast<double>(beta[c])) -
                           static_cast<double>(mean[c]) * scale);
  }
  return affine;
}

// The same layer with a bias, if it is a D that ends in no activation of its own; else empty.
template <class D>
Layer with_bias(const Layer& layer) {
  const D* held = layer.target<D>();
  if (!held || held->options.activation != linear) return {};
  D biased = *held;
  biased.options.use_bias = true;
  return biased;
}

// A layer and its parameters' values, in their order.
template <class T>
struct WeightedLayer {
  Layer layer;
  std::vector<Tensor<T>> parameters;
};

// A layer y = x * kernel + bias with the scale and the shift that follow it, as one layer:
//
//   scale (x * kernel + bias) + shift = x * (kernel scale) + (bias scale + shift)
//
// Nothing if it is no such layer.
template <class T>
std::optional<WeightedLayer<T>> absorb(const nn::Network<T>& network, const nn::Node<T>& node,
                                       const ChannelAffine& after) {
  const Layer& layer = node.layer.description;
  Layer biased;
  for (Layer each : {with_bias<Dense>(layer), with_bias<Conv1D>(layer), with_bias<Conv2D>(layer),
                     with_bias<Conv2DTranspose>(layer), with_bias<DepthwiseConv2D>(layer)})
    if (each) biased = std::move(each);
  if (!biased) return std::nullopt;

  const auto kernel = parameter(network, node, "kernel"), bias = parameter(network, node, "bias");
  const auto channels = static_cast<Index>(after.scale.size());
  // The kernel's elements go to the next output channel every so many, and back to the first after
  // the last.
  const Index stride = layer.target<Conv2DTranspose>() ? kernel.shape()[-1] : 1;
  Tensor<T> scaled(kernel), shifted(Shape{channels});
  const auto scale = [&](T value, Index channel) {
    return static_cast<double>(value) * after.scale[static_cast<std::size_t>(channel)];
  };
  for (Index i = 0; i < scaled.size(); ++i)
    scaled[i] = static_cast<T>(scale(scaled[i], i / stride % channels));
  for (Index c = 0; c < channels; ++c)
    shifted[c] = static_cast<T>((bias.empty() ? 0 : scale(bias[c], c)) +
                                after.shift[static_cast<std::size_t>(c)]);
  WeightedLayer<T> result{std::move(biased), {}};
  result.parameters.push_back(std::move(scaled));
  result.parameters.push_back(std::move(shifted));
  return result;
}

// What becomes of a node: it goes into another, or stays, with other weights if it took one up.
template <class T>
struct Fate {
  std::optional<std::size_t> into;
  std::optional<ChannelAffine> after;
  std::optional<WeightedLayer<T>> folded{};
};

// The node that gives a value which nothing else reads, so that nobody misses it.
template <class T>
std::optional<std::size_t> only_giver(const nn::Network<T>& network, std::size_t value) {
  const std::size_t inputs = network.input_shapes().size();
  const auto nodes = network.nodes();
  const nn::Flow& flow = network.flow(network.root(value));
  if (value < inputs || network.root(value) != value || flow.readers != 1 || flow.outputs > 0)
    return std::nullopt;
  const std::size_t node = value - inputs;
  const bool shared = std::count_if(nodes.begin(), nodes.end(), [&](const nn::Node<T>& other) {
                        return other.owner == nodes[node].owner;
                      }) > 1;
  return shared ? std::nullopt : std::optional(node);
}

template <class T>
std::vector<Fate<T>> fates_of(const nn::Network<T>& network) {
  const auto nodes = network.nodes();
  std::vector<Fate<T>> fates(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto affine = channel_affine(network, nodes[i]);
    const auto giver = affine ? only_giver(network, nodes[i].inputs[0]) : std::nullopt;
    if (!giver) continue;
    const std::size_t into = fates[*giver].into.value_or(*giver);
    Fate<T>& taker = fates[into];
    const ChannelAffine after = taker.after ? compose(*taker.after, *affine) : *affine;
    auto folded = absorb(network, nodes[into], after);
    if (!folded) continue;
    taker.after = after;
    taker.folded = std::move(folded);
    fates[i].into = into;
  }
  return fates;
}

template <class T>
BasicModel<T> fold(const nn::Network<T>& network, std::uint64_t seed) {
  const nn::Graph& graph = network.graph();
  const auto fates = fates_of(network);
  const std::size_t inputs = graph.inputs().size();
  nn::Graph folded = graph.without_nodes();
  std::vector<std::size_t> number(inputs + network.nodes().size());  // of each value
  std::iota(number.begin(), number.begin() + static_cast<std::ptrdiff_t>(inputs), std::size_t{0});
  std::vector<Tensor<T>> weights;
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const nn::Node<T>& node = network.nodes()[i];
    if (fates[i].into) {
      number[inputs + i] = number[inputs + *fates[i].into];
      continue;
    }
    Layer layer = fates[i].folded ? fates[i].folded->layer : node.layer.description;
    layer.name = node.layer.name;
    layer.trainable = node.layer.description.trainable;
    std::vector<std::size_t> values;
    for (const std::size_t value : node.inputs) values.push_back(number[value]);
    number[inputs + i] = folded.add<T>(std::move(layer), std::move(values));
    if (node.owner != i) continue;
    if (fates[i].folded)
      for (const Tensor<T>& values_of : fates[i].folded->parameters) weights.push_back(values_of);
    else
      for (const Parameter<T>& parameter : network.parameters_of(node))
        weights.emplace_back(TensorView<const T>(parameter.value));
  }
  std::vector<std::size_t> outputs;
  for (const std::size_t value : graph.outputs()) outputs.push_back(number[value]);
  folded.set_outputs(std::move(outputs));

  auto built =
      std::make_unique<nn::Network<T>>(folded, network.input_shapes(), seed,
                                       nn::make_nodes<T>(folded.nodes(), network.input_shapes()));
  for (std::size_t p = 0; p < weights.size(); ++p)
    std::copy(weights[p].begin(), weights[p].end(), built->parameters()[p].value.begin());
  return ModelAccess::make<T>(std::move(folded), seed, std::move(built));
}

}  // namespace

template <class T>
BasicModel<T> fold_batch_normalization(const BasicModel<T>& model) {
  if (!model.is_built())
    throw ArgumentError(
        "fold_batch_normalization: the model is not built: it has nothing to fold yet");
  return fold(*ModelAccess::network(model), ModelAccess::seed(model));
}

template <class T>
BasicSequential<T> fold_batch_normalization(const BasicSequential<T>& model) {
  const BasicModel<T>& chain = model;
  return BasicSequential<T>(fold_batch_normalization(chain));
}

#define LANEWISE_INSTANTIATE(T)                                                       \
  template LANEWISE_API BasicModel<T> fold_batch_normalization(const BasicModel<T>&); \
  template LANEWISE_API BasicSequential<T> fold_batch_normalization(const BasicSequential<T>&);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise
