#pragma once
// Convolutions, and unfolded images, against their references.
#include "kernels/comparison/images.hpp"
#include "lanewise/ops/convolution.hpp"
#include "reference/convolution.hpp"

namespace lanewise::test {

template <class T>
struct Convolution {
  Shape x, filters, y;
  ops::ConvolutionOptions<T> options;
  Index taps = 0, channels = 0, columns = 0;  // the latter two of a group
};

template <class T>
Convolution<T> draw_convolution(Case& c) {
  return c.redraw([&]() -> std::optional<Convolution<T>> {
    Convolution<T> p;
    p.options.groups = c.tell("groups", c.one_in(3) ? c.any(2, 5) : 1);
    p.channels = c.size("c/groups", 100);
    p.columns = c.size("k/groups", 100);
    p.x = draw_images(c, p.channels * p.options.groups);
    const auto placed = draw_window(c, {p.x[1], p.x[2]}, false);
    if (!placed) return std::nullopt;
    const auto& [window, on] = *placed;
    p.options.stride = window.stride;
    p.options.dilation = window.dilation;
    p.options.padding = window.padding;
    p.options.algorithm =
        ConvolutionAlgorithm::direct;  // the other one has other bounds: winograd_test.cpp
    p.taps = window.kernel.height * window.kernel.width;
    p.filters = {window.kernel.height, window.kernel.width, p.channels,
                 p.columns * p.options.groups};
    p.y = {p.x[0], on.output.height, on.output.width, p.filters[3]};
    if (p.y.size() * p.taps * p.channels > kMostProducts) return std::nullopt;
    return p;
  });
}

template <class T>
void conv_forward(Case& c) {
  const auto p = draw_convolution<T>(c);
  const auto x = c.input<T>(p.x), filters = c.input<T>(p.filters), bias = c.input<T>({p.y[3]});
  auto options = p.options, absolute = p.options;
  const Tensor<T> abs_bias = bias.magnitudes();
  if (c.coin("bias")) options.bias = bias.data(), absolute.bias = abs_bias.data();
  Tensor<T> want(p.y), magnitude(p.y);
  reference::conv_forward<T>(x.view(), filters.view(), want, options);
  reference::conv_forward<T>(x.magnitudes().view(), filters.magnitudes().view(), magnitude,
                             absolute);
  options.activation = kActivations[c.number("activation", 0, std::size(kActivations) - 1)];
  auto y = c.output<T>(p.y);
  ops::conv_forward<T>(x.view(), filters.view(), y.view(), options);
  check_activated<T>(c, y, options.activation, want, magnitude,
                     sum_rounding<T>(p.taps * p.channels + 1));
}

template <class T>
void conv_backward_data(Case& c) {
  const auto p = draw_convolution<T>(c);
  const auto dy = c.input<T>(p.y), filters = c.input<T>(p.filters);
  auto dx = c.output<T>(p.x);
  Tensor<T> want(p.x), magnitude(p.x);
  ops::conv_backward_data<T>(dy.view(), filters.view(), dx.view(), p.options);
  reference::conv_backward_data<T>(dy.view(), filters.view(), want, p.options);
  reference::conv_backward_data<T>(dy.magnitudes().view(), filters.magnitudes().view(), magnitude,
                                   p.options);
  c.near<T>("dx", dx, want, [&](Index i) {
    return sum_rounding<T>(p.taps * p.columns) * static_cast<double>(magnitude[i]);
  });
}

template <class T>
void conv_backward_weights(Case& c) {
  const auto p = draw_convolution<T>(c);
  const auto x = c.input<T>(p.x), dy = c.input<T>(p.y);
  auto dfilters = c.output<T>(p.filters);
  Tensor<T> want(p.filters), magnitude(p.filters);
  ops::conv_backward_weights<T>(x.view(), dy.view(), dfilters.view(), p.options);
  reference::conv_backward_weights<T>(x.view(), dy.view(), want, p.options);
  reference::conv_backward_weights<T>(x.magnitudes().view(), dy.magnitudes().view(), magnitude,
                                      p.options);
  c.near<T>("dfilters", dfilters, want, [&](Index i) {
    return sum_rounding<T>(p.y.size() / p.y[3]) * static_cast<double>(magnitude[i]);
  });
}

// From images like y to images like x, which have the bias.
template <class T>
void conv_transpose_forward(Case& c) {
  const auto p = draw_convolution<T>(c);
  const auto y = c.input<T>(p.y), filters = c.input<T>(p.filters), bias = c.input<T>({p.x[3]});
  auto options = p.options;
  Tensor<T> want(p.x), magnitude(p.x);
  reference::conv_backward_data<T>(y.view(), filters.view(), want, options);
  reference::conv_backward_data<T>(y.magnitudes().view(), filters.magnitudes().view(), magnitude,
                                   options);
  if (c.coin("bias")) {
    options.bias = bias.data();
    for (Index i = 0; i < want.size(); ++i) {
      want[i] += options.bias[i % p.x[3]];
      magnitude[i] += std::abs(options.bias[i % p.x[3]]);
    }
  }
  options.activation = kActivations[c.number("activation", 0, std::size(kActivations) - 1)];
  auto x = c.output<T>(p.x);
  ops::conv_transpose_forward<T>(y.view(), filters.view(), x.view(), options);
  check_activated<T>(c, x, options.activation, want, magnitude,
                     sum_rounding<T>(p.taps * p.columns + 2));
}

// Convolutions by filters that were transformed before give what those do that transform them,
// which winograd_test.cpp compares with the reference.
template <class T>
void winograd_filters(Case& c) {
  constexpr Index kSides[] = {1, 3, 5};
  const Index side = c.tell("side", kSides[c.any(1, 2)]);
  const Index other = c.tell("other side", kSides[c.any(0, 2)]);
  const Index groups = c.tell("groups", c.one_in(3) ? c.any(2, 5) : 1);
  const Index channels = c.size("c/groups", 40), columns = c.size("k/groups", 40);
  const Shape x_shape{c.any(1, 20), c.any(5, 25), c.any(5, 25), groups * channels};
  const Shape filter_shape{side, other, channels, groups * columns};
  const Shape y_shape{x_shape[0], x_shape[1] - side + 1, x_shape[2] - other + 1, filter_shape[3]};
  ops::ConvolutionOptions<T> options{.groups = groups, .algorithm = ConvolutionAlgorithm::winograd};
  const auto x = c.input<T>(x_shape), filters = c.input<T>(filter_shape), dy = c.input<T>(y_shape);
  const Shape shape = ops::winograd_filters_shape<T>(x_shape, filter_shape, options);
  for (const auto pass : {ops::ConvolutionPass::forward, ops::ConvolutionPass::backward_data}) {
    const bool forward = pass == ops::ConvolutionPass::forward;
    const Shape& result = forward ? y_shape : x_shape;
    auto transformed = c.output<T>(shape);
    ops::winograd_filters<T>(filters.view(), x_shape, transformed.view(), options, pass);
    auto got = c.output<T>(result);
    Tensor<T> want(result);
    const auto convolve = [&](TensorView<T> to) {
      if (forward)
        ops::conv_forward<T>(x.view(), filters.view(), to, options);
      else
        ops::conv_backward_data<T>(dy.view(), filters.view(), to, options);
    };
    convolve(want);
    options.transformed = transformed.view();
    convolve(got.view());
    options.transformed = {};
    c.same<T>(forward ? "y" : "dx", got, want);
  }
}

struct Unfolded {
  Shape x, columns;
  Window window;
};
inline Unfolded draw_unfolded(Case& c) {
  return c.redraw([&]() -> std::optional<Unfolded> {
    const Shape x = draw_images(c, c.size_or_0("c", 100));
    const auto placed = draw_window(c, {x[1], x[2]}, false);
    if (!placed) return std::nullopt;
    const auto& [window, on] = *placed;
    const Shape columns{x[0] * on.output.height * on.output.width,
                        window.kernel.height * window.kernel.width * x[3]};
    if (columns.size() > kMostProducts) return std::nullopt;
    return Unfolded{x, columns, window};
  });
}

template <class T>
void im2col(Case& c) {
  const Unfolded p = draw_unfolded(c);
  const auto x = c.input<T>(p.x);
  auto columns = c.output<T>(p.columns);
  Tensor<T> want(p.columns);
  ops::im2col<T>(x.view(), p.window, columns.view());
  reference::im2col<T>(x.view(), p.window, want);
  c.same<T>("columns", columns, want);
}

template <class T>
void col2im(Case& c) {
  const Unfolded p = draw_unfolded(c);
  const auto columns = c.input<T>(p.columns);
  auto x = c.output<T>(p.x);
  Tensor<T> want(p.x), magnitude(p.x);
  ops::col2im<T>(columns.view(), p.window, x.view());
  reference::col2im<T>(columns.view(), p.window, want);
  reference::col2im<T>(columns.magnitudes().view(), p.window, magnitude);
  // Both add in T.
  const Index terms = 2 * p.window.kernel.height * p.window.kernel.width;
  c.near<T>("x", x, want,
            [&](Index i) { return sum_rounding<T>(terms) * static_cast<double>(magnitude[i]); });
}

}  // namespace lanewise::test
