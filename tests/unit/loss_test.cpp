// Losses as operations, and metrics by themselves.
#include "lanewise/ops/loss.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/metric.hpp"
#include "lanewise/threads.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/threads.hpp"

using namespace lanewise;

namespace {

using View = TensorView<const float>;
using Out = TensorView<float>;
using DenseLoss = std::function<double(View, View, Out)>;

const std::vector<DenseLoss>& dense_losses() {
  static const std::vector<DenseLoss> list{
      ops::mean_squared_error<float>,
      ops::sum_squared_error<float>,
      ops::mean_absolute_error<float>,
      [](View y, View t, Out d) { return ops::huber<float>(y, t, 1, d); },
      ops::binary_crossentropy<float>,
      [](View y, View t, Out d) { return ops::binary_crossentropy_from_logits<float>(y, t, d); },
      ops::categorical_crossentropy<float>,
      [](View y, View t, Out d) {
        return ops::categorical_crossentropy_from_logits<float>(y, t, d);
      },
  };
  return list;
}

}  // namespace

TEST_CASE("losses of small examples", "[loss]") {
  const Tensor<double> y(Shape{2, 2}, {1, 2, 3, 4}), t(Shape{2, 2}, {1, 4, 3, 1});
  Tensor<double> dy(Shape{2, 2});
  CHECK(ops::mean_squared_error<double>(y, t, dy) == 13.0 / 4);
  CHECK(dy[1] == -1.0);
  CHECK(ops::sum_squared_error<double>(y, t, dy) == 13.0 / 2);
  CHECK(dy[3] == 3.0);
  CHECK(ops::mean_absolute_error<double>(y, t, dy) == 5.0 / 4);
  CHECK(dy[0] == 0.0);
  CHECK(dy[1] == -0.25);
  CHECK(ops::huber<double>(y, t, 1, dy) == (1.5 + 2.5) / 4);
  CHECK(dy[3] == 0.25);

  const Tensor<double> z(Shape{1, 2});
  const Tensor<std::int32_t> label(Shape{1}, {1});
  Tensor<double> dz(Shape{1, 2}), p(Shape{1, 2});
  CHECK(ops::sparse_categorical_crossentropy_from_logits<double>(z, label, dz, p) ==
        Approx(std::log(2.0)).epsilon(1e-15));
  CHECK(p[0] == 0.5);
  CHECK(dz[0] == 0.5);
  CHECK(dz[1] == -0.5);
}

TEST_CASE("losses refuse shapes that differ before anything is written", "[loss]") {
  Tensor<float> y(Shape{2, 3}), other(Shape{3, 2}), dy(Shape{2, 3});
  y.fill(0.5f);
  dy.fill(7);
  other.fill(7);
  for (const DenseLoss& loss : dense_losses()) {
    CHECK_THROWS_AS(loss(y, other, dy), ShapeError);
    CHECK_THROWS_AS(loss(y, y, other), ShapeError);
    CHECK_THROWS_AS(loss(Tensor<float>(Shape{}).view(), Tensor<float>(Shape{}).view(), {}),
                    ShapeError);
    CHECK_THROWS_AS(loss(Tensor<float>(Shape{0, 3}).view(), Tensor<float>(Shape{0, 3}).view(), {}),
                    DataError);
  }
  CHECK_THROWS_AS(ops::categorical_crossentropy_from_logits<float>(y, y, dy, other), ShapeError);
  CHECK_THROWS_AS(ops::binary_crossentropy_from_logits<float>(y, y, dy, other), ShapeError);
  CHECK_THROWS_WITH(ops::mean_squared_error<float>(y, other, dy),
                    "mean_squared_error: the target has shape (3, 2), expected (2, 3) as the "
                    "prediction");
  for (float v : dy) CHECK(v == 7);
  for (float v : other) CHECK(v == 7);
}

