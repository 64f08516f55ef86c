// Contract in reference/merge.hpp.
#include "reference/merge.hpp"

#include <cmath>
#include <vector>

namespace lanewise::reference {
namespace {

// The element of x that stands for element i of y.
Index element_for(const Shape& x, const Shape& y, Index i) {
  std::vector<Index> place(static_cast<std::size_t>(y.rank()));
  for (int d = y.rank() - 1; d >= 0; --d) {
    place[static_cast<std::size_t>(d)] = i % y[d];
    i /= y[d];
  }
  Index element = place[0];
  for (int d = 1; d < x.rank(); ++d) {
    const Index at = place[static_cast<std::size_t>(y.rank() - x.rank() + d)];
    element = element * x[d] + (x[d] == 1 ? 0 : at);
  }
  return element;
}

template <class T>
bool is_better(MergeKind kind, T candidate, T best) {
  if (std::isnan(best)) return false;
  if (std::isnan(candidate)) return true;
  return kind == MergeKind::maximum ? candidate > best : candidate < best;
}

}  // namespace

template <class T>
void accumulate(TensorView<const T> x, TensorView<T> y) {
  for (Index i = 0; i < x.size(); ++i) y[i] = y[i] + x[i];
}

template <class T>
void merge_forward(MergeKind kind, std::span<const TensorView<const T>> x, TensorView<T> y) {
  for (Index i = 0; i < y.size(); ++i) {
    T result = x[0][element_for(x[0].shape(), y.shape(), i)];
    for (std::size_t k = 1; k < x.size(); ++k) {
      const T value = x[k][element_for(x[k].shape(), y.shape(), i)];
      if (kind == MergeKind::add || kind == MergeKind::average) result = result + value;
      if (kind == MergeKind::subtract) result = result - value;
      if (kind == MergeKind::multiply) result = result * value;
      if (kind >= MergeKind::maximum && is_better(kind, value, result)) result = value;
    }
    y[i] = kind == MergeKind::average ? result / static_cast<T>(x.size()) : result;
  }
}

template <class T>
void merge_backward(MergeKind kind, std::span<const TensorView<const T>> x, TensorView<const T> dy,
                    Index input, TensorView<T> dx) {
  const auto own = static_cast<std::size_t>(input);
  const Shape& y = dy.shape();
  std::vector<double> sums(static_cast<std::size_t>(dx.size()));
  for (Index i = 0; i < dy.size(); ++i) {
    const auto value = [&](std::size_t k) { return x[k][element_for(x[k].shape(), y, i)]; };
    T gradient = dy[i];
    if (kind == MergeKind::subtract && own == 1) gradient = -gradient;
    if (kind == MergeKind::average) gradient = gradient / static_cast<T>(x.size());
    std::size_t chosen = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (kind == MergeKind::multiply && k != own) gradient = gradient * value(k);
      if (kind >= MergeKind::maximum && is_better(kind, value(k), value(chosen))) chosen = k;
    }
    if (kind >= MergeKind::maximum && chosen != own) gradient = 0;
    sums[static_cast<std::size_t>(element_for(dx.shape(), y, i))] += static_cast<double>(gradient);
  }
  for (Index i = 0; i < dx.size(); ++i) dx[i] = static_cast<T>(sums[static_cast<std::size_t>(i)]);
}

#define LANEWISE_INSTANTIATE(T)                                                                \
  template void accumulate(TensorView<const T>, TensorView<T>);                                \
  template void merge_forward(MergeKind, std::span<const TensorView<const T>>, TensorView<T>); \
  template void merge_backward(MergeKind, std::span<const TensorView<const T>>,                \
                               TensorView<const T>, Index, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
