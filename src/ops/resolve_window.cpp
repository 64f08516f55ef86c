// Contract in ops/resolve_window.hpp.
#include "ops/resolve_window.hpp"

#include <fmt/format.h>

#include <limits>

#include "core/prefix.hpp"
#include "lanewise/error.hpp"
#include "ops/window_axis.hpp"

namespace lanewise {
namespace {

bool fits(const Window& window, Extent2D image, WindowRule rule) {
  try {
    rule(window, image, {});
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

WindowOnImage resolve_window_for(const Window& window, const Shape& x, std::string_view who,
                                 WindowRule rule) {
  const bool sequence = x.rank() == 2;
  const Index height = sequence ? 1 : x[-3], width = x[-2], channels = x[-1];
  try {
    return rule(window, {height, width}, who);
  } catch (const ShapeError& error) {
    const Extent2D turned = sequence ? Extent2D{1, channels} : Extent2D{width, channels};
    if (!fits(window, turned, rule)) throw;
    throw ShapeError(fmt::format(
        "{}; got the shape {}, read as ({}): if channels come first in it, move them to the end",
        error.what(), to_string(x),
        sequence        ? "steps, channels"
        : x.rank() == 3 ? "height, width, channels"
                        : "images, height, width, channels"));
  }
}

void check_addressable(const WindowOnImage& w, Index pixel, std::string_view who) {
  constexpr Index kMost = std::numeric_limits<Index>::max() / 16;  // of bytes, and twice as far
  const WindowAxis y = vertical(w), x = horizontal(w);
  Index places = 0;
  if (__builtin_mul_overflow(y.padded() + y.reach(), x.padded() + x.reach(), &places) ||
      __builtin_mul_overflow(places, pixel, &places) || places > kMost)
    throw ShapeError(fmt::format(
        "{}a window of ({}, {}) with dilation ({}, {}) on a padded image of {} x {} reaches over "
        "more elements than an index can count",
        prefix_of(who), w.kernel.height, w.kernel.width, w.dilation.height, w.dilation.width,
        y.padded(), x.padded()));
}

Shape countable_shape(std::string_view who, std::initializer_list<Index> sizes) {
  try {
    return Shape(sizes);
  } catch (const ShapeError& error) {
    throw ShapeError(fmt::format("{}: {}", who, error.what()));
  }
}

}  // namespace lanewise
