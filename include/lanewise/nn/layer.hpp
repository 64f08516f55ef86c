#pragma once
/// \file
/// Any layer as a model takes it: a description with a name, frozen or not, shared or not.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/nn/description.hpp"
#include "lanewise/nn/layer_instance.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// Any layer's description, with what a model knows of it besides: a name, whether it learns, and
/// whether it is one layer wherever it is used. `Dense{128}` converts to it.
class LANEWISE_API Layer : public Description<LayerInstance> {
 public:
  using Description::Description;
  /// Of this description.
  explicit Layer(Description description) : Description(std::move(description)) {}

  /// Type, name, trainable and fields as data; nothing if there is no description.
  Config config() const;
  /// The layer of such data, as Description::from().
  static Layer from(const Config& config, const ConfigPath& path);
  /// The layer as it is printed, without what has its default:
  /// `Dense{name: stem, units: 10, activation: relu}`.
  friend LANEWISE_API std::string to_string(const Layer& layer);

  /// Its name in a model; empty for one made of its type, "dense_1".
  std::string name;
  /// Whether its parameters are trained; see frozen().
  bool trainable = true;
  /// Set by shared(): layers of the same identity are one layer with one set of weights.
  std::shared_ptr<const void> identity;

  /// Whether descriptions, names and trainable agree; not whether they are one shared layer.
  friend bool operator==(const Layer& a, const Layer& b) {
    return a.name == b.name && a.trainable == b.trainable &&
           static_cast<const Description&>(a) == static_cast<const Description&>(b);
  }
};

/// The layer under a name of its own, by which a model finds it: `named("stem", Conv2D{16, 3})`.
/// \throws ArgumentError for an empty name, or one with a '/', which parts layer and parameter.
LANEWISE_API Layer named(std::string name, Layer layer);

/// The layer with weights that training leaves as they are. A BatchNormalization then normalizes by
/// its running statistics while training too, as in Keras.
LANEWISE_API Layer frozen(Layer layer);

/// A layer that may be used many times and has one set of weights: `auto d = shared(Dense{8});
/// a | d; b | d;`. Their gradients add up. Each call makes another layer.
LANEWISE_API Layer shared(Layer layer);

}  // namespace lanewise
