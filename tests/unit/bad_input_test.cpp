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

namespace {

Sequential regression() {
  Sequential model{Dense{3, {.activation = relu}}, Dense{2}};
  model.compile({.loss = MeanSquaredError{}});
  return model;
}

Sequential softmax_model(Loss loss) {
  Sequential model{Dense{4, {.activation = softmax}}};
  model.compile({.loss = loss});
  return model;
}

const Tensor<float> kX({6, 5}), kY({6, 2}), kOneHot({6, 4});
const Tensor<std::int32_t> kLabels({6});

template <class E, class F>
void throws(F&& call, std::initializer_list<const char*> parts) {
  const std::string message = test::error_of<E>(call);
  for (const char* part : parts) test::says(message, part);
}

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
  Sequential sparse = softmax_model(SparseCategoricalCrossentropy{});
  Tensor<std::int32_t> labels = kLabels;
  labels[2] = 4;
  options.validation_data = {kX, labels};
  options.validation_split = 0;
  throws<DataError>([&] { sparse.fit(kX, kLabels, options); },
                    {"fit: validation_data: sparse_categorical_crossentropy: label 4"});
  throws<ShapeError>(
      [&] {
        sparse.evaluate(kX, Tensor<std::int32_t>({6, 2}));
      },
      {"evaluate: sparse_categorical_crossentropy: ", "(6, 2)"});
  // One for each of three steps: its place is named.
  Sequential steps{Dense{4, {.activation = softmax}}};
  steps.compile({.loss = SparseCategoricalCrossentropy{}});
  const Tensor<float> sequences({6, 3, 5});
  Tensor<std::int32_t> each({6, 3});
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
  template <class T>
  std::unique_ptr<MetricInstance<T>> make() const {
    return std::make_unique<LabelsOnlyInstance<T>>();
  }
};

}  // namespace

TEST_CASE("a metric beside targets", "[bad-input]") {
  Sequential model{Dense{2}};
  model.compile({.loss = MeanSquaredError{}, .metrics = {LabelsOnly{}}});
  throws<ArgumentError>([&] { model.fit(kX, kY); }, {"fit: labels_only: expected integer"});
  throws<ArgumentError>([&] { model.evaluate(kX, kY); }, {"evaluate: labels_only"});
  throws<ArgumentError>([&] { model.train_on_batch(kX, kY); }, {"train_on_batch: labels_only"});
  CHECK_FALSE(model.is_built());
  CHECK(std::isfinite(model.compute_gradients(MeanSquaredError{}, kX, kY)));  // has no metrics
  throws<ArgumentError>(
      [&] {
        model.compile({.loss = MeanSquaredError{}, .metrics = {accuracy, LabelsOnly{}, accuracy}});
      },
      {"compile", "'accuracy'"});

  // Beside the labels of a classifier: |0.25 - 3| for each output and sample.
  Sequential classifier{Dense{4, {.activation = softmax}}};
  classifier.compile({.loss = SparseCategoricalCrossentropy{},
                      .metrics = {mean_absolute_error, LabelsOnly{}, accuracy}});
  Tensor<std::int32_t> labels = kLabels;
  for (std::int32_t& label : labels) label = 3;
  CHECK(classifier.evaluate(kX, labels, 4)["mean_absolute_error"] == 2.75);
}

TEST_CASE("a model that has diverged is never right", "[bad-input]") {
  Sequential model = softmax_model(SparseCategoricalCrossentropy{});
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
  Sequential single{Dense{1}};
  single.compile({.loss = MeanSquaredError{}});
  throws<DataError>([&] { single.fit(kX, prices); }, {"targets contain -infinity in sample 4,"});
}

TEST_CASE("targets of cross-entropies that are no probabilities", "[bad-input]") {
  const auto fit = [](Loss loss, ActivationFunction last, double bad) {
    Tensor<float> y({6, 4});
    y(2, 3) = static_cast<float>(bad);
    Sequential model{Dense{4, {.activation = last}}};
    model.compile({.loss = loss});
    throws<DataError>([&] { model.fit(kX, y); }, {"crossentropy", "sample 2 at (3)", "expected"});
    CHECK_FALSE(model.is_built());
  };
  for (double bad : {-0.5, 1.0001, 255.0}) fit(BinaryCrossentropy{}, sigmoid, bad);
  fit(CategoricalCrossentropy{}, softmax, -0.5);
  fit(CategoricalCrossentropy{.from_logits = true}, linear, -1);
}

