// Contract in rows.hpp. Compiled once per instruction set.
#include "simd/rows.hpp"

#include "simd/isa/parts.hpp"
#include "simd/isa/transpose.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
void scale_bytes(const std::uint8_t* x, T scale, T* y, long n) noexcept {
  const Register<T> factor = broadcast(scale);
  for_each_part<T>(n, [&](long i, auto part) {
    part.store(y + i, factor * part.template load_bytes<T>(x + i));
  });
}

// The sums of kRegisters * kLanes columns stay in registers while the rows go by.
template <class T, int kRegisters>
LANEWISE_INLINE void sum_panel(const T* x, long rows, long stride, T* sum) noexcept {
  Register<T> total[kRegisters];
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) total[r] = broadcast(T(0));
  for (long i = 0; i < rows; ++i) {
    LANEWISE_UNROLL
    for (int r = 0; r < kRegisters; ++r) total[r] = total[r] + load(x + i * stride + r * kLanes<T>);
  }
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) store(sum + r * kLanes<T>, total[r]);
}

template <class T>
void column_sums(const T* x, long rows, long columns, long stride, T* sum) noexcept {
  constexpr int kRegisters = 4;  // as many as hide the latency of an addition
  constexpr long kWide = kRegisters * kLanes<T>;
  long j = 0;
  for (; j + kWide <= columns; j += kWide) sum_panel<T, kRegisters>(x + j, rows, stride, sum + j);
  for (; j + kLanes<T> <= columns; j += kLanes<T>) sum_panel<T, 1>(x + j, rows, stride, sum + j);
  if (j < columns) {
    const int rest = static_cast<int>(columns - j);
    Register<T> total = broadcast(T(0));
    for (long i = 0; i < rows; ++i) total = total + load_first(x + i * stride + j, rest);
    store_first(sum + j, total, rest);
  }
}

// Finds the largest value by registers, then its position: two short passes over a row that is in
// the first-level cache beat one that carries positions along.
template <class T>
long argmax(const T* x, long n) noexcept {
  T best = x[0];
  if (n >= kLanes<T>) {
    Register<T> most = load(x);
    for (long i = kLanes<T>; i + kLanes<T> <= n; i += kLanes<T>) most = max<T>(most, load(x + i));
    most = max<T>(most, load(x + n - kLanes<T>));  // overlaps the last one
    best = reduce_max<T>(most);
  } else {
    for (long i = 1; i < n && best == best; ++i)
      if (!(x[i] <= best)) best = x[i];
  }
  long i = 0;
  if (best == best)
    while (x[i] != best) ++i;
  else
    while (x[i] == x[i]) ++i;
  return i;
}

// 0 x is 0 for every number, and NaN for the others: one multiply-add a register and one test a
// block, so that the loop runs at the speed of the loads.
template <class T>
bool all_finite(const T* x, long n) noexcept {
  constexpr int kRegisters = 8;  // 2 loads a cycle, 4 cycles of latency
  constexpr long kStep = kRegisters * kLanes<T>;
  constexpr long kBlock = 4096 / static_cast<long>(sizeof(T)) / kStep * kStep;
  const Register<T> zero = broadcast(T(0));
  for (long begin = 0; begin < n; begin += kBlock) {
    const long end = n - begin < kBlock ? n : begin + kBlock;
    Register<T> sum[kRegisters];
    LANEWISE_UNROLL
    for (int r = 0; r < kRegisters; ++r) sum[r] = zero;
    long i = begin;
    for (; i + kStep <= end; i += kStep) {
      LANEWISE_UNROLL
      for (int r = 0; r < kRegisters; ++r)
        sum[r] = fma<T>(load(x + i + r * kLanes<T>), zero, sum[r]);
    }
    for_each_part<T>(
        end - i, [&](long k, auto part) { sum[0] = fma<T>(part.load(x + i + k), zero, sum[0]); });
    LANEWISE_UNROLL
    for (int r = 1; r < kRegisters; ++r) sum[0] = sum[0] + sum[r];
    if (!(reduce_add<T>(sum[0]) == T(0))) return false;
  }
  return true;
}

template <class T>
bool all_within(const T* x, long n, T least, T most) noexcept {
  const Register<T> low = broadcast(least), high = broadcast(most);
  const Register<T> zero = broadcast(T(0)), one = broadcast(T(1));
  Register<T> outside = zero;  // how many, up to what T can count
  for_each_part<T>(n, [&](long i, auto part) {
    const Register<T> v = part.load(x + i);
    const Register<T> beyond = select<T>(v >= low, select<T>(v <= high, zero, one), one);
    outside = outside + part.keep(beyond);
  });
  return reduce_add<T>(outside) == T(0);
}

// A square of kLanes rows and columns, or the part of one that is left: nothing beside it is read
// or written.
template <class T>
LANEWISE_INLINE void transpose_square(const T* x, long x_stride, T* y, long y_stride, int rows,
                                      int columns) noexcept {
  Register<T> square[kLanes<T>];
  if (rows == kLanes<T> && columns == kLanes<T>) {
    LANEWISE_UNROLL
    for (int i = 0; i < kLanes<T>; ++i) square[i] = load(x + i * x_stride);
    transpose<T>(square);
    LANEWISE_UNROLL
    for (int j = 0; j < kLanes<T>; ++j) store(y + j * y_stride, square[j]);
    return;
  }
  for (int i = 0; i < kLanes<T>; ++i)
    square[i] = i < rows ? load_first(x + i * x_stride, columns) : broadcast(T(0));
  transpose<T>(square);
  for (int j = 0; j < columns; ++j) store_first(y + j * y_stride, square[j], rows);
}

template <class T>
void transpose_rows(const T* x, long x_stride, T* y, long y_stride, long rows,
                    long columns) noexcept {
  constexpr long kFew = kLanes<T> / 4;  // of so few, squares would be empty for the most part
  if (rows <= kFew || columns <= kFew) {
    // Unrolled, since a loop of two instructions runs as fast as it happens to be aligned.
    for (long j = 0; j < columns; ++j) {
#pragma GCC unroll 8
      for (long i = 0; i < rows; ++i) y[j * y_stride + i] = x[i * x_stride + j];
    }
    return;
  }
  for (long i = 0; i < rows; i += kLanes<T>)
    for (long j = 0; j < columns; j += kLanes<T>)
      transpose_square(x + i * x_stride + j, x_stride, y + j * y_stride + i, y_stride,
                       static_cast<int>(rows - i < kLanes<T> ? rows - i : kLanes<T>),
                       static_cast<int>(columns - j < kLanes<T> ? columns - j : kLanes<T>));
}

template <class T>
constexpr RowsKernels<T> table() {
  return {.scale_bytes = scale_bytes<T>,
          .column_sums = column_sums<T>,
          .argmax = argmax<T>,
          .all_finite = all_finite<T>,
          .all_within = all_within<T>,
          .transpose = transpose_rows<T>};
}

}  // namespace

constinit const RowsKernels<float> rows_f32 = table<float>();
constinit const RowsKernels<double> rows_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
