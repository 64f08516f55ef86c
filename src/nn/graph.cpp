// Contract in nn/graph.hpp.
#include "nn/graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include "core/impossible_shape.hpp"
#include "lanewise/error.hpp"
#include "lanewise/nn/core_layers.hpp"

namespace lanewise::nn {
namespace {

// "Dense" -> "dense", "MaxPooling2D" -> "max_pooling2d", "Conv2DTranspose" -> "conv2d_transpose",
// as Keras names layers.
std::string snake_case(std::string_view type) {
  std::string name;
  for (std::size_t i = 0; i < type.size(); ++i) {
    const auto letter = static_cast<unsigned char>(type[i]);
    const bool after_lower = i > 0 && std::islower(static_cast<unsigned char>(type[i - 1]));
    const bool begins_word =
        i > 0 && i + 1 < type.size() && std::islower(static_cast<unsigned char>(type[i + 1]));
    if (std::isupper(letter) && (after_lower || begins_word)) name += '_';
    name += static_cast<char>(std::tolower(letter));
  }
  return name;
}

// "(28, 28)", or "(8,) and (16,)".
std::string listed(std::span<const Shape> shapes) {
  std::string text = to_string(shapes.front());
  for (std::size_t i = 1; i < shapes.size(); ++i) text += " and " + to_string(shapes[i]);
  return text;
}

// "one", or "2 (left, right)".
std::string counted(const std::vector<std::string_view>& names) {
  return names.size() == 1 ? "one" : fmt::format("{} ({})", names.size(), fmt::join(names, ", "));
}

// Builds a layer and returns its output's shape. Throws what the layer does, which is not its name.
template <class T>
Shape build_layer(LayerInstance<T>& layer, std::span<const Shape> inputs) {
  try {
    const Shape output = layer.build_all(inputs);
    if (output.size() == 0)
      throw ShapeError(
          fmt::format("got samples of shape {}, of which it makes {}: expected no dimension of 0",
                      listed(inputs), to_string(output)));
    for (const ParameterRequest& request : layer.parameters())  // may be too large to count
      with_prefix([&] { return request.name; }, [&] { request.initializer.template make<T>(); });
    for (const ScratchRequest& request : layer.scratch())
      if (request.grows) request.shape[*request.grows];  // throws if there is no such dimension
    output.with_outer(1);                                // there is room for the batch
    return output;
  } catch (const ImpossibleShape& error) {
    throw ShapeError(fmt::format("got samples of shape {}: {}", listed(inputs), error.what()));
  }
}

// The node that has the weights of a layer of this identity, or none.
const GraphNode* find_shared(std::span<const GraphNode> nodes, const Layer& layer) {
  const auto owner = std::find_if(nodes.begin(), nodes.end(), [&](const GraphNode& node) {
    return layer.identity && node.layer.description.identity == layer.identity;
  });
  return owner == nodes.end() ? nullptr : &*owner;
}

// A shared layer's own name, or the one that its first use was given.
NamedLayer another_use(const GraphNode& owner, Layer layer) {
  if (!layer.name.empty() && layer.name != owner.layer.name)
    throw ArgumentError(
        fmt::format("named: got the name '{}' for the shared layer {}, which has one", layer.name,
                    describe(owner.layer)));
  if (layer.trainable != owner.layer.description.trainable)
    throw ArgumentError(fmt::format("frozen: the shared layer {} is frozen in one place only",
                                    describe(owner.layer)));
  return {std::move(layer), owner.layer.name};
}

// What has a name already: "a Dense", or "an input"; empty if nothing has.
std::string owner_of(const std::string& name, std::span<const GraphInput> inputs,
                     std::span<const GraphNode> nodes) {
  for (const GraphInput& input : inputs)
    if (input.name == name) return "an input";
  for (const GraphNode& node : nodes)
    if (node.layer.name == name) return fmt::format("a {}", node.layer.type());
  return {};
}

NamedLayer name_layer(std::span<const GraphInput> inputs, std::span<const GraphNode> nodes,
                      Layer layer) {
  std::string name = layer.name;
  if (!name.empty()) {
    if (const std::string owner = owner_of(name, inputs, nodes); !owner.empty())
      throw ArgumentError(fmt::format("named: got the name '{}' for a {}, but {} has it already",
                                      name, layer.type_name(), owner));
  } else {
    const std::string base = snake_case(layer.type_name());
    name = base;
    for (int n = 1; !owner_of(name, inputs, nodes).empty(); ++n)
      name = fmt::format("{}_{}", base, n);
  }
  return {std::move(layer), std::move(name)};
}

}  // namespace

std::string describe(const NamedLayer& layer) {
  return fmt::format("{} ({})", layer.name, layer.type());
}

template <class T>
std::size_t Graph::add(Layer layer, std::vector<std::size_t> inputs) {
  if (!layer) throw ArgumentError("add: got an empty layer");
  const std::size_t index = nodes_.size();
  GraphNode node{{}, std::move(inputs), index};
  if (const GraphNode* owner = find_shared(nodes_, layer)) {
    node.owner = owner->owner;
    node.layer = another_use(*owner, std::move(layer));
  } else {
    layer.make<T>();  // throws if an option is out of range
    node.layer = name_layer(inputs_, nodes_, std::move(layer));
  }
  nodes_.push_back(std::move(node));
  return inputs_.size() + index;
}

template <class T>
void Graph::append(Layer layer) {
  if (!layer) throw ArgumentError("add: got an empty layer");
  if (const Input* input = layer.target<Input>()) {
    layer.make<T>();  // throws if an option is out of range
    if (!nodes_.empty() || inputs_[0].shape)
      throw ArgumentError("Sequential: an Input can only be the first layer");
    if (!layer.name.empty()) inputs_[0].name = layer.name;
    inputs_[0].shape = input->shape;
    return;
  }
  outputs_ = {add<T>(std::move(layer), outputs_)};
}

Graph Graph::without_nodes() const {
  Graph empty(inputs_);
  empty.kind_ = kind_;
  return empty;
}

bool Graph::is_chain() const {
  if (inputs_.size() != 1 || outputs_.size() != 1 || outputs_[0] != nodes_.size()) return false;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].inputs != std::vector<std::size_t>{i} || nodes_[i].owner != i) return false;
  return true;
}

