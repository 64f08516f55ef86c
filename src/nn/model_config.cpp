// A model as a Config. The form is in lanewise/nn/json.hpp; graph_reader.cpp reads it.
#include <algorithm>

#include "lanewise/nn/json.hpp"
#include "nn/graph_reader.hpp"
#include "nn/model_state.hpp"

namespace lanewise {
namespace nn {
namespace {

// [name, use] of what this node gives; its layer's first use is 0.
Config name_use(const Graph& graph, std::size_t node) {
  const auto nodes = graph.nodes();
  const std::size_t owner = nodes[node].owner;
  const auto use = std::count_if(nodes.begin() + static_cast<std::ptrdiff_t>(owner),
                                 nodes.begin() + static_cast<std::ptrdiff_t>(node),
                                 [&](const GraphNode& each) { return each.owner == owner; });
  return Config::List{nodes[owner].layer.name, use};
}

// A value by the name of what gives it; of a layer's later uses with their number.
Config name_value(const Graph& graph, std::size_t value) {
  const std::size_t inputs = graph.inputs().size();
  if (value >= inputs && graph.nodes()[value - inputs].owner != value - inputs)
    return name_use(graph, value - inputs);
  return graph.name_of(value);
}

Config name_values(const Graph& graph, std::span<const std::size_t> values) {
  Config list{Config::List{}};
  for (const std::size_t value : values) list.append(name_value(graph, value));
  return list;
}

Config layer_config(const Graph& graph, std::size_t index) {
  const GraphNode& node = graph.nodes()[index];
  Config config;
  if (node.owner != index) {
    config.add("use_of", name_use(graph, index));
  } else {
    Layer layer = node.layer.description;
    layer.name = node.layer.name;  // the one that it was given, if it had none
    config = to_config(layer);
    if (layer.identity) config.add("shared", true);
  }
  config.add("inputs", name_values(graph, node.inputs));
  return config;
}

Config graph_config(const Graph& graph) {
  Config config, inputs{Config::List{}}, layers{Config::List{}};
  for (const GraphInput& input : graph.inputs()) {
    Config entry;
    entry.add("name", input.name);
    entry.add("shape", to_config(input.shape));
    inputs.append(std::move(entry));
  }
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) layers.append(layer_config(graph, i));
  config.add("format", kModelFormat);
  config.add("version", kModelVersion);
  config.add("kind", graph.kind());
  config.add("inputs", std::move(inputs));
  config.add("layers", std::move(layers));
  config.add("outputs", name_values(graph, graph.outputs()));
  return config;
}

}  // namespace
}  // namespace nn

template <class T>
Config ConfigConversion<BasicModel<T>>::to(const BasicModel<T>& model) {
  return nn::graph_config(ModelAccess::graph(model));
}

template <class T>
BasicModel<T> ConfigConversion<BasicModel<T>>::from(const Config& config, const ConfigPath& path) {
  return ModelAccess::make<T>(nn::read_graph<T>(config, path), 0, nullptr);
}

template struct ConfigConversion<BasicModel<float>>;
template struct ConfigConversion<BasicModel<double>>;

}  // namespace lanewise
