// exp, log and their kin at special values, at every size and in place. How accurate they are is
// ulp_test's business.
#include <array>

#include "support/kernel_case.hpp"

using namespace lanewise;
using namespace lanewise::test;

namespace {

template <class T>
T one(typename simd::MathKernels<T>::Function f, T x) {
  T y = 0;
  f(&x, &y, 1);
  return y;
}

template <class T>
bool same(T a, T b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

}  // namespace

TEMPLATE_TEST_CASE("exp, log and tanh of special values", "[math]", float, double) {
  using T = TestType;
  using L = std::numeric_limits<T>;
  const auto& k = cpu::kernels<simd::MathKernels<T>>();
  const T inf = L::infinity(), nan = L::quiet_NaN(), zero = 0;

  for (auto f : {k.exp, k.log, k.tanh, k.expm1_nonpositive, k.sigmoid}) {
    CHECK(std::isnan(one(f, nan)));
    CHECK(std::isnan(one(f, -nan)));
  }
  CHECK(same(one(k.exp, zero), T(1)));
  CHECK(same(one(k.exp, -zero), T(1)));
  CHECK(same(one(k.exp, inf), inf));
  CHECK(same(one(k.exp, -inf), zero));
  CHECK(same(one(k.exp, L::max()), inf));
  CHECK(same(one(k.exp, L::lowest()), zero));
  CHECK(same(one(k.exp, L::denorm_min()), T(1)));
  const T last = std::log(L::max());  // rounded to nearest: its exponential may overflow
  CHECK(std::isfinite(one(k.exp, std::nextafter(last, zero))));
  CHECK(same(one(k.exp, std::nextafter(last, inf)), inf));
  CHECK(one(k.exp, std::log(L::min()) * T(0.999)) > L::min());

  CHECK(same(one(k.log, zero), -inf));
  CHECK(same(one(k.log, -zero), -inf));
  CHECK(same(one(k.log, T(1)), zero));
  CHECK(same(one(k.log, inf), inf));
  CHECK(std::isnan(one(k.log, -inf)));
  CHECK(std::isnan(one(k.log, T(-1))));
  CHECK(std::isfinite(one(k.log, L::min())));
  CHECK(std::isfinite(one(k.log, L::max())));

  CHECK(same(one(k.tanh, zero), zero));
  CHECK(same(one(k.tanh, -zero), -zero));
  for (T large : {T(20), T(88), T(700), L::max(), inf}) {
    CHECK(same(one(k.tanh, large), T(1)));
    CHECK(same(one(k.tanh, -large), T(-1)));
  }
  CHECK(std::abs(one(k.tanh, L::denorm_min())) < L::min());
  CHECK(same(one(k.expm1_nonpositive, zero), zero));
  CHECK(same(one(k.expm1_nonpositive, -zero), -zero));
  CHECK(same(one(k.expm1_nonpositive, -inf), T(-1)));
  CHECK(same(one(k.expm1_nonpositive, T(-700)), T(-1)));
  CHECK(same(one(k.log1p_unit, zero), zero));
  CHECK(same(one(k.sigmoid, zero), T(0.5)));
  CHECK(same(one(k.sigmoid, inf), T(1)));
  CHECK(same(one(k.sigmoid, -inf), zero));
  CHECK(same(one(k.sigmoid, T(1e4)), T(1)));
  CHECK(same(one(k.sigmoid, T(-1e4)), zero));
}

TEMPLATE_TEST_CASE("an element's result depends neither on its place nor on the others", "[math]",
                   float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const auto& k = cpu::kernels<simd::MathKernels<T>>();
  for (auto f : {k.exp, k.log, k.tanh, k.expm1_nonpositive, k.log1p_unit, k.sigmoid})
    for (Index n : sizes<T>(false))
      for (Index misaligned : {0, 1}) {
        Operand<T> x({n}, misaligned), y({n}, misaligned);
        fill(x, random, 1, false);
        if (f == k.expm1_nonpositive)
          for (Index i = 0; i < n; ++i) x[i] = -std::abs(x[i]);
        if (f == k.log1p_unit)
          for (Index i = 0; i < n; ++i) x[i] = std::min(T(1), std::abs(x[i]));
        f(x.data(), y.data(), n);
        CHECK(y.intact());
        for (Index i = 0; i < n; ++i) CHECK(same(y[i], one(f, x[i])));
        f(x.data(), x.data(), n);
        CHECK(x.intact());
        for (Index i = 0; i < n; ++i) CHECK(same(x[i], y[i]));
      }
}

TEMPLATE_TEST_CASE("sin and cos of whole turns", "[math]", float, double) {
  using T = TestType;
  constexpr Index n = 100'003;
  const auto& k = cpu::kernels<simd::MathKernels<T>>();
  Operand<T> u({n}), s({n}), c({n});
  for (Index i = 0; i < n; ++i) u[i] = static_cast<T>(static_cast<double>(i) / (n - 1));
  for (Index i = 0; i <= 8; ++i) u[i] = static_cast<T>(i) / 8;
  k.sin_cos_2pi(u.data(), s.data(), c.data(), n);
  CHECK(s.intact());
  CHECK(c.intact());
  const long double two_pi = 6.283185307179586476925286766559005768L;
  double worst = 0;
  for (Index i = 0; i < n; ++i) {
    const long double angle = two_pi * static_cast<long double>(u[i]);
    const auto error = [](T got, long double want) {
      return static_cast<double>(std::abs(static_cast<long double>(got) - want));
    };
    worst = std::max({worst, error(s[i], std::sin(angle)), error(c[i], std::cos(angle))});
  }
  CHECK(worst <= 1.0 * static_cast<double>(std::numeric_limits<T>::epsilon()));
  for (Index i = 0; i <= 8; i += 2) {  // quarters are exact
    CHECK(s[i] == std::array<T, 5>{0, 1, 0, -1, 0}[static_cast<std::size_t>(i / 2)]);
    CHECK(c[i] == std::array<T, 5>{1, 0, -1, 0, 1}[static_cast<std::size_t>(i / 2)]);
  }
}
