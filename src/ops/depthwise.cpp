// Depthwise convolution: checks, geometry and threads. The contract is in
// lanewise/ops/depthwise.hpp, the kernels are in simd/depthwise.hpp.
//
// All three operations walk over rows of results. A result sees a grid of taps; along either axis
// the taps that fall inside the image are neighbours. So a row is its pixels with all taps, in one
// call of the kernel, and the few at its ends with fewer, in a call each:
//
//     taps    ..o | oo. o.   result row:  | border | interior ............... | border |
//
// The gradient of x is such a correlation too: x[i] gave to y[o] through tap k if
// i = o * stride - before + k * dilation, so dx[i] gathers dy[(i + before - k * dilation) / stride]
// over the k for which that divides. Those are the same for every stride-th i, which form a row of
// results with a grid of taps of its own (axis_of_gradient). Nothing is scattered and nobody waits.
#include "lanewise/ops/depthwise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/workspace.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

using simd::DepthwiseApart;
using simd::DepthwiseKernels;
using simd::DepthwiseShape;

struct Sizes {
  Index images, channels, multiplier;
  WindowOnImage window;
  bool beyond_caches;  // whether x and y together are larger than a second-level cache
};

void check_rank(std::string_view operation, const char* name, const Shape& shape,
                const char* expected) {
  if (shape.rank() != 4)
    throw ShapeError(fmt::format("{}: {} has shape {}, expected {}", operation, name,
                                 to_string(shape), expected));
}

template <class T>
Sizes check(std::string_view operation, const Shape& x, const Shape& filters, const Shape& y,
            const DepthwiseOptions<T>& options) {
  check_rank(operation, "x", x, "(images, height, width, channels)");
  check_rank(operation, "filters", filters, "(height, width, channels, multiplier)");
  check_rank(operation, "y", y, "(images, height, width, channels * multiplier)");
  if (filters[2] != x[3] || filters[2] < 1 || filters[3] < 1)
    throw ShapeError(fmt::format(
        "{}: x of shape {} and filters of shape {}, expected filters of {} channels and at least "
        "one of each",
        operation, to_string(x), to_string(filters), x[3]));
  const WindowOnImage window =
      place({{filters[0], filters[1]}, options.stride, options.dilation, options.padding},
            {x[1], x[2]}, operation);
  const Shape expected{x[0], window.output.height, window.output.width,
                       Shape{filters[2], filters[3]}.size()};
  if (y != expected)
    throw ShapeError(fmt::format(
        "{}: y has shape {}, expected {} for x of shape {} and filters of "
        "shape {}",
        operation, to_string(y), to_string(expected), to_string(x), to_string(filters)));
  constexpr Index kCache = 4 << 20;
  const bool beyond_caches = x.size() + y.size() > kCache / static_cast<Index>(sizeof(T));
  return {x[0], filters[2], filters[3], window, beyond_caches};
}

// One axis of a correlation. Result i is number `result` + i * result_step of its image. At tap t
// it sees source `source` + i * source_step + t * tap_step, if that is in [0, size), under element
// `filter` + t * filter_step of the filter.
struct Axis {
  Index results, result, result_step;
  Index source, source_step, size;
  Index taps, tap_step;
  Index filter, filter_step;
};

struct Range {
  Index begin, end;
  Index count() const { return end - begin; }
};

Axis axis_of_window(Index output, Index input, Index kernel, Index stride, Index dilation,
                    Index before) {
  return {output, 0, 1, -before, stride, input, kernel, dilation, 0, 1};
}

// The results first, first + stride, … of the gradient of an axis.
Axis axis_of_gradient(Index first, Index output, Index input, Index kernel, Index stride,
                      Index dilation, Index before) {
  const Index common = std::gcd(stride, dilation);
  Index filter = 0;
  while (filter < std::min(kernel, stride / common) &&
         (first + before - filter * dilation) % stride != 0)
    ++filter;
  const Index period = stride / common;
  const Index taps = filter < std::min(kernel, period) ? (kernel - filter - 1) / period + 1 : 0;
  return {(input - first - 1) / stride + 1,
          first,
          stride,
          taps == 0 ? 0 : (first + before - filter * dilation) / stride,
          1,
          output,
          taps,
          -dilation / common,
          filter,
          period};
}

// The taps of result i that are inside the image. At most as many steps as there are taps.
Range taps_inside(const Axis& axis, Index i) {
  const auto outside = [&](Index tap) {
    const Index at = axis.source + i * axis.source_step + tap * axis.tap_step;
    return at < 0 || at >= axis.size;
  };
  Range taps{0, axis.taps};
  while (taps.begin < taps.end && outside(taps.begin)) ++taps.begin;
  while (taps.begin < taps.end && outside(taps.end - 1)) --taps.end;
  return taps;
}

// The results that have all their taps inside.
Range interior(const Axis& axis) {
  const auto clipped = [&](Index i) { return taps_inside(axis, i).count() < axis.taps; };
  Range results{0, axis.results};
  while (results.begin < results.end && clipped(results.begin)) ++results.begin;
  while (results.begin < results.end && clipped(results.end - 1)) --results.end;
  return results;
}