TEST_CASE("labels where numbers are wanted: what to do instead", "[bad-input]") {
  const auto fit = [](Loss loss, Index units) {
    Sequential model{Dense{units, {.activation = sigmoid}}};
    model.compile({.loss = loss});
    model.fit(kX, kLabels);
  };
  throws<ArgumentError>([&] { fit(BinaryCrossentropy{}, 1); },
                        {"Tensor<float> of shape (samples, 1)", "0 for no and 1 for yes"});
  throws<ArgumentError>([&] { fit(MeanSquaredError{}, 1); },
                        {"the numbers that are to be predicted"});
  throws<ArgumentError>([&] { fit(MeanSquaredError{}, 3); }, {"(samples, 3)", "one_hot"});
}

TEST_CASE("a scale of bytes that is not finite, or leads there", "[bad-input]") {
  Sequential model = regression();
  const Tensor<std::uint8_t> bytes({6, 5});
  for (const double scale : {std::nan(""), double{INFINITY}, 1e300, 3e38}) {
    throws<ArgumentError>(
        [&] {
          model.fit(ScaledBytes{bytes, scale}, kY);
        },
        {"fit", "bytes with a scale of"});
    throws<ArgumentError>([&] { model.predict(ScaledBytes{bytes, scale}); }, {"predict", "scale"});
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
  Sequential model = softmax_model(SparseCategoricalCrossentropy{});
  for (std::int32_t bad : {-1, 4}) {
    Tensor<std::int32_t> labels = kLabels;
    labels[5] = bad;
    throws<DataError>([&] { model.fit(kX, labels); },
                      {"label " + std::to_string(bad) == "label 4" ? "label 4" : "label -1",
                       "sample 5", "[0, 4)"});
  }
  throws<ArgumentError>([&] { model.fit(kX, kOneHot); }, {"int32"});
  CHECK_FALSE(model.is_built());
}

TEST_CASE("a loss that does not fit the last layer", "[bad-input]") {
  const auto fit = [](ActivationFunction last, Loss loss) {
    Sequential model{Dense{4, {.activation = last}}};
    model.compile({.loss = loss});
    model.fit(kX, kOneHot);
  };
  throws<ArgumentError>([&] { fit(relu, CategoricalCrossentropy{}); }, {"relu", "softmax"});
  throws<ArgumentError>([&] { fit(linear, BinaryCrossentropy{}); }, {"linear", "sigmoid"});
  throws<ArgumentError>([&] { fit(softmax, CategoricalCrossentropy{.from_logits = true}); },
                        {"from_logits", "softmax"});
  throws<ArgumentError>([&] { fit(log_softmax, CategoricalCrossentropy{}); }, {"log_softmax"});
  Sequential single{Dense{1, {.activation = softmax}}};
  single.compile({.loss = CategoricalCrossentropy{}});
  throws<ArgumentError>([&] { single.fit(kX, Tensor<float>({6, 1})); }, {"binary_crossentropy"});
  single.compile({.loss = BinaryCrossentropy{}});
  throws<ArgumentError>(
      [&] {
        single.fit(kX, Tensor<float>({6, 1}));
      },
      {"softmax", "always 1", "sigmoid"});
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

namespace {

// A layer, what its messages begin with, and samples that it takes.
struct Layered {
  Layer layer;
  const char* who;
  Shape good;
};

std::vector<Layered> every_layer() {
  const Shape image{6, 5, 4};
  return {
      {Dense{4}, "dense (Dense)", image},
      {Activation{softmax}, "activation (Activation)", image},
      {Activation{relu}, "activation (Activation)", image},
      {Flatten{}, "flatten (Flatten)", image},
      {Dropout{0.5}, "dropout (Dropout)", image},
      {Conv2D{4, 3}, "conv2d (Conv2D)", image},
      {Conv2D{4, {2, 1}, {.strides = {1, 2}, .padding = Padding::same, .groups = 2}},
       "conv2d (Conv2D)", image},
      {Conv1D{4, 3}, "conv1d (Conv1D)", {6, 4}},
      {Conv2DTranspose{4, 3, {.strides = 2}}, "conv2d_transpose (Conv2DTranspose)", image},
      {DepthwiseConv2D{3, {.depth_multiplier = 4}}, "depthwise_conv2d (DepthwiseConv2D)", image},
      {MaxPooling2D{}, "max_pooling2d (MaxPooling2D)", image},
      {AveragePooling2D{3}, "average_pooling2d (AveragePooling2D)", image},
      {L2Pooling2D{2, {.padding = Padding::same}}, "l2_pooling2d (L2Pooling2D)", image},
      {GlobalAveragePooling2D{}, "global_average_pooling2d (GlobalAveragePooling2D)", image},
      {GlobalMaxPooling2D{}, "global_max_pooling2d (GlobalMaxPooling2D)", image},
      {BatchNormalization{}, "batch_normalization (BatchNormalization)", image},
      {LayerNormalization{}, "layer_normalization (LayerNormalization)", image},
      {ZeroPadding2D{3}, "zero_padding2d (ZeroPadding2D)", image},
      {UpSampling2D{4}, "up_sampling2d (UpSampling2D)", image},
      {Reshape{{2, -1}}, "reshape (Reshape)", image},
      {Reshape{{4, 5, 6}}, "reshape (Reshape)", image}};
}

constexpr Index kHuge = Index{1} << 40;

}  // namespace

TEST_CASE("every layer takes every sample, or says who refuses what", "[bad-input]") {
  const std::vector<Shape> samples{{},
                                   {1},
                                   {7},
                                   {5, 4},
                                   {1, 1},
                                   {6, 5, 4},
                                   {6, 5, 3},
                                   {1, 1, 4},
                                   {1, 1, 1},
                                   {2, 2, 2, 4},
                                   {1, 1, 1, 1, 1, 1, 2},
                                   {0},
                                   {4, 0},
                                   {0, 5, 4},
                                   {6, 0, 4},
                                   {6, 5, 0},
                                   {kHuge, kHuge >> 18, 1},
                                   {kHuge << 21},
                                   {1, kHuge << 21},
                                   {1, 1, kHuge << 21}};
  for (const auto& [layer, who, good] : every_layer())
    for (const Shape& sample : samples) {
      CAPTURE(who, to_string(sample));
      Sequential model{layer};
      const bool fits = sample.size() < 1000;
      std::string message;
      try {
        if (fits) {
          const Tensor<float> x(sample.with_outer(2));
          const Tensor<float> y = model.predict(x);
          CHECK(y.shape() == model.output_shape().with_outer(2));
        } else {
          model.build(sample);
        }
      } catch (const ShapeError& error) {
        message = error.what();
      } catch (const ArgumentError& error) {
        message = error.what();
      }
      CHECK(model.is_built() == message.empty());
      if (message.empty()) continue;
      CAPTURE(message);
      CHECK(message.find(who) != message.npos);
      CHECK((!fits || message.find(to_string(sample.with_outer(2))) != message.npos));
      model.build(good);
      CHECK(model.input_shape() == good);
    }
}

namespace {

// A user's layer that knows nothing of names, and has an output, a parameter or a scratch of 2^40
// elements for each that it gets.
enum class Large { output, parameter, scratch };

template <class T>
class EnlargingInstance final : public SingleInputLayer<T> {
 public:
  explicit EnlargingInstance(Large large) : large_(large) {}
  std::string_view type() const override { return "Enlarging"; }
  Shape build(const Shape& input, std::string_view) override {
    input_ = input;
    return large_ == Large::output ? input.with_outer(kHuge) : input;
  }
  std::vector<ParameterRequest> parameters() const override {
    if (large_ != Large::parameter) return {};
    return {{"all", input_.with_outer(kHuge)}};
  }
  Index scratch_size(Index batch) const override {
    return large_ == Large::scratch ? 2 * batch * kHuge : 0;
  }
  void forward(TensorView<const T>, TensorView<T>, TensorView<T>, const Pass&) const override {}
  void backward(TensorView<const T>, TensorView<const T>, TensorView<T>, TensorView<T>,
                TensorView<T>, const Pass&) const override {}

 private:
  Large large_;
  Shape input_;
};

struct Enlarging {
  Large large;
  template <class T>
  std::unique_ptr<LayerInstance<T>> make() const {
    return std::make_unique<EnlargingInstance<T>>(large);
  }
};

}  // namespace

TEST_CASE("sizes that overflow name the layer", "[bad-input]") {
  throws<ShapeError>(
      [] {
        Sequential{Dense{1}, Dense{kHuge}}.build({kHuge >> 10, 1});
      },
      {"dense_1 (Dense): got samples of shape (1073741824, 1): ", "more elements"});
  throws<ShapeError>(
      [] {
        Sequential{Dense{kHuge}, Dense{kHuge}}.build({1});
      },
      {"dense_1 (Dense)", "(1099511627776,)", "(1099511627776, 1099511627776)"});
  throws<ShapeError>(
      [] {
        Sequential{Input{{1, 2}}, Reshape{{kHuge, kHuge}}}.summary();
      },
      {"reshape (Reshape)", "(1099511627776, 1099511627776)"});
  throws<ShapeError>(
      [] {
        Sequential{Reshape{{1, 1, 1, 1, 1, 1, 1, 2}}}.build({2});
      },
      {"reshape (Reshape)", "9 dimensions"});
  // A parameter that can be counted, but not be had, and what a batch makes of a layer.
  throws<ShapeError>([] { Sequential{Dense{kHuge << 21}}.build({1}); },
                     {"dense (Dense)", "kernel", "(1, 2305843009213693952)"});
  for (const Large large : {Large::output, Large::parameter}) {
    Sequential twice{Enlarging{large}, Enlarging{large}};
    throws<ShapeError>(
        [&] { twice.build({kHuge >> 10}); },
        {"enlarging (Enlarging): got samples of shape (1073741824,): ", "more elements"});
    CHECK_FALSE(twice.is_built());
  }
  const Tensor<float> x({1 << 20, 1, 1, 1});
  const UpSampling2D enlarge{{Index{1} << 31, Index{1} << 12}};
  const Sequential outputs{enlarge, Conv2D{1, 1, {.activation = gelu}}, GlobalMaxPooling2D{}};
  throws<ShapeError>([&] { outputs.predict(x, 1 << 20); },
                     {"up_sampling2d (UpSampling2D): a batch of 1048576"});
  throws<ShapeError>([&] { Sequential{Enlarging{Large::scratch}}.predict(x, 1 << 20); },
                     {"enlarging (Enlarging): a batch of 1048576"});
  throws<ShapeError>([&] { Sequential{enlarge}.predict(x, 1); },
                     {"predict: the predictions", "(1048576, 2147483648, 4096, 1)"});
}

TEST_CASE("layers out of range", "[bad-input]") {
  throws<ArgumentError>([] { Sequential{Dense{0}}; }, {"Dense", "0 units"});
  throws<ArgumentError>([] { Sequential{Dropout{1.0}}; }, {"Dropout", "1"});
  throws<ArgumentError>([] { Sequential{Dropout{std::nan("")}}; }, {"Dropout"});
  throws<ArgumentError>([] { Sequential({Dense{1}, Input{{3}}}); }, {"Input", "first"});
  throws<ArgumentError>([] { Sequential{Input{{28, 0}}}; }, {"Input", "(28, 0)"});
  Sequential model = regression();
  model.fit(kX, kY);
  throws<ArgumentError>([&] { model.add(Dense{1}); }, {"built"});
  throws<ArgumentError>([&] { model.set_seed(1); }, {"built"});
  Sequential unbuilt{Dense{2}};
  throws<ArgumentError>([&] { unbuilt.summary(); }, {"summary", "not built"});
  throws<ArgumentError>([&] { unbuilt.parameters(); }, {"parameters", "not built"});
}

TEST_CASE("options that every layer has are checked when it is added", "[bad-input]") {
  const double nan = std::nan("");
  const ActivationFunction falling{ActivationKind::leaky_relu, -1};
  const ActivationFunction unknown{static_cast<ActivationKind>(99)};
  const Initializer bad = Constant{nan};
  const auto refused = [](Layer layer, std::initializer_list<const char*> parts) {
    throws<ArgumentError>([&] { Sequential{layer}; }, parts);
  };
  refused(Activation{falling}, {"Activation: ", "leaky_relu", "-1"});
  refused(Activation{{ActivationKind::elu, nan}}, {"Activation: ", "elu", "nan"});
  refused(Activation{unknown}, {"Activation: ", "ActivationKind", "99"});
  refused(Dense{1, {.activation = falling}}, {"Dense: ", "-1"});
  refused(Conv2D{1, 1, {.activation = falling}}, {"Conv2D: ", "-1"});
  refused(Conv1D{1, 1, {.activation = falling}}, {"Conv1D: ", "-1"});
  refused(DepthwiseConv2D{1, {.activation = falling}}, {"DepthwiseConv2D: ", "-1"});
  refused(Conv2DTranspose{1, 1, {.activation = falling}}, {"Conv2DTranspose: ", "-1"});
  refused(Dense{1, {.kernel_initializer = bad}}, {"Dense: kernel_initializer: Constant", "nan"});
  refused(Dense{1, {.bias_initializer = RandomNormal{0, -1}}}, {"bias_initializer", "-1"});
  refused(Conv2D{1, 1, {.bias_initializer = bad}}, {"Conv2D: bias_initializer: Constant", "nan"});
  refused(Conv1D{1, 1, {.kernel_initializer = bad}}, {"Conv1D: kernel_initializer"});
  refused(Conv2DTranspose{1, 1, {.kernel_initializer = bad}},
          {"Conv2DTranspose: kernel_initializer"});
  refused(DepthwiseConv2D{1, {.depthwise_initializer = bad}}, {"Conv2D: depthwise_initializer"});
  refused(BatchNormalization{{.beta_initializer = bad}}, {"BatchNormalization: beta_initializer"});
  refused(BatchNormalization{{.moving_variance_initializer = bad}},
          {"moving_variance_initializer"});
  refused(LayerNormalization{{.gamma_initializer = bad}},
          {"LayerNormalization: gamma_initializer"});
  refused(Conv2D{1, {0, 3}}, {"Conv2D: ", "kernel", "(0, 3)"});
  refused(Conv1D{1, 1, {.strides = 0}}, {"Conv1D: ", "strides"});
  refused(DepthwiseConv2D{1, {.dilation_rate = -1}}, {"DepthwiseConv2D: ", "dilation"});
  refused(Conv2DTranspose{1, 1, {.strides = 0}}, {"Conv2DTranspose: ", "strides"});
  refused(Conv2D{1, 1, {.padding = {0, -1, 0, 0}}}, {"Conv2D: ", "padding", "-1"});
  refused(MaxPooling2D{0}, {"MaxPooling2D: ", "kernel"});
  refused(AveragePooling2D{2, {.strides = 0}}, {"AveragePooling2D: ", "strides"});
  refused(L2Pooling2D{2, {.padding = {-1, 0, 0, 0}}}, {"L2Pooling2D: ", "padding"});
  refused(UpSampling2D{2, static_cast<Interpolation>(7)}, {"UpSampling2D: ", "Interpolation", "7"});
}

TEST_CASE("samples of no elements are refused before the model is built", "[bad-input]") {
  const Tensor<float> x(Shape{6, 0});
  for (const Layer& layer : {Layer(Flatten{}), Layer(Activation{relu}), Layer(Dropout{})}) {
    Sequential model{layer};
    model.compile({.loss = MeanSquaredError{}});
    throws<ShapeError>([&] { model.fit(x, x); }, {"fit", "(0,)", "dimension of 0"});
    throws<ShapeError>([&] { model.build(Shape{2, 0}); }, {"(2, 0)"});
    CHECK_FALSE(model.is_built());
  }
}

TEST_CASE("numbers that an optimizer cannot use", "[bad-input]") {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  const Optimizer fine = SGD{};
  for (double bad : {nan, infinity}) {
    throws<ArgumentError>([&] { Optimizer{SGD{.learning_rate = bad}}; }, {"SGD", "learning_rate"});
    throws<ArgumentError>([&] { Optimizer{SGD{.momentum = bad}}; }, {"SGD", "momentum"});
    throws<ArgumentError>([&] { Optimizer{RMSprop{.rho = bad}}; }, {"RMSprop", "rho"});
    throws<ArgumentError>([&] { Optimizer{Adam{.epsilon = bad}}; }, {"Adam", "epsilon"});
    throws<ArgumentError>([&] { Optimizer{AdamW{.weight_decay = bad}}; }, {"weight_decay"});
    throws<ArgumentError>([&] { Optimizer{Adagrad{.initial_accumulator_value = bad}}; },
                          {"initial_accumulator_value"});
    throws<ArgumentError>([&] { Optimizer{Adadelta{.rho = bad}}; }, {"Adadelta", "rho"});
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
  throws<ArgumentError>(
      [&] {
        model.compile({.loss = Huber{}, .metrics = {accuracy, Metric{}}});
      },
      {"compile", "metric 2 of 2"});
  throws<ArgumentError>([&] { model.compute_gradients(Loss{}, kX, kY); },
                        {"compute_gradients", "no loss"});
  throws<ArgumentError>([&] { gradient_check(model, Loss{}, kX, kY); }, {"no loss"});
  throws<ArgumentError>([] { Layer{}.make<float>(); }, {"empty"});
  Callback callback;
  throws<ArgumentError>(
      [&] {
        model.fit(kX, kY, {.callbacks = {&callback, nullptr}});
      },
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
