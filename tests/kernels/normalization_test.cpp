// Normalization, through the public functions, against the scalar reference.
//
// Sums are double for both types, so that a result of T is wrong by a few roundings of T and by
// what the sums lost. Down columns rows are added in runs of up to 64, the runs merged one after
// the other: no sum goes through more than kRun + rows / 64 + kMerges additions. Along a row each
// of eight lanes adds every eighth number.
#include "lanewise/ops/normalization.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "lanewise/error.hpp"
#include "reference/normalization.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/kernel_case.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::check_near;
using test::largest;
using test::magnitude;
using test::Operand;
using test::Random;
using test::same_bits;

namespace {

constexpr double kEpsilon = 1e-3;

enum class Kind { batch, layer };

template <class T>
std::vector<Index> edge_sizes() {
  auto sizes = test::sizes_and<T>({2, 3, 7, 15, 16, 17, 53, 4 * test::lanes<T>() + 5, 101});
  std::erase(sizes, 0);
  return sizes;
}

// One problem: inputs, and the largest of everything that errors are measured by.
template <class T>
struct Problem {
  Index rows, columns;
  Kind kind;
  double epsilon = kEpsilon;
  Operand<T> x, dy;
  Tensor<T> gamma, beta;

  Problem(Kind kind_, Index rows_, Index columns_, Index misaligned, Random& random, double mean)
      : rows(rows_),
        columns(columns_),
        kind(kind_),
        x({rows, columns}, misaligned),
        dy({rows, columns}, misaligned),
        gamma(Shape{columns}),
        beta(Shape{columns}) {
    random.fill(gamma.span(), T(0.5), T(2));
    random.fill(beta.span());
    random.fill(dy.span());
    // Every line has a mean and a deviation of its own.
    for (Index i = 0; i < rows; ++i)
      for (Index j = 0; j < columns; ++j) {
        const Index line = kind == Kind::batch ? j : i;
        const double own = mean + static_cast<double>(line % 5) - 2;
        const double deviation = 0.5 + static_cast<double>(line % 3);
        x[i * columns + j] = static_cast<T>(own + deviation * random.uniform(-1.7, 1.7));
      }
  }

  Shape shape() const { return {rows, columns}; }
  Shape moments_shape() const { return {3, kind == Kind::batch ? columns : rows}; }

  void forward(TensorView<const T> from, TensorView<T> moments, TensorView<T> y) {
    (kind == Kind::batch ? ops::batch_norm_forward<T>
                         : ops::layer_norm_forward<T>)(from, gamma, beta, epsilon, moments, y);
  }
  void reference_forward(TensorView<T> moments, TensorView<T> y) {
    (kind == Kind::batch
         ? reference::batch_norm_forward<T>
         : reference::layer_norm_forward<T>)(x.view(), gamma, beta, epsilon, moments, y);
  }
  void backward(TensorView<const T> moments, TensorView<const T> from, TensorView<T> dx,
                TensorView<T> dgamma, TensorView<T> dbeta) {
    if (kind == Kind::batch)
      ops::batch_norm_backward<T>(x.view(), gamma, moments, epsilon, from, dx, dgamma, dbeta);
    else
      ops::layer_norm_backward<T>(x.view(), gamma, moments, epsilon, from, dx, dgamma, dbeta);
  }
  void reference_backward(TensorView<const T> moments, TensorView<T> dx, TensorView<T> dgamma,
                          TensorView<T> dbeta) {
    if (kind == Kind::batch)
      reference::batch_norm_backward<T>(x.view(), gamma, moments, epsilon, dy.view(), dx, dgamma,
                                        dbeta);
    else
      reference::layer_norm_backward<T>(x.view(), gamma, moments, epsilon, dy.view(), dx, dgamma,
                                        dbeta);
  }

