// Every activation, loss, merging and rearrangement: the derivative that it computes against a
// four-point central difference of its own forward pass, in double, at generic points.
//
//   f'(x) = (f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h)) / 12 h + O(h^4)
//
// h = 1e-4 max(1, |x|); an error is |a - n| / max(|a|, |n|, 0.01 max |a|) and at most 1e-7.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/embedding.hpp"
#include "lanewise/ops/loss.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/rearrange.hpp"
#include "lanewise/ops/scale.hpp"
#include "lanewise/ops/softmax.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"

using namespace lanewise;

namespace {

using View = TensorView<const double>;

// The derivative of f with respect to x[i], which is restored.
double central_difference(const std::function<double()>& f, double& x) {
  const double at = x, h = 1e-4 * std::max(1.0, std::abs(x));
  const auto value = [&](double steps) {
    x = at + steps * h;
    return f();
  };
  const double difference = value(-2) - 8 * value(-1) + 8 * value(1) - value(2);
  x = at;
  return difference / (12 * h);
}

// The largest error of `gradient` as the derivative of f with respect to x.
double largest_error(const std::function<double()>& f, Tensor<double>& x,
                     const Tensor<double>& gradient) {
  double largest = 0, worst = 0;
  for (double g : gradient) largest = std::max(largest, std::abs(g));
  REQUIRE(largest > 0);  // two gradients of zero agree about nothing
  for (Index i = 0; i < x.size(); ++i) {
    const double numerical = central_difference(f, x[i]);
    const double scale = std::max({std::abs(gradient[i]), std::abs(numerical), 0.01 * largest});
    worst = std::max(worst, std::abs(gradient[i] - numerical) / scale);
  }
  return worst;
}

// Uniform in [low, high], no closer to 0 than `gap`: away from the kinks.
Tensor<double> draw(const Shape& shape, test::Random& random, double low, double high,
                    double gap = 0) {
  Tensor<double> x(shape);
  for (double& v : x) do {
      v = random.uniform(low, high);
    } while (std::abs(v) < gap);
  return x;
}

}  // namespace

TEST_CASE("gradients of the activations", "[gradient]") {
  test::Random random;
  for (ActivationFunction f :
       {linear, relu, leaky_relu, sigmoid, lanewise::tanh, softplus, elu,
        ActivationFunction{ActivationKind::elu, 0.3}, gelu, softmax, log_softmax}) {
    INFO(to_string(f.kind));
    const Shape shape{7, 19};
    Tensor<double> x = draw(shape, random, -4, 4, 1e-2), y(shape), dx(shape);
    const Tensor<double> dy = draw(shape, random, -1, 1);
    const auto weighted = [&] {
      ops::activation_forward<double>(f, x, y);
      double sum = 0;
      for (Index i = 0; i < y.size(); ++i) sum += dy[i] * y[i];
      return sum;
    };
    weighted();
    ops::activation_backward<double>(f, ops::backward_needs_input(f) ? x : y, dy, dx);
    CHECK(largest_error(weighted, x, dx) <= 1e-7);
  }
}

TEST_CASE("gradient of scaling", "[gradient]") {
  test::Random random;
  const Shape shape{5, 7};
  Tensor<double> x = draw(shape, random, -2, 2), y(shape), dx(shape);
  const Tensor<double> dy = draw(shape, random, -1, 1);
  const auto weighted = [&] {
    ops::scale<double>(-0.7, x, y);
    double sum = 0;
    for (Index i = 0; i < y.size(); ++i) sum += dy[i] * y[i];
    return sum;
  };
  ops::scale<double>(-0.7, dy, dx);
  CHECK(largest_error(weighted, x, dx) <= 1e-7);
}

TEST_CASE("gradients of the losses", "[gradient]") {
  test::Random random;
  const Shape shape{6, 11};
  Tensor<double> gradient(shape);
  const auto check = [&](const char* name, Tensor<double>& x, auto loss) {
    INFO(name);
    loss(gradient.view());
    const Tensor<double> kept(gradient);
    CHECK(largest_error([&] { return loss(TensorView<double>{}); }, x, kept) <= 1e-7);
  };

  Tensor<double> t = draw(shape, random, -1, 1);
  Tensor<double> y(t);
  const Tensor<double> e = draw(shape, random, -2, 2, 1e-2);
  for (Index i = 0; i < y.size(); ++i) y[i] += e[i];
  const double delta = 0.77;
  for (Index i = 0; i < y.size(); ++i)  // off the seam of huber, whose second derivative jumps
    if (std::abs(std::abs(e[i]) - delta) < 1e-2) y[i] += 0.05;
  using Out = TensorView<double>;
  check("mean_squared_error", y, [&](Out d) { return ops::mean_squared_error<double>(y, t, d); });
  check("sum_squared_error", y, [&](Out d) { return ops::sum_squared_error<double>(y, t, d); });
  check("mean_absolute_error", y, [&](Out d) { return ops::mean_absolute_error<double>(y, t, d); });
  check("huber", y, [&](Out d) { return ops::huber<double>(y, t, delta, d); });

  Tensor<double> p = draw(shape, random, 0.05, 0.95), z = draw(shape, random, -4, 4);
  const Tensor<double> target = draw(shape, random, 0, 1);
  Tensor<std::int32_t> labels(Shape{shape[0]});
  for (auto& label : labels) label = static_cast<std::int32_t>(random.integer(0, 10));
  check("binary_crossentropy", p,
        [&](Out d) { return ops::binary_crossentropy<double>(p, target, d); });
  check("binary_crossentropy_from_logits", z,
        [&](Out d) { return ops::binary_crossentropy_from_logits<double>(z, target, d); });
  check("categorical_crossentropy", p,
        [&](Out d) { return ops::categorical_crossentropy<double>(p, target, d); });
  check("categorical_crossentropy_from_logits", z,
        [&](Out d) { return ops::categorical_crossentropy_from_logits<double>(z, target, d); });
  check("sparse_categorical_crossentropy", p,
        [&](Out d) { return ops::sparse_categorical_crossentropy<double>(p, labels, d); });
  check("sparse_categorical_crossentropy_from_logits", z, [&](Out d) {
    return ops::sparse_categorical_crossentropy_from_logits<double>(z, labels, d);
  });
}

