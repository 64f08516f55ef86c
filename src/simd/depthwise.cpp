// Contract and picture in depthwise.hpp. Compiled once per instruction set.
#include "simd/depthwise.hpp"

#include <utility>

#include "simd/compat.hpp"
#include "simd/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Eight chains of multiply-adds keep two units of four cycles' latency busy, and with a filter row
// beside them they fit into 16 registers.
constexpr int kMostPixels = 8;

// Asks for what the next group of pixels, to the right, will see first of all: its part of the
// lowest row of x; and for its y. (The order of the loads, pixel after pixel and then the next
// channels, goes back and forth, and a processor's own prefetchers do not see where it leads.
// 8x56x56x64 on Zen 1: 17 against 11 GFLOP/s; in the cache it costs a tenth.)
template <class T, int kPixels, bool kSliding>
LANEWISE_INLINE void prefetch_next(const DepthwiseShape& s, const T* x, const T* y,
                                   bool turned) noexcept {
  const long x_step = turned ? -s.x_step : s.x_step, y_step = turned ? -s.y_step : s.y_step;
  const long window = kSliding ? 2 : 0;
  const T* next_x = x + (s.rows - 1) * s.x_row + (turned ? 1 : kPixels + window) * x_step;
  const T* next_y = y + (turned ? 1 : kPixels) * y_step;
  LANEWISE_UNROLL
  for (int p = 0; p < kPixels; ++p) __builtin_prefetch(next_x + p * x_step);
  LANEWISE_UNROLL
  for (int p = 0; p < kPixels; ++p) __builtin_prefetch(next_y + p * y_step, 1);
}

// A register of channels, or the part that is left, of kPixels pixels. kSliding: three taps, as far
// apart as the pixels, so that pixel p + 1 sees at tap t what pixel p sees at tap t + 1.
template <class T, int kPixels, bool kSliding, class Part>
LANEWISE_INLINE void correlate_part(const DepthwiseShape& s, const T* x, const T* w, const T* bias,
                                    bool relu, T* y, bool turned, Part part) noexcept {
  if (s.prefetch) prefetch_next<T, kPixels, kSliding>(s, x, y, turned);
  Batch<T> acc[kPixels];
  const Batch<T> zero = broadcast(T(0));
  const Batch<T> start = bias == nullptr ? zero : part.load(bias);
  LANEWISE_UNROLL
  for (int p = 0; p < kPixels; ++p) acc[p] = start;
  for (long ty = 0; ty < s.rows; ++ty, x += s.x_row, w += s.w_row) {
    if constexpr (kSliding) {
      const Batch<T> w0 = part.load(w), w1 = part.load(w + s.w_tap),
                     w2 = part.load(w + 2 * s.w_tap);
      LANEWISE_UNROLL
      for (int u = 0; u < kPixels + 2; ++u) {
        const Batch<T> v = part.load(x + u * s.x_tap);
        if (u < kPixels) acc[u] = fma(v, w0, acc[u]);
        if (u >= 1 && u <= kPixels) acc[u - 1] = fma(v, w1, acc[u - 1]);
        if (u >= 2) acc[u - 2] = fma(v, w2, acc[u - 2]);
      }
    } else {
      for (long tx = 0; tx < s.taps; ++tx) {
        const Batch<T> factor = part.load(w + tx * s.w_tap);
        const T* from = x + tx * s.x_tap;
        LANEWISE_UNROLL
        for (int p = 0; p < kPixels; ++p)
          acc[p] = fma(part.load(from + p * s.x_step), factor, acc[p]);
      }
    }
  }
  if (relu) {
    LANEWISE_UNROLL
    for (int p = 0; p < kPixels; ++p)
      acc[p] = select<T>(acc[p] < zero, zero, acc[p]);  // NaN < 0 is false: NaN stays
  }
  LANEWISE_UNROLL
  for (int p = 0; p < kPixels; ++p) part.store(y + p * s.y_step, acc[p]);
}

// All channels of kPixels pixels, before the next ones: what neighbours share of x is then still in
// the first-level cache.
template <class T, int kPixels, bool kSliding>
void correlate_group(const DepthwiseShape& s, const T* x, const T* w, const T* bias, bool relu,
                     T* y, bool turned) noexcept {
  const auto biased = [&](long c) { return bias == nullptr ? nullptr : bias + c; };
  long c = 0;
  for (; c + kLanes<T> <= s.channels; c += kLanes<T>)
    correlate_part<T, kPixels, kSliding>(s, x + c, w + c, biased(c), relu, y + c, turned,
                                         WholeRegister{});
  if (c < s.channels)
    correlate_part<T, kPixels, kSliding>(s, x + c, w + c, biased(c), relu, y + c, turned,
                                         PartOfRegister{static_cast<int>(s.channels - c)});
}

