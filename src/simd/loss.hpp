#pragma once
// Losses with their gradients. A kernel returns the sum of the losses of what it was given, in
// double, and writes `scale` times each derivative unless the pointer is null. What the sum and the
// gradient are divided by is the caller's business. Formulas: lanewise/ops/loss.hpp.
#include <cstdint>

#include "simd/family.hpp"

namespace lanewise::simd {

template <class T>
struct LossKernels {
  // Element by element: y the prediction, t the target; dy may be y.
  using Elementwise = double (*)(const T* y, const T* t, T* dy, long n, double scale,
                                 double parameter) noexcept;
  Elementwise squared_error;   // (y - t)^2
  Elementwise absolute_error;  // |y - t|
  Elementwise huber;           // parameter: delta
  Elementwise binary;          // cross-entropy; y a probability, clipped
  // The same from logits; p receives the probabilities unless null, and may not be z.
  double (*binary_from_logits)(const T* z, const T* t, T* dz, T* p, long n, T scale) noexcept;

  // Row by row of `columns` classes, at least one. dp may be p, dz may be z; the second output of
  // *_from_logits, the probabilities, may be neither.
  double (*categorical)(const T* p, const T* t, T* dp, long rows, long columns, T scale) noexcept;
  double (*categorical_from_logits)(const T* z, const T* t, T* dz, T* p, long rows, long columns,
                                    T scale) noexcept;
  // Labels in [0, columns), one a row.
  double (*sparse)(const T* p, const std::int32_t* labels, T* dp, long rows, long columns,
                   T scale) noexcept;
  double (*sparse_from_logits)(const T* z, const std::int32_t* labels, T* dz, T* p, long rows,
                               long columns, T scale) noexcept;
};

LANEWISE_DECLARE_FAMILY(LossKernels, loss)

}  // namespace lanewise::simd
