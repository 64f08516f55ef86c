// The gradient of a convolution's filters. The contract is in lanewise/ops/convolution.hpp.
//
// The roles of the forward pass are exchanged: element i of the window is a row, and the pixels are
// the depth of the product,
//
//       windows' (depth, pixels)         dy (pixels, k)             dfilters (depth, k)
//       element i of pixel p is x[windows[p] + distance of i]: a pointer a row i, and a distance
//       that all rows share for each p
//
// so it is an indirect GEMM, too, and dy is read as it lies. Pixels go in blocks that depend on
// the sizes alone, each added to dfilters in order. Where dfilters is small and the pixels are
// many, they are cut into parts with a sum of their own, again by size alone, which are added in
// order. Threads take parts, and rows of them where the parts do not come out even.
#include <algorithm>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "lanewise/ops/convolution.hpp"
#include "ops/convolution_checks.hpp"
#include "ops/gemm.hpp"
#include "ops/implicit_gemm.hpp"
#include "ops/window_reader.hpp"
#include "ops/winograd.hpp"
#include "ops/workspace.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

constexpr Index kPixels = 128;       // a block's: that much of 48 columns of dy stays in L1
constexpr Index kRows = 256;         // of dfilters at a time
constexpr Index kPartPixels = 2048;  // at least, in a part
constexpr Index kMostParts = 16;
constexpr Index kPartsBytes = 1 << 20;  // all of them together

template <class T>
struct Weights {
  const WindowReader<T>& reader;
  const T* dy;  // the group's columns
  Index dy_stride;
  Index n;
  WindowImages<T> images;
};

struct Extent {
  Index begin, end;
};

// c, (rows, n) = the product over the pixel blocks of `blocks` for the elements `rows` of the
// window.
template <class T>
void multiply(const Weights<T>& job, Extent blocks, Extent rows, T* c, Index c_stride,
              T* buffer) noexcept {
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const T* windows[kBlockPixels];
  const T* elements[kRows];
  long distances[kRows], pixel_distances[kBlockPixels];
  const Index row_pixels = job.images.x.output, image_pixels = job.images.y.output * row_pixels;
  for (Index i = rows.begin; i < rows.end; i += kRows) {
    const Index m = std::min(kRows, rows.end - i);
    job.reader.distances(i, i + m, distances);
    for (Index b = blocks.begin; b < blocks.end; ++b) {
      const PixelBlock block = job.reader.block(b);
      const Index pixels = block.pixels();
      job.reader.load(block, i, i + m, buffer, windows);
      for (Index e = 0; e < m; ++e) elements[e] = windows[0] + distances[e];
      for (Index p = 0; p < pixels; ++p) pixel_distances[p] = windows[p] - windows[0];
      const Index first_pixel = block.image * image_pixels + block.row * row_pixels + block.column;
      kernels.multiply({.m = m,
                        .n = job.n,
                        .k = pixels,
                        .a = nullptr,
                        .a_stride = 0,
                        .a_form = simd::GemmA::indirect,
                        .b = job.dy + first_pixel * job.dy_stride,
                        .b_stride = job.dy_stride,
                        .b_form = simd::GemmB::rows,
                        .c = c + (i - rows.begin) * c_stride,
                        .c_stride = c_stride,
                        .alpha = 1,
                        .beta = b == blocks.begin ? T(0) : T(1),
                        .bias = nullptr,
                        .relu = false,
                        .a_rows = elements,
                        .a_offsets = pixel_distances});
    }
  }
}

// How many parts the pixels are cut into; 1 if the sums would be too large.
Index count_parts(Index pixels, Index bytes) {
  return std::max<Index>(1, std::min({pixels / kPartPixels, kMostParts, kPartsBytes / bytes}));
}

// c (depth, n), rows `stride` apart, = the sum of the parts but the first, which is there already.
template <class T>
void add_parts(const T* parts, Index count, Index depth, Index n, T* c, Index stride) noexcept {
  if (count == 0) return;
  const auto add = cpu::kernels<simd::MergeKernels<T>>().add;
  const double elements = static_cast<double>(count * n);
  parallel::parallel_for(
      depth, parallel::Work<T>{elements, sizeof(T) * 3 * elements}, [&](Index begin, Index end) {
        const bool whole = stride == n;  // there is one group: all rows in one go
        const Index step = whole ? end - begin : 1;
        for (Index part = 0; part < count; ++part)
          for (Index row = begin; row < end; row += step) {
            T* const to = c + row * stride;
            add(to, 1, parts + (part * depth + row) * n, 1, to, step * n);
          }
      });
}

