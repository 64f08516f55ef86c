// Contract in lanewise/nn/config_conversion.hpp.
#include "lanewise/nn/config_conversion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "lanewise/error.hpp"

namespace lanewise {

bool ConfigConversion<bool>::from(const Config& config, const ConfigPath& path) {
  if (const auto* value = config.get_if<bool>()) return *value;
  path.refuse(config, "true or false");
}

std::int64_t ConfigConversion<std::int64_t>::from(const Config& config, const ConfigPath& path) {
  if (const auto* value = config.get_if<std::int64_t>()) return *value;
  path.refuse(config, "an integer");
}

std::int64_t ConfigConversion<std::int64_t>::from(const Config& config, const ConfigPath& path,
                                                  std::int64_t least, std::int64_t most) {
  const std::int64_t value = from(config, path);
  if (value < least || value > most)
    path.refuse(config, fmt::format("one from {} to {}", least, most));
  return value;
}

// JSON has no infinity and no NaN: it has their names.
double ConfigConversion<double>::from(const Config& config, const ConfigPath& path) {
  if (const auto* value = config.get_if<double>()) return *value;
  if (const auto* value = config.get_if<std::int64_t>()) return static_cast<double>(*value);
  if (const auto* name = config.get_if<std::string>()) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (*name == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (*name == "Infinity") return kInfinity;
    if (*name == "-Infinity") return -kInfinity;
  }
  path.refuse(config, "a number");
}

std::string ConfigConversion<std::string>::from(const Config& config, const ConfigPath& path) {
  if (const auto* value = config.get_if<std::string>()) return *value;
  path.refuse(config, "text");
}

Config ConfigConversion<Shape>::to(const Shape& value) {
  return to_config(std::vector<Index>(value.sizes().begin(), value.sizes().end()));
}

Shape ConfigConversion<Shape>::from(const Config& config, const ConfigPath& path) {
  const auto sizes = from_config<std::vector<Index>>(config, path);
  try {
    return Shape(sizes);
  } catch (const ShapeError& error) {
    path.fail(error.what());
  }
}

Config ConfigConversion<Extent2D>::to(const Extent2D& value) {
  return to_config(std::pair(value.height, value.width));
}

Extent2D ConfigConversion<Extent2D>::from(const Config& config, const ConfigPath& path) {
  if (const auto* both = config.get_if<std::int64_t>()) return *both;
  const auto [height, width] = from_config<std::pair<Index, Index>>(config, path);
  return {height, width};
}

Config ConfigConversion<Padding>::to(const Padding& value) {
  if (value == Padding::valid) return "valid";
  if (value.is_same()) return "same";
  return to_config(
      std::pair(std::pair(value.top(), value.bottom()), std::pair(value.left(), value.right())));
}

Padding ConfigConversion<Padding>::from(const Config& config, const ConfigPath& path) {
  if (config == Config("valid")) return Padding::valid;
  if (config == Config("same")) return Padding::same;
  if (!config.get_if<Config::List>())
    path.refuse(config, "valid, same or [[top, bottom], [left, right]]");
  using Pair = std::pair<Index, Index>;
  const auto [rows, columns] = from_config<std::pair<Pair, Pair>>(config, path);
  return {rows.first, rows.second, columns.first, columns.second};
}

namespace {

// The function that has a name of its own, with its default parameter.
ActivationFunction with_default(ActivationKind kind) {
  for (const ActivationFunction& function : {leaky_relu, elu})
    if (function.kind == kind) return function;
  return {kind};
}

}  // namespace

Config ConfigConversion<ActivationFunction>::to(const ActivationFunction& value) {
  if (value == with_default(value.kind)) return to_config(value.kind);
  Config config;
  config.add("kind", to_config(value.kind));
  config.add("parameter", value.parameter);
  return config;
}

ActivationFunction ConfigConversion<ActivationFunction>::from(const Config& config,
                                                              const ConfigPath& path) {
  if (config.get_if<std::string>()) return with_default(from_config<ActivationKind>(config, path));
  FieldReader reader(config, path);
  const Config* kind = reader.find("kind");
  if (!kind) path.fail("has no kind");
  ActivationFunction value = with_default(from_config<ActivationKind>(*kind, path.field("kind")));
  if (const Config* parameter = reader.find("parameter"))
    value.parameter = from_config<double>(*parameter, path.field("parameter"));
  reader.finish();
  return value;
}

FieldReader::FieldReader(const Config& object, const ConfigPath& path)
    : object_(object), path_(path) {
  if (!object.get_if<Config::Object>()) path.refuse(object, "an object");
}

const Config* FieldReader::find(std::string_view name) {
  known_.push_back(name);
  return object_.find(name);
}

void FieldReader::finish() const {
  for (const auto& [name, value] : *object_.get_if<Config::Object>())
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      path_.fail(fmt::format("got an unknown field, '{}', expected some of: {}", name,
                             fmt::join(known_, ", ")));
}

}  // namespace lanewise
