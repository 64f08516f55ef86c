// Permuting, concatenating, slicing and embedding, through the public functions, against the scalar
// reference.
#include <cmath>
#include <limits>
#include <vector>

#include "lanewise/error.hpp"
#include "reference/rearrange.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/kernel_case.hpp"
#include "support/operand.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::Operand;
using test::Random;
using test::same_bits;

namespace {

using Order = std::vector<int>;

Shape permuted(const Shape& x, const Order& order) {
  std::vector<Index> sizes;
  for (const int d : order) sizes.push_back(x[d]);
  return Shape(sizes);
}

}  // namespace

TEMPLATE_TEST_CASE("permute transposes at the edges of registers", "[rearrange]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const long rows : test::sizes<T>(false))
    for (const long columns : test::sizes<T>(false))
      for (const Index misaligned : {0, 1}) {
        // From memory that ends with the last element, to memory with canaries around it.
        Tensor<T> x({2, rows, columns}), want({2, columns, rows});
        random.fill(x.span());
        Operand<T> y(want.shape(), misaligned);
        const Order order{0, 2, 1};
        ops::permute<T>(x, order, y.view());
        reference::permute<T>(x, order, want);
        INFO(rows << " x " << columns);
        CHECK((y.intact() && same_bits<T>(y.view().span(), want.span())));
      }
}

TEST_CASE("permute keeps NaN, infinities, subnormals and signs of zero", "[rearrange]") {
  using Limits = std::numeric_limits<float>;
  Tensor<float> x({40, 33}), y({33, 40});
  const float special[] = {Limits::quiet_NaN(), Limits::infinity(), -0.0f, Limits::denorm_min()};
  for (Index i = 0; i < x.size(); ++i) x[i] = special[i % 4];
  ops::permute<float>(x, Order{1, 0}, y);
  Tensor<float> want({33, 40});
  reference::permute<float>(x, Order{1, 0}, want);
  CHECK(same_bits<float>(y.span(), want.span()));
}

TEST_CASE("rearranging does not depend on the number of threads", "[rearrange][large]") {
  LANEWISE_SEED_INFO();
  Random random;
  Tensor<float> x({5, 61, 67, 34}), left({5, 61, 67, 3});
  random.fill(x.span());
  random.fill(left.span());
  const std::vector<TensorView<const float>> parts{x, left};
  Tensor<float> both({5, 61, 67, 37}), table({1000, 34}), indices({4, 3000}), dy({4, 3000, 34});
  reference::concatenate<float>(parts, -1, both);
  random.fill(dy.span());
  // A word in three is the same one.
  for (float& index : indices)
    index = static_cast<float>(random.integer(0, 2) == 0 ? 7 : random.integer(0, 999));
  Tensor<float> first_gradient;
  test::for_each_thread_count([&] {
    for (const Order& order : {Order{0, 3, 1, 2}, Order{0, 2, 1, 3}, Order{3, 2, 1, 0}}) {
      Tensor<float> y(permuted(x.shape(), order)), want(y.shape());
      ops::permute<float>(x, order, y);
      reference::permute<float>(x, order, want);
      CHECK(same_bits<float>(y.span(), want.span()));
    }
    Tensor<float> y(both.shape()), part(left.shape()), dtable(table.shape());
    ops::concatenate<float>(parts, -1, y);
    ops::slice<float>(y, 3, 34, part);
    CHECK(same_bits<float>(y.span(), both.span()));
    CHECK(same_bits<float>(part.span(), left.span()));
    ops::embedding_backward<float>(indices, dy, dtable);
    if (first_gradient.empty()) first_gradient = dtable;
    CHECK(same_bits<float>(dtable.span(), first_gradient.span()));
  });
}

TEST_CASE("rearranging refuses what does not fit", "[rearrange]") {
  Tensor<float> x({2, 3, 4}), y({2, 4, 3});
  y.fill(7);
  CHECK_THROWS_WITH(ops::permute<float>(x, Order{0, 1, 2}, y),
                    contains("(2, 3, 4)") && contains("(2, 4, 3)"));
  for (const Order& order : {Order{0, 1}, Order{0, 1, 1}, Order{0, 2, 3}, Order{-1, 0, 1}})
    CHECK_THROWS_AS(ops::permute<float>(x, order, y), ArgumentError);
  using Views = std::vector<TensorView<const float>>;
  CHECK_THROWS_WITH(ops::concatenate<float>(Views{x, x}, 1, y),
                    contains("(2, 6, 4)") && contains("(2, 4, 3)"));
  CHECK_THROWS_WITH(ops::concatenate<float>(Views{x, y}, 0, y),
                    contains("(2, 3, 4), (2, 4, 3)") && contains("dimension 0"));
  CHECK_THROWS_AS(ops::concatenate<float>(Views{x}, 3, y), ShapeError);
  CHECK_THROWS_AS(ops::concatenate<float>(Views{}, 0, y), ShapeError);
  CHECK_THROWS_WITH(ops::slice<float>(x, 1, 0, y), contains("(2, 4, 3)"));
  Tensor<float> part({2, 2, 4});
  CHECK_THROWS_WITH(ops::slice<float>(x, 1, 2, part), contains("from 2 on"));
  CHECK_THROWS_AS(ops::slice<float>(x, 1, -1, part), ShapeError);
  CHECK_THROWS_AS(ops::slice<float>(x, -4, 0, part), ShapeError);
  for (const float value : y) CHECK(value == 7);
}

TEST_CASE("an index that is no row is refused before anything is written", "[rearrange]") {
  const Tensor<float> table({5, 3});
  Tensor<float> indices({2, 4}), y({2, 4, 3}), dtable({5, 3});
  y.fill(7), dtable.fill(7);
  const auto look_up = [&](float bad) {
    indices.fill(4);
    indices(1, 2) = bad;
    CHECK_THROWS_AS(ops::embedding_backward<float>(indices, y, dtable), DataError);
    ops::embedding_forward<float>(indices, table, y);
  };
  CHECK_THROWS_WITH(look_up(5), contains("an index of 5 in sample 1 at (2)") && contains("[0, 5)"));
  CHECK_THROWS_AS(look_up(1.5f), DataError);
  const float inf = std::numeric_limits<float>::infinity();
  for (const float bad : {-1.0f, inf, -inf, 1e30f, std::nanf("")})
    CHECK_THROWS_AS(look_up(bad), DataError);
  indices.fill(0);
  CHECK_THROWS_AS(ops::embedding_forward<float>(indices, table, dtable), ShapeError);
  CHECK_THROWS_AS(ops::embedding_forward<float>(indices, y, y), ShapeError);
  for (const float value : y) CHECK(value == 7);
  for (const float value : dtable) CHECK(value == 7);
}
