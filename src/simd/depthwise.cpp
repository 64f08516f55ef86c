// Contract and picture in depthwise.hpp. Compiled once per instruction set.
#include "simd/depthwise.hpp"

#include <utility>

#include "simd/isa/depthwise_strided.hpp"
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

// From `begin` to before `end`.
struct Range {
  long begin, end;
};

// The taps of a result that are inside, if its first one is at `first`.
LANEWISE_INLINE Range taps_inside(const DepthwiseAxis& axis, long first, long taps) noexcept {
  const long begin = first >= 0 ? 0 : smaller(taps, (-first - 1) / axis.tap + 1);
  const long end = first >= axis.size ? 0 : smaller(taps, (axis.size - 1 - first) / axis.tap + 1);
  return {begin, end < begin ? begin : end};
}

// Calls body(number of the first, how many, taps) for results that see the same taps inside: first
// and last those at the borders, one by one, and between them all whose taps are all inside.
template <class Body>
LANEWISE_INLINE void for_each_run(const DepthwiseAxis& axis, long count, long taps,
                                  Body body) noexcept {
  const long last = axis.size - 1 - (taps - 1) * axis.tap - axis.first;
  const long begin = axis.first >= 0 ? 0 : (-axis.first - 1) / axis.step + 1;
  const long end = last < 0 ? 0 : smaller(count, last / axis.step + 1);
  for (long i = 0, run; i < count; i += run) {
    const bool whole = begin <= i && i < end;
    run = whole ? end - i : 1;
    body(i, run, whole ? Range{0, taps} : taps_inside(axis, axis.first + i * axis.step, taps));
  }
}

// Adds to the sums of kRows x kTaps taps what kPixels side by side give. They are kStep taps apart,
// and an x is loaded once for all that see it. The pointers walk, and g++ 12 is kept from making
// sums of all strides beforehand, for which it has too few registers. What the next but one register
// of channels needs is prefetched: a strip takes one line of the cache of each pixel at a time,
// pixels apart, where a processor's own prefetchers do not see where that leads.
template <class T, int kPixels, int kStep, int kRows, int kTaps, class Part>
LANEWISE_INLINE void add_products(const DepthwiseShape& s, const T* x, const T* dy,
                                  Register<T> (&sum)[kRows][kTaps], Part part) noexcept {
  Register<T> d[kPixels];
  LANEWISE_UNROLL
  for (int p = 0; p < kPixels; ++p, dy += s.y_step) {
    d[p] = in_register<T>(part.load(dy));
    __builtin_prefetch(dy + 2 * kLanes<T>);
    asm("" : "+r"(dy));
  }
  LANEWISE_UNROLL
  for (int ty = 0; ty < kRows; ++ty, x += s.down.tap) {
    const T* from = x;
    LANEWISE_UNROLL
    for (int j = 0; j < (kPixels - 1) * kStep + kTaps; ++j, from += s.across.tap) {
      const Register<T> v = in_register<T>(part.load(from));
      if (ty == kRows - 1) __builtin_prefetch(from + 2 * kLanes<T>);
      asm("" : "+r"(from));
      LANEWISE_UNROLL
      for (int p = 0; p < kPixels; ++p) {
        const int tx = j - p * kStep;
        if (tx >= 0 && tx < kTaps) sum[ty][tx] = fma(v, d[p], sum[ty][tx]);
      }
    }
  }
}

// Sums of kRows x kTaps taps, which stay in registers while kPixels of each of some lines go by.
// What `x` and `dw` point to is of the first of these taps.
template <class T, int kPixels, int kStep, int kRows, int kTaps>
void accumulate_tile(const DepthwiseShape& s, long lines, const T* x, const T* dy, T* dw) noexcept {
  for_each_part<T>(s.channels, [&](long c, auto part) LANEWISE_INLINED {
    Register<T> sum[kRows][kTaps];
    LANEWISE_UNROLL
    for (int ty = 0; ty < kRows; ++ty) {
      LANEWISE_UNROLL
      for (int tx = 0; tx < kTaps; ++tx)
        sum[ty][tx] = part.load(dw + ty * s.w_row + tx * s.w_tap + c);
    }
    for (long l = 0; l < lines; ++l)
      add_products<T, kPixels, kStep>(s, x + l * s.down.step + c, dy + l * s.y_line + c, sum, part);
    LANEWISE_UNROLL
    for (int ty = 0; ty < kRows; ++ty) {
      LANEWISE_UNROLL
      for (int tx = 0; tx < kTaps; ++tx)
        part.store(dw + ty * s.w_row + tx * s.w_tap + c, sum[ty][tx]);
    }
  });
}

