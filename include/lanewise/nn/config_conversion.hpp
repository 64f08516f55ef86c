#pragma once
/// \file
/// How descriptions and their fields become data, and are made from it.
///
/// \code
///   to_config(Dense{10, {.activation = relu}})   // {"type": "Dense", "units": 10, …}
///   from_config<Layer>(config)                   // and back
/// \endcode
///
/// A field may be true or false, an integer, a floating-point number, text, an enumeration with
/// LANEWISE_NAMES, a struct with LANEWISE_FIELDS, a description, or std::optional (null without a
/// value), std::vector, std::array or std::pair (lists) of these. A Shape is a list; an Extent2D is
/// [height, width], or a number for a square; a Padding "valid", "same" or [[top, bottom], [left,
/// right]]; an ActivationFunction its name, or with a parameter that is not Keras's default
/// {"kind": "elu", "parameter": 0.5}. Another type becomes one by a specialization of
/// ConfigConversion. The fields of a field called `options` stand beside the others, as in Keras.

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"
#include "lanewise/names.hpp"
#include "lanewise/nn/config.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/window.hpp"
#include "lanewise/shape.hpp"

namespace lanewise {

/// How a T becomes a Config and is made from one: functions `to` and `from`. A user may specialize
/// it for a type of his own. `from` throws DataError by the path.
template <class T>
struct ConfigConversion;

/// A type that has such a conversion.
template <class T>
concept ConvertsToConfig = requires(const T& value) {
  { ConfigConversion<T>::to(value) } -> std::same_as<Config>;
};

/// The value as data. A field of a type without a conversion is Opaque.
template <ConvertsToConfig T>
Config to_config(const T& value) {
  return ConfigConversion<T>::to(value);
}

/// The value that `config` describes; fields that are missing have their defaults. `path` is where
/// it stands in a larger one.
/// \throws DataError that names the field and says what was found and what is expected.
template <class T>
T from_config(const Config& config, const ConfigPath& path = {}) {
  return ConfigConversion<T>::from(config, path);
}

/// \cond
template <>
struct LANEWISE_API ConfigConversion<bool> {
  static Config to(bool value) { return value; }
  static bool from(const Config& config, const ConfigPath& path);
};

template <>
struct LANEWISE_API ConfigConversion<std::int64_t> {
  static Config to(std::int64_t value) { return value; }
  static std::int64_t from(const Config& config, const ConfigPath& path);
  // The same within bounds.
  static std::int64_t from(const Config& config, const ConfigPath& path, std::int64_t least,
                           std::int64_t most);
};

template <std::integral I>
struct ConfigConversion<I> {
  static Config to(I value) { return value; }
  static I from(const Config& config, const ConfigPath& path) {
    constexpr auto least = std::in_range<std::int64_t>(std::numeric_limits<I>::min())
                               ? static_cast<std::int64_t>(std::numeric_limits<I>::min())
                               : std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::in_range<std::int64_t>(std::numeric_limits<I>::max())
                              ? static_cast<std::int64_t>(std::numeric_limits<I>::max())
                              : std::numeric_limits<std::int64_t>::max();
    return static_cast<I>(ConfigConversion<std::int64_t>::from(config, path, least, most));
  }
};

template <>
struct LANEWISE_API ConfigConversion<double> {
  static Config to(double value) { return value; }
  static double from(const Config& config, const ConfigPath& path);
};

template <std::floating_point F>
struct ConfigConversion<F> {
  static Config to(F value) { return value; }
  static F from(const Config& config, const ConfigPath& path) {
    return static_cast<F>(ConfigConversion<double>::from(config, path));
  }
};

template <>
struct LANEWISE_API ConfigConversion<std::string> {
  static Config to(const std::string& value) { return value; }
  static std::string from(const Config& config, const ConfigPath& path);
};

template <>
struct LANEWISE_API ConfigConversion<Config> {
  static Config to(const Config& value) { return value; }
  static Config from(const Config& config, const ConfigPath&) { return config; }
};

template <>
struct LANEWISE_API ConfigConversion<Shape> {
  static Config to(const Shape& value);
  static Shape from(const Config& config, const ConfigPath& path);
};

// An integer for a square, or [height, width].
template <>
struct LANEWISE_API ConfigConversion<Extent2D> {
  static Config to(const Extent2D& value);
  static Extent2D from(const Config& config, const ConfigPath& path);
};

// "valid", "same", or [[top, bottom], [left, right]].
template <>
struct LANEWISE_API ConfigConversion<Padding> {
  static Config to(const Padding& value);
  static Padding from(const Config& config, const ConfigPath& path);
};

// "relu", or with a parameter that is not Keras's default {"kind": "elu", "parameter": 0.5}.
template <>
struct LANEWISE_API ConfigConversion<ActivationFunction> {
  static Config to(const ActivationFunction& value);
  static ActivationFunction from(const Config& config, const ConfigPath& path);
};

template <NamedEnum E>
struct ConfigConversion<E> {
  static Config to(E value) { return to_string(value); }
  static E from(const Config& config, const ConfigPath& path) {
    if (const auto* name = config.get_if<std::string>())
      if (const auto value = value_named<E>(*name)) return *value;
    path.refuse(config, "one of: " + list_names<E>());
  }
};

template <ConvertsToConfig T>
struct ConfigConversion<std::optional<T>> {
  static Config to(const std::optional<T>& value) { return value ? to_config(*value) : Config(); }
  static std::optional<T> from(const Config& config, const ConfigPath& path) {
    if (config.is_null()) return std::nullopt;
    return from_config<T>(config, path);
  }
};

template <ConvertsToConfig T>
struct ConfigConversion<std::vector<T>> {
  static Config to(const std::vector<T>& values) {
    Config::List list;
    for (const auto& value : values) list.push_back(to_config<T>(value));
    return list;
  }
  static std::vector<T> from(const Config& config, const ConfigPath& path) {
    const auto* list = config.get_if<Config::List>();
    if (!list) path.refuse(config, "a list");
    std::vector<T> values;
    for (const Config& entry : *list)
      values.push_back(from_config<T>(entry, path.entry(values.size())));
    return values;
  }
};

template <ConvertsToConfig T, std::size_t N>
struct ConfigConversion<std::array<T, N>> {
  static Config to(const std::array<T, N>& values) {
    return to_config(std::vector<T>(values.begin(), values.end()));
  }
  static std::array<T, N> from(const Config& config, const ConfigPath& path) {
    const auto list = from_config<std::vector<T>>(config, path);
    if (list.size() != N) path.refuse(config, "a list of " + std::to_string(N));
    std::array<T, N> values{};
    for (std::size_t i = 0; i < N; ++i) values[i] = list[i];
    return values;
  }
};

template <ConvertsToConfig A, ConvertsToConfig B>
struct ConfigConversion<std::pair<A, B>> {
  static Config to(const std::pair<A, B>& values) {
    return Config::List{to_config(values.first), to_config(values.second)};
  }
  static std::pair<A, B> from(const Config& config, const ConfigPath& path) {
    const auto* list = config.get_if<Config::List>();
    if (!list || list->size() != 2) path.refuse(config, "a list of 2");
    return {from_config<A>((*list)[0], path.entry(0)), from_config<B>((*list)[1], path.entry(1))};
  }
};
/// \endcond

/// Takes the fields of a struct out of an object, and knows in the end which there are that nobody
/// has asked for.
class LANEWISE_API FieldReader {
 public:
  /// \throws DataError if it is no object.
  FieldReader(const Config& object, const ConfigPath& path);
  /// The field of this name, or null.
  const Config* find(std::string_view name);
  /// Where it stands.
  ConfigPath path(std::string_view name) const { return path_.field(name); }
  /// \throws DataError naming a field that was not asked for, and listing those that were.
  void finish() const;

