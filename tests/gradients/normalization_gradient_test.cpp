// Gradients of the layers that normalize, alone and in networks, with the statistics of the batch.
#include "lanewise/nn/gradient_check.hpp"
#include "lanewise/ops/normalization.hpp"
#include "support/catch.hpp"
#include "support/integer_formula.hpp"

using namespace lanewise;
using test::numbers;

namespace {

void check(const Sequential& model, const Shape& sample, Index batch, double offset = 0) {
  BasicSequential<float> shaped = model;
  shaped.build(sample);
  auto x = numbers(sample.with_outer(batch), 1);
  for (float& value : x) value += static_cast<float>(offset);
  const auto y = numbers(shaped.output_shape().with_outer(batch), 2);
  const GradientReport report = gradient_check(model, MeanSquaredError{}, x, y);
  INFO(report.table());
  CHECK(report.ok());
  CHECK(report.max_relative_error() <= 1e-7);
}

}  // namespace

TEST_CASE("batch normalization alone, at every shape", "[gradient][normalization]") {
  for (const Shape& sample : {Shape{1}, Shape{7}, Shape{16}, Shape{19}, Shape{1, 1, 3},
                              Shape{3, 5, 1}, Shape{4, 3, 5}, Shape{2, 2, 17}})
    for (const Index batch : {3, 8, 17}) {
      CAPTURE(to_string(sample), batch);
      check(Sequential{BatchNormalization{}}, sample, batch);
    }
  check(Sequential{BatchNormalization{{.center = false}}}, {4, 3}, 5);
  check(Sequential{BatchNormalization{{.scale = false}}}, {4, 3}, 5);
  check(Sequential{BatchNormalization{{.center = false, .scale = false}}}, {4, 3}, 5);
  check(Sequential{BatchNormalization{{.epsilon = 0.5}}}, {4, 3}, 5, 3);
  check(Sequential{BatchNormalization{
            {.beta_initializer = Constant{0.7}, .gamma_initializer = Constant{-2.5}}}},
        {4, 3}, 5);
}

TEST_CASE("layer normalization alone, at every shape", "[gradient][normalization]") {
  for (const Shape& sample : {Shape{2}, Shape{7}, Shape{16}, Shape{19}, Shape{1, 1, 3},
                              Shape{3, 5, 2}, Shape{4, 3, 5}, Shape{2, 2, 17}})
    for (const Index batch : {1, 3, 17}) {
      CAPTURE(to_string(sample), batch);
      check(Sequential{LayerNormalization{}}, sample, batch);
    }
  check(Sequential{LayerNormalization{{.center = false}}}, {4, 3}, 5);
  check(Sequential{LayerNormalization{{.scale = false}}}, {4, 3}, 5);
  check(Sequential{LayerNormalization{{.center = false, .scale = false}}}, {4, 3}, 5);
  check(Sequential{LayerNormalization{{.epsilon = 0.5}}}, {4, 3}, 5, 3);
}

TEST_CASE("normalization inside networks", "[gradient][normalization]") {
  check(Sequential{Dense{6, {.use_bias = false}}, BatchNormalization{}, Activation{relu},
                   Dense{4, {.use_bias = false}}, BatchNormalization{}, Activation{sigmoid},
                   Dense{2}},
        {5}, 9);
  check(Sequential{BatchNormalization{}, Dense{6, {.activation = lanewise::tanh}},
                   LayerNormalization{}, Dense{3}},
        {5}, 7);
  check(Sequential{LayerNormalization{}, Dropout{0.3}, Dense{4, {.activation = gelu}},
                   LayerNormalization{}, Flatten{}, Dense{2}},
        {4, 6}, 4);
  check(Sequential{Conv2D{4, {3, 2}, {.use_bias = false}}, BatchNormalization{}, Activation{relu},
                   Conv2D{3, {2, 3}, {.padding = Padding::same}}, LayerNormalization{}, Flatten{},
                   Dense{2}},
        {6, 5, 2}, 4);
}
