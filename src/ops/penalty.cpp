// Contract in lanewise/ops/penalty.hpp.
#include "lanewise/ops/penalty.hpp"

#include "cpu/tables.hpp"
#include "ops/check.hpp"

namespace lanewise::ops {

template <class T>
double penalty(TensorView<const T> x, double l1, double l2) {
  double sum = 0, square = 0;
  cpu::kernels<simd::PenaltyKernels<T>>().sums(x.data(), x.size(), &sum, &square);
  return l1 * sum + l2 * square;
}

template <class T>
void penalty_backward(TensorView<const T> x, double l1, double l2, TensorView<T> dx) {
  check_same("penalty_backward", {"dx", dx.shape()}, x.shape());
  cpu::kernels<simd::PenaltyKernels<T>>().gradient(x.data(), static_cast<T>(l1),
                                                   static_cast<T>(2 * l2), dx.data(), x.size());
}

#define LANEWISE_INSTANTIATE(T)                                              \
  template LANEWISE_API double penalty(TensorView<const T>, double, double); \
  template LANEWISE_API void penalty_backward(TensorView<const T>, double, double, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
