#pragma once
// A convolution, and the gradient of its images, as an implicit GEMM: windows of images times a
// matrix of filters,
//
//   C (pixels, n) = relu(windows (pixels, depth) B (depth, n) + bias)
//
// where the matrix of windows is never made, and C's pixels lie in an image of their own. Blocks of
// pixels are shared between threads; depth is cut into blocks by size alone, which is what keeps
// the bits the same (ops/depth_blocks.hpp).
#include <algorithm>

#include "core/round.hpp"
#include "lanewise/ops/activation.hpp"
#include "ops/depth_blocks.hpp"
#include "ops/window_reader.hpp"
#include "parallel/parallel.hpp"
#include "simd/gemm.hpp"

namespace lanewise::ops {

// Rows [p, p + depth) and columns [j, j + columns) of B, as the kernel takes them.
template <class T>
struct FilterBlock {
  const T* data;
  Index stride;  // not used for panels
  simd::GemmB form;
};
template <class T>
using ReadFilters =
    parallel::FunctionRef<FilterBlock<T>(Index p, Index depth, Index j, Index columns, T* buffer)>;

// How depth and n are cut, and what ReadFilters writes to its buffer.
struct FilterBlocking {
  Index depth = 1, columns = 1;
  Index buffer_elements = 0;
};

template <class T>
struct ImplicitGemm {
  WindowImages<T> images;
  Index n;
  FilterBlocking blocking;
  T* c;  // pixel (0, 0) of image 0
  Index c_image, c_row, c_pixel;
  const T* bias = nullptr;
  bool relu = false;
  // Run over the c_pixel elements of each finished pixel, from c_whole on, unless linear.
  ActivationFunction activation = linear;
  T* c_whole = nullptr;
};

// For filters that are packed to panels, in blocks of up to a megabyte.
template <class T>
FilterBlocking packed_blocking(const simd::GemmKernels<T>& kernels, Index depth, Index n) {
  constexpr Index kElements = (1 << 20) / sizeof(T);
  FilterBlocking blocking{even_blocks(depth, kDepthPacked, kDepthUnit)};
  const Index widest = kElements / blocking.depth / kernels.nr * kernels.nr;
  blocking.columns = std::max<Index>(1, std::min(even_blocks(n, widest, kernels.nr), n));
  blocking.buffer_elements = blocking.depth * round_up(blocking.columns, kernels.lanes);
  return blocking;
}

template <class T>
void implicit_gemm(const ImplicitGemm<T>& job, ReadFilters<T> read_filters);

}  // namespace lanewise::ops
