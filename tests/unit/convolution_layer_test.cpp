// Conv2D, Conv1D and Conv2DTranspose as layers: shapes, parameters, errors, passes, copies.
#include <string>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/ops/convolution.hpp"
#include "reference/convolution.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/integer_formula.hpp"
#include "support/layer.hpp"
#include "support/same_bits.hpp"

using namespace lanewise;
using test::error_of;
using test::numbers;
using test::output_of;

namespace {

// Layer after layer, every output within a few roundings of the reference's.
void check_close(TensorView<const float> got, TensorView<const float> want) {
  REQUIRE(got.shape() == want.shape());
  for (Index i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    REQUIRE(got[i] == Approx(want[i]).margin(1e-5));
  }
}

}  // namespace

TEST_CASE("convolutional layers infer their shapes", "[convolution][layer]") {
  CHECK(output_of(Conv2D{32, {3, 3}}, {28, 28, 1}) == Shape{26, 26, 32});
  CHECK(output_of(Conv2D{5, {3, 2}, {.strides = {2, 1}}}, {9, 7, 3}) == Shape{4, 6, 5});
  CHECK(output_of(Conv2D{4, 5, {.strides = 2, .padding = Padding::same, .groups = 2}}, {7, 8, 6}) ==
        Shape{4, 4, 4});
  CHECK(output_of(Conv2D{1, 3, {.padding = {0, 1, 2, 3}, .dilation_rate = {1, 2}}}, {6, 6, 2}) ==
        Shape{5, 7, 1});
  CHECK(output_of(Conv1D{8, 3}, {20, 4}) == Shape{18, 8});
  CHECK(output_of(Conv1D{8, 3, {.strides = 3, .padding = Padding::same}}, {20, 4}) == Shape{7, 8});
  CHECK(output_of(Conv1D{8, 3, {.padding = {0, 0, 4, 0}, .dilation_rate = 2}}, {20, 4}) ==
        Shape{20, 8});
}

TEST_CASE("a transposed convolution has Keras's sizes", "[convolution][layer]") {
  const Padding same = Padding::same;
  const Shape image{5, 4, 3};
  CHECK(output_of(Conv2DTranspose{2, 3}, image) == Shape{7, 6, 2});
  CHECK(output_of(Conv2DTranspose{2, 3, {.strides = 2}}, image) == Shape{11, 9, 2});
  CHECK(output_of(Conv2DTranspose{2, 2, {.strides = 3}}, image) == Shape{15, 12, 2});
  CHECK(output_of(Conv2DTranspose{2, 3, {.strides = 2, .padding = same}}, image) ==
        Shape{10, 8, 2});
  CHECK(output_of(Conv2DTranspose{2, 3, {.strides = 2, .padding = same, .output_padding = 1}},
                  image) == Shape{10, 8, 2});
  CHECK(output_of(Conv2DTranspose{2, 3, {.strides = 2, .output_padding = 1}}, image) ==
        Shape{12, 10, 2});
  CHECK(output_of(Conv2DTranspose{2, 3, {.dilation_rate = {1, 2}}}, image) == Shape{7, 8, 2});
  CHECK(output_of(Conv2DTranspose{2, 4, {.strides = 2, .padding = {1, 1, 0, 2}}}, image) ==
        Shape{10, 8, 2});
  CHECK_THROWS_AS(
      output_of(Conv2DTranspose{2, 2, {.strides = 2, .padding = same, .output_padding = 0}}, image),
      ArgumentError);
}

TEST_CASE("convolutional layers have Keras's names, shapes and fans", "[convolution][layer]") {
  Sequential model{Conv2D{32, 3, {.padding = Padding::same, .groups = 2}},
                   Conv2DTranspose{6, {2, 5}}, Conv2D{4, 1, {.use_bias = false}}};
  model.build({8, 8, 4});
  const auto parameters = model.parameters();
  REQUIRE(parameters.size() == 5);
  CHECK(parameters[0].name == "conv2d/kernel");
  CHECK(parameters[0].value.shape() == Shape{3, 3, 2, 32});
  CHECK(parameters[1].name == "conv2d/bias");
  CHECK(parameters[1].value.shape() == Shape{32});
  CHECK(parameters[2].name == "conv2d_transpose/kernel");
  CHECK(parameters[2].value.shape() == Shape{2, 5, 6, 32});
  CHECK(parameters[4].name == "conv2d_1/kernel");
  const float limit = std::sqrt(6.0f / (9 * 2 + 9 * 32));
  float largest = 0;
  for (float weight : parameters[0].value) largest = std::max(largest, std::abs(weight));
  CHECK(largest <= limit);
  CHECK(largest > 0.95f * limit);
  CHECK_THAT(model.summary(), contains("conv2d_transpose (Conv2DTranspose)"));

  Sequential sequence{Conv1D{3, 5}};
  sequence.build({9, 2});
  CHECK(sequence.parameters()[0].name == "conv1d/kernel");
  CHECK(sequence.parameters()[0].value.shape() == Shape{5, 2, 3});
}