  // Roundings of T, of double in the sums, and the largest |mean| and normalized x in deviations.
  double lost() const {
    constexpr double kRun = 64, kMerges = 96;
    const double runs = static_cast<double>(rows) / 64;
    const double along = kind == Kind::batch ? runs : static_cast<double>(columns) / 8;
    return std::numeric_limits<double>::epsilon() * (kRun + runs + kMerges + along);
  }
};

// Forward and backward, misaligned and in place, between canaries.
template <class T>
void check_problem(Problem<T>& p, Index misaligned) {
  INFO((p.kind == Kind::batch ? "batch" : "layer")
       << " normalization of " << p.rows << " x " << p.columns << ", misaligned by " << misaligned);
  const Index n = p.rows * p.columns;
  Operand<T> y(p.shape(), misaligned), in_place(p.shape(), misaligned);
  Operand<T> moments(p.moments_shape(), misaligned);
  Tensor<T> want_y(p.shape()), want(p.moments_shape());
  const TensorView<T> moments_view = moments.view();
  p.forward(p.x.view(), moments_view, y.view());
  p.reference_forward(want, want_y);
  CHECK(moments.intact());

  // The largest mean and normalized x, in deviations, and 1 / deviation.
  double mean = 0, normal = 0, inverse = 0, deviation = 0;
  for (Index i = 0; i < p.rows; ++i)
    for (Index j = 0; j < p.columns; ++j) {
      const Index line = p.kind == Kind::batch ? j : i;
      const double own = 1 / std::sqrt(static_cast<double>(want(2, line)) + kEpsilon);
      const double m = static_cast<double>(want(0, line)) + static_cast<double>(want(1, line));
      mean = std::max(mean, magnitude(m) * own);
      inverse = std::max(inverse, own);
      deviation = std::max(deviation, 1 / own);
      normal = std::max(normal, magnitude(static_cast<double>(p.x[i * p.columns + j]) - m) * own);
    }
  const double gamma = largest(p.gamma), lost = p.lost(), eps = test::eps<T>();
  // A mean is wrong by `lost` of itself, a variance by that, too, and by the mean's error against
  // the deviations of the parts.
  const Index lines = p.moments_shape()[1];
  const double mean_bound = lost * mean * deviation;
  for (Index line = 0; line < lines; ++line) {
    const auto sum = [&](auto&& m) {
      return static_cast<double>(m(0, line)) + static_cast<double>(m(1, line));
    };
    CHECK(magnitude(sum(moments_view) - sum(want)) <=
          mean_bound + eps * eps * magnitude(sum(want)));
  }
  check_near<T>("variance", moments_view.row(2), want.row(2),
                (eps + lost * (1 + mean)) * deviation * deviation);
  const double y_bound =
      4 * eps * (gamma * normal + largest(p.beta)) + 2 * lost * gamma * (mean + normal);
  check_near("y", y, want_y, y_bound);
  std::copy_n(p.x.data(), n, in_place.data());
  p.forward(in_place.view(), moments_view, in_place.view());
  CHECK(in_place.intact());
  CHECK(same_bits<T>(in_place.view().span(), y.view().span()));

  Operand<T> dx(p.shape(), misaligned), dgamma({p.columns}, 1), dbeta({p.columns}, 1);
  Tensor<T> want_dx(p.shape()), want_dgamma(Shape{p.columns}), want_dbeta(Shape{p.columns});
  p.backward(moments_view, p.dy.view(), dx.view(), dgamma.view(), dbeta.view());
  p.reference_backward(moments_view, want_dx, want_dgamma, want_dbeta);
  const auto rows = static_cast<double>(p.rows);
  const double dy = largest(p.dy.span());
  check_near("dgamma", dgamma, want_dgamma,
             eps * largest(want_dgamma) + lost * rows * dy * (normal + mean));
  check_near("dbeta", dbeta, want_dbeta, eps * largest(want_dbeta) + lost * rows * dy);
  // Three terms, the last with the product of two normalized numbers.
  const double size = gamma * inverse * dy * (2 + normal * normal);
  check_near("dx", dx, want_dx, (4 * eps + lost * (1 + mean)) * size);
  std::copy_n(p.dy.data(), n, in_place.data());
  const TensorView<T> place = in_place.view();
  p.backward(moments_view, place, place, {}, {});
  CHECK(in_place.intact());
  CHECK(same_bits<T>(in_place.view().span(), dx.view().span()));
}

}  // namespace

