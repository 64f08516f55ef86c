// gradient_check() on models of every layer, activation and loss; and on models that are wrong,
// which it has to catch.
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>

#include "lanewise/error.hpp"
#include "lanewise/nn/gradient_check.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/integer_formula.hpp"

using namespace lanewise;
using test::numbers;
using test::throws;

namespace {

// Rows that sum to 1.
Tensor<float> distributions(Index rows, Index columns) {
  Tensor<float> values({rows, columns});
  for (Index i = 0; i < rows; ++i) {
    float sum = 0;
    for (Index j = 0; j < columns; ++j)
      sum += values(i, j) = 0.1f + static_cast<float>(test::unit(9, i * columns + j));
    for (Index j = 0; j < columns; ++j) values(i, j) /= sum;
  }
  return values;
}

void check(const Sequential& model, const Loss& loss, const Inputs<float>& x,
           const Targets<float>& y) {
  const GradientReport report = gradient_check(model, loss, x, y);
  INFO(report.table());
  CHECK(report.ok());
  CHECK(report.max_relative_error() <= 1e-7);
}

}  // namespace

TEST_CASE("every activation inside a model", "[gradient]") {
  const auto x = numbers({5, 7}, 1), y = numbers({5, 3}, 2);
  for (ActivationFunction f : {linear, relu, leaky_relu, sigmoid, lanewise::tanh, softplus, elu,
                               gelu, softmax, log_softmax}) {
    CAPTURE(to_string(f.kind));
    check(Sequential{Dense{6, {.activation = f}}, Dense{3, {.activation = f}}}, MeanSquaredError{},
          x, y);
    check(Sequential{Dense{6, {.use_bias = false}}, Activation{f}, Dense{3}}, MeanSquaredError{}, x,
          y);
  }
}

TEST_CASE("every loss at the end of a model", "[gradient]") {
  const auto x = numbers({6, 5}, 3);
  const auto y = numbers({6, 4}, 4), p = distributions(6, 4);
  const Tensor<std::int32_t> labels({6}, {0, 3, 1, 1, 2, 0});
  const auto ending = [](ActivationFunction f) {
    return Sequential{Dense{8, {.activation = lanewise::tanh}}, Dense{4, {.activation = f}}};
  };
  check(ending(linear), MeanSquaredError{}, x, y);
  check(ending(linear), SumSquaredError{}, x, y);
  check(ending(linear), MeanAbsoluteError{}, x, y);
  check(ending(linear), Huber{.delta = 0.3}, x, y);
  check(ending(sigmoid), BinaryCrossentropy{}, x, p);
  check(ending(softmax), BinaryCrossentropy{}, x, p);
  check(ending(linear), BinaryCrossentropy{.from_logits = true}, x, p);
  check(ending(softmax), CategoricalCrossentropy{}, x, p);
  check(ending(sigmoid), CategoricalCrossentropy{}, x, p);
  check(ending(linear), CategoricalCrossentropy{.from_logits = true}, x, p);
  check(ending(softmax), SparseCategoricalCrossentropy{}, x, labels);
  check(ending(sigmoid), SparseCategoricalCrossentropy{}, x, labels);
  check(ending(linear), SparseCategoricalCrossentropy{.from_logits = true}, x, labels);
}

TEST_CASE("flattened images, dropout, noise, and a Dense over the last dimension", "[gradient]") {
  const auto x = numbers({3, 4, 5}, 5), y = numbers({3, 2}, 6);
  check(Sequential{Dense{3, {.activation = sigmoid}}, Flatten{}, Dropout{0.3}, GaussianNoise{0.2},
                   Dense{2, {.activation = gelu}}},
        MeanSquaredError{}, x, y);
}

TEST_CASE("layers that reorder, repeat, crop and embed", "[gradient]") {
  const auto x = numbers({3, 4, 5}, 5), y = numbers({3, 2}, 6);
  check(Sequential{Dense{3, {.activation = sigmoid}}, Permute{{2, 1}}, Softmax{1}, Flatten{},
                   Dense{2}},
        MeanSquaredError{}, x, y);
  check(Sequential{Flatten{}, Dense{4}, RepeatVector{3}, Softmax{}, Dense{2}, Flatten{}, Dense{2}},
        MeanSquaredError{}, x, y);
  const auto images = numbers({2, 6, 5, 2}, 7), few = numbers({2, 3}, 8);
  check(Sequential{Conv2D{3, 2}, Cropping2D{{{1, 0}, {0, 2}}}, Permute{{3, 1, 2}}, Flatten{},
                   Dense{3}},
        MeanSquaredError{}, images, few);
}

