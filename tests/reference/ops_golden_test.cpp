// Activations and losses in double against golden values: activations from mpmath in 50 digits,
// losses from Keras in double (tests/golden/ops, made by tools/reference). The bound is
// 1e-12 max(1, |expected|).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/loss.hpp"
#include "reference/golden.hpp"

using namespace lanewise;

namespace {

using test::check_close;
using test::golden;

// loss(gradient) against the golden value and gradient of this case.
template <class Loss>
void check_loss(const std::string& name, Loss loss) {
  INFO(name);
  const Tensor<double> want = golden("losses/" + name + "_loss");
  const Tensor<double> want_gradient = golden("losses/" + name + "_dx");
  Tensor<double> gradient(want_gradient.shape());
  const double got = loss(gradient.view());
  CHECK(std::abs(got - want[0]) <= 1e-12 * std::max(1.0, std::abs(want[0])));
  check_close(gradient, want_gradient);
}

}  // namespace

TEST_CASE("activations against mpmath", "[golden]") {
  for (ActivationFunction f : {linear, step, relu, leaky_relu, sigmoid, lanewise::tanh, softplus,
                               elu, gelu, softmax, log_softmax}) {
    const std::string name(to_string(f.kind));
    INFO(name);
    const bool rows = f == softmax || f == log_softmax;
    const Tensor<double> x = golden(rows ? "softmax_x" : "x");
    const Tensor<double> dy = golden(rows ? "softmax_dy" : "dy");
    Tensor<double> y(x.shape()), dx(x.shape());
    ops::activation_forward<double>(f, x, y);
    check_close(y, golden(name + "_y").view());
    const Tensor<double>& saved = ops::backward_needs_input(f) ? x : std::as_const(y);
    ops::activation_backward<double>(f, saved, dy, dx);
    check_close(dx, golden(name + "_dx").view());
  }
}

TEST_CASE("losses against Keras", "[golden]") {
  using Out = TensorView<double>;
  const auto y = golden("losses/regression_pred"), t = golden("losses/regression_target");
  check_loss("mean_squared_error", [&](Out d) { return ops::mean_squared_error<double>(y, t, d); });
  check_loss("sum_squared_error", [&](Out d) { return ops::sum_squared_error<double>(y, t, d); });
  check_loss("mean_absolute_error",
             [&](Out d) { return ops::mean_absolute_error<double>(y, t, d); });
  check_loss("huber_1", [&](Out d) { return ops::huber<double>(y, t, 1, d); });
  check_loss("huber_05", [&](Out d) { return ops::huber<double>(y, t, 0.5, d); });

  const auto p = golden("losses/probabilities"), z = golden("losses/logits");
  for (const char* kind : {"onehot", "soft"}) {
    const auto target = golden(std::string("losses/") + kind);
    check_loss(std::string("categorical_crossentropy_probabilities_") + kind,
               [&](Out d) { return ops::categorical_crossentropy<double>(p, target, d); });
    check_loss(std::string("categorical_crossentropy_logits_") + kind, [&](Out d) {
      return ops::categorical_crossentropy_from_logits<double>(z, target, d);
    });
  }

  const auto labels_as_doubles = golden("losses/labels");
  Tensor<std::int32_t> labels(labels_as_doubles.shape());
  for (Index i = 0; i < labels.size(); ++i)
    labels[i] = static_cast<std::int32_t>(labels_as_doubles[i]);
  check_loss("sparse_categorical_crossentropy_probabilities",
             [&](Out d) { return ops::sparse_categorical_crossentropy<double>(p, labels, d); });
  check_loss("sparse_categorical_crossentropy_logits", [&](Out d) {
    return ops::sparse_categorical_crossentropy_from_logits<double>(z, labels, d);
  });

  const auto binary = golden("losses/binary_target");
  const auto binary_p = golden("losses/binary_probabilities");
  check_loss("binary_crossentropy_probabilities",
             [&](Out d) { return ops::binary_crossentropy<double>(binary_p, binary, d); });
  check_loss("binary_crossentropy_logits",
             [&](Out d) { return ops::binary_crossentropy_from_logits<double>(z, binary, d); });
}
