// ZeroPadding2D, UpSampling2D and Reshape as layers: shapes, errors, passes, copies.
#include <string>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
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

constexpr Index kHuge = Index(1) << 62;

}  // namespace

TEST_CASE("reshaping layers infer their shapes", "[reshaping][layer]") {
  const Shape image{5, 4, 3};
  CHECK(output_of(ZeroPadding2D{}, image) == Shape{7, 6, 3});
  CHECK(output_of(ZeroPadding2D{2}, image) == Shape{9, 8, 3});
  CHECK(output_of(ZeroPadding2D{{1, 2}}, image) == Shape{7, 8, 3});
  CHECK(output_of(ZeroPadding2D{{{1, 2}, {0, 4}}}, image) == Shape{8, 8, 3});
  CHECK(output_of(UpSampling2D{}, image) == Shape{10, 8, 3});
  CHECK(output_of(UpSampling2D{{3, 1}, Interpolation::bilinear}, image) == Shape{15, 4, 3});
  CHECK(output_of(Reshape{{60}}, image) == Shape{60});
  CHECK(output_of(Reshape{{-1}}, image) == Shape{60});
  CHECK(output_of(Reshape{{3, -1, 2}}, image) == Shape{3, 10, 2});
  CHECK(output_of(Reshape{{}}, {1}) == Shape{});
}

TEST_CASE("reshaping layers say what is wrong", "[reshaping][layer]") {
  CHECK_THAT(error_of(ZeroPadding2D{}, {5, 4}),
             contains("zero_padding2d (ZeroPadding2D): got samples of shape (5, 4), expected "
                      "(height, width, channels)"));
  CHECK_THAT(error_of(ZeroPadding2D{kHuge}, {5, 4, 1}),
             contains("zero_padding2d (ZeroPadding2D): ") && contains("count"));
  CHECK_THAT(error_of(ZeroPadding2D{{kHuge / 2, kHuge / 2}}, {5, 4, 1}),
             contains("zero_padding2d (ZeroPadding2D): ") && contains("count"));
  CHECK_THAT(error_of(UpSampling2D{}, {5}), contains("up_sampling2d (UpSampling2D): got samples"));
  CHECK_THAT(error_of(UpSampling2D{kHuge}, {5, 4, 1}), contains("up_sampling2d (UpSampling2D)"));
  CHECK_THAT(error_of(Reshape{{7, -1}}, {5, 4}),
             contains("reshape (Reshape): got samples of shape (5, 4)") && contains("(7, -1)"));
  CHECK_THAT(error_of(Reshape{{0, -1}}, {5, 4}), contains("reshape (Reshape)"));
  CHECK_THAT(error_of(Reshape{{kHuge, 4}}, {5, 4}), contains("reshape (Reshape)"));
  CHECK_THROWS_AS((Sequential{ZeroPadding2D{{1, -1}}}), ArgumentError);
  CHECK_THROWS_AS((Sequential{UpSampling2D{{2, 0}}}), ArgumentError);
  CHECK_THROWS_AS((Sequential{Reshape{{-1, -1}}}), ArgumentError);
  CHECK_THROWS_AS((Sequential{Reshape{{-2, 4}}}), ArgumentError);
}

TEST_CASE("reshaping layers do what the operations do", "[reshaping][layer]") {
  const auto x = numbers({3, 4, 5, 2}, 1);
  Sequential padding{ZeroPadding2D{{{1, 0}, {2, 3}}}}, enlarging{UpSampling2D{{2, 3}}},
      reshaping{Reshape{{10, -1}}};
  Tensor<float> padded({3, 5, 10, 2}), enlarged({3, 8, 15, 2});
  ops::zero_pad<float>(x, {1, 0, 2, 3}, padded);
  ops::upsample<float>(x, {2, 3}, Interpolation::nearest, enlarged);
  CHECK(test::same_bits<float>(padding.predict(x).span(), padded.span()));
  CHECK(test::same_bits<float>(enlarging.predict(x).span(), enlarged.span()));
  const Tensor<float> reshaped = reshaping.predict(x);
  CHECK(reshaped.shape() == Shape{3, 10, 4});
  CHECK(test::same_bits<float>(reshaped.span(), x.span()));
}

TEST_CASE("a network of reshaping layers trains, and its copy trains alike", "[reshaping][layer]") {
  const auto x = numbers({12, 36}, 3), y = numbers({12, 2}, 4);
  Sequential model{Reshape{{3, 3, -1}},
                   ZeroPadding2D{1},
                   UpSampling2D{2, Interpolation::bilinear},
                   Conv2D{4, 3, {.activation = relu}},
                   Flatten{},
                   Dense{2}};
  model.compile({.optimizer = Adam{.learning_rate = 0.01}, .loss = MeanSquaredError{}});
  model.build({36});
  const double first = model.train_on_batch(x, y);
  Sequential copy = model;
  double last = 0, copied = 0;
  for (int i = 0; i < 60; ++i) {
    last = model.train_on_batch(x, y);
    copied = copy.train_on_batch(x, y);
  }
  CHECK(last < 0.5 * first);
  CHECK(last == copied);
}