TEST_CASE("a label for every step and every pixel", "[gradient]") {
  const auto x = numbers({2, 3, 4}, 9);
  const Tensor<std::int32_t> labels({2, 3}, {0, 4, 1, 1, 3, 2});
  for (const ActivationFunction f : {softmax, sigmoid})
    check(Sequential{Dense{6, {.activation = lanewise::tanh}}, Dense{5, {.activation = f}}},
          SparseCategoricalCrossentropy{}, x, labels);
  check(Sequential{Dense{5}, Softmax{}}, SparseCategoricalCrossentropy{}, x, labels);
  const auto images = numbers({2, 3, 2, 2}, 10);
  const Tensor<std::int32_t> pixels({2, 3, 2}, {0, 2, 1, 1, 2, 0, 0, 1, 1, 2, 2, 0});
  check(Sequential{Conv2D{3, 1}}, SparseCategoricalCrossentropy{.from_logits = true}, images,
        pixels);
}

TEST_CASE("bytes as inputs, and entries drawn by a seed", "[gradient]") {
  Tensor<std::uint8_t> images({4, 6, 6});
  for (Index i = 0; i < images.size(); ++i)
    images[i] = static_cast<std::uint8_t>(test::mix32(static_cast<std::uint32_t>(i)));
  const auto p = distributions(4, 3);
  const Sequential model{Flatten{}, Dense{9, {.activation = relu}},
                         Dense{3, {.activation = softmax}}};
  const GradientReport report =
      gradient_check(model, CategoricalCrossentropy{}, ScaledBytes{images}, p,
                     {.entries_per_tensor = 20, .seed = 3});
  INFO(report.table());
  CHECK(report.ok());
  CHECK(report.tensors[0].name == "dense/kernel");
  CHECK(report.tensors[0].entries == 324);
  CHECK(report.tensors[0].checked + report.tensors[0].kinks == 20);
  CHECK(report.tensors[1].checked + report.tensors[1].kinks == 9);
  CHECK(report.tensors.back().name == "input");
}

namespace {

// What is wrong with a layer's backward pass.
enum class Fault { none, forgets_factor, slightly_off, all_zero, not_a_number };

// y = x^2, element by element, with a backward pass that may be wrong.
template <class T>
class SquareInstance : public SingleInputLayer<T> {
 public:
  explicit SquareInstance(Fault fault) : fault_(fault) {}
  Shape build(const Shape& input) override { return input; }
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    for (Index i = 0; i < x.size(); ++i) y[i] = x[i] * x[i];
  }
  void backward(TensorView<const T> x, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    const T factor = fault_ == Fault::none             ? T(2)
                     : fault_ == Fault::forgets_factor ? T(1)
                     : fault_ == Fault::slightly_off   ? T(2.00001)
                     : fault_ == Fault::all_zero       ? T(0)
                                                       : std::numeric_limits<T>::quiet_NaN();
    for (Index i = 0; i < dx.size(); ++i) dx[i] = factor * x[i] * dy[i];
  }

 private:
  Fault fault_;
};

struct Square {
  Fault fault = Fault::none;
  LANEWISE_LAYER(Square, fault);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Square::make() const {
  return std::make_unique<SquareInstance<T>>(fault);
}

GradientReport check_with(Fault fault) {
  const auto x = numbers({4, 3}, 7), y = numbers({4, 2}, 8);
  return gradient_check(Sequential{Dense{5}, Square{fault}, Dense{2}}, MeanSquaredError{}, x, y);
}

}  // namespace

TEST_CASE("a broken backward pass is caught", "[gradient]") {
  CHECK(check_with(Fault::none).ok());
  for (Fault fault : {Fault::forgets_factor, Fault::slightly_off, Fault::not_a_number}) {
    const GradientReport report = check_with(fault);
    INFO(report.table());
    CHECK_FALSE(report.ok());
    CHECK_FALSE(report.tensors[0].ok);  // before the broken layer
    CHECK(report.tensors[2].ok);        // after it
  }
}

TEST_CASE("gradients that are all zero do not pass", "[gradient]") {
  const GradientReport broken = check_with(Fault::all_zero);
  CHECK_FALSE(broken.ok());
  CHECK(broken.table().find("all zero") != std::string::npos);
  // Zero on both sides, analytic and numerical: the model does not depend on its first weights.
  const auto x = numbers({4, 3}, 7), y = numbers({4, 2}, 8);
  const GradientReport dead =
      gradient_check(Sequential{Dense{5}, Activation{step}, Dense{2}}, MeanSquaredError{}, x, y);
  CHECK_FALSE(dead.ok());
}

TEST_CASE("an input on a kink counts as one, and too many fail", "[gradient]") {
  Tensor<float> x({2, 50});
  test::fill_symmetric<float>(x, 11, 1.0);
  const auto y = numbers({2, 50}, 12);
  const Sequential model{Activation{relu}};
  CHECK(gradient_check(model, MeanSquaredError{}, x, y).ok());
  x[7] = 0;  // exactly on the kink: 1 of 100
  const GradientReport one = gradient_check(model, MeanSquaredError{}, x, y);
  CHECK(one.tensors[0].kinks == 1);
  CHECK(one.ok());
  x[8] = x[9] = 0;
  CHECK_FALSE(gradient_check(model, MeanSquaredError{}, x, y).ok());
}

