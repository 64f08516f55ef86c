// BatchNormalization and LayerNormalization in models: training against inference, running
// statistics, copies, what is refused.
#include <cmath>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/gradient_check.hpp"
#include "lanewise/nn/sequential.hpp"
#include "reference/normalization.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/layer.hpp"
#include "support/same_bits.hpp"

using namespace lanewise;
using test::same_bits;
using test::weights;

namespace {

// Channels with means and deviations of their own.
Tensor<float> images(Index batch, std::uint32_t stream) {
  Tensor<float> x = test::numbers({batch, 3, 2, 5}, stream);
  for (Index i = 0; i < x.size(); ++i)
    x[i] = x[i] * static_cast<float>(1 + i % 5) + static_cast<float>(i % 5 - 2);
  return x;
}

Parameter<float> find(Sequential& model, const std::string& name) {
  for (const auto& parameter : model.parameters())
    if (parameter.name == name) return parameter;
  FAIL("no parameter " << name);
  return {};
}

struct Moment {
  double mean = 0, variance = 0;
};

// Of one channel of a batch, by hand.
Moment moment_of(const Tensor<float>& x, Index channel) {
  const Index channels = x.shape()[-1], count = x.size() / channels;
  Moment moment;
  for (Index i = 0; i < count; ++i)
    moment.mean += static_cast<double>(x[i * channels + channel]) / static_cast<double>(count);
  for (Index i = 0; i < count; ++i)
    moment.variance += std::pow(static_cast<double>(x[i * channels + channel]) - moment.mean, 2) /
                       static_cast<double>(count);
  return moment;
}

Sequential normalizer(const BatchNormalizationOptions& options = {}) {
  Sequential model{BatchNormalization{options}};
  model.compile({.optimizer = SGD{.learning_rate = 0.1}, .loss = MeanSquaredError{}});
  return model;
}

}  // namespace

TEST_CASE("BatchNormalization has Keras's parameters, half of them not trained",
          "[normalization]") {
  Sequential model{Input{{4, 4, 6}},
                   BatchNormalization{},
                   Flatten{},
                   Dense{3, {.use_bias = false}},
                   BatchNormalization{{.center = false}},
                   LayerNormalization{}};
  CHECK(model.summary() == R"(Model: "sequential"
________________________________________________________________________________
 Layer (type)                               Output Shape              Param #   
================================================================================
 batch_normalization (BatchNormalization)   (None, 4, 4, 6)           24        
 flatten (Flatten)                          (None, 96)                0         
 dense (Dense)                              (None, 3)                 288       
 batch_normalization_1 (BatchNormalization) (None, 3)                 9         
 layer_normalization (LayerNormalization)   (None, 3)                 6         
================================================================================
Total params: 327
Trainable params: 309
Non-trainable params: 18
________________________________________________________________________________
)");
  const auto parameters = model.parameters();
  std::vector<std::string> names;
  for (const auto& parameter : parameters) names.push_back(parameter.name);
  CHECK(names == std::vector<std::string>{
                     "batch_normalization/gamma", "batch_normalization/beta",
                     "batch_normalization/moving_mean", "batch_normalization/moving_variance",
                     "dense/kernel", "batch_normalization_1/gamma",
                     "batch_normalization_1/moving_mean", "batch_normalization_1/moving_variance",
                     "layer_normalization/gamma", "layer_normalization/beta"});
  for (const float gamma : parameters[0].value) CHECK(gamma == 1);
  for (const float beta : parameters[1].value) CHECK(beta == 0);
  for (const float mean : parameters[2].value) CHECK(mean == 0);
  for (const float variance : parameters[3].value) CHECK(variance == 1);
  CHECK(parameters[2].gradient.empty());
}

TEST_CASE("running statistics follow the batches as by hand", "[normalization]") {
  constexpr double kMomentum = 0.9;
  Sequential model = normalizer({.momentum = kMomentum});
  std::vector<Moment> moving(5, {0, 1});
  for (std::uint32_t batch_number = 0; batch_number < 7; ++batch_number) {
    const Tensor<float> x = images(4, 10 + batch_number), y(x.shape());
    model.train_on_batch(x, y);
    for (Index c = 0; c < 5; ++c) {
      const Moment batch = moment_of(x, c);
      auto& [mean, variance] = moving[static_cast<std::size_t>(c)];
      mean = kMomentum * mean + (1 - kMomentum) * batch.mean;
      variance = kMomentum * variance + (1 - kMomentum) * batch.variance;
    }
  }
  const auto mean = find(model, "batch_normalization/moving_mean").value;
  const auto variance = find(model, "batch_normalization/moving_variance").value;
  for (std::size_t c = 0; c < 5; ++c) {
    CHECK(static_cast<double>(mean[static_cast<Index>(c)]) ==
          Approx(moving[c].mean).epsilon(1e-6).margin(1e-6));
    CHECK(static_cast<double>(variance[static_cast<Index>(c)]) ==
          Approx(moving[c].variance).epsilon(1e-6));
  }
}

TEST_CASE("training normalizes by the batch, inference by the running statistics",
          "[normalization]") {
  const Tensor<float> x = images(6, 1), zero(x.shape());
  Sequential model = normalizer({.momentum = 0, .epsilon = 0});
  // The mean square of what was brought to mean 0 and deviation 1; nothing has been trained yet.
  const double loss = model.compute_gradients(MeanSquaredError{}, x, zero);
  CHECK(loss == Approx(1).epsilon(1e-6));
  // With the first running statistics, inference changes nothing.
  Tensor<float> y = model.predict(x);
  for (Index i = 0; i < x.size(); ++i) CHECK(y[i] == Approx(x[i]).epsilon(1e-6));
  // With a momentum of 0 they are those of the batch, and inference does what training did.
  model.compile({.optimizer = SGD{.learning_rate = 1e-30}, .loss = MeanSquaredError{}});
  model.train_on_batch(x, zero);
  CHECK(model.evaluate(x, zero)["loss"] == Approx(1).epsilon(1e-6));
  y = model.predict(x);
  for (Index c = 0; c < 5; ++c) {
    CHECK(moment_of(y, c).mean == Approx(0).margin(1e-6));
    CHECK(moment_of(y, c).variance == Approx(1).epsilon(1e-6));
  }
}

