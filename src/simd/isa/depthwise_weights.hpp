#pragma once
// Depthwise convolution's gradient of the filters. Contract and picture in simd/depthwise.hpp.
#include "simd/depthwise.hpp"
#include "simd/isa/depthwise_axis.hpp"
#include "simd/isa/integers.hpp"
#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

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

// Adds to the sums of kRows x kTaps taps, of kWide registers of channels side by side, what kPixels
// side by side give. They are kStep taps apart, and an x is loaded once for all that see it. Where
// a register is taken by itself, what the next but one needs is prefetched: a strip takes one line
// of the cache of each pixel at a time, pixels apart, where a processor's own prefetchers do not
// see where that leads. (Of two they would be a third of the loads, and cost more than they give.)
template <class T, int kPixels, int kStep, int kWide, int kRows, int kTaps, class Part>
LANEWISE_INLINE void add_products(const DepthwiseShape& s, const T* x, const T* dy,
                                  Register<T> (&sum)[kRows][kTaps][kWide], Part part) noexcept {
  Register<T> d[kPixels][kWide];
  LANEWISE_UNROLL
  for (int p = 0; p < kPixels; ++p, walk(dy, s.y_step)) {
    LANEWISE_UNROLL
    for (int i = 0; i < kWide; ++i) {
      d[p][i] = in_register<T>(part.load(dy + i * kLanes<T>));
      if (kWide == 1) __builtin_prefetch(dy + 2 * kLanes<T>);
    }
  }
  LANEWISE_UNROLL
  for (int ty = 0; ty < kRows; ++ty, walk(x, s.down.tap)) {
    const T* from = x;
    LANEWISE_UNROLL
    for (int j = 0; j < (kPixels - 1) * kStep + kTaps; ++j, walk(from, s.across.tap)) {
      LANEWISE_UNROLL
      for (int i = 0; i < kWide; ++i) {
        const Register<T> v = in_register<T>(part.load(from + i * kLanes<T>));
        if (kWide == 1 && ty == kRows - 1) __builtin_prefetch(from + 2 * kLanes<T>);
        LANEWISE_UNROLL
        for (int p = 0; p < kPixels; ++p) {
          const int tx = j - p * kStep;
          if (tx >= 0 && tx < kTaps) sum[ty][tx][i] = fma(v, d[p][i], sum[ty][tx][i]);
        }
      }
    }
  }
}

// Places that tiles of pixels begin at, one after the other: of x, of the first tap, and of dy.
template <class T>
struct Strip {
  long tiles;
  const T* x;
  long x_step;
  const T* dy;
  long dy_step;
};

// Sums of kRows x kTaps taps, which stay in registers while the tiles of a strip go by. What `dw`
// points to is of the first of these taps.
template <class T, int kPixels, int kStep, int kRows, int kTaps, int kWide, class Part>
LANEWISE_INLINE void accumulate_part(const DepthwiseShape& s, const Strip<T>& strip, long c, T* dw,
                                     Part part) noexcept {
  Register<T> sum[kRows][kTaps][kWide];
  const auto for_each_sum = [&](auto body) LANEWISE_INLINED {
    LANEWISE_UNROLL
    for (int ty = 0; ty < kRows; ++ty) {
      LANEWISE_UNROLL
      for (int tx = 0; tx < kTaps; ++tx) {
        LANEWISE_UNROLL
        for (int i = 0; i < kWide; ++i)
          body(sum[ty][tx][i], dw + c + ty * s.w_row + tx * s.w_tap + i * kLanes<T>);
      }
    }
  };
  for_each_sum([&](Register<T>& of, const T* from) LANEWISE_INLINED { of = part.load(from); });
  const T *x = strip.x + c, *dy = strip.dy + c;
  for (long i = 0; i < strip.tiles; ++i, walk(x, strip.x_step), walk(dy, strip.dy_step))
    add_products<T, kPixels, kStep>(s, x, dy, sum, part);
  for_each_sum([&](const Register<T>& of, T* to) LANEWISE_INLINED { part.store(to, of); });
}

