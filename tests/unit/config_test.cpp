// Descriptions that can be read: fields, equality, printing, and data out and in.
#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/layer.hpp"
#include "support/same_bits.hpp"

using namespace lanewise;

namespace {

const ActivationFunction kSlope{ActivationKind::leaky_relu, 0.01};
const Initializer kNormal = RandomNormal{-0.5, 1.0 / 3}, kUniform = RandomUniform{0.1, 0.7};
const Regularizer kBoth = l1_l2(0.125, 0.1);
const Padding kPadding{0, 1, 2, 3};

// Every type, and of each every field at another value than its default.
std::vector<Layer> layers() {
  return {Activation{kSlope},
          ActivityRegularization{0.1, 0.2},
          Add{},
          Average{},
          AveragePooling2D{{3, 2}, {.strides = Extent2D{2, 1}, .padding = Padding::same}},
          BatchNormalization{{.momentum = 0.9,
                              .epsilon = 1e-5,
                              .center = false,
                              .scale = false,
                              .beta_initializer = kNormal,
                              .gamma_initializer = Constant{0.5},
                              .moving_mean_initializer = kUniform,
                              .moving_variance_initializer = kUniform}},
          Concatenate{1},
          Conv1D{2,
                 3,
                 {.strides = 2,
                  .padding = Padding::same,
                  .dilation_rate = 3,
                  .groups = 2,
                  .activation = lanewise::tanh,
                  .use_bias = false,
                  .kernel_initializer = HeNormal{},
                  .bias_initializer = kNormal,
                  .kernel_regularizer = l1(0.1),
                  .bias_regularizer = l2(0.2),
                  .algorithm = ConvolutionAlgorithm::direct}},
          Conv2D{4,
                 {3, 2},
                 {.strides = 2,
                  .padding = kPadding,
                  .dilation_rate = {1, 2},
                  .groups = 2,
                  .activation = kSlope,
                  .use_bias = false,
                  .kernel_initializer = HeUniform{},
                  .bias_initializer = kUniform,
                  .kernel_regularizer = kBoth,
                  .bias_regularizer = kBoth,
                  .algorithm = ConvolutionAlgorithm::direct}},
          Conv2DTranspose{4,
                          2,
                          {.strides = {2, 1},
                           .padding = kPadding,
                           .output_padding = Extent2D{1, 0},
                           .dilation_rate = 2,
                           .activation = elu,
                           .use_bias = false,
                           .kernel_initializer = LecunNormal{},
                           .bias_initializer = LecunUniform{},
                           .kernel_regularizer = kBoth,
                           .bias_regularizer = kBoth,
                           .algorithm = ConvolutionAlgorithm::direct}},
          Cropping2D{{{0, 1}, {2, 3}}},
          Dense{10,
                {.activation = softmax,
                 .use_bias = false,
                 .kernel_initializer = GlorotNormal{},
                 .bias_initializer = Ones{},
                 .kernel_regularizer = kBoth,
                 .bias_regularizer = kBoth}},
          DepthwiseConv2D{{3, 2},
                          {.strides = 2,
                           .padding = Padding::same,
                           .dilation_rate = 2,
                           .depth_multiplier = 3,
                           .activation = gelu,
                           .use_bias = false,
                           .depthwise_initializer = Zeros{},
                           .bias_initializer = kNormal,
                           .depthwise_regularizer = kBoth,
                           .bias_regularizer = kBoth}},
          Dropout{0.1},
          Embedding{10, 4, {.embeddings_initializer = kUniform, .embeddings_regularizer = kBoth}},
          Flatten{},
          GaussianNoise{0.3},
          GlobalAveragePooling2D{{.keepdims = true}},
          GlobalMaxPooling2D{{.keepdims = true}},
          Input{{28, 28, 1}},
          L2Pooling2D{3, {.strides = 1, .padding = kPadding}},
          LayerNormalization{{.epsilon = 1e-5,
                              .center = false,
                              .scale = false,
                              .beta_initializer = kNormal,
                              .gamma_initializer = kUniform}},
          MaxPooling2D{{2, 3}, {.strides = 1, .padding = Padding::same}},
          Maximum{},
          Minimum{},
          Multiply{},
          Permute{{2, 1, 3}},
          RepeatVector{3},
          Reshape{{-1, 4}},
          Softmax{1},
          Subtract{},
          UpSampling2D{{2, 3}, Interpolation::bilinear},
          ZeroPadding2D{{{0, 1}, {2, 3}}}};
}

std::vector<Loss> losses() {
  return {BinaryCrossentropy{true},
          CategoricalCrossentropy{true},
          Huber{0.3},
          MeanAbsoluteError{},
          MeanSquaredError{},
          SparseCategoricalCrossentropy{true},
          SumSquaredError{}};
}

std::vector<Metric> metrics() {
  return {Accuracy{}, MeanAbsoluteErrorMetric{}};
}

std::vector<Optimizer> optimizers() {
  return {Adadelta{0.1, 0.8, 1e-5},           Adagrad{0.1, 0.2, 1e-5},
          Adam{0.1, 0.8, 0.99, 1e-5},         AdamW{0.1, 0.01, 0.8, 0.99, 1e-5},
          RMSprop{0.1, 0.8, 0.5, 1e-5, true}, SGD{0.1, 0.9, true}};
}

std::vector<Initializer> initializers() {
  return {Constant{0.1},  GlorotNormal{}, GlorotUniform{}, HeNormal{}, HeUniform{}, LecunNormal{},
          LecunUniform{}, Ones{},         kNormal,         kUniform,   Zeros{}};
}

// What is not known, and which are.
template <class D>
std::string unknown() {
  return test::error_of<DataError>([] { from_json<D>(R"({"type": "?"})"); });
}

template <class D>
void check_all(const std::vector<D>& all) {
  std::string names;
  for (const D& each : all) {
    CAPTURE(to_string(each));
    const Config config = to_config(each);
    // No field has its default, or a forgotten one would not be missed.
    CHECK(each.brief() == static_cast<const typename D::AnyOfKind&>(each).config());
    CHECK(from_config<D>(config) == each);
    CHECK(from_json<D>(to_json(each)) == each);
    CHECK(to_config(from_json<D>(to_json(each))) == config);
    for (const D& other : all) CHECK((each == other) == (&each == &other));
    names += (names.empty() ? "" : ", ") + std::string(each.type_name());

    // All that was left out has its default.
    Config type;
    type.add("type", each.type_name());
    const D defaults = from_config<D>(type);
    CHECK(defaults.type_name() == each.type_name());
    if (config.get_if<Config::Object>()->size() > type.get_if<Config::Object>()->size() + 1)
      CHECK(defaults != each);
  }
  test::says(unknown<D>(), "there are: " + names);  // and no other type can be read
}

}  // namespace

