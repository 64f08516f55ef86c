#pragma once
/// \file
/// Structs that know their fields by name: one macro at the end of an aggregate.
///
/// \code
///   struct Scale {
///     double initial = 1;
///     bool per_channel = true;
///     LANEWISE_FIELDS(Scale, initial, per_channel);
///   };
///   Scale::visit_fields(scale, [](std::string_view name, const auto& value) { … });
/// \endcode
///
/// It stays an aggregate, `Scale{.initial = 2}`. A field that the list leaves out is an error of
/// the compiler's.

#include <memory>
#include <string_view>
#include <type_traits>

#include "lanewise/export.hpp"

namespace lanewise {

template <template <class> class Instance>
class Description;

/// Takes any field.
struct AnyVisitor {
  /// Does nothing.
  template <class F>
  constexpr void operator()(std::string_view name, F& field) const {
    (void)name, (void)field;
  }
};

/// A type that says LANEWISE_FIELDS.
template <class S>
concept HasFields = requires(S& s) {
  S::visit_fields(s, AnyVisitor{});
};

}  // namespace lanewise

/// \cond
// What follows is for the two macros at the end. A list ends in a comma, as in `a, b, `, so that
// what is after its last entry is empty, and not missing.
#define LANEWISE_FIRST(first, ...) first
#define LANEWISE_REST(first, ...) __VA_ARGS__
#define LANEWISE_STRING(text) LANEWISE_STRING_OF(text)
#define LANEWISE_STRING_OF(text) #text
#define LANEWISE_COMMA() ,
#define LANEWISE_NOTHING()

// macro(a) separator() macro(b) …; up to 64 entries. A macro is not expanded within itself, so each
// entry leaves the next one to another scan.
#define LANEWISE_SCAN1(...) __VA_ARGS__
#define LANEWISE_SCAN4(...) \
  LANEWISE_SCAN1(LANEWISE_SCAN1(LANEWISE_SCAN1(LANEWISE_SCAN1(__VA_ARGS__))))
#define LANEWISE_SCAN16(...) \
  LANEWISE_SCAN4(LANEWISE_SCAN4(LANEWISE_SCAN4(LANEWISE_SCAN4(__VA_ARGS__))))
#define LANEWISE_SCAN64(...) \
  LANEWISE_SCAN16(LANEWISE_SCAN16(LANEWISE_SCAN16(LANEWISE_SCAN16(__VA_ARGS__))))
#define LANEWISE_EACH(macro, separator, ...) \
  __VA_OPT__(LANEWISE_SCAN64(LANEWISE_EACH_NOW(macro, separator, __VA_ARGS__)))
#define LANEWISE_EACH_NOW(macro, separator, first, ...) \
  macro(first) __VA_OPT__(                              \
      separator() LANEWISE_EACH_LATER LANEWISE_PARENTHESES(macro, separator, __VA_ARGS__))
#define LANEWISE_PARENTHESES ()
#define LANEWISE_EACH_LATER() LANEWISE_EACH_NOW

#define LANEWISE_BIND_FIELD(field) field_##field
#define LANEWISE_VISIT_FIELD(field) visit(std::string_view(#field), self.field);
#define LANEWISE_VISIT_FIELDS(...)                                                        \
  template <class Self, class Visit>                                                      \
  static constexpr void visit_fields([[maybe_unused]] Self& self,                         \
                                     [[maybe_unused]] Visit&& visit) {                    \
    static_assert(std::is_empty_v<Self> __VA_OPT__(|| true), "a field is left out");      \
    __VA_OPT__([[maybe_unused]] auto& [LANEWISE_EACH(LANEWISE_BIND_FIELD, LANEWISE_COMMA, \
                                                     __VA_ARGS__)] = self;)               \
    LANEWISE_EACH(LANEWISE_VISIT_FIELD, LANEWISE_NOTHING, __VA_ARGS__)                    \
  }
/// \endcond

/// Ends a struct: its name, then its fields in the order they are declared. It is compared by `==`
/// then, and shows its fields by `visit_fields(object, visitor)`, which calls visitor(name, field).
#define LANEWISE_FIELDS(...)                                   \
  LANEWISE_VISIT_FIELDS(LANEWISE_REST(__VA_ARGS__, ))          \
  friend bool operator==(const LANEWISE_FIRST(__VA_ARGS__, )&, \
                         const LANEWISE_FIRST(__VA_ARGS__, )&) = default

/// Ends a description (nn/description.hpp): what LANEWISE_FIELDS gives, its type's name, its Kind
/// and the declaration of `make<T>()`, which makes an InstanceTemplate<T>; its author defines that
/// one. No field is called type, and none of a layer name, trainable or inputs: those are a
/// model's.
#define LANEWISE_DESCRIPTION(InstanceTemplate, ...)                   \
  static constexpr std::string_view type_name() {                     \
    return LANEWISE_STRING(LANEWISE_FIRST(__VA_ARGS__, ));            \
  }                                                                   \
  using Kind = ::lanewise::Description<::lanewise::InstanceTemplate>; \
  LANEWISE_FIELDS(__VA_ARGS__);                                       \
  template <class T>                                                  \
  std::unique_ptr<::lanewise::InstanceTemplate<T>> make() const
