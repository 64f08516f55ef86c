#pragma once
// Operations over the rows of a row-major batch. Arrays may have any alignment.
#include <cstdint>

#include "simd/family.hpp"

namespace lanewise::simd {

template <class T>
struct RowsKernels {
  // y[i] = scale * x[i] for i in [0, n). One rounding: the same bits on every instruction set.
  void (*scale_bytes)(const std::uint8_t* x, T scale, T* y, long n) noexcept;

  // sum[j] = sum over i of x[i * stride + j] for j in [0, columns), the rows added in order.
  // sum is written only; with no rows it is zero.
  void (*column_sums)(const T* x, long rows, long columns, long stride, T* sum) noexcept;

  // The position of the largest of x[0..n), the first of equal ones, or of the first NaN; n >= 1.
  long (*argmax)(const T* x, long n) noexcept;

  // Whether none of x[0..n) is infinite or NaN.
  bool (*all_finite)(const T* x, long n) noexcept;

  // Whether least <= x[i] <= most for all of x[0..n); NaN is not.
  bool (*all_within)(const T* x, long n, T least, T most) noexcept;

  // y[j * y_stride + i] = x[i * x_stride + j] for i in [0, rows), j in [0, columns).
  void (*transpose)(const T* x, long x_stride, T* y, long y_stride, long rows,
                    long columns) noexcept;
};

LANEWISE_DECLARE_FAMILY(RowsKernels, rows)

}  // namespace lanewise::simd
