// The gradient of a convolution's images, and the transposed convolution, which is the same. The
// contract is in lanewise/ops/convolution.hpp.
//
// A pixel of dx collects what it gave: dx[iy] = sum over ky of dy[(iy + top - ky * dilation) /
// stride] * filters[ky]', over the ky for which that divides. With stride 1 this is a correlation
// of dy with the filters turned round. With a stride, the pixels iy = phase + stride * q of one
// phase see the same ky, and their neighbours q lie one pixel of dy apart:
//
//      stride 2, 3 taps, no padding            dx  0 1 2 3 4 5 6
//      phase 0: taps 2 and 0, dy[q-1], dy[q]       ^   ^   ^   ^
//      phase 1: tap 1,        dy[q]                  ^   ^   ^
//
// So there is one correlation for each phase of rows and columns, with its share of the taps.
//
// Where dx has many more pixels than dy (small images without padding), most windows hang over the
// border of dy, and the product is largely with zeros. There each pixel of dy is multiplied by all
// taps, and what results, the unfolded image, is folded (col2im), a few images at a time in the
// cache. (32x5x5x64-64k3: of 2.8 multiplications, 1 is left.) The same fills the registers where dx
// has fewer channels than these have lanes.
#include <algorithm>
#include <numeric>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "lanewise/ops/convolution.hpp"
#include "lanewise/ops/gemm.hpp"
#include "ops/convolution_checks.hpp"
#include "ops/correlate.hpp"
#include "ops/fold.hpp"
#include "ops/workspace.hpp"

namespace lanewise::ops {
namespace {

// The windows of one phase on dy, along one dimension, and which taps of the filters they meet:
// first_tap, first_tap - tap_step, …
struct Phase {
  WindowAxis axis;
  Index first_tap, tap_step;
};

struct Dimension {
  Index size, output, kernel, stride, dilation, before;  // of the convolution; before: padding
};

Phase phase_of(const Dimension& d, Index phase) {
  const Index divisor = std::gcd(d.stride, d.dilation);
  Phase result{{.size = d.output,
                .outputs = (d.size - phase - 1) / d.stride + 1,
                .taps = 0,
                .first = 0,
                .step = 1,
                .dilation = d.dilation / divisor},
               0,
               d.stride / divisor};
  // Taps from the last to the first: positions in dy rise.
  for (Index tap = d.kernel - 1; tap >= 0; --tap) {
    const Index at = phase + d.before - tap * d.dilation;
    if (at % d.stride != 0) continue;
    if (result.axis.taps++ == 0) result.first_tap = tap, result.axis.first = at / d.stride;
  }
  return result;
}

template <class T>
struct Scatter {
  const ConvolutionSizes& size;
  const T* dy;
  const T* filters;
  T* dx;
  const T* bias;
  bool relu;
};

// Panels of rows [p, p + depth) and columns [j, j + columns) of the phase's matrix, whose rows are
// (tap, filter) and whose columns are channels: pieces of the filters, transposed.
template <class T>
void pack_filters(const Scatter<T>& job, const Phase& y, const Phase& x, Index group, Index p,
                  Index depth, Index j, Index columns, T* to) noexcept {
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index k = job.size.filters, rows = job.size.group_filters();
  const Index channels = job.size.group_channels();
  const Index begin = p, end = p + depth;
  while (p < end) {
    const Index tap = p / rows, filter = p % rows, count = std::min(end - p, rows - filter);
    const Index ky = y.first_tap - tap / x.axis.taps * y.tap_step;
    const Index kx = x.first_tap - tap % x.axis.taps * x.tap_step;
    const T* const from = job.filters +
                          ((ky * job.size.window.kernel.width + kx) * channels + j) * k +
                          group * rows + filter;
    kernels.pack_b({from, k, true, columns, count, p - begin, depth}, to);
    p += count;
  }
}

template <class T>
void scatter_phase(const Scatter<T>& job, const Phase& y, const Phase& x, Extent2D phase,
                   Index group) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index n = size.group_channels(), c = size.channels, filters = size.group_filters();
  const Index depth = y.axis.taps * x.axis.taps * filters;
  const auto read = [&](Index p, Index deep, Index j, Index columns, T* to) -> FilterBlock<T> {
    pack_filters(job, y, x, group, p, deep, j, columns, to);
    return {to, 0, simd::GemmB::panels};
  };
  T* const dx = job.dx + (phase.height * w.input.width + phase.width) * c + group * n;
  correlate<T>(
      {.images = {job.dy + group * filters, size.images, size.filters, filters, y.axis, x.axis},
       .n = n,
       .blocking = packed_blocking(kernels, depth, n),
       .c = dx,
       .c_image = w.input.height * w.input.width * c,
       .c_row = w.stride.height * w.input.width * c,
       .c_pixel = w.stride.width * c,
       .bias = job.bias == nullptr ? nullptr : job.bias + group * n,
       .relu = job.relu},
      read);
}

constexpr Index kFoldedBytes = 256 << 10;  // of unfolded images at a time; stays in L2
constexpr Index kTurnedBytes = 1 << 20;    // of the filters, for which that is done

// Whether unfolding and folding takes less than multiplying with zeros.
template <class T>
bool worth_folding(const Scatter<T>& job, int lanes) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  if (!(w.stride == Extent2D{1}) || size.groups != 1 || job.relu || job.bias != nullptr)
    return false;
  const Index dx_pixels = w.input.height * w.input.width;
  const Index dy_pixels = w.output.height * w.output.width;
  constexpr Index kBytes = sizeof(T);
  const bool pays = 3 * dx_pixels > 4 * dy_pixels || 2 * size.channels <= lanes;
  return pays && size.filters >= 16 && size.depth() * size.filters * kBytes <= kTurnedBytes &&
         dy_pixels * size.depth() * kBytes <= kFoldedBytes;
}

