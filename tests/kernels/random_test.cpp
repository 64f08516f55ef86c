// Random numbers in bulk: against the reference, for their independence of threads, and for their
// distribution.
#include "lanewise/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/ops/rows.hpp"
#include "reference/random.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/operand.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::Operand;
using test::same_bits;

namespace {

// Around a register, a row of a group, a group, and several.
const std::vector<Index> kSizes{0,  1,  3,  4,  5,  7,  8,   9,   15,  16,  17,  31,   32,
                                33, 53, 63, 64, 65, 95, 127, 128, 129, 191, 193, 1009, 5003};
const std::vector<RandomKey> kKeys{
    {0, 0}, {1, 0}, {0, 1}, {0x123456789abcdef0, 0xfedcba9876543210}, {~0ull, ~0ull}};

// A bound of five deviations fails by chance once in 1.7 million; the seeds are fixed.
constexpr double kDeviations = 5;

struct Moments {
  double mean = 0, variance = 0, skew = 0, kurtosis = 0, correlation = 0;
};

// `correlation` is that of neighbours `lag` apart.
template <class T>
Moments moments(const Tensor<T>& x, Index lag = 1) {
  const double n = static_cast<double>(x.size());
  Moments m;
  for (const T value : x) m.mean += static_cast<double>(value) / n;
  double third = 0, fourth = 0;
  for (Index i = 0; i < x.size(); ++i) {
    const double d = static_cast<double>(x[i]) - m.mean;
    m.variance += d * d / n;
    third += d * d * d / n;
    fourth += d * d * d * d / n;
    if (i >= lag) m.correlation += d * (static_cast<double>(x[i - lag]) - m.mean) / n;
  }
  m.correlation /= m.variance;
  m.skew = third / std::pow(m.variance, 1.5);
  m.kurtosis = fourth / (m.variance * m.variance) - 3;
  return m;
}

// Kolmogorov and Smirnov's sqrt(n) times the largest distance from the distribution; above 2.7 with
// a probability of 2 exp(-2 2.7^2) = 9e-7.
template <class T>
double ks_statistic(const Tensor<T>& x, double (*distribution)(double)) {
  std::vector<T> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  const double n = static_cast<double>(sorted.size());
  double worst = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double expected = distribution(static_cast<double>(sorted[i]));
    const double below = static_cast<double>(i) / n;
    worst = std::max({worst, std::abs(expected - below), std::abs(expected - below - 1 / n)});
  }
  return worst * std::sqrt(n);
}

double normal_distribution(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

}  // namespace

TEMPLATE_TEST_CASE("uniform numbers are the reference's, bit by bit", "[random]", float, double) {
  // So they are the same on every instruction set.
  using T = TestType;
  for (const RandomKey& key : kKeys)
    for (const Index n : kSizes)
      for (const Index misaligned : {0, 1}) {
        Operand<T> x({n}, misaligned);
        Tensor<T> expected(Shape{n});
        fill_uniform<T>(x.view(), T(-0.3), T(1.7), key);
        reference::fill_uniform<T>(expected.view(), T(-0.3), T(1.7), key);
        if (!x.intact() || !same_bits<T>(x.view().span(), expected.span()))
          FAIL_CHECK("n = " << n << ", misaligned by " << misaligned << ", seed " << key.seed);
      }
}

TEMPLATE_TEST_CASE("normal numbers are the reference's but for rounding", "[random]", float,
                   double) {
  using T = TestType;
  for (const RandomKey& key : kKeys)
    for (const Index n : kSizes) {
      Operand<T> x({n}, 1);
      Tensor<T> expected(Shape{n + 64});  // whole groups, for the partner of each
      fill_normal<T>(x.view(), T(0.5), T(2), key);
      reference::fill_normal<T>(expected.view(), T(0.5), T(2), key);
      CHECK(x.intact());
      // z is radius times sine or cosine, and its partner 16 away the other. The argument of the
      // logarithm is rounded relative to 1, on both sides, which moves the squared radius by up to
      // 2 eps and the radius by that over twice itself; all else is relative to the radius.
      const T eps = std::numeric_limits<T>::epsilon();
      for (Index i = 0; i < n; ++i) {
        const T radius = std::hypot(expected[i] - T(0.5), expected[i ^ 16] - T(0.5)) / 2;
        const T bound = 2 * (eps / std::max(radius, std::sqrt(eps)) + 8 * eps * radius) + 2 * eps;
        if (!(std::abs(x[i] - expected[i]) <= bound))
          FAIL_CHECK(x[i] << " for " << expected[i] << " at " << i << " of " << n);
      }
    }
}

