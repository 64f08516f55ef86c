// Contract in nn/blueprint.hpp.
#include "nn/blueprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "lanewise/error.hpp"
#include "nn/options.hpp"

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

// Calls make(), which computes a shape from this one. A Shape that has more elements than can be
// counted knows nothing of the layer that asks for it, nor may a user's own layer.
template <class Make>
Shape naming(const NamedLayer& layer, const Shape& input, const Make& make) {
  try {
    return make();
  } catch (const ShapeError& error) {
    if (std::string_view(error.what()).starts_with(layer.name)) throw;
    throw ShapeError(fmt::format("{}: got samples of shape {}: {}", describe(layer),
                                 to_string(input), error.what()));
  }
}

}  // namespace

std::string describe(const NamedLayer& layer) {
  return fmt::format("{} ({})", layer.name, layer.type);
}

template <class T>
std::vector<Node<T>> make_nodes(std::span<const NamedLayer> layers, const Shape& sample_shape) {
  std::vector<Node<T>> nodes;
  Shape shape = sample_shape;
  for (const NamedLayer& layer : layers) {
    auto instance = layer.description.template make<T>();
    shape = naming(layer, shape, [&] {
      const Shape output = instance->build_all(std::span(&shape, 1), layer.name);
      if (output.size() == 0)
        throw ShapeError(fmt::format(
            "{}: got samples of shape {}, of which it makes {}: expected no dimension of 0",
            describe(layer), to_string(shape), to_string(output)));
      for (const ParameterRequest& request : instance->parameters())  // may be too large to count
        check_initializer<T>(describe(layer), request.name, request.initializer);
      output.with_outer(1);  // there is room for the batch
      return output;
    });
    nodes.push_back({layer, std::move(instance), shape});
  }
  return nodes;
}

template <class T>
std::size_t last_working(std::span<const Node<T>> nodes) {
  const auto last = std::find_if(nodes.rbegin(), nodes.rend(), [](const Node<T>& node) {
    return !node.instance->reshapes_only();
  });
  return last == nodes.rend() ? nodes.size() : static_cast<std::size_t>(nodes.rend() - last) - 1;
}

template <class T>
Ending ending_of(std::span<const Node<T>> nodes) {
  const std::size_t last = last_working(nodes);
  return {nodes.back().output,
          last == nodes.size() ? std::nullopt : nodes[last].instance->output_activation()};
}

template <class T>
void Blueprint::add(Layer layer) {
  if (!layer) throw ArgumentError("add: got an empty layer");
  const auto instance = layer.make<T>();  // throws if an option is out of range
  if (const auto declared = instance->declared_input()) {
    if (!layers_.empty() || declared_input_)
      throw ArgumentError("Sequential: an Input can only be the first layer");
    declared_input_ = declared;
    return;
  }
  std::string type(instance->type());
  const auto same = std::count_if(layers_.begin(), layers_.end(),
                                  [&](const NamedLayer& other) { return other.type == type; });
  std::string name = snake_case(type);
  if (same > 0) name += fmt::format("_{}", same);
  layers_.push_back({std::move(layer), std::move(type), std::move(name)});
}

template <class T>
std::vector<Node<T>> Blueprint::make(const Shape& sample_shape) const {
  if (layers_.empty()) throw ArgumentError("Sequential: the model has no layers");
  if (declared_input_ && sample_shape != *declared_input_)
    throw ShapeError(fmt::format("Sequential: got samples of shape {}, its Input declares {}",
                                 to_string(sample_shape), to_string(*declared_input_)));
  return make_nodes<T>(layers_, sample_shape);
}

#define LANEWISE_INSTANTIATE(T)                                                        \
  template std::vector<Node<T>> make_nodes(std::span<const NamedLayer>, const Shape&); \
  template std::size_t last_working(std::span<const Node<T>>);                         \
  template Ending ending_of(std::span<const Node<T>>);                                 \
  template void Blueprint::add<T>(Layer);                                              \
  template std::vector<Node<T>> Blueprint::make(const Shape&) const;
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::nn