// A correlation of images. Channels are counted a pixel: of the source, the filters, the results;
// and those that a call of the kernel is for.
struct Correlation {
  Axis vertical, horizontal;
  Index filter_width, result_width;
  Index source_channels, filter_channels, result_channels;
  Index channels;
  bool prefetch;
};

// What the kernel is told of some pixels of a row: their shape, and where in an image of the
// source, in the filters and in an image of results their first element is.
struct Pixels {
  DepthwiseShape shape;
  Index source, filter, result;
};

Pixels pixels_of(const Correlation& of, Index i, Range rows, Range pixels, Range taps) {
  const Axis &v = of.vertical, &h = of.horizontal;
  const bool none = rows.count() == 0 || taps.count() == 0;  // then only the result has a place
  const Index source_row = v.source + i * v.source_step + rows.begin * v.tap_step;
  const Index source_column = h.source + pixels.begin * h.source_step + taps.begin * h.tap_step;
  const Index filter_row = v.filter + rows.begin * v.filter_step;
  const Index filter_column = h.filter + taps.begin * h.filter_step;
  const Index result_row = v.result + i * v.result_step;
  const Index result_column = h.result + pixels.begin * h.result_step;
  return {.shape = {.pixels = pixels.count(),
                    .rows = none ? 0 : rows.count(),
                    .taps = taps.count(),
                    .channels = of.channels,
                    .x_step = h.source_step * of.source_channels,
                    .x_row = v.tap_step * h.size * of.source_channels,
                    .x_tap = h.tap_step * of.source_channels,
                    .w_row = v.filter_step * of.filter_width * of.filter_channels,
                    .w_tap = h.filter_step * of.filter_channels,
                    .y_step = h.result_step * of.result_channels,
                    .prefetch = of.prefetch},
          .source = none ? 0 : (source_row * h.size + source_column) * of.source_channels,
          .filter = none ? 0 : (filter_row * of.filter_width + filter_column) * of.filter_channels,
          .result = (result_row * of.result_width + result_column) * of.result_channels};
}

// Calls body(Pixels) until row i of the results is covered once.
template <class Body>
void for_each_pixels(const Correlation& of, Index i, const Body& body) {
  const Range rows = taps_inside(of.vertical, i);
  const Range inside = interior(of.horizontal);
  const auto border = [&](Index begin, Index end) {
    for (Index p = begin; p < end; ++p)
      body(pixels_of(of, i, rows, {p, p + 1}, taps_inside(of.horizontal, p)));
  };
  border(0, inside.begin);
  if (inside.count() > 0) body(pixels_of(of, i, rows, inside, {0, of.horizontal.taps}));
  border(inside.end, of.horizontal.results);
}

// The correlation whose results are y.
Correlation forward_correlation(const Sizes& sizes) {
  const WindowOnImage& w = sizes.window;
  const Index filters = sizes.channels * sizes.multiplier;
  return {.vertical = axis_of_window(w.output.height, w.input.height, w.kernel.height,
                                     w.stride.height, w.dilation.height, w.top),
          .horizontal = axis_of_window(w.output.width, w.input.width, w.kernel.width,
                                       w.stride.width, w.dilation.width, w.left),
          .filter_width = w.kernel.width,
          .result_width = w.output.width,
          .source_channels = sizes.channels,
          .filter_channels = filters,
          .result_channels = filters,
          .channels = sizes.channels,
          .prefetch = sizes.beyond_caches};
}

// The one whose results are the pixels of dx in every stride-th row and column from these on.
Correlation gradient_correlation(const Sizes& sizes, Index row, Index column) {
  const WindowOnImage& w = sizes.window;
  const Index filters = sizes.channels * sizes.multiplier;
  return {.vertical = axis_of_gradient(row, w.output.height, w.input.height, w.kernel.height,
                                       w.stride.height, w.dilation.height, w.top),
          .horizontal = axis_of_gradient(column, w.output.width, w.input.width, w.kernel.width,
                                         w.stride.width, w.dilation.width, w.left),
          .filter_width = w.kernel.width,
          .result_width = w.input.width,
          .source_channels = filters,
          .filter_channels = filters,
          .result_channels = sizes.channels,
          .channels = sizes.channels,
          .prefetch = sizes.beyond_caches};
}

// Nanoseconds that one of so many rows takes, of all products: 4 GHz, a register a cycle, less what
// is lost.
double row_cost(const Sizes& sizes, Index rows, int lanes) {
  const WindowOnImage& w = sizes.window;
  const double products =
      static_cast<double>(sizes.images * w.output.height * w.output.width) *
      static_cast<double>(w.kernel.height * w.kernel.width * sizes.channels * sizes.multiplier);
  const double rate = sizes.multiplier == 1 ? 3.0 * lanes : 0.5;
  return products / (rate * static_cast<double>(std::max<Index>(1, rows)));
}

// The images of a batch that a row counted over all of them belongs to, and its number there.
struct Row {
  Index image, row;
  Row(Index i, Index height) : image(i / height), row(i % height) {}
};

}  // namespace

