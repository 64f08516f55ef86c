// Contract and picture in depthwise.hpp. Compiled once per instruction set.
#include "simd/depthwise.hpp"

#include <utility>

#include "simd/isa/depthwise_strided.hpp"
#include "simd/isa/depthwise_weights.hpp"
#include "simd/isa/integers.hpp"
#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Eight chains of multiply-adds keep two units of four cycles' latency busy, and with two rows of
// three factors beside them they fit into 16 registers.
constexpr int kMostLines = 2, kMostPixels = 4;

// Whether `count` results, the first of which sees `first`, have all their taps inside.
LANEWISE_INLINE bool are_inside(const DepthwiseAxis& axis, long first, long count,
                                long taps) noexcept {
  return is_inside(axis, first) &&
         is_inside(axis, first + (count - 1) * axis.step + (taps - 1) * axis.tap);
}

// Nine taps as far apart as the results: from one x to the next, down or across, each result is at
// its next tap.
template <class T, int kLines, int kPixels, bool kInside, class Part>
LANEWISE_INLINE void slide(const DepthwiseShape& s, long top, long left, const T* x, const T* w,
                           Register<T> (&sum)[kLines][kPixels], Part part) noexcept {
  Register<T> factor[3][3];
  LANEWISE_UNROLL
  for (int i = 0; i < kLines + 2; ++i) {
    if (i < 3) {
      LANEWISE_UNROLL
      for (int tx = 0; tx < 3; ++tx) factor[i][tx] = part.load(w + i * s.w_row + tx * s.w_tap);
    }
    const long row = top + i * s.down.tap;
    if (!is_inside(s.down, row)) continue;
    LANEWISE_UNROLL
    for (int j = 0; j < kPixels + 2; ++j) {
      const long column = left + j * s.across.tap;
      if (!kInside && !is_inside(s.across, column)) continue;
      const Register<T> v = part.load(x + row + column);
      LANEWISE_UNROLL
      for (int l = 0; l < kLines; ++l) {
        LANEWISE_UNROLL
        for (int p = 0; p < kPixels; ++p) {
          const int ty = i - l, tx = j - p;
          if (ty >= 0 && ty < 3 && tx >= 0 && tx < 3) sum[l][p] = fma(v, factor[ty][tx], sum[l][p]);
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

// Prefetches elements that lie side by side. A tile prefetches what the next one, to the right,
// will see first of all, a part of it beside each register of channels: of the lowest rows of x and
// of y as many elements as it has itself. These go line by line through memory, unlike the loads,
// which go back and forth where a processor's own prefetchers do not see where they lead.
// (8x56x56x64 on Zen 1: 20 against 15 GFLOP/s; in the cache it costs a fifth.)
template <class T>
LANEWISE_INLINE void prefetch(const T* from, long count) noexcept {
  constexpr long kLine = 64 / sizeof(T);
  LANEWISE_UNROLL
  for (long i = 0; i < count; i += kLine) __builtin_prefetch(from + i);
}

template <class T, int kLines, int kPixels>
LANEWISE_INLINE void prefetch_next(const DepthwiseShape& s, const Tile<T>& t, long c) noexcept {
  const T* x = t.x + t.top + (s.rows - 1) * s.down.tap + t.left + (s.taps - 1) * s.across.tap +
               kPixels * s.across.step + c * kPixels;
  const T* y = t.y + kPixels * s.y_step + c * kPixels;
  LANEWISE_UNROLL
  for (int l = 0; l < kLines; ++l) {
    prefetch(x + l * s.down.step, kLanes<T> * kPixels);
    prefetch(y + l * s.y_line, kLanes<T> * kPixels);
  }
}

// A register of channels, or the part that is left, from channel c on.
template <class T, int kLines, int kPixels, bool kSlide, bool kInside, class Part>
LANEWISE_INLINE void convolve_part(const DepthwiseShape& s, const Tile<T>& t, long c,
                                   Part part) noexcept {
  if (s.prefetch) prefetch_next<T, kLines, kPixels>(s, t, c);
  const Register<T> zero = broadcast(T(0));
  const Register<T> start = t.bias == nullptr ? zero : part.load(t.bias + c);
  Register<T> sum[kLines][kPixels];
  LANEWISE_UNROLL
  for (int l = 0; l < kLines; ++l) {
    LANEWISE_UNROLL
    for (int p = 0; p < kPixels; ++p) sum[l][p] = start;
  }
  if constexpr (kSlide)
    slide<T, kLines, kPixels, kInside>(s, t.top, t.left, t.x + c, t.w + c, sum, part);
  else
    gather<T, kLines, kPixels, kInside>(s, t.top, t.left, t.x + c, t.w + c, sum, part);
  LANEWISE_UNROLL
  for (int l = 0; l < kLines; ++l) {
    LANEWISE_UNROLL
    for (int p = 0; p < kPixels; ++p) {
      Register<T> y = sum[l][p];
      if (t.relu) y = select<T>(y < zero, zero, y);  // NaN < 0 is false: NaN stays
      part.store(t.y + l * s.y_line + p * s.y_step + c, y);
    }
  }
}

// All channels of a tile, before the next one: what neighbours share of x is then still in the
// first-level cache.
template <class T, int kLines, int kPixels, bool kSlide, bool kInside>
void convolve_tile(const DepthwiseShape& s, const Tile<T>& t) noexcept {
  for_each_part<T>(s.channels, [&](long c, auto part) LANEWISE_INLINED {
    convolve_part<T, kLines, kPixels, kSlide, kInside>(s, t, c, part);
  });
}

// convolve_tile for 1, 2, … kMostPixels pixels, of which some may lack taps.
template <class T, int kLines, bool kSlide, class Pixels>
struct TileList;
template <class T, int kLines, bool kSlide, std::size_t... kPixel>
struct TileList<T, kLines, kSlide, std::index_sequence<kPixel...>> {
  static constexpr void (*of[])(const DepthwiseShape&, const Tile<T>&) noexcept = {
      convolve_tile<T, kLines, static_cast<int>(kPixel) + 1, kSlide, false>...};
};

template <class T, int kLines, bool kSlide>
LANEWISE_INLINE void convolve_lines(const DepthwiseShape& s, Tile<T> t) noexcept {
  using List = TileList<T, kLines, kSlide, std::make_index_sequence<kMostPixels>>;
  for (long p = 0; p < s.pixels; p += kMostPixels) {
    const long left = s.pixels - p, count = left < kMostPixels ? left : kMostPixels;
    if (count == kMostPixels && are_inside(s.across, t.left, count, s.taps))
      convolve_tile<T, kLines, kMostPixels, kSlide, true>(s, t);
    else
      List::of[count - 1](s, t);
    t.left += kMostPixels * s.across.step;
    t.y += kMostPixels * s.y_step;
  }
}

template <class T, bool kSlide>
LANEWISE_INLINE void convolve_all(const DepthwiseShape& s, Tile<T> t) noexcept {
  long l = 0;
  for (; l + kMostLines <= s.lines; l += kMostLines) {
    convolve_lines<T, kMostLines, kSlide>(s, t);
    t.top += kMostLines * s.down.step;
    t.y += kMostLines * s.y_line;
  }
  if (l < s.lines) convolve_lines<T, 1, kSlide>(s, t);
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

template <class T>
void convolve(const DepthwiseShape& s, const T* x, const T* w, const T* bias, bool relu,
              T* y) noexcept {
  const Tile<T> all{s.down.first, s.across.first, x, w, bias, relu, y};
  if (s.rows == 1 && s.taps == 1)
    scale<T>(s, all);
  else if (s.rows == 3 && s.taps == 3 && s.down.tap == s.down.step && s.across.tap == s.across.step)
    convolve_all<T, true>(s, all);
  else
    convolve_all<T, false>(s, all);
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
