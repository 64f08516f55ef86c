// Contract in lanewise/nn/functional.hpp and nn/functional.hpp.
#include "nn/functional.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "lanewise/error.hpp"
#include "lanewise/nn/core_layers.hpp"
#include "lanewise/nn/merging_layers.hpp"

namespace lanewise {
namespace {

Value make_value(Layer layer, std::vector<Value> inputs, const Shape& shape, std::string name) {
  return Value(std::make_shared<const nn::ValueNode>(
      nn::ValueNode{std::move(layer), std::move(inputs), shape, std::move(name)}));
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
  layer.make<float>();  // throws if an option is out of range
  if (layer.target<Input>())
    throw ArgumentError("merge: got an Input, which begins a Sequential: input() makes a value");
  return make_value(layer, inputs, {}, {});
}

Value operator|(const Value& x, const Layer& layer) {
  return merge(layer, {x});
}

Value add(const std::vector<Value>& values) {
  return merge(Add{}, values);
}
Value subtract(const Value& from, const Value& value) {
  return merge(Subtract{}, {from, value});
}
Value multiply(const std::vector<Value>& values) {
  return merge(Multiply{}, values);
}
Value average(const std::vector<Value>& values) {
  return merge(Average{}, values);
}
Value maximum(const std::vector<Value>& values) {
  return merge(Maximum{}, values);
}
Value minimum(const std::vector<Value>& values) {
  return merge(Minimum{}, values);
}
Value concatenate(const std::vector<Value>& values, int axis) {
  return merge(Concatenate{axis}, values);
}

namespace nn {
namespace {

using NodePointer = const ValueNode*;

// What a message calls a value before its layer has a name.
std::string describe(NodePointer node) {
  if (!node->layer)
    return fmt::format("an input of shape {}{}", to_string(node->shape),
                       node->name.empty() ? "" : ", '" + node->name + "'");
  const std::string_view type = node->layer.type_name();
  return node->layer.name.empty() ? fmt::format("a {}", type)
                                  : fmt::format("{} ({})", node->layer.name, type);
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

// All that these depend on, themselves included: each after what it is made of, the inputs of a
// layer in their order. So the order follows from the graph alone, and not from that in which a
// compiler evaluates the arguments of add(a | Dense{1}, b | Dense{1}).
std::vector<NodePointer> needed_by(const std::vector<NodePointer>& outputs) {
  struct Visit {
    NodePointer node;
    std::size_t next_input = 0;
  };
  std::vector<NodePointer> found;
  std::unordered_set<NodePointer> seen;
  for (const NodePointer output : outputs) {
    std::vector<Visit> path;  // no recursion: a graph may be deep
    if (seen.insert(output).second) path.push_back({output});
    while (!path.empty()) {
      Visit& visit = path.back();
      if (visit.next_input == visit.node->inputs.size()) {
        found.push_back(visit.node);
        path.pop_back();
        continue;
      }
      const NodePointer input = visit.node->inputs[visit.next_input++].node().get();
      if (seen.insert(input).second) path.push_back({input});
    }
  }
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
    if (std::find(needed.begin(), needed.end(), node) == needed.end())
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
