// Convolution forward. The contract is in lanewise/ops/convolution.hpp. All convolutions go the
// same way, down: the public function checks, once, and knows all sizes from then on.
//
//   public function            then, by groups                     which goes on to
//   conv_forward               forward_group, here                 implicit_gemm
//   conv_backward_data,        gradient_of_phase, convolution_data implicit_gemm
//   conv_transpose_forward     or, for small images,
//                              gradient_by_col2im, the same        col2im_rows, the kernel
//   conv_backward_weights      backward_group, convolution_weights WindowReader, the kernel
//   any of them, where the     gemm_unchecked                      the kernel
//   windows are the pixels
//   any of them, where tiles   winograd_forward and so on,         WinogradKernels, the kernel
//   take less                  winograd.cpp
//
// implicit_gemm shares blocks of pixels between threads; WindowReader knows where their windows
// lie; the kernel is GemmKernels::multiply.
//
// The filters (kh, kw, c / groups, k) are stored just as a product wants them: a matrix of (kh * kw
// * c / groups, k). The windows are the other factor (implicit_gemm.hpp), and y is the result:
//
//       windows (pixels, depth)          filters (depth, k)            y (pixels, k)
//       +--------------------+           +----------+                 +----------+
//       | window of pixel 0  |           | tap 0    |                 | pixel 0  |
//       | window of pixel 1  |     x     | tap 1    |        =        | pixel 1  |
//       | ...                |           | ...      |                 | ...      |
//       +--------------------+           +----------+                 +----------+
//       never made: pointers into x      as stored
#include "lanewise/ops/convolution.hpp"

#include <algorithm>

#include "cpu/tables.hpp"
#include "ops/activation.hpp"
#include "ops/convolution_checks.hpp"
#include "ops/gemm.hpp"
#include "ops/implicit_gemm.hpp"
#include "ops/winograd.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

// Filters are read in place up to this size in bytes, as gemm() reads B; larger ones are packed.
constexpr Index kInPlace = 2 << 20;

FilterBlocking blocking_in_place(Index depth, Index n) {
  return {even_blocks(depth, kDepthInPlace, kDepthUnit), std::max<Index>(n, 1)};
}

// One group's filters, from `filters` on, and its part of the channels of x and y.
template <class T>
void forward_group(const ConvolutionSizes& size, const T* x, const T* filters, T* y, Index group,
                   const ConvolutionOptions<T>& options) {
  const WindowOnImage& w = size.window;
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index k = size.filter_count, n = size.group_filter_count(), first = group * n;
  const bool packed = size.depth() * n * Index{sizeof(T)} > kInPlace && size.pixels() > kFewRows;
  const bool last = group == size.groups - 1;
  const T* const b = filters + first;
  const auto read = [&](Index p, Index depth, Index j, Index columns, T* to) -> FilterBlock<T> {
    const T* const from = b + p * k + j;
    if (!packed) return {from, k, simd::GemmB::rows};
    kernels.pack_b({from, k, false, columns, depth}, to);
    return {to, 0, simd::GemmB::panels};
  };
  const bool relu = options.activation == lanewise::relu;
  implicit_gemm<T>({.images = {x + group * size.group_channels(), size.images, size.channels,
                               size.group_channels(), vertical(w), horizontal(w)},
                    .n = n,
                    .blocking = packed ? packed_blocking(kernels, size.depth(), n)
                                       : blocking_in_place(size.depth(), n),
                    .c = y + first,
                    .c_image = w.output.height * w.output.width * k,
                    .c_row = w.output.width * k,
                    .c_pixel = k,
                    .bias = options.bias == nullptr ? nullptr : options.bias + first,
                    .relu = relu,
                    .activation = last && !relu ? options.activation : linear,
                    .c_whole = y},
                   read);
}

}  // namespace

template <class T>
void conv_forward(TensorView<const T> x, TensorView<const T> filters, TensorView<T> y,
                  const ConvolutionOptions<T>& options) {
  const ConvolutionSizes size = check_convolution({"conv_forward", "x", "filters", "y"}, x.shape(),
                                                  filters.shape(), y.shape(), options);
  check<T>(options.activation);
  if (y.empty()) return;
  const parallel::FlushToZero guard;
  const bool relu = options.activation == lanewise::relu;
  if (size.algorithm == ConvolutionAlgorithm::winograd) {
    winograd_forward<T>(size, x.data(), {filters.data(), options.transformed.data()}, y.data(),
                        options.bias, relu);
  } else if (size.is_product()) {
    const Index pixels = size.pixels(), depth = size.depth(), k = size.filter_count;
    gemm_unchecked<T>({x.data(), pixels, depth, depth}, {filters.data(), depth, k, k},
                      {y.data(), pixels, k, k}, {.bias = options.bias, .relu = relu});
  } else {  // which runs the activation on blocks that are in the cache
    for (Index group = 0; group < size.groups; ++group)
      forward_group(size, x.data(), filters.data(), y.data(), group, options);
    return;
  }
  if (!relu)
    activation_unchecked(options.activation, y.data(), y.data(), size.pixels(), size.filter_count);
}

#define LANEWISE_INSTANTIATE(T)                                                                    \
  template LANEWISE_API void conv_forward(TensorView<const T>, TensorView<const T>, TensorView<T>, \
                                          const ConvolutionOptions<T>&);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
