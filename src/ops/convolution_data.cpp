// The gradient of a convolution's images, and the transposed convolution, which is the same. The
// contract is in lanewise/ops/convolution.hpp.
//
// A pixel of dx collects what it gave: dx[iy] = sum over ky of dy[(iy + top - ky * dilation) /
// stride] * filters[ky]', over the ky for which that divides. With stride 1 this is a convolution
// of dy with the filters turned round. With a stride, there is one convolution for each phase of
// rows and columns, with its share of the taps (phase_of_gradient in window_axis.hpp).
//
// Where dx has many more pixels than dy (small images without padding), most windows hang over the
// border of dy, and the product is largely with zeros. There each pixel of dy is multiplied by all
// taps, which gives the columns of im2col(), and col2im adds them up, a few images at a time in the
// cache. (32x5x5x64-64k3: of 2.8 multiplications, 1 is left; 16x6x6x512-128k5: of 9.) The same
// fills the registers where dx has so few channels that a row of the product would not. The two
// round differently, so the choice is by sizes alone.
//
// Where Winograd's tiles are faster, all of it is theirs (winograd.cpp).
#include <algorithm>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "lanewise/ops/convolution.hpp"
#include "ops/activation.hpp"
#include "ops/col2im_rows.hpp"
#include "ops/convolution_checks.hpp"
#include "ops/gemm.hpp"
#include "ops/implicit_gemm.hpp"
#include "ops/winograd.hpp"
#include "ops/workspace.hpp"

namespace lanewise::ops {
namespace {

template <class T>
struct DataGradient {
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
void pack_filters(const DataGradient<T>& job, const FilterAxis& y, const FilterAxis& x, Index group,
                  Index p, Index depth, Index j, Index columns, T* to) noexcept {
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index k = job.size.filter_count, rows = job.size.group_filter_count();
  const Index channels = job.size.group_channels();
  const Index begin = p, end = p + depth;
  while (p < end) {
    const Index tap = p / rows, filter = p % rows, count = std::min(end - p, rows - filter);
    const Index ky = y.filter + tap / x.window.kernel * y.filter_step;
    const Index kx = x.filter + tap % x.window.kernel * x.filter_step;
    const T* const from = job.filters +
                          ((ky * job.size.window.kernel.width + kx) * channels + j) * k +
                          group * rows + filter;
    kernels.pack_b({from, k, true, columns, count, p - begin, depth}, to);
    p += count;
  }
}

template <class T>
void gradient_of_phase(const DataGradient<T>& job, const FilterAxis& y, const FilterAxis& x,
                       Index group) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index n = size.group_channels(), c = size.channels, k = size.group_filter_count();
  const Index depth = y.window.kernel * x.window.kernel * k;
  const auto read = [&](Index p, Index deep, Index j, Index columns, T* to) -> FilterBlock<T> {
    pack_filters(job, y, x, group, p, deep, j, columns, to);
    return {to, 0, simd::GemmB::panels};
  };
  T* const dx = job.dx + (y.result * w.input.width + x.result) * c + group * n;
  implicit_gemm<T>(
      {.images = {job.dy + group * k, size.images, size.filter_count, k, y.window, x.window},
       .n = n,
       .blocking = packed_blocking(kernels, depth, n),
       .c = dx,
       .c_image = w.input.height * w.input.width * c,
       .c_row = y.result_step * w.input.width * c,
       .c_pixel = x.result_step * c,
       .bias = job.bias == nullptr ? nullptr : job.bias + group * n,
       .relu = job.relu},
      read);
}

constexpr Index kColumnsBytes = 256 << 10;    // of the columns at a time; stays in L2
constexpr Index kTransposedBytes = 1 << 20;   // of the filters, for which that is done
constexpr Index kManyColumnsBytes = 4 << 20;  // for larger ones
constexpr Index kFewChannelsBytes = 32;       // of a pixel of dx: half of the widest register

// Whether each thread multiplies by filters that are transposed for all.
bool transposes(const ConvolutionSizes& size, Index element) {
  return size.depth() * size.filter_count * element <= kTransposedBytes;
}

// Whether the columns and col2im take less than multiplying with zeros.
template <class T>
bool worth_col2im(const DataGradient<T>& job) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  if (!(w.stride == Extent2D{1}) || size.groups != 1 || job.relu || job.bias != nullptr)
    return false;
  const Index dx_pixels = w.input.height * w.input.width;
  const Index dy_pixels = w.output.height * w.output.width;
  constexpr Index kBytes = sizeof(T);
  const bool pays = 3 * dx_pixels > 4 * dy_pixels || size.channels * kBytes <= kFewChannelsBytes;
  const Index columns = transposes(size, kBytes) ? kColumnsBytes : kManyColumnsBytes;
  return pays && size.filter_count >= 16 && dy_pixels * size.depth() * kBytes <= columns;
}

template <class T>
void gradient_by_col2im(const DataGradient<T>& job) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index k = size.filter_count, depth = size.depth(), c = size.channels;
  const Index pixels = w.output.height * w.output.width;
  const Index images = std::clamp<Index>(kColumnsBytes / Index{sizeof(T)} / (pixels * depth), 1,
                                         std::max<Index>(1, kBlockPixels / pixels));
  const Index slice = whole_lines<T>(images * pixels * depth);
  const Index blocks = divide_up(size.images, images);
  const parallel::Work<T> work{product_flops(size.pixels(), depth, k)};
  const int team = parallel::team_size(work, blocks);
  T* const transposed = workspace<T>(whole_lines<T>(depth * k) + slice * team, 1);
  kernels.transpose(job.filters, k, depth, k, transposed, depth);

