// Contract in lanewise/nn/layer.hpp.
#include "lanewise/nn/layer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "lanewise/error.hpp"

namespace lanewise {

Layer named(std::string name, Layer layer) {
  if (name.empty() || name.find('/') != std::string::npos)
    throw ArgumentError(fmt::format(
        "named: got the name '{}', expected one that is not empty and has no '/'", name));
  layer.name = std::move(name);
  return layer;
}

Layer frozen(Layer layer) {
  layer.trainable = false;
  return layer;
}

Layer shared(Layer layer) {
  layer.identity = std::make_shared<const char>();
  return layer;
}

namespace {

// Name and trainable come after the type.
Config with_name(const Config& description, const Layer& layer, bool brief) {
  if (description.is_null()) return description;
  Config config;
  config.add("type", layer.type_name());
  if (!layer.name.empty()) config.add("name", layer.name);
  if (!(brief && layer.trainable)) config.add("trainable", layer.trainable);
  for (const auto& [name, value] : *description.get_if<Config::Object>())
    if (name != "type") config.add(name, value);
  return config;
}

}  // namespace

Config Layer::config() const {
  return with_name(Description::config(), *this, false);
}

Layer Layer::from(const Config& config, const ConfigPath& path) {
  Config description = config;
  const Config name = description.take("name"), trainable = description.take("trainable");
  Layer layer(Description::from(description, path));
  if (!name.is_null()) {
    try {
      layer = named(from_config<std::string>(name, path.field("name")), std::move(layer));
    } catch (const ArgumentError& error) {
      path.field("name").fail(error.what());
    }
  }
  if (!trainable.is_null()) layer.trainable = from_config<bool>(trainable, path.field("trainable"));
  return layer;
}

std::string to_string(const Layer& layer) {
  return to_string(with_name(layer.brief(), layer, true));
}

void check(const Regularizer& regularizer) {
  for (const double factor : {regularizer.l1, regularizer.l2})
    if (!(std::isfinite(factor) && factor >= 0))
      throw ArgumentError(fmt::format(
          "regularizer: got a factor of {}, expected a finite number of at least 0", factor));
}

void check_single(std::size_t inputs) {
  if (inputs != 1) throw ShapeError(fmt::format("got {} inputs, expected one", inputs));
}

}  // namespace lanewise
