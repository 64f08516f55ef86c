// The pooling layers: shapes, names, errors, passes, copies.
#include <algorithm>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/model.hpp"
#include "lanewise/nn/sequential.hpp"
#include "reference/pooling.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/integer_formula.hpp"
#include "support/layer.hpp"

using namespace lanewise;
using test::error_of;
using test::numbers;
using test::output_of;

namespace {

void check_close(const Tensor<float>& got, TensorView<const float> want) {
  REQUIRE(got.shape() == want.shape());
  for (Index i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    REQUIRE(got[i] == Approx(want[i]).margin(1e-6));
  }
}

}  // namespace

TEST_CASE("pooling layers infer their shapes", "[pooling][layer]") {
  CHECK(output_of(MaxPooling2D{}, {26, 26, 32}) == Shape{13, 13, 32});
  CHECK(output_of(MaxPooling2D{}, {11, 11, 64}) == Shape{5, 5, 64});
  CHECK(output_of(MaxPooling2D{3}, {11, 8, 2}) == Shape{3, 2, 2});  // strides are the pool_size
  CHECK(output_of(AveragePooling2D{{3, 2}, {.strides = {{2, 1}}}}, {11, 8, 2}) == Shape{5, 7, 2});
  CHECK(output_of(L2Pooling2D{2, {.padding = Padding::same}}, {11, 8, 2}) == Shape{6, 4, 2});
  CHECK(output_of(MaxPooling2D{3, {.strides = 1, .padding = {1, 1, 0, 2}}}, {4, 4, 1}) ==
        Shape{4, 4, 1});
  CHECK(output_of(GlobalAveragePooling2D{}, {7, 5, 12}) == Shape{12});
  CHECK(output_of(GlobalMaxPooling2D{{.keepdims = true}}, {7, 5, 12}) == Shape{1, 1, 12});
}

TEST_CASE("pooling layers have Keras's names and no parameters", "[pooling][layer]") {
  Sequential model{MaxPooling2D{},
                   AveragePooling2D{},
                   MaxPooling2D{},
                   L2Pooling2D{},
                   GlobalMaxPooling2D{{.keepdims = true}},
                   GlobalAveragePooling2D{}};
  model.build({32, 32, 3});
  CHECK(model.output_shape() == Shape{3});
  CHECK(model.parameters().empty());
  for (const char* name : {"max_pooling2d (MaxPooling2D)", "average_pooling2d (AveragePooling2D)",
                           "max_pooling2d_1 (MaxPooling2D)", "l2_pooling2d (L2Pooling2D)",
                           "global_max_pooling2d (GlobalMaxPooling2D)",
                           "global_average_pooling2d (GlobalAveragePooling2D)"})
    CHECK_THAT(model.summary(), contains(name));
}

TEST_CASE("pooling layers say what is wrong", "[pooling][layer]") {
  CHECK_THAT(error_of(MaxPooling2D{}, {26, 26}),
             contains("max_pooling2d (MaxPooling2D): got samples of shape (26, 26), expected "
                      "(height, width, channels)"));
  CHECK_THAT(error_of(AveragePooling2D{}, {1, 26, 3}),
             contains("average_pooling2d (AveragePooling2D): the window of (2, 2)"));
  CHECK_THAT(error_of(MaxPooling2D{}, {1, 28, 28}),
             contains("got the shape (1, 28, 28)") && contains("channels come first"));
  for (const Index far : {Index(1) << 40, Index(1) << 60, Index(1) << 62})
    CHECK_THAT(
        error_of(MaxPooling2D{far, {.strides = Extent2D{1}, .padding = Padding::same}}, {4, 4, 3}),
        contains("max_pooling2d (MaxPooling2D): ") && contains("count"));
  const Index far = Index(1) << 59;
  CHECK_THAT(error_of(MaxPooling2D{{far, 1},
                                   {.strides = Extent2D{1}, .padding = {far - 1, far - 1, 0, 0}}},
                      {4, 4, 99}),
             contains("max_pooling2d (MaxPooling2D): ") && contains("count"));
  CHECK_THAT(error_of(L2Pooling2D{{0, 2}}, {4, 4, 3}), contains("L2Pooling2D: got a kernel"));
  CHECK_THAT(error_of(MaxPooling2D{2, {.strides = {{1, 0}}}}, {4, 4, 3}), contains("strides"));
  CHECK_THAT(error_of(MaxPooling2D{2, {.padding = {-1, 0, 0, 0}}}, {4, 4, 3}), contains("padding"));
  CHECK_THAT(error_of(MaxPooling2D{2, {.padding = {2, 0, 0, 0}}}, {4, 4, 3}),
             contains("max_pooling2d (MaxPooling2D): with a padding of (2, 0) rows"));
  CHECK_THAT(error_of(GlobalAveragePooling2D{}, {4}),
             contains("global_average_pooling2d (GlobalAveragePooling2D): got samples of shape"));
  CHECK_THAT(error_of(GlobalMaxPooling2D{}, {0, 4, 2}), contains("at least one pixel"));
}

