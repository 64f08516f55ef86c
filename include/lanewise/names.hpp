#pragma once
/// \file
/// Enumerations whose values have names: one list beside each gives both ways.
///
/// \code
///   enum class Interpolation { nearest, bilinear };
///   LANEWISE_NAMES(Interpolation, nearest, bilinear)
///   to_string(Interpolation::bilinear) == "bilinear"
///   value_named<Interpolation>("bilinear") == Interpolation::bilinear
/// \endcode

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "lanewise/export.hpp"

#include "lanewise/fields.hpp"

namespace lanewise {

/// An enumeration with names.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E value) {
  { to_string(value) } -> std::convertible_to<std::string_view>;
  values_of(value).begin();
};

/// The names of an enumeration, as messages list them: "nearest, bilinear".
template <NamedEnum E>
std::string list_names() {
  std::string list;
  for (const E value : values_of(E{})) {
    if (!list.empty()) list += ", ";
    list += to_string(value);
  }
  return list;
}

/// The value of this name, if there is one.
template <NamedEnum E>
std::optional<E> value_named(std::string_view name) {
  for (const E value : values_of(E{}))
    if (to_string(value) == name) return value;
  return std::nullopt;
}

}  // namespace lanewise

/// \cond
#define LANEWISE_NAME_CASE(name) \
  case Enumeration::name:        \
    return #name;
#define LANEWISE_NAME_VALUE(name) Enumeration::name
/// \endcond

/// Gives an enumeration names, those of its values: to_string(), which is "unknown" for what is no
/// value of it, and values_of(), all of them. It stands in the enumeration's namespace. The
/// compiler warns of a value that the list leaves out.
#define LANEWISE_NAMES(Enum, ...)                                                         \
  constexpr std::string_view to_string(Enum value) {                                      \
    using Enumeration = Enum;                                                             \
    switch (value) { LANEWISE_EACH(LANEWISE_NAME_CASE, LANEWISE_NOTHING, __VA_ARGS__, ) } \
    return "unknown";                                                                     \
  }                                                                                       \
  constexpr auto values_of(Enum) {                                                        \
    using Enumeration = Enum;                                                             \
    return std::array{LANEWISE_EACH(LANEWISE_NAME_VALUE, LANEWISE_COMMA, __VA_ARGS__, )}; \
  }
