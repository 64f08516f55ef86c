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
#include <utility>

#include "lanewise/error.hpp"

namespace lanewise {

/// A type that can make an instance for both element types. A user's own layer is a class template
/// derived from LayerInstance and a struct that satisfies this.
template <class D, template <class> class Instance>
concept DescriptionOf = std::copy_constructible<D> && requires(const D& description) {
  { description.template make<float>() } -> std::convertible_to<std::unique_ptr<Instance<float>>>;
  { description.template make<double>() } -> std::convertible_to<std::unique_ptr<Instance<double>>>;
};

/// Any description of one kind of instance. Copying is cheap: what it holds never changes.
template <template <class> class Instance>
class Description {
 public:
  /// No description: models refuse it.
  Description() = default;

  /// Holds a copy of `description`.
  template <class D>
  requires(!std::derived_from<D, Description> && DescriptionOf<D, Instance>)
      Description(D description)
      : held_(std::make_shared<const Holder<D>>(std::move(description))) {}

  /// Whether there is a description.
  explicit operator bool() const { return held_ != nullptr; }

  /// The description itself if it is a D, such as `layer.target<Dense>()`; else null.
  template <class D>
  const D* target() const {
    const auto* holder = dynamic_cast<const Holder<D>*>(held_.get());
    return holder ? &holder->description : nullptr;
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
    virtual std::unique_ptr<Instance<float>> make_float() const = 0;
    virtual std::unique_ptr<Instance<double>> make_double() const = 0;
  };

  template <class D>
  struct Holder final : Base {
    explicit Holder(D description_) : description(std::move(description_)) {}
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

}  // namespace lanewise