TEST_CASE("pooling layers compute what the reference says", "[pooling][layer]") {
  const auto x = numbers({3, 7, 6, 5}, 1);
  const Window window{.kernel = {3, 2}, .stride = {2, 1}, .padding = Padding::same};
  const Pooling2DOptions options{.strides = window.stride, .padding = window.padding};
  Tensor<float> expected({3, 4, 6, 5});
  reference::max_pool<float>(x, window, expected);
  check_close(Sequential{MaxPooling2D{{3, 2}, options}}.predict(x), expected);
  reference::average_pool<float>(x, window, expected);
  check_close(Sequential{AveragePooling2D{{3, 2}, options}}.predict(x), expected);
  reference::l2_pool<float>(x, window, expected);
  check_close(Sequential{L2Pooling2D{{3, 2}, options}}.predict(x), expected);

  const Window whole{.kernel = {7, 6}};
  Tensor<float> one({3, 1, 1, 5});
  reference::max_pool<float>(x, whole, one);
  check_close(Sequential{GlobalMaxPooling2D{{.keepdims = true}}}.predict(x), one);
  reference::average_pool<float>(x, whole, one);
  check_close(Sequential{GlobalAveragePooling2D{}}.predict(x), one.reshape({3, 5}));
}

TEST_CASE("a network with pooling trains, and its copy trains alike", "[pooling][layer]") {
  const auto x = numbers({16, 8, 8, 1}, 3);
  const auto labels = test::brighter_halves(x);
  test::check_trains(
      {Conv2D{6, 3, {.activation = relu}}, MaxPooling2D{3, {.strides = 1}},
       AveragePooling2D{2, {.strides = 1}}, L2Pooling2D{2, {.strides = 1}}, Flatten{},
       Dense{2, {.activation = softmax}}},
      {.optimizer = Adam{.learning_rate = 0.02}, .loss = SparseCategoricalCrossentropy{}}, x,
      labels, 60, 0.7);
}

namespace {

// The gradients of a convolution that ends in relu, under pooling, by the pooled numbers. With
// `seen`, what comes out of the relu is an output of the model as well, so that the convolution
// takes the derivative itself.
std::vector<float> gradients(const Layer& pooling, bool reshaped, bool seen) {
  const Value x = input({9, 7, 2});
  const Value h = x | Conv2D{5, 3, {.activation = relu}};
  const Value y = (reshaped ? h | Reshape{{5, 7, 5}} : h) | pooling;
  Model model = seen ? Model{x, {y, h}} : Model{x, y};
  const Tensor<float> images = numbers({4, 9, 7, 2}, 5);
  const TensorView<const float> out = model.forward_all(images)[0];
  const Tensor<float> dy = numbers(out.shape(), 6);
  if (seen)
    model.backward({dy, TensorView<const float>{}});
  else
    model.backward(dy);
  return {model.gradients().begin(), model.gradients().end()};
}

}  // namespace

TEST_CASE("maximum pooling takes along the derivative of a relu, to the same bits",
          "[pooling][layer]") {
  const std::vector<Layer> layers{
      MaxPooling2D{}, MaxPooling2D{3, {.strides = 2}},
      MaxPooling2D{2, {.strides = 1, .padding = Padding::same}},
      MaxPooling2D{17, {.strides = 1, .padding = Padding::same}},  // compares
      GlobalMaxPooling2D{}};
  for (const Layer& pooling : layers) {
    CAPTURE(to_string(pooling));
    const auto got = gradients(pooling, false, false);
    CHECK(std::any_of(got.begin(), got.end(), [](float number) { return number != 0; }));
    CHECK(got == gradients(pooling, false, true));
    CHECK(gradients(pooling, true, false) == gradients(pooling, true, true));
  }
}
