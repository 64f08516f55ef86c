// Contract in ops/winograd.hpp. Each pass takes blocks of tiles through three steps, which meet in
// the second-level cache where channels are not too many:
//
//                 gather                products, one a place            scatter
//   forward       x -> V                M = V U                          M -> y
//   images        dy -> D               E = D U', U' of filters exchanged E, added to dx
//   filters       x -> V, dy -> D       dU += V' D                       dU -> dfilters
//
// U are the filters, transformed before; where they outweigh the tiles it is done piece by piece,
// in winograd_pieces.cpp. A place is a point of a tile's transform, of which there are up to 36
// (winograd_tiles.hpp). Tiles of dx overlap; each thread has whole rows of tiles, first all even
// and then all odd ones (of 5 taps every third, in three turns), so that the order in which a pixel
// is added to is the same for any team.
#include "ops/winograd.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lanewise/error.hpp"
#include "ops/depth_blocks.hpp"
#include "ops/winograd_pieces.hpp"
#include "ops/winograd_tiles.hpp"
#include "ops/workspace.hpp"

namespace lanewise::ops {
namespace {

constexpr Index kFewestTiles = 32, kMostTiles = 64;  // of a block

// to = from u, (tiles, depth) times (depth, columns) for each place, in blocks of depth that depend
// on it alone.
template <class T>
void multiply(const Tiling& tiling, Index tiles, const Places<T>& from, const Places<const T>& u,
              const Places<T>& to) {
  const Index depth = from.columns, n = to.columns;
  const Index block = even_blocks(depth, kDepthPacked, kDepthUnit);
  for (Index place = 0; place < tiling.places(); ++place)
    for (Index p = 0; p < depth; p += block)
      multiply_place<T>({tiles, n, std::min(block, depth - p), simd::GemmA::rows,
                         from.at(place) + p, depth, u.at(place) + p * n, n, to.at(place), p > 0});
}

// The filters of a group transformed, by memory of so many numbers.
template <class T>
Index transformed_elements(const Tiling& tiling) {
  return Places<T>(tiling, tiling.c, tiling.k).elements;
}
template <class T>
void transform_forward(const Tiling& tiling, const T* filters, Index group, T* to) {
  Places<T> u(tiling, tiling.c, tiling.k);
  u.data = to;
  transform_filters(tiling, filter_bank(tiling, filters, group), u);
}
// With channels and filters exchanged, which they are in `exchanged` before.
template <class T>
Index exchanged_elements(const Tiling& tiling) {
  return whole_lines<T>(tiling.size.taps() * tiling.c * tiling.k);
}
template <class T>
void transform_backward(const Tiling& tiling, const T* filters, Index group, T* exchanged, T* to) {
  Places<T> u(tiling, tiling.k, tiling.c);
  u.data = to;
  transform_filters(tiling,
                    transpose_filters(tiling, filter_bank(tiling, filters, group), exchanged), u);
}

template <class T>
void forward_group(const Tiling& tiling, const T* x, WinogradFilters<T> filters, T* y, Index group,
                   const T* bias, bool relu) {
  const Index c = tiling.c, k = tiling.k, tiles = tiling.tiles();
  const int wanted = parallel::team_size(parallel::Work<T>{tiling.flops(tiles)}, tiles);
  const Index block =
      std::min(block_tiles<T>(tiling, kFewestTiles, kMostTiles), divide_up(tiles, wanted));
  const int team = static_cast<int>(std::min<Index>(wanted, divide_up(tiles, block)));
  const Places<T> v(tiling, block, c), m(tiling, block, k);
  const Index to_make = filters.transformed ? 0 : transformed_elements<T>(tiling);
  T* const memory = workspace<T>(to_make + (v.elements + m.elements) * team, 1);
  if (!filters.transformed) transform_forward(tiling, filters.filters, group, memory);
  Places<const T> u(tiling, c, k);
  u.data = filters.transformed ? filters.transformed + group * u.elements : memory;

  const auto inputs = tiling.inputs(x, group);
  const auto outputs = tiling.outputs(y, group);
  const simd::WinogradFinish<T> finish{.bias = bias, .relu = relu};
  parallel::parallel_team(team, [&](int thread, int threads) {
    Places<T> mine_v = v, mine_m = m;
    mine_v.data = memory + to_make + (v.elements + m.elements) * thread;
    mine_m.data = mine_v.data + v.elements;
    const Index end = tiles * (thread + 1) / threads;
    for (Index t = tiles * thread / threads; t < end; t += block) {
      const Tiles some{tiling, all_rows(tiling), t, std::min(end, t + block)};
      gather<T>(some, WinogradOperand::input, inputs, mine_v);
      multiply<T>(tiling, some.count(), mine_v, u, mine_m);
      scatter<T>(some, WinogradOperand::output, mine_m, outputs, finish);
    }
  });
}

constexpr Index kManyImages = 4;  // a thread: then they come out even enough

template <class T>
void backward_data_group(const Tiling& tiling, const T* dy, WinogradFilters<T> filters, T* dx,
                         Index group, const T* bias) {
  const Index c = tiling.c, k = tiling.k;
  // Every second row of tiles, of 5 taps every third: rows that do not overlap.
  const Index apart = divide_up(tiling.down.points, tiling.down.step);
  const Index most = divide_up(tiling.down.count, apart) * tiling.size.images;
  const Index block = block_tiles<T>(tiling, kFewestTiles, kMostTiles);
  const int team =
      parallel::team_size(parallel::Work<T>{tiling.flops(tiling.tiles() / apart)}, most);
  const Places<T> d(tiling, block, k), e(tiling, block, c);
  const Index to_make =
      filters.transformed ? 0 : transformed_elements<T>(tiling) + exchanged_elements<T>(tiling);
  T* const memory = workspace<T>(to_make + (d.elements + e.elements) * team, 1);
  begin_sums(tiling, dx, group, bias);
  if (!filters.transformed)
    transform_backward(tiling, filters.filters, group, memory + transformed_elements<T>(tiling),
                       memory);
  Places<const T> u(tiling, k, c);
  u.data = filters.transformed ? filters.transformed + group * u.elements : memory;

  const auto outputs = tiling.outputs(dy, group);
  const auto inputs = tiling.inputs(dx, group);
  // Of many images each thread has whole ones; of few, rows, and all wait before the next rows
  // begin to be added.
  const Index images = tiling.size.images, starts = std::min(apart, tiling.down.count);
  const bool by_images = images >= kManyImages * team;
  const auto add_rows = [&](Index start, int thread, int threads) {
    const TileRows rows{start, apart, divide_up(tiling.down.count - start, apart)};
    Places<T> mine_d = d, mine_e = e;
    mine_d.data = memory + to_make + (d.elements + e.elements) * thread;
    mine_e.data = mine_d.data + d.elements;
    const Index shares = by_images ? images : images * rows.in_image;
    const Index share = (by_images ? rows.in_image : 1) * tiling.across.count;
    const Index end = shares * (thread + 1) / threads * share;
    for (Index t = shares * thread / threads * share; t < end; t += block) {
      const Tiles some{tiling, rows, t, std::min(end, t + block)};
      gather<T>(some, WinogradOperand::output, outputs, mine_d);
      multiply<T>(tiling, some.count(), mine_d, u, mine_e);
      scatter<T>(some, WinogradOperand::input, mine_e, inputs, {.add = true});
    }
  };
  if (by_images)
    return parallel::parallel_team(team, [&](int thread, int threads) {
      for (Index start = 0; start < starts; ++start) add_rows(start, thread, threads);
    });
  for (Index start = 0; start < starts; ++start)
    parallel::parallel_team(team,
                            [&](int thread, int threads) { add_rows(start, thread, threads); });
}

}  // namespace

bool takes_winograd(Extent2D kernel, Extent2D stride, Extent2D dilation) {
  const auto takes = [](Index taps, Index step, Index distance) {
    return step == 1 && (taps == 1 || ((taps == 3 || taps == 5) && distance == 1));
  };
  return kernel.height * kernel.width > 1 && takes(kernel.height, stride.height, dilation.height) &&
         takes(kernel.width, stride.width, dilation.width);
}

void require_winograd(std::string_view who, Extent2D kernel, Extent2D stride, Extent2D dilation) {
  if (takes_winograd(kernel, stride, dilation)) return;
  throw ArgumentError(fmt::format(
      "{}: winograd was asked for, which takes windows with sides of 1, 3 and 5, but not 1 x 1, at "
      "strides and dilations of 1; got {} x {} at strides of {} and {}, dilations of {} and {}",
      who, kernel.height, kernel.width, stride.height, stride.width, dilation.height,
      dilation.width));
}

// Reckoned in products of the implicit GEMM, for each pair of a channel and a filter. The constants
// are a fit to times of 1,200 sizes in float and double, with AVX-512 and AVX2: a product of small
// matrices is slower, and a transform takes as long as some products. Filters that go through
// memory as a whole cost more than those that are transformed piece by piece, once for each round.
bool winograd_pays(const ConvolutionSizes& size, Index element) {
  constexpr Index kFewest = 16;  // channels and filters: with fewer, registers are not full
  constexpr double kProduct = 1.7, kTransform = 6.5, kFilter = 7.5, kFilterFromMemory = 1.5;
  constexpr double kMargin = 1.3, kMegabyte = 1 << 20;
  const Tiling tiling(size);
  if (std::min(tiling.c, tiling.k) < kFewest) return false;
  const auto places = static_cast<double>(tiling.places());
  const auto tiles = static_cast<double>(tiling.tiles());
  const auto c = static_cast<double>(tiling.c), k = static_cast<double>(tiling.k);
  const Index round = tiles_by_pieces(tiling, element);
  const auto rounds = static_cast<double>(round > 0 ? divide_up(tiling.tiles(), round) : 1);
  const double megabytes =
      round > 0 ? 0 : places * c * k * static_cast<double>(element) / kMegabyte;
  const double of_tiles = tiles * places * (kProduct + kTransform / c + kTransform / k);
  const double of_filters = places * rounds * (kFilter + kFilterFromMemory * megabytes);
  return kMargin * (of_tiles + of_filters) < static_cast<double>(size.pixels() * size.taps());
}

template <class T>
Shape winograd_filters_shape(const ConvolutionSizes& size) {
  return {size.groups, transformed_elements<T>(Tiling(size))};
}

template <class T>
void winograd_filters_unchecked(const ConvolutionSizes& size, const T* filters, T* transformed,
                                ConvolutionPass pass) {
  const Tiling tiling(size);
  T* const exchanged =
      pass == ConvolutionPass::forward ? nullptr : workspace<T>(exchanged_elements<T>(tiling), 1);
  for (Index group = 0; group < size.groups; ++group) {
    T* const to = transformed + group * transformed_elements<T>(tiling);
    if (pass == ConvolutionPass::forward)
      transform_forward(tiling, filters, group, to);
    else
      transform_backward(tiling, filters, group, exchanged, to);
  }
}

template <class T>
void winograd_forward(const ConvolutionSizes& size, const T* x, WinogradFilters<T> filters, T* y,
                      const T* bias, bool relu) {
  const Tiling tiling(size);
  const bool by_pieces = tiles_by_pieces(tiling, sizeof(T)) > 0;
  for (Index group = 0; group < size.groups; ++group) {
    const T* const own_bias = bias == nullptr ? nullptr : bias + group * tiling.k;
    if (by_pieces)
      forward_by_pieces(tiling, x, filters.filters, y, group, own_bias, relu);
    else
      forward_group(tiling, x, filters, y, group, own_bias, relu);
  }
}

template <class T>
void winograd_backward_data(const ConvolutionSizes& size, const T* dy, WinogradFilters<T> filters,
                            T* dx, const T* bias) {
  const Tiling tiling(size);
  const bool by_pieces = tiles_by_pieces(tiling, sizeof(T)) > 0;
  for (Index group = 0; group < size.groups; ++group) {
    const T* const own_bias = bias == nullptr ? nullptr : bias + group * tiling.c;
    if (by_pieces)
      backward_data_by_pieces(tiling, dy, filters.filters, dx, group, own_bias);
    else
      backward_data_group(tiling, dy, filters, dx, group, own_bias);
  }
}

#define LANEWISE_INSTANTIATE(T)                                                                   \
  template Shape winograd_filters_shape<T>(const ConvolutionSizes&);                              \
  template void winograd_filters_unchecked(const ConvolutionSizes&, const T*, T*,                 \
                                           ConvolutionPass);                                      \
  template void winograd_forward(const ConvolutionSizes&, const T*, WinogradFilters<T>, T*,       \
                                 const T*, bool);                                                 \
  template void winograd_backward_data(const ConvolutionSizes&, const T*, WinogradFilters<T>, T*, \
                                       const T*);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