TEMPLATE_TEST_CASE("normalization agrees with the reference", "[normalization]", float, double) {
  LANEWISE_SEED_INFO();
  Random random;
  std::vector<Index> row_counts{1, 2, 15, 16, 17, 63, 64, 65, 131};
  if (!test::kSanitized) row_counts.push_back(2100);
  for (const Kind kind : {Kind::batch, Kind::layer})
    for (const Index columns : edge_sizes<TestType>())
      for (const Index rows : row_counts)
        for (const Index misaligned : {0, 1}) {
          Problem<TestType> p(kind, rows, columns, misaligned, random, 0);
          check_problem(p, misaligned);
        }
}

TEMPLATE_TEST_CASE("normalization of more than a cache holds", "[normalization][large]", float,
                   double) {
  LANEWISE_SEED_INFO();
  Random random;
  for (const Kind kind : {Kind::batch, Kind::layer})
    for (const Shape& shape : {Shape{150'001, 3}, Shape{9001, 70}, Shape{70, 9001}}) {
      Problem<TestType> p(kind, shape[0], shape[1], 1, random, 0);
      check_problem(p, 1);
    }
}

TEMPLATE_TEST_CASE("a mean of 10,000 and a deviation of 1", "[normalization][large]", float,
                   double) {
  LANEWISE_SEED_INFO();
  Random random;
  for (const Kind kind : {Kind::batch, Kind::layer})
    for (const Shape& shape : {Shape{40, 37}, Shape{1000, 3}, Shape{700, 300}}) {
      Problem<TestType> p(kind, shape[0], shape[1], 0, random, 1e4);
      check_problem(p, 0);
    }
}

TEMPLATE_TEST_CASE("normalization gives the same bits on any number of threads",
                   "[normalization][large]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Kind kind : {Kind::batch, Kind::layer})
    for (const Shape& shape : {Shape{60'001, 3}, Shape{21'632, 32}, Shape{300, 4001}}) {
      Problem<T> p(kind, shape[0], shape[1], 0, random, 1);
      std::vector<Tensor<T>> first;
      test::for_each_thread_count([&] {
        std::vector<Tensor<T>> results{Tensor<T>(p.moments_shape()), Tensor<T>(shape),
                                       Tensor<T>(shape), Tensor<T>(Shape{shape[1]}),
                                       Tensor<T>(Shape{shape[1]})};
        p.forward(p.x.view(), results[0], results[1]);
        p.backward(results[0], p.dy.view(), results[2], results[3], results[4]);
        if (first.empty()) first = results;
        for (std::size_t i = 0; i < results.size(); ++i)
          CHECK(same_bits<T>(results[i].span(), first[i].span()));
      });
    }
}

TEMPLATE_TEST_CASE("gamma and beta may be left out", "[normalization]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Kind kind : {Kind::batch, Kind::layer}) {
    Problem<T> all(kind, 23, 19, 0, random, 1), none = all;
    all.gamma.fill(1);
    all.beta.fill(0);
    none.gamma = none.beta = Tensor<T>();
    Tensor<T> moments(all.moments_shape()), y(all.shape()), plain(all.shape());
    all.forward(all.x.view(), moments, y);
    none.forward(none.x.view(), moments, plain);
    CHECK(same_bits<T>(y.span(), plain.span()));
    Tensor<T> dx(all.shape()), plain_dx(all.shape()), dgamma(Shape{19}), dbeta(Shape{19});
    all.backward(moments, all.dy.view(), dx, dgamma, dbeta);
    none.backward(moments, none.dy.view(), plain_dx, {}, {});
    CHECK(same_bits<T>(dx.span(), plain_dx.span()));
    const Tensor<T> kept_dgamma = dgamma, kept_dbeta = dbeta;
    all.backward(moments, all.dy.view(), {}, dgamma, dbeta);
    CHECK(same_bits<T>(dgamma.span(), kept_dgamma.span()));
    CHECK(same_bits<T>(dbeta.span(), kept_dbeta.span()));
  }
}

TEMPLATE_TEST_CASE("inference and constant moments agree with the reference", "[normalization]",
                   float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const double eps = test::eps<T>();
  for (const Index columns : edge_sizes<T>())
    for (const Index rows : {1, 5, 16, 37, 300}) {
      Problem<T> p(Kind::batch, rows, columns, 1, random, 0);
      Tensor<T> moments({3, columns});
      random.fill(moments.row(0).span());
      random.fill(moments.row(2).span(), T(0.1), T(2));
      const TensorView<const T> mean = moments.row(0), variance = moments.row(2);
      Operand<T> y({rows, columns}, 1);
      Tensor<T> want(p.shape());
      ops::batch_norm_inference<T>(p.x.view(), p.gamma, p.beta, mean, variance, kEpsilon, y.view());
      reference::batch_norm_inference<T>(p.x.view(), p.gamma, p.beta, mean, variance, kEpsilon,
                                         want);
      check_near("y", y, want, 4 * eps * (1 + largest(want)));
      Tensor<T> dx(p.shape()), want_dx(p.shape());
      ops::batch_norm_backward<T>(p.x.view(), p.gamma, moments, kEpsilon, p.dy.view(), dx, {}, {},
                                  ops::Moments::constant);
      reference::batch_norm_backward<T>(p.x.view(), p.gamma, moments, kEpsilon, p.dy.view(),
                                        want_dx, {}, {}, ops::Moments::constant);
      check_near<T>("dx", dx, want_dx, 4 * eps * largest(want_dx));
    }
}

TEMPLATE_TEST_CASE("running moments move by 1 - momentum", "[normalization]", float, double) {
  using T = TestType;
  const Tensor<T> moments({3, 2}, {T(10), T(-4), T(0.5), T(0), T(2), T(0)});
  Tensor<T> mean(Shape{2}, {T(1), T(2)}), variance(Shape{2}, {T(1), T(4)});
  ops::update_moving_moments<T>(moments, 0.75, mean, variance);
  CHECK(mean[0] == T(0.75 + 0.25 * 10.5));
  CHECK(mean[1] == T(1.5 - 1));
  CHECK(variance[0] == T(0.75 + 0.5));
  CHECK(variance[1] == T(3));
}

TEMPLATE_TEST_CASE("what is not a number spoils its column or its row alone", "[normalization]",
                   float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Kind kind : {Kind::batch, Kind::layer})
    for (const Shape& shape : {Shape{5, 3}, Shape{37, 3}, Shape{70, 21}})
      for (const T bad : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
        Problem<T> p(kind, shape[0], shape[1], 0, random, 0);
        Tensor<T> moments(p.moments_shape()), y(shape), good(shape), dx(shape);
        p.forward(p.x.view(), moments, good);
        const Index row = shape[0] - 1, column = 1;
        p.x[row * shape[1] + column] = bad;
        p.forward(p.x.view(), moments, y);
        p.backward(moments, p.dy.view(), dx, {}, {});
        for (Index i = 0; i < shape[0]; ++i)
          for (Index j = 0; j < shape[1]; ++j) {
            const bool spoilt = kind == Kind::batch ? j == column : i == row;
            CHECK(std::isnan(y(i, j)) == spoilt);
            CHECK(std::isnan(dx(i, j)) == spoilt);
            if (!spoilt) CHECK(y(i, j) == good(i, j));
          }
      }
}