TEST_CASE("every description comes back from JSON with every field", "[config][json]") {
  check_all(layers());
  check_all(losses());
  check_all(metrics());
  check_all(optimizers());
  check_all(initializers());
}

TEST_CASE("descriptions are printed without what has its default", "[config]") {
  CHECK(to_string(Layer(Dense{10, {.activation = relu}})) == "Dense{units: 10, activation: relu}");
  CHECK(to_string(Layer(Dense{})) == "Dense{}");
  CHECK(to_string(named("stem", frozen(Dense{2}))) ==
        "Dense{name: stem, trainable: false, units: 2}");
  CHECK(
      to_string(Layer(Conv2D{8, {3, 5}, {.padding = kPadding, .kernel_initializer = kUniform}})) ==
      "Conv2D{filters: 8, kernel_size: [3, 5], padding: [[0, 1], [2, 3]], "
      "kernel_initializer: RandomUniform{minval: 0.1, maxval: 0.7}}");
  CHECK(to_string(Layer(Activation{kSlope})) ==
        "Activation{function: {kind: leaky_relu, parameter: 0.01}}");
  CHECK(to_string(Optimizer(Adam{1e-4})) == "Adam{learning_rate: 0.0001}");
  CHECK(to_string(Loss{}) == "none");
  CHECK(to_json(Loss{}) == "null\n");
  CHECK(!from_json<Loss>("null"));
}

TEST_CASE("descriptions are equal if all their fields are", "[config]") {
  CHECK(Dense{3} == Dense{3});
  CHECK(Dense{3} != Dense{4});
  CHECK(Layer(Dense{3}) == Layer(Dense{3}));
  CHECK(Layer(Dense{3}) != Layer(Dense{3, {.kernel_regularizer = l2(0.1)}}));
  CHECK(Layer(Add{}) != Layer(Average{}));
  CHECK(Layer{} == Layer{});
  CHECK(Layer{} != Layer(Dense{}));
  CHECK(named("a", Dense{3}) != Layer(Dense{3}));
  CHECK(frozen(Dense{3}) != Layer(Dense{3}));
  CHECK(shared(Dense{3}) == Layer(Dense{3}));
}

namespace {

template <class E>
void check_names(std::initializer_list<const char*> names) {
  const auto values = values_of(E{});
  REQUIRE(values.size() == names.size());
  std::size_t i = 0;
  for (const char* name : names) {
    CHECK(to_string(values[i]) == name);
    CHECK(value_named<E>(name) == values[i]);
    CHECK(static_cast<std::size_t>(values[i]) == i);
    ++i;
  }
  CHECK_FALSE(value_named<E>("?"));
  CHECK(to_string(static_cast<E>(99)) == "unknown");
}

}  // namespace

TEST_CASE("enumerations have names", "[config]") {
  check_names<ActivationKind>({"linear", "step", "relu", "leaky_relu", "sigmoid", "tanh",
                               "softplus", "elu", "gelu", "softmax", "log_softmax"});
  check_names<MergeKind>({"add", "subtract", "multiply", "average", "maximum", "minimum"});
  check_names<Interpolation>({"nearest", "bilinear"});
  check_names<Isa>({"scalar", "sse4", "avx2", "avx512", "neon"});
  check_names<ops::Moments>({"of_batch", "constant"});
  check_names<report::Mark>({"line", "points", "line_and_points"});
  check_names<report::Scale>({"log", "log_error"});
  check_names<report::Verbose>({"automatic", "silent", "bar", "line"});
}

