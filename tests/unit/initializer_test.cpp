// The initializers: bounds and deviations as their definitions say. The tolerances are four
// standard errors of what is estimated from n samples.
#include "lanewise/nn/initializer.hpp"

#include <cmath>

#include "lanewise/error.hpp"
#include "support/catch.hpp"

using namespace lanewise;

namespace {

constexpr Index kCount = 200 * 300;
constexpr Fan kFan{200, 300};

struct Statistics {
  double mean = 0, deviation = 0, largest = 0;
};

template <class T>
Statistics statistics(const Initializer& initializer, std::uint64_t seed = 1) {
  Tensor<T> w({200, 300});
  initialize<T>(initializer, kFan, {seed, 5}, w);
  Statistics s;
  for (T value : w) {
    s.mean += static_cast<double>(value) / static_cast<double>(kCount);
    s.largest = std::max(s.largest, std::abs(static_cast<double>(value)));
  }
  for (T value : w) s.deviation += std::pow(static_cast<double>(value) - s.mean, 2);
  s.deviation = std::sqrt(s.deviation / static_cast<double>(kCount));
  return s;
}

// The relative standard error of a deviation is sqrt((kurtosis - 1) / n) / 2: kurtosis is 1.8 for a
// uniform variate and at most 3 for a normal one, truncated or not.
constexpr double kFourErrors = 4 * 0.7072 / 245.0;  // sqrt(kCount) = 245

}  // namespace

TEMPLATE_TEST_CASE("uniform initializers keep their limits and fill them", "[initializer]", float,
                   double) {
  const std::pair<Initializer, double> cases[] = {{GlorotUniform{}, std::sqrt(6.0 / 500)},
                                                  {HeUniform{}, std::sqrt(6.0 / 200)},
                                                  {LecunUniform{}, std::sqrt(3.0 / 200)},
                                                  {RandomUniform{}, 0.05}};
  for (const auto& [initializer, limit] : cases) {
    const Statistics s = statistics<TestType>(initializer);
    CHECK(s.largest <= limit * (1 + 1e-6));
    CHECK(s.largest > 0.999 * limit);
    CHECK(s.deviation == Approx(limit / std::sqrt(3.0)).epsilon(kFourErrors));
    CHECK(std::abs(s.mean) < 4 * limit / std::sqrt(3.0) / 245);
  }
}

TEMPLATE_TEST_CASE("normal initializers have their deviation, truncated at two of the underlying",
                   "[initializer]", float, double) {
  const std::pair<Initializer, double> cases[] = {{GlorotNormal{}, std::sqrt(2.0 / 500)},
                                                  {HeNormal{}, std::sqrt(2.0 / 200)},
                                                  {LecunNormal{}, std::sqrt(1.0 / 200)}};
  for (const auto& [initializer, deviation] : cases) {
    const Statistics s = statistics<TestType>(initializer);
    const double border = 2 * deviation / 0.87962566103423978;
    CHECK(s.deviation == Approx(deviation).epsilon(kFourErrors));
    CHECK(s.largest <= border * (1 + 1e-6));
    CHECK(s.largest > 0.99 * border);
    CHECK(std::abs(s.mean) < 4 * deviation / 245);
  }
  const Statistics plain = statistics<TestType>(RandomNormal{.mean = 3, .stddev = 0.5});
  CHECK(plain.mean == Approx(3).margin(4 * 0.5 / 245));
  CHECK(plain.deviation == Approx(0.5).epsilon(kFourErrors));
  CHECK(plain.largest > 3 + 3 * 0.5);  // not truncated
}

TEST_CASE("constant initializers", "[initializer]") {
  CHECK(statistics<float>(Zeros{}).largest == 0);
  CHECK(statistics<float>(Ones{}).mean == Approx(1));
  CHECK(statistics<float>(Constant{-2.5}).mean == Approx(-2.5));
}

TEST_CASE("a key fixes the weights, another draws others", "[initializer]") {
  for (const Initializer& initializer : {Initializer(GlorotUniform{}), Initializer(HeNormal{})}) {
    CHECK(statistics<float>(initializer, 1).mean == statistics<float>(initializer, 1).mean);
    CHECK(statistics<float>(initializer, 1).mean != statistics<float>(initializer, 2).mean);
  }
}

TEST_CASE("initializers refuse what has no meaning", "[initializer]") {
  Tensor<float> w({4});
  CHECK_THROWS_AS(initialize<float>(GlorotUniform{}, {0, 4}, {}, w), ArgumentError);
  CHECK_THROWS_AS(initialize<float>(HeNormal{}, {0, 4}, {}, w), ArgumentError);
  CHECK_THROWS_AS(initialize<float>(RandomUniform{1, -1}, {1, 1}, {}, w), ArgumentError);
  CHECK_THROWS_AS(initialize<float>(RandomNormal{0, -1}, {1, 1}, {}, w), ArgumentError);
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  for (double bad : {nan, infinity, -infinity, 1e39}) {  // 1e39 is no float
    for (const Initializer& initializer :
         {Initializer(Constant{bad}), Initializer(RandomUniform{bad, bad}),
          Initializer(RandomUniform{0, bad}), Initializer(RandomNormal{bad, 1}),
          Initializer(RandomNormal{0, bad})}) {
      CHECK_THROWS_AS(initializer.make<float>(), ArgumentError);
      CHECK_THROWS_AS(initialize<float>(initializer, {1, 1}, {}, w), ArgumentError);
    }
  }
  CHECK_THROWS_AS(Initializer(RandomUniform{-3e38, 3e38}).make<float>(),
                  ArgumentError);  // a range beyond float
  Constant{1e39}.make<double>();
  CHECK_THROWS_WITH(Constant{nan}.make<double>(), "Constant: got nan, expected finite numbers");
  for (float x : w) CHECK(x == 0);
}
