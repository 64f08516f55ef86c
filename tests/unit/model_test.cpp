// Models that are graphs: several inputs and outputs, values and layers used many times, parts of a
// model, names. What they compute is compared with chains that compute the same, and with
// expectations written out.
#include "lanewise/nn/model.hpp"

#include <algorithm>
#include <cmath>

#include "lanewise/nn/gradient_check.hpp"
#include "support/catch.hpp"
#include "support/layer.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::error_of;
using test::numbers;
using test::says;
using test::weights;

namespace {

// y = a + 2 b + …, as a user's layer of any number of inputs.
template <class T>
class MixInstance final : public LayerInstance<T> {
 public:
  Shape build_all(std::span<const Shape> inputs) override {
    for (const Shape& shape : inputs)
      if (shape != inputs[0])
        throw ShapeError("got " + to_string(inputs[0]) + " and " + to_string(shape));
    return inputs[0];
  }
  void forward_all(std::span<const TensorView<const T>> x, TensorView<T> y, Scratch<T>,
                   const Pass&) const override {
    for (Index i = 0; i < y.size(); ++i) {
      y[i] = 0;
      for (std::size_t k = 0; k < x.size(); ++k) y[i] += static_cast<T>(k + 1) * x[k][i];
    }
  }
  void backward_all(std::span<const TensorView<const T>>, TensorView<const T>, Scratch<T>,
                    TensorView<T> dy, std::span<const TensorView<T>> dx,
                    const Pass&) const override {
    for (std::size_t k = 0; k < dx.size(); ++k)
      for (Index i = 0; i < dx[k].size(); ++i) dx[k][i] = static_cast<T>(k + 1) * dy[i];
  }
};

struct Mix {
  LANEWISE_LAYER(Mix);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Mix::make() const {
  return std::make_unique<MixInstance<T>>();
}

Value mix(const std::vector<Value>& values) {
  return merge(Mix{}, values);
}

bool same(const Tensor<float>& a, const Tensor<float>& b) {
  return test::same_bits(a.span(), b.span());
}

bool all_zero(TensorView<const double> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double number) { return number == 0; });
}

Sequential chain() {
  return {Input{{6}}, Dense{8, {.activation = relu}}, Dropout{0.3},
          Dense{3, {.activation = softmax}}};
}

Model same_chain() {
  const Value x = input({6});
  return {x, x | Dense{8, {.activation = relu}} | Dropout{0.3} | Dense{3, {.activation = softmax}}};
}

const Tensor<float> kX = numbers({12, 6}, 1), kOther = numbers({12, 6}, 2);
const Tensor<float> kY = numbers({12, 3}, 3);
const Tensor<std::int32_t> kLabels{Shape{12}, {0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 2, 1}};

}  // namespace

TEST_CASE("a chain written as a graph is the Sequential, bit for bit", "[model]") {
  Sequential sequential = chain();
  Model model = same_chain();
  const CompileOptions options{
      .optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}, .metrics = {accuracy}};
  sequential.compile(options);
  model.compile(options);
  const FitOptions<float> fit{.epochs = 3, .batch_size = 5, .validation_split = 0.25};
  const History expected = sequential.fit(kX, kLabels, fit);
  const History got = model.fit(kX, kLabels, fit);
  CHECK(got.names() == expected.names());
  CHECK(got["loss"] == expected["loss"]);
  CHECK(got["val_accuracy"] == expected["val_accuracy"]);
  CHECK(weights<float>(model) == weights<float>(sequential));
  CHECK(same(model.predict(kX), sequential.predict(kX)));
  CHECK(model.layers().size() == sequential.layers().size());
  says(model.summary(), "Model: \"model\"");
  says(model.summary(), "input_1 (InputLayer)");
  CHECK_THAT(model.summary(), !contains("Connected to"));
}

