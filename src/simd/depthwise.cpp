// Contract and picture in depthwise.hpp. Compiled once per instruction set.
#include "simd/depthwise.hpp"

#include <utility>

#include "simd/isa/depthwise_strided.hpp"
#include "simd/isa/depthwise_weights.hpp"
#include "simd/isa/integers.hpp"
#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// A window whose taps are known when this is compiled: so many down and across, kApart of them from
// one result to the next both ways.
template <int kDown, int kAcross, int kApart>
struct Window {
  static constexpr int kRows = kDown, kTaps = kAcross, kStep = kApart;
};
using AnyWindow = Window<0, 0, 1>;  // any other: gather() takes its taps one after the other

// The results of a tile. Eight chains of multiply-adds keep two units of four cycles' latency busy,
// and with two rows of three factors beside them they fit into 16 registers. Twelve fit into 32
// beside three rows of five, and load 4.7 x for each result, where eight load 6.
constexpr int kPixelsOfTile = 4;
template <class W>
constexpr int kLinesOfTile = W::kTaps == 5 && kRegisters == 32 ? 3 : 2;

// Whether `count` results, the first of which sees `first`, have all their taps inside.
LANEWISE_INLINE bool are_inside(const DepthwiseAxis& axis, long first, long count,
                                long taps) noexcept {
  return is_inside(axis, first) &&
         is_inside(axis, first + (count - 1) * axis.step + (taps - 1) * axis.tap);
}

// The taps of a window W: an x is loaded once for all results that see it. `x` is what the first
// result sees first; which rows and columns from there on are inside is a bit each.
template <class T, class W, int kLines, int kPixels, bool kInside, class Part>
LANEWISE_INLINE void slide(const DepthwiseShape& s, unsigned rows, unsigned columns, const T* x,
                           const T* w, Register<T> (&sum)[kLines][kPixels], Part part) noexcept {
  Register<T> factor[W::kRows][W::kTaps];
  LANEWISE_UNROLL
  for (int i = 0; i < (kLines - 1) * W::kStep + W::kRows; ++i, walk(x, s.down.tap)) {
    if (i < W::kRows) {
      const T* from = w;
      LANEWISE_UNROLL
      for (int tx = 0; tx < W::kTaps; ++tx, walk(from, s.w_tap)) factor[i][tx] = part.load(from);
      walk(w, s.w_row);
    }
    if ((rows >> i & 1) == 0) continue;
    const T* from = x;
    LANEWISE_UNROLL
    for (int j = 0; j < (kPixels - 1) * W::kStep + W::kTaps; ++j, walk(from, s.across.tap)) {
      if (!kInside && (columns >> j & 1) == 0) continue;
      const Register<T> v = part.load(from);
      LANEWISE_UNROLL
      for (int l = 0; l < kLines; ++l) {
        LANEWISE_UNROLL
        for (int p = 0; p < kPixels; ++p) {
          const int ty = i - l * W::kStep, tx = j - p * W::kStep;
          if (ty >= 0 && ty < W::kRows && tx >= 0 && tx < W::kTaps)
            sum[l][p] = fma(v, factor[ty][tx], sum[l][p]);
        }
      }
    }
  }
}

// Any taps, one after the other.
template <class T, int kLines, int kPixels, bool kInside, class Part>
LANEWISE_INLINE void gather(const DepthwiseShape& s, long top, long left, const T* x, const T* w,
                            Register<T> (&sum)[kLines][kPixels], Part part) noexcept {
  for (long ty = 0; ty < s.rows; ++ty, top += s.down.tap, w += s.w_row) {
    const auto add = [&](auto begin, auto end) LANEWISE_INLINED {
      for (long tx = 0; tx < s.taps; ++tx) {
        const Register<T> factor = part.load(w + tx * s.w_tap);
        LANEWISE_UNROLL
        for (int p = 0; p < kPixels; ++p) {
          const long column = left + tx * s.across.tap + p * s.across.step;
          if (!kInside && !is_inside(s.across, column)) continue;
          LANEWISE_UNROLL
          for (int l = decltype(begin)::value; l < decltype(end)::value; ++l)
            sum[l][p] = fma(part.load(x + top + l * s.down.step + column), factor, sum[l][p]);
        }
      }
    };
    const bool first = is_inside(s.down, top);
    const bool last = is_inside(s.down, top + (kLines - 1) * s.down.step);
    if (first && last)
      add(IntegralConstant<0>{}, IntegralConstant<kLines>{});
    else if (first)
      add(IntegralConstant<0>{}, IntegralConstant<1>{});
    else if (last)
      add(IntegralConstant<kLines - 1>{}, IntegralConstant<kLines>{});
  }
}