TEST_CASE("convolutional layers say what is wrong", "[convolution][layer]") {
  CHECK_THAT(error_of(Conv2D{32, 3}, {28, 28}),
             contains("conv2d (Conv2D): got samples of shape (28, 28), expected (height, width, "
                      "channels)"));
  CHECK_THAT(error_of(Conv1D{32, 3}, {28, 28, 1}), contains("expected (steps, channels)"));
  CHECK_THAT(error_of(Conv2D{32, 3}, {2, 28, 1}),
             contains("conv2d (Conv2D): the window of (3, 3)"));
  CHECK_THAT(error_of(Conv2D{32, 3}, {1, 28, 28}),
             contains("conv2d (Conv2D): the window of (3, 3)") &&
                 contains("got the shape (1, 28, 28), read as (height, width, channels): if "
                          "channels come first"));
  CHECK_THAT(error_of(Conv1D{32, 3}, {1, 100}),
             contains("got the shape (1, 100), read as (steps, channels)") &&
                 contains("channels come first"));
  CHECK_THAT(error_of(Conv2D{32, 3}, {2, 28, 1}), !contains("channels come first"));
  CHECK_THAT(error_of(Conv2D{4, 3, {.groups = 2}}, {8, 8, 3}),
             contains("conv2d (Conv2D): got 3 channels in 2 groups"));
  CHECK_THAT(error_of(Conv2D{4, {0, 3}}, {8, 8, 3}), contains("Conv2D: got a kernel"));
  CHECK_THAT(error_of(Conv2D{4, 3, {.strides = {1, 0}}}, {8, 8, 3}), contains("strides"));
  CHECK_THAT(error_of(Conv2DTranspose{4, 3, {.strides = {1, 0}}}, {8, 8, 3}), contains("strides"));
  CHECK_THAT(error_of(Conv2D{4, 3, {.dilation_rate = -1}}, {8, 8, 3}), contains("dilation"));
  CHECK_THAT(error_of(Conv2D{Index(1) << 60, 3}, {8, 8, 3}), contains("conv2d (Conv2D)"));
  CHECK_THAT(error_of(Conv2DTranspose{1, 3, {.strides = Index(1) << 61}}, {8, 8, 3}),
             contains("conv2d_transpose (Conv2DTranspose)"));
  for (const Index far : {Index(1) << 60, Index(1) << 61, Index(1) << 62}) {
    CAPTURE(far);
    const auto refused = [&](const Layer& layer, const Shape& input, const char* name) {
      CHECK_THAT(error_of(layer, input), contains(name) && contains("count"));
    };
    const Padding around{far, far, far, far}, below = Padding::same;
    refused(Conv2D{4, 3, {.padding = below, .dilation_rate = far}}, {8, 8, 3}, "conv2d (Conv2D): ");
    refused(Conv2D{4, far, {.padding = below}}, {8, 8, 3}, "conv2d (Conv2D): ");
    refused(Conv2D{4, 3, {.padding = around}}, {8, 8, 3}, "conv2d (Conv2D): ");
    refused(Conv1D{64, 3, {.padding = {0, 0, far / 2, 0}}}, {8, 3}, "conv1d (Conv1D): ");
    refused(Conv2DTranspose{4, 3, {.dilation_rate = far}}, {8, 8, 3}, "(Conv2DTranspose): ");
    // A stride alone leaves one output.
    CHECK(error_of(Conv2D{4, 3, {.strides = far}}, {8, 8, 3}) == "no error");
  }
  CHECK_THROWS_AS(Sequential{Conv2D{0}}, ArgumentError);
  CHECK_THROWS_AS((Sequential{Conv2D{3, 1, {.groups = 2}}}), ArgumentError);
  CHECK_THROWS_AS((Sequential{Conv1D{3, 1, {.padding = {1, 0, 0, 0}}}}), ArgumentError);
}

TEST_CASE("a convolution takes the algorithm that its layer asks for", "[convolution][layer]") {
  constexpr auto kWinograd = ConvolutionAlgorithm::winograd;
  const auto x = numbers({4, 10, 9, 16}, 1);
  const auto steps = numbers({4, 10, 16}, 3);
  // What is predicted, with the same weights.
  const auto differs = [](auto layer, const Tensor<float>& samples) {
    Tensor<float> y[2];
    for (const bool winograd : {false, true}) {
      layer.options.algorithm = winograd ? kWinograd : ConvolutionAlgorithm::direct;
      Sequential model{layer};
      model.set_seed(7);
      y[winograd] = model.predict(samples);
    }
    check_close(y[0], y[1]);
    return !test::same_bits<float>(y[0].span(), y[1].span());
  };
  CHECK(differs(Conv2D{16, 3, {.padding = Padding::same}}, x));
  CHECK(differs(Conv2DTranspose{16, 3, {.padding = Padding::same}}, x));
  CHECK(differs(Conv1D{16, 3}, steps));

  CHECK(error_of(Conv2D{4, 7, {.algorithm = kWinograd}}, {8, 8, 3}) ==
        "Conv2D: winograd was asked for, which takes windows with sides of 1, 3 and 5, but not 1 x "
        "1, "
        "at strides and dilations of 1; got 7 x 7 at strides of 1 and 1, dilations of 1 and 1");
  CHECK_THAT(error_of(Conv2DTranspose{4, 3, {.strides = 2, .algorithm = kWinograd}}, {8, 8, 3}),
             contains("Conv2DTranspose") && contains("strides of 2 and 2"));
  CHECK_THAT(error_of(Conv1D{4, 3, {.dilation_rate = 2, .algorithm = kWinograd}}, {8, 3}),
             contains("Conv1D") && contains("dilations of 1 and 2"));
}

