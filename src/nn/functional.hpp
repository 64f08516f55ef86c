#pragma once
// The graph of values that a user writes down, and how a model's graph is made of it.
#include <span>
#include <string>
#include <vector>

#include "lanewise/nn/functional.hpp"
#include "nn/graph.hpp"

namespace lanewise::nn {

struct ValueNode {
  Layer layer;                // empty for an input
  std::vector<Value> inputs;  // of the layer
  Shape shape;                // of an input
  std::string name;           // of an input; may be empty
};

// The part of it between these. Throws as BasicModel's constructor.
template <class T>
Graph make_graph(std::span<const Value> inputs, std::span<const Value> outputs);

}  // namespace lanewise::nn
