// Contract in reference/convolution.hpp.
#include "reference/convolution.hpp"

#include "reference/activation.hpp"

namespace lanewise::reference {
namespace {

template <class T>
WindowOnImage resolve_window(Extent2D kernel, const ops::ConvolutionOptions<T>& options,
                             const Shape& x) {
  return lanewise::resolve_window({kernel, options.stride, options.dilation, options.padding},
                                  {x[1], x[2]}, "reference");
}

// Calls visit(n, oy, ox, ky, kx, y, x) for every pixel (y, x) inside the image that the window
// sees.
template <class Visit>
void for_each_tap(const WindowOnImage& w, Index images, Visit visit) {
  for (Index n = 0; n < images; ++n)
    for (Index oy = 0; oy < w.output.height; ++oy)
      for (Index ox = 0; ox < w.output.width; ++ox)
        for (Index ky = 0; ky < w.kernel.height; ++ky)
          for (Index kx = 0; kx < w.kernel.width; ++kx) {
            const Index y = oy * w.stride.height - w.top + ky * w.dilation.height;
            const Index x = ox * w.stride.width - w.left + kx * w.dilation.width;
            if (y < 0 || y >= w.input.height || x < 0 || x >= w.input.width) continue;
            visit(n, oy, ox, ky, kx, y, x);
          }
}

// Calls visit(indices of x, of filters, of y) for every product of the sum.
template <class T, class Visit>
void for_each_product(const Shape& x, const Shape& filters, const Shape& y,
                      const ops::ConvolutionOptions<T>& options, Visit visit) {
  const Index c = x[3], k = filters[3], channels = filters[2], columns = k / options.groups;
  const WindowOnImage w = resolve_window({filters[0], filters[1]}, options, x);
  for_each_tap(w, y[0], [&](Index n, Index oy, Index ox, Index ky, Index kx, Index iy, Index ix) {
    const Index in = ((n * w.input.height + iy) * w.input.width + ix) * c;
    const Index tap = (ky * w.kernel.width + kx) * channels;
    const Index out = ((n * w.output.height + oy) * w.output.width + ox) * k;
    for (Index group = 0; group < options.groups; ++group)
      for (Index ch = 0; ch < channels; ++ch)
        for (Index o = group * columns; o < (group + 1) * columns; ++o)
          visit(in + group * channels + ch, (tap + ch) * k + o, out + o);
  });
}

template <class T>
void round_to(const Tensor<double>& sums, TensorView<T> to) {
  for (Index i = 0; i < to.size(); ++i) to[i] = static_cast<T>(sums[i]);
}

}  // namespace

template <class T>
void conv_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                  const ops::ConvolutionOptions<T>& options) {
  Tensor<double> sums(y.shape());
  if (options.bias != nullptr)
    for (Index i = 0; i < sums.size(); ++i) sums[i] = options.bias[i % y.shape()[3]];
  for_each_product(x.shape(), filters.shape(), y.shape(), options,
                   [&](Index in, Index filter, Index out) {
                     sums[out] += static_cast<double>(x[in]) * static_cast<double>(filters[filter]);
                   });
  round_to(sums, y);
  activation_forward<T>(options.activation, y, y);
}

template <class T>
void conv_backward_data(TensorView<const T> dy, TensorView<const T> filters, TensorView<T> dx,
                        const ops::ConvolutionOptions<T>& options) {
  Tensor<double> sums(dx.shape());
  for_each_product(
      dx.shape(), filters.shape(), dy.shape(), options, [&](Index in, Index filter, Index out) {
        sums[in] += static_cast<double>(dy[out]) * static_cast<double>(filters[filter]);
      });
  round_to(sums, dx);
}

template <class T>
void conv_backward_weights(TensorView<const T> x, TensorView<const T> dy, TensorView<T> dfilters,
                           const ops::ConvolutionOptions<T>& options) {
  Tensor<double> sums(dfilters.shape());
  for_each_product(x.shape(), dfilters.shape(), dy.shape(), options,
                   [&](Index in, Index filter, Index out) {
                     sums[filter] += static_cast<double>(dy[out]) * static_cast<double>(x[in]);
                   });
  round_to(sums, dfilters);
}

template <class T>
void im2col(TensorView<const T> x, const Window& window, TensorView<T> columns) {
  const WindowOnImage w =
      lanewise::resolve_window(window, {x.shape()[1], x.shape()[2]}, "reference");
  const Index c = x.shape()[3], taps = w.kernel.height * w.kernel.width;
  for (T& element : columns) element = 0;
  for_each_tap(w, x.shape()[0],
               [&](Index n, Index oy, Index ox, Index ky, Index kx, Index iy, Index ix) {
                 const Index row = (n * w.output.height + oy) * w.output.width + ox;
                 for (Index ch = 0; ch < c; ++ch)
                   columns[(row * taps + ky * w.kernel.width + kx) * c + ch] = x(n, iy, ix, ch);
               });
}

template <class T>
void col2im(TensorView<const T> columns, const Window& window, TensorView<T> x) {
  const WindowOnImage w =
      lanewise::resolve_window(window, {x.shape()[1], x.shape()[2]}, "reference");
  const Index c = x.shape()[3], taps = w.kernel.height * w.kernel.width;
  for (T& element : x) element = 0;
  for_each_tap(w, x.shape()[0],
               [&](Index n, Index oy, Index ox, Index ky, Index kx, Index iy, Index ix) {
                 const Index row = (n * w.output.height + oy) * w.output.width + ox;
                 for (Index ch = 0; ch < c; ++ch)
                   x(n, iy, ix, ch) += columns[(row * taps + ky * w.kernel.width + kx) * c + ch];
               });
}

#define LANEWISE_INSTANTIATE(T)                                                                \
  template void conv_forward(TensorView<const T>, TensorView<const T>, TensorView<T>,          \
                             const ops::ConvolutionOptions<T>&);                               \
  template void conv_backward_data(TensorView<const T>, TensorView<const T>, TensorView<T>,    \
                                   const ops::ConvolutionOptions<T>&);                         \
  template void conv_backward_weights(TensorView<const T>, TensorView<const T>, TensorView<T>, \
                                      const ops::ConvolutionOptions<T>&);                      \
  template void im2col(TensorView<const T>, const Window&, TensorView<T>);                     \
  template void col2im(TensorView<const T>, const Window&, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
