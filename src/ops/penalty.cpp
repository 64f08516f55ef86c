// Contract in lanewise/ops/penalty.hpp.
#include "lanewise/ops/penalty.hpp"

#include <array>
#include <cmath>

#include "ops/check.hpp"

namespace lanewise::ops {

template <class T>
double penalty(TensorView<const T> x, double l1, double l2) {
  // Sums side by side, that one addition need not wait for the other.
  constexpr Index kLanes = 8;
  std::array<double, kLanes> absolute{}, squares{};
  const auto add = [&](Index i, Index lane) {
    const auto value = static_cast<double>(x[i]);
    const auto at = static_cast<std::size_t>(lane);
    absolute[at] += std::abs(value);
    squares[at] += value * value;
  };
  const Index whole = x.size() / kLanes * kLanes;
  for (Index i = 0; i < whole; i += kLanes)
    for (Index lane = 0; lane < kLanes; ++lane) add(i + lane, lane);
  for (Index i = whole; i < x.size(); ++i) add(i, i - whole);
  double sum = 0, square = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) sum += absolute[lane], square += squares[lane];
  return l1 * sum + l2 * square;
}

template <class T>
void penalty_backward(TensorView<const T> x, double l1, double l2, TensorView<T> dx) {
  check_same("penalty_backward", {"dx", dx.shape()}, x.shape());
  const T linear = static_cast<T>(l1), quadratic = static_cast<T>(2 * l2);
  for (Index i = 0; i < x.size(); ++i)
    dx[i] += quadratic * x[i] + (x[i] > 0 ? linear : x[i] < 0 ? -linear : T(0));
}

#define LANEWISE_INSTANTIATE(T)                                              \
  template LANEWISE_API double penalty(TensorView<const T>, double, double); \
  template LANEWISE_API void penalty_backward(TensorView<const T>, double, double, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
