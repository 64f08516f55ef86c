// Contract in reference/rows.hpp.
#include "reference/rows.hpp"

#include <cmath>

namespace lanewise::reference {

template <class T>
void gather_rows(TensorView<const T> x, std::span<const Index> indices, TensorView<T> y) {
  const Index length = x.shape().inner().size();
  for (std::size_t i = 0; i < indices.size(); ++i)
    for (Index j = 0; j < length; ++j)
      y[static_cast<Index>(i) * length + j] = x[indices[i] * length + j];
}

template <class T>
void gather_rows(TensorView<const std::uint8_t> x, std::span<const Index> indices, T scale,
                 TensorView<T> y) {
  const Index length = x.shape().inner().size();
  for (std::size_t i = 0; i < indices.size(); ++i)
    for (Index j = 0; j < length; ++j)
      y[static_cast<Index>(i) * length + j] = scale * static_cast<T>(x[indices[i] * length + j]);
}

template <class T>
void column_sums(TensorView<const T> x, TensorView<T> sum) {
  for (Index j = 0; j < sum.size(); ++j) {
    double total = 0;
    for (Index i = 0; i < x.shape()[0]; ++i) total += static_cast<double>(x(i, j));
    sum[j] = static_cast<T>(total);
  }
}

template <class T>
void argmax_rows(TensorView<const T> x, TensorView<std::int32_t> columns) {
  for (Index i = 0; i < x.shape()[0]; ++i) {
    Index best = 0;
    for (Index j = 1; j < x.shape()[1] && !std::isnan(x(i, best)); ++j)
      if (x(i, j) > x(i, best) || std::isnan(x(i, j))) best = j;
    columns[i] = static_cast<std::int32_t>(best);
  }
}

template <class T>
bool all_finite(TensorView<const T> x) {
  for (const T value : x)
    if (!std::isfinite(value)) return false;
  return true;
}

#define LANEWISE_INSTANTIATE(T)                                                          \
  template void gather_rows(TensorView<const T>, std::span<const Index>, TensorView<T>); \
  template void gather_rows(TensorView<const std::uint8_t>, std::span<const Index>, T,   \
                            TensorView<T>);                                              \
  template void column_sums(TensorView<const T>, TensorView<T>);                         \
  template void argmax_rows(TensorView<const T>, TensorView<std::int32_t>);              \
  template bool all_finite(TensorView<const T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
