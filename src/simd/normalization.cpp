// Contract in normalization.hpp. Compiled once per instruction set.
//
// Down columns, each lane of a register of doubles keeps to its column:
//
//            j  j+1 j+2 j+3
//   row i    x   x   x   x     -> four doubles, added to four sums
//   row i+1  x   x   x   x
//
// Moments take one pass: the sums of the deviations d from the first number, and of their squares
//
//   mean = first + sum(d) / n,   n variance = sum(d^2) - sum(d)^2 / n
//
// (Chan, Golub, LeVeque, "Algorithms for computing the sample variance", 1983, which has the
// merging of blocks too). What the difference loses depends on how far from the mean the first
// number lies: one of n numbers is within sqrt(n - 1) deviations of it, so that the variance keeps
// all but log2(n) bits of a double whatever the numbers are. Blocks of rows are short enough for
// that to be six bits in batch normalization.
#include "simd/normalization.hpp"

#include "simd/isa/virtual_lanes.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

constexpr long kDoubles = kLanes<double>;
constexpr int kRegisters = 4;    // as many as hide the latency of an addition
constexpr long kBlockRows = 64;  // of 64 columns: 16 KiB of float, 32 of double

using Doubles = Register<double>;

// Prefetches what is read at x sixteen rows later, if register r of a row begins a cache line. The
// pieces of 64 columns are no stream that a processor would see by itself: sums of a matrix of
// 25,088 x 64 take 268 instead of 379 us with AVX-512, 295 instead of 408 with AVX2.
template <class T>
LANEWISE_INLINE void prefetch_below(const T* x, long stride, int r) noexcept {
  constexpr long kRowsAhead = 16, kLine = 64 / static_cast<long>(sizeof(T));
  if (r * kDoubles % kLine == 0) __builtin_prefetch(x + kRowsAhead * stride);
}

// body(j, registers, part) for groups of kRegisters registers of doubles, then for single ones.
template <class Body>
LANEWISE_INLINE void for_each_column(long n, Body body) noexcept {
  long j = 0;
  for (; j + kRegisters * kDoubles <= n; j += kRegisters * kDoubles)
    body(j, IntegralConstant<kRegisters>{}, WholeRegister{});
  for_each_part<double>(n - j,
                        [&](long k, auto part) { body(j + k, IntegralConstant<1>{}, part); });
}

// The block's weight in the merged moments of `count` rows so far and of its own.
struct Merge {
  Doubles inverse_rows, mean_weight, square_weight;
};

template <class T, int kWide, class Part>
LANEWISE_INLINE void merge_block(Part part, const T* x, long rows, long stride, const Merge& merge,
                                 double* mean, double* squares) noexcept {
  Doubles pivot[kWide], sum[kWide], square[kWide];
  LANEWISE_UNROLL
  for (int r = 0; r < kWide; ++r) {
    pivot[r] = part.load_as_double(x + r * kDoubles);
    sum[r] = square[r] = broadcast(0.0);
  }
  for (long i = 1; i < rows; ++i) {
    LANEWISE_UNROLL
    for (int r = 0; r < kWide; ++r) {
      const T* const from = x + i * stride + r * kDoubles;
      prefetch_below(from, stride, r);
      const Doubles d = part.load_as_double(from) - pivot[r];
      sum[r] = sum[r] + d;
      square[r] = fma<double>(d, d, square[r]);
    }
  }
  LANEWISE_UNROLL
  for (int r = 0; r < kWide; ++r) {
    double *const to = mean + r * kDoubles, *const squares_to = squares + r * kDoubles;
    const Doubles off = sum[r] * merge.inverse_rows, before = part.load(to);
    const Doubles delta = (pivot[r] + off) - before;
    const Doubles own = fnma<double>(off, sum[r], square[r]);
    part.store(to, fma<double>(delta, merge.mean_weight, before));
    part.store(squares_to,
               part.load(squares_to) + fma<double>(delta * delta, merge.square_weight, own));
  }
}

template <class T>
void column_moments(const T* x, long rows, long columns, long stride, long count, double* mean,
                    double* squares) noexcept {
  for (long begin = 0; begin < rows; begin += kBlockRows) {
    const long block = rows - begin < kBlockRows ? rows - begin : kBlockRows;
    const auto added = static_cast<double>(block), before = static_cast<double>(count + begin);
    const Merge merge{broadcast(1 / added), broadcast(added / (before + added)),
                      broadcast(before * added / (before + added))};
    const T* const from = x + begin * stride;
    for_each_column(columns, [&](long j, auto registers, auto part) {
      merge_block<T, registers.value>(part, from + j, block, stride, merge, mean + j, squares + j);
    });
  }
}

