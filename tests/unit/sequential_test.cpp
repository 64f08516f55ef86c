// The model: what it learns, Keras's semantics of fit(), and that a seed fixes everything.
#include "lanewise/nn/sequential.hpp"

#include <cmath>
#include <string>

#include "lanewise/error.hpp"
#include "lanewise/threads.hpp"
#include "support/catch.hpp"
#include "support/layer.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

namespace lw = lanewise;
using namespace lanewise;
using test::weights;

namespace {

// Two classes of points, separated by a circle: a task that a linear model cannot do.
struct Circle {
  Tensor<float> x{Shape{300, 2}};
  Tensor<float> y{Shape{300, 2}};
  Tensor<std::int32_t> labels{Shape{300}};

  Circle() {
    test::fill_symmetric<float>(x, 1, 1.0);
    for (Index i = 0; i < 300; ++i) {
      labels[i] = x(i, 0) * x(i, 0) + x(i, 1) * x(i, 1) < 0.5f;
      y(i, labels[i]) = 1;
    }
  }
};

Sequential classifier() {
  Sequential model{Dense{16, {.activation = relu}}, Dense{2, {.activation = softmax}}};
  model.compile({.optimizer = Adam{.learning_rate = 0.01},
                 .loss = CategoricalCrossentropy{},
                 .metrics = {accuracy}});
  return model;
}

// Records what fit() tells.
struct Recorder : Callback {
  FitPlan plan;
  std::vector<Index> iterations;
  int epochs = 0, stop_after = 1000;
  void on_train_begin(const FitPlan& p) override { plan = p; }
  void on_batch_end(Index iteration, const Logs&) override { iterations.push_back(iteration); }
  bool on_epoch_end(int, const Logs&) override { return ++epochs < stop_after; }
};

}  // namespace