TEMPLATE_TEST_CASE("random numbers do not depend on threads or on the size", "[random][large]",
                   float, double) {
  using T = TestType;
  constexpr Index kCount = 1'000'003;
  const RandomKey key{5, 6};
  Tensor<T> x(Shape{kCount}), uniform, normal, dropped;
  x.fill(1);
  test::for_each_thread_count([&] {
    Tensor<T> u(Shape{kCount}), z(Shape{kCount}), d(Shape{kCount});
    fill_uniform<T>(u, 0, 1, key);
    fill_normal<T>(z, 0, 1, key);
    ops::dropout<T>(x, 0.4, key, d);
    if (uniform.empty()) {
      uniform = u;
      normal = z;
      dropped = d;
    }
    CHECK(same_bits<T>(u.span(), uniform.span()));
    CHECK(same_bits<T>(z.span(), normal.span()));
    CHECK(same_bits<T>(d.span(), dropped.span()));
  });
  // A shorter tensor gets the beginning of the same stream.
  Tensor<T> u(Shape{777}), z(Shape{777});
  fill_uniform<T>(u, 0, 1, key);
  fill_normal<T>(z, 0, 1, key);
  CHECK(same_bits<T>(u.span(), uniform.span().first(777)));
  CHECK(same_bits<T>(z.span(), normal.span().first(777)));
}

TEMPLATE_TEST_CASE("uniform numbers are uniform", "[random][large]", float, double) {
  using T = TestType;
  constexpr Index kCount = 1 << 18;
  constexpr double n = kCount;
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    Tensor<T> x(Shape{kCount}), other(Shape{kCount});
    fill_uniform<T>(x, 0, 1, {seed, 0});
    const Moments m = moments(x);
    CHECK(std::abs(m.mean - 0.5) < kDeviations * std::sqrt(1 / (12 * n)));
    CHECK(std::abs(m.variance - 1.0 / 12) < kDeviations * std::sqrt(1 / (180 * n)));
    CHECK(std::abs(m.skew) < kDeviations * std::sqrt(6 / n));
    for (const Index lag : {1, 4, 16, 32, 64})
      CHECK(std::abs(moments(x, lag).correlation) < kDeviations / std::sqrt(n));
    CHECK(ks_statistic(x, [](double u) { return u; }) < 2.7);

    // 256 classes: chi-square has the mean 255 and the variance 510, and is nearly normal.
    std::vector<double> counts(256);
    for (const T value : x) ++counts[static_cast<std::size_t>(value * 256)];
    double chi_square = 0;
    for (const double count : counts) chi_square += (count - n / 256) * (count - n / 256) * 256 / n;
    CHECK(std::abs(chi_square - 255) < (kDeviations + 1) * std::sqrt(510.0));

    // Another stream of the seed, and the next seed.
    for (const RandomKey key : {RandomKey{seed, 1}, RandomKey{seed + 1, 0}}) {
      fill_uniform<T>(other, 0, 1, key);
      double product = 0;
      for (Index i = 0; i < kCount; ++i)
        product += (static_cast<double>(x[i]) - 0.5) * (static_cast<double>(other[i]) - 0.5) * 12;
      CHECK(std::abs(product / n) < kDeviations / std::sqrt(n));
    }
  }
}

TEMPLATE_TEST_CASE("normal numbers are normal", "[random][large]", float, double) {
  using T = TestType;
  constexpr Index kCount = 1 << 18;
  constexpr double n = kCount;
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    Tensor<T> x(Shape{kCount});
    fill_normal<T>(x, 0, 1, {seed, 0});
    const Moments m = moments(x);
    CHECK(std::abs(m.mean) < kDeviations / std::sqrt(n));
    CHECK(std::abs(m.variance - 1) < kDeviations * std::sqrt(2 / n));
    CHECK(std::abs(m.skew) < kDeviations * std::sqrt(6 / n));
    CHECK(std::abs(m.kurtosis) < kDeviations * std::sqrt(24 / n));
    // 16 and 32 apart are the two numbers of one pair; their squares would tell a shared radius.
    for (const Index lag : {1, 16, 32, 64})
      CHECK(std::abs(moments(x, lag).correlation) < kDeviations / std::sqrt(n));
    CHECK(ks_statistic(x, normal_distribution) < 2.7);
    for (T& value : x) value *= value;
    for (const Index lag : {1, 16, 32})
      CHECK(std::abs(moments(x, lag).correlation) < kDeviations / std::sqrt(n));
    // The tail reaches past 4 deviations, as 16 of 262,144 should.
    const auto far = std::count_if(x.begin(), x.end(), [](T square) { return square > 16; });
    CHECK(far > 0);
    CHECK(far < 45);
  }
}

