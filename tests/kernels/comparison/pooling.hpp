#pragma once
// Pooling against its reference.
#include "kernels/comparison/images.hpp"
#include "lanewise/ops/pooling.hpp"
#include "reference/pooling.hpp"

namespace lanewise::test {

struct Pooling {
  Shape x, y;
  Window window;
  Index pixels = 0;  // of a window, and as many windows at most share a pixel
};

inline Pooling draw_pooling(Case& c) {
  return c.redraw([&]() -> std::optional<Pooling> {
    const Shape x = draw_images(c, c.size_or_0("c", 200));
    const auto placed = draw_window(c, {x[1], x[2]}, true);
    if (!placed) return std::nullopt;
    const auto& [window, on] = *placed;
    const Shape y{x[0], on.output.height, on.output.width, x[3]};
    const Index pixels = window.kernel.height * window.kernel.width;
    if (y.size() * pixels > kMostProducts) return std::nullopt;
    return Pooling{x, y, window, pixels};
  });
}

// One window over the whole image.
inline Pooling draw_global(Case& c) {
  const Shape x = draw_images(c, c.size_or_0("c", 200));
  const Extent2D image{x[1], x[2]};
  return {x, {x[0], 1, 1, x[3]}, {.kernel = image, .stride = image}, x[1] * x[2]};
}

// y of a global pooling has no height and width.
template <class View>
auto flat(const Pooling& p, View y) {
  return y.reshape({p.y[0], p.y[3]});
}

template <class T, bool kGlobal>
void max_pool(Case& c) {
  const Pooling p = kGlobal ? draw_global(c) : draw_pooling(c);
  const auto x = c.input<T>(p.x);
  auto y = c.output<T>(p.y);
  Tensor<T> want(p.y);
  if constexpr (kGlobal)
    ops::global_max_pool<T>(x.view(), flat(p, y.view()));
  else
    ops::max_pool<T>(x.view(), p.window, y.view());
  reference::max_pool<T>(x.view(), p.window, want);
  c.same<T>("y", y, want);
}

template <class T, bool kGlobal>
void max_pool_backward(Case& c) {
  const Pooling p = kGlobal ? draw_global(c) : draw_pooling(c);
  const auto x = c.input<T>(p.x), dy = c.input<T>(p.y);
  Tensor<T> y(p.y), want(p.x), magnitude(p.x);
  reference::max_pool<T>(x.view(), p.window, y);
  auto dx = c.output<T>(p.x);
  if constexpr (kGlobal)
    ops::global_max_pool_backward<T>(x.view(), flat(p, y.view()), flat(p, dy.view()), dx.view());
  else
    ops::max_pool_backward<T>(x.view(), y, dy.view(), p.window, dx.view());
  reference::max_pool_backward<T>(x.view(), dy.view(), p.window, want);
  reference::max_pool_backward<T>(x.view(), dy.magnitudes().view(), p.window, magnitude);
  c.near<T>("dx", dx, want,
            [&](Index i) { return sum_rounding<T>(p.pixels) * static_cast<double>(magnitude[i]); });
}

// With places: what comes out is bit for bit what comes out without.
template <class T>
void max_pool_places(Case& c) {
  const Pooling p = draw_pooling(c);
  const auto x = c.input<T>(p.x), dy = c.input<T>(p.y);
  if (!ops::has_places(p.window)) return;
  auto y = c.output<T>(p.y), dx = c.output<T>(p.x);
  auto places = c.output<std::uint8_t>(p.y);
  Tensor<T> want_y(p.y), want_dx(p.x);
  ops::max_pool<T>(x.view(), p.window, y.view(), places.view());
  ops::max_pool_backward<T>(places.view(), dy.view(), p.window, dx.view());
  ops::max_pool<T>(x.view(), p.window, want_y);
  ops::max_pool_backward<T>(x.view(), want_y, dy.view(), p.window, want_dx);
  c.same<T>("y", y, want_y);
  c.same<T>("dx", dx, want_dx);
  if (!places.intact()) c.fail("places: written outside");
}

template <class T, bool kGlobal>
void average_pool(Case& c) {
  const Pooling p = kGlobal ? draw_global(c) : draw_pooling(c);
  const auto x = c.input<T>(p.x);
  auto y = c.output<T>(p.y);
  Tensor<T> want(p.y), magnitude(p.y);
  if constexpr (kGlobal)
    ops::global_average_pool<T>(x.view(), flat(p, y.view()));
  else
    ops::average_pool<T>(x.view(), p.window, y.view());
  reference::average_pool<T>(x.view(), p.window, want);
  reference::average_pool<T>(x.magnitudes().view(), p.window, magnitude);
  c.near<T>("y", y, want,
            [&](Index i) { return sum_rounding<T>(p.pixels) * static_cast<double>(magnitude[i]); });
}

template <class T, bool kGlobal>
void average_pool_backward(Case& c) {
  const Pooling p = kGlobal ? draw_global(c) : draw_pooling(c);
  const auto dy = c.input<T>(p.y);
  auto dx = c.output<T>(p.x);
  Tensor<T> want(p.x), magnitude(p.x);
  if constexpr (kGlobal)
    ops::global_average_pool_backward<T>(flat(p, dy.view()), dx.view());
  else
    ops::average_pool_backward<T>(dy.view(), p.window, dx.view());
  reference::average_pool_backward<T>(dy.view(), p.window, want);
  reference::average_pool_backward<T>(dy.magnitudes().view(), p.window, magnitude);
  c.near<T>("dx", dx, want,
            [&](Index i) { return sum_rounding<T>(p.pixels) * static_cast<double>(magnitude[i]); });
}

template <class T>
void l2_pool(Case& c) {
  const Pooling p = draw_pooling(c);
  const auto x = c.input<T>(p.x);
  auto y = c.output<T>(p.y);
  Tensor<T> want(p.y);
  ops::l2_pool<T>(x.view(), p.window, y.view());
  reference::l2_pool<T>(x.view(), p.window, want);
  c.near<T>("y", y, want,
            [&](Index i) { return sum_rounding<T>(p.pixels) * static_cast<double>(want[i]); });
}

template <class T>
void l2_pool_backward(Case& c) {
  const Pooling p = draw_pooling(c);
  const auto x = c.input<T>(p.x), dy = c.input<T>(p.y);
  Tensor<T> y(p.y), want(p.x), magnitude(p.x);
  reference::l2_pool<T>(x.view(), p.window, y);
  auto dx = c.output<T>(p.x);
  ops::l2_pool_backward<T>(x.view(), y, dy.view(), p.window, dx.view());
  reference::l2_pool_backward<T>(x.view(), dy.view(), p.window, want);
  reference::l2_pool_backward<T>(x.magnitudes().view(), dy.magnitudes().view(), p.window,
                                 magnitude);
  c.near<T>("dx", dx, want, [&](Index i) {
    return sum_rounding<T>(p.pixels + 2) * static_cast<double>(magnitude[i]);
  });
}

}  // namespace lanewise::test