TEST_CASE("values that are used twice, and layers that are", "[model]") {
  // Every way to be read twice: by two nodes, twice by one, through a reshaping, and as an output.
  const Value a = input({6}, "a"), b = input({6}, "b");
  const Layer common = shared(named("common", Dense{6, {.activation = lanewise::tanh}}));
  const Value h = a | common, g = b | common;
  const Value flat = h | Reshape{{2, 3}};
  const Value sum = mix({h, h, g, a});
  const Value y = mix({sum, flat | Flatten{}}) | Dense{3, {.activation = softmax}};
  const Value z = mix({g, sum}) | Dense{2};
  Model model{{a, b}, {y, z, h}};
  const Tensor<float> sizes = numbers({12, 2}, 4), code = numbers({12, 6}, 5);
  const GradientReport report = gradient_check(
      model, {SparseCategoricalCrossentropy{}, MeanSquaredError{}, MeanSquaredError{}},
      {kX, kOther}, {kLabels, sizes, code});
  INFO(report.table());
  CHECK(report.ok());
  CHECK(report.tensors.size() == 2 + 2 + 2 + 2);  // common, two heads, two inputs
  CHECK(model.layer("common").inputs == std::vector<std::string>{"a", "b"});
  CHECK(model.parameter_count() == 6 * 6 + 6 + 6 * 3 + 3 + 6 * 2 + 2);

  // One loss alone: what it does not reach has the gradient 0.
  BasicModel<double> twin = model.as<double>();
  twin.build();
  Tensor<double> x({12, 6}), other({12, 6}), dx({12, 6}), target({12, 6});
  std::copy(kX.begin(), kX.end(), x.begin());
  std::copy(kOther.begin(), kOther.end(), other.begin());
  dx.fill(7);
  twin.compute_gradients({Loss{}, Loss{}, MeanSquaredError{}}, {x, other},
                         {Targets<double>{}, Targets<double>{}, target},
                         {TensorView<double>{}, dx});
  CHECK(all_zero(dx));
  for (const auto& parameter : twin.parameters()) {
    CAPTURE(parameter.name);
    CHECK(all_zero(parameter.gradient) == !parameter.name.starts_with("common"));
  }
}

TEST_CASE("a sum hands its gradient on, wherever its inputs are read besides", "[model]") {
  const Value a = input({6}, "a"), b = input({6}, "b");
  // A place that is wrong is wrong in all.
  const GradientCheckOptions few{.entries_per_tensor = 12};
  const auto dense = [](const Value& x) { return x | Dense{6, {.activation = lanewise::tanh}}; };
  const Value h = dense(a), g = dense(b);
  const Value inner = add({dense(h), h, dense(g)});  // one may have its place, one is read besides
  const Value twice = add(inner, inner);
  const Value wide = add(twice, twice | Dense{1});  // broadcasts
  const Value all = add({wide, dense(wide), g, a, h | Reshape{{2, 3}} | Flatten{}});
  const Value both = add(add(dense(all), dense(all)), add(dense(all), all));
  Model model{{a, b}, {both | Dense{2}, inner, all}};
  const Tensor<float> sizes = numbers({12, 2}, 4), code = numbers({12, 6}, 5);
  const GradientReport report =
      gradient_check(model, {MeanSquaredError{}, MeanSquaredError{}, MeanSquaredError{}},
                     {kX, kOther}, {sizes, code, kOther}, few);
  INFO(report.table());
  CHECK(report.ok());
  // What is handed on outlives the sum, while another branch goes back.
  const Value first = dense(a), second = dense(dense(b));
  const Model late{{a, b}, {add(first, second) | Dense{3}, dense(second)}};
  CHECK(
      gradient_check(late, {MeanSquaredError{}, MeanSquaredError{}}, {kX, kOther}, {kY, code}, few)
          .ok());
  // Branches that leave the gradient alone share it, unless another is added to it before.
  const Value begin = dense(a);
  const Value block = add({begin | Dense{6}, dense(dense(begin)), begin, begin | Dense{6}});
  CHECK(gradient_check(Model{a, block | Dense{3}}, MeanSquaredError{}, kX, kY, few).ok());
  // The same sums by a layer that hands nothing on.
  const Value sum = mix({h, g | Dense{6, {.kernel_initializer = Zeros{}}}}) | Dense{3};
  const Value same = add(h, g | Dense{6, {.kernel_initializer = Zeros{}}}) | Dense{3};
  for (const Value& y : {sum, same}) {
    Model each{{a, b}, y};
    CHECK(gradient_check(each, MeanSquaredError{}, {kX, kOther}, kY, few).ok());
  }
}

