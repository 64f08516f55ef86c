#pragma once
// Arithmetic of several tensors against its definition.
#include "kernels/comparison/matrices.hpp"
#include "kernels/comparison/rows.hpp"
#include "lanewise/ops/merge.hpp"
#include "reference/merge.hpp"

namespace lanewise::test {

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

}  // namespace lanewise::test
