// Contract in resampling.hpp. Compiled once per instruction set.
//
// Rows and columns are enlarged in the same way: pixel o = i * factor + phase of y mixes two
// neighbours of i in x. An interpolation says how by two functions: blend() the pixels that o is
// made of, and for_each_use() the pixels of y that one of x has a part in.
#include "simd/resampling.hpp"

#include "simd/isa/block_sums.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// A pixel of y along one dimension: (1 - fraction) * x[low] + fraction * x[high].
template <class T>
struct Blend {
  long low, high;
  T fraction;

  // The weight of x's pixel i in it.
  LANEWISE_INLINE T weight_of(long i) const noexcept {
    return (i == low ? T(1) - fraction : T(0)) + (i == high ? fraction : T(0));
  }
};

// Pixel i * factor + phase of an enlarged row or column of `size` pixels: its centre lies at
// i + distance / (2 * factor) in x. Beyond the outermost centres the border pixel counts alone.
template <class T>
LANEWISE_INLINE Blend<T> blend(long i, long phase, long factor, long size) noexcept {
  const long distance = 2 * phase + 1 - factor;
  const long low = distance < 0 ? i - 1 : i,
             above = distance < 0 ? distance + 2 * factor : distance;
  const long first = low < 0 ? 0 : low, second = low + 1 < size ? low + 1 : size - 1;
  if (first == second) return {first, first, T(0)};
  return {first, second, static_cast<T>(above) / static_cast<T>(2 * factor)};
}

// Calls body(pixel of y, weight) in order, for the pixels that x's pixel i has a part in.
template <class T, class Body>
LANEWISE_INLINE void for_each_use(long i, long factor, long size, Body body) noexcept {
  for (long j = i > 0 ? i - 1 : 0; j < size && j <= i + 1; ++j)
    for (long phase = 0; phase < factor; ++phase)
      if (const T weight = blend<T>(j, phase, factor, size).weight_of(i); weight != 0)
        body(j * factor + phase, weight);
}

// (1 - fraction) * a + fraction * b; what has no part counts for nothing, even if it is infinite.
// Values are registers or single elements.
template <class T, class Value>
LANEWISE_INLINE Value mix(T fraction, Value a, Value b) noexcept {
  if (fraction == T(0)) return a;
  return Value(T(1) - fraction) * a + Value(fraction) * b;
}

// Pixels i * column_factor + phase of the row `to`, for i in [begin, end), between the rows `upper`
// and `lower` of x. They are mixed alike.
template <class T>
void bilinear_pixels(const Enlargement& image, const T* upper, const T* lower, T vertical,
                     long phase, long begin, long end, T* to) noexcept {
  if (begin >= end) return;
  const long channels = image.channels, step = image.column_factor * channels;
  const Blend<T> column = blend<T>(begin, phase, image.column_factor, image.width);
  const T horizontal = column.fraction;
  const long right = (column.high - column.low) * channels;
  upper += column.low * channels;
  lower += column.low * channels;
  to += begin * step + phase * channels;
  for (long i = begin; i < end; ++i, upper += channels, lower += channels, to += step)
    for_each_channel_panel<T, 1>(channels, [&](long c, auto, auto part) LANEWISE_INLINED {
      const auto along = [&](const T* left) LANEWISE_INLINED {
        return mix<T>(horizontal, part.load(left + c), part.load(left + right + c));
      };
      part.store(to + c,
                 vertical == T(0) ? along(upper) : mix<T>(vertical, along(upper), along(lower)));
    });
}

template <class T>
void bilinear_forward(const Enlargement& image, const T* x, T* y, long begin, long end) noexcept {
  const long width = image.width, line = width * image.channels;
  for (long o = begin; o < end; ++o) {
    const Blend<T> row =
        blend<T>(o / image.row_factor, o % image.row_factor, image.row_factor, image.height);
    const T *const upper = x + row.low * line, *const lower = x + row.high * line;
    T* const to = y + o * image.column_factor * line;
    for (long phase = 0; phase < image.column_factor; ++phase) {
      // Only a pixel at the border may be mixed otherwise.
      const long inner = smaller(1, width), last = width - 1 > inner ? width - 1 : inner;
      bilinear_pixels<T>(image, upper, lower, row.fraction, phase, 0, inner, to);
      bilinear_pixels<T>(image, upper, lower, row.fraction, phase, inner, last, to);
      bilinear_pixels<T>(image, upper, lower, row.fraction, phase, last, width, to);
    }
  }
}