// The operands of convolve, from the first pixel of a tile on.
template <class T>
struct Tile {
  long top, left;  // what that pixel sees first
  const T *x, *w, *bias;
  bool relu;
  T* y;
};

// A tile prefetches what the next one, to the right, will see first of all, a part of it beside
// each register of channels: of y as many elements as it has itself, and of x the lowest rows and
// the columns that the step to it brings in. These go line by line through memory, unlike the
// loads, which go back and forth where a processor's own prefetchers do not see where they lead.
// (8x56x56x64 on Zen 1: 20 against 15 GFLOP/s; in the cache it costs a fifth.)
template <class T, int kStep, int kLines, int kPixels>
LANEWISE_INLINE void prefetch_next(const DepthwiseShape& s, const Tile<T>& t, long c) noexcept {
  constexpr int kColumns = kPixels * kStep;
  const T* x = t.x + t.top + (s.rows - kStep) * s.down.tap + t.left + (s.taps - 1) * s.across.tap +
               kPixels * s.across.step + c * kColumns;
  const T* y = t.y + kPixels * s.y_step + c * kPixels;
  LANEWISE_UNROLL
  for (int l = 0; l < kLines; ++l) {
    LANEWISE_UNROLL
    for (int i = 0; i < kStep; ++i)
      prefetch_lines(x + l * s.down.step + i * s.down.tap, kLanes<T> * kColumns);
    prefetch_lines(y + l * s.y_line, kLanes<T> * kPixels);
  }
}

// A register of channels, or the part that is left, from channel c on.
template <class T, class W, int kLines, int kPixels, bool kInside, class Part>
LANEWISE_INLINE void convolve_part(const DepthwiseShape& s, const Tile<T>& t, unsigned rows,
                                   unsigned columns, long c, Part part) noexcept {
  if (s.prefetch) prefetch_next<T, W::kStep, kLines, kPixels>(s, t, c);
  const Register<T> zero = broadcast(T(0));
  const Register<T> start = t.bias == nullptr ? zero : part.load(t.bias + c);
  Register<T> sum[kLines][kPixels];
  LANEWISE_UNROLL
  for (int l = 0; l < kLines; ++l) {
    LANEWISE_UNROLL
    for (int p = 0; p < kPixels; ++p) sum[l][p] = start;
  }
  if constexpr (W::kTaps > 0) {
    const T* x = t.x + c;
    walk(x, t.top + t.left);
    slide<T, W, kLines, kPixels, kInside>(s, rows, columns, x, t.w + c, sum, part);
  } else {
    gather<T, kLines, kPixels, kInside>(s, t.top, t.left, t.x + c, t.w + c, sum, part);
  }
  if (t.relu) {
    LANEWISE_UNROLL
    for (int l = 0; l < kLines; ++l) {
      LANEWISE_UNROLL
      for (int p = 0; p < kPixels; ++p)  // NaN < 0 is false: NaN stays
        sum[l][p] = select<T>(sum[l][p] < zero, zero, sum[l][p]);
    }
  }
  T* y = t.y + c;
  LANEWISE_UNROLL
  for (int l = 0; l < kLines; ++l, walk(y, s.y_line)) {
    T* to = y;
    LANEWISE_UNROLL
    for (int p = 0; p < kPixels; ++p, walk(to, s.y_step)) part.store(to, sum[l][p]);
  }
}

// All channels of a tile, before the next one: what neighbours share of x is then still in the
// first-level cache.
template <class T, class W, int kLines, int kPixels, bool kInside>
void convolve_tile(const DepthwiseShape& shape, const Tile<T>& tile) noexcept {
  const DepthwiseShape s = shape;
  const Tile<T> t = tile;
  const unsigned rows = inside_bits(s.down, t.top, (kLines - 1) * W::kStep + W::kRows);
  const unsigned columns = inside_bits(s.across, t.left, (kPixels - 1) * W::kStep + W::kTaps);
  for_each_part<T>(s.channels, [&](long c, auto part) LANEWISE_INLINED {
    convolve_part<T, W, kLines, kPixels, kInside>(s, t, rows, columns, c, part);
  });
}

// convolve_tile for 1, 2, … kPixelsOfTile pixels, of which some may lack taps.
template <class T, class W, int kLines, class Pixels>
struct TileList;
template <class T, class W, int kLines, std::size_t... kPixel>
struct TileList<T, W, kLines, std::index_sequence<kPixel...>> {
  static constexpr void (*of[])(const DepthwiseShape&, const Tile<T>&) noexcept = {
      convolve_tile<T, W, kLines, static_cast<int>(kPixel) + 1, false>...};
};