std::optional<std::vector<Shape>> Graph::declared_shapes() const {
  std::vector<Shape> shapes;
  for (const GraphInput& input : inputs_) {
    if (!input.shape) return std::nullopt;
    shapes.push_back(*input.shape);
  }
  return shapes;
}

const std::string& Graph::name_of(std::size_t value) const {
  return value < inputs_.size() ? inputs_[value].name : nodes_[value - inputs_.size()].layer.name;
}

std::string Graph::describe_value(std::size_t value) const {
  return value < inputs_.size() ? inputs_[value].name
                                : describe(nodes_[value - inputs_.size()].layer);
}

std::size_t Graph::node_named(std::string_view who, std::string_view name) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].layer.name == name) return i;
    if (nodes_[i].owner == i) names.push_back(nodes_[i].layer.name);
  }
  throw ArgumentError(
      fmt::format("{}: there is no '{}' among: {}", who, name, fmt::join(names, ", ")));
}

std::size_t Graph::value_named(std::string_view name) const {
  for (std::size_t j = 0; j < inputs_.size(); ++j)
    if (inputs_[j].name == name) return j;
  const std::size_t node = node_named("part", name);
  const auto uses = std::count_if(nodes_.begin(), nodes_.end(), [&](const GraphNode& other) {
    return other.owner == nodes_[node].owner;
  });
  if (uses > 1)
    throw ArgumentError(fmt::format(
        "part: the shared layer {} gives {} values: give the one that is meant, as a Value",
        describe(nodes_[node].layer), uses));
  return inputs_.size() + node;
}

std::size_t Graph::value_of(const Value& value) const {
  for (std::size_t i = 0; i < origins_.size(); ++i)
    if (value.node() && origins_[i].node() == value.node()) return i;
  throw ArgumentError("part: got a value that the model was not made of");
}

std::vector<char> Graph::needed(std::span<const std::size_t> to,
                                std::span<const std::size_t> from) const {
  std::vector<char> needed(inputs_.size() + nodes_.size(), 0);
  for (const std::size_t value : to) needed[value] = 1;
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    const std::size_t value = inputs_.size() + i;
    if (needed[value] && std::find(from.begin(), from.end(), value) == from.end())
      for (const std::size_t input : nodes_[i].inputs) needed[input] = 1;
  }
  return needed;
}

