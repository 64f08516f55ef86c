// What a model refuses: each error names the operation, what it got and what it expected, and
// nothing has changed afterwards.
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/fold.hpp"
#include "lanewise/nn/gradient_check.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"

using namespace lanewise;
using test::throws;

namespace {

Sequential regression() {
  Sequential model{Dense{3, {.activation = relu}}, Dense{2}};
  model.compile({.loss = MeanSquaredError{}});
  return model;
}

// One layer.
Sequential dense(Index units, ActivationFunction activation, const Loss& loss) {
  Sequential model{Dense{units, {.activation = activation}}};
  model.compile({.loss = loss});
  return model;
}

Sequential classifier() {
  return dense(4, softmax, SparseCategoricalCrossentropy{});
}

const Tensor<float> kX({6, 5}), kY({6, 2}), kOneHot({6, 4}), kColumn({6, 1});
const Tensor<std::int32_t> kLabels({6}), kThree({6, 3});

}  // namespace

TEST_CASE("fit refuses what cannot be trained on", "[bad-input]") {
  Sequential model = regression();
  const Tensor<float> none(Shape{0, 5}), none_y(Shape{0, 2}), five({5, 2}), three({6, 3});
  throws<ArgumentError>([&] { model.fit(kX, kY, {.epochs = 0}); }, {"fit", "0 epochs"});
  throws<ArgumentError>([&] { model.fit(kX, kY, {.batch_size = 0}); }, {"fit", "batch size of 0"});
  throws<ArgumentError>([&] { model.fit(kX, kY, {.validation_split = 1.0}); },
                        {"validation_split of 1"});
  throws<ArgumentError>([&] { model.fit(kX, kY, {.validation_split = -0.1}); },
                        {"validation_split of -0.1"});
  throws<ArgumentError>([&] { model.fit(kX, kY, {.validation_split = 0.99}); },
                        {"leaves", "0 of 6"});
  throws<DataError>([&] { model.fit(none, none_y); }, {"fit", "no samples"});
  throws<ShapeError>([&] { model.fit(kX, five); }, {"6 samples", "(6, 5)", "5", "(5, 2)"});
  throws<ShapeError>([&] { model.fit(kX, three); }, {"(6, 3)", "(6, 2)"});
  throws<ArgumentError>([&] { model.fit(kX, kLabels); }, {"integer labels", "one_hot"});
  CHECK_FALSE(model.is_built());
}

TEST_CASE("an error of the validation says so", "[bad-input]") {
  Sequential model = regression();
  const auto refuses = [&]<class E>(E, Inputs<float> x, Targets<float> y,
                                    std::initializer_list<const char*> parts) {
    FitOptions<float> options;
    options.validation_data.x = x;
    options.validation_data.y = y;
    throws<E>([&] { model.fit(kX, kY, options); }, {"fit: validation_data: "});
    throws<E>([&] { model.fit(kX, kY, options); }, parts);
    CHECK_FALSE(model.is_built());
  };
  const ShapeError shape("");
  const DataError data("");
  const Tensor<float> none({0, 5}), none_y({0, 2}), five({5, 2}), three({6, 3}), scalar(Shape{});
  Tensor<float> nan_x = kX, nan_y = kY;
  nan_x[7] = nan_y[5] = std::nanf("");
  refuses(shape, kY, kY, {"(6, 2)", "(6, 5)"});  // the model would be built for (5)
  refuses(shape, scalar, kY, {"scalar"});
  refuses(data, none, none_y, {"no samples"});
  refuses(data, Inputs<float>{}, kY, {"no samples"});
  refuses(shape, kX, Targets<float>{}, {"6 samples", "0 in targets"});
  refuses(shape, kX, five, {"6 samples", "5 in targets"});
  refuses(shape, kX, three, {"mean_squared_error", "(6, 3)", "(6, 2)"});
  refuses(ArgumentError(""), kX, kLabels, {"mean_squared_error", "integer labels"});
  refuses(data, nan_x, kY, {"inputs", "NaN"});
  refuses(data, kX, nan_y, {"targets", "NaN"});

  model.fit(kX, kY);
  FitOptions<float> options;
  const Tensor<float> narrow({6, 4});
  options.validation_data = {narrow, kY};
  throws<ShapeError>([&] { model.fit(kX, kY, options); },
                     {"fit: validation_data: ", "(6, 4)", "(5,)"});
  // An option out of range is refused, though the other one takes precedence.
  options.validation_data = {kX, kY};
  options.validation_split = 1.5;
  throws<ArgumentError>([&] { model.fit(kX, kY, options); }, {"validation_split of 1.5"});
  Sequential sparse = classifier();
  Tensor<std::int32_t> labels = kLabels;
  labels[2] = 4;
  options.validation_data = {kX, labels};
  options.validation_split = 0;
  throws<DataError>([&] { sparse.fit(kX, kLabels, options); },
                    {"fit: validation_data: sparse_categorical_crossentropy: label 4"});
  throws<ShapeError>([&] { sparse.evaluate(kX, kThree); },
                     {"evaluate: sparse_categorical_crossentropy: ", "(6, 3)"});
  // One for each of three steps: its place is named.
  Sequential steps = classifier();
  const Tensor<float> sequences({6, 3, 5});
  Tensor<std::int32_t> each = kThree;
  each(4, 1) = -1;
  throws<DataError>([&] { steps.evaluate(sequences, each); },
                    {"label -1 of sample 4 at (1)", "[0, 4)"});
  throws<ShapeError>([&] { steps.evaluate(sequences, kLabels); }, {"(6,)", "expected (6, 3)"});
}