TEST_CASE("the order of layers follows from the graph, not from when its values were made",
          "[model]") {
  const Value x = input({6});
  const Value late = x | named("b", Dense{2}), early = x | named("a", Dense{2});
  Model model{x, {early, add(early, late)}};
  std::vector<std::string> names;
  for (const LayerInfo& layer : model.layers()) names.push_back(layer.name);
  CHECK(names == std::vector<std::string>{"a", "b", "add"});
}

TEST_CASE("several outputs have losses, weights, metrics and logs of their own", "[model]") {
  const Value x = input({6});
  const Value h = x | Dense{5, {.activation = relu}};
  Model model{x,
              {h | named("kind", Dense{3, {.activation = softmax}}), h | named("size", Dense{1})}};
  model.compile({.optimizer = SGD{.learning_rate = 0},
                 .losses = {SparseCategoricalCrossentropy{}, MeanSquaredError{}},
                 .loss_weights = {1, 0.25},
                 .output_metrics = {{accuracy}, {mean_absolute_error}}});
  const Tensor<float> sizes = numbers({12, 1}, 6);
  const History history =
      model.fit(kX, {kLabels, sizes}, {.batch_size = 5, .validation_data = {kX, {kLabels, sizes}}});
  CHECK(history.names() == std::vector<std::string>{"loss", "kind_loss", "size_loss",
                                                    "kind_accuracy", "size_mean_absolute_error",
                                                    "val_loss", "val_kind_loss", "val_size_loss",
                                                    "val_kind_accuracy",
                                                    "val_size_mean_absolute_error"});
  const Logs logs = model.evaluate(kX, {kLabels, sizes});
  CHECK(logs["loss"] == Approx(logs["kind_loss"] + 0.25 * logs["size_loss"]).epsilon(1e-6));
  CHECK(history["val_size_loss"][0] == Approx(logs["size_loss"]).epsilon(1e-6));
  const auto both = model.predict_all(kX);
  CHECK(both[0].shape() == Shape{12, 3});
  CHECK(both[1].shape() == Shape{12, 1});
  double squares = 0;
  for (Index i = 0; i < 12; ++i) squares += std::pow(double(both[1][i]) - double(sizes[i]), 2) / 12;
  CHECK(logs["size_loss"] == Approx(squares).epsilon(1e-5));
}

TEST_CASE("a residual network learns the same bits on any number of threads", "[model][threads]") {
  const Tensor<float> images = numbers({16, 20, 20, 4}, 7);
  const Tensor<std::int32_t> labels{Shape{16}, {0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 2, 1, 1, 1, 2, 0}};
  std::vector<std::vector<float>> trained;
  test::for_each_thread_count([&] {
    const Value x = input({20, 20, 4});
    const Value h = x | Conv2D{16, 3, {.padding = Padding::same, .activation = relu}};
    const Value same = h | Conv2D{16, 3, {.padding = Padding::same}} | Dropout{0.1};
    const Value half = add(h, same) | Activation{relu} | MaxPooling2D{};
    const Value y = concatenate(half, h | Conv2D{8, 1, {.strides = 2}}) | GlobalAveragePooling2D{} |
                    Dense{3, {.activation = softmax}};
    Model model{x, y};
    model.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
    model.fit(images, labels, {.epochs = 2, .batch_size = 8});
    trained.push_back(weights<float>(model));
  });
  for (const auto& each : trained) CHECK(each == trained.front());
}