// accumulate_tile for up to kMostTaps taps down and across: nine sums are enough chains for two
// units and leave registers for the pixels. A larger filter is taken in blocks of them.
constexpr long kMostTaps = 3;
template <class T>
using AccumulateTile = void (*)(const DepthwiseShape&, long, const T*, const T*, T*) noexcept;
template <class T, int kPixels, int kStep>
constexpr AccumulateTile<T> kAccumulate[kMostTaps][kMostTaps] = {
    {accumulate_tile<T, kPixels, kStep, 1, 1>, accumulate_tile<T, kPixels, kStep, 1, 2>,
     accumulate_tile<T, kPixels, kStep, 1, 3>},
    {accumulate_tile<T, kPixels, kStep, 2, 1>, accumulate_tile<T, kPixels, kStep, 2, 2>,
     accumulate_tile<T, kPixels, kStep, 2, 3>},
    {accumulate_tile<T, kPixels, kStep, 3, 1>, accumulate_tile<T, kPixels, kStep, 3, 2>,
     accumulate_tile<T, kPixels, kStep, 3, 3>}};

// Lines and pixels that see the same taps inside, the first of which begin at these places.
template <class T>
struct Run {
  long lines, pixels;
  Range rows, taps;
  const T *x, *dy;
};

// kPixels of each line at a time, from top to bottom, and then their neighbours to the right, as
// long as there are so many. What is left of the run stays in it.
template <class T, int kPixels, int kStep>
LANEWISE_INLINE void accumulate_strips(const DepthwiseShape& s, Run<T>& run, T* dw) noexcept {
  for (; run.pixels >= kPixels; run.pixels -= kPixels) {
    for (long ty = run.rows.begin; ty < run.rows.end; ty += kMostTaps)
      for (long tx = run.taps.begin; tx < run.taps.end; tx += kMostTaps) {
        const long rows = smaller(run.rows.end - ty, kMostTaps);
        const long taps = smaller(run.taps.end - tx, kMostTaps);
        kAccumulate<T, kPixels, kStep>[rows - 1][taps - 1](
            s, run.lines, run.x + ty * s.down.tap + tx * s.across.tap, run.dy,
            dw + ty * s.w_row + tx * s.w_tap);
      }
    run.x += kPixels * s.across.step;
    run.dy += kPixels * s.y_step;
  }
}

// kPixels side by side that see one tap each, all of them inside.
template <class T, int kPixels>
LANEWISE_INLINE void accumulate_factors(const DepthwiseShape& s, const T* x, const T* dy,
                                        T* dw) noexcept {
  for_each_part<T>(s.channels, [&](long c, auto part) LANEWISE_INLINED {
    Register<T> sum = part.load(dw + c);
    LANEWISE_UNROLL
    for (int p = 0; p < kPixels; ++p)
      sum = fma(part.load(x + p * s.across.step + c), part.load(dy + p * s.y_step + c), sum);
    part.store(dw + c, sum);
  });
}

// The gradient of scale(): all channels of four pixels, and then the next four, so that memory goes
// by in its order and a sum, which the first-level cache holds, is loaded once for four products.
template <class T>
void accumulate_scale(const DepthwiseShape& s, const T* x, const T* dy, T* dw) noexcept {
  for (long l = 0; l < s.lines; ++l) {
    const long row = s.down.first + l * s.down.step;
    if (!is_inside(s.down, row)) continue;
    for (long p = 0; p < s.pixels;) {
      const long column = s.across.first + p * s.across.step;
      const T *from = x + row + column, *d = dy + l * s.y_line + p * s.y_step;
      const bool four = p + 4 <= s.pixels && is_inside(s.across, column) &&
                        is_inside(s.across, column + 3 * s.across.step);
      if (four)
        accumulate_factors<T, 4>(s, from, d, dw);
      else if (is_inside(s.across, column))
        accumulate_factors<T, 1>(s, from, d, dw);
      p += four ? 4 : 1;
    }
  }
}

// Where the taps of results differ, at the borders, they are a run of their own: nothing is checked
// within. The order of a sum is that of runs of lines, strips of pixels, lines and pixels. One
// pixel at a time needs ten loads for nine products, four side by side need 22, and 31 if two taps
// apart, for 36.
template <class T>
void accumulate_weights(const DepthwiseShape& s, const T* x, const T* dy, T* dw) noexcept {
  if (s.rows == 1 && s.taps == 1) return accumulate_scale<T>(s, x, dy, dw);
  for_each_run(s.down, s.lines, s.rows, [&](long l, long lines, Range rows) {
    for_each_run(s.across, s.pixels, s.taps, [&](long p, long pixels, Range taps) {
      const long place = s.down.first + l * s.down.step + s.across.first + p * s.across.step;
      Run<T> run{lines, pixels, rows, taps, x + place, dy + l * s.y_line + p * s.y_step};
      if (s.across.step == s.across.tap)
        accumulate_strips<T, 4, 1>(s, run, dw);
      else if (s.across.step == 2 * s.across.tap)
        accumulate_strips<T, 4, 2>(s, run, dw);
      accumulate_strips<T, 1, 1>(s, run, dw);
    });
  });
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