TEST_CASE("a shorter step finds a place between kinks", "[gradient]") {
  Tensor<float> x({2, 50});
  test::fill_symmetric<float>(x, 11, 1.0);
  const auto y = numbers({2, 50}, 12);
  const Sequential model{Activation{relu}};
  for (Index i = 0; i < 10; ++i) x[i] = 5e-5f;  // the kink is within 1e-4 of each
  const GradientReport wide = gradient_check(model, MeanSquaredError{}, x, y);
  CHECK(wide.tensors[0].kinks == 10);
  CHECK_FALSE(wide.ok());
  const GradientReport narrow =
      gradient_check(model, MeanSquaredError{}, x, y, {.halvings = 3});  // 2h is 2.5e-5 in the end
  INFO(narrow.table());
  CHECK(narrow.tensors[0].kinks == 0);
  CHECK(narrow.ok());
}

namespace {

// What is done to the gradient of one parameter of a layer.
using Tamper = std::function<void(std::span<double>)>;

// A layer whose backward pass is right but for that.
template <class T>
class TamperedInstance final : public LayerInstance<T> {
 public:
  TamperedInstance(std::unique_ptr<LayerInstance<T>> layer, std::size_t parameter, Tamper tamper)
      : layer_(std::move(layer)), parameter_(parameter), tamper_(std::move(tamper)) {}
  Shape build_all(std::span<const Shape> inputs) override { return layer_->build_all(inputs); }
  std::vector<ParameterRequest> parameters() const override { return layer_->parameters(); }
  void bind(std::span<const Parameter<T>> parameters) override {
    layer_->bind(parameters);
    gradient_ = parameters[parameter_].gradient;
  }
  std::vector<ScratchRequest> scratch() const override { return layer_->scratch(); }
  std::optional<ActivationFunction> output_activation() const override {
    return layer_->output_activation();
  }
  void forward_all(std::span<const TensorView<const T>> x, TensorView<T> y, Scratch<T> scratch,
                   const Pass& pass) const override {
    layer_->forward_all(x, y, scratch, pass);
  }
  void backward_all(std::span<const TensorView<const T>> x, TensorView<const T> y,
                    Scratch<T> scratch, TensorView<T> dy, std::span<const TensorView<T>> dx,
                    const Pass& pass) const override {
    layer_->backward_all(x, y, scratch, dy, dx, pass);
    if constexpr (std::is_same_v<T, double>) tamper_(gradient_.span());
  }

 private:
  std::unique_ptr<LayerInstance<T>> layer_;
  std::size_t parameter_;
  Tamper tamper_;
  TensorView<T> gradient_;
};

struct Tampered {
  Layer layer;
  std::size_t parameter;
  std::shared_ptr<const Tamper> tamper;
  LANEWISE_LAYER(Tampered, layer, parameter, tamper);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Tampered::make() const {
  return std::make_unique<TamperedInstance<T>>(layer.make<T>(), parameter, *tamper);
}

// A convolutional network whose biases before a batch normalization have the true gradient 0, with
// `tamper` at one parameter of one layer.
struct Convolutional {
  Tensor<float> x = numbers({4, 5, 5, 1}, 13);
  Tensor<std::int32_t> labels{Shape{4}, {0, 2, 1, 2}};