TEST_CASE("layers compute what the reference says", "[convolution][layer]") {
  const auto x = numbers({3, 6, 7, 2}, 1);
  for (ActivationFunction f : {linear, relu, lanewise::tanh, gelu, softmax}) {
    CAPTURE(to_string(f.kind));
    Sequential model{Conv2D{5,
                            {2, 3},
                            {.strides = {1, 2},
                             .padding = Padding::same,
                             .activation = f,
                             .bias_initializer = RandomUniform{}}}};
    const Tensor<float> y = model.predict(x);
    const auto parameters = model.parameters();
    Tensor<float> expected(y.shape());
    reference::conv_forward<float>(x, parameters[0].value, expected,
                                   {.stride = {1, 2},
                                    .padding = Padding::same,
                                    .bias = parameters[1].value.data(),
                                    .activation = f});
    check_close(y, expected);
  }

  Sequential sequence{Conv1D{4, 3, {.strides = 2, .padding = {0, 0, 1, 2}}}};
  const auto steps = numbers({2, 9, 3}, 2);
  const Tensor<float> y = sequence.predict(steps);
  CHECK(y.shape() == Shape{2, 5, 4});
  Tensor<float> expected({2, 1, 5, 4});
  reference::conv_forward<float>(steps.reshape({2, 1, 9, 3}),
                                 sequence.parameters()[0].value.reshape({1, 3, 3, 4}), expected,
                                 {.stride = {1, 2}, .padding = {0, 0, 1, 2}});
  check_close(y.reshape(expected.shape()), expected);

  Sequential transposed{Conv2DTranspose{4, 3, {.strides = 2, .padding = Padding::same}}};
  const Tensor<float> large = transposed.predict(x);
  Tensor<float> adjoint({3, 12, 14, 4});
  reference::conv_backward_data<float>(x, transposed.parameters()[0].value, adjoint,
                                       {.stride = 2, .padding = Padding::same});
  check_close(large, adjoint);
}

TEST_CASE("a convolutional network trains, and its copy trains alike", "[convolution][layer]") {
  const auto x = numbers({16, 8, 8, 1}, 3);
  const auto labels = test::brighter_halves(x);
  test::check_trains(
      {Conv2D{6, 3, {.activation = relu}}, Conv2DTranspose{3, 2, {.activation = gelu}}, Flatten{},
       Dense{2, {.activation = softmax}}},
      {.optimizer = Adam{.learning_rate = 0.01}, .loss = SparseCategoricalCrossentropy{}}, x,
      labels, 40, 0.5);
}

TEST_CASE("filters are transformed once for many batches, and anew for each call",
          "[convolution][layer]") {
  Sequential model{Conv2D{16, 3, {.padding = Padding::same, .activation = lanewise::gelu}},
                   Conv2DTranspose{16, 3, {.activation = relu}},
                   Reshape{{22 * 22, 16}},
                   Conv1D{16, 3},
                   Flatten{},
                   Dense{2}};
  model.compile({.loss = MeanSquaredError{}});
  const Tensor<float> x = numbers<float>({10, 20, 20, 16}, 1), y = numbers<float>({10, 2}, 2);
  const auto check = [&] {
    const Tensor<float> all = model.predict(x, 4);
    for (Index begin = 0; begin < 10; begin += 4) {  // the last batch is a smaller one
      const Index end = std::min<Index>(begin + 4, 10);
      const Tensor<float> some = model.predict(x.rows(begin, end), 4);
      CHECK(test::same_bits<float>(some.span(), all.rows(begin, end).span()));
    }
    CHECK(model.evaluate(x, y, 4)["loss"] ==
          Approx(model.evaluate(x, y, 10)["loss"]).epsilon(1e-5));
    return all;
  };
  const Tensor<float> first = check();
  for (const Parameter<float>& parameter : model.parameters())
    for (float& weight : parameter.value) weight *= 2;
  CHECK(!test::same_bits<float>(first.span(), check().span()));
  model.fit(x, y, {.batch_size = 4, .validation_data = {x, y}});
  check();
}
