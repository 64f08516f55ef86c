// Layers of several inputs: shapes and errors. Values stand against Keras in tests/reference,
// gradients in tests/gradients.
#include <string>
#include <vector>

#include "lanewise/nn/functional.hpp"
#include "lanewise/nn/merging_layers.hpp"
#include "lanewise/nn/model.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"

using namespace lanewise;

namespace {

Shape output_of(const Layer& layer, const std::vector<Shape>& samples) {
  return layer.make<double>()->build_all(samples);
}

// What a model says of a layer that it calls "here".
std::string error_of(const Layer& layer, const std::vector<Shape>& samples) {
  std::vector<Value> inputs;
  for (const Shape& sample : samples) inputs.push_back(input(sample));
  return test::error_of<ShapeError>([&] { Model(inputs, merge(named("here", layer), inputs)); });
}

const Layer kElementwise[] = {Add{}, Multiply{}, Average{}, Maximum{}, Minimum{}};

}  // namespace

TEST_CASE("merging layers infer their shapes", "[merging][layer]") {
  for (const Layer& layer : kElementwise) {
    CHECK(output_of(layer, {{4}, {4}, {4}}) == Shape{4});
    CHECK(output_of(layer, {{5, 4, 3}, {1, 1, 3}}) == Shape{5, 4, 3});
    CHECK(output_of(layer, {{3}, {5, 1, 3}, {4, 1}}) == Shape{5, 4, 3});
    CHECK(output_of(layer, {Shape{}, {2}}) == Shape{2});
  }
  CHECK(output_of(Subtract{}, {{5, 1}, {1, 4}}) == Shape{5, 4});
  CHECK(output_of(Concatenate{}, {{5, 4}, {5, 2}, {5, 3}}) == Shape{5, 9});
  CHECK(output_of(Concatenate{1}, {{5, 4}, {2, 4}}) == Shape{7, 4});
  CHECK(output_of(Concatenate{-2}, {{5, 4}, {2, 4}}) == Shape{7, 4});
  CHECK(output_of(Concatenate{2}, {{5, 4}, {5, 1}}) == Shape{5, 5});
}

TEST_CASE("merging layers say what came", "[merging][layer]") {
  for (const Layer& layer : kElementwise) {
    CHECK_THAT(error_of(layer, {{5, 4}, {5, 3}}),
               contains("here (") && contains("got samples of shape (5, 4) and (5, 3), which do") &&
                   contains("the same or 1"));
    CHECK_THAT(error_of(layer, {{5, 4}, {4}, {5, 4, 3}}),
               contains("(5, 4) and (4,) and (5, 4, 3)"));
    CHECK_THAT(error_of(layer, {{5, 4}}), contains("(5, 4), expected two inputs at least"));
  }
  CHECK_THAT(error_of(Subtract{}, {{2}, {2}, {2}}),
             contains("here (Subtract): got 3 inputs, expected two"));
  CHECK_THAT(error_of(Subtract{}, {{2}}), contains("here (Subtract): "));
  const Layer concatenate = Concatenate{};
  CHECK_THAT(error_of(concatenate, {{5, 4}, {4, 4}}),
             contains("here (Concatenate): got samples of shape (5, 4) and (4, 4)") &&
                 contains("axis -1"));
  CHECK_THAT(error_of(concatenate, {{5, 4}, {5}}), contains("(5, 4) and (5,)"));
  CHECK_THAT(error_of(concatenate, {{5, 4}}), contains("two inputs at least"));
  const Index huge = Index(1) << 62;
  CHECK_THAT(error_of(concatenate, {{huge}, {huge}}), contains("here (Concatenate): "));
  for (const int axis : {0, -3, 3, -4})
    CHECK_THAT(error_of(Concatenate{axis}, {{5, 4}, {5, 4}}),
               contains("axis " + std::to_string(axis)));
}
