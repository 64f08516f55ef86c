#include "lanewise/ops/activation.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/threads.hpp"
#include "support/catch.hpp"
#include "support/threads.hpp"

using namespace lanewise;

namespace {

constexpr ActivationFunction kAll[] = {linear,   step, relu, leaky_relu, sigmoid,    lanewise::tanh,
                                       softplus, elu,  gelu, softmax,    log_softmax};

}  // namespace

TEST_CASE("the activations' names are Keras's", "[activation]") {
  std::string names;
  for (ActivationFunction f : kAll) names += std::string(to_string(f.kind)) + " ";
  CHECK(names == "linear step relu leaky_relu sigmoid tanh softplus elu gelu softmax log_softmax ");
}

TEST_CASE("activations refuse shapes that differ and leave the output alone", "[activation]") {
  Tensor<float> x(Shape{2, 3}), y(Shape{3, 2}), same(Shape{2, 3});
  y.fill(7);
  for (ActivationFunction f : kAll) {
    CHECK_THROWS_AS(ops::activation_forward<float>(f, x, y), ShapeError);
    CHECK_THROWS_AS(ops::activation_backward<float>(f, x, y, same), ShapeError);
    CHECK_THROWS_AS(ops::activation_backward<float>(f, x, same, y), ShapeError);
  }
  for (float v : y) CHECK(v == 7);
  CHECK_THROWS_WITH(ops::activation_forward<float>(relu, x, y),
                    "activation_forward: y of relu has shape (3, 2), expected (2, 3)");
}

TEST_CASE("softmax of a scalar is refused, other activations of one are not", "[activation]") {
  Tensor<double> x(Shape{}, {3.0}), y(Shape{});
  CHECK_THROWS_AS(ops::activation_forward<double>(softmax, x, y), ShapeError);
  CHECK_THROWS_AS(ops::activation_backward<double>(log_softmax, x, x, y), ShapeError);
  ops::activation_forward<double>(relu, x, y);
  CHECK(y[0] == 3);
}

TEST_CASE("unknown functions and parameters that are no numbers are refused", "[activation]") {
  Tensor<float> x(Shape{2});
  for (int kind : {-1, 11, 99}) {
    const ActivationFunction f{static_cast<ActivationKind>(kind)};
    CHECK_THROWS_AS(ops::activation_forward<float>(f, x, x), ArgumentError);
    CHECK_THROWS_AS(ops::activation_backward<float>(f, x, x, x), ArgumentError);
  }
  CHECK_THROWS_WITH(ops::check<float>({static_cast<ActivationKind>(99)}),
                    "activation: got an unknown ActivationKind, 99");
  const double infinity = std::numeric_limits<double>::infinity();
  for (ActivationFunction f : kAll)
    for (double bad : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN(), 1e39})
      CHECK_THROWS_AS(ops::check<float>({f.kind, bad}), ArgumentError);
  ops::check<double>({ActivationKind::elu, 1e39});
}

// Values by mpmath in 30 digits.
TEST_CASE("gelu keeps its digits in its negative tail", "[activation]") {
  const Tensor<float> x(Shape{2}, {-5, -10});
  Tensor<float> y(Shape{2});
  ops::activation_forward<float>(gelu, x, y);
  CHECK(y[0] == Approx(-1.433257859395969558e-6).epsilon(5.5 * 1.2e-7));
  CHECK(y[1] == Approx(-7.619853024160526066e-23).epsilon(5.5 * 1.2e-7).margin(0));
  const Tensor<double> wide(Shape{2}, {-10, -37});
  Tensor<double> value(Shape{2}), slope(Shape{2}), ones(Shape{2}, {1, 1});
  ops::activation_forward<double>(gelu, wide, value);
  ops::activation_backward<double>(gelu, wide, ones, slope);
  CHECK(value[0] == Approx(-7.619853024160526066e-23).epsilon(5.5 * 2.3e-16).margin(0));
  CHECK(value[1] == Approx(-2.118461352334093424e-298).epsilon(5.5 * 2.3e-16).margin(0));
  CHECK(slope[0] == Approx(-7.618400096464814086e-22).epsilon(4 * 2.3e-16).margin(0));
  CHECK(slope[1] == Approx(-7.838298669418516243e-297).epsilon(4 * 2.3e-16).margin(0));
}

TEST_CASE("negative slopes are refused", "[activation]") {
  Tensor<float> x(Shape{2});
  for (auto kind : {ActivationKind::leaky_relu, ActivationKind::elu})
    for (double parameter : {-0.1, std::numeric_limits<double>::quiet_NaN()}) {
      const ActivationFunction f{kind, parameter};
      CHECK_THROWS_AS(ops::activation_forward<float>(f, x, x), ArgumentError);
      CHECK_THROWS_AS(ops::activation_backward<float>(f, x, x, x), ArgumentError);
    }
}

TEST_CASE("activations of nothing do nothing", "[activation]") {
  for (const Shape& shape : {Shape{0}, Shape{0, 3}, Shape{3, 0}}) {
    Tensor<float> x(shape), y(shape);
    for (ActivationFunction f : kAll) {
      ops::activation_forward<float>(f, x, y);
      ops::activation_backward<float>(f, x, x, y);
    }
  }
}

TEST_CASE("activations have the same bits on any number of threads",
          "[activation][threads][large]") {
  const Shape shape{40'009, 37};  // worth three threads whatever the function
  Tensor<float> x(shape), dy(shape);
  for (Index i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i % 1009) / 100.0f - 5;
    dy[i] = static_cast<float>(i % 997) / 500.0f - 1;
  }
  for (ActivationFunction f : kAll) {
    INFO(to_string(f.kind));
    Tensor<float> y(shape), dx(shape), y_of_one, dx_of_one;
    const auto check = [&](int threads) {
      ops::activation_forward<float>(f, x, y);
      ops::activation_backward<float>(f, ops::backward_needs_input(f) ? x : y, dy, dx);
      if (threads == 1) y_of_one = y, dx_of_one = dx;
      CHECK(std::equal(y.begin(), y.end(), y_of_one.begin()));
      CHECK(std::equal(dx.begin(), dx.end(), dx_of_one.begin()));
    };
    test::for_each_thread_count(check, {1, 3});
  }
}
