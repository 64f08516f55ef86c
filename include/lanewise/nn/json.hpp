#pragma once
/// \file
/// Layers, losses, optimizers and whole models as JSON, and back.
///
/// \code
///   to_json(Layer(Dropout{0.25}))         // {"type": "Dropout", "trainable": true, "rate": 0.25}
///   from_json<Optimizer>(R"({"type": "Adam", "learning_rate": 1e-4})")
///   from_json<Model>(to_json(model))
/// \endcode
///
/// Of a model it is what is built of what, not its weights and not what it was compiled with:
///
/// \code
///   {"format": "lanewise.model", "version": 1, "kind": "Model",
///    "inputs": [{"name": "input_1", "shape": [28, 28]}],
///    "layers": [{"type": "Dense", "name": "dense", "trainable": true, "shared": true, "units": 8,
///                …, "inputs": ["input_1"]},
///               {"use_of": ["dense", 1], "inputs": ["dense"]}],
///    "outputs": [["dense", 1]]}
/// \endcode
///
/// Each layer names what it is fed: an input, a layer, or of a shared layer [name, use]; the layer
/// itself is its use 0. Weights are drawn in the order of the list, in which a layer may stand
/// before what it is fed: it is taken after that. The shape of an input may be null: it is not
/// declared. A field that is missing has its default. Numbers come back as they
/// were; those that are not finite are "NaN", "Infinity" and "-Infinity".

#include <string>
#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/nn/config_conversion.hpp"
#include "lanewise/nn/description.hpp"
#include "lanewise/nn/model.hpp"
#include "lanewise/nn/sequential.hpp"

namespace lanewise {

/// A model as data.
template <class T>
struct LANEWISE_API ConfigConversion<BasicModel<T>> {
  /// The object shown above.
  static Config to(const BasicModel<T>& model);
  /// The model, not built and with the seed 0. Registered types make a user's own layers known.
  /// \throws DataError that says where and what is wrong: a format or a version that is not this
  /// one, an unknown type or field, a field of another kind, a layer fed by what is not there or by
  /// itself, what no output needs, a name twice; or an option out of its range.
  static BasicModel<T> from(const Config& config, const ConfigPath& path);
};

/// A stack as data.
template <class T>
struct ConfigConversion<BasicSequential<T>> {
  /// As that of a model.
  static Config to(const BasicSequential<T>& model) { return to_config<BasicModel<T>>(model); }
  /// As that of a model. \throws ArgumentError if it is no chain.
  static BasicSequential<T> from(const Config& config, const ConfigPath& path) {
    return BasicSequential<T>(from_config<BasicModel<T>>(config, path));
  }
};

/// The text of a Config.
/// \throws ArgumentError that names a field which cannot be written, such as a function, or text
/// that is not UTF-8.
LANEWISE_API std::string to_json_text(const Config& config);
/// The Config that a text says.
/// \throws DataError that gives the line of what is no JSON, or the place of an object that has a
/// name twice; and for more than 100 lists and objects within each other.
LANEWISE_API Config parse_json(std::string_view text);

/// Whatever converts to a Config as JSON: a model, a description, a Config. \throws as
/// to_json_text().
template <ConvertsToConfig X>
std::string to_json(const X& value) {
  return to_json_text(to_config(value));
}

/// What the JSON says, such as `from_json<Model>(text)`, `from_json<Loss>(text)`.
/// \throws DataError as parse_json() and from_config().
template <class X>
X from_json(std::string_view text) {
  return from_config<X>(parse_json(text));
}

}  // namespace lanewise