template <class T>
void column_products(const T* x, const T* dy, long rows, long columns, long stride,
                     const double* mean, double* sum, double* product) noexcept {
  for (long begin = 0; begin < rows; begin += kBlockRows) {
    const long block = rows - begin < kBlockRows ? rows - begin : kBlockRows;
    for_each_column(columns, [&](long j, auto registers, auto part) {
      constexpr int kWide = decltype(registers)::value;
      Doubles center[kWide], total[kWide], products[kWide];
      LANEWISE_UNROLL
      for (int r = 0; r < kWide; ++r) {
        center[r] = part.load(mean + j + r * kDoubles);
        total[r] = part.load(sum + j + r * kDoubles);
        products[r] = part.load(product + j + r * kDoubles);
      }
      for (long i = begin; i < begin + block; ++i) {
        LANEWISE_UNROLL
        for (int r = 0; r < kWide; ++r) {
          const long at = i * stride + j + r * kDoubles;
          prefetch_below(x + at, stride, r);
          prefetch_below(dy + at, stride, r);
          const Doubles d = part.load_as_double(dy + at);
          total[r] = total[r] + d;
          products[r] = fma<double>(d, part.load_as_double(x + at) - center[r], products[r]);
        }
      }
      LANEWISE_UNROLL
      for (int r = 0; r < kWide; ++r) {
        part.store(sum + j + r * kDoubles, total[r]);
        part.store(product + j + r * kDoubles, products[r]);
      }
    });
  }
}

// kRows rows at a time share the loads of the columns' constants.
template <class T, int kRows>
LANEWISE_INLINE void scale_rows(const T* x, const T* mean, const T* scale, const T* shift, T* y,
                                long columns) noexcept {
  for_each_part<T>(columns, [=](long j, auto part) {
    const Register<T> m = part.load(mean + j), a = part.load(scale + j), b = part.load(shift + j);
    LANEWISE_UNROLL
    for (int r = 0; r < kRows; ++r)
      part.store(y + r * columns + j, fma<T>(part.load(x + r * columns + j) - m, a, b));
  });
}

template <class T>
void batch_norm(const T* x, const T* mean, const T* scale, const T* shift, T* y, long rows,
                long columns) noexcept {
  constexpr int kRows = 4;
  long i = 0;
  for (; i + kRows <= rows; i += kRows)
    scale_rows<T, kRows>(x + i * columns, mean, scale, shift, y + i * columns, columns);
  for (; i < rows; ++i)
    scale_rows<T, 1>(x + i * columns, mean, scale, shift, y + i * columns, columns);
}

template <class T, int kRows>
LANEWISE_INLINE void combine_rows(const T* x, const T* dy, const T* mean, const T* scale,
                                  const T* slope, const T* shift, T* dx, long columns) noexcept {
  for_each_part<T>(columns, [=](long j, auto part) {
    const Register<T> m = part.load(mean + j), a = part.load(scale + j);
    const Register<T> p = part.load(slope + j), b = part.load(shift + j);
    LANEWISE_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const long at = r * columns + j;
      const Register<T> along = fma<T>(part.load(dy + at), a, b);
      part.store(dx + at, fma<T>(part.load(x + at) - m, p, along));
    }
  });
}

template <class T>
void batch_norm_backward(const T* x, const T* dy, const T* mean, const T* scale, const T* slope,
                         const T* shift, T* dx, long rows, long columns) noexcept {
  constexpr int kRows = 4;
  long i = 0;
  for (; i + kRows <= rows; i += kRows)
    combine_rows<T, kRows>(x + i * columns, dy + i * columns, mean, scale, slope, shift,
                           dx + i * columns, columns);
  for (; i < rows; ++i)
    combine_rows<T, 1>(x + i * columns, dy + i * columns, mean, scale, slope, shift,
                       dx + i * columns, columns);
}

struct Moments {
  double mean, variance;
};

// Sums of two groups of doubles, which take turns: as many as hide the latency of an addition.
struct Sums {
  Group<double> even = zeros<double>(), odd = zeros<double>();

  LANEWISE_INLINE double total() const noexcept { return reduce_add(even + odd); }
};

