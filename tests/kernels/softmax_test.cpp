// The softmax kernels against the reference.
#include "reference/softmax.hpp"

#include "support/kernel_case.hpp"

using namespace lanewise;
using namespace lanewise::test;

namespace {

// Rows and columns: around a register, and longer than the L2 cache.
template <class T>
std::vector<Shape> shapes() {
  std::vector<Shape> list;
  for (Index columns : sizes<T>(false))
    for (Index rows : {0, 1, 3})
      if (columns > 0) list.push_back({rows, columns});
  list.push_back({64, 10});
  list.push_back({2, kSanitized ? 3'007 : 300'007});
  return list;
}

// Within so many epsilon.
template <class T>
bool is_near(T got, double want, double bound) {
  return magnitude(got - static_cast<T>(want)) <= bound * eps<T>();
}

template <class T>
void check_shape(const Shape& s, Index misaligned, bool in_place, Random& random) {
  const auto& kernels = cpu::kernels<simd::SoftmaxKernels<T>>();
  const Index rows = s[0], columns = s[1];
  Operand<T> x(s, misaligned), dy(s, misaligned), want(s), y(s, misaligned), dx(s, misaligned);
  fill(x, random, 4, false);
  fill(dy, random, 1, false);
  const auto start = [&](Operand<T>& from, Operand<T>& to) {
    if (in_place) std::copy_n(from.data(), from.size(), to.data());
    return in_place ? to.data() : from.data();
  };
  // x - max is rounded, which moves its exponential by as many epsilon as it is large.
  const double exp_error = 16, lost = sum_error<T>(columns);

  reference::softmax<T>(x.view(), want.view());
  kernels.softmax(start(x, y), y.data(), rows, columns);
  check_near("softmax", y, want.view(),
             [&](Index i) { return (4 + exp_error + lost) * eps<T>() * magnitude(want[i]); });
  reference::softmax_backward<T>(y.view(), dy.view(), want.view());
  kernels.softmax_backward(y.data(), start(dy, dx), dx.data(), rows, columns);
  check_near("softmax's dx", dx, want.view(),
             [&](Index i) { return (8 + lost) * eps<T>() * 8 * magnitude(y[i]); });

  reference::log_softmax<T>(x.view(), want.view());
  kernels.log_softmax(start(x, y), y.data(), rows, columns);
  check_near("log_softmax", y, want.view(),
             [&](Index i) { return (8 + lost) * eps<T>() * (1 + magnitude(want[i])); });
  reference::log_softmax_backward<T>(y.view(), dy.view(), want.view());
  kernels.log_softmax_backward(y.data(), start(dy, dx), dx.data(), rows, columns);
  double largest_sum = 0;
  for (Index r = 0; r < rows; ++r) {
    double sum = 0;
    for (Index j = 0; j < columns; ++j) sum += magnitude(dy[r * columns + j]);
    largest_sum = std::max(largest_sum, sum);
  }
  check_near("log_softmax's dx", dx, want.view(), [&](Index i) {
    return (8 + lost) * eps<T>() *
           (magnitude(dy[i]) + largest_sum * std::exp(static_cast<double>(y[i])));
  });
}

}  // namespace

TEMPLATE_TEST_CASE("softmax at every shape, misaligned and in place", "[softmax]", float, double) {
  LANEWISE_SEED_INFO();
  Random random;
  for (const Shape& s : shapes<TestType>())
    for (Index misaligned : {0, 1})
      for (bool in_place : {false, true}) {
        INFO(s[0] << " x " << s[1] << ", misaligned by " << misaligned
                  << (in_place ? ", in place" : ""));
        check_shape<TestType>(s, misaligned, in_place, random);
      }
}

TEMPLATE_TEST_CASE("softmax is stable for large logits and shifts", "[softmax]", float, double) {
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::SoftmaxKernels<T>>();
  for (Index n : {2, 10, 37}) {
    Operand<T> x({n}), y({n}), log_y({n});
    for (T big : {T(1e4), T(-1e4), std::numeric_limits<T>::max() / 4}) {
      INFO(n << " logits of " << big);
      std::fill_n(x.data(), n, big);
      x[1] = -std::abs(big);
      if (big < 0) x[1] = 0;  // the only one that counts
      kernels.softmax(x.data(), y.data(), 1, n);
      kernels.log_softmax(x.data(), log_y.data(), 1, n);
      const double others = big < 0 ? 0 : 1.0 / static_cast<double>(n - 1);
      for (Index i = 0; i < n; ++i) {
        const double want = i == 1 ? (big < 0 ? 1 : 0) : others;
        CHECK(is_near(y[i], want, 2));
        if (want > 0) CHECK(is_near(log_y[i], std::log(want), 4));
      }
    }
  }
}

TEMPLATE_TEST_CASE("NaN, infinities and subnormals in softmax", "[softmax]", float, double) {
  using T = TestType;
  using L = std::numeric_limits<T>;
  const auto& kernels = cpu::kernels<simd::SoftmaxKernels<T>>();
  for (Index n : {Index(1), lanes<T>(), lanes<T>() + 1, Index(10), Index(37), Index(70)})
    for (Index at = 0; at < n; ++at) {
      INFO(n << " logits, a special one at " << at);
      Operand<T> x({n}), y({n});
      const auto both = [&](T special, auto good) {
        x[at] = special;
        kernels.softmax(x.data(), y.data(), 1, n);
        for (Index i = 0; i < n; ++i) CHECK(good(i, y[i]));
        kernels.log_softmax(x.data(), y.data(), 1, n);
        for (Index i = 0; i < n; ++i) CHECK(good(i, std::exp(y[i])));
      };
      const auto nan = [](Index, T v) { return std::isnan(v); };
      both(L::quiet_NaN(), nan);
      both(L::infinity(), nan);
      if (n == 1) {
        both(-L::infinity(), nan);
        continue;
      }
      const double rest = 1.0 / static_cast<double>(n - 1);
      both(-L::infinity(),
           [&](Index i, T v) { return i == at ? v == 0 : is_near(v, rest, 8 * rest); });
      const double all = 1.0 / static_cast<double>(n);
      both(L::denorm_min(), [&](Index, T v) { return is_near(v, all, 8 * all); });
    }
}
