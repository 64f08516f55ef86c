#pragma once
// The sizes of gemm()'s tiles and strips, and the packing of operands into panels of these sizes.
//
//   A, stored by rows          panels of mr rows (pack_a); B likewise with strips of nr columns
//   a00 a01 a02 ..             a00 a10 a20 .. | a01 a11 a21 .. | ..      rows 0 .. mr-1
//   a10 a11 a12 ..      -->    next panel                                rows mr .. 2 mr-1
//
// What lies along k is transposed in squares of registers, what lies across it is copied.
#include "simd/gemm.hpp"
#include "simd/isa/integers.hpp"
#include "simd/isa/tails.hpp"
#include "simd/isa/transpose.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

constexpr int kMaxVectors = 3;

// Tiles: the most rows at a width of 1, 2 and 3 registers, and the width of a strip. Accumulators,
// B's registers and one for A's element have to fit the register file, and at least eight
// accumulators are needed to cover the latency of two multiply-adds a cycle. With AVX-512, 12 rows
// of an A stored by rows run at 1.05 times the speed of 9 at 64 cubed. A tile of one register loads
// 17 operands for 16 multiply-adds, and two of either go in a cycle: with 16 rows instead of 12,
// 64x10x128 runs at 1.07 times the speed. An indirect A takes a pointer a row, and more than nine
// spill. (Nine, for the window of 3 x 3 on a single channel: the gradient of its filters runs at
// 1.27 times the speed that tiles of 5 and 4 rows have.)
//
// Packed panels have the rows of a full strip's tile. With AVX-512, from packed operands, 8x48 runs
// at 242 GFLOP/s where 14x32 runs at 229 (peak 244, Zen 5), and at 233 against 216 into a C with a
// stride of 2048 floats: 14 rows of such a C fall into the same set of a 12-way L1, 8 do not.
struct Tiles {
  int by_columns[kMaxVectors];
  int by_rows[kMaxVectors];
  int by_pointers[kMaxVectors];  // indirect
  int strip_vectors;
};
#if defined(__AVX512F__) && !defined(LANEWISE_ISA_SCALAR)
constexpr Tiles kTiles{{14, 14, 8}, {16, 12, 8}, {9, 9, 8}, 3};  // 32 registers
#elif defined(__AVX2__) && !defined(LANEWISE_ISA_SCALAR)
constexpr Tiles kTiles{{12, 6, 4}, {8, 6, 4}, {8, 6, 4}, 2};  // 16 registers
#elif defined(__aarch64__) && !defined(LANEWISE_ISA_SCALAR)
constexpr Tiles kTiles{{12, 12, 8}, {8, 8, 8}, {8, 8, 8}, 3};  // 32 registers
#else
constexpr Tiles kTiles{
    {8, 6, 3}, {8, 6, 3}, {8, 6, 3}, 2};  // 16 registers, one of them for the product
#endif
constexpr int kPanelRows = kTiles.by_columns[kTiles.strip_vectors - 1];
// So many rows of an operand are prefetched before their turn. Rows a multiple of 2 KB apart share
// two sets of the first-level cache, which do not hold 16 of them and the lines that the hardware
// reads beside them. (128x512x784, AVX2: 119 against 103 GFLOP/s.)
constexpr long kRowsAhead = 8;
// Of near rows more, which is time enough for L3: three lines a set, of rows 512 bytes apart.
constexpr long kNearRowsAhead = 24;
template <class T>
constexpr long kNearRows = 512 / static_cast<long>(sizeof(T));

// The registers of the next strip. A tile of a single register needs as many loads as
// multiply-adds, so the last strips are evened out: 4 are 2 and 2; and 3, where strips are of 2 and
// no panels depend on it, 3.
template <class T>
LANEWISE_INLINE int strip_vectors(long columns_left, bool packed) noexcept {
  const long vectors = divide_up(columns_left, kLanes<T>);
  if (kTiles.strip_vectors == 3 && vectors == 4) return 2;
  if (vectors == 3 && !packed) return 3;
  return static_cast<int>(smaller(vectors, kTiles.strip_vectors));
}

// The rows of the next tile: what is left between one and one and a half tiles is halved, since a
// tile of one or two rows waits for its own multiply-adds.
LANEWISE_INLINE int tile_rows(long rows_left, int most) noexcept {
  if (rows_left <= most) return static_cast<int>(rows_left);
  if (rows_left < most + most / 2) return static_cast<int>((rows_left + 1) / 2);
  return most;
}

