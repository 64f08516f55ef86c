#pragma once
// The layers of a model before their shapes are known: descriptions and names, in a row.
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lanewise/nn/layer.hpp"

namespace lanewise::nn {

struct NamedLayer {
  Layer description;
  std::string type;  // "Dense"
  std::string name;  // "dense_1"
};

// As messages name it: "dense_1 (Dense)".
std::string describe(const NamedLayer& layer);

// A layer made for the shape that reaches it.
template <class T>
struct Node {
  NamedLayer layer;
  std::unique_ptr<LayerInstance<T>> instance;
  Shape output;                     // sample shape
  std::size_t first_parameter = 0;  // in the network's list
  std::size_t parameter_count = 0;
};

// Makes these layers, each for the output of the one before.
// Throws ShapeError naming the layer that does not fit.
template <class T>
std::vector<Node<T>> make_nodes(std::span<const NamedLayer> layers, const Shape& sample_shape);

// The last node whose output is not its input under another shape, or the number of nodes if there
// is none: Flatten and its kind change no value, so that this one's activation is the model's last.
template <class T>
std::size_t last_working(std::span<const Node<T>> nodes);

// What comes out of the last layer.
struct Ending {
  Shape shape;                                   // of a sample
  std::optional<ActivationFunction> activation;  // if that is known
};

template <class T>
Ending ending_of(std::span<const Node<T>> nodes);

class Blueprint {
 public:
  // As BasicSequential<T>::add.
  template <class T>
  void add(Layer layer);

  const std::vector<NamedLayer>& layers() const { return layers_; }
  const std::optional<Shape>& declared_input() const { return declared_input_; }

  // The layers made for inputs of this sample shape.
  // Throws ShapeError naming the layer that it does not fit, ArgumentError without layers.
  template <class T>
  std::vector<Node<T>> make(const Shape& sample_shape) const;

 private:
  std::vector<NamedLayer> layers_;
  std::optional<Shape> declared_input_;
};

}  // namespace lanewise::nn
