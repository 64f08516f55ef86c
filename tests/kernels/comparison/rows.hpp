#pragma once
// Operations on the rows of a batch, and random numbers, against their references.
#include <vector>

#include "kernels/comparison/matrices.hpp"
#include "lanewise/ops/rows.hpp"
#include "reference/random.hpp"
#include "reference/rows.hpp"

namespace lanewise::test {

inline std::vector<Index> draw_indices(Case& c, Index rows) {
  std::vector<Index> indices(static_cast<std::size_t>(rows == 0 ? 0 : c.number("count", 0, 6)));
  for (Index& index : indices) index = c.any(0, rows - 1);
  return indices;
}

template <class T>
void gather_rows(Case& c) {
  const Shape shape = draw_matrix(c, 0, 0);
  const auto indices = draw_indices(c, shape[0]);
  const Shape gathered{static_cast<Index>(indices.size()), shape[1]};
  auto y = c.output<T>(gathered);
  Tensor<T> want(gathered);
  if (c.coin("bytes")) {
    Tensor<std::uint8_t> x(shape);
    for (std::uint8_t& byte : x) byte = static_cast<std::uint8_t>(c.any(0, 255));
    ops::gather_rows<T>(x, indices, T(1) / 255, y.view());
    reference::gather_rows<T>(x, indices, T(1) / 255, want);
  } else {
    const auto x = c.input<T>(shape);
    ops::gather_rows<T>(x.view(), indices, y.view());
    reference::gather_rows<T>(x.view(), indices, want);
  }
  c.same<T>("y", y, want);
}

template <class T>
void column_sums(Case& c) {
  const Shape shape = draw_matrix(c, 0, 0);
  const auto x = c.input<T>(shape);
  auto sum = c.output<T>({shape[1]});
  Tensor<T> want({shape[1]}), size({shape[1]});
  ops::column_sums<T>(x.view(), sum.view());
  reference::column_sums<T>(x.view(), want);
  reference::column_sums<T>(x.magnitudes().view(), size);
  c.near<T>("sum", sum, want,
            [&](Index i) { return sum_rounding<T>(shape[0]) * static_cast<double>(size[i]); });
}

// Infinities and NaN in one of so many elements.
template <class T>
void spoil(Case& c, Operand<T>& x, Index one_in) {
  using Limits = std::numeric_limits<T>;
  const T values[] = {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()};
  for (T& element : x.view())
    if (c.one_in(one_in)) element = values[c.any(0, 2)];
}

template <class T>
void argmax_rows(Case& c) {
  const Shape shape = draw_matrix(c, 0, 1);
  auto x = c.input<T>(shape);
  if (c.coin("spoilt")) spoil(c, x, c.any(1, 50));
  auto columns = c.output<std::int32_t>({shape[0]});
  Tensor<std::int32_t> want({shape[0]});
  ops::argmax_rows<T>(x.view(), columns.view());
  reference::argmax_rows<T>(x.view(), want);
  c.same<std::int32_t>("columns", columns, want);
}

template <class T>
void all_finite(Case& c) {
  const Shape shape = draw_matrix(c, 0, 0);
  auto x = c.input<T>(shape);
  if (c.coin("spoilt")) spoil(c, x, 1 + c.any(0, 2 * x.view().size()));
  if (ops::all_finite<T>(x.view()) != reference::all_finite<T>(x.view())) c.fail("wrong");
}

inline RandomKey draw_key(Case& c) {
  return {static_cast<std::uint64_t>(c.number("key", 0, 1 << 30)),
          static_cast<std::uint64_t>(c.number("stream", 0, 1 << 30))};
}

template <class T>
void dropout(Case& c) {
  const Shape shape = draw_matrix(c, 0, 0);
  const double rate = c.one_in(4) ? 0 : c.real("rate", 0, 0.99);
  const RandomKey key = draw_key(c);
  const auto x = c.input<T>(shape);
  auto y = c.output<T>(shape);
  Tensor<T> want(shape);
  reference::dropout<T>(x.view(), rate, key, want);
  if (c.coin("in_place")) {
    y = x;
    ops::dropout<T>(y.view(), rate, key, y.view());
  } else {
    ops::dropout<T>(x.view(), rate, key, y.view());
  }
  c.same<T>("y", y, want);
}

template <class T>
void fill_uniform(Case& c) {
  const Index n = c.size_or_0("size", 1000);
  const T low = static_cast<T>(c.real("low", -2, 2)),
          high = low + static_cast<T>(c.real("to", 0, 2));
  const RandomKey key = draw_key(c);
  auto x = c.output<T>({n});
  Tensor<T> want({n});
  lanewise::fill_uniform<T>(x.view(), low, high, key);
  reference::fill_uniform<T>(want, low, high, key);
  c.same<T>("x", x, want);
}

template <class T>
void fill_normal(Case& c) {
  const Index n = c.size_or_0("size", 1000);
  const RandomKey key = draw_key(c);
  auto x = c.output<T>({n});
  Tensor<T> want({n + 64});  // whole groups, for the partner of each
  lanewise::fill_normal<T>(x.view(), T(0), T(1), key);
  reference::fill_normal<T>(want, T(0), T(1), key);
  // Radius times sine or cosine, and its partner 16 away the other. The logarithm's argument is
  // rounded relative to 1 on both sides, which moves the squared radius by up to 2 eps and the
  // radius by that over twice itself; all else is relative to the radius.
  c.near<T>("x", x, want.rows(0, n), [&](Index i) {
    const double radius =
        std::hypot(static_cast<double>(want[i]), static_cast<double>(want[i ^ 16]));
    return eps<T>() / std::max(radius, std::sqrt(eps<T>())) + 8 * eps<T>() * radius;
  });
}

}  // namespace lanewise::test