namespace {

// The gradient of sum(dy y) that backward(dy, dx) makes, against differences of forward(y).
void check_operation(Tensor<double>& x, const Shape& y_shape, test::Random& random,
                     const std::function<void(TensorView<double>)>& forward,
                     const std::function<void(View, View, TensorView<double>)>& backward) {
  Tensor<double> y(y_shape), dx(x.shape());
  const Tensor<double> dy = draw(y_shape, random, -1, 1);
  const auto weighted = [&] {
    forward(y);
    double sum = 0;
    for (Index i = 0; i < y.size(); ++i) sum += dy[i] * y[i];
    return sum;
  };
  weighted();
  backward(y, dy, dx);
  CHECK(largest_error(weighted, x, dx) <= 1e-7);
}

}  // namespace

TEST_CASE("gradients of merging, with and without broadcasting", "[gradient]") {
  test::Random random;
  const Shape whole{2, 3, 4, 5};
  for (const MergeKind kind : {MergeKind::add, MergeKind::subtract, MergeKind::multiply,
                               MergeKind::average, MergeKind::maximum, MergeKind::minimum})
    for (const Shape& other : {whole, Shape{2, 1, 1, 5}, Shape{2, 3, 4, 1}, Shape{2, 4, 1}}) {
      // No two inputs are closer than 0.003 anywhere: away from ties.
      std::vector<Tensor<double>> x;
      const auto add_input = [&](const Shape& shape) {
        Tensor<double> input = draw(shape, random, -1, 1);
        for (double& value : input)
          value = std::round(100 * value) / 100 + 0.003 * static_cast<double>(x.size());
        x.push_back(input);
      };
      add_input(whole);
      add_input(other);
      if (kind != MergeKind::subtract) add_input(whole);
      const std::vector<View> views(x.begin(), x.end());
      for (std::size_t i = 0; i < x.size(); ++i) {
        INFO(to_string(kind) << " with " << to_string(other) << ", input " << i);
        check_operation(
            x[i], whole, random,
            [&](TensorView<double> y) { ops::merge_forward<double>(kind, views, y); },
            [&](View y, View dy, TensorView<double> dx) {
              ops::merge_backward<double>(kind, views, y, dy, static_cast<Index>(i), dx);
            });
      }
    }
}

TEST_CASE("gradients of softmax over any dimension, of repeating and of embedding", "[gradient]") {
  test::Random random;
  const Shape shape{2, 3, 4, 5};
  for (const int axis : {0, 1, 2, 3}) {
    Tensor<double> x = draw(shape, random, -3, 3);
    check_operation(
        x, shape, random, [&](TensorView<double> y) { ops::softmax_forward<double>(x, axis, y); },
        [&](View y, View dy, TensorView<double> dx) {
          ops::softmax_backward<double>(y, dy, axis, dx);
        });
    check_operation(
        x, shape, random,
        [&](TensorView<double> y) { ops::log_softmax_forward<double>(x, axis, y); },
        [&](View y, View dy, TensorView<double> dx) {
          ops::log_softmax_backward<double>(y, dy, axis, dx);
        });
  }
  Tensor<double> vectors = draw({3, 5}, random, -1, 1);
  check_operation(
      vectors, {3, 4, 5}, random, [&](TensorView<double> y) { ops::broadcast<double>(vectors, y); },
      [&](View, View dy, TensorView<double> dx) { ops::broadcast_backward<double>(dy, dx); });
  Tensor<double> table = draw({6, 5}, random, -1, 1);
  const Tensor<double> words({2, 4}, {0, 3, 3, 5, 1, 3, 0, 2});  // 4 is never met: no gradient
  check_operation(
      table, {2, 4, 5}, random,
      [&](TensorView<double> y) { ops::embedding_forward<double>(words, table, y); },
      [&](View, View dy, TensorView<double> dx) {
        ops::embedding_backward<double>(words, dy, dx);
      });
}

TEST_CASE("gradients of permuting and concatenating", "[gradient]") {
  test::Random random;
  Tensor<double> x = draw({2, 3, 4, 5}, random, -1, 1);
  const int order[] = {0, 3, 1, 2}, back[] = {0, 2, 3, 1};
  check_operation(
      x, {2, 5, 3, 4}, random, [&](TensorView<double> y) { ops::permute<double>(x, order, y); },
      [&](View, View dy, TensorView<double> dx) { ops::permute<double>(dy, back, dx); });
  const Tensor<double> before = draw({2, 3, 2, 5}, random, -1, 1);
  const View parts[] = {before, x};
  check_operation(
      x, {2, 3, 6, 5}, random, [&](TensorView<double> y) { ops::concatenate<double>(parts, 2, y); },
      [&](View, View dy, TensorView<double> dx) { ops::slice<double>(dy, 2, 2, dx); });
}
