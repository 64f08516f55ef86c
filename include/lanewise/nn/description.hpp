#pragma once
/// \file
/// Descriptions and instances.
///
/// A layer, loss, metric or optimizer that a user writes down, such as `Dense{128}`, is a
/// description: a small copyable value that knows its options and nothing else. What does the work
/// is an instance, made from it for float or for double:
///
/// \code
///   Dense{128} --make<float>()--> LayerInstance<float>   in the model that trains
///              --make<double>()-> LayerInstance<double>  in its double twin, which checks
///              gradients
/// \endcode

#include <concepts>
#include <memory>
#include <string_view>
#include <utility>

#include "lanewise/error.hpp"
#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"
#include "lanewise/nn/config_conversion.hpp"

namespace lanewise {

/// A type that makes an instance for both element types. (It is asked first whether it makes any:
/// whether a type can be copied may depend on what it converts to.)
template <class D, template <class> class Instance>
concept Makes = requires(const D& description) {
  { description.template make<float>() } -> std::convertible_to<std::unique_ptr<Instance<float>>>;
  { description.template make<double>() } -> std::convertible_to<std::unique_ptr<Instance<double>>>;
}
&&std::copy_constructible<D>;

/// One that can be read, too: it has a name and fields, and is equal to another or not. A user's
/// own layer is a class template derived from LayerInstance and a struct that satisfies this:
///
/// \code
///   struct Scale {
///     double initial = 1;
///     LANEWISE_LAYER(Scale, initial);
///   };
///   template <class T>
///   std::unique_ptr<LayerInstance<T>> Scale::make() const {
///     return std::make_unique<ScaleInstance<T>>(initial);
///   }
/// \endcode
template <class D, template <class> class Instance>
concept DescriptionOf =
    Makes<D, Instance> && HasFields<const D> && std::equality_comparable<D> && requires {
  { D::type_name() } -> std::convertible_to<std::string_view>;
};

/// Any description of one kind of instance. Copying is cheap: what it holds never changes.
template <template <class> class Instance>
class Description {
 public:
  /// No description: models refuse it.
  Description() = default;

  /// Holds a copy of `description`.
  template <class D>
  requires(!std::derived_from<D, Description> && Makes<D, Instance>) Description(D description) {
    static_assert(DescriptionOf<D, Instance>,
                  "a description ends in LANEWISE_LAYER(Name, fields…), LANEWISE_LOSS or another");
    held_ = std::make_shared<const Holder<D>>(std::move(description));
  }

  /// Whether there is a description.
  explicit operator bool() const { return held_ != nullptr; }

  /// This class, for what derives from it.
  using AnyOfKind = Description;
  /// What the library, or a user, makes instances of, at one element type.
  template <class T>
  using Made = Instance<T>;

  /// Its type's name, such as "Dense". \throws ArgumentError if there is no description.
  std::string_view type_name() const {
    if (!held_) throw ArgumentError("type_name: the description is empty");
    return held_->type_name();
  }

  /// Its type and all its fields as data; nothing if there is no description.
  Config config() const { return held_ ? held_->config() : Config(); }

  /// The same without the fields that have their defaults.
  Config brief() const { return held_ ? held_->brief() : Config(); }

  /// The description of such data, for which its type has to be known: one of the library's, or one
  /// that register_type() was told of. \throws DataError that names what is unknown or wrong, and
  /// by `path` where it stands.
  static Description from(const Config& config, const ConfigPath& path);

  /// The description as it is printed, without the fields that have their defaults:
  /// `Dense{units: 10, activation: relu}`.
  friend std::string to_string(const Description& description) {
    return to_string(description.brief());
  }

  /// What makes a description of data.
  using Reader = Description (*)(const Config& config, const ConfigPath& path);
  /// Makes a type known by its name; register_type() calls it.
  /// \throws ArgumentError if there is one of this name.
  static void add_type(std::string_view name, Reader reader);

  /// The description itself if it is a D, such as `layer.target<Dense>()`; else null.
  template <class D>
  const D* target() const {
    const auto* holder = dynamic_cast<const Holder<D>*>(held_.get());
    return holder ? &holder->description : nullptr;
  }

  /// Whether both are of one type with equal fields, or both empty.
  friend bool operator==(const Description& a, const Description& b) {
    return a.held_ == b.held_ || (a.held_ && b.held_ && a.held_->equals(*b.held_));
  }

  /// A new instance for elements of type T, float or double.
  /// \throws ArgumentError if there is no description, or if it makes nothing.
  template <class T>
  std::unique_ptr<Instance<T>> make() const {
    if (!held_) throw ArgumentError("make: the description is empty");
    std::unique_ptr<Instance<T>> made;
    if constexpr (std::same_as<T, float>)
      made = held_->make_float();
    else
      made = held_->make_double();
    if (!made) throw ArgumentError("make: the description made no instance");
    return made;
  }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual std::string_view type_name() const = 0;
    virtual bool equals(const Base& other) const = 0;
    virtual Config config() const = 0;
    virtual Config brief() const = 0;
    virtual std::unique_ptr<Instance<float>> make_float() const = 0;
    virtual std::unique_ptr<Instance<double>> make_double() const = 0;
  };

  template <class D>
  struct Holder final : Base {
    explicit Holder(D description_) : description(std::move(description_)) {}
    std::string_view type_name() const override { return D::type_name(); }
    bool equals(const Base& other) const override {
      const auto* same = dynamic_cast<const Holder*>(&other);
      return same && same->description == description;
    }
    Config config() const override { return to_config(description); }
    Config brief() const override {
      if constexpr (std::default_initializable<D>)
        return config().without(to_config(D{}));
      else
        return config();
    }
    std::unique_ptr<Instance<float>> make_float() const override {
      return description.template make<float>();
    }
    std::unique_ptr<Instance<double>> make_double() const override {
      return description.template make<double>();
    }
    D description;
  };

  std::shared_ptr<const Base> held_;
};

/// A Description, or what derives from one, such as Layer.
template <class D>
concept AnyDescription = std::derived_from<D, typename D::AnyOfKind>;

/// An object with its type and its fields: {"type": "Huber", "delta": 2.0}; null for none.
template <AnyDescription D>
struct ConfigConversion<D> {
  /// The object.
  static Config to(const D& description) { return description.config(); }
  /// The description.
  static D from(const Config& config, const ConfigPath& path) { return D(D::from(config, path)); }
};

/// Makes a type of a user's own known: a layer, loss, metric, optimizer or initializer, which can
/// then be read as the library's own. Once a program, as at the start of main(); several threads
/// may. \throws ArgumentError that names the type if there is one of this name already.
template <class D>
void register_type() {
  using Kind = typename D::Kind;
  Kind::add_type(D::type_name(), [](const Config& config, const ConfigPath& path) {
    return Kind(from_config<D>(config, path));
  });
}

}  // namespace lanewise
