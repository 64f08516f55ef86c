// Contract in ops/implicit_gemm.hpp.
#include "ops/implicit_gemm.hpp"

#include <algorithm>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "ops/activation.hpp"
#include "ops/gemm.hpp"
#include "ops/workspace.hpp"

namespace lanewise::ops {
namespace {

// A block of windows against a block of filters, to be added to C.
template <class T>
struct Product {
  const T* const* windows;
  const long* distances;
  FilterBlock<T> filters;
  Index depth, j, columns;
  bool first, last;
};

template <class T>
void multiply(const simd::GemmKernels<T>& kernels, const ImplicitGemm<T>& job, const Product<T>& p,
              const T* const* windows, Index pixels, T* c) noexcept {
  kernels.multiply({.m = pixels,
                    .n = p.columns,
                    .k = p.depth,
                    .a = nullptr,
                    .a_stride = 0,
                    .a_form = simd::GemmA::indirect,
                    .b = p.filters.data,
                    .b_stride = p.filters.stride,
                    .b_form = p.filters.form,
                    .c = c + p.j,
                    .c_stride = job.c_pixel,
                    .alpha = 1,
                    .beta = p.first ? T(0) : T(1),
                    .bias = p.last && job.bias != nullptr ? job.bias + p.j : nullptr,
                    .relu = p.last && job.relu,
                    .a_rows = windows,
                    .a_offsets = p.distances});
  if (!p.last || p.j + p.columns < job.n || job.activation == linear) return;
  T* const finished = job.c_whole + (c - job.c);
  activation_unchecked<T>(job.activation, finished, finished, pixels, job.c_pixel);
}

// In one go where C's pixels lie side by side, else row by row.
template <class T>
void multiply_block(const simd::GemmKernels<T>& kernels, const ImplicitGemm<T>& job,
                    const PixelBlock& block, const Product<T>& p) noexcept {
  T* const c =
      job.c + block.image * job.c_image + block.row * job.c_row + block.column * job.c_pixel;
  const Index row_end = block.columns * job.c_pixel, image_end = block.rows * row_end;
  if ((block.rows == 1 || job.c_row == row_end) && (block.images == 1 || job.c_image == image_end))
    return multiply(kernels, job, p, p.windows, block.pixels(), c);
  for (Index n = 0; n < block.images; ++n)
    for (Index row = 0; row < block.rows; ++row)
      multiply(kernels, job, p, p.windows + (n * block.rows + row) * block.columns, block.columns,
               c + n * job.c_image + row * job.c_row);
}

constexpr Index kFewestBlocks = 4;  // a thread, so that none waits long for another

// Smaller blocks where there are too few for the threads that the work is worth.
Index block_pixels(Index pixels, int team) {
  if (team == 1 || pixels >= kBlockPixels * kFewestBlocks * team) return kBlockPixels;
  return std::clamp<Index>(pixels / (kFewestBlocks * team), 32, kBlockPixels);
}

}  // namespace

template <class T>
void implicit_gemm(const ImplicitGemm<T>& job, ReadFilters<T> read_filters) {
  const Index pixels = job.images.outputs(), depth = job.images.depth();
  if (pixels == 0) return;
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const parallel::Work<T> work{product_flops(pixels, job.n, depth)};
  const int wanted = parallel::team_size(work, pixels);
  const WindowReader<T> reader(job.images, block_pixels(pixels, wanted));
  const FilterBlocking blocking = job.blocking;

  constexpr Index kDistance = sizeof(long) / sizeof(T);
  const Index deepest = std::min(blocking.depth, std::max<Index>(depth, 1));
  const Index distances_elements = whole_lines<T>(deepest * kDistance);
  const Index filters_elements = whole_lines<T>(blocking.buffer_elements);
  const Index slice =
      distances_elements + filters_elements + whole_lines<T>(reader.buffer_elements(deepest));
  const int team = static_cast<int>(std::min<Index>(wanted, reader.blocks()));
  T* const memory = workspace<T>(slice, team);

  parallel::parallel_team(team, [&](int thread, int threads) {
    const Index begin = reader.blocks() * thread / threads;
    const Index end = reader.blocks() * (thread + 1) / threads;
    T* const mine = memory + slice * thread;
    long* const distances = reinterpret_cast<long*>(mine);
    T* const filters = mine + distances_elements;
    T* const strip = filters + filters_elements;
    const T* windows[kBlockPixels];
    for (Index j = 0; j < job.n; j += blocking.columns)
      for (Index p = 0; p == 0 || p < depth; p += blocking.depth) {
        Product<T> product{windows, distances,
                           {},      std::min(blocking.depth, depth - p),
                           j,       std::min(blocking.columns, job.n - j),
                           p == 0,  p + blocking.depth >= depth};
        product.filters = read_filters(p, product.depth, j, product.columns, filters);
        reader.distances(p, p + product.depth, distances);
        for (Index b = begin; b < end; ++b) {
          const PixelBlock block = reader.block(b);
          reader.load(block, p, p + product.depth, strip, windows);
          multiply_block(kernels, job, block, product);
        }
      }
  });
}

template void implicit_gemm(const ImplicitGemm<float>&, ReadFilters<float>);
template void implicit_gemm(const ImplicitGemm<double>&, ReadFilters<double>);

}  // namespace lanewise::ops
