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
