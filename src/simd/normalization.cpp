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

#include "simd/isa/lines_ahead.hpp"
#include "simd/isa/virtual_lanes.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

constexpr long kDoubles = kLanes<double>;
constexpr int kRegisters = 4;  // as many as hide the latency of an addition
// Rows of 64 columns: 16 KiB of float, 32 of double, and as much of two matrices. Of float this
// block and the next one fit into 32 KiB, the smallest first-level cache in use.
constexpr long kBlockRows = 64, kProductRows = 32;

using Doubles = Register<double>;

// a + b, as a * 1 + b where that is fused: the same bits on the pipes of products. AMD's
// processors since Zen have two pipes for additions and conversions and two for products, which are
// idle where floats are converted and added; others lose nothing. (Compilers that would make an
// addition of it again do not see the 1.)
LANEWISE_INLINE Doubles add_as_product(Doubles a, Doubles b) noexcept {
  if constexpr (kFused)
    return fma<double>(a, in_register(broadcast(1.0)), b);
  else
    return a + b;
}
LANEWISE_INLINE Group<double> add_as_product(const Group<double>& a, Doubles b) noexcept {
  return map<double>([b](Doubles x) LANEWISE_INLINED { return add_as_product(x, b); }, a);
}

// Prefetches what is read 4 KiB after x: of two arrays that are read and one that is written, a
// processor follows not all by itself.
template <class T>
LANEWISE_INLINE void prefetch_ahead(const T* x) noexcept {
  __builtin_prefetch(x + 4096 / sizeof(T));
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
LANEWISE_INLINE void merge_block(Part part, const T* x, long j, long rows, long stride,
                                 LinesAhead& lines_ahead, const Merge& merge, double* mean,
                                 double* squares) noexcept {
  Doubles minus_pivot[kWide], sum[kWide], square[kWide];
  LANEWISE_UNROLL
  for (int r = 0; r < kWide; ++r) {
    minus_pivot[r] = -part.load_as_double(x + j + r * kDoubles);
    sum[r] = square[r] = broadcast(0.0);
  }
  LinesAhead ahead = lines_ahead;  // a copy: what lies behind a reference is stored at every step
  for (long i = 1; i < rows; ++i) {
    ahead.prefetch(kWide * kDoubles, x);
    LANEWISE_UNROLL
    for (int r = 0; r < kWide; ++r) {
      const T* const from = x + i * stride + j + r * kDoubles;
      const Doubles d = add_as_product(part.load_as_double(from), minus_pivot[r]);
      sum[r] = sum[r] + d;
      square[r] = fma<double>(d, d, square[r]);
    }
  }
  lines_ahead = ahead;
  LANEWISE_UNROLL
  for (int r = 0; r < kWide; ++r) {
    double *const to = mean + j + r * kDoubles, *const squares_to = squares + j + r * kDoubles;
    const Doubles off = sum[r] * merge.inverse_rows, before = part.load(to);
    const Doubles delta = (off - minus_pivot[r]) - before;
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
    LinesAhead ahead(block, rows - begin, columns, stride);
    for_each_column(columns, [&](long j, auto registers, auto part) {
      merge_block<T, registers.value>(part, from, j, block, stride, ahead, merge, mean, squares);
    });
  }
}

template <class T>
void column_products(const T* x, const T* dy, long rows, long columns, long stride,
                     const double* mean, double* sum, double* product) noexcept {
  for (long begin = 0; begin < rows; begin += kProductRows) {
    const long block = rows - begin < kProductRows ? rows - begin : kProductRows;
    const T *const from = x + begin * stride, *const dy_from = dy + begin * stride;
    LinesAhead lines_ahead(block, rows - begin, columns, stride);
    for_each_column(columns, [&](long j, auto registers, auto part) {
      constexpr int kWide = decltype(registers)::value;
      Doubles minus_mean[kWide], total[kWide], products[kWide];
      LANEWISE_UNROLL
      for (int r = 0; r < kWide; ++r) {
        minus_mean[r] = -part.load(mean + j + r * kDoubles);
        total[r] = part.load(sum + j + r * kDoubles);
        products[r] = part.load(product + j + r * kDoubles);
      }
      LinesAhead ahead = lines_ahead;  // a copy, as above
      for (long i = 0; i < block; ++i) {
        ahead.prefetch(kWide * kDoubles, from, dy_from);
        LANEWISE_UNROLL
        for (int r = 0; r < kWide; ++r) {
          const long at = i * stride + j + r * kDoubles;
          const Doubles d = part.load_as_double(dy_from + at);
          total[r] = total[r] + d;
          const Doubles e = add_as_product(part.load_as_double(from + at), minus_mean[r]);
          products[r] = fma<double>(d, e, products[r]);
        }
      }
      lines_ahead = ahead;
      LANEWISE_UNROLL
      for (int r = 0; r < kWide; ++r) {
        part.store(sum + j + r * kDoubles, total[r]);
        part.store(product + j + r * kDoubles, products[r]);
      }
    });
  }
}

// Row by row, in the order of memory. To take four rows at once and load the columns' constants
// once for them is a twentieth faster in caches, and a third slower beyond.
template <class T>
void batch_norm(const T* x, const T* mean, const T* scale, const T* shift, T* y, long rows,
                long columns) noexcept {
  for (long i = 0; i < rows; ++i, x += columns, y += columns)
    for_each_part<T>(columns, [=](long j, auto part) {
      const Register<T> d = part.load(x + j) - part.load(mean + j);
      part.store(y + j, fma<T>(d, part.load(scale + j), part.load(shift + j)));
    });
}

template <class T>
void batch_norm_backward(const T* x, const T* dy, const T* mean, const T* scale, const T* slope,
                         const T* shift, T* dx, long rows, long columns) noexcept {
  for (long i = 0; i < rows; ++i, x += columns, dy += columns, dx += columns)
    for_each_part<T>(columns, [=](long j, auto part) {
      prefetch_ahead(x + j);
      prefetch_ahead(dy + j);
      const Register<T> along =
          fma<T>(part.load(dy + j), part.load(scale + j), part.load(shift + j));
      const Register<T> d = part.load(x + j) - part.load(mean + j);
      part.store(dx + j, fma<T>(d, part.load(slope + j), along));
    });
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
  const Doubles minus_pivot = broadcast(-first);
  Sums sum, square;
  take_turns(n, [&](long j, auto part, auto turn) LANEWISE_INLINED {
    const Group<double> d = part.keep(add_as_product(part.load_as_double(x + j), minus_pivot));
    sum.*turn = sum.*turn + d;
    square.*turn = fma<double>(d, d, square.*turn);
  });
  const double off = sum.total();
  return {first + off / count, (square.total() - off * (off / count)) / count};
}

// y = (x - mean) scale + shift along a row, where the shift knows what the mean lost.
template <class T>
struct RowScale {
  T mean, scale, shift;
};

template <class T>
LANEWISE_INLINE RowScale<T> row_scale(const T* x, double epsilon, T* mean, T* lost, T* variance,
                                      long columns) noexcept {
  const Moments moments = row_moments(x, columns);
  *mean = static_cast<T>(moments.mean);
  const double rest = moments.mean - static_cast<double>(*mean);
  *lost = static_cast<T>(rest);
  *variance = static_cast<T>(moments.variance);
  const double inverse = 1 / __builtin_sqrt(moments.variance + epsilon);
  return {*mean, static_cast<T>(inverse), static_cast<T>(-rest * inverse)};
}

// The sums of a row are taken before the row above it is written: the divisions and the root that
// follow them take as long as a hundred elements, and the processor writes meanwhile.
template <class T>
void layer_norm(const T* x, const T* gamma, const T* beta, double epsilon, T* mean, T* lost,
                T* variance, T* y, long rows, long columns) noexcept {
  RowScale<T> next{};
  for (long i = 0; i <= rows; ++i) {
    const Register<T> m = broadcast(next.mean), a = broadcast(next.scale);
    const Register<T> b = broadcast(next.shift);
    if (i < rows)
      next = row_scale(x + i * columns, epsilon, mean + i, lost + i, variance + i, columns);
    if (i == 0) continue;
    const T* const from = x + (i - 1) * columns;
    T* const to = y + (i - 1) * columns;
    for_each_part<T>(columns, [=](long j, auto part) {
      Register<T> value = fma<T>(part.load(from + j) - m, a, b);
      if (gamma != nullptr) value = value * part.load(gamma + j);
      if (beta != nullptr) value = value + part.load(beta + j);
      part.store(to + j, value);
    });
  }
}

// The arguments of layer_norm_backward.
template <class T>
struct LayerGradient {
  const T *x, *dy, *gamma;
  double epsilon;
  const T *mean, *lost, *variance;
  T* dx;
  double *dgamma, *dbeta;
  long columns;
};

// kRows rows share what is loaded and stored of the columns. With d = dy gamma and e = x - mean,
// the sums of d and of d e are all that is needed of a row:
//
//   dx = inverse (d - mean(d) - e inverse^2 mean(d e))
//
// While they are taken, the next rows of x and the memory of dx are prefetched, in the order of
// memory; the next rows of dy while dx is written. Rows side by side are no stream that a processor
// would see by itself.
template <class T, int kRows>
LANEWISE_INLINE void layer_gradient(const LayerGradient<T>& all, long i) noexcept {
  const long columns = all.columns;
  const T *const x = all.x + i * columns, *const dy = all.dy + i * columns,
                 *const gamma = all.gamma;
  // x again where there is no dx, so that no loop asks.
  const T* const written_next = all.dx != nullptr ? all.dx + i * columns : x;
  double *const dgamma = all.dgamma, *const dbeta = all.dbeta;
  double rest[kRows], inverse[kRows];
  Doubles center[kRows], factor[kRows];
  Group<double> sum[kRows], dot[kRows];
  LANEWISE_UNROLL
  for (int k = 0; k < kRows; ++k) {
    rest[k] = static_cast<double>(all.lost[i + k]);
    inverse[k] = 1 / __builtin_sqrt(static_cast<double>(all.variance[i + k]) + all.epsilon);
    center[k] = broadcast(static_cast<double>(all.mean[i + k]) + rest[k]);
    factor[k] = broadcast(inverse[k]);
    sum[k] = dot[k] = zeros<double>();
  }
  for_each_register_of_groups<double>(columns, [&](long j, auto part, int r) LANEWISE_INLINED {
    if (r == 0) {
      prefetch_lines(x + kRows * (columns + j), kRows * kVirtualLanes<double>);
      prefetch_lines(written_next + kRows * j, kRows * kVirtualLanes<double>);
    }
    const Doubles scale = part.load_as_double(gamma + j);
    Doubles dg = part.load(dgamma + j), db = part.load(dbeta + j);
    LANEWISE_UNROLL
    for (int k = 0; k < kRows; ++k) {
      const long at = k * columns + j;
      const Doubles d = part.load_as_double(dy + at);
      const Doubles e = part.load_as_double(x + at) - center[k];
      const Doubles product = d * e;
      db = db + d;
      dg = fma<double>(product, factor[k], dg);
      sum[k][r] = fma<double>(d, scale, sum[k][r]);
      dot[k][r] = fma<double>(product, scale, dot[k][r]);
    }
    part.store(dgamma + j, dg);
    part.store(dbeta + j, db);
  });
  if (all.dx == nullptr) return;
  LANEWISE_UNROLL
  for (int k = 0; k < kRows; ++k) {
    const double share = -inverse[k] / static_cast<double>(columns);
    // Not the cube of `inverse`, which may be beyond a double.
    const double slope = share * inverse[k] * (inverse[k] * reduce_add(dot[k]));
    const double shift = share * reduce_add(sum[k]) - slope * rest[k];
    const Register<T> m = broadcast(all.mean[i + k]), a = broadcast(static_cast<T>(inverse[k]));
    const Register<T> p = broadcast(static_cast<T>(slope)), b = broadcast(static_cast<T>(shift));
    const T *const x_row = x + k * columns, *const dy_row = dy + k * columns;
    T* const dx_row = all.dx + (i + k) * columns;
    for_each_part<T>(columns, [=](long j, auto part) {
      __builtin_prefetch(dy_row + kRows * columns + j);
      const Register<T> d = part.load(dy_row + j) * part.load(gamma + j);
      part.store(dx_row + j, fma<T>(part.load(x_row + j) - m, p, fma<T>(d, a, b)));
    });
  }
}

template <class T>
void layer_norm_backward(const T* x, const T* dy, const T* gamma, double epsilon, const T* mean,
                         const T* lost, const T* variance, T* dx, double* dgamma, double* dbeta,
                         long rows, long columns) noexcept {
  const LayerGradient<T> all{.x = x,
                             .dy = dy,
                             .gamma = gamma,
                             .epsilon = epsilon,
                             .mean = mean,
                             .lost = lost,
                             .variance = variance,
                             .dx = dx,
                             .dgamma = dgamma,
                             .dbeta = dbeta,
                             .columns = columns};
  constexpr int kRows = 2;
  long i = 0;
  for (; i + kRows <= rows; i += kRows) layer_gradient<T, kRows>(all, i);
  for (; i < rows; ++i) layer_gradient<T, 1>(all, i);
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