TEST_CASE("frozen layers stay as they are, and the optimizer sees the others alone", "[model]") {
  Sequential model{Input{{6}}, named("stem", Dense{8, {.activation = relu}}), BatchNormalization{},
                   named("head", Dense{3, {.activation = softmax}})};
  model.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
  model.fit(kX, kLabels);
  const Index all = model.trainable_count();
  model.set_trainable("stem", false);
  model.set_trainable("batch_normalization", false);
  CHECK(model.trainable_count() == 8 * 3 + 3);
  CHECK(all == 6 * 8 + 8 + 2 * 8 + 8 * 3 + 3);
  CHECK_FALSE(model.layer("stem").trainable);
  const std::vector<float> before = weights<float>(model);
  // The same head on what the frozen layers give is the same training.
  const Tensor<float> features = model.part("input_1", "batch_normalization").predict(kX);
  Sequential head{Input{{8}}, Dense{3, {.activation = softmax}}};
  head.build();
  for (std::size_t p = 0; p < 2; ++p) {
    const auto from = model.parameters()[model.parameters().size() - 2 + p].value;
    std::copy(from.begin(), from.end(), head.parameters()[p].value.begin());
  }
  head.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
  const FitOptions<float> fit{.epochs = 2, .batch_size = 4, .shuffle = false};
  const History expected = head.fit(features, kLabels, fit);
  const History got = model.fit(kX, kLabels, fit);
  CHECK(got["loss"] == expected["loss"]);
  const std::vector<float> after = weights<float>(model), trained = weights<float>(head);
  const std::ptrdiff_t rest = static_cast<std::ptrdiff_t>(after.size() - trained.size());
  CHECK(std::equal(before.begin(), before.begin() + rest, after.begin()));
  CHECK(std::equal(trained.begin(), trained.end(), after.begin() + rest));

  model.set_trainable("stem", true);
  model.set_trainable("batch_normalization", true);
  CHECK(model.trainable_count() == all);
  model.fit(kX, kLabels);
  CHECK(weights<float>(model)[0] != after[0]);
}

TEST_CASE("a part shares the weights of the whole", "[model]") {
  Sequential model{Input{{6}}, named("code", Dense{2, {.activation = lanewise::tanh}}), Dense{6}};
  model.compile({.optimizer = SGD{.learning_rate = 0.1}, .loss = MeanSquaredError{}});
  model.build();
  Model encoder = model.part("input_1", "code"), decoder = model.part("code", "dense");
  CHECK(same(decoder.predict(encoder.predict(kX)), model.predict(kX)));
  model.fit(kX, kX);
  CHECK(same(decoder.predict(encoder.predict(kX)), model.predict(kX)));
  // Training a part changes the whole, and nothing outside of the part.
  const std::vector<float> before = weights<float>(model);
  encoder.compile({.optimizer = AdamW{}, .loss = MeanSquaredError{}});
  encoder.fit(kX, numbers({12, 2}, 8));
  const std::vector<float> after = weights<float>(model);
  CHECK(before[0] != after[0]);
  CHECK(std::equal(before.begin() + 6 * 2 + 2, before.end(), after.begin() + 6 * 2 + 2));
  // A copy has weights of its own; a part outlives the whole.
  Model copy = encoder;
  copy.parameters()[0].value[0] += 1;
  CHECK(weights<float>(model)[0] == after[0]);
  const Tensor<float> expected = encoder.predict(kX);
  model = Sequential{Dense{1}};
  CHECK(same(encoder.predict(kX), expected));
  // By the values it was made of.
  const Value x = input({6}), h = x | Dense{4}, y = h | Dense{1};
  const Model whole{x, y};
  CHECK(whole.part(x, h).predict(kX).shape() == Shape{12, 4});
}

TEST_CASE("a new head on layers that have learned", "[model]") {
  const Value x = input({6});
  const Value h = x | named("stem", Dense{8, {.activation = relu}}) | BatchNormalization{};
  Model whole{x, h | named("old", Dense{3, {.activation = softmax}})};
  whole.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
  whole.fit(kX, kLabels, {.epochs = 2});
  Model other{x, h | named("new", Dense{1})};
  CHECK(other.copy_weights(whole) == 2);
  CHECK(same(other.part("input_1", "batch_normalization").predict(kX),
             whole.part("input_1", "batch_normalization").predict(kX)));
  Model strange{x, x | named("stem", Dense{4})}, foreign{x, x | named("else", Dense{4})};
  const Model not_built{x, h | Dense{1}};
  says(error_of([&] { strange.copy_weights(whole); }), "stem (Dense)");
  says(error_of([&] { foreign.copy_weights(whole); }), "no layer of the same name");
  says(error_of([&] { whole.copy_weights(not_built); }), "other model: the model is not built");
}

TEST_CASE("a model that is no chain says what is connected to what", "[model]") {
  const Value x = input({6}, "picture");
  const Value h = x | named("stem", Dense{6});
  const Model model{x, mix({h, x}) | Dense{1}};
  const std::string text = model.summary();
  INFO(text);
  says(text, "Connected to");
  says(text, "mix (Mix)");
  says(text, "stem, picture");
  says(text, "picture (InputLayer)");
}