// All channels of a strip. Nine chains of multiply-adds are hardly enough for two units of four
// cycles' latency: where there are 32 registers, two of channels are taken side by side.
template <class T, int kPixels, int kStep, int kRows, int kTaps>
void accumulate_strip(const DepthwiseShape& shape, const Strip<T>& places, T* dw) noexcept {
  const DepthwiseShape s = shape;
  const Strip<T> strip = places;
  long c = 0;
  if constexpr (kRegisters == 32) {
    for (; c + 2 * kLanes<T> <= s.channels; c += 2 * kLanes<T>)
      accumulate_part<T, kPixels, kStep, kRows, kTaps, 2>(s, strip, c, dw, WholeRegister{});
  }
  for_each_part<T>(s.channels - c, [&](long i, auto part) LANEWISE_INLINED {
    accumulate_part<T, kPixels, kStep, kRows, kTaps, 1>(s, strip, c + i, dw, part);
  });
}

// accumulate_strip for up to kMostTaps taps down and across: nine sums leave registers for the
// pixels. A larger filter is taken in blocks of them.
constexpr long kMostTaps = 3;
template <class T>
using AccumulateStrip = void (*)(const DepthwiseShape&, const Strip<T>&, T*) noexcept;
template <class T, int kPixels, int kStep>
constexpr AccumulateStrip<T> kAccumulate[kMostTaps][kMostTaps] = {
    {accumulate_strip<T, kPixels, kStep, 1, 1>, accumulate_strip<T, kPixels, kStep, 1, 2>,
     accumulate_strip<T, kPixels, kStep, 1, 3>},
    {accumulate_strip<T, kPixels, kStep, 2, 1>, accumulate_strip<T, kPixels, kStep, 2, 2>,
     accumulate_strip<T, kPixels, kStep, 2, 3>},
    {accumulate_strip<T, kPixels, kStep, 3, 1>, accumulate_strip<T, kPixels, kStep, 3, 2>,
     accumulate_strip<T, kPixels, kStep, 3, 3>}};

// Lines and pixels that see the same taps inside, the first of which begin at these places.
template <class T>
struct Run {
  long lines, pixels;
  Range rows, taps;
  const T *x, *dy;
};

// kPixels of each line at a time, from top to bottom, and then their neighbours to the right, as
// long as there are so many. A single line is one strip, from left to right, which is the same
// order. What is left of the run stays in it.
template <class T, int kPixels, int kStep>
LANEWISE_INLINE void accumulate_strips(const DepthwiseShape& s, Run<T>& run, T* dw) noexcept {
  while (run.pixels >= kPixels) {
    const bool single = run.lines == 1;
    const long across = single ? run.pixels / kPixels : 1;  // tiles side by side
    const long x_step = kPixels * s.across.step, dy_step = kPixels * s.y_step;
    for (long ty = run.rows.begin; ty < run.rows.end; ty += kMostTaps)
      for (long tx = run.taps.begin; tx < run.taps.end; tx += kMostTaps) {
        const long rows = smaller(run.rows.end - ty, kMostTaps);
        const long taps = smaller(run.taps.end - tx, kMostTaps);
        const Strip<T> strip{.tiles = single ? across : run.lines,
                             .x = run.x + ty * s.down.tap + tx * s.across.tap,
                             .x_step = single ? x_step : s.down.step,
                             .dy = run.dy,
                             .dy_step = single ? dy_step : s.y_line};
        kAccumulate<T, kPixels, kStep>[rows - 1][taps - 1](s, strip,
                                                           dw + ty * s.w_row + tx * s.w_tap);
      }
    run.x += across * x_step;
    run.dy += across * dy_step;
    run.pixels -= across * kPixels;
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

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
