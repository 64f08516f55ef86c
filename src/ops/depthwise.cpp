// Depthwise convolution: checks, geometry and threads. The contract is in
// lanewise/ops/depthwise.hpp, the kernels are in simd/depthwise.hpp.
//
// All three operations walk over lines of results, and a result sees a grid of taps. The kernel
// makes lines with their borders, where taps fall outside the image; here is where the grids lie.
//
// The gradient of x is such a convolution too, for every stride-th row and column one with a grid
// of taps of its own (phase_of_gradient in window_axis.hpp). Each
// result is written by one thread: there is no scatter, and nothing to synchronize.
#include "lanewise/ops/depthwise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/activation.hpp"
#include "ops/check.hpp"
#include "ops/resolve_window.hpp"
#include "ops/window_axis.hpp"
#include "ops/workspace.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

using simd::DepthwiseKernels;
using simd::DepthwiseShape;
using simd::DepthwiseStrides;

struct Sizes {
  Index images, channels, multiplier;
  WindowOnImage window;
  bool beyond_caches;  // whether x and y together are larger than a second-level cache
};

template <class T>
Sizes check(std::string_view operation, const Shape& x, const Shape& filters, const Shape& y,
            const DepthwiseOptions<T>& options) {
  check_images(operation, {"x", x});
  check_rank(operation, {"filters", filters}, 4, "(height, width, channels, multiplier)");
  check_rank(operation, {"y", y}, 4, "(images, height, width, channels * multiplier)");
  if (filters[2] != x[3] || filters[2] < 1 || filters[3] < 1)
    throw ShapeError(fmt::format(
        "{}: x of shape {} and filters of shape {}, expected filters of {} channels and at least "
        "one of each",
        operation, to_string(x), to_string(filters), x[3]));
  const WindowOnImage window = resolve_window_for(
      {{filters[0], filters[1]}, options.stride, options.dilation, options.padding}, x, operation);
  const Index outputs = countable_shape(operation, {filters[2], filters[3]}).size();
  const Shape expected =
      countable_shape(operation, {x[0], window.output.height, window.output.width, outputs});
  check_same(operation, {"y", y}, expected, {{"x", x}, {"filters", filters}});
  check_addressable(window, outputs, operation);
  constexpr Index kCache = 4 << 20;
  const bool beyond_caches = x.size() + y.size() > kCache / static_cast<Index>(sizeof(T));
  return {x[0], filters[2], filters[3], window, beyond_caches};
}

// A convolution of images. Channels are counted a pixel: of the source, the filters, the results;
// and those that a call of the kernel is for.
struct DirectConvolution {
  FilterAxis down, across;
  Index filter_width, result_width;
  Index source_channels, filter_channels, result_channels;
  Index channels;
  bool prefetch;
};

// What the kernel is told of some lines of results: their shape, and where in the filters and in an
// image of results their first element is.
struct Lines {
  DepthwiseShape shape;
  Index filter, result;
};

Lines lines_of(const DirectConvolution& of, Index first, Index lines) {
  const FilterAxis &v = of.down, &h = of.across;
  const Index source_width = h.window.input * of.source_channels;
  const Index filter_width = of.filter_width * of.filter_channels;
  const Index result_width = of.result_width * of.result_channels;
  const auto scaled = [](const WindowAxis& axis, Index from, Index scale) {
    return simd::DepthwiseAxis{.first = axis.begin(from) * scale,
                               .step = axis.stride * scale,
                               .tap = axis.dilation * scale,
                               .size = axis.input * scale};
  };
  return {
      .shape = {.lines = lines,
                .pixels = h.window.output,
                .rows = v.window.kernel,
                .taps = h.window.kernel,
                .channels = of.channels,
                .down = scaled(v.window, first, source_width),
                .across = scaled(h.window, 0, of.source_channels),
                .w_row = v.filter_step * filter_width,
                .w_tap = h.filter_step * of.filter_channels,
                .y_line = v.result_step * result_width,
                .y_step = h.result_step * of.result_channels,
                .prefetch = of.prefetch},
      .filter = v.filter * filter_width + h.filter * of.filter_channels,
      .result = (v.result + first * v.result_step) * result_width + h.result * of.result_channels};
}

// The convolution whose results are y.
DirectConvolution forward_convolution(const Sizes& sizes) {
  const WindowOnImage& w = sizes.window;
  const Index outputs = sizes.channels * sizes.multiplier;
  return {.down = {vertical(w)},
          .across = {horizontal(w)},
          .filter_width = w.kernel.width,
          .result_width = w.output.width,
          .source_channels = sizes.channels,
          .filter_channels = outputs,
          .result_channels = outputs,
          .channels = sizes.channels,
          .prefetch = sizes.beyond_caches};
}

