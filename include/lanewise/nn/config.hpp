#pragma once
/// \file
/// Descriptions as data: what a layer, a loss or an optimizer is written down as. What becomes such
/// data, and how, is in nn/config_conversion.hpp.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lanewise/export.hpp"

namespace lanewise {

/// Nothing (null), true or false, an integer, a number, text, a list, or an object: fields with
/// names, in order.
class LANEWISE_API Config {
 public:
  /// Values one behind the other.
  using List = std::vector<Config>;
  /// Fields with their names.
  using Object = std::vector<std::pair<std::string, Config>>;
  /// What cannot be written down, such as a function.
  struct Opaque {
    /// Nothing is known of it.
    friend constexpr bool operator==(Opaque, Opaque) { return false; }
  };

  /// Nothing.
  Config() noexcept;
  // Defined in config.cpp: whoever writes down a layer would compile them again.
  ///@{
  /// Copied and moved as the value it holds; what is moved from may hold anything.
  ~Config();
  Config(const Config& other);
  Config(Config&& other) noexcept;
  Config& operator=(const Config& other);
  Config& operator=(Config&& other) noexcept;
  ///@}
  ///@{
  /// A value of this kind. \throws ArgumentError for an integer above 2^63 - 1.
  template <std::same_as<bool> B>
  Config(B value) : Config(of_bool(value)) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Config(I value) : Config(of_integer(integer(value))) {}
  template <std::floating_point F>
  Config(F value) : Config(of_number(static_cast<double>(value))) {}
  Config(std::string value);
  Config(std::string_view value);
  Config(const char* value);
  Config(List value);
  Config(Object value);
  Config(Opaque value);
  ///@}

  /// Whether it is nothing.
  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  /// The value as an A, which is bool, std::int64_t, double, std::string, List, Object or Opaque;
  /// null if it is another.
  template <class A>
  const A* get_if() const {
    return std::get_if<A>(&value_);
  }
  /// What it is, as messages say: "an integer", "a list" …
  std::string_view kind() const;

  /// The field of this name; null if there is none, or it is no object.
  const Config* find(std::string_view name) const;
  /// Appends a field to an object, or to nothing, which becomes one.
  /// \throws ArgumentError if it has one of this name.
  void add(std::string_view name, Config value);
  /// Appends an entry to a list.
  void append(Config entry);
  /// Takes a field out of an object, and gives it; nothing (null) if there is none.
  Config take(std::string_view name);
  /// An object less the fields that are the same in the other, but for its type.
  Config without(const Config& same) const;

  /// Whether kinds and values agree. The order of fields counts; an integer is no number.
  friend LANEWISE_API bool operator==(const Config& a, const Config& b);
  friend LANEWISE_API std::string to_string(const Config& config);

 private:
  template <class I>
  static std::int64_t integer(I value) {
    if (!std::in_range<std::int64_t>(value)) refuse_integer();
    return static_cast<std::int64_t>(value);
  }
  [[noreturn]] static void refuse_integer();
  static Config of_bool(bool value);
  static Config of_integer(std::int64_t value);
  static Config of_number(double value);

  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Object, Opaque>
      value_;
};

/// As it is printed: `{rate: 0.5, axes: [1, 2]}`; an object with a type as `Dropout{rate: 0.5}`.
LANEWISE_API std::string to_string(const Config& config);

/// Where in a configuration something stands, as errors name it: "layers[3].kernel_initializer".
class LANEWISE_API ConfigPath {
 public:
  /// The whole.
  ConfigPath() = default;
  /// A field of it.
  ConfigPath field(std::string_view name) const;
  /// An entry of it, counted from 0.
  ConfigPath entry(std::size_t index) const;
  /// \throws DataError with this message, which begins with the path.
  [[noreturn]] void fail(std::string_view message) const;
  /// \throws DataError that says what was found and what is expected.
  [[noreturn]] void refuse(const Config& got, std::string_view expected) const;

 private:
  std::string text_;
};

}  // namespace lanewise
