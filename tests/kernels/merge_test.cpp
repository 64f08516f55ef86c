// Arithmetic of several tensors, through the public functions, against the scalar reference.
#include "lanewise/ops/merge.hpp"

#include <limits>
#include <vector>

#include "lanewise/error.hpp"
#include "reference/merge.hpp"
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

TEMPLATE_TEST_CASE("accumulate adds to what is there", "[merge]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const long n : test::sizes<T>())
    for (const Index misaligned : {0, 1}) {
      Operand<T> x({n}, misaligned), y({n}, 3 * misaligned), twice({n}, misaligned);
      random.fill(x.view().span());
      random.fill(y.view().span());
      Tensor<T> expected(y.view()), doubled(x.view());
      std::copy_n(x.data(), n, twice.view().data());
      reference::accumulate<T>(x.view(), expected);
      reference::accumulate<T>(x.view(), doubled);
      ops::accumulate<T>(x.view(), y.view());
      ops::accumulate<T>(twice.view(), twice.view());
      INFO(n << " elements");
      CHECK((x.intact() && y.intact() && twice.intact()));
      CHECK(same_bits<T>(y.view().span(), expected.span()));
      CHECK(same_bits<T>(twice.view().span(), doubled.span()));
    }
}

TEMPLATE_TEST_CASE("accumulate keeps NaN, infinities and the sign of zero", "[merge]", float,
                   double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  const T inf = Limits::infinity(), nan = Limits::quiet_NaN();
  const std::vector<T> special{0, -T(0), inf, -inf, nan, Limits::max(), Limits::denorm_min(), 1};
  for (const T a : special) {
    Tensor<T> x({static_cast<Index>(special.size())}), y(x.shape(), special);
    x.fill(a);
    ops::accumulate<T>(x, y);
    for (Index i = 0; i < y.size(); ++i) {
      const T b = special[static_cast<std::size_t>(i)], sum = b + a;
      INFO(b << " + " << a);
      if (std::isnan(sum))
        CHECK(std::isnan(y[i]));
      else if (std::abs(sum) < Limits::min())  // subnormals may be flushed
        CHECK((std::abs(y[i]) < Limits::min() && std::signbit(y[i]) == std::signbit(sum)));
      else
        CHECK(y[i] == sum);
    }
  }
}

TEST_CASE("accumulate gives the same bits on any number of threads", "[merge]") {
  LANEWISE_SEED_INFO();
  Random random;
  Tensor<float> x({1'000'003}), y({1'000'003});
  random.fill(x.span());
  random.fill(y.span());
  Tensor<float> expected = y;
  reference::accumulate<float>(x, expected);
  test::for_each_thread_count([&] {
    Tensor<float> sum = y;
    ops::accumulate<float>(x, sum);
    CHECK(same_bits<float>(sum.span(), expected.span()));
  });
}

TEST_CASE("accumulate refuses other shapes", "[merge]") {
  const Tensor<float> x({2, 3});
  Tensor<float> y({3, 2});
  CHECK_THROWS_WITH(ops::accumulate<float>(x, y),
                    contains("accumulate") && contains("(2, 3)") && contains("(3, 2)"));
}

namespace {

constexpr MergeKind kKinds[] = {MergeKind::add,     MergeKind::subtract, MergeKind::multiply,
                                MergeKind::average, MergeKind::maximum,  MergeKind::minimum};

template <class T>
using Views = std::vector<TensorView<const T>>;

// How many inputs to try: two, and of those that take more, three.
std::vector<std::size_t> counts(MergeKind kind) {
  return kind == MergeKind::subtract ? std::vector<std::size_t>{2} : std::vector<std::size_t>{2, 3};
}

}  // namespace

