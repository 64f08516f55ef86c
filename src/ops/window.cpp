// The geometry of windows on images. The contract is in lanewise/ops/window.hpp.
#include "lanewise/ops/window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "lanewise/error.hpp"

namespace lanewise {
namespace {

// A padded image, or what a window reaches over, has no more rows or columns: sums and differences
// of a few such numbers still fit.
constexpr Index kLargest = std::numeric_limits<Index>::max() / 8;

void check_at_least(Index least, const char* what, Extent2D extent, std::string_view who) {
  if (extent.height < least || extent.width < least)
    throw ArgumentError(fmt::format("{}: got {} of ({}, {}), expected at least {}", who, what,
                                    extent.height, extent.width, least));
}

// One of the two dimensions.
struct Axis {
  Index size, kernel, stride, dilation;
  bool same;
  Index before, after;  // padding
  Index output = 0;

  // Fills in output and, for same, the padding; false if a number is too large.
  bool place() {
    Index reach = 0;
    if (__builtin_mul_overflow(kernel - 1, dilation, &reach) || reach >= kLargest) return false;
    ++reach;
    if (size > kLargest) return false;
    if (same) {
      output = (size - 1) / stride + 1;
      // The last window begins at (output - 1) * stride < size.
      const Index begin = (output - 1) * stride;
      const Index missing = reach - std::min(reach, size - begin);
      before = missing / 2;
      after = missing - before;
    }
    if (before > kLargest || after > kLargest || size + before + after > kLargest) return false;
    const Index padded = size + before + after;
    if (!same) output = reach > padded ? 0 : (padded - reach) / stride + 1;
    return true;
  }
};

}  // namespace

WindowOnImage place(const Window& window, Extent2D image, std::string_view who) {
  check_at_least(1, "a kernel", window.kernel, who);
  check_at_least(1, "strides", window.stride, who);
  check_at_least(1, "a dilation", window.dilation, who);
  const Padding& padding = window.padding;
  if (std::min({padding.top(), padding.bottom(), padding.left(), padding.right()}) < 0)
    throw ArgumentError(
        fmt::format("{}: got a padding of ({}, {}) rows and ({}, {}) columns, "
                    "expected at least 0",
                    who, padding.top(), padding.bottom(), padding.left(), padding.right()));
  if (image.height < 1 || image.width < 1)
    throw ShapeError(fmt::format("{}: got an image of {} x {}, expected at least one pixel", who,
                                 image.height, image.width));

  Axis y{image.height,      window.kernel.height, window.stride.height, window.dilation.height,
         padding.is_same(), padding.top(),        padding.bottom()};
  Axis x{image.width,       window.kernel.width, window.stride.width, window.dilation.width,
         padding.is_same(), padding.left(),      padding.right()};
  Index pixels = 0;
  if (!y.place() || !x.place() || __builtin_mul_overflow(y.kernel, x.kernel, &pixels))
    throw ShapeError(fmt::format(
        "{}: a kernel of ({}, {}) with dilation ({}, {}) and its padding are too large to count",
        who, window.kernel.height, window.kernel.width, window.dilation.height,
        window.dilation.width));
  if (y.output == 0 || x.output == 0)
    throw ShapeError(fmt::format(
        "{}: the window of ({}, {}) with dilation ({}, {}) is larger than the padded image of {} x "
        "{}",
        who, window.kernel.height, window.kernel.width, window.dilation.height,
        window.dilation.width, y.size + y.before + y.after, x.size + x.before + x.after));
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
