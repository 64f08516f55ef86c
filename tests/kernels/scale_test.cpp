// scale(), through the public function, against the scalar reference: the same bits.
#include "lanewise/ops/scale.hpp"

#include <cmath>
#include <iterator>
#include <limits>

#include "lanewise/error.hpp"
#include "reference/scale.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/kernel_case.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::Operand;
using test::Random;
using test::same_bits;

TEMPLATE_TEST_CASE("scale multiplies every element", "[scale]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Index n : test::sizes<T>())
    for (const Index misaligned : {0, 1, 3}) {
      INFO("n = " << n << ", misaligned by " << misaligned);
      Operand<T> x({n}, misaligned), y({n}, misaligned + 1);
      test::fill(x, random, 2);
      Tensor<T> want({n});
      reference::scale<T>(T(-0.3), x.view(), want);
      ops::scale<T>(T(-0.3), x.view(), y.view());
      ops::scale<T>(T(-0.3), x.view(), x.view());  // in place
      CHECK((y.intact() && x.intact()));
      CHECK(same_bits<T>(y.view().span(), want.span()));
      CHECK(same_bits<T>(x.view().span(), want.span()));
    }
}

TEMPLATE_TEST_CASE("scale keeps NaN, infinities and the signs of zeros", "[scale]", float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  const T nan = Limits::quiet_NaN(), infinity = Limits::infinity(), tiny = Limits::denorm_min();
  const T values[] = {0, T(-0.0), 1, nan, infinity, -infinity, tiny, -tiny, Limits::max()};
  const T doubled[] = {0, T(-0.0), 2, nan, infinity, -infinity, 0, T(-0.0), infinity};
  const Index count = std::size(values);
  Tensor<T> x({4 * count}), y({4 * count});  // of more than a register
  for (Index i = 0; i < x.size(); ++i) x[i] = values[i % count];
  ops::scale<T>(2, x, y);
  for (Index i = 0; i < y.size(); ++i) {
    INFO(i);
    if (std::isnan(values[i % count]))
      CHECK(std::isnan(y[i]));
    else
      CHECK(same_bits<T>({&y[i], 1}, {&doubled[i % count], 1}));
  }
  ops::scale<T>(0, x, y);  // 0 times infinity
  CHECK(std::isnan(y[4]));
}

TEST_CASE("scale gives the same bits on any number of threads", "[scale]") {
  LANEWISE_SEED_INFO();
  Random random;
  Tensor<float> x({1000, 1009}), y(x.shape()), want(x.shape());
  random.fill(x.span());
  reference::scale<float>(0.1f, x, want);
  test::for_each_thread_count([&] {
    ops::scale<float>(0.1f, x, y);
    CHECK(same_bits<float>(y.span(), want.span()));
  });
}

TEST_CASE("scale refuses other shapes", "[scale]") {
  const Tensor<float> x({2, 3});
  Tensor<float> y({3, 2});
  y.fill(7);
  CHECK_THROWS_WITH(ops::scale<float>(2, x, y),
                    contains("scale: y has shape (3, 2), expected (2, 3) for x of shape (2, 3)"));
  for (const float value : y) CHECK(value == 7);
}
