// Contract in resampling.hpp. Compiled once per instruction set.
//
// Rows and columns are enlarged in the same way: pixel o = i * factor + phase of y mixes two
// neighbours of i in x. An interpolation says how by two functions: blend() the pixels that o is
// made of, and for_each_use() the pixels of y that one of x has a part in.
#include "simd/resampling.hpp"

#include "simd/isa/windows.hpp"

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
template <class T>
LANEWISE_INLINE Register<T> mix(T fraction, Register<T> a, Register<T> b) noexcept {
  if (fraction == T(0)) return a;
  return broadcast(T(1) - fraction) * a + broadcast(fraction) * b;
}

template <class T>
void bilinear_forward(const Enlargement& image, const T* x, T* y, long begin, long end) noexcept {
  const long channels = image.channels, line = image.width * channels;
  T* to = y + begin * image.column_factor * line;
  for (long o = begin; o < end; ++o) {
    const Blend<T> row =
        blend<T>(o / image.row_factor, o % image.row_factor, image.row_factor, image.height);
    const T *const upper = x + row.low * line, *const lower = x + row.high * line;
    for (long i = 0; i < image.width; ++i)
      for (long phase = 0; phase < image.column_factor; ++phase, to += channels) {
        const Blend<T> column = blend<T>(i, phase, image.column_factor, image.width);
        const long left = column.low * channels, right = column.high * channels;
        for_each_part<T>(channels, [&](long c, auto part) {
          const auto along = [&](const T* line_of_x) {
            return mix<T>(column.fraction, part.load(line_of_x + left + c),
                          part.load(line_of_x + right + c));
          };
          part.store(to + c, row.fraction == T(0)
                                 ? along(upper)
                                 : mix<T>(row.fraction, along(upper), along(lower)));
        });
      }
  }
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
      for (long j = 0; j < image.width; ++j)
        for_each_panel<T, 4>(channels, [&](long c, auto registers, auto part) {
          constexpr int kRegisters = decltype(registers)::value;
          T* const pixel = to + j * channels + c;
          Register<T> sum[kRegisters];
          LANEWISE_UNROLL
          for (int r = 0; r < kRegisters; ++r) sum[r] = part.load(pixel + r * kLanes<T>);
          for_each_use<T>(j, image.column_factor, image.width, [&](long column, T horizontal) {
            const T weight = vertical * horizontal;
            if (weight == 0) return;  // too small to be a number
            const T* const given = from + column * channels + c;
            LANEWISE_UNROLL
            for (int r = 0; r < kRegisters; ++r)
              sum[r] = sum[r] + broadcast(weight) * part.load(given + r * kLanes<T>);
          });
          LANEWISE_UNROLL
          for (int r = 0; r < kRegisters; ++r) part.store(pixel + r * kLanes<T>, sum[r]);
        });
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
      for_each_part<T>(channels, [&](long c, auto part) {
        const Register<T> value = part.load(from + c);
        for (long k = 0; k < image.column_factor; ++k) part.store(to + k * channels + c, value);
      });
  }
}

template <class T>
void nearest_backward(const Enlargement& image, const T* dy, T* dx, long begin, long end) noexcept {
  const long channels = image.channels, line = image.width * image.column_factor * channels;
  T* to = dx + begin * image.width * channels;
  for (long i = begin; i < end; ++i)
    for (long j = 0; j < image.width; ++j, to += channels) {
      const T* const block = dy + i * image.row_factor * line + j * image.column_factor * channels;
      for_each_panel<T, 4>(channels, [&](long c, auto registers, auto part) {
        constexpr int kRegisters = decltype(registers)::value;
        Register<T> sum[kRegisters];
        LANEWISE_UNROLL
        for (int r = 0; r < kRegisters; ++r) sum[r] = broadcast(T(0));
        for (long row = 0; row < image.row_factor; ++row)
          for (long column = 0; column < image.column_factor; ++column) {
            const T* const given = block + row * line + column * channels + c;
            LANEWISE_UNROLL
            for (int r = 0; r < kRegisters; ++r) sum[r] = sum[r] + part.load(given + r * kLanes<T>);
          }
        LANEWISE_UNROLL
        for (int r = 0; r < kRegisters; ++r) part.store(to + c + r * kLanes<T>, sum[r]);
      });
    }
}

template <class T>
constexpr ResamplingKernels<T> table() {
  return {{nearest_forward<T>, nearest_backward<T>}, {bilinear_forward<T>, bilinear_backward<T>}};
}

}  // namespace

constinit const ResamplingKernels<float> resampling_f32 = table<float>();
constinit const ResamplingKernels<double> resampling_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
