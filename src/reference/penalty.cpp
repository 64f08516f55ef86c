// Contract in reference/penalty.hpp.
#include "reference/penalty.hpp"

#include <cmath>

namespace lanewise::reference {

template <class T>
double penalty(TensorView<const T> x, double l1, double l2) {
  double sum = 0;
  for (const T value : x) {
    const auto w = static_cast<double>(value);
    sum += l1 * std::abs(w) + l2 * w * w;
  }
  return sum;
}

template <class T>
void penalty_backward(TensorView<const T> x, double l1, double l2, TensorView<T> dx) {
  for (Index i = 0; i < x.size(); ++i) {
    const auto w = static_cast<double>(x[i]);
    const double sign = w > 0 ? 1 : w < 0 ? -1 : 0;
    dx[i] = static_cast<T>(static_cast<double>(dx[i]) + l1 * sign + 2 * l2 * w);
  }
}

#define LANEWISE_INSTANTIATE(T)                                 \
  template double penalty(TensorView<const T>, double, double); \
  template void penalty_backward(TensorView<const T>, double, double, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
