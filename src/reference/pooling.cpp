// Contract in reference/pooling.hpp.
#include "reference/pooling.hpp"

#include <cmath>

namespace lanewise::reference {
namespace {

// Calls visit(out, pixels) for every window and channel; pixels(see) calls see(i) for the index of
// every pixel that lies inside the image, row by row.
template <class Visit>
void for_each_window(const Shape& x, const Window& window, Visit visit) {
  const Index h = x[1], w = x[2], c = x[3];
  const WindowOnImage on = resolve_window(window, {h, w}, "reference");
  Index out = 0;
  for (Index n = 0; n < x[0]; ++n)
    for (Index oy = 0; oy < on.output.height; ++oy)
      for (Index ox = 0; ox < on.output.width; ++ox)
        for (Index ch = 0; ch < c; ++ch, ++out)
          visit(out, [&](auto see) {
            for (Index ky = 0; ky < on.kernel.height; ++ky)
              for (Index kx = 0; kx < on.kernel.width; ++kx) {
                const Index iy = oy * on.stride.height - on.top + ky;
                const Index ix = ox * on.stride.width - on.left + kx;
                if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
                see(((n * h + iy) * w + ix) * c + ch);
              }
          });
}

// The index of the first of the largest; a NaN is larger than anything.
template <class T, class Pixels>
Index first_of_largest(TensorView<const T> x, Pixels pixels) {
  Index best = -1;
  pixels([&](Index i) {
    if (best < 0 || x[i] > x[best] || (std::isnan(x[i]) && !std::isnan(x[best]))) best = i;
  });
  return best;
}

template <class T, class Pixels>
double root_of_squares(TensorView<const T> x, Pixels pixels) {
  double sum = 0;
  pixels([&](Index i) { sum += static_cast<double>(x[i]) * static_cast<double>(x[i]); });
  return std::sqrt(sum);
}

template <class Pixels>
double count(Pixels pixels) {
  double number = 0;
  pixels([&](Index) { ++number; });
  return number;
}

template <class T>
void round_to(const Tensor<double>& sums, TensorView<T> to) {
  for (Index i = 0; i < to.size(); ++i) to[i] = static_cast<T>(sums[i]);
}

}  // namespace

template <class T>
void max_pool(TensorView<const T> x, const Window& window, TensorView<T> y) {
  for_each_window(x.shape(), window,
                  [&](Index out, auto pixels) { y[out] = x[first_of_largest(x, pixels)]; });
}

template <class T>
void max_pool_backward(TensorView<const T> x, TensorView<const T> dy, const Window& window,
                       TensorView<T> dx) {
  Tensor<double> sums(dx.shape());
  for_each_window(x.shape(), window, [&](Index out, auto pixels) {
    sums[first_of_largest(x, pixels)] += static_cast<double>(dy[out]);
  });
  round_to(sums, dx);
}

template <class T>
void average_pool(TensorView<const T> x, const Window& window, TensorView<T> y) {
  for_each_window(x.shape(), window, [&](Index out, auto pixels) {
    double sum = 0;
    pixels([&](Index i) { sum += static_cast<double>(x[i]); });
    y[out] = static_cast<T>(sum / count(pixels));
  });
}

template <class T>
void average_pool_backward(TensorView<const T> dy, const Window& window, TensorView<T> dx) {
  Tensor<double> sums(dx.shape());
  for_each_window(dx.shape(), window, [&](Index out, auto pixels) {
    const double share = static_cast<double>(dy[out]) / count(pixels);
    pixels([&](Index i) { sums[i] += share; });
  });
  round_to(sums, dx);
}

template <class T>
void l2_pool(TensorView<const T> x, const Window& window, TensorView<T> y) {
  for_each_window(x.shape(), window, [&](Index out, auto pixels) {
    y[out] = static_cast<T>(root_of_squares(x, pixels));
  });
}

template <class T>
void l2_pool_backward(TensorView<const T> x, TensorView<const T> dy, const Window& window,
                      TensorView<T> dx) {
  Tensor<double> sums(dx.shape());
  for_each_window(x.shape(), window, [&](Index out, auto pixels) {
    const double root = root_of_squares(x, pixels);
    if (root == 0) return;
    pixels([&](Index i) {
      sums[i] += static_cast<double>(x[i]) * static_cast<double>(dy[out]) / root;
    });
  });
  round_to(sums, dx);
}

#define LANEWISE_INSTANTIATE(T)                                                            \
  template void max_pool(TensorView<const T>, const Window&, TensorView<T>);               \
  template void max_pool_backward(TensorView<const T>, TensorView<const T>, const Window&, \
                                  TensorView<T>);                                          \
  template void average_pool(TensorView<const T>, const Window&, TensorView<T>);           \
  template void average_pool_backward(TensorView<const T>, const Window&, TensorView<T>);  \
  template void l2_pool(TensorView<const T>, const Window&, TensorView<T>);                \
  template void l2_pool_backward(TensorView<const T>, TensorView<const T>, const Window&,  \
                                 TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
