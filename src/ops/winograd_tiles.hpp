#pragma once
// How Winograd convolution cuts images into tiles, and the steps that lead from images and filters
// to the matrices that are multiplied, and back. Pictures are in simd/winograd.hpp.
#include <algorithm>
#include <limits>
#include <type_traits>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "ops/convolution_checks.hpp"
#include "ops/gemm.hpp"
#include "ops/window_axis.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {

using simd::WinogradOperand;
using simd::WinogradTile;
using simd::WinogradTransform;

// How tiles lie along one axis.
struct TileAxis {
  WinogradTile tile;
  Index count;   // of tiles
  Index step;    // results of a tile
  Index points;  // inputs of a tile
};

// Of the tiles for a kernel, the one whose transforms have the fewest points in all, which are the
// products; of equals the larger, which has fewer tiles.
inline TileAxis tile_axis(const WindowAxis& axis) {
  TileAxis best{};
  Index least = std::numeric_limits<Index>::max();
  for (const WinogradTile tile : {WinogradTile::f4_3, WinogradTile::f3_3, WinogradTile::f2_3,
                                  WinogradTile::f2_5, WinogradTile::f1_1}) {
    if (simd::winograd_taps(tile) != axis.kernel) continue;
    const Index step = simd::winograd_outputs(tile), points = simd::winograd_points(tile);
    const Index count = divide_up(axis.output, step);
    if (count * points < least) least = count * points, best = {tile, count, step, points};
  }
  return best;
}

// Of an image's rows or columns [first, first + extent), those [begin, end) that exist.
struct Inside {
  Index begin, end;
};
inline Inside inside(Index first, Index extent, Index size) {
  return {std::clamp<Index>(-first, 0, extent), std::clamp<Index>(size - first, 0, extent)};
}

// One group's channels of images, tile by tile.
template <class T>
struct TiledImages {
  T* data;
  Extent2D size;
  Index channels;           // of all groups, from one pixel to the next
  Extent2D before, extent;  // of a tile: how far it begins before its place, and its size

  struct Pixels {
    T* from;
    simd::WinogradPixels inside;
  };
  Pixels tile(Index image, Index row, Index column) const {
    const Index top = row - before.height, left = column - before.width;
    const Inside y = inside(top, extent.height, size.height);
    const Inside x = inside(left, extent.width, size.width);
    return {data + ((image * size.height + top) * size.width + left) * channels,
            {size.width * channels, channels, y.begin, y.end, x.begin, x.end}};
  }
};

// What a pass knows of the tiles of one group.
struct Tiling {
  const ConvolutionSizes& size;
  TileAxis down, across;
  Index c, k;  // channels and filters of a group

  explicit Tiling(const ConvolutionSizes& s)
      : size(s),
        down(tile_axis(vertical(s.window))),
        across(tile_axis(horizontal(s.window))),
        c(s.group_channels()),
        k(s.group_filter_count()) {}

  Index places() const { return down.points * across.points; }
  Index rows() const { return size.images * down.count; }
  Index tiles() const { return rows() * across.count; }
  WinogradTransform transform(WinogradOperand operand) const {
    return {down.tile, across.tile, operand};
  }
  template <class T>
  TiledImages<T> inputs(T* x, Index group) const {
    const WindowOnImage& w = size.window;
    return {x + group * c, w.input, size.channels, {w.top, w.left}, {down.points, across.points}};
  }
  template <class T>
  TiledImages<T> outputs(T* y, Index group) const {
    return {y + group * k, size.window.output, size.filter_count, {0, 0}, {down.step, across.step}};
  }
  double flops(Index tile_count) const {
    return static_cast<double>(places()) * product_flops(tile_count, k, c);
  }
};

// A matrix of (rows, columns) for each place. From one to the next there is an odd number of cache
// lines, so that a pixel's places are spread over all sets of a cache.
template <class T>
struct Places {
  T* data = nullptr;
  Index columns, step, elements;

