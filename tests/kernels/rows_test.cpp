// Row operations, through the public functions, against the scalar reference.
#include "lanewise/ops/rows.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "lanewise/error.hpp"
#include "reference/rows.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/kernel_case.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::Operand;
using test::Random;
using test::same_bits;

namespace {

template <class T>
std::vector<Index> edge_sizes() {
  const Index w = test::lanes<T>();
  return test::sizes_and<T>({4 * w, 53, 4 * w + 5, 127, 784, 1009});
}

std::vector<Index> random_indices(Random& random, Index count, Index rows) {
  std::vector<Index> indices(static_cast<std::size_t>(count));
  for (Index& index : indices) index = random.integer(0, rows - 1);
  return indices;
}

}  // namespace

TEMPLATE_TEST_CASE("gather_rows copies rows", "[rows]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Index length : edge_sizes<T>())
    for (const Index misaligned : {0, 1}) {
      Tensor<T> x({9, length});
      random.fill(x.span());
      const auto indices = random_indices(random, 5, 9);
      Operand<T> y({5, length}, misaligned);
      Tensor<T> expected({5, length});
      ops::gather_rows<T>(x, indices, y.view());
      reference::gather_rows<T>(x, indices, expected);
      CHECK(y.intact());
      CHECK(same_bits<T>(y.view().span(), expected.span()));
    }
}

TEMPLATE_TEST_CASE("gather_rows scales bytes", "[rows]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const T scale = T(1) / 255;
  for (const Index length : edge_sizes<T>())
    for (const Index misaligned : {0, 1, 3}) {
      // From a buffer that ends with the last row: a read past it is an error under sanitizers.
      Tensor<std::uint8_t> x({7, length});
      for (std::uint8_t& byte : x) byte = static_cast<std::uint8_t>(random.integer(0, 255));
      if (length > 0) x[7 * length - 1] = 255;
      const std::vector<Index> indices{6, 0, 6, 3};
      Operand<T> y({4, length}, misaligned);
      Tensor<T> expected({4, length});
      ops::gather_rows<T>(x, indices, scale, y.view());
      reference::gather_rows<T>(x, indices, scale, expected);
      INFO("length " << length);
      CHECK(y.intact());
      CHECK(same_bits<T>(y.view().span(), expected.span()));
    }
}

TEST_CASE("gather_rows keeps inner shapes and does not depend on threads", "[rows]") {
  LANEWISE_SEED_INFO();
  Random random;
  Tensor<std::uint8_t> x({300, 28, 28, 1});
  for (std::uint8_t& byte : x) byte = static_cast<std::uint8_t>(random.integer(0, 255));
  const auto indices = random_indices(random, 2000, 300);
  Tensor<float> expected({2000, 28, 28, 1});
  reference::gather_rows<float>(x, indices, 0.5f, expected);
  Tensor<float> numbers({300, 28, 28, 1});
  for (Index i = 0; i < x.size(); ++i) numbers[i] = 0.5f * static_cast<float>(x[i]);
  test::for_each_thread_count([&] {
    Tensor<float> y({2000, 28, 28, 1}), copied({2000, 28, 28, 1});
    ops::gather_rows<float>(x, indices, 0.5f, y);
    ops::gather_rows<float>(numbers, indices, copied);
    CHECK(same_bits<float>(y.span(), expected.span()));
    CHECK(same_bits<float>(copied.span(), expected.span()));
  });
}

TEST_CASE("gather_rows refuses indices and shapes that do not fit", "[rows]") {
  const Tensor<float> x({4, 3});
  const Tensor<std::uint8_t> bytes({4, 3});
  Tensor<float> y({2, 3});
  y.fill(7);
  using Indices = std::vector<Index>;
  CHECK_THROWS_WITH(ops::gather_rows<float>(x, Indices{0, 4}, y), contains("4 is outside"));
  CHECK_THROWS_AS(ops::gather_rows<float>(x, Indices{-1, 0}, y), ArgumentError);
  CHECK_THROWS_AS(ops::gather_rows<float>(x, Indices{0, 1, 2}, y), ShapeError);
  CHECK_THROWS_AS(ops::gather_rows<float>(bytes, Indices{0, 4}, 1.0f, y), ArgumentError);
  CHECK_THROWS_AS(ops::gather_rows<float>(bytes, Indices{0}, 1.0f, y), ShapeError);
  CHECK_THROWS_AS(ops::gather_rows<float>(Tensor<float>(Shape{}).view(), Indices{}, y), ShapeError);
  for (const float value : y) CHECK(value == 7);
}

TEMPLATE_TEST_CASE("column_sums agrees with the reference", "[rows]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Index columns : edge_sizes<T>())
    for (const Index rows : {0, 1, 2, 64, 127, 128, 129, 1000})
      for (const Index misaligned : {0, 1}) {
        Operand<T> x({rows, columns}, misaligned), sum({columns}, 1);
        random.fill(x.span());
        for (T& value : sum.span()) value = 9;  // overwritten, not added to
        Tensor<T> expected(Shape{columns});
        ops::column_sums<T>(x.view(), sum.view());
        reference::column_sums<T>(x.view(), expected);
        INFO(rows << " x " << columns);
        // At most max(128, rows / 64) + 64 additions in a row, of a sum of at most `rows`.
        test::check_near("sum", sum, expected, test::eps<T>() * 200 * static_cast<double>(rows));
      }
}

