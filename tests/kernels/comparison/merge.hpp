#pragma once
// Arithmetic of tensors against its definition.
#include "kernels/comparison/matrices.hpp"
#include "kernels/comparison/rows.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/penalty.hpp"
#include "lanewise/ops/scale.hpp"
#include "reference/merge.hpp"
#include "reference/penalty.hpp"
#include "reference/scale.hpp"

namespace lanewise::test {

template <class T>
void scale(Case& c) {
  const Index n = c.size_or_0("n", kMostElements);
  const T factor = static_cast<T>(c.real("factor", -3, 3));
  auto x = c.input<T>({n});
  if (c.coin("spoilt")) spoil(c, x, c.any(1, 50));
  auto y = c.output<T>({n});
  Tensor<T> want({n});
  ops::scale<T>(factor, x.view(), y.view());
  reference::scale<T>(factor, x.view(), want);
  c.near<T>("y", y, want, [](Index) { return 0; });  // one product: nothing to round otherwise
}

template <class T>
void accumulate(Case& c) {
  const Shape shape = draw_matrix(c, 0, 0);
  auto x = c.input<T>(shape), y = c.input<T>(shape);
  if (c.coin("spoilt")) spoil(c, x, c.any(1, 50));
  Tensor<T> want(y.view());
  ops::accumulate<T>(x.view(), y.view());
  reference::accumulate<T>(x.view(), want);
  c.near<T>("y", y, want, [](Index) { return 0; });  // one addition: nothing to round otherwise
}

// A shape for y and for up to four inputs that broadcast to it: some dimensions 1, leading ones
// left out now and then.
struct Merging {
  MergeKind kind;
  Shape y;
  std::vector<Shape> x;
};
inline Merging draw_merging(Case& c) {
  Merging drawn;
  drawn.kind = static_cast<MergeKind>(c.number("kind", 0, 5));
  const Index inputs = drawn.kind == MergeKind::subtract ? 2 : c.number("inputs", 1, 4);
  std::vector<Index> y = c.redraw([&]() -> std::optional<std::vector<Index>> {
    std::vector<Index> sizes{c.size_or_0("samples", 4)};
    for (Index d = c.number("rank", 0, 3); d > 0; --d) sizes.push_back(c.size("size", 60));
    if (Shape(sizes).size() > kMostElements) return std::nullopt;
    return sizes;
  });
  // y is what the inputs broadcast to, so one of them has all of it.
  const Index whole = c.any(0, inputs - 1);
  for (Index i = 0; i < inputs; ++i) {
    std::vector<Index> sizes = y;
    const bool narrow = i != whole && c.coin("narrow");
    for (std::size_t d = 1; narrow && d < sizes.size(); ++d)
      if (c.coin("one")) sizes[d] = 1;
    while (narrow && sizes.size() > 1 && sizes[1] == 1 && c.coin("drop"))
      sizes.erase(sizes.begin() + 1);
    drawn.x.push_back(Shape(sizes));
  }
  drawn.y = Shape(y);
  return drawn;
}

template <class T>
std::vector<Operand<T>> draw_inputs(Case& c, const Merging& drawn) {
  std::vector<Operand<T>> x;
  const bool spoilt = c.coin("spoilt", 4);
  for (const Shape& shape : drawn.x) {
    x.push_back(c.input<T>(shape));
    if (spoilt) spoil(c, x.back(), c.any(1, 50));
  }
  return x;
}

template <class T>
std::vector<TensorView<const T>> views_of(std::vector<Operand<T>>& x) {
  std::vector<TensorView<const T>> views;
  for (Operand<T>& operand : x) views.push_back(operand.view());
  return views;
}

template <class T>
void merge_forward(Case& c) {
  const Merging drawn = draw_merging(c);
  auto x = draw_inputs<T>(c, drawn);
  const auto views = views_of(x);
  auto y = c.output<T>(drawn.y);
  Tensor<T> want(drawn.y);
  ops::merge_forward<T>(drawn.kind, views, y.view());
  reference::merge_forward<T>(drawn.kind, views, want);
  c.near<T>("y", y, want, [](Index) { return 0; });  // from left to right, each step rounded alike
}

template <class T>
void merge_backward(Case& c) {
  const Merging drawn = draw_merging(c);
  auto x = draw_inputs<T>(c, drawn);
  const auto views = views_of(x);
  const Index input = c.number("input", 0, static_cast<Index>(x.size()) - 1);
  const Shape& narrow = drawn.x[static_cast<std::size_t>(input)];
  const auto dy = c.input<T>(drawn.y);
  auto dx = c.output<T>(narrow);
  Tensor<T> y(drawn.y), want(narrow);
  reference::merge_forward<T>(drawn.kind, views, y);
  ops::merge_backward<T>(drawn.kind, views, y, dy.view(), input, dx.view());
  reference::merge_backward<T>(drawn.kind, views, dy.view(), input, want);
  // Each term is made alike, and is as large as dy at most, being multiplied by numbers up to 1.
  const Index terms = narrow.size() == 0 ? 0 : drawn.y.size() / narrow.size();
  const double most = largest(dy.view()) * static_cast<double>(terms);
  c.near<T>("dx", dx, want, [&](Index) { return terms == 1 ? 0 : sum_rounding<T>(terms) * most; });
}

// Which is a sum of one.
template <class T>
void broadcast(Case& c) {
  const Merging drawn = draw_merging(c);
  const Shape& narrow = drawn.x[static_cast<std::size_t>(
      c.number("input", 0, static_cast<Index>(drawn.x.size()) - 1))];
  const auto x = c.input<T>(narrow), dy = c.input<T>(drawn.y);
  auto y = c.output<T>(drawn.y), dx = c.output<T>(narrow);
  Tensor<T> want(drawn.y), gradient(narrow);
  const TensorView<const T> one = x.view();
  ops::broadcast<T>(one, y.view());
  reference::merge_forward<T>(MergeKind::add, std::span(&one, 1), want);
  c.same<T>("y", y, want);
  ops::broadcast_backward<T>(dy.view(), dx.view());
  reference::merge_backward<T>(MergeKind::add, std::span(&one, 1), dy.view(), 0, gradient);
  const Index terms = narrow.size() == 0 ? 0 : drawn.y.size() / narrow.size();
  const double most = largest(dy.view()) * static_cast<double>(terms);
  c.near<T>("dx", dx, gradient,
            [&](Index) { return terms == 1 ? 0 : sum_rounding<T>(terms) * most; });
}

template <class T>
void penalty(Case& c) {
  const Shape shape = draw_matrix(c, 0, 0);
  const double l1 = c.coin("l1 is 0") ? 0 : c.real("l1", 0, 2);
  const double l2 = c.coin("l2 is 0") ? 0 : c.real("l2", 0, 2);
  auto x = c.input<T>(shape);
  for (T& value : x.view())
    if (c.one_in(20)) value = 0;  // where the sign is 0
  auto dx = c.input<T>(shape);
  Tensor<T> want(dx.view()), before(dx.view());
  const double expected = reference::penalty<T>(x.view(), l1, l2);
  // Both add in double; each addition and each product rounds once.
  c.near_number("penalty", ops::penalty<T>(x.view(), l1, l2), expected,
                eps<double>() * static_cast<double>(shape.size() + 4) * expected);
  ops::penalty_backward<T>(x.view(), l1, l2, dx.view());
  reference::penalty_backward<T>(x.view(), l1, l2, want);
  // The two factors are rounded, the product and two sums.
  c.near<T>("dx", dx, want, [&](Index i) {
    return 3 * eps<T>() * (magnitude(before[i]) + l1 + 2 * l2 * magnitude(x.view()[i]));
  });
}

}  // namespace lanewise::test