  GradientReport check(std::size_t layer, std::size_t parameter, const Tamper& tamper) const {
    std::vector<std::pair<const char*, Layer>> layers{
        {"conv2d", Conv2D{3, {3, 2}}},
        {"batch_normalization", BatchNormalization{}},
        {"activation", Activation{relu}},
        {"conv2d_1", Conv2D{2, {2, 3}, {.strides = 2}}},
        {"batch_normalization_1", BatchNormalization{}},
        {"activation_1", Activation{gelu}},
        {"flatten", Flatten{}},
        {"dense", Dense{3, {.activation = softmax}}}};
    Layer& one = layers[layer].second;
    one = Tampered{one, parameter, std::make_shared<const Tamper>(tamper)};
    Sequential model;
    for (const auto& [name, each] : layers) model.add(named(name, each));
    return gradient_check(model, SparseCategoricalCrossentropy{}, x, labels);
  }
};

constexpr std::size_t kConvolution = 0, kNormalization = 1, kSecond = 3, kDense = 7;

const TensorGradient& tensor(const GradientReport& report, std::string_view name) {
  for (const TensorGradient& each : report.tensors)
    if (each.name == name) return each;
  FAIL("no tensor " << name);
  return report.tensors[0];
}

}  // namespace

TEST_CASE("a gradient whose true value is 0 is judged by what rounding leaves of it",
          "[gradient]") {
  const Convolutional network;
  const GradientReport report = network.check(kDense, 0, [](std::span<double>) {});
  INFO(report.table());
  CHECK(report.ok());
  for (const char* name : {"conv2d/bias", "conv2d_1/bias"}) {
    CHECK(tensor(report, name).max_gradient < 1e-14);
    CHECK(tensor(report, name).max_gradient > 0);
  }
  CHECK(tensor(report, "conv2d/kernel").max_gradient > 1e-3);

  // Neither is anything excused that is not 0, nor a gradient that is not there.
  for (const std::size_t layer : {kConvolution, kSecond}) {
    const char* name = layer == kConvolution ? "conv2d/bias" : "conv2d_1/bias";
    for (const double wrong : {1e-9, -1e-6, 1e-3}) {
      const auto found = network.check(layer, 1, [=](std::span<double> g) { g[1] += wrong; });
      CAPTURE(name, wrong);
      CHECK_FALSE(tensor(found, name).ok);
      CHECK_FALSE(found.ok());
    }
    const auto zero =
        network.check(layer, 1, [](std::span<double> g) { std::fill(g.begin(), g.end(), 0.0); });
    CHECK_FALSE(zero.ok());
    CHECK(zero.table().find("all zero") != std::string::npos);
  }
}

TEST_CASE("an error in the gradient of any parameter is found", "[gradient]") {
  const Convolutional network;
  struct Place {
    std::size_t layer, parameter;
    const char* name;
  };
  const Tamper off = [](std::span<double> g) {
    for (double& a : g) a *= 1.05;
  };
  const Tamper one_wrong = [](std::span<double> g) { g.back() += 0.05 * std::abs(g.back()); };
  const Tamper one_forgotten = [](std::span<double> g) { g.front() = 0; };
  const Tamper zero = [](std::span<double> g) { std::fill(g.begin(), g.end(), 0.0); };
  const Tamper swapped = [](std::span<double> g) { std::swap(g[0], g[1]); };
  for (const Place& place :
       {Place{kConvolution, 0, "conv2d/kernel"},
        Place{kNormalization, 0, "batch_normalization/gamma"},
        Place{kNormalization, 1, "batch_normalization/beta"}, Place{kSecond, 0, "conv2d_1/kernel"},
        Place{kDense, 0, "dense/kernel"}, Place{kDense, 1, "dense/bias"}}) {
    for (const Tamper& tamper : {off, one_wrong, one_forgotten, zero, swapped}) {
      const GradientReport report = network.check(place.layer, place.parameter, tamper);
      INFO(report.table());
      for (const TensorGradient& each : report.tensors) {
        CAPTURE(each.name, place.name);
        CHECK(each.ok == (each.name != place.name));
      }
    }
  }
}

TEST_CASE("rounding near a minimum, and of a large loss, is no error", "[gradient]") {
  // Trained until its gradients are a ten-thousandth of what they were.
  const auto x = numbers({16, 3}, 14), noise = numbers({16, 2}, 15);
  Sequential model{Dense{2}};
  model.compile({.optimizer = SGD{.learning_rate = 0.3}, .loss = MeanSquaredError{}});
  model.fit(x, noise, {.epochs = 400, .batch_size = 16});
  check(model, MeanSquaredError{}, x, noise);
  // The mean over 5,000 outputs: gradients are small beside the loss.
  check(Sequential{BatchNormalization{}}, MeanSquaredError{}, numbers({50, 100}, 16).view(),
        numbers({50, 100}, 17).view());
}

TEST_CASE("gradient_check refuses what fit refuses, and options out of range", "[gradient]") {
  const auto x = numbers({4, 3}, 7), y = numbers({3, 2}, 8), right = numbers({4, 2}, 8);
  const Sequential model{Dense{2}};
  throws<ShapeError>([&] { gradient_check(model, MeanSquaredError{}, x, y); },
                     {"gradient_check: got 4 samples"});
  throws<ArgumentError>([&] { gradient_check(model, Loss{}, x, right); },
                        {"gradient_check: got no loss"});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const GradientCheckOptions& options :
       {GradientCheckOptions{.entries_per_tensor = -1}, GradientCheckOptions{.bound = 0},
        GradientCheckOptions{.bound = nan}, GradientCheckOptions{.bound = -1e-7},
        GradientCheckOptions{.bound = 2}, GradientCheckOptions{.halvings = -1},
        GradientCheckOptions{.halvings = 60}})
    throws<ArgumentError>([&] { gradient_check(model, MeanSquaredError{}, x, right, options); },
                          {"gradient_check: got"});
  CHECK_FALSE(model.is_built());
}
