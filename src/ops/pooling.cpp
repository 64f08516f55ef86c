// Pooling: checks and threads. The contract is in lanewise/ops/pooling.hpp.
//
// Threads share the rows of the output, of all images together: y forward, dx backward. A thread
// whose part begins inside windows that overlap into it looks at those again, from their first
// pixel on, and writes its own rows alone.
#include "lanewise/ops/pooling.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/prefix.hpp"
#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "ops/image_rows.hpp"
#include "ops/resolve_window.hpp"
#include "ops/window_axis.hpp"
#include "parallel/parallel.hpp"

namespace lanewise {

WindowOnImage resolve_pool_window(const Window& window, Extent2D image, std::string_view who) {
  if (!(window.dilation == Extent2D{1, 1}))
    throw ArgumentError(fmt::format("{}got a dilation of ({}, {}), expected (1, 1)", prefix_of(who),
                                    window.dilation.height, window.dilation.width));
  const WindowOnImage on = resolve_window(window, image, who);
  // Where the last window begins. The first one begins at -top.
  const Index below = vertical(on).begin(on.output.height - 1);
  const Index right = horizontal(on).begin(on.output.width - 1);
  if (on.top >= on.kernel.height || on.left >= on.kernel.width || below >= image.height ||
      right >= image.width)
    throw ArgumentError(fmt::format(
        "{}with a padding of ({}, {}) rows and ({}, {}) columns a window of ({}, {}) sees no "
        "pixel of the image of {} x {}",
        prefix_of(who), on.top, on.bottom, on.left, on.right, on.kernel.height, on.kernel.width,
        image.height, image.width));
  return on;
}

namespace ops {

bool has_places(const Window& window) {
  const auto [height, width] = window.kernel;
  return height <= kMostPlaces && width <= kMostPlaces && height * width <= kMostPlaces;
}

namespace {

simd::PoolImage image_of(const WindowOnImage& on, Index channels) {
  return {on.input.height, on.input.width,   channels,        on.output.height,
          on.output.width, on.kernel.height, on.kernel.width, on.stride.height,
          on.stride.width, on.top,           on.left};
}

simd::PoolImage check_windows(std::string_view operation, const Operand& x, const Window& window,
                              std::initializer_list<Operand> outputs) {
  check_images(operation, x);
  const WindowOnImage on = resolve_window_for(window, x.shape, operation, resolve_pool_window);
  const Shape expected =
      countable_shape(operation, {x.shape[0], on.output.height, on.output.width, x.shape[3]});
  for (const Operand& y : outputs) check_same(operation, y, expected, {x});
  return image_of(on, x.shape[3]);
}

void check_places(std::string_view operation, const Window& window) {
  if (!has_places(window))
    throw ArgumentError(fmt::format(
        "{}: got a window of ({}, {}), expected one whose at most {} pixels have places", operation,
        window.kernel.height, window.kernel.width, kMostPlaces));
}

// One window over the whole image.
simd::PoolImage check_global(std::string_view operation, const Operand& x,
                             std::initializer_list<Operand> outputs) {
  check_images(operation, x);
  const Extent2D image{x.shape[1], x.shape[2]};
  if (image.height < 1 || image.width < 1)
    refuse_shape(operation, x, "images of at least one pixel");
  for (const Operand& y : outputs) check_same(operation, y, Shape{x.shape[0], x.shape[3]}, {x});
  return image_of(resolve_window({.kernel = image, .stride = image}, image, operation), x.shape[3]);
}

template <class T>
const simd::PoolingKernels<T>& table() {
  return cpu::kernels<simd::PoolingKernels<T>>();
}

template <class T, class Kept = T>
using Pair = typename simd::PoolingKernels<T>::template Pair<Kept>;

// One image. Each pixel that a window sees is joined with what the window has so far, in memory.
template <class T>
parallel::Work<T> image_work(const simd::PoolImage& on) {
  constexpr double kJoin = 20;
  const double inputs = static_cast<double>(on.height) * static_cast<double>(on.width);
  const double windows = static_cast<double>(on.out_height) * static_cast<double>(on.out_width);
  const double seen =
      windows * static_cast<double>(on.kernel_height) * static_cast<double>(on.kernel_width);
  return parallel::Work<T>{.flops = kJoin * seen, .bytes = sizeof(T) * (inputs + windows)} *
         on.channels;
}

// The pair of kernels that keeps places writes them; others do not look at the pointer.
template <class T, class Kept>
void forward(const Pair<T, Kept>& kernels, const simd::PoolImage& on, TensorView<const T> x,
             TensorView<T> y, std::uint8_t* places) {
  if (x.empty()) return;
  const parallel::FlushToZero flush;
  const Index size = on.height * on.width * on.channels;
  const Index out_size = on.out_height * on.out_width * on.channels;
  for_each_image(x.shape()[0], on.out_height, image_work<T>(on) / on.out_height,
                 [&](Index n, Index begin, Index end) {
                   kernels.forward(on, x.data() + n * size, y.data() + n * out_size,
                                   places + n * out_size, begin, end);
                 });
}

template <class T>
void forward(const Pair<T>& kernels, const simd::PoolImage& on, TensorView<const T> x,
             TensorView<T> y) {
  forward<T, T>(kernels, on, x, y, reinterpret_cast<std::uint8_t*>(y.data()));
}

// `kept` is y or the places. x and y are those that the kernel reads, or dx and dy in their place.
template <class T, class Kept>
void backward(const Pair<T, Kept>& kernels, const simd::PoolImage& on, const T* x, const Kept* kept,
              TensorView<const T> dy, TensorView<T> dx) {
  if (dx.empty()) return;
  const parallel::FlushToZero flush;
  const Index size = on.height * on.width * on.channels;
  const Index out_size = on.out_height * on.out_width * on.channels;
  for_each_image(dx.shape()[0], on.height, image_work<T>(on) * 2.0 / on.height,
                 [&](Index n, Index begin, Index end) {
                   kernels.backward(on, x + n * size, kept + n * out_size, dy.data() + n * out_size,
                                    dx.data() + n * size, begin, end);
                 });
}

}  // namespace

template <class T>
void max_pool(TensorView<const T> x, const Window& window, TensorView<T> y) {
  const auto on = check_windows("max_pool", {"x", x.shape()}, window, {{"y", y.shape()}});
  forward<T>(table<T>().max, on, x, y);
}

template <class T>
void max_pool(TensorView<const T> x, const Window& window, TensorView<T> y,
              TensorView<std::uint8_t> places) {
  constexpr const char* kName = "max_pool";
  const auto on = check_windows(kName, {"x", x.shape()}, window,
                                {{"y", y.shape()}, {"places", places.shape()}});
  check_places(kName, window);
  forward<T, std::uint8_t>(table<T>().max_with_places, on, x, y, places.data());
}

template <class T>
void max_pool_backward(TensorView<const T> x, TensorView<const T> y, TensorView<const T> dy,
                       const Window& window, TensorView<T> dx) {
  constexpr const char* kName = "max_pool_backward";
  const auto on =
      check_windows(kName, {"x", x.shape()}, window, {{"y", y.shape()}, {"dy", dy.shape()}});
  check_same(kName, {"dx", dx.shape()}, x.shape(), {{"x", x.shape()}});
  backward<T, T>(table<T>().max, on, x.data(), y.data(), dy, dx);
}

template <class T>
void max_pool_backward(TensorView<const std::uint8_t> places, TensorView<const T> dy,
                       const Window& window, TensorView<T> dx) {
  constexpr const char* kName = "max_pool_backward";
  const auto on = check_windows(kName, {"dx", dx.shape()}, window,
                                {{"places", places.shape()}, {"dy", dy.shape()}});
  check_places(kName, window);
  backward<T, std::uint8_t>(table<T>().max_with_places, on, dx.data(), places.data(), dy, dx);
}

template <class T>
void average_pool(TensorView<const T> x, const Window& window, TensorView<T> y) {
  const auto on = check_windows("average_pool", {"x", x.shape()}, window, {{"y", y.shape()}});
  forward<T>(table<T>().average, on, x, y);
}

template <class T>
void average_pool_backward(TensorView<const T> dy, const Window& window, TensorView<T> dx) {
  const auto on =
      check_windows("average_pool_backward", {"dx", dx.shape()}, window, {{"dy", dy.shape()}});
  backward<T, T>(table<T>().average, on, dx.data(), dy.data(), dy, dx);
}

template <class T>
void l2_pool(TensorView<const T> x, const Window& window, TensorView<T> y) {
  const auto on = check_windows("l2_pool", {"x", x.shape()}, window, {{"y", y.shape()}});
  forward<T>(table<T>().l2, on, x, y);
}

template <class T>
void l2_pool_backward(TensorView<const T> x, TensorView<const T> y, TensorView<const T> dy,
                      const Window& window, TensorView<T> dx) {
  constexpr const char* kName = "l2_pool_backward";
  const auto on =
      check_windows(kName, {"x", x.shape()}, window, {{"y", y.shape()}, {"dy", dy.shape()}});
  check_same(kName, {"dx", dx.shape()}, x.shape(), {{"x", x.shape()}});
  backward<T, T>(table<T>().l2, on, x.data(), y.data(), dy, dx);
}

template <class T>
void global_max_pool(TensorView<const T> x, TensorView<T> y) {
  const auto on = check_global("global_max_pool", {"x", x.shape()}, {{"y", y.shape()}});
  forward<T>(table<T>().max, on, x, y);
}

template <class T>
void global_max_pool_backward(TensorView<const T> x, TensorView<const T> y, TensorView<const T> dy,
                              TensorView<T> dx) {
  constexpr const char* kName = "global_max_pool_backward";
  const auto on = check_global(kName, {"x", x.shape()}, {{"y", y.shape()}, {"dy", dy.shape()}});
  check_same(kName, {"dx", dx.shape()}, x.shape(), {{"x", x.shape()}});
  backward<T, T>(table<T>().max, on, x.data(), y.data(), dy, dx);
}

template <class T>
void global_average_pool(TensorView<const T> x, TensorView<T> y) {
  const auto on = check_global("global_average_pool", {"x", x.shape()}, {{"y", y.shape()}});
  forward<T>(table<T>().average, on, x, y);
}

template <class T>
void global_average_pool_backward(TensorView<const T> dy, TensorView<T> dx) {
  const auto on =
      check_global("global_average_pool_backward", {"dx", dx.shape()}, {{"dy", dy.shape()}});
  backward<T, T>(table<T>().average, on, dx.data(), dy.data(), dy, dx);
}

#define LANEWISE_INSTANTIATE(T)                                                                    \
  template LANEWISE_API void max_pool(TensorView<const T>, const Window&, TensorView<T>);          \
  template LANEWISE_API void max_pool_backward(TensorView<const T>, TensorView<const T>,           \
                                               TensorView<const T>, const Window&, TensorView<T>); \
  template LANEWISE_API void max_pool(TensorView<const T>, const Window&, TensorView<T>,           \
                                      TensorView<std::uint8_t>);                                   \
  template LANEWISE_API void max_pool_backward(TensorView<const std::uint8_t>,                     \
                                               TensorView<const T>, const Window&, TensorView<T>); \
  template LANEWISE_API void average_pool(TensorView<const T>, const Window&, TensorView<T>);      \
  template LANEWISE_API void average_pool_backward(TensorView<const T>, const Window&,             \
                                                   TensorView<T>);                                 \
  template LANEWISE_API void l2_pool(TensorView<const T>, const Window&, TensorView<T>);           \
  template LANEWISE_API void l2_pool_backward(TensorView<const T>, TensorView<const T>,            \
                                              TensorView<const T>, const Window&, TensorView<T>);  \
  template LANEWISE_API void global_max_pool(TensorView<const T>, TensorView<T>);                  \
  template LANEWISE_API void global_max_pool_backward(TensorView<const T>, TensorView<const T>,    \
                                                      TensorView<const T>, TensorView<T>);         \
  template LANEWISE_API void global_average_pool(TensorView<const T>, TensorView<T>);              \
  template LANEWISE_API void global_average_pool_backward(TensorView<const T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace ops
}  // namespace lanewise
