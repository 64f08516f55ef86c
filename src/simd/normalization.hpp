#pragma once
// Batch and layer normalization of a row-major (rows, columns) matrix. Arrays may have any
// alignment; an output may be one of the inputs where that is said.
//
// All sums are double. A mean is handed on as two numbers of T, the mean rounded to T and what the
// rounding lost: x - mean is then exact to the last bit for a mean of 10,000 and a deviation of 1.
#include "simd/family.hpp"

namespace lanewise::simd {

template <class T>
struct NormalizationKernels {
  // Takes `rows` more rows into the mean and the sum of squared deviations from it of each of
  // `columns` columns, which stand for `count` rows so far (0: both are zeros). Row i begins at
  // x + i * stride.
  void (*column_moments)(const T* x, long rows, long columns, long stride, long count, double* mean,
                         double* squares) noexcept;

  // sum[j] += dy[i, j] and product[j] += dy[i, j] (x[i, j] - mean[j]), rows in order.
  void (*column_products)(const T* x, const T* dy, long rows, long columns, long stride,
                          const double* mean, double* sum, double* product) noexcept;

  // y[i, j] = (x[i, j] - mean[j]) scale[j] + shift[j], rows without gaps. y may be x.
  void (*batch_norm)(const T* x, const T* mean, const T* scale, const T* shift, T* y, long rows,
                     long columns) noexcept;

  // dx[i, j] = dy[i, j] scale[j] + (x[i, j] - mean[j]) slope[j] + shift[j]. dx may be x or dy.
  void (*batch_norm_backward)(const T* x, const T* dy, const T* mean, const T* scale,
                              const T* slope, const T* shift, T* dx, long rows,
                              long columns) noexcept;

  // y[i, j] = (x[i, j] - mean) / sqrt(variance + epsilon) gamma[j] + beta[j] with the moments of
  // row i, which go to mean[i], lost[i] and variance[i]. gamma, beta: null for all 1, all 0.
  // y may be x.
  void (*layer_norm)(const T* x, const T* gamma, const T* beta, double epsilon, T* mean, T* lost,
                     T* variance, T* y, long rows, long columns) noexcept;

  // From those moments, dx, and added to dgamma and dbeta the sums down the columns, rows in order.
  // dx: null if not wanted, may be dy. gamma, dgamma and dbeta: never null.
  void (*layer_norm_backward)(const T* x, const T* dy, const T* gamma, double epsilon,
                              const T* mean, const T* lost, const T* variance, T* dx,
                              double* dgamma, double* dbeta, long rows, long columns) noexcept;
};

LANEWISE_DECLARE_FAMILY(NormalizationKernels, normalization)

}  // namespace lanewise::simd
