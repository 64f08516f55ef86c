// Gradients of the pooling layers, alone and in small networks, at every edge of window and image.
#include "lanewise/nn/gradient_check.hpp"
#include "lanewise/nn/sequential.hpp"
#include "support/catch.hpp"
#include "support/integer_formula.hpp"

using namespace lanewise;
using test::numbers;

namespace {

// Different numbers in [-1, 1), at least 2 / size apart: a step of the check changes no maximum.
Tensor<float> distinct(const Shape& shape) {
  Tensor<float> values(shape);
  const Index size = values.size(), step = 7919;  // a prime: every number comes once
  REQUIRE(size % step != 0);
  for (Index i = 0; i < size; ++i)
    values[i] = 2 * static_cast<float>(i * step % size) / static_cast<float>(size) - 1;
  return values;
}

void check(const Sequential& model, const Tensor<float>& x) {
  Sequential shape_only = model;
  shape_only.build(x.shape().inner());
  const auto y = numbers(shape_only.output_shape().with_outer(x.shape()[0]), 5);
  const GradientReport report = gradient_check(model, MeanSquaredError{}, x, y);
  INFO(report.table());
  CHECK(report.ok());
  CHECK(report.max_relative_error() <= 1e-7);
}

struct Edge {
  const char* name;
  Shape images;
  Extent2D pool_size;
  Pooling2DOptions options;
};

const Padding same = Padding::same;
const Edge edges[] = {
    {"pairs", {2, 6, 4, 3}, 2, {}},
    {"a row and a column left over", {2, 7, 5, 3}, 2, {}},
    {"overlapping", {2, 7, 6, 2}, 3, {.strides = 1}},
    {"overlapping in one direction", {2, 7, 6, 2}, {3, 2}, {.strides = {{1, 3}}}},
    {"stride beyond the window", {2, 9, 8, 2}, 2, {.strides = {{4, 3}}}},
    {"larger than the image", {2, 3, 4, 2}, {7, 9}, {.strides = 1, .padding = same}},
    {"one pixel", {3, 1, 1, 4}, 1, {}},
    {"one channel", {2, 5, 5, 1}, {2, 3}, {.strides = 2, .padding = same}},
    {"odd padding", {2, 5, 6, 3}, {4, 2}, {.strides = {{2, 1}}, .padding = same}},
    {"explicit padding", {2, 5, 6, 3}, 3, {.strides = 2, .padding = {1, 0, 2, 1}}},
};

}  // namespace

TEST_CASE("pooling alone", "[gradient][pooling]") {
  for (const Edge& edge : edges) {
    INFO(edge.name);
    const auto x = distinct(edge.images);
    check(Sequential{MaxPooling2D{edge.pool_size, edge.options}}, x);
    check(Sequential{AveragePooling2D{edge.pool_size, edge.options}}, x);
    check(Sequential{L2Pooling2D{edge.pool_size, edge.options}}, x);
  }
}

TEST_CASE("global pooling alone", "[gradient][pooling]") {
  for (const Shape& images : {Shape{2, 4, 5, 3}, Shape{3, 1, 1, 2}, Shape{2, 6, 1, 1}}) {
    const auto x = distinct(images);
    check(Sequential{GlobalMaxPooling2D{}}, x);
    check(Sequential{GlobalMaxPooling2D{{.keepdims = true}}}, x);
    check(Sequential{GlobalAveragePooling2D{}}, x);
    check(Sequential{GlobalAveragePooling2D{{.keepdims = true}}}, x);
  }
}

TEST_CASE("pooling between other layers", "[gradient][pooling]") {
  const auto x = distinct({3, 9, 8, 2});
  const Conv2D filters{4, 3, {.activation = lanewise::tanh}};
  check(Sequential{filters, MaxPooling2D{}, Flatten{}, Dense{3}}, x);
  check(Sequential{filters, AveragePooling2D{3, {.strides = 2, .padding = same}}, Flatten{},
                   Dense{3, {.activation = sigmoid}}},
        x);
  check(Sequential{filters, L2Pooling2D{2, {.strides = 1}}, GlobalAveragePooling2D{}, Dense{3}}, x);
  check(Sequential{filters, MaxPooling2D{3, {.strides = 2, .padding = same}}, GlobalMaxPooling2D{},
                   Dense{3}},
        x);
}
