// The geometry of windows on images. The contract is in lanewise/ops/window.hpp.
#include "lanewise/ops/window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/prefix.hpp"
#include "lanewise/error.hpp"
#include "ops/window_axis.hpp"

namespace lanewise {
namespace {

// A padded image, or what a window reaches over, has no more rows or columns: sums and differences
// of a few such numbers still fit.
constexpr Index kLargest = std::numeric_limits<Index>::max() / 8;

void check_at_least(Index least, const char* what, Extent2D extent, std::string_view who) {
  if (extent.height < least || extent.width < least)
    throw ArgumentError(fmt::format("{}got {} of ({}, {}), expected at least {}", prefix_of(who),
                                    what, extent.height, extent.width, least));
}

// Fills in the output and, for `same`, the padding; false if a number is too large.
bool resolve_axis(WindowAxis& axis, bool same) {
  Index reach = 0;
  if (__builtin_mul_overflow(axis.kernel - 1, axis.dilation, &reach) || reach >= kLargest)
    return false;
  ++reach;
  if (axis.input > kLargest) return false;
  if (same) {
    axis.output = (axis.input - 1) / axis.stride + 1;
    // The last window begins at (output - 1) * stride < input.
    const Index begin = (axis.output - 1) * axis.stride;
    const Index missing = reach - std::min(reach, axis.input - begin);
    axis.before = missing / 2;
    axis.after = missing - axis.before;
  }
  if (axis.before > kLargest || axis.after > kLargest || axis.padded() > kLargest) return false;
  if (!same) axis.output = reach > axis.padded() ? 0 : (axis.padded() - reach) / axis.stride + 1;
  return true;
}

}  // namespace

WindowOnImage resolve_window(const Window& window, Extent2D image, std::string_view who) {
  check_at_least(1, "a kernel", window.kernel, who);
  check_at_least(1, "strides", window.stride, who);
  check_at_least(1, "a dilation", window.dilation, who);
  const Padding& padding = window.padding;
  if (std::min({padding.top(), padding.bottom(), padding.left(), padding.right()}) < 0)
    throw ArgumentError(fmt::format(
        "{}got a padding of ({}, {}) rows and ({}, {}) columns, "
        "expected at least 0",
        prefix_of(who), padding.top(), padding.bottom(), padding.left(), padding.right()));
  if (image.height < 1 || image.width < 1)
    throw ShapeError(fmt::format("{}got an image of {} x {}, expected at least one pixel",
                                 prefix_of(who), image.height, image.width));

  const bool same = padding.is_same();
  WindowAxis y{.input = image.height,
               .output = 0,
               .kernel = window.kernel.height,
               .stride = window.stride.height,
               .dilation = window.dilation.height,
               .before = padding.top(),
               .after = padding.bottom()};
  WindowAxis x{.input = image.width,
               .output = 0,
               .kernel = window.kernel.width,
               .stride = window.stride.width,
               .dilation = window.dilation.width,
               .before = padding.left(),
               .after = padding.right()};
  Index pixels = 0;
  if (!resolve_axis(y, same) || !resolve_axis(x, same) ||
      __builtin_mul_overflow(y.kernel, x.kernel, &pixels))
    throw ShapeError(fmt::format(
        "{}a kernel of ({}, {}) with dilation ({}, {}) and its padding are too large to count",
        prefix_of(who), window.kernel.height, window.kernel.width, window.dilation.height,
        window.dilation.width));
  if (y.output == 0 || x.output == 0)
    throw ShapeError(fmt::format(
        "{}the window of ({}, {}) with dilation ({}, {}) is larger than the padded image of {} x "
        "{}",
        prefix_of(who), window.kernel.height, window.kernel.width, window.dilation.height,
        window.dilation.width, y.padded(), x.padded()));
  return {
      .input = image,
      .output = {y.output, x.output},
      .kernel = window.kernel,
      // Of one output the stride does not matter, nor the dilation of one element, however
      // large: nobody shall multiply by them.
      .stride = {y.output == 1 ? 1 : window.stride.height, x.output == 1 ? 1 : window.stride.width},
      .dilation = {window.kernel.height == 1 ? 1 : window.dilation.height,
                   window.kernel.width == 1 ? 1 : window.dilation.width},
      .top = y.before,
      .bottom = y.after,
      .left = x.before,
      .right = x.after};
}

}  // namespace lanewise
