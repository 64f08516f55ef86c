// Contract in reference/rearrange.hpp.
#include "reference/rearrange.hpp"

#include <vector>

namespace lanewise::reference {
namespace {

using Place = std::vector<Index>;  // an index for each dimension

Place place_of(const Shape& shape, Index element) {
  Place place(static_cast<std::size_t>(shape.rank()));
  for (int d = shape.rank() - 1; d >= 0; --d) {
    place[static_cast<std::size_t>(d)] = element % shape[d];
    element /= shape[d];
  }
  return place;
}

Index element_at(const Shape& shape, const Place& place) {
  Index element = 0;
  for (int d = 0; d < shape.rank(); ++d)
    element = element * shape[d] + place[static_cast<std::size_t>(d)];
  return element;
}

std::size_t counted(int axis, const Shape& shape) {
  return static_cast<std::size_t>(axis < 0 ? axis + shape.rank() : axis);
}

}  // namespace

template <class T>
void permute(TensorView<const T> x, std::span<const int> order, TensorView<T> y) {
  for (Index i = 0; i < y.size(); ++i) {
    const Place to = place_of(y.shape(), i);
    Place from(to.size());
    for (std::size_t d = 0; d < to.size(); ++d) from[static_cast<std::size_t>(order[d])] = to[d];
    y[i] = x[element_at(x.shape(), from)];
  }
}

template <class T>
void concatenate(std::span<const TensorView<const T>> x, int axis, TensorView<T> y) {
  const std::size_t along = counted(axis, y.shape());
  for (Index i = 0; i < y.size(); ++i) {
    Place place = place_of(y.shape(), i);
    std::size_t part = 0;
    while (place[along] >= x[part].shape()[axis]) place[along] -= x[part++].shape()[axis];
    y[i] = x[part][element_at(x[part].shape(), place)];
  }
}

template <class T>
void slice(TensorView<const T> x, int axis, Index begin, TensorView<T> y) {
  for (Index i = 0; i < y.size(); ++i) {
    Place place = place_of(y.shape(), i);
    place[counted(axis, y.shape())] += begin;
    y[i] = x[element_at(x.shape(), place)];
  }
}

template <class T>
void embedding_forward(TensorView<const T> indices, TensorView<const T> table, TensorView<T> y) {
  for (Index i = 0; i < indices.size(); ++i)
    for (Index j = 0; j < table.shape()[1]; ++j)
      y[i * table.shape()[1] + j] = table(static_cast<Index>(indices[i]), j);
}

template <class T>
void embedding_backward(TensorView<const T> indices, TensorView<const T> dy, TensorView<T> dtable) {
  const Index columns = dtable.shape()[1];
  for (Index row = 0; row < dtable.shape()[0]; ++row)
    for (Index j = 0; j < columns; ++j) {
      double sum = 0;
      for (Index i = 0; i < indices.size(); ++i)
        if (static_cast<Index>(indices[i]) == row) sum += static_cast<double>(dy[i * columns + j]);
      dtable(row, j) = static_cast<T>(sum);
    }
}

#define LANEWISE_INSTANTIATE(T)                                                             \
  template void permute(TensorView<const T>, std::span<const int>, TensorView<T>);          \
  template void concatenate(std::span<const TensorView<const T>>, int, TensorView<T>);      \
  template void slice(TensorView<const T>, int, Index, TensorView<T>);                      \
  template void embedding_forward(TensorView<const T>, TensorView<const T>, TensorView<T>); \
  template void embedding_backward(TensorView<const T>, TensorView<const T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::reference
