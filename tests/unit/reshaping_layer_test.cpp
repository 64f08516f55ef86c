// Layers that move elements, and softmax and embedding: shapes, errors, passes, copies.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

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
  CHECK(output_of(Cropping2D{}, image) == image);
  CHECK(output_of(Cropping2D{{{1, 2}, {0, 3}}}, image) == Shape{2, 1, 3});
  CHECK(output_of(Permute{{2, 1}}, {5, 4}) == Shape{4, 5});
  CHECK(output_of(Permute{{3, 1, 2}}, image) == Shape{3, 5, 4});
  CHECK(output_of(RepeatVector{7}, {3}) == Shape{7, 3});
  CHECK(output_of(Softmax{}, image) == image);
  CHECK(output_of(Embedding{10, 8}, {5, 4}) == Shape{5, 4, 8});
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
  CHECK_THAT(error_of(Cropping2D{{{3, 2}, {0, 0}}}, {5, 4, 3}),
             contains("cropping2d (Cropping2D): got samples of shape (5, 4, 3)") &&
                 contains("(3, 2) rows"));
  CHECK_THAT(error_of(Cropping2D{kHuge}, {5, 4, 3}), contains("leave nothing"));
  CHECK_THAT(error_of(Cropping2D{}, {5, 4}), contains("expected (height, width, channels)"));
  CHECK_THAT(error_of(Permute{{2, 1}}, {5, 4, 3}),
             contains("permute (Permute): got samples of shape (5, 4, 3)") && contains("(2, 1)"));
  CHECK_THAT(error_of(RepeatVector{2}, {5, 4}),
             contains("repeat_vector (RepeatVector): got samples of shape (5, 4)"));
  CHECK_THAT(error_of(RepeatVector{kHuge}, {5}), contains("repeat_vector (RepeatVector): "));
  for (const int axis : {0, 3, -3, -4, 9})
    CHECK_THAT(error_of(Softmax{axis}, {5, 4}),
               contains("softmax (Softmax): got samples of shape"));
  CHECK_THAT(error_of(Embedding{10, kHuge}, {5}), contains("embedding (Embedding): "));
  CHECK_THROWS_AS((Sequential{Cropping2D{{-1, 0}}}), ArgumentError);
  CHECK_THROWS_AS((Sequential{RepeatVector{0}}), ArgumentError);
  for (const std::vector<int>& dims : {std::vector{0, 1}, {1, 1}, {1, 3}, {-1, 1}})
    CHECK_THROWS_AS((Sequential{Permute{dims}}), ArgumentError);
  CHECK_THROWS_AS((Sequential{Embedding{0, 1}}), ArgumentError);
  CHECK_THROWS_AS((Sequential{Embedding{1, -1}}), ArgumentError);
  CHECK_THROWS_WITH((Sequential{Embedding{(Index{1} << 24) + 1, 1}}), contains("2^24"));
  CHECK_THROWS_AS((Sequential{Embedding{2, 1, {.embeddings_initializer = RandomNormal{0, -1}}}}),
                  ArgumentError);
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
  test::check_trains(
      {Reshape{{3, 3, -1}}, ZeroPadding2D{1}, UpSampling2D{2, Interpolation::bilinear},
       Conv2D{4, 3, {.activation = relu}}, Flatten{}, Dense{2}},
      {.optimizer = Adam{.learning_rate = 0.01}, .loss = MeanSquaredError{}}, x, y, 60, 0.5);
}

TEST_CASE("an embedding looks up rows, starts as Keras's, and learns", "[reshaping][layer]") {
  Sequential model{Embedding{10, 8}, Flatten{}, Dense{3, {.activation = softmax}}};
  model.compile(
      {.optimizer = Adam{.learning_rate = 0.05}, .loss = SparseCategoricalCrossentropy{}});
  model.build({4});
  const TensorView<float> table = model.parameters()[0].value;
  CHECK(model.parameters()[0].name == "embedding/embeddings");
  CHECK(table.shape() == Shape{10, 8});
  float most = 0;
  for (const float weight : table) most = std::max(most, std::abs(weight));
  CHECK((most > 0.03f && most <= 0.05f));
  // The class is the first word's remainder.
  Tensor<float> words({30, 4});
  Tensor<std::int32_t> classes(Shape{30});
  for (Index i = 0; i < words.size(); ++i)
    words[i] = static_cast<float>(std::floor(test::unit(5, i) * 10));
  for (Index i = 0; i < 30; ++i) classes[i] = static_cast<std::int32_t>(words(i, 0)) % 3;
  double loss = 0;
  for (int i = 0; i < 60; ++i) loss = model.train_on_batch(words, classes);
  CHECK(loss < 0.1);
}

TEST_CASE("an embedding refuses an index out of range, and nothing changes", "[reshaping][layer]") {
  Sequential model{Embedding{10, 2}, Flatten{}, Dense{2}};
  model.compile({.optimizer = SGD{}, .loss = MeanSquaredError{}});
  model.build({3});
  std::vector<Tensor<float>> before;
  for (const auto& parameter : model.parameters()) before.emplace_back(parameter.value);
  const Tensor<float> y({4, 2});
  const auto refuses = [&](const auto& words, const char* expected) {
    // In the last batch, and yet before the first.
    CHECK_THROWS_WITH(model.fit(words, y, {.batch_size = 1, .shuffle = false}), contains(expected));
    CHECK_THROWS_AS(model.predict(words), DataError);
    for (std::size_t i = 0; i < before.size(); ++i)
      CHECK(test::same_bits<float>(before[i].span(), model.parameters()[i].value.span()));
  };
  Tensor<float> numbers({4, 3});
  Tensor<std::int32_t> integers({4, 3});
  Tensor<std::uint8_t> bytes({4, 3});
  numbers(3, 2) = 1.5f, integers(3, 2) = -1, bytes(3, 2) = 10;
  refuses(numbers, "embedding (Embedding): got an index of 1.5 in sample 3 at (2)");
  refuses(integers, "embedding (Embedding): got an index of -1 in sample 3 at (2)");
  refuses(ScaledBytes{bytes, 1}, "embedding (Embedding): got an index of 10 in sample 3 at (2)");
  bytes(3, 2) = 9, integers(3, 2) = 9, numbers(3, 2) = 9;
  const Tensor<float> expected = model.predict(numbers);
  CHECK(test::same_bits<float>(model.predict(integers).span(), expected.span()));
  CHECK(test::same_bits<float>(model.predict(ScaledBytes{bytes, 1}).span(), expected.span()));
}

TEST_CASE("indices come as integers", "[reshaping][layer]") {
  const Tensor<std::int32_t> indices{Shape{2, 3}, {0, 5, 16777216, -7, 2, 1}};
  Sequential model{Input{{3}}, Activation{linear}};
  CHECK(model.predict(indices)[2] == 16777216.0f);
  const Tensor<std::int32_t> inexact{Shape{1, 3}, {0, 16777217, 1}};
  CHECK_THAT(error_of([&] { model.predict(inexact); }), contains("16777217"));
  CHECK(model.as<double>().predict(inexact)[1] == 16777217.0);
}