TEST_CASE("labels are checked before anything is written", "[loss]") {
  Tensor<float> z(Shape{2, 3}), dz(Shape{2, 3}), p(Shape{2, 3});
  dz.fill(7);
  p.fill(7);
  for (std::int32_t bad : {-1, 3, std::numeric_limits<std::int32_t>::min()}) {
    const Tensor<std::int32_t> labels(Shape{2}, {0, bad});
    CHECK_THROWS_AS(ops::sparse_categorical_crossentropy<float>(z, labels, dz), DataError);
    CHECK_THROWS_AS(ops::sparse_categorical_crossentropy_from_logits<float>(z, labels, dz, p),
                    DataError);
  }
  for (const Shape& shape : {Shape{3}, Shape{2, 1}, Shape{2, 3}}) {
    const Tensor<std::int32_t> labels(shape);
    CHECK_THROWS_AS(ops::sparse_categorical_crossentropy<float>(z, labels, dz), ShapeError);
    CHECK_THROWS_AS(ops::sparse_categorical_crossentropy_from_logits<float>(z, labels, dz, p),
                    ShapeError);
  }
  CHECK_THROWS_WITH(ops::sparse_categorical_crossentropy<float>(
                        z, Tensor<std::int32_t>(Shape{2}, {0, 3}).view(), dz),
                    "sparse_categorical_crossentropy: label 3 of sample 1, expected 0 to 2");
  for (float v : dz) CHECK(v == 7);
  for (float v : p) CHECK(v == 7);
}

TEST_CASE("targets of cross-entropies are checked before anything is written", "[loss]") {
  Tensor<float> p(Shape{4, 3, 2}), good(p.shape()), dp(p.shape());
  p.fill(0.5f);
  dp.fill(7);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  using Loss = std::function<double(View, View, Out)>;
  const Loss binary[] = {dense_losses()[4], dense_losses()[5]};
  const Loss categorical[] = {dense_losses()[6], dense_losses()[7]};
  const auto refused = [&](const auto& losses, float bad) {
    Tensor<float> target = good;
    target[13] = bad;
    for (const Loss& loss : losses) CHECK_THROWS_AS(loss(p, target, dp), DataError);
  };
  for (float bad : {-0.5f, -1e-30f, 1.0001f, 2.0f, nan, infinity, -infinity}) refused(binary, bad);
  for (float bad : {-0.5f, -1e-30f, nan, infinity, -infinity}) refused(categorical, bad);
  for (float v : dp) CHECK(v == 7);
  Tensor<float> target = good;
  target[13] = 1.5f;
  CHECK_THROWS_WITH(ops::binary_crossentropy<float>(p, target, dp),
                    "binary_crossentropy: got a target of 1.5 in sample 2 at (0, 1), expected "
                    "numbers from 0 to 1");
  for (const Loss& loss : categorical) CHECK(std::isfinite(loss(p, target, dp)));  // a weight
  target[13] = -0.0f;
  for (const Loss& loss : binary) CHECK(std::isfinite(loss(p, target, dp)));
}