TEMPLATE_TEST_CASE("column_sums gives the same bits on any number of threads", "[rows][large]",
                   float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Shape& shape : {Shape{21'632, 32}, Shape{9000, 70}, Shape{300, 4001}}) {
    Tensor<T> x(shape), first;
    random.fill(x.span());
    test::for_each_thread_count([&] {
      Tensor<T> sum(Shape{shape[1]});
      ops::column_sums<T>(x, sum);
      if (first.empty()) first = sum;
      CHECK(same_bits<T>(sum.span(), first.span()));
    });
    Tensor<T> expected(Shape{shape[1]});
    reference::column_sums<T>(x, expected);
    for (Index j = 0; j < shape[1]; ++j)
      CHECK(std::abs(first[j] - expected[j]) <=
            std::numeric_limits<T>::epsilon() * 200 * static_cast<T>(shape[0]));
  }
}

TEMPLATE_TEST_CASE("argmax_rows finds the first of the largest", "[rows]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  for (const Index columns : edge_sizes<T>()) {
    if (columns == 0) continue;
    constexpr Index kRows = 60;
    Tensor<T> x({kRows, columns});
    // Few different values, so that there are ties; in the later rows now and then something
    // special.
    for (Index i = 0; i < x.size(); ++i) {
      x[i] = static_cast<T>(random.integer(-3, 3));
      if (i / columns < 20 || random.integer(0, 2 * columns) > 2) continue;
      x[i] = i % 3 == 0 ? nan : i % 3 == 1 ? inf : -inf;
    }
    x.row(0).reshape({columns})[columns - 1] = 9;  // in the remainder
    for (T& value : x.row(1)) value = -inf;
    Operand<std::int32_t> columns_found({kRows});
    Tensor<std::int32_t> expected(Shape{kRows});
    ops::argmax_rows<T>(x, columns_found.view());
    reference::argmax_rows<T>(x, expected);
    INFO(columns << " columns");
    CHECK(columns_found.intact());
    CHECK(same_bits<std::int32_t>(columns_found.view().span(), expected.span()));
  }
}

TEMPLATE_TEST_CASE("all_finite finds a single bad element anywhere", "[rows]", float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  std::vector<Index> sizes = edge_sizes<T>();
  sizes.push_back(5000);
  for (const Index n : sizes)
    for (const Index misaligned : {0, 1}) {
      // The canaries around it are NaN: reading one would be noticed.
      Operand<T> x({n}, misaligned);
      for (T& value : x.span()) value = Limits::max();
      const TensorView<const T> view = x.view();
      CHECK(ops::all_finite(view));
      for (Index i = 0; i < n; i += n < 200 ? 1 : 37)
        for (const T bad : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
          x[i] = bad;
          if (ops::all_finite(view)) FAIL_CHECK(bad << " at " << i << " of " << n << " missed");
          x[i] = Limits::denorm_min();
        }
      CHECK(ops::all_finite(view));
    }
}

TEMPLATE_TEST_CASE("all_within finds a single element outside, wherever it is", "[rows]", float,
                   double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  const auto all_within = cpu::kernels<simd::RowsKernels<T>>().all_within;
  for (const Index n : edge_sizes<T>())
    for (const Index misaligned : {0, 1}) {
      // The canaries around it are NaN: reading one would be noticed. 0 is outside, too.
      Operand<T> x({n}, misaligned);
      for (Index i = 0; i < n; ++i) x[i] = i % 2 == 0 ? T(1) : T(3);
      CHECK(all_within(x.data(), n, 1, 3));
      for (Index i = 0; i < n; i += n < 200 ? 1 : 37) {
        const T good = x[i];
        for (const T bad : {T(0), std::nextafter(T(1), T(0)), std::nextafter(T(3), T(4)),
                            Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
          x[i] = bad;
          if (all_within(x.data(), n, 1, 3)) FAIL_CHECK(bad << " at " << i << " of " << n);
        }
        x[i] = good;
      }
      CHECK(all_within(x.data(), n, 1, 3));
    }
}

TEST_CASE("all_finite looks at the part of every thread", "[rows]") {
  Tensor<float> x(Shape{3'000'000});
  test::for_each_thread_count([&] {
    CHECK(ops::all_finite<float>(x));
    for (const Index i : {0, 1'499'999, 2'999'999}) {
      x[i] = std::numeric_limits<float>::infinity();
      CHECK_FALSE(ops::all_finite<float>(x));
      x[i] = 1;
    }
  });
}

TEST_CASE("row operations refuse shapes that do not fit", "[rows]") {
  const Tensor<float> x({4, 3}), flat(Shape{12});
  Tensor<float> sum(Shape{4});
  Tensor<std::int32_t> columns(Shape{3});
  CHECK_THROWS_WITH(ops::column_sums<float>(x, sum), contains("column_sums") && contains("(3,)"));
  CHECK_THROWS_AS(ops::column_sums<float>(flat, sum), ShapeError);
  CHECK_THROWS_AS(ops::argmax_rows<float>(x, columns), ShapeError);
  CHECK_THROWS_AS(ops::argmax_rows<float>(Tensor<float>({3, 0}).view(), columns), ShapeError);
}