namespace mine {

enum class Mood { calm, wild };
LANEWISE_NAMES(Mood, calm, wild)

struct Detail {
  std::pair<int, float> pair{1, 0.5f};
  std::array<Index, 2> sizes{};
  LANEWISE_FIELDS(Detail, pair, sizes);
};

struct StepOptions {
  std::optional<double> limit{};
  std::vector<Detail> details{};
  LANEWISE_FIELDS(StepOptions, limit, details);
};

// One type of each kind, whose instances do next to nothing.
template <class T>
struct SignStepInstance : OptimizerInstance<T> {
  void prepare(Index) override {}
  void step(Index, TensorView<T> w, TensorView<const T> g) override {
    for (Index i = 0; i < w.size(); ++i) w[i] -= g[i] > 0 ? T(0.01) : T(-0.01);
  }
  std::unique_ptr<OptimizerInstance<T>> clone() const override {
    return std::make_unique<SignStepInstance>(*this);
  }
};
struct SignStep {
  Mood mood = Mood::calm;
  std::string note;
  StepOptions options{};
  LANEWISE_OPTIMIZER(SignStep, mood, note, options);
};
template <class T>
std::unique_ptr<OptimizerInstance<T>> SignStep::make() const {
  return std::make_unique<SignStepInstance<T>>();
}

template <class T>
struct AlternatingInstance : InitializerInstance<T> {
  double size;
  explicit AlternatingInstance(double s) : size(s) {}
  void fill(TensorView<T> w, Fan, RandomKey) const override {
    for (Index i = 0; i < w.size(); ++i) w[i] = static_cast<T>(i % 2 ? -size : size);
  }
};
struct Alternating {
  double size = 1;
  LANEWISE_INITIALIZER(Alternating, size);
};
template <class T>
std::unique_ptr<InitializerInstance<T>> Alternating::make() const {
  return std::make_unique<AlternatingInstance<T>>(size);
}

// Another Dense, and one of many.
struct Dense {
  LANEWISE_INITIALIZER(Dense);
};
template <class T>
std::unique_ptr<InitializerInstance<T>> Dense::make() const {
  return Zeros{}.make<T>();
}
struct Zeros {
  LANEWISE_INITIALIZER(Zeros);
};
template <class T>
std::unique_ptr<InitializerInstance<T>> Zeros::make() const {
  return lanewise::Zeros{}.make<T>();
}

}  // namespace mine

TEST_CASE("a user's own types are read once they are registered", "[config][json]") {
  const Optimizer sign = mine::SignStep{
      mine::Mood::wild, "a \"note\"\n", {.limit = 0.25, .details = {{{2, 0.1f}, {3, 4}}, {}}}};
  CHECK(to_string(Optimizer(mine::SignStep{mine::Mood::wild, ""})) == "SignStep{mood: wild}");
  CHECK(sign == sign);
  CHECK(sign != Optimizer(mine::SignStep{}));
  test::throws<DataError>([&] { from_json<Optimizer>(to_json(sign)); },
                          {"unknown optimizer, 'SignStep'", "register_type<SignStep>()"});

  register_type<mine::SignStep>();
  CHECK(from_json<Optimizer>(to_json(sign)) == sign);
  test::throws<DataError>(
      [] { from_json<Optimizer>(R"({"type": "SignStep", "details": [{}, {"sizes": [1]}]})"); },
      {"details[1].sizes: got a list"});
  test::throws<ArgumentError>([] { register_type<mine::SignStep>(); },
                              {"optimizer 'SignStep'", "already"});
  test::throws<ArgumentError>([] { register_type<mine::Zeros>(); },
                              {"initializer 'Zeros'", "the library has one"});
  register_type<mine::Dense>();  // no initializer of the library has this name
  CHECK(from_json<Initializer>(R"({"type": "Dense"})") == Initializer(mine::Dense{}));

  register_type<mine::Alternating>();
  Layer layer = Dense{3, {.kernel_initializer = mine::Alternating{0.5}}};
  Sequential model{from_json<Layer>(to_json(layer))};
  model.build({1});
  CHECK(test::weights(model) == std::vector<float>{0.5f, -0.5f, 0.5f, 0, 0, 0});
}

namespace {

template <int N>
struct Numbered {
  LANEWISE_INITIALIZER(Numbered);
};
template <int N>
template <class T>
std::unique_ptr<InitializerInstance<T>> Numbered<N>::make() const {
  return Zeros{}.make<T>();
}

}  // namespace

TEST_CASE("of many threads that register one name, one does", "[config]") {
  std::atomic<int> registered = 0, refused = 0, read = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      try {
        register_type<Numbered<0>>();
        ++registered;
      } catch (const ArgumentError&) {
        ++refused;
      }
      read += bool(from_json<Initializer>(R"({"type": "Numbered"})"));
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(registered == 1);
  CHECK(refused == 7);
  CHECK(read == 8);
}