 private:
  const Config& object_;
  const ConfigPath& path_;
  std::vector<std::string_view> known_;
};

/// Appends the fields of a struct to an object.
template <class S>
void write_fields(const S& object, Config& config) {
  S::visit_fields(object, [&](std::string_view name, const auto& field) {
    using F = std::remove_cvref_t<decltype(field)>;
    if constexpr (HasFields<F>) {
      if (name == "options") return write_fields(field, config);
    }
    if constexpr (ConvertsToConfig<F>)
      config.add(name, to_config(field));
    else
      config.add(name, Config::Opaque{});
  });
}

/// Sets those fields of a struct that there are.
template <class S>
void read_fields(S& object, FieldReader& reader) {
  S::visit_fields(object, [&](std::string_view name, auto& field) {
    using F = std::remove_cvref_t<decltype(field)>;
    if constexpr (HasFields<F>) {
      if (name == "options") return read_fields(field, reader);
    }
    static_assert(ConvertsToConfig<F>, "a field has no ConfigConversion, and cannot be read");
    if (const Config* found = reader.find(name)) field = from_config<F>(*found, reader.path(name));
  });
}

/// A struct of fields that has a type's name, too.
template <class D>
concept HasTypeName = HasFields<D> && requires {
  { D::type_name() } -> std::convertible_to<std::string_view>;
};

/// A struct is an object of its fields; a description says its type first.
template <HasFields S>
struct ConfigConversion<S> {
  /// The object.
  static Config to(const S& value) {
    Config config{Config::Object{}};
    if constexpr (HasTypeName<S>) config.add("type", S::type_name());
    write_fields(value, config);
    return config;
  }
  /// The struct, with defaults for fields that are missing.
  static S from(const Config& config, const ConfigPath& path) {
    FieldReader reader(config, path);
    if constexpr (HasTypeName<S>) {
      const Config* type = reader.find("type");
      if (type && *type != Config(S::type_name()))
        reader.path("type").refuse(*type, S::type_name());
    }
    S value{};
    read_fields(value, reader);
    reader.finish();
    return value;
  }
};

}  // namespace lanewise
