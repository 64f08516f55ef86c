#pragma once
// Softmax and its logarithm over the rows of a row-major matrix, forward and backward.
#include "simd/family.hpp"

namespace lanewise::simd {

template <class T>
struct SoftmaxKernels {
  // Each of `rows` rows of `columns` elements; y may be x. A row with a NaN, an infinity or nothing
  // but minus infinities gives NaN.
  using Forward = void (*)(const T* x, T* y, long rows, long columns) noexcept;
  // y is what Forward gave; dx may be dy.
  using Backward = void (*)(const T* y, const T* dy, T* dx, long rows, long columns) noexcept;

  // Down the columns of a matrix whose rows start `stride` elements apart: `columns` softmaxes of
  // `rows` >= 1 elements each; otherwise as above.
  using ForwardDown = void (*)(const T* x, T* y, long rows, long columns, long stride) noexcept;
  using BackwardDown = void (*)(const T* y, const T* dy, T* dx, long rows, long columns,
                                long stride) noexcept;

  Forward softmax;                // y_i = e^(x_i - max) / sum_j e^(x_j - max)
  Forward log_softmax;            // y_i = (x_i - max) - log(sum_j e^(x_j - max))
  Backward softmax_backward;      // dx_i = y_i (dy_i - sum_j dy_j y_j)
  Backward log_softmax_backward;  // dx_i = dy_i - e^y_i sum_j dy_j
  ForwardDown softmax_down;
  ForwardDown log_softmax_down;
  BackwardDown softmax_down_backward;
  BackwardDown log_softmax_down_backward;
};

LANEWISE_DECLARE_FAMILY(SoftmaxKernels, softmax)

}  // namespace lanewise::simd
