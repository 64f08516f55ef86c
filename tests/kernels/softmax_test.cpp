// The softmax kernels against the reference.
#include "reference/softmax.hpp"

#include <array>

#include "support/kernel_case.hpp"

using namespace lanewise;
using namespace lanewise::test;

namespace {

using Sizes = std::array<long, 2>;

// Rows and columns: around a register, and longer than the L2 cache.
template <class T>
std::vector<Sizes> shapes() {
  std::vector<Sizes> list;
  for (long columns : sizes<T>(false))
    for (long rows : {0L, 1L, 3L})
      if (columns > 0) list.push_back({rows, columns});
  list.push_back({64, 10});
  list.push_back({2, kSanitized ? 3'007 : 300'007});
  return list;
}

template <class T>
TensorView<const T> view(Guarded<T>& x, Sizes s) {
  return {x.data(), Shape{s[0], s[1]}};
}

// The largest error of a kernel's output in epsilon, each element measured by scale(i).
template <class T, class Scale>
void check_close(Guarded<T>& got, Guarded<T>& want, double bound, Scale scale) {
  CHECK(got.intact());
  double worst = 0;
  for (long i = 0; i < got.size(); ++i) {
    const double error = error_in_eps(got[i], want[i], scale(i));
    if (error > worst) {
      worst = error;
      UNSCOPED_INFO("element " << i << ": " << got[i] << ", expected " << want[i]);
    }
  }
  CHECK(worst <= bound);
}

template <class T>
double size_of(T x) {
  return std::abs(static_cast<double>(x));
}

template <class T>
void check_shape(Sizes s, int misalign, bool in_place, std::mt19937_64& random) {
  const auto& kernels = cpu::kernels<simd::SoftmaxKernels<T>>();
  const long n = s[0] * s[1];
  const Shape shape{s[0], s[1]};
  Guarded<T> x(n, misalign), dy(n, misalign), want(n), y(n, misalign), dx(n, misalign);
  fill(x, random, 4, false);
  fill(dy, random, 1, false);
  const auto start = [&](Guarded<T>& from, Guarded<T>& to) {
    if (in_place) std::copy(from.data(), from.data() + n, to.data());
    return in_place ? to.data() : from.data();
  };
  // x - max is rounded, which moves its exponential by as many epsilon as it is large.
  const double exp_error = 16, lost = sum_error<T>(s[1]);

  reference::softmax<T>(view(x, s), TensorView<T>{want.data(), shape});
  kernels.softmax(start(x, y), y.data(), s[0], s[1]);
  check_close(y, want, 4 + exp_error + lost, [&](long i) { return size_of(want[i]); });
  reference::softmax_backward<T>(view(y, s), view(dy, s), TensorView<T>{want.data(), shape});
  kernels.softmax_backward(y.data(), start(dy, dx), dx.data(), s[0], s[1]);
  check_close(dx, want, 8 + lost, [&](long i) { return 8 * size_of(y[i]); });

  reference::log_softmax<T>(view(x, s), TensorView<T>{want.data(), shape});
  kernels.log_softmax(start(x, y), y.data(), s[0], s[1]);
  check_close(y, want, 8 + lost, [&](long i) { return 1 + size_of(want[i]); });
  reference::log_softmax_backward<T>(view(y, s), view(dy, s), TensorView<T>{want.data(), shape});
  kernels.log_softmax_backward(y.data(), start(dy, dx), dx.data(), s[0], s[1]);
  double largest_sum = 0;
  for (long r = 0; r < s[0]; ++r) {
    double sum = 0;
    for (long j = 0; j < s[1]; ++j) sum += size_of(dy[r * s[1] + j]);
    largest_sum = std::max(largest_sum, sum);
  }
  check_close(dx, want, 8 + lost, [&](long i) {
    return size_of(dy[i]) + largest_sum * std::exp(static_cast<double>(y[i]));
  });
}

}  // namespace

TEMPLATE_TEST_CASE("softmax at every shape, misaligned and in place", "[softmax]", float, double) {
  std::mt19937_64 random(seed());
  for (Sizes s : shapes<TestType>())
    for (int misalign : {0, 1})
      for (bool in_place : {false, true}) {
        INFO(s[0] << " x " << s[1] << ", misaligned by " << misalign
                  << (in_place ? ", in place" : ""));
        check_shape<TestType>(s, misalign, in_place, random);
      }
}

TEMPLATE_TEST_CASE("softmax is stable for large logits and shifts", "[softmax]", float, double) {
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::SoftmaxKernels<T>>();
  for (long n : {2L, 10L, 37L}) {
    Guarded<T> x(n), y(n), log_y(n);
    for (T big : {T(1e4), T(-1e4), std::numeric_limits<T>::max() / 4}) {
      INFO(n << " logits of " << big);
      std::fill(x.data(), x.data() + n, big);
      x[1] = -std::abs(big);
      if (big < 0) x[1] = 0;  // the only one that counts
      kernels.softmax(x.data(), y.data(), 1, n);
      kernels.log_softmax(x.data(), log_y.data(), 1, n);
      const double others = big < 0 ? 0 : 1.0 / static_cast<double>(n - 1);
      for (long i = 0; i < n; ++i) {
        const double want = i == 1 ? (big < 0 ? 1 : 0) : others;
        CHECK(error_in_eps(y[i], static_cast<T>(want), 1) <= 2);
        if (want > 0) CHECK(error_in_eps(log_y[i], static_cast<T>(std::log(want)), 4) <= 1);
      }
    }
  }
}

TEMPLATE_TEST_CASE("NaN, infinities and subnormals in softmax", "[softmax]", float, double) {
  using T = TestType;
  using L = std::numeric_limits<T>;
  const auto& kernels = cpu::kernels<simd::SoftmaxKernels<T>>();
  for (long n : {long(1), long(lanes<T>()), long(lanes<T>()) + 1, 10L, 37L})
    for (long at = 0; at < n; ++at) {
      INFO(n << " logits, a special one at " << at);
      Guarded<T> x(n), y(n);
      const auto both = [&](T special, auto good) {
        x[at] = special;
        kernels.softmax(x.data(), y.data(), 1, n);
        for (long i = 0; i < n; ++i) CHECK(good(i, y[i]));
        kernels.log_softmax(x.data(), y.data(), 1, n);
        for (long i = 0; i < n; ++i) CHECK(good(i, std::exp(y[i])));
      };
      const auto nan = [](long, T v) { return std::isnan(v); };
      both(L::quiet_NaN(), nan);
      both(L::infinity(), nan);
      if (n == 1) {
        both(-L::infinity(), nan);
        continue;
      }
      const double rest = 1.0 / static_cast<double>(n - 1);
      both(-L::infinity(), [&](long i, T v) {
        return i == at ? v == 0 : error_in_eps(v, static_cast<T>(rest), rest) <= 8;
      });
      const double all = 1.0 / static_cast<double>(n);
      both(L::denorm_min(),
           [&](long, T v) { return error_in_eps(v, static_cast<T>(all), all) <= 8; });
    }
}