TEST_CASE("the snippet of the documentation trains", "[sequential]") {
  const Circle data;
  const auto x = data.x.rows(0, 200), x_valid = data.x.rows(200, 300);
  const auto y = data.y.rows(0, 200), y_valid = data.y.rows(200, 300);

  lw::Sequential model{lw::Dense{128, {.activation = lw::relu}},
                       lw::Dense{2, {.activation = lw::softmax}}};
  model.compile({.optimizer = lw::RMSprop{},
                 .loss = lw::CategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  lw::History history =
      model.fit(x, y, {.epochs = 21, .batch_size = 64, .validation_data = {x_valid, y_valid}});

  CHECK(history.names() ==
        std::vector<std::string>{"loss", "accuracy", "val_loss", "val_accuracy"});
  CHECK(history.epochs() == 21);
  CHECK(history["loss"].back() < 0.8 * history["loss"].front());
  CHECK_THROWS_AS(history["precision"], ArgumentError);
}

TEST_CASE("a model learns what a line cannot separate", "[sequential]") {
  const Circle data;
  Sequential model = classifier();
  model.fit(data.x, data.y, {.epochs = 60});
  CHECK(model.evaluate(data.x, data.y)["accuracy"] > 0.95);
  // With integer labels the same network gives the same loss.
  Sequential sparse = model;
  sparse.compile({.loss = SparseCategoricalCrossentropy{}, .metrics = {accuracy}});
  const Logs by_row = model.evaluate(data.x, data.y),
             by_label = sparse.evaluate(data.x, data.labels);
  CHECK(by_label["loss"] == Approx(by_row["loss"]).epsilon(1e-6));
  CHECK(by_label["accuracy"] == by_row["accuracy"]);
}

TEST_CASE("a softmax fused with its loss gives what predict() and the plain loss give",
          "[sequential]") {
  const Circle data;
  Sequential model = classifier();
  const double fused = model.evaluate(data.x, data.y)["loss"];
  const Tensor<float> p = model.predict(data.x);
  double plain = 0;
  for (Index i = 0; i < 300; ++i) plain -= std::log(static_cast<double>(p(i, data.labels[i])));
  CHECK(fused == Approx(plain / 300).epsilon(1e-5));
}

TEST_CASE("validation_split takes the last fraction, before shuffling", "[sequential]") {
  const Circle data;
  Sequential split = classifier(), given = classifier();
  const auto by_split = split.fit(data.x, data.y, {.epochs = 3, .validation_split = 0.3});
  const auto x_valid = data.x.rows(210, 300), y_valid = data.y.rows(210, 300);
  const auto by_hand = given.fit(data.x.rows(0, 210), data.y.rows(0, 210),
                                 {.epochs = 3, .validation_data = {x_valid, y_valid}});
  CHECK(by_split["loss"] == by_hand["loss"]);
  CHECK(by_split["val_loss"] == by_hand["val_loss"]);
}

TEST_CASE("the last batch may be partial, and the epoch's loss is a mean over samples",
          "[sequential]") {
  const Circle data;
  Sequential model{Dense{2, {.activation = softmax}}};
  model.compile({.optimizer = SGD{.learning_rate = 1e-12}, .loss = CategoricalCrossentropy{}});
  Recorder recorder;
  // With a step this small the weights stand still: every batching gives the same mean.
  const auto history = model.fit(data.x, data.y, {.batch_size = 64, .callbacks = {&recorder}});
  CHECK(recorder.plan.iterations == 5);
  CHECK(recorder.iterations == std::vector<Index>{0, 1, 2, 3, 4});
  CHECK(history["loss"][0] == Approx(model.evaluate(data.x, data.y, 300)["loss"]).epsilon(1e-6));
  CHECK(model.evaluate(data.x, data.y, 7)["loss"] ==
        Approx(model.evaluate(data.x, data.y, 300)["loss"]).epsilon(1e-6));
}

TEST_CASE("a callback can end training", "[sequential]") {
  const Circle data;
  Sequential model = classifier();
  Recorder recorder;
  recorder.stop_after = 2;
  CHECK(model.fit(data.x, data.y, {.epochs = 9, .callbacks = {&recorder}}).epochs() == 2);
}

TEST_CASE("a seed fixes everything, on any number of threads", "[sequential][threads]") {
  const Circle data;
  const auto train = [&](std::uint64_t seed) {
    Sequential model{Dense{64, {.activation = relu}}, Dropout{0.2},
                     Dense{2, {.activation = softmax}}};
    model.set_seed(seed);
    model.compile({.loss = CategoricalCrossentropy{}});
    model.fit(data.x, data.y, {.epochs = 3});
    return weights(model);
  };
  const auto first = train(7);
  CHECK(train(7) == first);
  CHECK(train(8) != first);
  test::for_each_thread_count([&] { CHECK(train(7) == first); }, {1, 3});
}

TEST_CASE("shuffling visits the samples in another order each epoch", "[sequential]") {
  const Circle data;
  Sequential shuffled = classifier(), in_order = classifier();
  shuffled.fit(data.x, data.y);
  in_order.fit(data.x, data.y, {.shuffle = false});
  CHECK(weights(shuffled) != weights(in_order));
}

TEST_CASE("a copy trains on by itself, exactly as the original", "[sequential]") {
  const Circle data;
  Sequential model = classifier();
  model.fit(data.x, data.y, {.epochs = 2});
  Sequential copy = model;
  const auto before = weights(model);
  CHECK(weights(copy) == before);
  copy.fit(data.x, data.y, {.epochs = 2});
  CHECK(weights(model) == before);
  model.fit(data.x, data.y, {.epochs = 2});
  CHECK(weights(model) == weights(copy));  // optimizer state, iteration and shuffling came along
}

TEST_CASE("the double twin computes the same function", "[sequential]") {
  const Circle data;
  Sequential model = classifier();
  const Tensor<float> p = model.predict(data.x);
  BasicSequential<double> twin = model.as<double>();
  Tensor<double> x(data.x.shape());
  std::copy(data.x.begin(), data.x.end(), x.begin());
  const Tensor<double> q = twin.predict(x);
  for (Index i = 0; i < p.size(); ++i)
    CHECK(static_cast<double>(p[i]) == Approx(q[i]).margin(1e-6));
}

TEST_CASE("bytes are scaled while a batch is gathered", "[sequential]") {
  Tensor<std::uint8_t> bytes({5, 2, 3});
  Tensor<float> numbers({5, 2, 3});
  for (Index i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(i * 8);
    numbers[i] = static_cast<float>(i * 8) * static_cast<float>(1.0 / 255.0);
  }
  Sequential model{Flatten{}, Dense{4}};
  const Tensor<float> from_bytes = model.predict(ScaledBytes{bytes});
  const Tensor<float> from_numbers = model.predict(numbers);
  CHECK(from_bytes.shape() == Shape{5, 4});
  for (Index i = 0; i < from_bytes.size(); ++i) CHECK(from_bytes[i] == from_numbers[i]);
}

TEST_CASE("dropout drops while training only", "[sequential]") {
  Tensor<float> x({1, 1000});
  x.fill(1);
  Sequential model{Dropout{0.25}};
  const Tensor<float> y = model.predict(x);
  CHECK(std::all_of(y.begin(), y.end(), [](float v) { return v == 1.0f; }));
}

TEST_CASE("Gaussian noise is there while training only, anew each time", "[sequential]") {
  constexpr Index kCount = 10'000;
  constexpr double kStddev = 0.5;
  Tensor<double> x({4, kCount / 4});
  x.fill(3);
  BasicSequential<double> model{GaussianNoise{kStddev}};
  const Tensor<double> predicted = model.predict(x);
  CHECK(test::same_bits<double>(predicted.span(), x.span()));

  const auto training = [&] {
    Tensor<double> noise(model.forward(x, {.training = true}));
    for (double& value : noise.span()) value -= 3;
    return noise;
  };
  const Tensor<double> noise = training(), next = training();
  CHECK_FALSE(test::same_bits<double>(noise.span(), next.span()));
  double sum = 0, squares = 0;
  for (const double value : noise.span()) sum += value, squares += value * value;
  // The mean of n has the deviation s / sqrt(n), their variance s^2 sqrt(2 / n): five of each.
  CHECK(std::abs(sum / kCount) < 5 * kStddev / std::sqrt(kCount));
  CHECK(std::abs(squares / kCount - kStddev * kStddev) <
        5 * kStddev * kStddev * std::sqrt(2.0 / kCount));

  // What comes back is the gradient as it is.
  Tensor<double> dx(x.shape());
  model.backward(next, dx);
  CHECK(test::same_bits<double>(dx.span(), next.span()));
}

TEST_CASE("Dense works on the last dimension of any rank", "[sequential]") {
  Tensor<float> x({2, 3, 4});
  test::fill_symmetric<float>(x, 5, 1.0);
  Sequential model{Dense{5}};
  const Tensor<float> y = model.predict(x);
  CHECK(y.shape() == Shape{2, 3, 5});
  const auto parameters = model.parameters();
  float expected = 0;
  for (Index k = 0; k < 4; ++k) expected += x(1, 2, k) * parameters[0].value(k, 3);
  CHECK(y(1, 2, 3) == Approx(expected).epsilon(1e-5));
}

TEST_CASE("a metric of one output takes 0.5 as the border", "[sequential]") {
  Sequential model{Activation{linear}};
  model.compile({.loss = MeanSquaredError{}, .metrics = {accuracy, mean_absolute_error}});
  const Tensor<float> x({4, 1}, {0.2f, 0.5f, 0.7f, 0.9f});
  const Tensor<float> y({4, 1}, {0, 0, 1, 0});
  const Logs logs = model.evaluate(x, y);
  CHECK(logs["accuracy"] == 0.75);
  CHECK(logs["mean_absolute_error"] == Approx((0.2 + 0.5 + 0.3 + 0.9) / 4).epsilon(1e-6));
}

namespace {

// A user's own layer: y = scale * x, with one parameter.
template <class T>
class ScaleInstance : public SingleInputLayer<T> {
 public:
  static inline int built = 0;  // how often any was

  Shape build(const Shape& input) override {
    ++built;
    return input;
  }
  std::vector<ParameterRequest> parameters() const override { return {{"scale", {1}, Ones{}}}; }
  void bind(std::span<const Parameter<T>> parameters) override { scale_ = parameters[0]; }
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    for (Index i = 0; i < x.size(); ++i) y[i] = scale_.value[0] * x[i];
  }
  void backward(TensorView<const T> x, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    scale_.gradient[0] = 0;
    for (Index i = 0; i < x.size(); ++i) scale_.gradient[0] += dy[i] * x[i];
    for (Index i = 0; i < dx.size(); ++i) dx[i] = scale_.value[0] * dy[i];
  }

 private:
  Parameter<T> scale_;
};

struct Scale {
  LANEWISE_LAYER(Scale);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Scale::make() const {
  return std::make_unique<ScaleInstance<T>>();
}

}  // namespace

namespace {

// y = x, which counts how often it prepared, and how often it found that.
template <class T>
class PreparingInstance : public SingleInputLayer<T> {
 public:
  static inline int prepared = 0, found = 0;

  Shape build(const Shape& input) override { return input; }
  std::vector<ScratchRequest> scratch() const override {
    return {{"of a pass", {1, 3}}, {"of a call", {2}, std::nullopt, true}};
  }
  void prepare(Scratch<T> scratch) const override {
    REQUIRE(scratch[1].shape() == Shape{2});
    scratch[1][1] = T(7);
    ++prepared;
  }
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T> scratch,
               const Pass&) const override {
    REQUIRE(scratch[0].shape() == Shape{x.shape()[0], 3});
    if (!scratch[1].empty()) found += scratch[1][1] == T(7);
    std::copy(x.begin(), x.end(), y.begin());
    std::fill(scratch[0].begin(), scratch[0].end(), T(1));
  }
  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    std::copy(dy.begin(), dy.begin() + dx.size(), dx.begin());
  }
};

struct Preparing {
  LANEWISE_LAYER(Preparing);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Preparing::make() const {
  return std::make_unique<PreparingInstance<T>>();
}

}  // namespace

TEST_CASE("a layer prepares once for the batches of a call", "[sequential]") {
  using Instance = PreparingInstance<float>;
  Sequential model{Input{{3}}, Dense{4}, Preparing{}, Dense{2}};
  model.compile({.loss = MeanSquaredError{}});
  const Tensor<float> x({10, 3}), y({10, 2});
  const auto counts = [&](auto call) {
    Instance::prepared = Instance::found = 0;
    call();
    return std::pair(Instance::prepared, Instance::found);
  };
  CHECK(counts([&] { model.predict(x, 10); }) == std::pair(0, 0));
  CHECK(counts([&] { model.predict(x, 4); }) == std::pair(1, 3));
  CHECK(counts([&] { model.predict(x, 10); }) == std::pair(0, 0));  // with the same memory
  CHECK(counts([&] { model.evaluate(x, y, 3); }) == std::pair(1, 4));
  CHECK(counts([&] { model.fit(x, y, {.batch_size = 4}); }) == std::pair(0, 0));
}

TEST_CASE("a first fit makes each layer once", "[sequential]") {
  Sequential model{Scale{}, Scale{}};
  model.compile({.loss = MeanSquaredError{}});
  const Tensor<float> x({4, 1}, {1, 2, 3, 4}), y({4, 1}, {3, 6, 9, 12});
  ScaleInstance<float>::built = 0;
  model.fit(x, y, {.validation_data = {x, y}});
  CHECK(ScaleInstance<float>::built == 2);
  model.fit(x, y, {.validation_split = 0.5});
  model.predict(x);
  CHECK(ScaleInstance<float>::built == 2);
}

TEST_CASE("a user's own layer trains among the library's", "[sequential]") {
  Sequential model{Scale{}, Scale{}};
  model.compile({.optimizer = SGD{.learning_rate = 0.01}, .loss = MeanSquaredError{}});
  const Tensor<float> x({2, 1}, {1, 2}), y({2, 1}, {3, 6});
  model.fit(x, y, {.epochs = 200});
  const auto parameters = model.parameters();
  CHECK(parameters[1].name == "scale_1/scale");
  CHECK(parameters[0].value[0] * parameters[1].value[0] == Approx(3).epsilon(1e-4));
}

TEST_CASE("a loss takes a softmax's place only over the rows that it runs over", "[sequential]") {
  // Softmax over two channels of each of two pixels, flattened into one row of four.
  const Tensor<float> x({3, 1, 2, 1}, {0.1f, 0.9f, -1.0f, 0.4f, 2.0f, -0.3f});
  const Tensor<float> y({3, 4}, {1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0});
  Sequential model{Conv2D{2, 1, {.activation = softmax}}, Flatten{}};
  model.compile({.optimizer = SGD{}, .loss = CategoricalCrossentropy{}});
  const Tensor<float> p = model.predict(x);
  double expected = 0;
  for (Index i = 0; i < 3; ++i) {
    double sum = 0, right = 0;
    for (Index j = 0; j < 4; ++j) sum += p(i, j), right += p(i, j) * y(i, j);
    CHECK(sum == Approx(2));
    expected -= std::log(right / sum) / 3;
  }
  CHECK(model.evaluate(x, y)["loss"] == Approx(expected).epsilon(1e-5));
}

TEST_CASE("models too large for memory are refused and leave the model usable", "[sequential]") {
  Sequential huge{UpSampling2D{{Index{1} << 31, Index{1} << 31}}, Activation{relu},
                  GlobalAveragePooling2D{}};
  CHECK_THROWS_AS(huge.predict(Tensor<float>({1, 1, 1, 1})), ShapeError);
  constexpr Index kMany = Index{1} << 62;
  Sequential heavy{Conv2D{kMany, 1, {.use_bias = false}}, Conv2D{1, 1, {.use_bias = false}},
                   Conv2D{kMany, 1, {.use_bias = false}}, Conv2D{1, 1, {.use_bias = false}}};
  CHECK_THROWS_AS(heavy.build({1, 1, 1}), ShapeError);
}