TEST_CASE("only training moves the running statistics", "[normalization]") {
  const Tensor<float> x = images(6, 2), y(x.shape());
  Sequential model = normalizer();
  model.train_on_batch(x, y);
  const auto before = weights(model);
  model.predict(x);
  model.evaluate(x, y);
  model.compute_gradients(MeanSquaredError{}, x, y);
  gradient_check(model, MeanSquaredError{}, x, y, {.entries_per_tensor = 3});
  CHECK(weights(model) == before);
  model.train_on_batch(x, y);
  CHECK(weights(model) != before);
}

TEST_CASE("copies and the double twin take the running statistics along", "[normalization]") {
  const Tensor<float> x = images(6, 3), y(x.shape());
  Sequential model = normalizer();
  for (int i = 0; i < 5; ++i) model.train_on_batch(x, y);
  Sequential copy = model;
  CHECK(weights(copy) == weights(model));
  const Tensor<float> predicted = model.predict(x);
  CHECK(same_bits<float>(copy.predict(x).span(), predicted.span()));
  BasicSequential<double> twin = model.as<double>();
  Tensor<double> wide(x.shape());
  std::copy(x.begin(), x.end(), wide.begin());
  const Tensor<double> expected = twin.predict(wide);
  for (Index i = 0; i < x.size(); ++i)
    CHECK(static_cast<double>(predicted[i]) == Approx(expected[i]).epsilon(1e-5).margin(1e-5));
  // And the copy trains on as the original does.
  copy.train_on_batch(x, y);
  model.train_on_batch(x, y);
  CHECK(weights(copy) == weights(model));
}

TEST_CASE("a batch of one row becomes beta", "[normalization]") {
  Sequential model = normalizer({.beta_initializer = Constant{0.25}});
  const Tensor<float> x({1, 5}, {1, 2, 3, 4, 5});
  Tensor<float> y({1, 5});
  y.fill(0.25f);
  CHECK(model.compute_gradients(MeanSquaredError{}, x, y) == 0);
}

TEST_CASE("LayerNormalization normalizes each sample's last dimension", "[normalization]") {
  const Tensor<float> x = images(4, 4);
  Sequential model{LayerNormalization{}};
  const Tensor<float> y = model.predict(x);
  Tensor<float> expected(x.shape()), moments({3, 24});
  reference::layer_norm_forward<float>(x.reshape({24, 5}), {}, {}, 1e-3, moments,
                                       expected.reshape({24, 5}));
  for (Index i = 0; i < x.size(); ++i)
    CHECK(y[i] == Approx(expected[i]).epsilon(1e-5).margin(1e-6));
  // The same with no neighbours in the batch.
  const Tensor<float> alone = model.predict(x.rows(2, 3));
  CHECK(same_bits<float>(alone.span(), y.rows(2, 3).span()));
}

TEST_CASE("a network with normalization learns", "[normalization]") {
  // Features of very different sizes, which plain gradient descent cannot cope with.
  Tensor<float> x({200, 4});
  test::fill_symmetric<float>(x, 5, 1.0);
  Tensor<float> y({200, 1});
  for (Index i = 0; i < 200; ++i) {
    y(i, 0) = x(i, 0) - x(i, 1) * x(i, 2);
    for (Index j = 0; j < 4; ++j) x(i, j) = x(i, j) * std::pow(30.0f, static_cast<float>(j)) + 500;
  }
  Sequential model{BatchNormalization{{.momentum = 0.9}},
                   Dense{32, {.use_bias = false}},
                   BatchNormalization{},
                   Activation{relu},
                   Dense{16, {.activation = relu}},
                   LayerNormalization{},
                   Dense{1}};
  model.compile({.optimizer = SGD{.learning_rate = 0.05}, .loss = MeanSquaredError{}});
  const History history = model.fit(x, y, {.epochs = 60});
  CHECK(history["loss"].back() < 0.1 * history["loss"].front());
  CHECK(model.evaluate(x, y)["loss"] < 0.2 * history["loss"].front());
}

TEST_CASE("normalization layers refuse what does not fit", "[normalization]") {
  CHECK_THROWS_WITH((Sequential{BatchNormalization{{.momentum = 1.5}}}),
                    contains("BatchNormalization") && contains("momentum of 1.5"));
  CHECK_THROWS_AS((Sequential{BatchNormalization{{.momentum = NAN}}}), ArgumentError);
  CHECK_THROWS_AS((Sequential{BatchNormalization{{.epsilon = -1}}}), ArgumentError);
  CHECK_THROWS_WITH((Sequential{LayerNormalization{{.epsilon = -1}}}),
                    contains("LayerNormalization") && contains("epsilon of -1"));
  Sequential batch{BatchNormalization{}}, layer{LayerNormalization{}};
  CHECK_THROWS_WITH(batch.build(Shape{3, 0}),
                    contains("batch_normalization") && contains("(3, 0)"));
  CHECK_THROWS_AS(batch.build(Shape{}), ShapeError);
  CHECK_THROWS_WITH(layer.build(Shape{0}), contains("layer_normalization") && contains("(0,)"));
  CHECK_FALSE(batch.is_built());
}
