// The loss kernels against the reference.
#include "reference/loss.hpp"

#include <array>
#include <string>

#include "support/kernel_case.hpp"

using namespace lanewise;
using namespace lanewise::test;

namespace {

template <class T>
using Reference = double (*)(TensorView<const T>, TensorView<const T>, TensorView<T>);

template <class T>
struct ElementCase {
  const char* name;
  typename simd::LossKernels<T>::Elementwise simd::LossKernels<T>::*kernel;
  Reference<T> reference;
  double delta;
  bool probabilities;
};

template <class T>
std::vector<ElementCase<T>> element_cases() {
  using K = simd::LossKernels<T>;
  using V = TensorView<const T>;
  return {
      {"squared_error", &K::squared_error, reference::mean_squared_error<T>, 0, false},
      {"absolute_error", &K::absolute_error, reference::mean_absolute_error<T>, 0, false},
      {"huber 1", &K::huber,
       [](V y, V t, TensorView<T> dy) { return reference::huber<T>(y, t, 1, dy); }, 1, false},
      {"huber 0.5", &K::huber,
       [](V y, V t, TensorView<T> dy) { return reference::huber<T>(y, t, 0.5, dy); }, 0.5, false},
      {"binary", &K::binary, reference::binary_crossentropy<T>, 0, true},
  };
}

// The loss relative to its size or to `terms`, and each derivative relative to the largest or to
// `least`: the sizes of the terms that they are differences of.
template <class T>
void check_close(double loss, double want_loss, const Operand<T>& got, const Operand<T>& want,
                 double bound, double least = 1e-30, double terms = 0) {
  const double loss_bound = bound + sum_error<T>(want.size());
  CHECK(std::abs(loss - want_loss) <=
        loss_bound * eps<T>() * std::max({1.0, terms, std::abs(want_loss)}));
  check_near("a derivative", got, want.view(),
             bound * eps<T>() * std::max(least, largest(want.span())));
}

// Predictions and targets: random, and a third of them edge cases.
template <class T>
void fill_pair(Operand<T>& y, Operand<T>& t, Random& random, bool probabilities) {
  const auto unit = [&] { return random.uniform(0.0, 1.0); };
  constexpr double kProbabilities[] = {0, 1, 1e-8, 0.5, 0.25, 1e-6};
  for (Index i = 0; i < y.size(); ++i) {
    if (probabilities) {
      y[i] = static_cast<T>(random.one_in(3) ? kProbabilities[random.integer(0, 5)] : unit());
      t[i] = static_cast<T>(random.one_in(3) ? unit() : static_cast<double>(random.integer(0, 1)));
    } else {
      t[i] = static_cast<T>(std::round(8 * unit()) / 4 - 1);
      const double error = std::round(16 * unit()) / 4 - 2;  // 0 and +-delta among them
      y[i] = static_cast<T>(static_cast<double>(t[i]) + error);
      if (random.one_in(2)) y[i] = static_cast<T>(4 * unit() - 2);
    }
  }
}

// How the rows of a row-wise loss are made.
template <class T>
void fill_rows(Operand<T>& x, Operand<T>& t, std::vector<std::int32_t>& labels, Index rows,
               Index columns, Random& random, bool probabilities) {
  const auto unit = [&] { return random.uniform(0.0, 1.0); };
  labels.clear();
  for (Index r = 0; r < rows; ++r) {
    double sum = 0;
    for (Index j = 0; j < columns; ++j) {
      const double v = unit();
      x[r * columns + j] = static_cast<T>(probabilities ? 0.01 + v : 20 * v - 10);
      t[r * columns + j] = static_cast<T>(unit());
      sum += static_cast<double>(t[r * columns + j]);
    }
    for (Index j = 0; j < columns; ++j)
      t[r * columns + j] = static_cast<T>(static_cast<double>(t[r * columns + j]) / sum);
    if (probabilities && columns > 2) x[r * columns + columns - 1] = 0;  // clipped
    labels.push_back(static_cast<std::int32_t>(random.integer(0, columns - 1)));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("element-wise losses at every size", "[loss]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const auto& c : element_cases<T>())
    for (Index n : sizes<T>())
      for (Index misaligned : {0, 1}) {
        if (n == 0) continue;
        INFO(c.name << ", n = " << n << ", misaligned by " << misaligned);
        Operand<T> y({n}, misaligned), t({n}, misaligned), dy({n}, misaligned), want({n});
        fill_pair(y, t, random, c.probabilities);
        const double want_loss = c.reference(y.view(), t.view(), want.view());
        const auto kernel = cpu::kernels<simd::LossKernels<T>>().*c.kernel;
        const double count = static_cast<double>(n), bound = 8;
        const T delta = static_cast<T>(c.delta), scale = static_cast<T>(1 / count);
        const double loss = kernel(y.data(), t.data(), dy.data(), n, scale, delta) / count;
        check_close(loss, want_loss, dy, want, bound);
        CHECK(kernel(y.data(), t.data(), nullptr, n, scale, delta) / count == loss);
        // In place: the gradient over the prediction.
        CHECK(kernel(y.data(), t.data(), y.data(), n, scale, delta) / count == loss);
        check_close(loss, want_loss, y, want, bound);
      }
}

TEMPLATE_TEST_CASE("binary cross-entropy from logits at every size", "[loss]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const auto kernel = cpu::kernels<simd::LossKernels<T>>().binary_from_logits;
  for (Index n : sizes<T>())
    for (Index misaligned : {0, 1}) {
      if (n == 0) continue;
      INFO("n = " << n << ", misaligned by " << misaligned);
      Operand<T> z({n}, misaligned), t({n}, misaligned), dz({n}, misaligned), p({n}, misaligned),
          want({n}), want_p({n});
      fill_pair(p, t, random, true);
      fill(z, random, 4);
      const double want_loss = reference::binary_crossentropy_from_logits<T>(
          z.view(), t.view(), want.view(), want_p.view());
      const double count = static_cast<double>(n), bound = 8;
      // max(z, 0) - z t is a difference of numbers as large as the logits, of which this is the
      // mean.
      double terms = 0;
      for (Index i = 0; i < n; ++i) terms += std::abs(static_cast<double>(z[i])) / count;
      const T scale = static_cast<T>(1 / count);
      const double loss = kernel(z.data(), t.data(), dz.data(), p.data(), n, scale) / count;
      check_close(loss, want_loss, dz, want, bound, 1 / count, terms);
      check_close(loss, want_loss, p, want_p, bound, 1e-30, terms);
      CHECK(kernel(z.data(), t.data(), nullptr, nullptr, n, scale) / count == loss);
      CHECK(kernel(z.data(), t.data(), z.data(), nullptr, n, scale) / count == loss);
      check_close(loss, want_loss, z, want, bound, 1 / count, terms);
    }
}

TEMPLATE_TEST_CASE("row-wise losses at every shape", "[loss]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const auto& kernels = cpu::kernels<simd::LossKernels<T>>();
  std::vector<Index> columns_list = sizes<T>(false);
  columns_list.push_back(50'021);
  for (Index columns : columns_list)
    for (Index rows : {1, 3, 37})
      for (bool probabilities : {false, true}) {
        if (columns == 0 || (columns > 1000 && rows > 3)) continue;
        const Index misaligned = static_cast<int>(rows % 2);
        INFO(rows << " x " << columns << (probabilities ? ", probabilities" : ", logits"));
        const Shape shape{rows, columns};
        Operand<T> x(shape, misaligned), t(shape, misaligned), dx(shape, misaligned),
            p(shape, misaligned), want(shape), want_p(shape);
        std::vector<std::int32_t> labels;
        fill_rows(x, t, labels, rows, columns, random, probabilities);
        const TensorView<const T> vx = x.view(), vt = t.view();
        const TensorView<const std::int32_t> vl{labels.data(), Shape{rows}};
        const TensorView<T> vw = want.view(), vp = want_p.view();
        const double count = static_cast<double>(rows);
        const T scale = static_cast<T>(1 / count);
        // z - max is rounded, which moves its exponential by as many epsilon as it is large.
        const double bound = 24 + sum_error<T>(columns), least = 1 / count;
        if (probabilities) {
          double want_loss = reference::categorical_crossentropy<T>(vx, vt, vw);
          double loss = kernels.categorical(x.data(), t.data(), dx.data(), rows, columns, scale);
          check_close(loss / count, want_loss, dx, want, bound, least);
          CHECK(kernels.categorical(x.data(), t.data(), nullptr, rows, columns, scale) == loss);
          want_loss = reference::sparse_categorical_crossentropy<T>(vx, vl, vw);
          loss = kernels.sparse(x.data(), labels.data(), dx.data(), rows, columns, scale);
          check_close(loss / count, want_loss, dx, want, bound, least);
          CHECK(kernels.sparse(x.data(), labels.data(), x.data(), rows, columns, scale) == loss);
          check_close(loss / count, want_loss, x, want, bound, least);
          continue;
        }
        double want_loss = reference::categorical_crossentropy_from_logits<T>(vx, vt, vw, vp);
        const auto dense = kernels.categorical_from_logits;
        double loss = dense(x.data(), t.data(), dx.data(), p.data(), rows, columns, scale);
        check_close(loss / count, want_loss, dx, want, bound, least);
        check_close(loss / count, want_loss, p, want_p, bound, least);
        CHECK(dense(x.data(), t.data(), nullptr, nullptr, rows, columns, scale) == loss);
        CHECK(dense(x.data(), t.data(), dx.data(), nullptr, rows, columns, scale) == loss);
        check_close(loss / count, want_loss, dx, want, bound, least);
        want_loss = reference::sparse_categorical_crossentropy_from_logits<T>(vx, vl, vw, vp);
        const auto sparse = kernels.sparse_from_logits;
        loss = sparse(x.data(), labels.data(), dx.data(), p.data(), rows, columns, scale);
        check_close(loss / count, want_loss, dx, want, bound, least);
        check_close(loss / count, want_loss, p, want_p, bound, least);
        CHECK(sparse(x.data(), labels.data(), nullptr, p.data(), rows, columns, scale) == loss);
        // In place: the gradient over the logits.
        CHECK(sparse(x.data(), labels.data(), x.data(), nullptr, rows, columns, scale) == loss);
        check_close(loss / count, want_loss, x, want, bound, least);
      }
}

TEMPLATE_TEST_CASE("cross-entropies from logits of +-1e4", "[loss]", float, double) {
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::LossKernels<T>>();
  for (Index n : {2, 10, 37}) {
    Operand<T> z({n}), t({n}), dz({n});
    std::fill_n(z.data(), n, T(-1e4));
    z[1] = T(1e4);
    for (std::int32_t label : {0, 1}) {
      INFO(n << " classes, label " << label);
      std::fill_n(t.data(), n, T(0));
      t[label] = 1;
      const double want = label == 1 ? 0 : 2e4;
      CHECK(kernels.sparse_from_logits(z.data(), &label, dz.data(), nullptr, 1, n, T(1)) == want);
      for (Index i = 0; i < n; ++i) CHECK(dz[i] == (label == 1 ? T(0) : T(i == 1) - T(i == 0)));
      CHECK(kernels.categorical_from_logits(z.data(), t.data(), dz.data(), nullptr, 1, n, T(1)) ==
            want);
      for (Index i = 0; i < n; ++i) CHECK(dz[i] == (label == 1 ? T(0) : T(i == 1) - T(i == 0)));
      // Binary: each element whose sign is wrong costs 1e4.
      const double wrong = label == 1 ? 0 : 2e4;
      CHECK(kernels.binary_from_logits(z.data(), t.data(), dz.data(), nullptr, n, T(1)) == wrong);
      for (Index i = 0; i < n; ++i) CHECK(dz[i] == (label == 1 ? T(0) : T(i == 1) - T(i == 0)));
    }
  }
}

// Their difference is beyond T; the losses are sums in double, and gradients are bounded.
TEMPLATE_TEST_CASE("cross-entropies from logits as large as they can be", "[loss]", float, double) {
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::LossKernels<T>>();
  const T huge = std::numeric_limits<T>::max() / (sizeof(T) == 4 ? 1 : 4);
  const double twice = 2 * static_cast<double>(huge);
  for (Index n : {2, 10, 37}) {
    INFO(n << " classes");
    Operand<T> z({n}), t({n}), dz({n}), p({n}), want({n});
    std::fill_n(z.data(), n, -huge);
    z[1] = huge;
    t[0] = 1;
    const std::int32_t label = 0;
    const auto check_gradient = [&] {
      for (Index i = 0; i < n; ++i) CHECK(dz[i] == T(i == 1) - T(i == 0));
      for (Index i = 0; i < n; ++i) CHECK(p[i] == T(i == 1));
    };
    CHECK(kernels.sparse_from_logits(z.data(), &label, dz.data(), p.data(), 1, n, T(1)) == twice);
    check_gradient();
    CHECK(kernels.categorical_from_logits(z.data(), t.data(), dz.data(), p.data(), 1, n, T(1)) ==
          twice);
    check_gradient();
    CHECK(kernels.binary_from_logits(z.data(), t.data(), dz.data(), p.data(), n, T(1)) == twice);
    check_gradient();
    const Shape row{1, n};
    const TensorView<const T> vz{z.data(), row}, vt{t.data(), row};
    CHECK(reference::categorical_crossentropy_from_logits<T>(
              vz, vt, TensorView<T>{want.data(), row}, {}) == twice);
    for (Index i = 0; i < n; ++i) CHECK(want[i] == dz[i]);
    // Infinite and right costs nothing, infinite and wrong is infinite.
    const T infinity = std::numeric_limits<T>::infinity();
    std::fill_n(z.data(), n, -infinity);
    z[0] = infinity;
    CHECK(kernels.binary_from_logits(z.data(), t.data(), dz.data(), p.data(), n, T(1)) == 0);
    CHECK(reference::binary_crossentropy_from_logits<T>(vz, vt, TensorView<T>{want.data(), row},
                                                        {}) == 0);
    for (Index i = 0; i < n; ++i) CHECK((dz[i] == 0 && want[i] == 0));
    t[1] = 1;
    CHECK(kernels.binary_from_logits(z.data(), t.data(), dz.data(), p.data(), n, T(1)) == infinity);
  }
}

TEMPLATE_TEST_CASE("errors whose square or difference is beyond a float", "[loss]", float, double) {
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::LossKernels<T>>();
  const T huge = sizeof(T) == 4 ? T(3e38) : T(1e150), tiny = sizeof(T) == 4 ? T(1e-30) : T(1e-150);
  const double h = static_cast<double>(huge), small = static_cast<double>(tiny);
  for (Index n : {1, 8, 37}) {
    INFO(n << " elements");
    Operand<T> y({n}), t({n}), dy({n});
    y[n - 1] = huge;
    t[n - 1] = -huge;
    const double scale = 0.25;  // of a mean over four
    CHECK(kernels.squared_error(y.data(), t.data(), dy.data(), n, scale, 0) == 4 * h * h);
    CHECK(dy[n - 1] == huge);
    CHECK(kernels.absolute_error(y.data(), t.data(), dy.data(), n, scale, 0) == 2 * h);
    CHECK(dy[n - 1] == T(0.25));
    CHECK(kernels.huber(y.data(), t.data(), dy.data(), n, scale, 1) == Approx(2 * h));
    CHECK(dy[n - 1] == T(0.25));
    y[n - 1] = tiny;
    t[n - 1] = -tiny;
    CHECK(kernels.squared_error(y.data(), t.data(), dy.data(), n, scale, 0) == 4 * small * small);
    CHECK(dy[n - 1] == tiny);
    // A delta that is no float.
    y[n - 1] = 1;
    t[n - 1] = 0;
    CHECK(kernels.huber(y.data(), t.data(), dy.data(), n, scale, 1e-60) == Approx(1e-60));
  }
}

TEMPLATE_TEST_CASE("categorical cross-entropy from rows with zeros", "[loss]", float, double) {
  using T = TestType;
  const auto kernel = cpu::kernels<simd::LossKernels<T>>().categorical;
  const double clipped = -std::log(static_cast<double>(T(1e-7)));
  for (Index n : {2, 10, 37}) {
    INFO(n << " classes");
    const Shape row{1, n};
    Operand<T> p({n}), t({n}), dp({n}), want({n});
    const auto check = [&](double loss) {
      CHECK(kernel(p.data(), t.data(), dp.data(), 1, n, T(1)) == Approx(loss).margin(2e-7));
      CHECK(reference::categorical_crossentropy<T>({p.data(), row}, {t.data(), row},
                                                   TensorView<T>{want.data(), row}) ==
            Approx(loss).margin(2e-7));
      for (Index i = 0; i < n; ++i) CHECK(dp[i] == want[i]);
    };
    t[1] = 1;
    check(clipped);  // nothing is left of the row
    for (Index i = 0; i < n; ++i) CHECK(dp[i] == 0);
    p[1] = T(0.5);
    check(0);  // 0 log 0 = 0
    p[0] = T(0.5);
    check(std::log(2.0));
    p[1] = 0;
    check(clipped);
  }
}

TEMPLATE_TEST_CASE("NaN reaches every loss and its gradient", "[loss]", float, double) {
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::LossKernels<T>>();
  for (Index n : {1, 10, 37})
    for (Index at = 0; at < n; ++at) {
      INFO(n << " elements, NaN at " << at);
      Operand<T> x({n}), t({n}), dx({n}), p({n});
      std::fill_n(x.data(), n, T(0.5));
      x[at] = std::numeric_limits<T>::quiet_NaN();
      t[0] = 1;
      for (const auto& c : element_cases<T>()) {
        INFO(c.name);
        CHECK(std::isnan((kernels.*c.kernel)(x.data(), t.data(), dx.data(), n, T(1), T(1))));
        for (Index i = 0; i < n; ++i) CHECK(std::isnan(dx[i]) == (i == at));
      }
      CHECK(std::isnan(kernels.binary_from_logits(x.data(), t.data(), dx.data(), p.data(), n, 1)));
      for (Index i = 0; i < n; ++i) CHECK((std::isnan(dx[i]) && std::isnan(p[i])) == (i == at));
      const std::int32_t label = 0;
      const double losses[] = {
          kernels.categorical(x.data(), t.data(), dx.data(), 1, n, 1),
          kernels.sparse(x.data(), &label, dx.data(), 1, n, 1),
          kernels.categorical_from_logits(x.data(), t.data(), dx.data(), p.data(), 1, n, 1),
          kernels.sparse_from_logits(x.data(), &label, dx.data(), p.data(), 1, n, 1)};
      for (double loss : losses) CHECK(std::isnan(loss));
      for (Index i = 0; i < n; ++i) CHECK((std::isnan(dx[i]) && std::isnan(p[i])));
    }
}

TEMPLATE_TEST_CASE("a class masked by minus infinity has no probability", "[loss]", float, double) {
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::LossKernels<T>>();
  for (Index n : {3, 37}) {
    Operand<T> z({n}), dz({n}), p({n});
    z[2] = -std::numeric_limits<T>::infinity();
    const std::int32_t label = 0;
    const double loss =
        kernels.sparse_from_logits(z.data(), &label, dz.data(), p.data(), 1, n, T(1));
    CHECK(loss == Approx(std::log(static_cast<double>(n - 1))));
    CHECK(p[2] == 0);
    CHECK(dz[2] == 0);
  }
}
