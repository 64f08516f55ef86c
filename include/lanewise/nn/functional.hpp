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

/// \name Merging
/// Two values or more, as Keras's functions of these names: `add(a, b)`, `concatenate({a, b, c})`.
/// Shapes are checked when a Model is made of it. \throws ArgumentError for an empty value.
///@{

/// The sum.
LANEWISE_API Value add(const std::vector<Value>& values);
/// The first less the second.
LANEWISE_API Value subtract(const Value& from, const Value& value);
/// The product.
LANEWISE_API Value multiply(const std::vector<Value>& values);
/// The mean.
LANEWISE_API Value average(const std::vector<Value>& values);
/// The largest.
LANEWISE_API Value maximum(const std::vector<Value>& values);
/// The smallest.
LANEWISE_API Value minimum(const std::vector<Value>& values);
/// The values behind one another along an axis.
LANEWISE_API Value concatenate(const std::vector<Value>& values, int axis = -1);
/// The sum, of two.
inline Value add(const Value& a, const Value& b) {
  return add(std::vector{a, b});
}
/// The product, of two.
inline Value multiply(const Value& a, const Value& b) {
  return multiply(std::vector{a, b});
}
/// The mean, of two.
inline Value average(const Value& a, const Value& b) {
  return average(std::vector{a, b});
}
/// The largest, of two.
inline Value maximum(const Value& a, const Value& b) {
  return maximum(std::vector{a, b});
}
/// The smallest, of two.
inline Value minimum(const Value& a, const Value& b) {
  return minimum(std::vector{a, b});
}
/// The values behind one another along an axis, of two.
inline Value concatenate(const Value& a, const Value& b, int axis = -1) {
  return concatenate(std::vector{a, b}, axis);
}
///@}

}  // namespace lanewise