TEMPLATE_TEST_CASE("merging and its gradient agree with the reference at edges", "[merge]", float,
                   double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const MergeKind kind : kKinds)
    for (const std::size_t count : counts(kind))
      for (const long n : test::sizes<T>(false))
        for (const Index misaligned : {0, 1}) {
          std::vector<Operand<T>> x;
          for (std::size_t i = 0; i < count; ++i) {
            x.emplace_back(Shape{1, n}, misaligned);
            random.fill(x.back().view().span());
          }
          const Views<T> views = [&] {
            Views<T> list;
            for (auto& operand : x) list.push_back(operand.view());
            return list;
          }();
          Operand<T> y({1, n}, misaligned), dx({1, n}, misaligned);
          Tensor<T> dy({1, n}), want({1, n});
          random.fill(dy.span());
          ops::merge_forward<T>(kind, views, y.view());
          reference::merge_forward<T>(kind, views, want);
          INFO(to_string(kind) << " of " << count << " times " << n);
          CHECK((y.intact() && same_bits<T>(y.view().span(), want.span())));
          for (std::size_t i = 0; i < count; ++i) {
            ops::merge_backward<T>(kind, views, y.view(), dy, static_cast<Index>(i), dx.view());
            reference::merge_backward<T>(kind, views, dy, static_cast<Index>(i), want);
            CHECK((dx.intact() && same_bits<T>(dx.view().span(), want.span())));
          }
          // In the place of the first.
          ops::merge_forward<T>(kind, views, x[0].view());
          CHECK((x[0].intact() && same_bits<T>(x[0].view().span(), y.view().span())));
        }
}

TEMPLATE_TEST_CASE("a tie gives its gradient to the first, and NaN passes on", "[merge]", float,
                   double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  const Index n = 19;  // more than a register, and a part of one
  const auto row = [&](T value) {
    Tensor<T> x({1, n});
    x.fill(value);
    return x;
  };
  struct Row {
    T a, b, c;
    int maximum, minimum;  // who is chosen
  };
  const Row rows[] = {{1, 1, 1, 0, 0},     {0, 1, 1, 1, 0},      {1, 0, 0, 0, 1},
                      {nan, 1, nan, 0, 0}, {1, nan, 2, 1, 1},    {1, nan, nan, 1, 1},
                      {inf, nan, 0, 1, 1}, {-inf, 0, inf, 2, 0}, {T(0), -T(0), -T(0), 0, 0}};
  for (const Row& r : rows)
    for (const MergeKind kind : {MergeKind::maximum, MergeKind::minimum}) {
      const Tensor<T> x[] = {row(r.a), row(r.b), row(r.c)}, dy = row(3);
      const Views<T> views(std::begin(x), std::end(x));
      Tensor<T> y({1, n}), dx({1, n});
      ops::merge_forward<T>(kind, views, y);
      const int chosen = kind == MergeKind::maximum ? r.maximum : r.minimum;
      const T expected = chosen == 0 ? r.a : chosen == 1 ? r.b : r.c;
      INFO(to_string(kind) << " of " << r.a << ", " << r.b << ", " << r.c);
      for (const T value : y) CHECK((value == expected || std::isnan(value * expected)));
      for (int i = 0; i < 3; ++i) {
        ops::merge_backward<T>(kind, views, y, dy, i, dx);
        for (const T gradient : dx) CHECK(gradient == (i == chosen ? 3 : 0));
      }
    }
}

TEMPLATE_TEST_CASE("merging gives the same bits on any number of threads", "[merge]", float,
                   double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const Shape shape{6, 31, 27, 40};
  for (const Shape& narrow : {Shape{6, 31, 27, 40}, Shape{6, 1, 1, 40}, Shape{6, 31, 27, 1},
                              Shape{6, 1, 27, 1}, Shape{6, 40}, Shape{6, 1, 1, 1}}) {
    Tensor<T> x0(shape), x1(narrow), dy(shape), first_y, first_dx;
    for (auto* x : {&x0, &x1, &dy}) random.fill(x->span());
    const Views<T> views{x0, x1};
    test::for_each_thread_count([&] {
      Tensor<T> y(shape), dx(narrow);
      ops::merge_forward<T>(MergeKind::multiply, views, y);
      ops::merge_backward<T>(MergeKind::multiply, views, y, dy, 1, dx);
      if (first_y.empty()) first_y = y, first_dx = dx;
      CHECK(same_bits<T>(y.span(), first_y.span()));
      CHECK(same_bits<T>(dx.span(), first_dx.span()));
    });
  }
}

