// Contract in lanewise/nn/functional.hpp and nn/functional.hpp.
#include "nn/functional.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <unordered_map>

#include "lanewise/error.hpp"

namespace lanewise {
namespace {

Value make_value(Layer layer, std::vector<Value> inputs, const Shape& shape, std::string name) {
  static std::atomic<std::uint64_t> made = 0;
  return Value(std::make_shared<const nn::ValueNode>(nn::ValueNode{
      made.fetch_add(1), std::move(layer), std::move(inputs), shape, std::move(name)}));
}

}  // namespace

Value input(const Shape& shape, std::string name) {
  if (shape.size() == 0)
    throw ArgumentError(fmt::format("input: got samples of shape {}, expected no dimension of 0",
                                    to_string(shape)));
  return make_value({}, {}, shape, std::move(name));
}

Value merge(const Layer& layer, const std::vector<Value>& inputs) {
  if (!layer) throw ArgumentError("merge: got an empty layer");
  if (inputs.empty()) throw ArgumentError("merge: got no values");
  for (const Value& value : inputs)
    if (!value.node()) throw ArgumentError("merge: got an empty value");
  if (layer.make<float>()->declared_input())  // an option out of range throws here
    throw ArgumentError("merge: got an Input, which begins a Sequential: input() makes a value");
  return make_value(layer, inputs, {}, {});
}

Value operator|(const Value& x, const Layer& layer) {
  return merge(layer, {x});
}

namespace nn {
namespace {

using NodePointer = const ValueNode*;

// What a message calls a value before its layer has a name.
std::string describe(NodePointer node) {
  if (!node->layer)
    return fmt::format("an input of shape {}{}", to_string(node->shape),
                       node->name.empty() ? "" : ", '" + node->name + "'");
  const std::string type(node->layer.make<float>()->type());
  return node->layer.name.empty() ? "a " + type : fmt::format("{} ({})", node->layer.name, type);
}

std::vector<NodePointer> nodes_of(std::span<const Value> values, const char* what) {
  std::vector<NodePointer> nodes;
  for (const Value& value : values) {
    if (!value.node())
      throw ArgumentError(fmt::format("Model: got an empty value among the {}", what));
    if (std::find(nodes.begin(), nodes.end(), value.node().get()) != nodes.end())
      throw ArgumentError(
          fmt::format("Model: got {} twice among the {}", describe(value.node().get()), what));
    nodes.push_back(value.node().get());
  }
  if (nodes.empty()) throw ArgumentError(fmt::format("Model: got no {}", what));
  return nodes;
}

// All that these depend on, themselves included, in the order in which it was made.
std::vector<NodePointer> needed_by(const std::vector<NodePointer>& outputs) {
  std::vector<NodePointer> found, open = outputs;
  std::unordered_map<NodePointer, bool> seen;
  while (!open.empty()) {
    const NodePointer node = open.back();
    open.pop_back();
    if (std::exchange(seen[node], true)) continue;
    found.push_back(node);
    for (const Value& value : node->inputs) open.push_back(value.node().get());
  }
  std::sort(found.begin(), found.end(),
            [](NodePointer a, NodePointer b) { return a->order < b->order; });
  return found;
}

}  // namespace

template <class T>
Graph make_graph(std::span<const Value> inputs, std::span<const Value> outputs) {
  const std::vector<NodePointer> begins = nodes_of(inputs, "inputs"),
                                 ends = nodes_of(outputs, "outputs");
  const std::vector<NodePointer> needed = needed_by(ends);
  std::vector<GraphInput> declared;
  std::unordered_map<NodePointer, std::size_t> number;
  for (const NodePointer node : begins) {
    if (node->layer)
      throw ArgumentError(fmt::format(
          "Model: got the output of {} as an input, expected what input() gives; part() begins in "
          "the middle of a model",
          describe(node)));
    if (!std::binary_search(needed.begin(), needed.end(), node,
                            [](NodePointer a, NodePointer b) { return a->order < b->order; }))
      throw ArgumentError(fmt::format("Model: no output needs {}", describe(node)));
    number[node] = declared.size();
    declared.push_back(
        {node->name.empty() ? fmt::format("input_{}", declared.size() + 1) : node->name,
         node->shape});
    for (std::size_t j = 0; j + 1 < declared.size(); ++j)
      if (declared[j].name == declared.back().name)
        throw ArgumentError(fmt::format("Model: two inputs are named '{}'", declared[j].name));
  }
  Graph graph(std::move(declared));
  for (const NodePointer node : needed) {
    if (number.count(node)) continue;
    if (!node->layer)
      throw ArgumentError(fmt::format(
          "Model: an output depends on {}, which is not among the inputs", describe(node)));
    std::vector<std::size_t> values;
    for (const Value& value : node->inputs) values.push_back(number.at(value.node().get()));
    number[node] = graph.add<T>(node->layer, std::move(values));
  }
  std::vector<std::size_t> values;
  for (const NodePointer node : ends) values.push_back(number.at(node));
  graph.set_outputs(std::move(values));
  std::vector<Value> origins(number.size());
  const auto note = [&](const Value& value) {
    if (const auto found = number.find(value.node().get()); found != number.end())
      origins[found->second] = value;
  };
  for (const Value& value : inputs) note(value);
  for (const Value& value : outputs) note(value);
  for (const NodePointer node : needed)
    for (const Value& value : node->inputs) note(value);
  graph.set_origins(std::move(origins));
  return graph;
}

template Graph make_graph<float>(std::span<const Value>, std::span<const Value>);
template Graph make_graph<double>(std::span<const Value>, std::span<const Value>);

}  // namespace nn
}  // namespace lanewise