// One panel: to[p * to_stride + i] = from[i * stride + p] for i < width; zeros up to `panel`.
template <class T>
LANEWISE_INLINE void pack_panel_along_k(const T* from, long stride, long k, long width, long panel,
                                        T* to, long to_stride) noexcept {
  constexpr int kWidth = kLanes<T>;
  long i = 0;
  for (; i + kWidth <= width; i += kWidth) {
    const T* corner = from + i * stride;
    T* column = to + i;
    for (long p = 0; p + kWidth <= k; p += kWidth, corner += kWidth) {
      Register<T> row[kLanes<T>];
      LANEWISE_UNROLL
      for (int r = 0; r < kWidth; ++r) row[r] = load(corner + r * stride);
      transpose<T>(row);
      LANEWISE_UNROLL
      for (int q = 0; q < kWidth; ++q, column += to_stride) store(column, row[q]);
    }
  }
  if (k % kWidth == 0 && i == panel) return;
  // The edges: fewer rows, or the last p of all.
  for (i = 0; i < panel; i += kWidth) {
    const int rows = static_cast<int>(smaller(kWidth, width - i));
    const int stored = static_cast<int>(smaller(kWidth, panel - i));
    for (long p = rows == kWidth ? k / kWidth * kWidth : 0; p < k; p += kWidth) {
      const int depth = static_cast<int>(smaller(kWidth, k - p));
      const T* corner = from + i * stride + p;
      Register<T> row[kLanes<T>];
      LANEWISE_UNROLL
      for (int r = 0; r < kWidth; ++r)
        row[r] = r >= rows         ? broadcast(T(0))
                 : depth == kWidth ? load(corner + r * stride)
                                   : load_first(corner + r * stride, depth);
      transpose<T>(row);
      T* column = to + p * to_stride + i;
      LANEWISE_UNROLL
      for (int q = 0; q < kWidth; ++q) {
        if (q >= depth) break;
        if (stored == kWidth)
          store(column + q * to_stride, row[q]);
        else
          store_first(column + q * to_stride, row[q], stored);
      }
    }
  }
}

template <class T>
LANEWISE_INLINE void pack_panel_across_k(const T* from, long stride, long k, long width, long panel,
                                         T* to) noexcept {
  constexpr int kWidth = kLanes<T>;
  for (long p = 0; p < k; ++p, from += stride, to += panel) {
    // Rows far apart are more than the hardware follows.
    for (long i = 0; i < width; i += 64 / static_cast<long>(sizeof(T)))
      __builtin_prefetch(from + kRowsAhead * stride + i);
    for (long i = 0; i < panel; i += kWidth) {
      const int read = static_cast<int>(smaller(kWidth, width - i));
      const int stored = static_cast<int>(smaller(kWidth, panel - i));
      const Register<T> x = read == kWidth ? load(from + i) : load_first(from + i, read);
      if (stored == kWidth)
        store(to + i, x);
      else
        store_first(to + i, x, stored);
    }
  }
}

template <class T>
LANEWISE_INLINE void pack_panel(const GemmSource<T>& source, long i, long width, long panel,
                                T* to) noexcept {
  if (source.along_k)
    pack_panel_along_k(source.data + i * source.stride, source.stride, source.k, width, panel, to,
                       panel);
  else
    pack_panel_across_k(source.data + i, source.stride, source.k, width, panel, to);
}

template <class T>
void transpose_block(const T* from, long stride, long rows, long columns, T* to,
                     long to_stride) noexcept {
  pack_panel_along_k(from, stride, columns, rows, rows, to, to_stride);
}

template <class T>
void pack_a(const GemmSource<T>& source, T* to) noexcept {
  for (long i = 0; i < source.extent;) {
    const int rows = tile_rows(source.extent - i, kPanelRows);
    pack_panel(source, i, rows, rows, to + i * source.k);
    i += rows;
  }
}

template <class T>
void pack_b(const GemmSource<T>& source, T* to) noexcept {
  for (long j = 0; j < source.extent;) {
    const long width = strip_vectors<T>(source.extent - j, true) * kLanes<T>;
    pack_panel(source, j, smaller(width, source.extent - j), width,
               to + j * source.panel_k + source.first * width);
    j += width;
  }
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