namespace {

// A user's metric that wants integer labels.
template <class T>
struct LabelsOnlyInstance : MetricInstance<T> {
  std::string_view name() const override { return "labels_only"; }
  void check_targets(const Shape&, const Targets<T>& targets) const override {
    if (!targets.is_labels()) throw ArgumentError("labels_only: expected integer labels");
  }
  void reset() override {}
  void update(TensorView<const T>, const Targets<T>&) override {}
  double result() const override { return 0; }
};

struct LabelsOnly {
  LANEWISE_METRIC(LabelsOnly);
};

template <class T>
std::unique_ptr<MetricInstance<T>> LabelsOnly::make() const {
  return std::make_unique<LabelsOnlyInstance<T>>();
}

}  // namespace

TEST_CASE("a metric beside targets", "[bad-input]") {
  Sequential model{Dense{2}};
  model.compile({.loss = MeanSquaredError{}, .metrics = {LabelsOnly{}}});
  throws<ArgumentError>([&] { model.fit(kX, kY); }, {"fit: labels_only: expected integer"});
  throws<ArgumentError>([&] { model.evaluate(kX, kY); }, {"evaluate: labels_only"});
  throws<ArgumentError>([&] { model.train_on_batch(kX, kY); }, {"train_on_batch: labels_only"});
  CHECK_FALSE(model.is_built());
  CHECK(std::isfinite(model.compute_gradients(MeanSquaredError{}, kX, kY)));  // has no metrics
  const std::vector<Metric> twice{accuracy, LabelsOnly{}, accuracy};
  throws<ArgumentError>([&] { model.compile({.loss = MeanSquaredError{}, .metrics = twice}); },
                        {"compile", "'accuracy'"});

  // Beside the labels of a classifier: |0.25 - 3| for each output and sample.
  model = classifier();
  model.compile({.loss = SparseCategoricalCrossentropy{},
                 .metrics = {mean_absolute_error, LabelsOnly{}, accuracy}});
  Tensor<std::int32_t> labels = kLabels;
  for (std::int32_t& label : labels) label = 3;
  CHECK(model.evaluate(kX, labels, 4)["mean_absolute_error"] == 2.75);
}

TEST_CASE("a model that has diverged is never right", "[bad-input]") {
  Sequential model = classifier();
  model.compile({.loss = SparseCategoricalCrossentropy{}, .metrics = {accuracy}});
  model.build({5});
  for (const auto& parameter : model.parameters())
    for (float& w : parameter.value) w = std::nanf("");
  const Logs logs = model.evaluate(kX, kLabels);
  CHECK(std::isnan(logs["loss"]));
  CHECK(logs["accuracy"] == 0);
}