  parallel::parallel_team(team, [&](int thread, int threads) {
    T* const columns = transposed + whole_lines<T>(depth * k) + slice * thread;
    const Index end = std::min(size.images, blocks * (thread + 1) / threads * images);
    for (Index image = blocks * thread / threads * images; image < end; image += images) {
      const Index count = std::min(images, end - image);
      kernels.multiply({.m = count * pixels,
                        .n = depth,
                        .k = k,
                        .a = job.dy + image * pixels * k,
                        .a_stride = k,
                        .a_form = simd::GemmA::rows,
                        .b = transposed,
                        .b_stride = depth,
                        .b_form = simd::GemmB::rows,
                        .c = columns,
                        .c_stride = depth,
                        .alpha = 1,
                        .beta = 0,
                        .bias = nullptr,
                        .relu = false});
      for (Index i = 0; i < count; ++i)
        col2im_rows(columns + i * pixels * depth, w, c, 0, w.input.height,
                    job.dx + (image + i) * w.input.height * w.input.width * c);
    }
  });
}

// The same with filters that are too large for that: each product is shared by all threads, and of
// as many images as there may be, since it reads all filters.
template <class T>
void gradient_by_large_products(const DataGradient<T>& job) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  const Index k = size.filter_count, depth = size.depth(), c = size.channels;
  const Index pixels = w.output.height * w.output.width, dx_pixels = w.input.height * w.input.width;
  const Index most = kManyColumnsBytes / Index{sizeof(T)} / (pixels * depth);
  const Index images = std::clamp<Index>(most, 1, size.images);
  T* const columns = workspace<T, Calls::another>(images * pixels * depth, 1);
  const auto added = static_cast<double>(pixels * depth);
  for (Index image = 0; image < size.images; image += images) {
    const Index count = std::min(images, size.images - image);
    gemm_unchecked<T>({job.dy + image * pixels * k, count * pixels, k, k},
                      {job.filters, depth, k, k}, {columns, count * pixels, depth, depth},
                      {.transpose_b = true});
    parallel::parallel_for(count, parallel::Work<T>{added, 3 * sizeof(T) * added},
                           [&](Index begin, Index end) {
                             for (Index i = begin; i < end; ++i)
                               col2im_rows(columns + i * pixels * depth, w, c, 0, w.input.height,
                                           job.dx + (image + i) * dx_pixels * c);
                           });
  }
}

template <class T>
void data_gradient(const DataGradient<T>& job) {
  const ConvolutionSizes& size = job.size;
  const WindowOnImage& w = size.window;
  if (size.is_product() && !job.relu && job.bias == nullptr) {
    const Index pixels = size.pixels(), depth = size.depth(), k = size.filter_count;
    return gemm_unchecked<T>({job.dy, pixels, k, k}, {job.filters, depth, k, k},
                             {job.dx, pixels, depth, depth}, {.transpose_b = true});
  }
  if (worth_col2im(job))
    return transposes(size, sizeof(T)) ? gradient_by_col2im(job) : gradient_by_large_products(job);
  for (Index group = 0; group < size.groups; ++group)
    for (Index i = 0; i < std::min(w.stride.height, w.input.height); ++i)
      for (Index j = 0; j < std::min(w.stride.width, w.input.width); ++j) {
        FilterAxis y = phase_of_gradient(vertical(w), i), x = phase_of_gradient(horizontal(w), j);
        if (y.window.kernel == 0 || x.window.kernel == 0) y.window.kernel = x.window.kernel = 0;
        gradient_of_phase(job, y, x, group);
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
  if (size.algorithm == ConvolutionAlgorithm::winograd)
    return winograd_backward_data<T>(size, dy.data(), {filters.data(), options.transformed.data()},
                                     dx.data(), nullptr);
  data_gradient<T>({size, dy.data(), filters.data(), dx.data(), nullptr, false});
}

template <class T>
void conv_transpose_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                            const ConvolutionOptions<T>& options) {
  const ConvolutionSizes size = check_convolution({"conv_transpose_forward", "y", "filters", "x"},
                                                  y.shape(), filters.shape(), x.shape(), options);
  check<T>(options.activation);
  if (y.empty()) return;
  const parallel::FlushToZero guard;
  const bool winograd = size.algorithm == ConvolutionAlgorithm::winograd;
  const bool relu = options.activation == lanewise::relu && !winograd;
  if (winograd)
    winograd_backward_data<T>(size, x.data(), {filters.data(), options.transformed.data()},
                              y.data(), options.bias);
  else
    data_gradient<T>({size, x.data(), filters.data(), y.data(), options.bias, relu});
  if (!relu)
    activation_unchecked(options.activation, y.data(), y.data(), y.size() / size.channels,
                         size.channels);
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