TEMPLATE_TEST_CASE("uniform numbers stay below the upper border", "[random]", float, double) {
  using T = TestType;
  const auto all_within = [](T low, T high) {
    Tensor<T> x(Shape{100'000});
    fill_uniform<T>(x, low, high, {3, 3});
    return std::all_of(x.begin(), x.end(), [&](T v) { return v >= low && v < high; });
  };
  const T one = 1, eps = std::numeric_limits<T>::epsilon();
  CHECK(all_within(0, 1));
  CHECK(all_within(-1, 1));
  CHECK(all_within(one, one + 2 * eps));  // three numbers: half of the draws round to the border
  CHECK(all_within(one, one + eps));
  CHECK(all_within(-one - eps, -one));
  CHECK(all_within(T(1e6), T(1e6) + 1));
  CHECK(all_within(-std::numeric_limits<T>::max() / 4, std::numeric_limits<T>::max() / 4));
  Tensor<T> x(Shape{100});
  fill_uniform<T>(x, 2, 2, {});
  for (const T value : x) CHECK(value == 2);
}

TEST_CASE("random numbers check their arguments before they write", "[random]") {
  Tensor<float> x(Shape{4});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(fill_uniform<float>(x, 1, 0, {}),
                    contains("fill_uniform") && contains("[1, 0)"));
  CHECK_THROWS_AS(fill_uniform<float>(x, nan, 0, {}), ArgumentError);
  CHECK_THROWS_AS(fill_uniform<float>(x, 0, inf, {}), ArgumentError);
  CHECK_THROWS_AS(fill_uniform<float>(x, -3e38f, 3e38f, {}), ArgumentError);
  CHECK_THROWS_AS(fill_normal<float>(x, 0, -1, {}), ArgumentError);
  CHECK_THROWS_AS(fill_normal<float>(x, 0, nan, {}), ArgumentError);
  CHECK_THROWS_AS(fill_normal<float>(x, inf, 1, {}), ArgumentError);
  CHECK_THROWS_AS(ops::dropout<float>(x, 1, {}, x), ArgumentError);
  CHECK_THROWS_AS(ops::dropout<float>(x, -0.1, {}, x), ArgumentError);
  CHECK_THROWS_AS(ops::dropout<float>(x, nan, {}, x), ArgumentError);
  Tensor<float> y(Shape{3});
  CHECK_THROWS_AS(ops::dropout<float>(x, 0.5, {}, y), ShapeError);
  for (const float value : x) CHECK(value == 0);
}

TEMPLATE_TEST_CASE("dropout is the reference's, in place or not", "[random]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  test::Random random;
  for (const double rate : {0.0, 0.1, 0.5, 0.99})
    for (const Index n : kSizes)
      for (const Index misaligned : {0, 1}) {
        Operand<T> x({n}, misaligned), y({n}, 3 - misaligned);
        random.fill(x.span(), T(0.5), T(2));
        Tensor<T> expected(Shape{n});
        const TensorView<T> in = x.view(), out = y.view();
        reference::dropout<T>(in, rate, {9, 1}, expected.view());
        ops::dropout<T>(in, rate, {9, 1}, out);
        if (!y.intact() || !same_bits<T>(y.view().span(), expected.span()))
          FAIL_CHECK("n = " << n << ", rate " << rate);
        ops::dropout<T>(in, rate, {9, 1}, in);
        if (!x.intact() || !same_bits<T>(x.view().span(), expected.span()))
          FAIL_CHECK("in place, n = " << n << ", rate " << rate);
      }
}

TEST_CASE("dropout keeps the fraction it should, the same for float and double", "[random]") {
  constexpr Index kCount = 1 << 18;
  Tensor<float> x(Shape{kCount}), y(Shape{kCount});
  Tensor<double> x_double(Shape{kCount}), y_double(Shape{kCount});
  x.fill(1);
  x_double.fill(1);
  for (const double rate : {0.0, 0.25, 0.5, 0.9}) {
    ops::dropout<float>(x, rate, {1, 2}, y);
    ops::dropout<double>(x_double, rate, {1, 2}, y_double);
    Index kept = 0, different = 0;
    for (Index i = 0; i < kCount; ++i) {
      kept += y[i] != 0;
      different += (y[i] != 0) != (y_double[i] != 0);
    }
    CHECK(different == 0);
    const double n = kCount;
    CHECK(std::abs(static_cast<double>(kept) - (1 - rate) * n) <=
          kDeviations * std::sqrt(n * rate * (1 - rate)));
  }
  // What is dropped is 0, whatever it was.
  x.fill(std::numeric_limits<float>::quiet_NaN());
  ops::dropout<float>(x, 0.5, {1, 2}, y);
  CHECK(std::count(y.begin(), y.end(), 0.0f) > kCount / 3);
}