TEST_CASE("fit before compile, and compile without a loss", "[bad-input]") {
  Sequential model{Dense{2}};
  throws<ArgumentError>([&] { model.fit(kX, kY); }, {"fit", "not compiled"});
  throws<ArgumentError>([&] { model.evaluate(kX, kY); }, {"evaluate", "not compiled"});
  model.compile({});  // enough for a loop of one's own
  throws<ArgumentError>([&] { model.fit(kX, kY); }, {"fit", "compiled without a loss"});
  throws<ArgumentError>([&] { model.evaluate(kX, kY); }, {"evaluate", "without a loss"});
  throws<ArgumentError>([&] { model.train_on_batch(kX, kY); },
                        {"train_on_batch", "without a loss"});
  throws<ArgumentError>(
      [&] { model.compile({.optimizer = SGD{.learning_rate = -1}, .loss = MeanSquaredError{}}); },
      {"-1"});
  throws<ArgumentError>([&] { model.compile({.loss = Huber{.delta = 0}}); }, {"huber", "0"});
  Sequential empty;
  empty.compile({.loss = MeanSquaredError{}});
  throws<ArgumentError>([&] { empty.fit(kX, kY); }, {"no layers"});
}

TEST_CASE("numbers that are not finite", "[bad-input]") {
  Sequential model = regression();
  for (float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Tensor<float> x = kX, y = kY;
    x[17] = bad;
    y[3] = bad;
    const char* kind = std::isnan(bad) ? "contain a NaN in" : "contain infinity in";
    throws<DataError>([&] { model.fit(x, kY); }, {"fit", "inputs", kind, "sample 3 at (2)"});
    throws<DataError>([&] { model.fit(kX, y); }, {"fit", "targets", kind, "sample 1 at (1)"});
    throws<DataError>([&] { model.predict(x); }, {"predict", kind, "sample 3 at (2)"});
  }
  CHECK_FALSE(model.is_built());
  Tensor<float> prices({6});
  prices[4] = -std::numeric_limits<float>::infinity();
  Sequential single = dense(1, linear, MeanSquaredError{});
  throws<DataError>([&] { single.fit(kX, prices); }, {"targets contain -infinity in sample 4,"});
}

TEST_CASE("targets of cross-entropies that are no probabilities", "[bad-input]") {
  const auto fit = [](Loss loss, ActivationFunction last, double bad) {
    Tensor<float> y({6, 4});
    y(2, 3) = static_cast<float>(bad);
    Sequential model = dense(4, last, loss);
    throws<DataError>([&] { model.fit(kX, y); }, {"crossentropy", "sample 2 at (3)", "expected"});
    CHECK_FALSE(model.is_built());
  };
  for (double bad : {-0.5, 1.0001, 255.0}) fit(BinaryCrossentropy{}, sigmoid, bad);
  fit(CategoricalCrossentropy{}, softmax, -0.5);
  fit(CategoricalCrossentropy{.from_logits = true}, linear, -1);
}

TEST_CASE("labels where numbers are wanted: what to do instead", "[bad-input]") {
  const auto refuses = [](Loss loss, Index units, std::initializer_list<const char*> parts) {
    throws<ArgumentError>([&] { dense(units, sigmoid, loss).fit(kX, kLabels); }, parts);
  };
  refuses(BinaryCrossentropy{}, 1,
          {"Tensor<float> of shape (samples, 1)", "0 for no and 1 for yes"});
  refuses(MeanSquaredError{}, 1, {"the numbers that are to be predicted"});
  refuses(MeanSquaredError{}, 3, {"(samples, 3)", "one_hot"});
}

TEST_CASE("a scale of bytes that is not finite, or leads there", "[bad-input]") {
  Sequential model = regression();
  const Tensor<std::uint8_t> bytes({6, 5});
  for (const double scale : {std::nan(""), double{INFINITY}, 1e300, 3e38}) {
    const ScaledBytes x{bytes, scale};
    throws<ArgumentError>([&] { model.fit(x, kY); }, {"fit", "bytes with a scale of"});
    throws<ArgumentError>([&] { model.predict(x); }, {"predict", "scale"});
  }
  CHECK_FALSE(model.is_built());
}