// body(j, part, turn) for groups of doubles, turn naming one of the Sums.
template <class Body>
LANEWISE_INLINE void take_turns(long n, Body body) noexcept {
  constexpr long kGroup = kVirtualLanes<double>;
  long j = 0;
  for (; j + 2 * kGroup <= n; j += 2 * kGroup) {
    body(j, WholeGroup{}, &Sums::even);
    body(j + kGroup, WholeGroup{}, &Sums::odd);
  }
  for_each_group<double>(
      n - j, [&](long k, auto part) LANEWISE_INLINED { body(j + k, part, &Sums::even); });
}

template <class T>
LANEWISE_INLINE Moments row_moments(const T* x, long n) noexcept {
  const auto first = static_cast<double>(x[0]), count = static_cast<double>(n);
  const Doubles pivot = broadcast(first);
  Sums sum, square;
  take_turns(n, [&](long j, auto part, auto turn) LANEWISE_INLINED {
    const Group<double> d = part.keep(part.load_as_double(x + j) - pivot);
    sum.*turn = sum.*turn + d;
    square.*turn = fma<double>(d, d, square.*turn);
  });
  const double off = sum.total();
  return {first + off / count, (square.total() - off * (off / count)) / count};
}

template <class T>
void layer_norm(const T* x, const T* gamma, const T* beta, double epsilon, T* mean, T* lost,
                T* variance, T* y, long rows, long columns) noexcept {
  for (long i = 0; i < rows; ++i, x += columns, y += columns) {
    const Moments moments = row_moments(x, columns);
    mean[i] = static_cast<T>(moments.mean);
    const double rest = moments.mean - static_cast<double>(mean[i]);
    lost[i] = static_cast<T>(rest);
    variance[i] = static_cast<T>(moments.variance);
    const double inverse = 1 / __builtin_sqrt(moments.variance + epsilon);
    const Register<T> m = broadcast(mean[i]), a = broadcast(static_cast<T>(inverse));
    const Register<T> b = broadcast(static_cast<T>(-rest * inverse));
    for_each_part<T>(columns, [=](long j, auto part) {
      Register<T> value = fma<T>(part.load(x + j) - m, a, b);
      if (gamma != nullptr) value = value * part.load(gamma + j);
      if (beta != nullptr) value = value + part.load(beta + j);
      part.store(y + j, value);
    });
  }
}

template <class T>
void layer_norm_backward(const T* x, const T* dy, const T* gamma, double epsilon, const T* mean,
                         const T* lost, const T* variance, T* dx, double* dgamma, double* dbeta,
                         long rows, long columns) noexcept {
  for (long i = 0; i < rows; ++i, x += columns, dy += columns) {
    const auto rounded = static_cast<double>(mean[i]), rest = static_cast<double>(lost[i]);
    const double inverse = 1 / __builtin_sqrt(static_cast<double>(variance[i]) + epsilon);
    const Doubles center = broadcast(rounded + rest), factor = broadcast(inverse);
    Sums sum, dot;
    take_turns(columns, [&](long j, auto part, auto turn) LANEWISE_INLINED {
      Group<double> d = part.load_as_double(dy + j);
      const Group<double> normal = (part.load_as_double(x + j) - center) * factor;
      part.store(dbeta + j, part.load(dbeta + j) + d);
      part.store(dgamma + j, fma<double>(d, normal, part.load(dgamma + j)));
      if (gamma != nullptr) d = d * part.load_as_double(gamma + j);
      sum.*turn = sum.*turn + d;
      dot.*turn = fma<double>(d, normal, dot.*turn);
    });
    if (dx == nullptr) continue;
    // dx = inverse (d - mean(d) - normal mean(d normal)) with d = dy gamma
    const double slope = -inverse * inverse * dot.total() / static_cast<double>(columns);
    const double shift = -inverse * sum.total() / static_cast<double>(columns) - slope * rest;
    const Register<T> m = broadcast(mean[i]), a = broadcast(static_cast<T>(inverse));
    const Register<T> p = broadcast(static_cast<T>(slope)), b = broadcast(static_cast<T>(shift));
    for_each_part<T>(columns, [=](long j, auto part) {
      Register<T> d = part.load(dy + j);
      if (gamma != nullptr) d = d * part.load(gamma + j);
      part.store(dx + j, fma<T>(part.load(x + j) - m, p, fma<T>(d, a, b)));
    });
    dx += columns;
  }
}

template <class T>
constexpr NormalizationKernels<T> table() {
  return {column_moments<T>,      column_products<T>, batch_norm<T>,
          batch_norm_backward<T>, layer_norm<T>,      layer_norm_backward<T>};
}

}  // namespace

constinit const NormalizationKernels<float> normalization_f32 = table<float>();
constinit const NormalizationKernels<double> normalization_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