TEST_CASE("batch normalization does not walk over rows of nothing", "[normalization]") {
  const Tensor<float> x({Index(1) << 60, 0}), none(Shape{0});
  Tensor<float> y(x.shape()), moments({3, 0});
  ops::batch_norm_forward<float>(x, none, none, 1e-3, moments, y);
  ops::batch_norm_inference<float>(x, none, none, none, none, 1e-3, y);
  ops::batch_norm_backward<float>(x, none, moments, 1e-3, x, y, {}, {});
  CHECK(y.empty());
}

TEMPLATE_TEST_CASE("what does not vary becomes beta", "[normalization]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Kind kind : {Kind::batch, Kind::layer})
    for (const T value : {T(0), T(-0.0), T(7), std::numeric_limits<T>::denorm_min(), T(1e18)}) {
      Problem<T> p(kind, 37, 19, 0, random, 0);
      for (T& x : p.x.span()) x = value;
      Tensor<T> moments(p.moments_shape()), y(p.shape());
      p.forward(p.x.view(), moments, y);
      for (Index i = 0; i < y.size(); ++i) CHECK(y[i] == p.beta[i % 19]);
      for (const T variance : moments.row(2)) CHECK(variance == 0);
    }
}

// A factor of 2^-346 rounds nothing, though the cube of 1 / deviation is beyond a double.
TEST_CASE("tiny deviations have the gradients of large ones", "[normalization]") {
  LANEWISE_SEED_INFO();
  Random random;
  for (const Kind kind : {Kind::batch, Kind::layer}) {
    Problem<double> p(kind, 37, 19, 0, random, 0);
    p.epsilon = 0;
    Tensor<double> dx[2], dgamma[2];
    for (const bool tiny : {false, true}) {
      const int exponent = tiny ? -346 : 0;
      for (double& x : p.x.span()) x = std::ldexp(x, exponent);
      Tensor<double> moments(p.moments_shape()), y(p.shape()), dbeta(Shape{19});
      dx[tiny] = Tensor<double>(p.shape());
      dgamma[tiny] = Tensor<double>(Shape{19});
      p.forward(p.x.view(), moments, y);
      p.backward(moments, p.dy.view(), dx[tiny], dgamma[tiny], dbeta);
      for (double& of : dx[tiny].span()) of = std::ldexp(of, exponent);
    }
    CHECK(same_bits<double>(dx[0].span(), dx[1].span()));
    CHECK(same_bits<double>(dgamma[0].span(), dgamma[1].span()));
  }
}