TEST_CASE("logs and histories refuse what is not theirs", "[bad-input]") {
  Logs logs, other;
  logs.add("loss", 1);
  logs.add("accuracy", 0.5);
  throws<ArgumentError>([&] { logs.set(2, 0); }, {"Logs", "position 2", "below 2"});
  throws<ArgumentError>([&] { logs["los"]; }, {"Logs", "'los'", "loss, accuracy"});
  History history;
  history.append(logs);
  other.add("loss", 2);
  throws<ArgumentError>([&] { history.append(other); }, {"History", "loss, accuracy"});
  other.add("precision", 2);
  throws<ArgumentError>([&] { history.append(other); }, {"History", "loss, precision"});
  throws<ArgumentError>([&] { history["precision"]; }, {"History", "'precision'"});
  CHECK(history["loss"].size() == 1);
  CHECK(history["accuracy"].size() == 1);
}

TEST_CASE("labels out of range", "[bad-input]") {
  Sequential model = classifier();
  for (std::int32_t bad : {-1, 4}) {
    Tensor<std::int32_t> labels = kLabels;
    labels[5] = bad;
    throws<DataError>([&] { model.fit(kX, labels); },
                      {bad < 0 ? "label -1" : "label 4", "sample 5", "[0, 4)"});
  }
  throws<ArgumentError>([&] { model.fit(kX, kOneHot); }, {"int32"});
  CHECK_FALSE(model.is_built());
}

TEST_CASE("a loss that does not fit the last layer", "[bad-input]") {
  const auto refuses = [](Index units, ActivationFunction last, Loss loss,
                          std::initializer_list<const char*> parts) {
    Sequential model = dense(units, last, loss);
    throws<ArgumentError>([&] { model.fit(kX, units == 1 ? kColumn : kOneHot); }, parts);
  };
  refuses(4, relu, CategoricalCrossentropy{}, {"relu", "softmax"});
  refuses(4, linear, BinaryCrossentropy{}, {"linear", "sigmoid"});
  refuses(4, softmax, CategoricalCrossentropy{.from_logits = true}, {"from_logits", "softmax"});
  refuses(4, log_softmax, CategoricalCrossentropy{}, {"log_softmax"});
  refuses(1, softmax, CategoricalCrossentropy{}, {"binary_crossentropy"});
  refuses(1, softmax, BinaryCrossentropy{}, {"softmax", "always 1", "sigmoid"});
}

TEST_CASE("shapes that do not fit name the layer", "[bad-input]") {
  Sequential model{Input{{7}}, Dense{2}};
  model.compile({.loss = MeanSquaredError{}});
  throws<ShapeError>([&] { model.fit(kX, kY); }, {"fit", "(6, 5)", "Input", "(7,)"});
  Sequential built = regression();
  built.fit(kX, kY);
  throws<ShapeError>([&] { built.predict(Tensor<float>({6, 4})); }, {"(4,)", "(5,)"});
  Sequential scalar{Dense{2}};
  throws<ShapeError>([&] { scalar.predict(Tensor<float>({6})); }, {"dense (Dense)", "()"});
  throws<ShapeError>([&] { scalar.predict(Tensor<float>(Shape{})); }, {"scalar"});
}

TEST_CASE("calls that come too late, or too early", "[bad-input]") {
  Sequential model = regression();
  model.fit(kX, kY);
  throws<ArgumentError>([&] { model.add(Dense{1}); }, {"built"});
  throws<ArgumentError>([&] { model.set_seed(1); }, {"built"});
  Sequential unbuilt{Dense{2}};
  throws<ArgumentError>([&] { unbuilt.summary(); }, {"summary", "not built"});
  throws<ArgumentError>([&] { unbuilt.parameters(); }, {"parameters", "not built"});
}

TEST_CASE("numbers that an optimizer cannot use", "[bad-input]") {
  Sequential model{Dense{2}};
  const auto refuses = [&](const Optimizer& optimizer, std::initializer_list<const char*> parts) {
    throws<ArgumentError>(
        [&] { model.compile({.optimizer = optimizer, .loss = MeanSquaredError{}}); }, parts);
    throws<ArgumentError>([&] { model.fit(kX, kY); }, {"not compiled"});
  };
  for (double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    refuses(SGD{.learning_rate = bad}, {"SGD", "learning_rate"});
    refuses(SGD{.momentum = bad}, {"SGD", "momentum"});
    refuses(RMSprop{.rho = bad}, {"RMSprop", "rho"});
    refuses(Adam{.epsilon = bad}, {"Adam", "epsilon"});
    refuses(AdamW{.weight_decay = bad}, {"weight_decay"});
    refuses(Adagrad{.initial_accumulator_value = bad}, {"initial_accumulator_value"});
    refuses(Adadelta{.rho = bad}, {"Adadelta", "rho"});
  }
}

