// Thirty training steps of six models that are no chains beside Keras in float64, recorded by
// tools/reference/graph_trajectory.py, which says what each has: everything that fit() reports, the
// norms of the final tensors, running statistics included, and 500 of the final weights. In double
// they follow to 1e-10: what rounding does to them is 1e-13, and no kink is nearer than 1e-6. Then
// each passes gradient_check().
#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lanewise/nn/gradient_check.hpp"
#include "reference/trajectory.hpp"

using namespace lanewise;

namespace {

constexpr Index kBatch = 16;

// One of the model's inputs or targets: a batch that goes on, step by step, in a stream of the
// integer formula.
class Source {
 public:
  enum class Kind { numbers, labels, one_hot, binary };

  // Samples of this shape; for all but numbers, in [0, classes).
  Source(Kind kind, std::initializer_list<Index> sample, Index classes = 0)
      : kind_(kind), classes_(classes) {
    std::vector<Index> sizes{kBatch};
    sizes.insert(sizes.end(), sample.begin(), sample.end());
    integers_ = Tensor<std::int32_t>(Shape(sizes));
    if (kind == Kind::one_hot) sizes.push_back(classes);
    numbers_ = Tensor<double>(Shape(sizes));
  }

  void fill(std::uint32_t stream, Index step) {
    const Index size = integers_.size();
    if (kind_ == Kind::one_hot) std::fill(numbers_.begin(), numbers_.end(), 0.0);
    for (Index i = 0; i < size; ++i) {
      const double u = test::unit(stream, step * size + i);
      const auto integer = static_cast<std::int32_t>(u * static_cast<double>(classes_));
      integers_[i] = integer;
      if (kind_ == Kind::one_hot)
        numbers_[i * classes_ + integer] = 1;
      else
        numbers_[i] = kind_ == Kind::numbers ? 2 * u - 1 : integer;
    }
  }

  operator Inputs<double>() const {
    return kind_ == Kind::labels ? Inputs<double>(integers_) : Inputs<double>(numbers_);
  }
  operator Targets<double>() const {
    return kind_ == Kind::labels ? Targets<double>(integers_) : Targets<double>(numbers_);
  }

 private:
  Kind kind_;
  Index classes_;
  Tensor<std::int32_t> integers_;
  Tensor<double> numbers_;
};

using enum Source::Kind;

struct Case {
  std::string name;
  BasicModel<double> model;
  std::vector<Source> inputs, targets;
  std::vector<std::string> logs;  // in the order of the recorded rows
  std::vector<Loss> losses;       // as compiled

