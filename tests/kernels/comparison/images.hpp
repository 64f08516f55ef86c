#pragma once
// Images and windows drawn at random, and what activations do to an error.
#include <optional>

#include "kernels/comparison/case.hpp"
#include "lanewise/error.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/pooling.hpp"
#include "reference/activation.hpp"

namespace lanewise::test {

// One pixel, a few, a long row, and no image now and then.
inline Shape draw_images(Case& c, Index channels) {
  return c.redraw([&]() -> std::optional<Shape> {
    const auto side = [&](const char* name) {
      const Index kind = c.any(0, 9);
      return c.tell(name, kind == 0 ? 1 : kind == 1 ? c.any(10, 300) : c.any(1, 9));
    };
    const Index images = c.tell("n", c.one_in(20) ? 0 : c.any(1, 3));
    const Index height = side("h"), width = side("w");
    const Shape shape{images, height, width, channels};
    return shape.size() > kMostElements ? std::nullopt : std::optional(shape);
  });
}

// The window along one dimension: one pixel, as large as the image and larger; steps beyond the
// kernel, and beyond the image, which leave one output.
struct Names {
  const char *kernel, *stride, *dilation;
};
struct WindowSide {
  Index kernel, stride, dilation = 1;
};
inline WindowSide draw_side(Case& c, Index size, const Names& names, bool dilated) {
  WindowSide side{};
  side.kernel = c.tell(names.kernel, c.one_in(4)   ? 1
                                     : c.one_in(6) ? std::min<Index>(size, 9) + c.any(0, 3)
                                                   : c.any(1, 5));
  side.stride = c.tell(names.stride, c.one_in(3)   ? 1
                                     : c.one_in(4) ? size + c.any(0, 2)
                                     : c.one_in(4) ? side.kernel + c.any(0, 3)
                                                   : c.any(1, 4));
  if (dilated)
    side.dilation = c.tell(names.dilation, c.one_in(2) ? 1 : c.one_in(8) ? size : c.any(1, 5));
  return side;
}

// Nothing if the window does not fit.
using Placed = std::pair<Window, WindowOnImage>;
inline std::optional<Placed> draw_window(Case& c, Extent2D image, bool pooling) {
  const WindowSide y = draw_side(c, image.height, {"kh", "sh", "dh"}, !pooling);
  const WindowSide x = draw_side(c, image.width, {"kw", "sw", "dw"}, !pooling);
  Window window{{y.kernel, x.kernel}, {y.stride, x.stride}, {y.dilation, x.dilation}};
  if (c.coin("same", 3)) {
    window.padding = Padding::same;
  } else if (c.one_in(2)) {
    const auto edge = [&](const char* name, Index kernel) {
      return c.number(name, 0, pooling ? kernel - 1 : kernel + 1);
    };
    const Index top = edge("top", y.kernel), bottom = edge("bottom", y.kernel);
    const Index left = edge("left", x.kernel), right = edge("right", x.kernel);
    window.padding = Padding(top, bottom, left, right);
  }
  try {
    return Placed{window, pooling ? resolve_pool_window(window, image, "")
                                  : resolve_window(window, image, "")};
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Activations whose slopes are no larger than this, and softmax, which mixes the channels.
constexpr double kSteepest = 1.13;
constexpr ActivationFunction kActivations[] = {linear,         relu,     leaky_relu, sigmoid, elu,
                                               lanewise::tanh, softplus, gelu,       softmax};

// How far f(z) may be off where z is off by `bounds`: by the slope, and for softmax, whose
// derivatives add up to 1/2 at most, by the largest of its pixel; and by the rounding of f itself.
template <class T>
void check_activated(Case& c, const Operand<T>& y, ActivationFunction f, const Tensor<T>& want_z,
                     const Tensor<T>& magnitude, double rounding) {
  Tensor<T> want(want_z.shape());
  reference::activation_forward<T>(f, want_z, want);
  if (f == linear || f == relu)
    return c.near<T>("y", y, want,
                     [&](Index i) { return rounding * static_cast<double>(magnitude[i]); });
  double most = 0;
  for (const T m : magnitude) most = std::max(most, static_cast<double>(m));
  c.near<T>("y", y, want, [&](Index i) {
    const double own = f == softmax ? most : static_cast<double>(magnitude[i]);
    return kSteepest * rounding * own + 8 * eps<T>() * (1 + own);
  });
}

}  // namespace lanewise::test