TEST_CASE("a refused fit leaves a trained model as it was", "[bad-input]") {
  Sequential model = regression();
  model.fit(kX, kY);
  Tensor<float> probe({1, 5});
  probe.fill(0.5f);
  const Tensor<float> before = model.predict(probe);
  CHECK_THROWS_AS(model.fit(kX, kY, {.epochs = -1}), ArgumentError);
  CHECK_THROWS_AS(model.fit(kX, kOneHot), ShapeError);
  const Tensor<float> after = model.predict(probe);
  CHECK(before[0] == after[0]);
  CHECK(before[1] == after[1]);
}

TEST_CASE("empty descriptions and callbacks that are null", "[bad-input]") {
  Sequential model = regression();
  throws<ArgumentError>([&] { model.add(Layer{}); }, {"add", "empty layer"});
  throws<ArgumentError>([] { Sequential{Dense{1}, Layer{}}; }, {"empty layer"});
  throws<ArgumentError>([&] { model.compile({.optimizer = Optimizer{}, .loss = Huber{}}); },
                        {"compile", "no optimizer"});
  const std::vector<Metric> metrics{accuracy, Metric{}};
  throws<ArgumentError>([&] { model.compile({.loss = Huber{}, .metrics = metrics}); },
                        {"compile", "metric 2 of 2"});
  throws<ArgumentError>([&] { model.compute_gradients(Loss{}, kX, kY); },
                        {"compute_gradients", "no loss"});
  throws<ArgumentError>([&] { gradient_check(model, Loss{}, kX, kY); }, {"no loss"});
  throws<ArgumentError>([] { Layer{}.make<float>(); }, {"empty"});
  Callback callback;
  const std::vector<Callback*> callbacks{&callback, nullptr};
  throws<ArgumentError>([&] { model.fit(kX, kY, {.callbacks = callbacks}); },
                        {"fit", "callback 2 of 2 is null"});
  CHECK_FALSE(model.is_built());
  CHECK_NOTHROW(model.fit(kX, kY));  // compiled as before
}

TEST_CASE("a model that was moved from", "[bad-input]") {
  Sequential model = regression();
  const Sequential taken = std::move(model);
  const Loss loss = MeanSquaredError{};
  const std::vector<std::pair<const char*, std::function<void()>>> calls{
      {"Model", [&] { Sequential{model}; }},
      {"add", [&] { model.add(Dense{1}); }},
      {"set_seed", [&] { model.set_seed(1); }},
      {"build", [&] { model.build({5}); }},
      {"is_built", [&] { model.is_built(); }},
      {"input_shape", [&] { model.input_shape(); }},
      {"output_shape", [&] { model.output_shape(); }},
      {"summary", [&] { model.summary(); }},
      {"compile", [&] { model.compile({.loss = loss}); }},
      {"learning_rate", [&] { model.learning_rate(); }},
      {"set_learning_rate", [&] { model.set_learning_rate(1); }},
      {"fit", [&] { model.fit(kX, kY); }},
      {"evaluate", [&] { model.evaluate(kX, kY); }},
      {"predict", [&] { model.predict(kX); }},
      {"train_on_batch", [&] { model.train_on_batch(kX, kY); }},
      {"compute_gradients", [&] { model.compute_gradients(loss, kX, kY); }},
      {"parameters", [&] { model.parameters(); }},
      {"parameter_count", [&] { model.parameter_count(); }},
      {"trainable_count", [&] { model.trainable_count(); }},
      {"as", [&] { model.as<double>(); }},
      {"gradient_check", [&] { gradient_check(model, loss, kX, kY); }},
      {"is_built", [&] { fold_batch_normalization(model); }}};
  for (const auto& [name, call] : calls)
    throws<ArgumentError>(call, {name, ": the model was moved"});
  model = taken;
  CHECK_NOTHROW(model.fit(kX, kY));
}
