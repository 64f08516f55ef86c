// Contract in reference/depthwise.hpp.
#include "reference/depthwise.hpp"

#include <vector>

namespace lanewise::reference {
namespace {

// Calls visit(element of x, element of the filters, element of y) for every product of the formula.
template <class T, class Visit>
void for_each_product(const Shape& x, const Shape& filters, const Shape& y,
                      const ops::DepthwiseOptions<T>& options, Visit visit) {
  const WindowOnImage w =
      resolve_window({{filters[0], filters[1]}, options.stride, options.dilation, options.padding},
                     {x[1], x[2]}, "depthwise");
  const Index channels = filters[2], multiplier = filters[3];
  for (Index n = 0; n < x[0]; ++n)
    for (Index oy = 0; oy < y[1]; ++oy)
      for (Index ox = 0; ox < y[2]; ++ox)
        for (Index ky = 0; ky < filters[0]; ++ky)
          for (Index kx = 0; kx < filters[1]; ++kx) {
            const Index iy = oy * w.stride.height - w.top + ky * w.dilation.height;
            const Index ix = ox * w.stride.width - w.left + kx * w.dilation.width;
            if (iy < 0 || iy >= x[1] || ix < 0 || ix >= x[2]) continue;
            for (Index c = 0; c < channels; ++c)
              for (Index j = 0; j < multiplier; ++j)
                visit(((n * x[1] + iy) * x[2] + ix) * channels + c,
                      ((ky * filters[1] + kx) * channels + c) * multiplier + j,
                      ((n * y[1] + oy) * y[2] + ox) * channels * multiplier + c * multiplier + j);
          }
}

template <class T>
void store(const std::vector<double>& sums, TensorView<T> to) {
  for (Index i = 0; i < to.size(); ++i) to[i] = static_cast<T>(sums[static_cast<std::size_t>(i)]);
}

std::vector<double> zeros(Index count) {
  return std::vector<double>(static_cast<std::size_t>(count));
}

}  // namespace

template <class T>
void depthwise_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                       const ops::DepthwiseOptions<T>& options) {
  const Index channels = y.shape()[3];
  std::vector<double> sums = zeros(y.size());
  for_each_product(x.shape(), filters.shape(), y.shape(), options, [&](Index i, Index f, Index o) {
    sums[static_cast<std::size_t>(o)] += static_cast<double>(x[i]) * filters[f];
  });
  for (Index i = 0; i < y.size(); ++i) {
    double& sum = sums[static_cast<std::size_t>(i)];
    if (options.bias != nullptr) sum += options.bias[i % channels];
    if (options.activation == relu && sum < 0) sum = 0;
  }
  store(sums, y);
}

template <class T>
void depthwise_backward_data(TensorView<const T> dy, TensorView<const T> filters, TensorView<T> dx,
                             const ops::DepthwiseOptions<T>& options) {
  std::vector<double> sums = zeros(dx.size());
  for_each_product(dx.shape(), filters.shape(), dy.shape(), options,
                   [&](Index i, Index f, Index o) {
                     sums[static_cast<std::size_t>(i)] += static_cast<double>(dy[o]) * filters[f];
                   });
  store(sums, dx);
}

template <class T>
void depthwise_backward_weights(TensorView<const T> x, TensorView<const T> dy,
                                TensorView<T> dfilters, const ops::DepthwiseOptions<T>& options) {
  std::vector<double> sums = zeros(dfilters.size());
  for_each_product(x.shape(), dfilters.shape(), dy.shape(), options,
                   [&](Index i, Index f, Index o) {
                     sums[static_cast<std::size_t>(f)] += static_cast<double>(x[i]) * dy[o];
                   });
  store(sums, dfilters);
}

#define LANEWISE_INSTANTIATE(T)                                                                  \
  template void depthwise_forward(TensorView<const T>, TensorView<const T>, TensorView<T>,       \
                                  const ops::DepthwiseOptions<T>&);                              \
  template void depthwise_backward_data(TensorView<const T>, TensorView<const T>, TensorView<T>, \
                                        const ops::DepthwiseOptions<T>&);                        \
  template void depthwise_backward_weights(TensorView<const T>, TensorView<const T>,             \
                                           TensorView<T>, const ops::DepthwiseOptions<T>&);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