// A pixel of y that one of x has a part in: where it begins, and its weight.
template <class T>
struct Use {
  long at;
  T weight;
};

// Adds the weighted pixels `uses` of the row `from` to the pixel `to`.
template <class T>
LANEWISE_INLINE void add_uses(const Use<T>* uses, int count, long channels, const T* from,
                              T* to) noexcept {
  for_each_channel_panel<T, 4>(channels, [&](long c, auto registers, auto part) LANEWISE_INLINED {
    constexpr int kRegisters = decltype(registers)::value;
    using Value = decltype(part.load(from));
    Value sum[kRegisters];
    LANEWISE_UNROLL
    for (int r = 0; r < kRegisters; ++r) sum[r] = part.load(to + c + r * kLanes<T>);
    for (int i = 0; i < count; ++i) {
      const T* const given = from + uses[i].at + c;
      LANEWISE_UNROLL
      for (int r = 0; r < kRegisters; ++r)
        sum[r] = sum[r] + Value(uses[i].weight) * part.load(given + r * kLanes<T>);
    }
    LANEWISE_UNROLL
    for (int r = 0; r < kRegisters; ++r) part.store(to + c + r * kLanes<T>, sum[r]);
  });
}

template <class T>
void bilinear_backward(const Enlargement& image, const T* dy, T* dx, long begin,
                       long end) noexcept {
  const long channels = image.channels, line = image.width * channels;
  for (long i = begin; i < end; ++i) {
    T* const to = dx + i * line;
    for_each_part<T>(line, [&](long k, auto part) { part.store(to + k, broadcast(T(0))); });
    for_each_use<T>(i, image.row_factor, image.height, [&](long row, T vertical) {
      const T* const from = dy + row * image.column_factor * line;
      for (long j = 0; j < image.width; ++j) {
        constexpr int kMost = 16;  // of a factor of 5
        Use<T> uses[kMost];
        int count = 0;
        for_each_use<T>(j, image.column_factor, image.width, [&](long column, T horizontal) {
          const T weight = vertical * horizontal;
          if (weight == 0) return;  // too small to be a number
          uses[count++] = {column * channels, weight};
          if (count < kMost) return;
          add_uses<T>(uses, count, channels, from, to + j * channels);
          count = 0;
        });
        add_uses<T>(uses, count, channels, from, to + j * channels);
      }
    });
  }
}

template <class T>
void nearest_forward(const Enlargement& image, const T* x, T* y, long begin, long end) noexcept {
  const long channels = image.channels, line = image.width * channels;
  T* to = y + begin * image.column_factor * line;
  for (long o = begin; o < end; ++o) {
    const T* from = x + o / image.row_factor * line;
    for (long i = 0; i < image.width; ++i, from += channels, to += image.column_factor * channels)
      for_each_channel_panel<T, 4>(
          channels, [&](long c, auto registers, auto part) LANEWISE_INLINED {
            constexpr int kRegisters = decltype(registers)::value;
            decltype(part.load(from)) pixel[kRegisters];
            LANEWISE_UNROLL
            for (int r = 0; r < kRegisters; ++r) pixel[r] = part.load(from + c + r * kLanes<T>);
            for (long k = 0; k < image.column_factor; ++k) {
              LANEWISE_UNROLL
              for (int r = 0; r < kRegisters; ++r)
                part.store(to + k * channels + c + r * kLanes<T>, pixel[r]);
            }
          });
  }
}

template <class T>
void nearest_backward(const Enlargement& image, const T* dy, T* dx, long begin, long end) noexcept {
  const long channels = image.channels, line = image.width * image.column_factor * channels;
  for (long i = begin; i < end; ++i)
    sum_blocks<T>({.count = image.width,
                   .channels = channels,
                   .x_step = image.column_factor * channels,
                   .y_step = channels,
                   .rows = image.row_factor,
                   .columns = image.column_factor,
                   .row_step = line,
                   .column_step = channels},
                  dy + i * image.row_factor * line, dx + i * image.width * channels);
}

template <class T>
constexpr ResamplingKernels<T> table() {
  return {{nearest_forward<T>, nearest_backward<T>}, {bilinear_forward<T>, bilinear_backward<T>}};
}

}  // namespace

constinit const ResamplingKernels<float> resampling_f32 = table<float>();
constinit const ResamplingKernels<double> resampling_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