template <class T>
void scatter_folded(const Scatter<T>& job) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index k = size.filters, depth = size.depth(), c = size.channels;
  const Index pixels = w.output.height * w.output.width;
  const Index images = std::clamp<Index>(kFoldedBytes / Index{sizeof(T)} / (pixels * depth), 1,
                                         std::max<Index>(1, kBlockPixels / pixels));
  const Index slice = whole_lines<T>(images * pixels * depth);
  const double nanoseconds = product_nanoseconds(pixels, depth, k, kernels);  // for an image
  const Index blocks = divide_up(size.images, images);
  const int team = parallel::team_size(blocks, nanoseconds * static_cast<double>(images));
  T* const turned = workspace<T>(whole_lines<T>(depth * k) + slice * team, 1);
  kernels.transpose(job.filters, k, depth, k, turned, depth);

  parallel::parallel_team(team, [&](int thread, int threads) {
    T* const columns = turned + whole_lines<T>(depth * k) + slice * thread;
    const Index end = std::min(size.images, blocks * (thread + 1) / threads * images);
    for (Index image = blocks * thread / threads * images; image < end; image += images) {
      const Index count = std::min(images, end - image);
      kernels.multiply({.m = count * pixels,
                        .n = depth,
                        .k = k,
                        .a = job.dy + image * pixels * k,
                        .a_stride = k,
                        .a_form = simd::GemmA::rows,
                        .b = turned,
                        .b_stride = depth,
                        .b_form = simd::GemmB::rows,
                        .c = columns,
                        .c_stride = depth,
                        .alpha = 1,
                        .beta = 0,
                        .bias = nullptr,
                        .relu = false});
      for (Index row = 0; row < count * w.input.height; ++row)
        fold_row(columns + row / w.input.height * pixels * depth, w, c, row % w.input.height,
                 job.dx + (image * w.input.height + row) * w.input.width * c);
    }
  });
}

template <class T>
void scatter(const Scatter<T>& job) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  if (size.is_pointwise() && !job.relu && job.bias == nullptr) {
    const Index k = size.filters, c = size.channels;
    return gemm<T>({job.dy, size.pixels(), k, k}, {job.filters, c, k, k},
                   {job.dx, size.pixels(), c, c}, {.transpose_b = true});
  }
  if (worth_folding(job, cpu::kernels<simd::GemmKernels<T>>().lanes)) return scatter_folded(job);
  const Dimension rows{w.input.height,  w.output.height,   w.kernel.height,
                       w.stride.height, w.dilation.height, w.top};
  const Dimension columns{w.input.width,  w.output.width,   w.kernel.width,
                          w.stride.width, w.dilation.width, w.left};
  for (Index group = 0; group < size.groups; ++group)
    for (Index i = 0; i < std::min(w.stride.height, w.input.height); ++i)
      for (Index j = 0; j < std::min(w.stride.width, w.input.width); ++j) {
        Phase y = phase_of(rows, i), x = phase_of(columns, j);
        if (y.axis.taps == 0 || x.axis.taps == 0) y.axis.taps = x.axis.taps = 0;
        scatter_phase(job, y, x, {i, j}, group);
      }
}

}  // namespace

template <class T>
void conv_backward_data(TensorView<const T> dy, TensorView<const T> filters, TensorView<T> dx,
                        const ConvolutionOptions<T>& options) {
  const ConvolutionSizes size = check_convolution({"conv_backward_data", "dx", "filters", "dy"},
                                                  dx.shape(), filters.shape(), dy.shape(), options);
  if (dx.empty()) return;
  const parallel::FlushToZero guard;
  scatter<T>({size, dy.data(), filters.data(), dx.data(), nullptr, false});
}

template <class T>
void conv_transpose_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                            const ConvolutionOptions<T>& options) {
  const ConvolutionSizes size = check_convolution({"conv_transpose_forward", "y", "filters", "x"},
                                                  y.shape(), filters.shape(), x.shape(), options);
  check_activation<T>(options.activation);
  if (y.empty()) return;
  const parallel::FlushToZero guard;
  const bool relu = options.activation == lanewise::relu;
  scatter<T>({size, x.data(), filters.data(), y.data(), options.bias, relu});
  if (!relu && options.activation != linear) activation_forward<T>(options.activation, y, y);
}

#define LANEWISE_INSTANTIATE(T)                                                               \
  template LANEWISE_API void conv_backward_data(TensorView<const T>, TensorView<const T>,     \
                                                TensorView<T>, const ConvolutionOptions<T>&); \
  template LANEWISE_API void conv_transpose_forward(TensorView<const T>, TensorView<const T>, \
                                                    TensorView<T>, const ConvolutionOptions<T>&);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