TEST_CASE("normalization refuses what does not fit", "[normalization]") {
  const Tensor<float> x({4, 3}), flat(Shape{12}), three(Shape{3}), four(Shape{4}), none;
  Tensor<float> y({4, 3}), moments({3, 3}), row_moments({3, 4}), out(Shape{3});
  y.fill(7);
  CHECK_THROWS_WITH(ops::batch_norm_forward<float>(x, four, three, 1e-3, moments, y),
                    contains("batch_norm_forward") && contains("gamma") && contains("(3,)"));
  CHECK_THROWS_AS(ops::batch_norm_forward<float>(x, three, four, 1e-3, moments, y), ShapeError);
  CHECK_THROWS_AS(ops::batch_norm_forward<float>(x, three, three, 1e-3, row_moments, y),
                  ShapeError);
  CHECK_THROWS_AS(ops::batch_norm_forward<float>(flat, none, none, 1e-3, moments, y), ShapeError);
  CHECK_THROWS_AS(ops::batch_norm_forward<float>(x, none, none, -1e-3, moments, y), ArgumentError);
  CHECK_THROWS_AS(ops::batch_norm_forward<float>(x, none, none, NAN, moments, y), ArgumentError);
  CHECK_THROWS_WITH(
      ops::batch_norm_forward<float>(Tensor<float>({0, 3}).view(), none, none, 1e-3, moments, y),
      contains("at least one row"));
  CHECK_THROWS_AS(ops::batch_norm_inference<float>(x, none, none, four, three, 1e-3, y),
                  ShapeError);
  CHECK_THROWS_AS(ops::batch_norm_backward<float>(x, none, moments, 1e-3, flat, y, {}, {}),
                  ShapeError);
  CHECK_THROWS_AS(
      ops::batch_norm_backward<float>(x, none, moments, 1e-3, x, y, row_moments.row(0), {}),
      ShapeError);
  CHECK_THROWS_AS(ops::layer_norm_forward<float>(x, none, none, 1e-3, moments, y), ShapeError);
  CHECK_THROWS_WITH(ops::layer_norm_forward<float>(Tensor<float>({4, 0}).view(), none, none, 1e-3,
                                                   row_moments, y),
                    contains("at least one column"));
  CHECK_THROWS_AS(ops::layer_norm_backward<float>(x, none, moments, 1e-3, x, y, {}, {}),
                  ShapeError);
  CHECK_THROWS_AS(ops::update_moving_moments<float>(moments, 1.5, out, out), ArgumentError);
  CHECK_THROWS_AS(ops::update_moving_moments<float>(row_moments, 0.5, out, out), ShapeError);
  for (const float value : y) CHECK(value == 7);
}
