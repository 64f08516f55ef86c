// Batch normalization folded into the layers before it: fewer layers, the same predictions.
#include "lanewise/nn/fold.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "support/catch.hpp"
#include "support/integer_formula.hpp"
#include "support/same_bits.hpp"

using namespace lanewise;

namespace {

// A model after some steps of training, so that running statistics, gamma and beta are all generic.
template <class T>
BasicSequential<T> trained(const std::vector<Layer>& layers, const Tensor<T>& x) {
  BasicSequential<T> model;
  for (const Layer& layer : layers) model.add(layer);
  model.build(x.shape().inner());
  Tensor<T> y(model.output_shape().with_outer(x.shape()[0]));
  test::fill_symmetric<T>(y, 2, 3.0);
  model.compile({.optimizer = Adam{.learning_rate = 0.05}, .loss = MeanSquaredError{}});
  for (int i = 0; i < 30; ++i) model.train_on_batch(x, y);
  return model;
}

// Checks the predictions and returns the folded model's layers, as summary() names them.
template <class T>
std::vector<std::string> fold_and_compare(const std::vector<Layer>& layers, const Shape& sample) {
  Tensor<T> x(sample.with_outer(12));
  test::fill_symmetric<T>(x, 1, 2.0);
  BasicSequential<T> model = trained<T>(layers, x);
  const Tensor<T> expected = model.predict(x);
  BasicSequential<T> folded = fold_batch_normalization(model);
  const Tensor<T> got = folded.predict(x);
  CHECK(got.shape() == expected.shape());
  double largest = 0, worst = 0;
  for (Index i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    worst = std::max(worst, std::abs(static_cast<double>(got[i] - expected[i])));
  }
  CHECK(largest > 0.1);
  // A few layers with sums of at most 100 products each.
  CHECK(worst <= 200 * static_cast<double>(std::numeric_limits<T>::epsilon()) * largest);
  std::vector<std::string> names;
  for (const auto& parameter : folded.parameters()) names.push_back(parameter.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("batch normalization folds into dense layers", "[fold]", float, double) {
  using T = TestType;
  const Names one{"dense/kernel", "dense/bias"};
  CHECK(fold_and_compare<T>({Dense{5}, BatchNormalization{}}, {7}) == one);
  CHECK(fold_and_compare<T>({Dense{5, {.use_bias = false}}, BatchNormalization{}}, {3, 7}) == one);
  CHECK(fold_and_compare<T>({Dense{5}, BatchNormalization{{.center = false, .scale = false}}},
                            {7}) == one);
  CHECK(fold_and_compare<T>({Dense{5}, BatchNormalization{}, BatchNormalization{}}, {7}) == one);
  CHECK(fold_and_compare<T>({Dense{8, {.use_bias = false}}, BatchNormalization{}, Activation{relu},
                             Dense{5}, BatchNormalization{}, Activation{lanewise::tanh}, Dense{4}},
                            {7}) == Names{"dense/kernel", "dense/bias", "dense_1/kernel",
                                          "dense_1/bias", "dense_2/kernel", "dense_2/bias"});
}

TEMPLATE_TEST_CASE("batch normalization folds into convolutions", "[fold]", float, double) {
  using T = TestType;
  for (const bool use_bias : {false, true}) {
    CHECK(fold_and_compare<T>(
              {Conv2D{4, {3, 2}, {.padding = Padding::same, .use_bias = use_bias}},
               BatchNormalization{}, Activation{relu},
               Conv2D{6, {2, 3}, {.strides = {2, 1}, .groups = 2, .use_bias = use_bias}},
               BatchNormalization{}},
              {6, 5, 3}) ==
          Names{"conv2d/kernel", "conv2d/bias", "conv2d_1/kernel", "conv2d_1/bias"});
    CHECK(fold_and_compare<T>(
              {DepthwiseConv2D{{2, 3}, {.depth_multiplier = 2, .use_bias = use_bias}},
               BatchNormalization{}},
              {5, 6, 3}) == Names{"depthwise_conv2d/kernel", "depthwise_conv2d/bias"});
    CHECK(fold_and_compare<T>({Conv1D{4, 3, {.use_bias = use_bias}}, BatchNormalization{}},
                              {9, 2}) == Names{"conv1d/kernel", "conv1d/bias"});
    CHECK(fold_and_compare<T>({Conv2DTranspose{3, {3, 2}, {.strides = 2, .use_bias = use_bias}},
                               BatchNormalization{}},
                              {3, 4, 5}) ==
          Names{"conv2d_transpose/kernel", "conv2d_transpose/bias"});
  }
}

TEST_CASE("what cannot be folded stays", "[fold]") {
  const auto kept = [](const Names& names) {
    return std::count_if(names.begin(), names.end(), [](const std::string& name) {
      return name.find("moving_mean") != std::string::npos;
    });
  };
  // Nonlinear before it, first in the model, behind a Flatten that changes the channels, and a
  // layer normalization, which depends on the sample.
  CHECK(kept(fold_and_compare<float>({Dense{5, {.activation = relu}}, BatchNormalization{}},
                                     {7})) == 1);
  CHECK(kept(fold_and_compare<float>({BatchNormalization{}, Dense{5}}, {7})) == 1);
  CHECK(kept(fold_and_compare<float>({Dense{5}, Flatten{}, BatchNormalization{}}, {3, 7})) == 1);
  CHECK(kept(fold_and_compare<float>({Dense{5}, LayerNormalization{}, BatchNormalization{}},
                                     {7})) == 1);
}

TEST_CASE("folding leaves the model as it was and needs a built one", "[fold]") {
  CHECK_THROWS_AS(fold_batch_normalization(Sequential{Dense{2}, BatchNormalization{}}),
                  ArgumentError);
  Tensor<float> x({8, 3});
  test::fill_symmetric<float>(x, 1, 1.0);
  Sequential model = trained<float>({Dense{4}, BatchNormalization{}}, x);
  const Tensor<float> before = model.predict(x);
  Sequential folded = fold_batch_normalization(model);
  for (const auto& parameter : folded.parameters())
    for (float& value : parameter.value) value = 0;
  CHECK(test::same_bits<float>(model.predict(x).span(), before.span()));
  // Nothing to fold: an exact copy.
  Sequential plain = trained<float>({Dense{4, {.activation = relu}}, Dense{2}}, x);
  CHECK(test::same_bits<float>(fold_batch_normalization(plain).predict(x).span(),
                               plain.predict(x).span()));
}

TEST_CASE("batch normalization folds into a layer that nothing else reads", "[fold]") {
  const Value x = input({6});
  const Value h = x | named("alone", Dense{4}) | BatchNormalization{};
  const Value g = x | named("read", Dense{4});
  Model model{x, concatenate({h, g, g | BatchNormalization{}}) | Dense{1}};
  const Tensor<float> samples = test::numbers({12, 6}, 1);
  model.compile({.optimizer = SGD{.learning_rate = 0.1}, .loss = MeanSquaredError{}});
  model.fit(samples, test::numbers({12, 1}, 9), {.epochs = 3});
  const Model folded = fold_batch_normalization(model);
  Names names;
  for (const LayerInfo& layer : folded.layers()) names.push_back(layer.name);
  CHECK(std::count(names.begin(), names.end(), "batch_normalization") == 0);
  CHECK(std::count(names.begin(), names.end(), "batch_normalization_1") == 1);
  const Tensor<float> expected = model.predict(samples), got = folded.predict(samples);
  for (Index i = 0; i < 12; ++i) CHECK(got[i] == Approx(expected[i]).margin(1e-5));
}
