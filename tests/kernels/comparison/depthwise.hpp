#pragma once
// Depthwise convolutions against their references.
#include "kernels/comparison/images.hpp"
#include "lanewise/ops/depthwise.hpp"
#include "reference/depthwise.hpp"

namespace lanewise::test {

template <class T>
struct Depthwise {
  Shape x, filters, y;
  ops::DepthwiseOptions<T> options;
  Index taps = 0;
};

template <class T>
Depthwise<T> draw_depthwise(Case& c) {
  return c.redraw([&]() -> std::optional<Depthwise<T>> {
    Depthwise<T> p;
    const Index multiplier = c.tell("multiplier", c.one_in(3) ? c.any(2, 4) : 1);
    p.x = draw_images(c, c.size("c", 200));
    const auto placed = draw_window(c, {p.x[1], p.x[2]}, false);
    if (!placed) return std::nullopt;
    const auto& [window, on] = *placed;
    p.options = {.stride = window.stride, .dilation = window.dilation, .padding = window.padding};
    p.taps = window.kernel.height * window.kernel.width;
    p.filters = {window.kernel.height, window.kernel.width, p.x[3], multiplier};
    p.y = {p.x[0], on.output.height, on.output.width, p.x[3] * multiplier};
    if (p.y.size() * p.taps > kMostProducts) return std::nullopt;
    return p;
  });
}

template <class T>
void depthwise_forward(Case& c) {
  const auto p = draw_depthwise<T>(c);
  const auto x = c.input<T>(p.x), filters = c.input<T>(p.filters), bias = c.input<T>({p.y[3]});
  auto options = p.options, absolute = p.options;
  const Tensor<T> abs_bias = bias.magnitudes();
  if (c.coin("bias")) options.bias = bias.data(), absolute.bias = abs_bias.data();
  Tensor<T> want(p.y), magnitude(p.y);
  reference::depthwise_forward<T>(x.view(), filters.view(), want, options);
  reference::depthwise_forward<T>(x.magnitudes().view(), filters.magnitudes().view(), magnitude,
                                  absolute);
  options.activation = kActivations[c.number("activation", 0, std::size(kActivations) - 1)];
  auto y = c.output<T>(p.y);
  ops::depthwise_forward<T>(x.view(), filters.view(), y.view(), options);
  check_activated<T>(c, y, options.activation, want, magnitude, sum_rounding<T>(p.taps + 1));
}

template <class T>
void depthwise_backward_data(Case& c) {
  const auto p = draw_depthwise<T>(c);
  const auto dy = c.input<T>(p.y), filters = c.input<T>(p.filters);
  auto dx = c.output<T>(p.x);
  Tensor<T> want(p.x), magnitude(p.x);
  ops::depthwise_backward_data<T>(dy.view(), filters.view(), dx.view(), p.options);
  reference::depthwise_backward_data<T>(dy.view(), filters.view(), want, p.options);
  reference::depthwise_backward_data<T>(dy.magnitudes().view(), filters.magnitudes().view(),
                                        magnitude, p.options);
  c.near<T>("dx", dx, want, [&](Index i) {
    return sum_rounding<T>(p.taps * p.filters[3]) * static_cast<double>(magnitude[i]);
  });
}

template <class T>
void depthwise_backward_weights(Case& c) {
  const auto p = draw_depthwise<T>(c);
  const auto x = c.input<T>(p.x), dy = c.input<T>(p.y);
  auto dfilters = c.output<T>(p.filters);
  Tensor<T> want(p.filters), magnitude(p.filters);
  ops::depthwise_backward_weights<T>(x.view(), dy.view(), dfilters.view(), p.options);
  reference::depthwise_backward_weights<T>(x.view(), dy.view(), want, p.options);
  reference::depthwise_backward_weights<T>(x.magnitudes().view(), dy.magnitudes().view(), magnitude,
                                           p.options);
  c.near<T>("dfilters", dfilters, want, [&](Index i) {
    return sum_rounding<T>(p.y.size() / p.y[3]) * static_cast<double>(magnitude[i]);
  });
}

}  // namespace lanewise::test
