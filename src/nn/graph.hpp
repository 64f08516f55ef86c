#pragma once
// A model before its shapes are known: which layers there are, and what each is fed.
//
// Values are what flows: first the model's inputs, then the output of each node in turn. A node
// takes values that come before its own, so that the order of the nodes is one to compute them in.
//
//   value   0 … inputs-1   | inputs + 0 | inputs + 1 | …
//           model's inputs | of node 0  | of node 1  | …
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/prefix.hpp"
#include "lanewise/nn/functional.hpp"
#include "lanewise/nn/layer.hpp"

namespace lanewise::nn {

struct NamedLayer {
  Layer description;
  std::string name;  // "dense_1"

  std::string_view type() const { return description.type_name(); }  // "Dense"
};

// As messages name it: "dense_1 (Dense)".
std::string describe(const NamedLayer& layer);

// Calls a function of the layer's instance, whose messages do not name the layer, and begins them
// so.
template <class Call>
auto naming(const NamedLayer& layer, const Call& call) {
  return with_prefix([&] { return describe(layer); }, call);
}

struct GraphInput {
  std::string name;            // "input_1"
  std::optional<Shape> shape;  // of a sample, if it is declared
};

struct GraphNode {
  NamedLayer layer;
  std::vector<std::size_t> inputs;  // values
  std::size_t owner = 0;  // the node that has the weights: itself, or the first with a shared layer
};

class Graph {
 public:
  // A chain without layers: one input, whose shape is not declared.
  Graph() : kind_("Sequential"), inputs_{{"input_1", std::nullopt}}, outputs_{0} {}
  explicit Graph(std::vector<GraphInput> inputs, bool is_sequential = false)
      : kind_(is_sequential ? "Sequential" : "Model"), inputs_(std::move(inputs)) {}

  // Appends a layer that takes these values, under its own name or one made of its type; returns
  // the value that it gives. Throws ArgumentError for an empty layer, an option out of range, a
  // name that another layer has, or a shared layer that is not the same everywhere.
  template <class T>
  std::size_t add(Layer layer, std::vector<std::size_t> inputs);
  // Appends to a chain, whose output is then this layer's. An Input declares the chain's shape.
  template <class T>
  void append(Layer layer);

  void set_outputs(std::vector<std::size_t> values) { outputs_ = std::move(values); }
  void set_trainable(std::size_t node, bool trainable) {
    nodes_[node].layer.description.trainable = trainable;
  }

  std::span<const GraphInput> inputs() const { return inputs_; }
  std::span<const GraphNode> nodes() const { return nodes_; }
  std::span<const std::size_t> outputs() const { return outputs_; }

  // The same inputs and kind, nothing else.
  Graph without_nodes() const;
  bool is_sequential() const { return kind_ == "Sequential"; }
  bool is_chain() const;
  // The shapes of the inputs, if all are declared.
  std::optional<std::vector<Shape>> declared_shapes() const;
  // What messages call the model, its inputs and outputs: "Sequential" or "Model"; "inputs", or
  // "inputs 'left'" where there are several; "one", or "2 (left, right)".
  std::string_view kind() const { return kind_; }
  std::string called(std::string_view what, std::size_t input) const;
  std::string called_output(std::string_view what, std::size_t output) const;
  std::string list_inputs() const;
  std::string list_outputs() const;
  // What messages call a value: "input_1", or "dense_1 (Dense)".
  std::string describe_value(std::size_t value) const;
  // The name of a value: of the input, or of the layer that gives it.
  const std::string& name_of(std::size_t value) const;
  // The node of a layer's first use, by its name; a value, by that of an input or a layer; or what
  // it was made of. Throw ArgumentError listing the names there are, or if a layer gives several.
  std::size_t node_named(std::string_view who, std::string_view name) const;
  std::size_t value_named(std::string_view name) const;
  std::size_t value_of(const Value& value) const;
  void set_origins(std::vector<Value> origins) { origins_ = std::move(origins); }

  // Which values these need, themselves included, without going on beyond the values `from`.
  std::vector<char> needed(std::span<const std::size_t> to,
                           std::span<const std::size_t> from = {}) const;

  // What lies between these values: the nodes that the values `to` need, as a graph whose inputs
  // are the values `from`. Throws ArgumentError naming one of `from` that `to` does not need, or an
  // input of this graph that it needs besides.
  struct Part;
  Part part(std::span<const std::size_t> from, std::span<const std::size_t> to) const;

  // Throws ArgumentError without layers, ShapeError for shapes that an input does not declare.
  void check_inputs(std::span<const Shape> shapes) const;

 private:
  std::string_view kind_ = "Model";
  std::vector<GraphInput> inputs_;
  std::vector<GraphNode> nodes_;
  std::vector<std::size_t> outputs_;
  std::vector<Value> origins_;  // what each value was made of, if it was
};

struct Graph::Part {
  Graph graph{std::vector<GraphInput>{}};
  std::vector<std::size_t> nodes;  // what each node of the part is in the whole
};

// A layer made for the shapes that reach it.
template <class T>
struct Node : GraphNode {
  std::unique_ptr<LayerInstance<T>> instance;
  std::vector<ScratchRequest> scratch;
  Shape output;                     // sample shape
  bool reshapes_only = false;       // its value lies where its input lies
  bool adds_loss = false;           // a term of its own
  bool hands_on = false;            // the gradient of each input is that of its output
  bool takes_derivative = false;    // of the activation that ends its input
  bool leaves_derivative = false;   // of its own activation to the one that reads its output
  bool is_last_use = true;          // of a shared layer: the first on the way back
  std::size_t first_parameter = 0;  // in the network's list, if it is the owner
  std::size_t parameter_count = 0;
};

// Makes the layers of a graph for inputs of these sample shapes.
// Throws ShapeError naming the layer that does not fit.
template <class T>
std::vector<Node<T>> make_nodes(std::span<const GraphNode> nodes, std::span<const Shape> inputs);

// What a model gives.
struct Ending {
  Shape shape;                                   // of a sample
  std::optional<ActivationFunction> activation;  // if that is known
};

// The value in whose memory this one lies: itself, unless its node only reshapes.
template <class T>
std::size_t root_of(std::span<const Node<T>> nodes, std::size_t inputs, std::size_t value);

// Of a value of these nodes.
template <class T>
Ending ending_of(std::span<const Node<T>> nodes, std::span<const Shape> inputs, std::size_t value);

}  // namespace lanewise::nn