template <class T>
void depthwise_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                       const DepthwiseOptions<T>& options) {
  const Sizes sizes = check("depthwise_forward", x.shape(), filters.shape(), y.shape(), options);
  const ActivationFunction activation = options.activation;
  // Throws for a parameter out of range; there is nothing to compute.
  activation_forward<T>(activation, TensorView<const T>(), TensorView<T>());
  const parallel::FlushToZero flush;
  const auto& kernels = cpu::kernels<DepthwiseKernels<T>>();
  const Correlation correlation = forward_correlation(sizes);
  const WindowOnImage& w = sizes.window;
  const Index m = sizes.multiplier;
  const bool clip = activation == relu;
  const auto make_row = [&](const T* image, T* result, Index row) {
    for_each_pixels(correlation, row, [&](const Pixels& at) {
      if (m == 1)
        kernels.correlate(at.shape, image + at.source, filters.data() + at.filter, options.bias,
                          clip, result + at.result);
      else
        for (Index j = 0; j < m; ++j)
          kernels.correlate_apart(
              at.shape, {.w = m, .y = m}, image + at.source, filters.data() + at.filter + j,
              options.bias == nullptr ? nullptr : options.bias + j, clip, result + at.result + j);
    });
  };
  const Index rows = sizes.images * w.output.height;
  const Index in = w.input.height * w.input.width * sizes.channels;
  const Index line = w.output.width * sizes.channels * m, out = w.output.height * line;
  const Shape line_shape{w.output.width, sizes.channels * m};
  parallel::parallel_for(rows, row_cost(sizes, rows, kernels.lanes), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Row at(i, w.output.height);
      make_row(x.data() + at.image * in, y.data() + at.image * out, at.row);
      if (activation == linear || clip) continue;
      const TensorView<T> made(y.data() + i * line, line_shape);
      activation_forward<T>(activation, made, made);
    }
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
  const auto make_row = [&](const T* image, T* result, Index row) {
    const Index first = row % w.stride.height;
    for (Index column = 0; column < std::min(w.stride.width, w.input.width); ++column)
      for_each_pixels(gradient_correlation(sizes, first, column), row / w.stride.height,
                      [&](const Pixels& at) {
                        if (m == 1)
                          kernels.correlate(at.shape, image + at.source, filters.data() + at.filter,
                                            nullptr, false, result + at.result);
                        else
                          kernels.correlate_apart(at.shape, {.x = m, .w = m, .planes = m},
                                                  image + at.source, filters.data() + at.filter,
                                                  nullptr, false, result + at.result);
                      });
  };
  const Index rows = sizes.images * w.input.height;
  const Index in = w.output.height * w.output.width * sizes.channels * m;
  const Index out = w.input.height * w.input.width * sizes.channels;
  parallel::parallel_for(rows, row_cost(sizes, rows, kernels.lanes), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Row at(i, w.input.height);
      make_row(dy.data() + at.image * in, dx.data() + at.image * out, at.row);
    }
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
  const Correlation correlation = forward_correlation(sizes);
  const WindowOnImage& w = sizes.window;
  const Index m = sizes.multiplier, size = dfilters.size();
  constexpr Index kMostBytes = 2 << 20, kMostChunks = 64;
  constexpr Index kLeastPixels = 128;  // fewer would take less time than to add up a chunk
  const Index rows = sizes.images * w.output.height;
  const Index most =
      std::clamp<Index>(kMostBytes / static_cast<Index>(sizeof(T)) / size, 1, kMostChunks);
  const Index length =
      std::max((rows + most - 1) / most, (kLeastPixels + w.output.width - 1) / w.output.width);
  const Index chunks = std::max<Index>(1, (rows + length - 1) / length);
  T* const sums = chunks == 1 ? dfilters.data() : workspace<T>(chunks * size, 1);

  const auto add_row = [&](Index i, T* sum) {
    const Row at(i, w.output.height);
    const T* image = x.data() + at.image * w.input.height * w.input.width * sizes.channels;
    const T* result = dy.data() + at.image * w.output.height * w.output.width * sizes.channels * m;
    for_each_pixels(correlation, at.row, [&](const Pixels& pixels) {
      if (m == 1)
        kernels.accumulate_weights(pixels.shape, image + pixels.source, result + pixels.result,
                                   sum + pixels.filter);
      else
        for (Index j = 0; j < m; ++j)
          kernels.accumulate_weights_apart(pixels.shape, {.w = m, .y = m}, image + pixels.source,
                                           result + pixels.result + j, sum + pixels.filter + j);
    });
  };
  parallel::parallel_for(
      chunks, row_cost(sizes, chunks, kernels.lanes), [&](Index begin, Index end) {
        for (Index chunk = begin; chunk < end; ++chunk) {
          T* const sum = sums + chunk * size;
          std::fill_n(sum, size, T(0));
          for (Index i = chunk * length; i < std::min(rows, (chunk + 1) * length); ++i)
            add_row(i, sum);
        }
      });
  if (chunks > 1)
    cpu::kernels<simd::RowsKernels<T>>().sum_rows(sums, chunks, size, size, dfilters.data());
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