template <class T>
void backward_group(const ConvolutionSizes& size, const T* x, const T* dy, T* dfilters,
                    Index group) {
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index k = size.filter_count, n = size.group_filter_count(), depth = size.depth();
  const WindowImages<T> images{x + group * size.group_channels(),
                               size.images,
                               size.channels,
                               size.group_channels(),
                               vertical(size.window),
                               horizontal(size.window)};
  const WindowReader<T> reader(images, kPixels);
  const Weights<T> job{reader, dy + group * n, k, n, images};
  T* const c = dfilters + group * n;

  const Index parts =
      std::min(count_parts(size.pixels(), depth * n * Index{sizeof(T)}), reader.blocks());
  const Index slice = whole_lines<T>(reader.buffer_elements(std::min(depth, kRows)));
  const Index units = divide_up(depth, kernels.mr);  // of rows, in each part
  const parallel::Work<T> work{product_flops(depth, n, size.pixels())};
  const int team = parallel::team_size(work, parts * units);
  const Index sums = (parts - 1) * depth * n;
  T* const memory = workspace<T>(slice * team + sums, 1);
  T* const partial = memory + slice * team;

  parallel::parallel_team(team, [&](int thread, int threads) {
    T* const buffer = memory + slice * thread;
    const Index end = parts * units * (thread + 1) / threads;
    for (Index unit = parts * units * thread / threads; unit < end;) {
      const Index part = unit / units, first = unit % units;
      const Index count = std::min(units - first, end - unit);
      const Extent blocks{reader.blocks() * part / parts, reader.blocks() * (part + 1) / parts};
      const Extent rows{first * kernels.mr, std::min(depth, (first + count) * kernels.mr)};
      T* const sum = part == 0 ? c : partial + (part - 1) * depth * n;
      const Index stride = part == 0 ? k : n;
      multiply(job, blocks, rows, sum + rows.begin * stride, stride, buffer);
      unit += count;
    }
  });
  add_parts(partial, parts - 1, depth, n, c, k);
}

// Where the windows are a matrix as they stand: one product or, of parts as above, one each.
template <class T>
void multiply_in_place(const ConvolutionSizes& size, const T* x, const T* dy, T* dfilters) {
  constexpr Index kDepth = 512;  // pixels at a time
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index depth = size.depth(), k = size.filter_count, pixels = size.pixels();
  const Index parts = count_parts(pixels, depth * k * Index{sizeof(T)});
  if (parts == 1)
    return gemm_unchecked<T>({x, pixels, depth, depth}, {dy, pixels, k, k}, {dfilters, depth, k, k},
                             {.transpose_a = true});
  const parallel::Work<T> work{product_flops(depth, k, pixels)};
  T* const partial = workspace<T>((parts - 1) * depth * k, 1);
  parallel::parallel_for(parts, work / parts, [&](Index first, Index last) {
    for (Index part = first; part < last; ++part) {
      const Index begin = pixels * part / parts, end = pixels * (part + 1) / parts;
      for (Index p = begin; p < end; p += kDepth)
        kernels.multiply({.m = depth,
                          .n = k,
                          .k = std::min(kDepth, end - p),
                          .a = x + p * depth,
                          .a_stride = depth,
                          .a_form = simd::GemmA::columns,
                          .b = dy + p * k,
                          .b_stride = k,
                          .b_form = simd::GemmB::rows,
                          .c = part == 0 ? dfilters : partial + (part - 1) * depth * k,
                          .c_stride = k,
                          .alpha = 1,
                          .beta = p == begin ? T(0) : T(1),
                          .bias = nullptr,
                          .relu = false});
    }
  });
  add_parts(partial, parts - 1, depth, k, dfilters, k);
}

}  // namespace

template <class T>
void conv_backward_weights(TensorView<const T> x, TensorView<const T> dy, TensorView<T> dfilters,
                           const ConvolutionOptions<T>& options) {
  const ConvolutionSizes size = check_convolution({"conv_backward_weights", "x", "dfilters", "dy"},
                                                  x.shape(), dfilters.shape(), dy.shape(), options);
  if (size.images == 0) return std::fill(dfilters.begin(), dfilters.end(), T(0));
  const parallel::FlushToZero guard;
  if (size.algorithm == ConvolutionAlgorithm::winograd)
    return winograd_backward_weights<T>(size, x.data(), dy.data(), dfilters.data());
  if (size.is_product()) return multiply_in_place(size, x.data(), dy.data(), dfilters.data());
  for (Index group = 0; group < size.groups; ++group)
    backward_group(size, x.data(), dy.data(), dfilters.data(), group);
}

#define LANEWISE_INSTANTIATE(T)                                                              \
  template LANEWISE_API void conv_backward_weights(TensorView<const T>, TensorView<const T>, \
                                                   TensorView<T>, const ConvolutionOptions<T>&);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