TEST_CASE("merging refuses what does not fit, and says what came", "[merge]") {
  Tensor<float> a({2, 3, 4}), b({2, 3, 1}), odd({2, 2, 4}), other({3, 3, 4}), y({2, 3, 4});
  y.fill(7);
  const auto merge = [&](MergeKind kind, const Views<float>& x) {
    ops::merge_forward<float>(kind, x, y);
  };
  CHECK_THROWS_WITH(merge(MergeKind::add, {a, odd}),
                    contains("input 1 of add") && contains("(2, 2, 4)") && contains("(2, 3, 4)"));
  CHECK_THROWS_AS(merge(MergeKind::add, {a, other}), ShapeError);
  CHECK_THROWS_WITH(merge(MergeKind::subtract, {a, b, b}), contains("subtract of 3 inputs"));
  CHECK_THROWS_AS(merge(MergeKind::add, {}), ArgumentError);
  CHECK_THROWS_AS(merge(static_cast<MergeKind>(9), {a, b}), ArgumentError);
  const Views<float> x{a, b};
  Tensor<float> dx({2, 3, 1});
  const auto back = [&](Index input, TensorView<const float> dy) {
    ops::merge_backward<float>(MergeKind::add, x, y, dy, input, dx);
  };
  CHECK_THROWS_AS(back(2, y), ArgumentError);
  CHECK_THROWS_WITH(back(1, b), contains("dy has shape (2, 3, 1)"));
  CHECK_THROWS_WITH(back(0, y), contains("dx has shape (2, 3, 1)"));
  CHECK_THROWS_AS(ops::broadcast<float>(odd, y), ShapeError);
  CHECK_THROWS_AS(ops::broadcast_backward<float>(y, odd), ShapeError);
  for (const float value : y) CHECK(value == 7);
  const auto shape = [](std::vector<Shape> shapes) { return ops::broadcast_shape(shapes, "who"); };
  CHECK(shape({{5, 1, 3}, {5, 4, 1}, {5, 3}}) == Shape{5, 4, 3});
  CHECK_THROWS_WITH(shape({{5, 2}, {5, 3}}), contains("who: ") && contains("(5, 2), (5, 3)"));
  CHECK_THROWS_AS(shape({{5, 2}, {1, 2}}), ShapeError);
  CHECK_THROWS_AS(shape({{5, 2}, Shape{}}), ShapeError);
}

TEMPLATE_TEST_CASE("sum_blocks adds the pixels of a block row by row, from zero on", "[merge]",
                   float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const auto& kernels = cpu::kernels<simd::MergeKernels<T>>();
  for (const Index channels : test::sizes<T>(false))
    for (const Index rows : {0, 1, 3})
      for (const Index columns : {0, 1, 2, 3, 5})
        for (const bool backwards : {false, true}) {
          const Index count = 4, gap = backwards ? 0 : 2;  // elements of y that stay
          const Index column_step = channels + 1, row_step = 7 * channels + 3;
          const Index x_step = channels + 2, y_step = channels + gap;
          // The rows rise or fall.
          const Index first = backwards ? 3 * row_step : 0, step = backwards ? -row_step : row_step;
          Operand<T> x({3 * row_step + 4 * column_step + 3 * x_step + channels + row_step}, 1);
          Operand<T> y({count * y_step}, 1 + gap);
          random.fill(x.span());
          random.fill(y.span());
          Tensor<T> want(TensorView<const T>(y.view()));
          for (Index i = 0; i < count; ++i)
            for (Index c = 0; c < channels; ++c) {
              T sum = 0;
              for (Index row = 0; row < rows; ++row)
                for (Index column = 0; column < columns; ++column)
                  sum += x[first + i * x_step + row * step + column * column_step + c];
              want[i * y_step + c] = sum;
            }
          kernels.sum_blocks({.count = count,
                              .channels = channels,
                              .x_step = x_step,
                              .y_step = y_step,
                              .rows = rows,
                              .columns = columns,
                              .row_step = step,
                              .column_step = column_step},
                             x.data() + first, y.data());
          INFO(rows << " x " << columns << " pixels of " << channels << " channels");
          CHECK(y.intact());
          CHECK(same_bits<T>(y.view().span(), want.span()));
        }
}