  Places(const Tiling& tiling, Index rows, Index columns_)
      : columns(columns_), step(odd_lines(rows * columns)), elements(tiling.places() * step) {}
  static Index odd_lines(Index count) {
    constexpr Index kLine = kAlignment / sizeof(T);
    const Index lines = divide_up(count, kLine);
    return (lines + (lines % 2 == 0 ? 1 : 0)) * kLine;
  }
  T* at(Index place) const { return data + place * step; }
  operator Places<const T>() const requires(!std::is_const_v<T>) {
    return {data, columns, step, elements};
  }
  Places(T* data_, Index columns_, Index step_, Index elements_)
      : data(data_), columns(columns_), step(step_), elements(elements_) {}
};

// Tiles of a block, which takes as many bytes in all places as stay in the second-level cache: no
// fewer than make the products fast, and no more than a thread may take.
template <class T>
Index block_tiles(const Tiling& tiling, Index fewest, Index most) {
  constexpr Index kBlockBytes = 512 << 10, kMostBytes = 8 << 20;
  const Index bytes = tiling.places() * (tiling.c + tiling.k) * Index{sizeof(T)};
  const Index tiles = std::clamp(kBlockBytes / bytes, fewest, most);
  return std::max<Index>(1, std::min({tiles, kMostBytes / bytes, tiling.tiles()}));
}

// C = A B, or C += A B, of one place.
template <class T>
struct Product {
  Index m, n, k;
  simd::GemmA a_form;
  const T* a;
  Index a_stride;
  const T* b;
  Index b_stride;
  T* c;
  bool add;
};
template <class T>
void multiply_place(const Product<T>& p) {
  cpu::kernels<simd::GemmKernels<T>>().multiply({.m = p.m,
                                                 .n = p.n,
                                                 .k = p.k,
                                                 .a = p.a,
                                                 .a_stride = p.a_stride,
                                                 .a_form = p.a_form,
                                                 .b = p.b,
                                                 .b_stride = p.b_stride,
                                                 .b_form = simd::GemmB::rows,
                                                 .c = p.c,
                                                 .c_stride = p.n,
                                                 .alpha = 1,
                                                 .beta = p.add ? T(1) : T(0),
                                                 .bias = nullptr,
                                                 .relu = false});
}

// Rows of tiles: of each image `in_image`, `step` apart from `first` on.
struct TileRows {
  Index first, step, in_image;
};
inline TileRows all_rows(const Tiling& tiling) {
  return {0, 1, tiling.down.count};
}

// The tiles [begin, end) of some rows.
struct Tiles {
  const Tiling& tiling;
  TileRows rows;
  Index begin, end;

  Index count() const { return end - begin; }
  // body(number, image, row, column) with the pixel of y that the tile begins at.
  template <class Body>
  void for_each(Body body) const {
    for (Index t = begin; t < end; ++t) {
      const Index row = t / tiling.across.count;
      body(t - begin, row / rows.in_image,
           (row % rows.in_image * rows.step + rows.first) * tiling.down.step,
           t % tiling.across.count * tiling.across.step);
    }
  }
};

template <class T>
void gather(const Tiles& tiles, WinogradOperand operand, const TiledImages<const T>& images,
            const Places<T>& to) {
  const auto& kernels = cpu::kernels<simd::WinogradKernels<T>>();
  const WinogradTransform transform = tiles.tiling.transform(operand);
  tiles.for_each([&](Index t, Index image, Index row, Index column) {
    const auto tile = images.tile(image, row, column);
    kernels.gather(transform, tile.inside, tile.from, to.columns, to.data + t * to.columns,
                   to.step);
  });
}

template <class T>
void scatter(const Tiles& tiles, WinogradOperand operand, const Places<T>& from,
             const TiledImages<T>& images, const simd::WinogradFinish<T>& finish) {
  const auto& kernels = cpu::kernels<simd::WinogradKernels<T>>();
  const WinogradTransform transform = tiles.tiling.transform(operand);
  tiles.for_each([&](Index t, Index image, Index row, Index column) {
    const auto tile = images.tile(image, row, column);
    kernels.scatter(transform, from.data + t * from.columns, from.step, from.columns, tile.inside,
                    finish, tile.from);
  });
}

