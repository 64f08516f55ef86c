// Gradients of DepthwiseConv2D, ZeroPadding2D, UpSampling2D and Reshape: alone and in networks, at
// every edge of their geometry.
#include "lanewise/nn/gradient_check.hpp"
#include "support/catch.hpp"
#include "support/integer_formula.hpp"

using namespace lanewise;
using test::numbers;

namespace {

// Of three samples, against targets of the output's own shape.
void check(const Sequential& model, const Shape& sample) {
  Sequential built = model;
  built.build(sample);
  const auto x = numbers(sample.with_outer(3), 1);
  const auto y = numbers(built.output_shape().with_outer(3), 2);
  const GradientReport report = gradient_check(built, MeanSquaredError{}, x, y);
  INFO(report.table());
  CHECK(report.ok());
}

}  // namespace

TEST_CASE("gradients of DepthwiseConv2D alone", "[gradient][depthwise]") {
  const auto alone = [](Extent2D kernel, const Shape& sample, DepthwiseConv2DOptions options) {
    CAPTURE(to_string(sample));
    check(Sequential{DepthwiseConv2D{kernel, options}}, sample);
  };
  const Padding same = Padding::same;
  alone(3, {5, 6, 4}, {.padding = same});
  alone(3, {4, 5, 17}, {});                     // a register and more of channels
  alone(3, {4, 5, 1}, {.padding = same});       // one channel
  alone({2, 4}, {5, 6, 3}, {.padding = same});  // odd padding
  alone(3, {6, 7, 2}, {.strides = 2, .padding = same});
  alone({1, 2}, {7, 7, 2}, {.strides = {2, 3}});  // stride beyond the kernel
  alone(3, {7, 8, 2}, {.padding = same, .dilation_rate = {2, 3}});
  alone(3, {9, 9, 2}, {.strides = {2, 4}, .padding = {2, 1, 0, 3}, .dilation_rate = {3, 2}});
  alone({5, 7}, {2, 3, 2}, {.padding = same});  // kernel beyond the image
  alone(3, {1, 1, 3}, {.padding = same});       // one pixel
  alone(1, {3, 4, 5}, {.use_bias = false});
  alone(3, {5, 5, 2}, {.padding = same, .depth_multiplier = 3});
  alone({2, 3}, {6, 5, 3}, {.strides = {1, 2}, .depth_multiplier = 2});
}

TEST_CASE("gradients of DepthwiseConv2D in networks", "[gradient][depthwise]") {
  for (ActivationFunction f : {relu, lanewise::tanh, gelu}) {
    CAPTURE(to_string(f.kind));
    check(
        Sequential{DepthwiseConv2D{3, {.padding = Padding::same, .activation = f}},
                   DepthwiseConv2D{{2, 3}, {.strides = 2, .depth_multiplier = 2, .activation = f}},
                   Flatten{}, Dense{2}},
        {7, 6, 3});
  }
}

TEST_CASE("gradients of padding, enlarging and reshaping", "[gradient][resampling]") {
  check(Sequential{ZeroPadding2D{{{1, 2}, {0, 3}}}}, {3, 2, 2});
  for (const Interpolation interpolation : {Interpolation::nearest, Interpolation::bilinear}) {
    check(Sequential{UpSampling2D{2, interpolation}}, {3, 4, 2});
    check(Sequential{UpSampling2D{{3, 1}, interpolation}}, {1, 1, 3});
    check(Sequential{Dense{18}, Reshape{{3, 3, -1}}, ZeroPadding2D{1},
                     UpSampling2D{{2, 3}, interpolation},
                     DepthwiseConv2D{3, {.strides = 2, .activation = lanewise::tanh}}, Flatten{},
                     Dense{2}},
          {5});
  }
}