// The one whose results are the pixels of dx in every stride-th row and column from these on.
DirectConvolution gradient_convolution(const Sizes& sizes, Index row, Index column) {
  const WindowOnImage& w = sizes.window;
  const Index outputs = sizes.channels * sizes.multiplier;
  return {.down = phase_of_gradient(vertical(w), row),
          .across = phase_of_gradient(horizontal(w), column),
          .filter_width = w.kernel.width,
          .result_width = w.input.width,
          .source_channels = outputs,
          .filter_channels = outputs,
          .result_channels = sizes.channels,
          .channels = sizes.channels,
          .prefetch = sizes.beyond_caches};
}

// All of an operation. A product's operands are both read for it alone, which takes as long as
// another one; with a multiplier its filters lie apart in memory, and it is one number at a time.
template <class T>
parallel::Work<T> work_of(const Sizes& sizes) {
  const WindowOnImage& w = sizes.window;
  const double inputs = static_cast<double>(sizes.images * w.input.height * w.input.width) *
                        static_cast<double>(sizes.channels);
  const double outputs = static_cast<double>(sizes.images * w.output.height * w.output.width) *
                         static_cast<double>(sizes.channels * sizes.multiplier);
  const double products = outputs * static_cast<double>(w.kernel.height * w.kernel.width);
  return {.flops = products * (sizes.multiplier == 1 ? 4 : 24 * parallel::lanes<T>()),
          .bytes = sizeof(T) * (inputs + outputs)};
}

// Calls body(image, first row, rows) until rows [begin, end), counted over all images of this
// height, are covered in order, at most so many of one image at a time.
template <class Body>
void for_each_rows(Index begin, Index end, Index height, Index most, const Body& body) {
  while (begin < end) {
    const Index row = begin % height, rows = std::min({end - begin, height - row, most});
    body(begin / height, row, rows);
    begin += rows;
  }
}

}  // namespace

template <class T>
void depthwise_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                       const DepthwiseOptions<T>& options) {
  const Sizes sizes = check("depthwise_forward", x.shape(), filters.shape(), y.shape(), options);
  const ActivationFunction activation = options.activation;
  ops::check<T>(activation);
  const parallel::FlushToZero flush;
  const auto& kernels = cpu::kernels<DepthwiseKernels<T>>();
  const DirectConvolution convolution = forward_convolution(sizes);
  const WindowOnImage& w = sizes.window;
  const Index m = sizes.multiplier;
  const bool clip = activation == relu;
  const Index rows = sizes.images * w.output.height;
  const Index in = w.input.height * w.input.width * sizes.channels;
  const Index line = w.output.width * sizes.channels * m;
  const auto make_lines = [&](Index image, Index first, Index lines) {
    const Lines at = lines_of(convolution, first, lines);
    const T* source = x.data() + image * in;
    T* result = y.data() + image * w.output.height * line + at.result;
    if (m == 1)
      kernels.convolve(at.shape, source, filters.data() + at.filter, options.bias, clip, result);
    else
      for (Index j = 0; j < m; ++j)
        kernels.convolve_strided(at.shape, {.w = m, .y = m}, source, filters.data() + at.filter + j,
                                 options.bias == nullptr ? nullptr : options.bias + j, clip,
                                 result + j);
    if (!clip)
      activation_unchecked(activation, result, result, lines * w.output.width, sizes.channels * m);
  };
  parallel::parallel_for(rows, work_of<T>(sizes) / rows, [&](Index begin, Index end) {
    constexpr Index kMost = 12;  // an activation finds them in a cache
    for_each_rows(begin, end, w.output.height, kMost, make_lines);
  });
}

