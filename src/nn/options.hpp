#pragma once
// Checks of the options that several layers have, made when the layer is: the message begins with
// the layer.
#include <fmt/format.h>

#include <string_view>

#include "core/prefix.hpp"
#include "lanewise/error.hpp"
#include "lanewise/nn/initializer.hpp"
#include "lanewise/nn/regularizer.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/window.hpp"

namespace lanewise::nn {

template <class T>
void check_activation(std::string_view layer, ActivationFunction activation) {
  with_prefix([&] { return layer; }, [&] { ops::check<T>(activation); });
}

template <class T>
void check_initializer(std::string_view layer, std::string_view option,
                       const Initializer& initializer) {
  // Making one throws if a number is out of its range.
  with_prefix([&] { return fmt::format("{}: {}", layer, option); }, [&] { initializer.make<T>(); });
}

inline void check_regularizer(std::string_view layer, std::string_view option,
                              const Regularizer& regularizer) {
  with_prefix([&] { return fmt::format("{}: {}", layer, option); }, [&] { check(regularizer); });
}

// Kernel, strides, dilation and padding below what they may be. What is too large is told by an
// image, when the layer is built.
inline void check_window(std::string_view layer, const Window& window) {
  try {
    resolve_window(window, 1, layer);
  } catch (const ShapeError&) {
  }
}

}  // namespace lanewise::nn
