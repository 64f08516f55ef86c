#pragma once
/// \file
/// Keras's functional form: layers applied to values make a graph, of which a Model is made.
///
/// \code
///   auto x = input({32, 32, 3});
///   auto h = x | Conv2D{16, 3, {.padding = Padding::same, .activation = relu}};
///   auto y = add(h, h | Conv2D{16, 3, {.padding = Padding::same}})
///          | Activation{relu} | GlobalAveragePooling2D{} | Dense{10};
///   Model model{x, y};
/// \endcode

#include <memory>
#include <string>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/nn/layer.hpp"
#include "lanewise/shape.hpp"

namespace lanewise {

namespace nn {
struct ValueNode;
}

/// What an input or a layer will give: a place in a graph. It holds neither numbers nor weights, is
/// cheap to copy, and never changes. A description used twice makes two layers; see shared().
class LANEWISE_API Value {
 public:
  /// No value: models and layers refuse it.
  Value() = default;
  /// What the library sees of it.
  explicit Value(std::shared_ptr<const nn::ValueNode> node) : node_(std::move(node)) {}
  /// \copydoc Value(std::shared_ptr<const nn::ValueNode>)
  const std::shared_ptr<const nn::ValueNode>& node() const { return node_; }

 private:
  std::shared_ptr<const nn::ValueNode> node_;
};

/// An input of a model, of this sample shape. Without a name it is "input_1" and so on, in the
/// model's order.
/// \throws ArgumentError for a dimension of 0.
LANEWISE_API Value input(const Shape& shape, std::string name = {});

/// The layer applied to a value. Shapes are checked when a Model is made of it.
/// \throws ArgumentError for an empty value or layer, an Input, or an option out of range.
LANEWISE_API Value operator|(const Value& x, const Layer& layer);

/// A layer of several inputs applied to them, such as `merge(Concatenate{}, {a, b})`.
/// \throws ArgumentError as operator|, or without inputs.
LANEWISE_API Value merge(const Layer& layer, const std::vector<Value>& inputs);

}  // namespace lanewise