template <class T>
using Group = void (*)(const DepthwiseShape&, const T* x, const T* w, const T* bias, bool relu,
                       T* y, bool turned) noexcept;

// correlate_group for 1, 2, … kMostPixels pixels.
template <class T, bool kSliding, class Pixels>
struct GroupList;
template <class T, bool kSliding, std::size_t... kPixel>
struct GroupList<T, kSliding, std::index_sequence<kPixel...>> {
  static constexpr Group<T> of[] = {correlate_group<T, static_cast<int>(kPixel) + 1, kSliding>...};
};

// Groups of about the same size: a short last one would wait for its own additions. A turned filter
// (x_tap == -x_step, as for the gradient of x) slides over a group from its last pixel to its
// first.
template <class T, bool kSliding>
LANEWISE_INLINE void correlate_row(const DepthwiseShape& shape, const T* x, const T* w,
                                   const T* bias, bool relu, T* y) noexcept {
  using List = GroupList<T, kSliding, std::make_index_sequence<kMostPixels>>;
  const bool turned = kSliding && shape.x_tap != shape.x_step;
  DepthwiseShape s = shape;
  if (turned) s.x_step = -s.x_step, s.y_step = -s.y_step;
  const long groups = (s.pixels + kMostPixels - 1) / kMostPixels;
  for (long g = 0; g < groups; ++g) {
    const long begin = s.pixels * g / groups, end = s.pixels * (g + 1) / groups;
    const long first = turned ? end - 1 : begin;
    List::of[end - begin - 1](s, x + first * shape.x_step, w, bias, relu, y + first * shape.y_step,
                              turned);
  }
}

template <class T>
void correlate(const DepthwiseShape& shape, const T* x, const T* w, const T* bias, bool relu,
               T* y) noexcept {
  if (shape.taps == 3 && (shape.x_tap == shape.x_step || shape.x_tap == -shape.x_step))
    correlate_row<T, true>(shape, x, w, bias, relu, y);
  else
    correlate_row<T, false>(shape, x, w, bias, relu, y);
}

// Three taps as far apart as the pixels, kRows rows of them: the sums of all taps stay in registers
// while the pixels go by, four at a time, and an x is loaded once for its three taps.
template <class T, int kRows, class Part>
LANEWISE_INLINE void accumulate_sliding(const DepthwiseShape& s, const T* x, const T* dy, T* dw,
                                        Part part) noexcept {
  Batch<T> acc[kRows][3];
  LANEWISE_UNROLL
  for (int ty = 0; ty < kRows; ++ty) {
    LANEWISE_UNROLL
    for (int tx = 0; tx < 3; ++tx) acc[ty][tx] = part.load(dw + ty * s.w_row + tx * s.w_tap);
  }
  const auto add = [&](auto pixels) __attribute__((always_inline)) {
    constexpr int kPixels = decltype(pixels)::value;
    Batch<T> d[kPixels];
    LANEWISE_UNROLL
    for (int p = 0; p < kPixels; ++p) d[p] = part.load(dy + p * s.y_step);
    LANEWISE_UNROLL
    for (int ty = 0; ty < kRows; ++ty) {
      LANEWISE_UNROLL
      for (int u = 0; u < kPixels + 2; ++u) {
        const Batch<T> v = part.load(x + ty * s.x_row + u * s.x_tap);
        LANEWISE_UNROLL
        for (int tx = 0; tx < 3; ++tx)
          if (u - tx >= 0 && u - tx < kPixels) acc[ty][tx] = fma(v, d[u - tx], acc[ty][tx]);
      }
    }
    x += kPixels * s.x_step;
    dy += kPixels * s.y_step;
  };
  long p = 0;
  for (; p + 4 <= s.pixels; p += 4) add(Constant<4>{});
  for (; p < s.pixels; ++p) add(Constant<1>{});
  LANEWISE_UNROLL
  for (int ty = 0; ty < kRows; ++ty) {
    LANEWISE_UNROLL
    for (int tx = 0; tx < 3; ++tx) part.store(dw + ty * s.w_row + tx * s.w_tap, acc[ty][tx]);
  }
}

// One pixel, as at the ends of a row.
template <class T, class Part>
LANEWISE_INLINE void accumulate_pixel(const DepthwiseShape& s, const T* x, const T* dy, T* dw,
                                      Part part) noexcept {
  const Batch<T> d = part.load(dy);
  for (long ty = 0; ty < s.rows; ++ty)
    for (long tx = 0; tx < s.taps; ++tx) {
      T* to = dw + ty * s.w_row + tx * s.w_tap;
      part.store(to, fma<T>(part.load(x + ty * s.x_row + tx * s.x_tap), d, part.load(to)));
    }
}