template <class T, class W, int kLines>
LANEWISE_INLINE void convolve_lines(const DepthwiseShape& s, Tile<T> t) noexcept {
  using List = TileList<T, W, kLines, std::make_index_sequence<kPixelsOfTile>>;
  for (long p = 0; p < s.pixels; p += kPixelsOfTile) {
    const long left = s.pixels - p, count = left < kPixelsOfTile ? left : kPixelsOfTile;
    if (count == kPixelsOfTile && are_inside(s.across, t.left, count, s.taps))
      convolve_tile<T, W, kLines, kPixelsOfTile, kLines == kLinesOfTile<W>>(s, t);
    else
      List::of[count - 1](s, t);
    t.left += kPixelsOfTile * s.across.step;
    t.y += kPixelsOfTile * s.y_step;
  }
}

// As many lines as there are at a time, and then what is left of them, by tiles that check taps.
template <class T, class W, int kLines = kLinesOfTile<W>>
LANEWISE_INLINE void convolve_all(const DepthwiseShape& s, Tile<T> t, long lines) noexcept {
  for (; lines >= kLines; lines -= kLines) {
    convolve_lines<T, W, kLines>(s, t);
    t.top += kLines * s.down.step;
    t.y += kLines * s.y_line;
  }
  if constexpr (kLines > 1) convolve_all<T, W, kLines - 1>(s, t, lines);
}

// One tap: a factor for each element, in the order of memory.
template <class T>
LANEWISE_INLINE void scale(const DepthwiseShape& s, const Tile<T>& t) noexcept {
  const Register<T> zero = broadcast(T(0));
  for (long l = 0; l < s.lines; ++l)
    for (long p = 0; p < s.pixels; ++p) {
      const long row = t.top + l * s.down.step, column = t.left + p * s.across.step;
      const bool inside = is_inside(s.down, row) && is_inside(s.across, column);
      const T* x = t.x + (inside ? row + column : 0);
      T* y = t.y + l * s.y_line + p * s.y_step;
      for_each_part<T>(s.channels, [&](long c, auto part) LANEWISE_INLINED {
        Register<T> v = t.bias == nullptr ? zero : part.load(t.bias + c);
        if (inside) v = fma(part.load(x + c), part.load(t.w + c), v);
        if (t.relu) v = select<T>(v < zero, zero, v);
        part.store(y + c, v);
      });
    }
}

// Whether the window is W.
template <class W>
LANEWISE_INLINE bool is_window(const DepthwiseShape& s) noexcept {
  const auto is_apart = [](const DepthwiseAxis& axis) {
    return axis.step % W::kStep == 0 && axis.step / W::kStep == axis.tap;
  };
  return s.rows == W::kRows && s.taps == W::kTaps && is_apart(s.down) && is_apart(s.across);
}

// By the first of these windows that it is; the last one is not asked.
template <class T, class W, class... Others>
LANEWISE_INLINE void convolve_first_of(const DepthwiseShape& s, const Tile<T>& all) noexcept {
  if constexpr (sizeof...(Others) > 0)
    if (!is_window<W>(s)) return convolve_first_of<T, Others...>(s, all);
  convolve_all<T, W>(s, all, s.lines);
}

template <class T>
void convolve(const DepthwiseShape& s, const T* x, const T* w, const T* bias, bool relu,
              T* y) noexcept {
  const Tile<T> all{s.down.first, s.across.first, x, w, bias, relu, y};
  if (s.rows == 1 && s.taps == 1)
    scale<T>(s, all);
  else
    convolve_first_of<T, Window<3, 3, 1>, Window<3, 3, 2>, Window<5, 5, 1>, Window<2, 2, 1>,
                      Window<1, 2, 1>, Window<2, 1, 1>, AnyWindow>(s, all);
}

template <class T>
constexpr DepthwiseKernels<T> make_kernels() noexcept {
  return {.lanes = kLanes<T>,
          .convolve = convolve<T>,
          .accumulate_weights = accumulate_weights<T>,
          .convolve_strided = convolve_strided<T>,
          .accumulate_weights_strided = accumulate_weights_strided<T>};
}

}  // namespace

constinit const DepthwiseKernels<float> depthwise_f32 = make_kernels<float>();
constinit const DepthwiseKernels<double> depthwise_f64 = make_kernels<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