// What tiles of dx are added to: the bias of its group's channels, or zeros.
template <class T>
void begin_sums(const Tiling& tiling, T* dx, Index group, const T* bias) {
  const ConvolutionSizes& size = tiling.size;
  const Index pixels = size.images * size.window.input.height * size.window.input.width;
  const parallel::Work<T> work{0, sizeof(T) * static_cast<double>(tiling.c)};
  parallel::parallel_for(pixels, work, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      T* const pixel = dx + i * size.channels + group * tiling.c;
      if (bias == nullptr)
        std::fill_n(pixel, tiling.c, T(0));
      else
        std::copy_n(bias, tiling.c, pixel);
    }
  });
}

// The filters of one group, (taps, rows, columns): rows are channels, or filters in the transposed.
template <class T>
struct FilterBank {
  T* data;
  Index tap, row;  // from one to the next
  Index rows, columns;

  FilterBank part(Index first_row, Index row_count, Index first_column, Index column_count) const {
    return {data + first_row * row + first_column, tap, row, row_count, column_count};
  }
};
template <class T>
FilterBank<T> filter_bank(const Tiling& tiling, T* filters, Index group) {
  const Index all = tiling.size.filter_count;
  return {filters + group * tiling.k, tiling.c * all, all, tiling.c, tiling.k};
}

// Calls body(pixels, from, place, count) for filters side by side: a tap is a pixel, and what lies
// side by side its channels, from element `from` of the bank and `place` of each place on.
template <class T, class Body>
void for_each_run(const Tiling& tiling, const FilterBank<T>& bank, Body body) {
  const Extent2D kernel = tiling.size.window.kernel;
  const simd::WinogradPixels pixels{kernel.width * bank.tap, bank.tap, 0,
                                    kernel.height,           0,        kernel.width};
  const double elements = static_cast<double>(tiling.places() * bank.columns);
  parallel::parallel_for(bank.rows, parallel::Work<T>{8 * elements, 2 * sizeof(T) * elements},
                         [&](Index begin, Index end) {
                           if (bank.row == bank.columns)
                             return body(pixels, begin * bank.row, begin * bank.columns,
                                         (end - begin) * bank.columns);
                           for (Index row = begin; row < end; ++row)
                             body(pixels, row * bank.row, row * bank.columns, bank.columns);
                         });
}

template <class T>
void transform_filters(const Tiling& tiling, const FilterBank<const T>& bank, const Places<T>& u) {
  const auto& kernels = cpu::kernels<simd::WinogradKernels<T>>();
  const WinogradTransform transform = tiling.transform(WinogradOperand::filter);
  for_each_run(tiling, bank, [&](const auto& pixels, Index from, Index place, Index count) {
    kernels.gather(transform, pixels, bank.data + from, count, u.data + place, u.step);
  });
}

// The way back, for their gradient, which may be added to what is there.
template <class T>
void scatter_filters(const Tiling& tiling, const Places<T>& u, const FilterBank<T>& bank,
                     bool add) {
  const auto& kernels = cpu::kernels<simd::WinogradKernels<T>>();
  const WinogradTransform transform = tiling.transform(WinogradOperand::filter);
  for_each_run(tiling, bank, [&](const auto& pixels, Index to, Index place, Index count) {
    kernels.scatter(transform, u.data + place, u.step, count, pixels, {.add = add}, bank.data + to);
  });
}

// The filters with channels and filters exchanged, which the gradient of the images multiplies by.
template <class T>
FilterBank<const T> transpose_filters(const Tiling& tiling, const FilterBank<const T>& bank,
                                      T* to) {
  const auto& kernels = cpu::kernels<simd::GemmKernels<T>>();
  const Index tap = bank.rows * bank.columns;
  const parallel::Work<T> work{0, 2.0 * sizeof(T) * static_cast<double>(tap)};
  parallel::parallel_for(tiling.size.taps(), work, [&](Index begin, Index end) {
    for (Index t = begin; t < end; ++t)
      kernels.transpose(bank.data + t * bank.tap, bank.row, bank.rows, bank.columns, to + t * tap,
                        bank.rows);
  });
  return {to, tap, bank.rows, bank.columns, bank.rows};
}

}  // namespace lanewise::ops