TEST_CASE("graphs that make no model", "[model]") {
  const Value x = input({6}, "x"), other = input({4}, "other");
  const Value h = x | Dense{3};
  const auto made = [](const OneOrMore<Value>& inputs, const OneOrMore<Value>& outputs) {
    return error_of([&] { Model{inputs, outputs}; });
  };
  says(made({x, other}, h), "no output needs an input of shape (4,), 'other'");
  says(made(x, mix({h, other | Dense{3}})), "'other', which is not among the inputs");
  says(made(x, mix({h, x})), "mix (Mix): got (3,) and (6,)");
  says(made({x, x}, h), "twice among the inputs");
  says(made(x, {h, h}), "twice among the outputs");
  says(made(h, h | Dense{1}), "a Dense as an input");
  says(made(x, Value{}), "empty value among the outputs");
  says(made(Value{}, h), "empty value among the inputs");
  says(made(x, x), "no layers");
  says(made(x, x | named("a", Dense{3}) | named("a", Activation{relu})),
       "'a' for a Activation, but a Dense has it already");
  const Layer d = shared(named("d", Dense{2}));
  Model model{{x, other}, mix({x | d, other | d})};
  says(error_of([&] { model.build(); }),
       "d (Dense): the shared layer needs a kernel of shape (6, 2) in its first place and a "
       "kernel of shape (4, 2)");
  says(made(x, x | named("x", Dense{3})), "'x' for a Dense, but an input has it already");
  says(error_of([&] { Value{} | Dense{1}; }), "empty value");
  says(error_of([&] { x | Layer{}; }), "empty layer");
  says(error_of([&] { x | Input{{6}}; }), "begins a Sequential");
  says(error_of([&] { named("a/b", Dense{1}); }), "'a/b'");
}

TEST_CASE("as many inputs, targets and losses as a model has", "[model]") {
  const Value a = input({6}, "a"), b = input({6}, "b");
  const Value h = mix({a, b});
  Model model{{a, b}, {h | named("y", Dense{3}), h | named("z", Dense{3})}};
  const auto compile = [&](CompileOptions options) {
    return error_of([&] { model.compile(std::move(options)); });
  };
  says(compile({.loss = MeanSquaredError{}}), "one `loss` for a model of 2 (y, z) outputs");
  says(compile({.losses = {MeanSquaredError{}}}), "got 1 losses, expected 2 (y, z)");
  says(compile({.losses = {MeanSquaredError{}, MeanSquaredError{}}, .loss_weights = {1}}),
       "1 loss_weights");
  says(compile({.losses = {MeanSquaredError{}, MeanSquaredError{}}, .loss_weights = {1, -1}}),
       "weight of -1");
  says(compile({.losses = {MeanSquaredError{}, MeanSquaredError{}},
                .output_metrics = {{accuracy, accuracy}, {}}}),
       "y_accuracy");
  model.compile({.losses = {MeanSquaredError{}, MeanSquaredError{}}});
  says(error_of([&] { model.fit(kX, {kY, kY}); }), "got 1 inputs, expected 2 (a, b)");
  says(error_of([&] { model.fit({kX, kX}, kY); }), "got 1 targets, expected 2 (y, z)");
  const auto few = kX.rows(0, 5);
  says(error_of([&] {
         model.fit({kX, few}, {kY, kY});
       }),
       "12 samples in inputs 'a' and 5 in inputs 'b'");
  says(error_of([&] { model.fit({kX, kY}, {kY, kY}); }), "input b declares (6,)");
  says(error_of([&] { model.fit({kX, kX}, {kY, kX}); }), "mean_squared_error");
  Tensor<float> bad = kX;
  bad[3] = NAN;
  says(error_of([&] { model.fit({kX, bad}, {kY, kY}); }), "inputs 'b' contain a NaN");
  says(error_of([&] { model.predict({kX, kX}); }), "2 (y, z) outputs");
  says(error_of([&] { model.build({6}); }), "2 (a, b) inputs");
  says(error_of([&] { model.layer("w"); }), "no 'w' among: mix, y, z");
  says(error_of([&] { model.part("a", "y"); }), "need the input 'b', which is not given");
  CHECK_FALSE(model.layers().empty());
}
