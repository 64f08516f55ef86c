// DepthwiseConv2D as a layer: shapes, parameters, errors, passes, copies.
#include <cmath>
#include <string>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "reference/depthwise.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/layer.hpp"

using namespace lanewise;
using test::error_of;
using test::numbers;

TEST_CASE("DepthwiseConv2D has Keras's shapes, names and fans", "[depthwise][layer]") {
  Sequential model{DepthwiseConv2D{{3, 5}, {.strides = 2, .padding = Padding::same}},
                   DepthwiseConv2D{3, {.dilation_rate = 2, .depth_multiplier = 8}},
                   DepthwiseConv2D{1, {.use_bias = false}}};
  model.build({19, 20, 4});
  CHECK(model.output_shape() == Shape{6, 6, 32});
  const auto parameters = model.parameters();
  REQUIRE(parameters.size() == 5);
  CHECK(parameters[0].name == "depthwise_conv2d/kernel");
  CHECK(parameters[0].value.shape() == Shape{3, 5, 4, 1});
  CHECK(parameters[1].name == "depthwise_conv2d/bias");
  CHECK(parameters[1].value.shape() == Shape{4});
  CHECK(parameters[2].name == "depthwise_conv2d_1/kernel");
  CHECK(parameters[2].value.shape() == Shape{3, 3, 4, 8});
  CHECK(parameters[3].value.shape() == Shape{32});
  // Glorot's bound for 9 * 4 inputs and 9 * 8 outputs.
  const float limit = std::sqrt(6.0f / (9 * 4 + 9 * 8));
  float largest = 0;
  for (const float weight : parameters[2].value) largest = std::max(largest, std::abs(weight));
  CHECK(largest <= limit);
  CHECK(largest > 0.95f * limit);
  CHECK_THAT(model.summary(), contains("depthwise_conv2d (DepthwiseConv2D)"));
}

TEST_CASE("DepthwiseConv2D says what is wrong", "[depthwise][layer]") {
  const std::string name = "depthwise_conv2d (DepthwiseConv2D): ";
  CHECK_THAT(error_of(DepthwiseConv2D{3}, {8, 8}), contains(name + "got samples of shape (8, 8)"));
  CHECK_THAT(error_of(DepthwiseConv2D{3}, {8, 8, 0}),
             contains(name + "got samples of shape (8, 8, 0)"));
  CHECK_THAT(error_of(DepthwiseConv2D{3}, {2, 8, 1}), contains(name + "the window of (3, 3)"));
  CHECK_THAT(error_of(DepthwiseConv2D{3}, {1, 8, 9}), contains(name + "the window of (3, 3)") &&
                                                          contains("(1, 8, 9)") &&
                                                          contains("channels come first"));
  for (const Index far : {Index(1) << 32, Index(1) << 60, Index(1) << 62})
    CHECK_THAT(
        error_of(DepthwiseConv2D{3, {.padding = Padding::same, .dilation_rate = far}}, {8, 8, 3}),
        contains(name) && contains("count"));
  CHECK_THAT(error_of(DepthwiseConv2D{{0, 3}}, {8, 8, 3}),
             contains("DepthwiseConv2D: got a kernel"));
  CHECK_THAT(error_of(DepthwiseConv2D{3, {.strides = {0, 1}}}, {8, 8, 3}),
             contains("DepthwiseConv2D: got strides"));
  CHECK_THAT(error_of(DepthwiseConv2D{3, {.dilation_rate = -1}}, {8, 8, 3}),
             contains("DepthwiseConv2D: got a dilation"));
  CHECK_THAT(error_of(DepthwiseConv2D{3, {.depth_multiplier = Index(1) << 61}}, {8, 8, 9}),
             contains(name));
  CHECK_THROWS_WITH((Sequential{DepthwiseConv2D{3, {.depth_multiplier = 0}}}),
                    contains("DepthwiseConv2D: got a depth_multiplier of 0"));
}

TEST_CASE("DepthwiseConv2D computes what the reference says", "[depthwise][layer]") {
  const auto x = numbers({3, 6, 7, 2}, 1);
  for (ActivationFunction f : {linear, relu, lanewise::tanh, gelu})
    for (const Index multiplier : {1, 3}) {
      CAPTURE(to_string(f.kind), multiplier);
      Sequential model{DepthwiseConv2D{{2, 3},
                                       {.strides = {1, 2},
                                        .padding = Padding::same,
                                        .depth_multiplier = multiplier,
                                        .activation = f,
                                        .bias_initializer = RandomUniform{}}}};
      const Tensor<float> y = model.predict(x);
      Tensor<float> expected(y.shape());
      const auto parameters = model.parameters();
      reference::depthwise_forward<float>(
          x, parameters[0].value, expected,
          {.stride = {1, 2}, .padding = Padding::same, .bias = parameters[1].value.data()});
      ops::activation_forward<float>(f, expected, expected);
      for (Index i = 0; i < y.size(); ++i) REQUIRE(y[i] == Approx(expected[i]).margin(1e-5));
    }
}

TEST_CASE("a depthwise separable network trains, and its copy trains alike", "[depthwise][layer]") {
  const auto x = numbers({16, 8, 8, 2}, 3);
  const auto labels = test::brighter_halves(x);
  test::check_trains(
      {DepthwiseConv2D{3, {.depth_multiplier = 2, .activation = gelu}},
       Conv2D{6, 1, {.activation = relu}}, Flatten{}, Dense{2, {.activation = softmax}}},
      {.optimizer = Adam{.learning_rate = 0.01}, .loss = SparseCategoricalCrossentropy{}}, x,
      labels, 40, 0.5);
}