  // The first samples of what was filled last.
  InputList<double> input_list(Index samples = kBatch) const {
    std::vector<Inputs<double>> list;
    for (const Source& each : inputs) list.push_back(Inputs<double>(each).rows(0, samples));
    return list;
  }
  TargetList<double> target_list(Index samples = kBatch) const {
    std::vector<Targets<double>> list;
    for (const Source& each : targets) list.push_back(Targets<double>(each).rows(0, samples));
    return list;
  }
};

void follow(Case& c) {
  c.model.build();
  test::fill_weights(c.model);
  const std::string golden = "graph_trajectory/" + c.name;
  const Tensor<double> expected = test::recorded(golden, "losses"),
                       expected_weights = test::recorded(golden, "weights");
  REQUIRE(expected.shape()[0] == static_cast<Index>(c.logs.size()));
  const Index steps = expected.shape()[1];
  Tensor<double> logs(expected.shape());
  for (Index step = 0; step < steps; ++step) {
    for (std::uint32_t i = 0; i < c.inputs.size(); ++i) c.inputs[i].fill(110 + i, step);
    for (std::uint32_t i = 0; i < c.targets.size(); ++i) c.targets[i].fill(120 + i, step);
    const History history =
        c.model.fit(c.input_list(), c.target_list(), {.batch_size = kBatch, .shuffle = false});
    CHECK(history.names().size() == c.logs.size());
    for (std::size_t i = 0; i < c.logs.size(); ++i)
      logs(static_cast<Index>(i), step) = history[c.logs[i]][0];
  }
  const test::WeightSummary weights =
      test::summarize(c.model.parameters(), expected_weights.size());
  CAPTURE(c.name);
  for (std::size_t i = 0; i < c.logs.size(); ++i) {
    CAPTURE(c.logs[i]);
    const auto row = static_cast<Index>(i);
    CHECK(test::difference(Tensor<double>(logs.rows(row, row + 1)),
                           Tensor<double>(expected.rows(row, row + 1))) <= 1e-10);
  }
  CHECK(test::difference(weights.norms, test::recorded(golden, "norms")) <= 1e-10);
  CHECK(test::difference(weights.samples, expected_weights) <= 1e-10);
}

Case residual() {
  const auto convolution = [](const Value& x, Index filters, Index size, Index strides = 1) {
    return x |
           Conv2D{
               filters, size, {.strides = strides, .padding = Padding::same, .use_bias = false}} |
           BatchNormalization{{.momentum = 0.9}};
  };
  const auto block = [&](const Value& x, Index filters, Index strides = 1, bool projected = false) {
    const Value h = convolution(x, filters, 3, strides) | Activation{relu};
    const Value deep = convolution(h, filters, 3);
    return add(deep, projected ? convolution(x, filters, 1, strides) : x) | Activation{relu};
  };
  const Value x = input({9, 8, 3});
  const Value stem = convolution(x, 8, 3) | Activation{relu};
  const Value h = block(block(block(stem, 8), 12, 2, true), 12);
  const Value y = h | GlobalAveragePooling2D{} | Dense{5, {.activation = softmax}};
  BasicModel<double> model{x, y};
  model.compile({.optimizer = SGD{.learning_rate = 0.02, .momentum = 0.9, .nesterov = true},
                 .loss = SparseCategoricalCrossentropy{},
                 .metrics = {accuracy}});
  return {"residual",        std::move(model),     {{numbers, {9, 8, 3}}},
          {{labels, {}, 5}}, {"accuracy", "loss"}, {SparseCategoricalCrossentropy{}}};
}

Case two_inputs() {
  const Value image = input({8, 8, 2}), vector = input({7});
  const Value h = image | Conv2D{6, 3, {.activation = lanewise::tanh}} |
                  frozen(BatchNormalization{}) | AveragePooling2D{} | Flatten{};
  const Value v = vector | Dense{10, {.activation = elu}} | LayerNormalization{};
  const Value both = concatenate({h, v, vector}) | Dense{16, {.activation = sigmoid}};
  BasicModel<double> model{{image, vector}, both | Dense{4, {.activation = softmax}}};
  model.compile({.optimizer = AdamW{.learning_rate = 0.01},
                 .loss = CategoricalCrossentropy{},
                 .metrics = {accuracy}});
  return {"two_inputs",       std::move(model),     {{numbers, {8, 8, 2}}, {numbers, {7}}},
          {{one_hot, {}, 4}}, {"accuracy", "loss"}, {CategoricalCrossentropy{}}};
}

Case shared_layers() {
  const Value left = input({6}), right = input({6}), words = input({4});
  const Layer dense = shared(Dense{8, {.activation = lanewise::tanh}});
  const Value a = left | dense, b = right | dense;
  const Value apart = subtract(a, b), product = multiply(a, b);
  const Value text = words | Embedding{11, 8} | Reshape{{4, 1, 8}} | GlobalAveragePooling2D{};
  const Value mean = average({maximum(apart, text), minimum(product, text), apart});
  const Value again = mean | Dense{6} | dense;
  BasicModel<double> model{{left, right, words}, again | Dense{1, {.activation = sigmoid}}};
  model.compile({.optimizer = SGD{.learning_rate = 0.1, .momentum = 0.9},
                 .loss = BinaryCrossentropy{},
                 .metrics = {accuracy}});
  return {
      "shared",           std::move(model),     {{numbers, {6}}, {numbers, {6}}, {labels, {4}, 11}},
      {{binary, {1}, 2}}, {"accuracy", "loss"}, {BinaryCrossentropy{}}};
}

Case two_heads() {
  const Value x = input({10, 4});
  const Value trunk = x | Conv1D{8, 3, {.padding = Padding::same, .activation = lanewise::tanh}} |
                      Reshape{{10, 1, 8}} | GlobalAveragePooling2D{} |
                      Dense{12, {.activation = elu}};
  const Value kind = trunk | named("kind", Dense{3, {.activation = softmax}});
  const Value size = concatenate({trunk, kind}) | named("size", Dense{2});
  BasicModel<double> model{x, {kind, size}};
  model.compile({.optimizer = RMSprop{.learning_rate = 0.003, .momentum = 0.5, .centered = true},
                 .losses = {SparseCategoricalCrossentropy{}, MeanSquaredError{}},
                 .loss_weights = {0.7, 1.9},
                 .output_metrics = {{accuracy}, {mean_absolute_error}}});
  return {"two_heads",
          std::move(model),
          {{numbers, {10, 4}}},
          {{labels, {}, 3}, {numbers, {2}}},
          {"kind_accuracy", "kind_loss", "loss", "size_loss", "size_mean_absolute_error"},
          {SparseCategoricalCrossentropy{}, MeanSquaredError{}}};
}

Case unet() {
  const auto convolution = [](const Value& x, Index filters) {
    return x | Conv2D{filters, 3, {.padding = Padding::same, .activation = relu}};
  };
  const auto up = [](const Value& x, Index filters, Index size) {
    return x | Conv2DTranspose{filters, size, {.strides = 2, .padding = Padding::same}};
  };
  const Value x = input({8, 12, 2});
  const Value fine = convolution(x, 6);
  const Value middle = convolution(fine | MaxPooling2D{}, 10);
  const Value deep = convolution(middle | MaxPooling2D{}, 12);
  const Value wider = convolution(concatenate({middle, up(deep, 10, 2)}), 10);
  const Value widest = convolution(concatenate({fine, up(wider, 6, 3)}), 6);
  BasicModel<double> model{x, widest | Conv2D{3, 1, {.activation = softmax}}};
  model.compile({.optimizer = Adam{.learning_rate = 0.003},
                 .loss = SparseCategoricalCrossentropy{},
                 .metrics = {accuracy}});
  return {"unet",
          std::move(model),
          {{numbers, {8, 12, 2}}},
          {{labels, {8, 12}, 3}},
          {"accuracy", "loss"},
          {SparseCategoricalCrossentropy{}}};
}

// How far the normal distributions of a code's means and deviations are from N(0, 1): the mean over
// the batch of the sum of (m^2 + s^2 - 1) / 2 - log s, times 0.1. Hands on the means.
template <class T>
class DivergenceInstance final : public LayerInstance<T> {
 public:
  Shape build_all(std::span<const Shape> inputs) override { return inputs[0]; }
  bool adds_loss() const override { return true; }
  double added_loss(std::span<const TensorView<const T>> x, TensorView<const T>, Scratch<T>,
                    const Pass&) const override {
    double sum = 0;
    for (Index i = 0; i < x[0].size(); ++i) {
      const auto m = static_cast<double>(x[0][i]), s = static_cast<double>(x[1][i]);
      sum += m * m + s * s - 1 - 2 * std::log(s);
    }
    return 0.05 * sum / static_cast<double>(x[0].shape()[0]);
  }
  void forward_all(std::span<const TensorView<const T>> x, TensorView<T> y, Scratch<T>,
                   const Pass&) const override {
    std::copy(x[0].begin(), x[0].end(), y.begin());
  }
  void backward_all(std::span<const TensorView<const T>> x, TensorView<const T>, Scratch<T>,
                    TensorView<T> dy, std::span<const TensorView<T>> dx,
                    const Pass&) const override {
    const T factor = T(0.1) / static_cast<T>(x[0].shape()[0]);
    for (Index i = 0; i < dx[0].size(); ++i) dx[0][i] = dy[i] + factor * x[0][i];
    for (Index i = 0; i < dx[1].size(); ++i) dx[1][i] = factor * (x[1][i] - 1 / x[1][i]);
  }
};

struct Divergence {
  LANEWISE_LAYER(Divergence);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Divergence::make() const {
  return std::make_unique<DivergenceInstance<T>>();
}

Case autoencoder() {
  const Value x = input({12}), noise = input({4});
  const Value h =
      x |
      Dense{16,
            {.activation = lanewise::tanh, .kernel_regularizer = l1_l2(1.0 / 1024, 1.0 / 512)}} |
      ActivityRegularization{.l1 = 1.0 / 256, .l2 = 1.0 / 512};
  const Value mean = h | Dense{4, {.bias_regularizer = l2(0.25)}};
  const Value deviation = h | Dense{4, {.activation = softplus}};
  const Value code = add(merge(Divergence{}, {mean, deviation}), multiply(deviation, noise));
  const Value decoded =
      code | frozen(Dense{16, {.activation = lanewise::tanh, .kernel_regularizer = l2(0.01)}});
  BasicModel<double> model{{x, noise}, decoded | Dense{12}};
  model.compile({.optimizer = Adam{.learning_rate = 0.01},
                 .loss = MeanSquaredError{},
                 .metrics = {mean_absolute_error}});
  return {"autoencoder",
          std::move(model),
          {{numbers, {12}}, {numbers, {4}}},
          {{numbers, {12}}},
          {"loss", "mean_absolute_error"},
          {MeanSquaredError{}}};
}

}  // namespace

TEST_CASE("models that are no chains follow Keras to 1e-10, and their gradients are right",
          "[trajectory]") {
  for (const auto& make : {residual, two_inputs, shared_layers, two_heads, unet, autoencoder}) {
    Case c = make();
    follow(c);
    // Of two samples, since of the ReLUs that a filter feeds one is near its kink else.
    const GradientReport report =
        gradient_check(c.model, c.losses, c.input_list(2), c.target_list(2),
                       {.entries_per_tensor = 6, .halvings = 4});
    INFO(c.name << "\n" << report.table());
    CHECK(report.ok());
  }
}