// Any taps, one after the other, in four chains.
template <class T, class Part>
LANEWISE_INLINE void accumulate_taps(const DepthwiseShape& s, const T* x, const T* dy, T* dw,
                                     Part part) noexcept {
  for (long ty = 0; ty < s.rows; ++ty)
    for (long tx = 0; tx < s.taps; ++tx) {
      const T* from = x + ty * s.x_row + tx * s.x_tap;
      T* to = dw + ty * s.w_row + tx * s.w_tap;
      const auto product = [&](long p, Batch<T> sum) __attribute__((always_inline)) {
        return fma<T>(part.load(from + p * s.x_step), part.load(dy + p * s.y_step), sum);
      };
      Batch<T> acc[4] = {part.load(to), broadcast(T(0)), broadcast(T(0)), broadcast(T(0))};
      long p = 0;
      for (; p + 4 <= s.pixels; p += 4) {
        LANEWISE_UNROLL
        for (int i = 0; i < 4; ++i) acc[i] = product(p + i, acc[i]);
      }
      for (; p < s.pixels; ++p) acc[0] = product(p, acc[0]);
      part.store(to, (acc[0] + acc[1]) + (acc[2] + acc[3]));
    }
}

template <class T, class Part>
LANEWISE_INLINE void accumulate_part(const DepthwiseShape& s, const T* x, const T* dy, T* dw,
                                     Part part) noexcept {
  if (s.pixels == 1) return accumulate_pixel<T>(s, x, dy, dw, part);
  const bool sliding = s.taps == 3 && s.x_tap == s.x_step;
  if (sliding && s.rows == 3)
    accumulate_sliding<T, 3>(s, x, dy, dw, part);
  else if (sliding && s.rows == 2)  // at the upper or lower border
    accumulate_sliding<T, 2>(s, x, dy, dw, part);
  else
    accumulate_taps<T>(s, x, dy, dw, part);
}

template <class T>
void accumulate_weights(const DepthwiseShape& s, const T* x, const T* dy, T* dw) noexcept {
  long c = 0;
  for (; c + kLanes<T> <= s.channels; c += kLanes<T>)
    accumulate_part<T>(s, x + c, dy + c, dw + c, WholeRegister{});
  if (c < s.channels)
    accumulate_part<T>(s, x + c, dy + c, dw + c, PartOfRegister{static_cast<int>(s.channels - c)});
}

template <class T>
void correlate_apart(const DepthwiseShape& s, const DepthwiseApart& apart, const T* x, const T* w,
                     const T* bias, bool relu, T* y) noexcept {
  for (long p = 0; p < s.pixels; ++p)
    for (long c = 0; c < s.channels; ++c) {
      T sum = bias == nullptr ? T(0) : bias[c * apart.y];
      for (long ty = 0; ty < s.rows; ++ty)
        for (long tx = 0; tx < s.taps; ++tx) {
          const T* from = x + p * s.x_step + ty * s.x_row + tx * s.x_tap + c * apart.x;
          const T* factor = w + ty * s.w_row + tx * s.w_tap + c * apart.w;
          for (long i = 0; i < apart.planes; ++i) sum += from[i] * factor[i];
        }
      y[p * s.y_step + c * apart.y] = relu && sum < T(0) ? T(0) : sum;
    }
}

template <class T>
void accumulate_weights_apart(const DepthwiseShape& s, const DepthwiseApart& apart, const T* x,
                              const T* dy, T* dw) noexcept {
  for (long ty = 0; ty < s.rows; ++ty)
    for (long tx = 0; tx < s.taps; ++tx)
      for (long c = 0; c < s.channels; ++c) {
        const T* from = x + ty * s.x_row + tx * s.x_tap + c * apart.x;
        T& sum = dw[ty * s.w_row + tx * s.w_tap + c * apart.w];
        for (long p = 0; p < s.pixels; ++p)
          sum += from[p * s.x_step] * dy[p * s.y_step + c * apart.y];
      }
}

template <class T>
constexpr DepthwiseKernels<T> make_kernels() noexcept {
  return {.lanes = kLanes<T>,
          .correlate = correlate<T>,
          .accumulate_weights = accumulate_weights<T>,
          .correlate_apart = correlate_apart<T>,
          .accumulate_weights_apart = accumulate_weights_apart<T>};
}

}  // namespace

constinit const DepthwiseKernels<float> depthwise_f32 = make_kernels<float>();
constinit const DepthwiseKernels<double> depthwise_f64 = make_kernels<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
