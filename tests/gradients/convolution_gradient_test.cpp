// The gradients of convolutional layers against numerical derivatives, alone and in networks, at
// every edge. Batch, image, kernel and channels differ in size, so that a swapped axis shows.
#include "lanewise/nn/gradient_check.hpp"
#include "support/catch.hpp"
#include "support/integer_formula.hpp"

using namespace lanewise;
using test::numbers;

namespace {

// With a quadratic loss against targets of the shape that comes out.
void check(const Sequential& model, const Shape& samples) {
  const auto x = numbers(samples, 1);
  Sequential built = model;
  built.build(samples.inner());
  const auto y = numbers(built.output_shape().with_outer(samples[0]), 2);
  const GradientReport report = gradient_check(model, MeanSquaredError{}, x, y);
  INFO(report.table());
  CHECK(report.ok());
}

}  // namespace

TEST_CASE("gradients of Conv2D at every edge", "[gradient][convolution]") {
  const Padding same = Padding::same;
  check({Conv2D{4, {3, 2}}}, {2, 5, 6, 3});
  check({Conv2D{3, {2, 4}, {.padding = same}}}, {2, 5, 4, 2});  // odd padding
  check({Conv2D{3, {2, 5}, {.padding = same}}}, {2, 4, 3, 2});  // wider than a row
  check({Conv2D{3, 2, {.strides = {3, 4}}}}, {2, 8, 7, 2});     // stride beyond the kernel
  check({Conv2D{3, {3, 2}, {.strides = 2, .padding = same}}}, {2, 6, 7, 2});
  check({Conv2D{3, 2, {.dilation_rate = {2, 3}}}}, {2, 5, 7, 2});
  check({Conv2D{3, 3, {.strides = 2, .padding = same, .dilation_rate = 2}}}, {2, 7, 6, 2});
  check({Conv2D{3, 3, {.padding = same}}}, {3, 1, 1, 2});  // one pixel
  check({Conv2D{1, 3}}, {2, 5, 4, 1});                     // one channel, one filter
  check({Conv2D{5, 1}}, {2, 3, 4, 3});                     // a plain product
  check({Conv2D{3, 2, {.padding = {2, 0, 1, 3}}}}, {2, 4, 3, 2});
  check({Conv2D{6, {2, 3}, {.padding = same, .groups = 2}}}, {2, 4, 5, 4});
}

TEST_CASE("gradients of Conv1D and Conv2DTranspose", "[gradient][convolution]") {
  check({Conv1D{3, 4, {.strides = 2, .padding = Padding::same}}}, {2, 9, 3});
  check({Conv1D{4, 3, {.dilation_rate = 2, .groups = 2}}}, {2, 8, 2});
  check({Conv2DTranspose{3, {3, 2}, {.strides = {2, 1}}}}, {2, 3, 4, 2});
  check({Conv2DTranspose{2, 3, {.strides = 2, .padding = Padding::same}}}, {2, 3, 4, 3});
  check({Conv2DTranspose{2, 2, {.strides = 3}}}, {2, 2, 3, 3});  // pixels that nobody reaches
  check({Conv2DTranspose{2, 3, {.strides = 2, .output_padding = 1}}}, {2, 3, 2, 3});
}

TEST_CASE("gradients of convolutional networks", "[gradient][convolution]") {
  for (ActivationFunction f : {relu, lanewise::tanh, gelu, softmax}) {
    CAPTURE(to_string(f.kind));
    check({Conv2D{3, 3, {.padding = Padding::same, .activation = f}},
           Conv2D{4, 2, {.strides = 2, .activation = f}}, Conv2DTranspose{2, 2, {.activation = f}},
           Flatten{}, Dense{3}},
          {3, 5, 6, 2});
  }
  check({Conv1D{4, 3, {.activation = lanewise::tanh}}, Conv1D{2, 2, {.use_bias = false}}},
        {3, 7, 2});
}