Graph::Part Graph::part(std::span<const std::size_t> from, std::span<const std::size_t> to) const {
  constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();
  const auto is_input = [&](std::size_t value) {
    return std::find(from.begin(), from.end(), value) != from.end();
  };
  const std::vector<char> needed = this->needed(to, from);
  for (std::size_t value = 0; value < inputs_.size(); ++value)
    if (needed[value] && !is_input(value))
      throw ArgumentError(fmt::format("part: the outputs need the input '{}', which is not given",
                                      describe_value(value)));
  for (const std::size_t value : from)
    if (!needed[value])
      throw ArgumentError(
          fmt::format("part: no output needs the input '{}'", describe_value(value)));

  Part part;
  std::vector<std::size_t> number(needed.size(), kAbsent);  // of each value in the part
  for (const std::size_t value : from) {
    number[value] = part.graph.inputs_.size();
    part.graph.inputs_.push_back(
        {name_of(value), value < inputs_.size() ? inputs_[value].shape : std::nullopt});
  }
  std::vector<std::size_t> owners(nodes_.size(), kAbsent);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const std::size_t value = inputs_.size() + i;
    if (!needed[value] || is_input(value)) continue;
    GraphNode node{nodes_[i].layer, {}, 0};  // the same name, whatever else there was
    for (const std::size_t input : nodes_[i].inputs) node.inputs.push_back(number[input]);
    const std::size_t index = part.graph.nodes_.size();
    std::size_t& owner = owners[nodes_[i].owner];
    if (owner == kAbsent) owner = index;
    node.owner = owner;
    number[value] = from.size() + index;
    part.graph.nodes_.push_back(std::move(node));
    part.nodes.push_back(i);
  }
  for (const std::size_t value : to) part.graph.outputs_.push_back(number[value]);
  return part;
}

void Graph::check_inputs(std::span<const Shape> shapes) const {
  if (nodes_.empty()) throw ArgumentError(fmt::format("{}: the model has no layers", kind_));
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    if (inputs_[i].shape && shapes[i] != *inputs_[i].shape)
      throw ShapeError(fmt::format(
          "{}: got samples of shape {}, its {} declares {}", kind_, to_string(shapes[i]),
          inputs_.size() == 1 ? "Input" : fmt::format("input {}", inputs_[i].name),
          to_string(*inputs_[i].shape)));
}

std::string Graph::called(std::string_view what, std::size_t input) const {
  return inputs_.size() == 1 ? std::string(what)
                             : fmt::format("{} '{}'", what, inputs_[input].name);
}

std::string Graph::called_output(std::string_view what, std::size_t output) const {
  return outputs_.size() == 1 ? std::string(what)
                              : fmt::format("{} '{}'", what, name_of(outputs_[output]));
}

std::string Graph::list_inputs() const {
  std::vector<std::string_view> names;
  for (const GraphInput& input : inputs_) names.push_back(input.name);
  return counted(names);
}

std::string Graph::list_outputs() const {
  std::vector<std::string_view> names;
  for (const std::size_t value : outputs_) names.push_back(name_of(value));
  return counted(names);
}

template <class T>
std::vector<Node<T>> make_nodes(std::span<const GraphNode> nodes, std::span<const Shape> inputs) {
  std::vector<Node<T>> made;
  std::vector<Shape> shapes(inputs.begin(), inputs.end());
  for (const GraphNode& each : nodes) {
    auto instance = each.layer.description.template make<T>();
    std::vector<Shape> taken;
    for (const std::size_t value : each.inputs) taken.push_back(shapes[value]);
    shapes.push_back(naming(each.layer, [&] { return build_layer(*instance, taken); }));
    Node<T> node;
    static_cast<GraphNode&>(node) = each;
    node.reshapes_only = instance->reshapes_only();
    node.adds_loss = instance->adds_loss();
    node.hands_on = instance->hands_on_gradient() &&
                    std::all_of(taken.begin(), taken.end(),
                                [&](const Shape& shape) { return shape == shapes.back(); });
    node.scratch = instance->scratch();
    node.instance = std::move(instance);
    node.output = shapes.back();
    made.push_back(std::move(node));
  }
  std::vector<char> used_later(made.size(), 0);
  for (std::size_t i = made.size(); i-- > 0;)
    made[i].is_last_use = !std::exchange(used_later[made[i].owner], 1);
  return made;
}

template <class T>
std::size_t root_of(std::span<const Node<T>> nodes, std::size_t inputs, std::size_t value) {
  while (value >= inputs && nodes[value - inputs].reshapes_only)
    value = nodes[value - inputs].inputs[0];
  return value;
}

template <class T>
Ending ending_of(std::span<const Node<T>> nodes, std::span<const Shape> inputs, std::size_t value) {
  const std::size_t root = root_of<T>(nodes, inputs.size(), value);
  return {value < inputs.size() ? inputs[value] : nodes[value - inputs.size()].output,
          root < inputs.size() ? std::nullopt
                               : nodes[root - inputs.size()].instance->output_activation()};
}

#define LANEWISE_INSTANTIATE(T)                                                                 \
  template std::size_t Graph::add<T>(Layer, std::vector<std::size_t>);                          \
  template void Graph::append<T>(Layer);                                                        \
  template std::vector<Node<T>> make_nodes(std::span<const GraphNode>, std::span<const Shape>); \
  template std::size_t root_of(std::span<const Node<T>>, std::size_t, std::size_t);             \
  template Ending ending_of(std::span<const Node<T>>, std::span<const Shape>, std::size_t);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::nn
