#pragma once
// Moving elements, looking up rows, and softmax over any dimension, against their definitions.
#include <numeric>

#include "kernels/comparison/matrices.hpp"
#include "lanewise/ops/softmax.hpp"
#include "reference/rearrange.hpp"
#include "reference/softmax.hpp"

namespace lanewise::test {

// One to four dimensions.
inline std::vector<Index> draw_sizes(Case& c, bool may_be_empty = true) {
  return c.redraw([&]() -> std::optional<std::vector<Index>> {
    std::vector<Index> sizes;
    for (Index d = c.number("rank", 1, 4); d > 0; --d)
      sizes.push_back(may_be_empty ? c.size_or_0("size", 100) : c.size("size", 100));
    if (Shape(sizes).size() > kMostElements) return std::nullopt;
    return sizes;
  });
}

inline int draw_axis(Case& c, std::size_t rank) {
  const auto dimensions = static_cast<Index>(rank);
  return static_cast<int>(c.number("axis", -dimensions, dimensions - 1));
}

inline std::size_t counted(int axis, std::size_t rank) {
  return axis < 0 ? rank - static_cast<std::size_t>(-axis) : static_cast<std::size_t>(axis);
}

inline std::vector<Index> permuted(const std::vector<Index>& sizes, std::span<const int> order) {
  std::vector<Index> result;
  for (const int d : order) result.push_back(sizes[static_cast<std::size_t>(d)]);
  return result;
}

template <class T>
void permute(Case& c) {
  const auto sizes = draw_sizes(c);
  std::vector<int> order(sizes.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t d = order.size() - 1; d > 0; --d)
    std::swap(order[d], order[static_cast<std::size_t>(c.any(0, static_cast<Index>(d)))]);
  for (const int d : order) c.tell("from", d);
  const Shape moved(permuted(sizes, order));
  const auto x = c.input<T>(Shape(sizes));
  auto y = c.output<T>(moved);
  Tensor<T> want(moved);
  ops::permute<T>(x.view(), order, y.view());
  reference::permute<T>(x.view(), order, want);
  c.same<T>("y", y, want);
}

template <class T>
void concatenate(Case& c) {
  auto sizes = draw_sizes(c);
  const int axis = draw_axis(c, sizes.size());
  Index& along = sizes[counted(axis, sizes.size())];
  std::vector<Operand<T>> parts;
  Index sum = 0;
  for (Index i = c.number("parts", 1, 4); i > 0; --i) {
    if (!parts.empty()) along = c.size_or_0("along", 20);
    parts.push_back(c.input<T>(Shape(sizes)));
    sum += along;
  }
  along = sum;
  std::vector<TensorView<const T>> views;
  for (const Operand<T>& part : parts) views.push_back(part.view());
  auto y = c.output<T>(Shape(sizes));
  Tensor<T> want((Shape(sizes)));
  ops::concatenate<T>(views, axis, y.view());
  reference::concatenate<T>(views, axis, want);
  c.same<T>("y", y, want);
}

template <class T>
void slice(Case& c) {
  auto sizes = draw_sizes(c);
  const int axis = draw_axis(c, sizes.size());
  const auto x = c.input<T>(Shape(sizes));
  Index& along = sizes[counted(axis, sizes.size())];
  const Index begin = c.number("begin", 0, along);
  along = c.number("length", 0, along - begin);
  auto y = c.output<T>(Shape(sizes));
  Tensor<T> want((Shape(sizes)));
  ops::slice<T>(x.view(), axis, begin, y.view());
  reference::slice<T>(x.view(), axis, begin, want);
  c.same<T>("y", y, want);
}

template <class T>
void embedding(Case& c) {
  const Shape table_shape = draw_matrix(c, 1, 0);
  const Index most = kMostElements / std::max<Index>(1, table_shape[1]);
  Operand<T> indices(
      {c.size_or_0("samples", 7), c.size_or_0("words", std::max<Index>(1, most / 7))});
  // Few of the rows often, so that each is met many times.
  const Index rows = c.coin("few") ? std::min<Index>(3, table_shape[0]) : table_shape[0];
  for (T& index : indices.view()) index = static_cast<T>(c.any(0, rows - 1));
  const Shape y_shape{indices.view().shape()[0], indices.view().shape()[1], table_shape[1]};
  const auto table = c.input<T>(table_shape), dy = c.input<T>(y_shape);
  auto y = c.output<T>(y_shape), dtable = c.output<T>(table_shape);
  Tensor<T> want(y_shape), gradient(table_shape), size(table_shape);
  ops::embedding_forward<T>(indices.view(), table.view(), y.view());
  reference::embedding_forward<T>(indices.view(), table.view(), want);
  c.same<T>("y", y, want);
  ops::embedding_backward<T>(indices.view(), dy.view(), dtable.view());
  reference::embedding_backward<T>(indices.view(), dy.view(), gradient);
  reference::embedding_backward<T>(indices.view(), dy.magnitudes().view(), size);
  c.near<T>("dtable", dtable, gradient, [&](Index i) {
    return sum_rounding<T>(indices.view().size()) * static_cast<double>(size[i]);
  });
}

// With the reference along the last dimension of a permuted copy.
template <class T, bool kLog>
void softmax_over(Case& c) {
  const auto sizes = draw_sizes(c, false);
  const int axis = draw_axis(c, sizes.size());
  std::vector<int> order(sizes.size());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order.back(), order[counted(axis, sizes.size())]);
  const Shape shape(sizes), moved(permuted(sizes, order));
  const auto x = c.input<T>(shape, T(-8), T(8)), dy = c.input<T>(shape);
  auto y = c.output<T>(shape), dx = c.output<T>(shape);
  Tensor<T> from(moved), to(moved), want(shape), gradient(shape), d(moved);
  reference::permute<T>(x.view(), order, from);
  reference::permute<T>(dy.view(), order, d);
  if (kLog) {
    ops::log_softmax_forward<T>(x.view(), axis, y.view());
    reference::log_softmax<T>(from, to);
  } else {
    ops::softmax_forward<T>(x.view(), axis, y.view());
    reference::softmax<T>(from, to);
  }
  reference::permute<T>(to, order, want);  // which is its own inverse
  // As of rows, in matrices.hpp.
  const auto length = static_cast<double>(shape[axis]);
  c.near<T>("y", y, want, [&](Index i) {
    const double value = magnitude(want[i]);
    return kLog ? (8 + length) * eps<T>() * (1 + value) : (20 + length) * eps<T>() * value;
  });
  const bool in_place = c.coin("in_place");
  if (in_place) dx = dy;
  const auto& given = in_place ? dx : dy;
  if (kLog) {
    ops::log_softmax_backward<T>(want.view(), given.view(), axis, dx.view());
    reference::log_softmax_backward<T>(to, d, from);
  } else {
    ops::softmax_backward<T>(want.view(), given.view(), axis, dx.view());
    reference::softmax_backward<T>(to, d, from);
  }
  reference::permute<T>(from, order, gradient);
  const double most = largest(dy.view());
  c.near<T>("dx", dx, gradient, [&](Index i) {
    const double own = magnitude(dy.view()[i]);
    const double value = static_cast<double>(want[i]);
    if (!kLog) return (8 + length) * eps<T>() * 2 * most * value;
    return (8 + length) * eps<T>() * (own + length * most * std::exp(value) * (1 - value));
  });
}

}  // namespace lanewise::test