template <class T>
void depthwise_backward_data(TensorView<const T> dy, TensorView<const T> filters, TensorView<T> dx,
                             const DepthwiseOptions<T>& options) {
  const Sizes sizes =
      check("depthwise_backward_data", dx.shape(), filters.shape(), dy.shape(), options);
  const parallel::FlushToZero flush;
  const auto& kernels = cpu::kernels<DepthwiseKernels<T>>();
  const WindowOnImage& w = sizes.window;
  const Index m = sizes.multiplier;
  const Index rows = sizes.images * w.input.height;
  const Index in = w.output.height * w.output.width * sizes.channels * m;
  const Index out = w.input.height * w.input.width * sizes.channels;
  // Every stride-th row belongs to one convolution.
  const auto make_rows = [&](Index image, Index first, Index count) {
    const Index end = first + count;
    for (Index row = first; row < std::min(first + w.stride.height, end); ++row)
      for (Index column = 0; column < std::min(w.stride.width, w.input.width); ++column) {
        const Index lines = (end - row - 1) / w.stride.height + 1;
        const Lines at = lines_of(gradient_convolution(sizes, row % w.stride.height, column),
                                  row / w.stride.height, lines);
        const T* source = dy.data() + image * in;
        T* result = dx.data() + image * out + at.result;
        if (m == 1)
          kernels.convolve(at.shape, source, filters.data() + at.filter, nullptr, false, result);
        else
          kernels.convolve_strided(at.shape, {.x = m, .w = m, .planes = m}, source,
                                   filters.data() + at.filter, nullptr, false, result);
      }
  };
  parallel::parallel_for(rows, work_of<T>(sizes) / rows, [&](Index begin, Index end) {
    // Two lines of each convolution before the next ones, while what they share is in a cache.
    for_each_rows(begin, end, w.input.height, 6 * w.stride.height, make_rows);
  });
}

// The rows of y are cut into chunks by their number and the size of the filters alone. Each adds up
// filters of its own, and these are added in order.
template <class T>
void depthwise_backward_weights(TensorView<const T> x, TensorView<const T> dy,
                                TensorView<T> dfilters, const DepthwiseOptions<T>& options) {
  const Sizes sizes =
      check("depthwise_backward_weights", x.shape(), dfilters.shape(), dy.shape(), options);
  const parallel::FlushToZero flush;
  const auto& kernels = cpu::kernels<DepthwiseKernels<T>>();
  const DirectConvolution convolution = forward_convolution(sizes);
  const WindowOnImage& w = sizes.window;
  const Index m = sizes.multiplier, size = dfilters.size();
  constexpr Index kMostBytes = 2 << 20, kMostChunks = 64;
  constexpr Index kLeastPixels = 128;  // fewer would take less time than to add up a chunk
  const Index rows = sizes.images * w.output.height;
  const Index most =
      std::clamp<Index>(kMostBytes / static_cast<Index>(sizeof(T)) / size, 1, kMostChunks);
  const Index length = std::max(divide_up(rows, most), divide_up(kLeastPixels, w.output.width));
  const Index chunks = std::max<Index>(1, divide_up(rows, length));
  T* const sums = chunks == 1 ? dfilters.data() : workspace<T>(chunks * size, 1);

  const auto add_lines = [&](T* sum, Index image, Index first, Index lines) {
    const Lines at = lines_of(convolution, first, lines);
    const T* source = x.data() + image * w.input.height * w.input.width * sizes.channels;
    const T* result =
        dy.data() + image * w.output.height * w.output.width * sizes.channels * m + at.result;
    if (m == 1)
      kernels.accumulate_weights(at.shape, source, result, sum + at.filter);
    else
      for (Index j = 0; j < m; ++j)
        kernels.accumulate_weights_strided(at.shape, {.w = m, .y = m}, source, result + j,
                                           sum + at.filter + j);
  };
  parallel::parallel_for(chunks, work_of<T>(sizes) / chunks, [&](Index begin, Index end) {
    for (Index chunk = begin; chunk < end; ++chunk) {
      T* const sum = sums + chunk * size;
      std::fill_n(sum, size, T(0));
      for_each_rows(
          chunk * length, std::min(rows, (chunk + 1) * length), w.output.height, length,
          [&](Index image, Index first, Index lines) { add_lines(sum, image, first, lines); });
    }
  });
  if (chunks > 1)
    cpu::kernels<simd::RowsKernels<T>>().column_sums(sums, chunks, size, size, dfilters.data());
}

#define LANEWISE_INSTANTIATE(T)                                                                  \
  template LANEWISE_API void depthwise_forward(TensorView<const T>, TensorView<const T>,         \
                                               TensorView<T>, const DepthwiseOptions<T>&);       \
  template LANEWISE_API void depthwise_backward_data(TensorView<const T>, TensorView<const T>,   \
                                                     TensorView<T>, const DepthwiseOptions<T>&); \
  template LANEWISE_API void depthwise_backward_weights(                                         \
      TensorView<const T>, TensorView<const T>, TensorView<T>, const DepthwiseOptions<T>&);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