TEST_CASE("huber needs a positive delta", "[loss]") {
  const Tensor<float> y(Shape{2, 3});
  for (double delta : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_AS(ops::huber<float>(y, y, delta), ArgumentError);
}

TEST_CASE("more dimensions: classes last, the mean over everything before", "[loss]") {
  Tensor<double> z(Shape{2, 3, 4});
  for (Index i = 0; i < z.size(); ++i) z[i] = static_cast<double>(i % 5);
  Tensor<std::int32_t> labels(Shape{2, 3});
  labels[4] = 2;
  Tensor<double> dz(Shape{2, 3, 4}), flat_dz(Shape{6, 4});
  const double loss = ops::sparse_categorical_crossentropy_from_logits<double>(z, labels, dz);
  CHECK(loss == ops::sparse_categorical_crossentropy_from_logits<double>(
                    z.reshape(Shape{6, 4}), labels.reshape(Shape{6}), flat_dz));
  CHECK(std::equal(dz.begin(), dz.end(), flat_dz.begin()));
  // The sum over the outputs of a sample, the mean over the outermost dimension.
  const Tensor<double> zero(Shape{2, 3, 4});
  CHECK(ops::sum_squared_error<double>(z, zero) ==
        Approx(12 * ops::mean_squared_error<double>(z, zero)));
}

TEST_CASE("losses have the same bits on any number of threads", "[loss][threads][large]") {
  const Shape shape{70'001, 10};  // worth three threads whatever the loss
  Tensor<float> y(shape), t(shape);
  for (Index i = 0; i < y.size(); ++i) {
    y[i] = static_cast<float>(i % 1009 + 1) / 1011.0f;
    t[i] = static_cast<float>(i % 997) / 997.0f;
  }
  for (const DenseLoss& loss : dense_losses()) {
    Tensor<float> dy(shape), dy_of_one;
    double value_of_one = 0;
    test::for_each_thread_count([&](int threads) {
      const double value = loss(y, t, dy);
      if (threads == 1) value_of_one = value, dy_of_one = dy;
      CHECK(value == value_of_one);
      CHECK(std::equal(dy.begin(), dy.end(), dy_of_one.begin()));
    });
  }
}

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// y may be anything that Targets can be made of.
template <class T, class Y>
double metric_of(const Metric& metric, const Tensor<T>& predictions, const Y& y) {
  const Targets<T> targets(y);
  const auto instance = metric.make<T>();
  instance->check_targets(predictions.shape().inner(), targets);
  instance->update(predictions, targets);
  return instance->result();
}

using Labels = Tensor<std::int32_t>;

}  // namespace

TEST_CASE("a label is compared with each output of its row, as in Keras", "[metric]") {
  Tensor<float> p({10, 10});
  p.fill(0.1f);
  Labels labels({10}), column({10, 1});
  for (Index i = 0; i < 10; ++i) labels[i] = column[i] = static_cast<std::int32_t>(i);
  CHECK(metric_of(mean_absolute_error, p, labels) == Approx(4.42).epsilon(1e-6));
  CHECK(metric_of(mean_absolute_error, p, column) == Approx(4.42).epsilon(1e-6));
  CHECK(metric_of(mean_absolute_error, Tensor<float>({2, 3}, {.5f, 0, 0, 3, 1, 0}),
                  Labels({2}, {2, 0})) == Approx((1.5 + 2 + 2 + 3 + 1 + 0) / 6));
  // Batch by batch it is the same.
  const auto metric = Metric(mean_absolute_error).make<float>();
  for (Index i = 0; i < 10; i += 5)
    metric->update(p.rows(i, i + 5), Targets<float>(labels.rows(i, i + 5)));
  CHECK(metric->result() == Approx(4.42).epsilon(1e-6));
  // A label that a float cannot hold, beside a single output.
  CHECK(metric_of(mean_absolute_error, Tensor<double>({1, 1}, {0.5}), Labels({1}, {16'777'217})) ==
        16'777'216.5);
}

TEST_CASE("metrics of every shape of outputs and targets", "[metric]") {
  const Tensor<float> flat({4}, {0.2f, 0.5f, 0.7f, 0.9f}), y({4}, {0, 0, 1, 0});
  const Labels labels({4}, {0, 0, 1, 0});
  const auto as_column = [](auto tensor) { return decltype(tensor)({4, 1}, tensor.span()); };
  for (const Tensor<float>& p : {flat, as_column(flat)})
    for (const Targets<float>& t :
         {Targets<float>(y), Targets<float>(labels), Targets<float>(y.reshape({4, 1})),
          Targets<float>(labels.reshape({4, 1}))}) {
      CHECK(metric_of(accuracy, p, t) == 0.75);
      CHECK(metric_of(mean_absolute_error, p, t) == Approx((0.2 + 0.5 + 0.3 + 0.9) / 4));
    }
  // Two sequences of three positions with two classes.
  const Tensor<float> p({2, 3, 2}, {.9f, .1f, .2f, .8f, .5f, .5f, .3f, .7f, .6f, .4f, .1f, .9f});
  const Labels classes({2, 3}, {0, 1, 1, 1, 1, 1});
  Tensor<float> one_hot({2, 3, 2});
  for (Index i = 0; i < 6; ++i) one_hot[2 * i + classes[i]] = 1;
  CHECK(metric_of(accuracy, p, classes) == Approx(4.0 / 6));
  CHECK(metric_of(accuracy, p, one_hot) == Approx(4.0 / 6));
  CHECK(metric_of(mean_absolute_error, p, one_hot) ==
        Approx((0.2 + 0.4 + 1 + 0.6 + 1.2 + 0.2) / 12));
  // No output is the right one for a label that names none.
  CHECK(metric_of(accuracy, p, Labels({2, 3}, {-1, 1, 2, 1, 7, -2})) == Approx(2.0 / 6));
  CHECK(metric_of(accuracy, flat, Labels({4}, {-1, 2, 1, 1})) == 0.5);
}

TEST_CASE("metrics refuse targets that do not stand beside the outputs", "[metric]") {
  const auto refuses = [](const Shape& predictions, const auto& y, const char* expected) {
    const Targets<float> targets(y);
    for (const Metric& metric : {Metric(accuracy), Metric(mean_absolute_error)}) {
      const auto instance = metric.make<float>();
      const Tensor<float> p(predictions);
      CHECK_THROWS_AS(instance->update(p, targets), ShapeError);
      CHECK_THROWS_WITH(instance->check_targets(predictions.inner(), targets),
                        contains(std::string(instance->name()) + ": got ") &&
                            contains(" of shape " + to_string(targets.shape())) &&
                            contains(to_string(predictions.inner())) && contains(expected));
      CHECK(instance->result() == 0);
    }
  };
  refuses({4, 3}, Labels({4, 3}), "expected (4,)");
  refuses({4, 2, 3}, Labels({4}), "expected (4, 2)");
  refuses({4, 2, 1}, Labels({4}), "expected (4, 2)");
  refuses({4}, Labels({4, 2}), "expected (4,)");
  refuses({4, 3}, Tensor<float>({4}), "expected (4, 3)");
  refuses({4, 3}, Tensor<float>({4, 1}), "expected (4, 3)");
  refuses({4, 2, 3}, Tensor<float>({4, 3, 2}), "expected (4, 2, 3)");
  refuses({4, 3}, Tensor<float>({4, 4}), "expected (4, 3)");
  CHECK_THROWS_AS(metric_of(accuracy, Tensor<float>({4, 3}), Labels({5})), ShapeError);
  CHECK_THROWS_AS(metric_of(accuracy, Tensor<float>({4, 0}), Labels({4})), ShapeError);
  const Tensor<float> scalar(Shape{});
  CHECK_THROWS_AS(Metric(accuracy).make<float>()->update(scalar, scalar), ShapeError);
}

TEST_CASE("a prediction with a NaN is never right, and an error of NaN is NaN", "[metric]") {
  // The NaN stands where the label is, and elsewhere.
  const Tensor<float> p({4, 3}, {kNaN, kNaN, kNaN, 0.1f, kNaN, 0.9f, 0, 0, kNaN, 0, 1, 0});
  const Labels labels({4}, {0, 1, 0, 1});
  Tensor<float> one_hot({4, 3});
  for (Index i = 0; i < 4; ++i) one_hot(i, labels[i]) = 1;
  CHECK(metric_of(accuracy, p, labels) == 0.25);
  CHECK(metric_of(accuracy, p, one_hot) == 0.25);
  CHECK(std::isnan(metric_of(mean_absolute_error, p, labels)));
  const Tensor<float> single({3, 1}, {kNaN, 0.3f, kNaN}), zero({3, 1});
  CHECK(metric_of(accuracy, single, zero) == Approx(1.0 / 3));
  CHECK(metric_of(accuracy, single, Labels({3})) == Approx(1.0 / 3));
  CHECK(std::isnan(metric_of(mean_absolute_error, single, zero)));
}
