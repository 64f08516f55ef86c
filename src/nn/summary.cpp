// What a model says of itself. Contract in lanewise/nn/model.hpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "lanewise/error.hpp"
#include "lanewise/nn/model.hpp"
#include "nn/model_state.hpp"
#include "nn/summary.hpp"

namespace lanewise {

std::string nn::with_batch(const Shape& shape) {
  std::string text = "(None";
  for (const Index size : shape.sizes()) text += fmt::format(", {}", size);
  return text + ")";
}

std::string nn::thousands(Index count) {
  std::string digits = std::to_string(count);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
    digits.insert(static_cast<std::size_t>(i), 1, ',');
  return digits;
}

namespace {

// Keras's widths; a longer title widens its column.
constexpr std::size_t kTitle = 27, kShape = 26, kCount = 10, kConnections = 30;

// The inputs of a model that is no chain have rows of their own, as in Keras.
std::vector<LayerInfo> with_inputs(const nn::Graph& graph, std::span<const Shape> shapes,
                                   std::vector<LayerInfo> layers) {
  std::vector<LayerInfo> all;
  for (std::size_t j = 0; j < shapes.size(); ++j)
    all.push_back({graph.inputs()[j].name, "InputLayer", {}, shapes[j], 0, true});
  all.insert(all.end(), layers.begin(), layers.end());
  return all;
}

}  // namespace

template <class T>
std::vector<LayerInfo> BasicModel<T>::layers() const {
  State& state = this->state("layers");
  const nn::Network<T>& network = require_built(state.build_declared(), "layers");
  std::vector<LayerInfo> infos;
  std::vector<std::size_t> place(network.nodes().size());  // of each owner
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const nn::Node<T>& node = network.nodes()[i];
    if (node.owner == i) {
      place[i] = infos.size();
      Index count = 0;
      for (const auto& parameter : network.parameters_of(node)) count += parameter.value.size();
      infos.push_back({node.layer.name,
                       std::string(node.layer.type()),
                       {},
                       node.output,
                       count,
                       node.layer.description.trainable});
    }
    for (const std::size_t value : node.inputs)
      infos[place[node.owner]].inputs.push_back(network.graph().name_of(value));
  }
  return infos;
}

template <class T>
LayerInfo BasicModel<T>::layer(std::string_view name) const {
  std::vector<std::string> names;
  for (LayerInfo& info : layers()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  throw ArgumentError(
      fmt::format("layer: there is no '{}' among: {}", name, fmt::join(names, ", ")));
}

template <class T>
std::string BasicModel<T>::summary() const {
  State& state = this->state("summary");
  const nn::Network<T>& network = require_built(state.build_declared(), "summary");
  const bool connected = !state.graph.is_chain();
  std::vector<LayerInfo> rows = layers();
  if (!state.graph.is_sequential())
    rows = with_inputs(state.graph, network.input_shapes(), std::move(rows));

  const auto title = [](const LayerInfo& row) {
    return fmt::format("{} ({})", row.name, row.type);
  };
  std::size_t widest = kTitle;
  for (const LayerInfo& row : rows) widest = std::max(widest, title(row).size());
  const std::size_t width = widest + kShape + kCount + 2 + (connected ? kConnections : 0);
  const std::string thin(width, '_'), thick(width, '=');
  std::string text = fmt::format("Model: \"{}\"\n{}\n",
                                 state.graph.is_sequential() ? "sequential" : "model", thin);
  text += fmt::format(" {:<{}} {:<{}}{:<{}}{}\n{}\n", "Layer (type)", widest, "Output Shape",
                      kShape, "Param #", kCount, connected ? "Connected to" : "", thick);
  for (const LayerInfo& row : rows) {
    std::string connections;
    if (connected) connections = fmt::format("{}", fmt::join(row.inputs, ", "));
    text += fmt::format(" {:<{}} {:<{}}{:<{}}{}\n", title(row), widest,
                        nn::with_batch(row.output_shape), kShape, row.parameter_count, kCount,
                        connections);
  }
  const Index total = network.parameter_count(), trained = network.trainable_count();
  text += fmt::format("{}\nTotal params: {}\nTrainable params: {}\nNon-trainable params: {}\n{}\n",
                      thick, nn::thousands(total), nn::thousands(trained),
                      nn::thousands(total - trained), thin);
  return text;
}

#define LANEWISE_INSTANTIATE(T)                                                      \
  template LANEWISE_API std::vector<LayerInfo> BasicModel<T>::layers() const;        \
  template LANEWISE_API LayerInfo BasicModel<T>::layer(std::string_view name) const; \
  template LANEWISE_API std::string BasicModel<T>::summary() const;
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise
