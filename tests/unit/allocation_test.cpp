// The guarantees of lanewise/nn/model.hpp that a step allocates nothing, once one of its size
// or a larger one was made, that a prediction needs little memory, and that a call may run out of
// it. A program of its own: counted_new.cpp replaces the global operator new.
#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "counted_new.hpp"
#include "lanewise/nn/sequential.hpp"
#include "support/catch.hpp"
#include "support/layer.hpp"
#include "support/threads.hpp"

using namespace lanewise;

namespace {

constexpr Index kRows = 160, kInputs = 256, kClasses = 10, kBatch = 64;

struct Samples {
  Tensor<float> x{Shape{kRows, kInputs}}, one_hot{Shape{kRows, kClasses}};
  Tensor<std::int32_t> labels{Shape{kRows}};

  Samples() {
    test::fill_symmetric<float>(x, 1, 1.0);
    for (Index i = 0; i < kRows; ++i) one_hot(i, labels[i] = static_cast<int>(i % kClasses)) = 1;
  }
};

// Counts what is allocated from the end of the first step on: in the steps, and in the arrangement
// of the samples before each epoch.
struct StepCounter : Callback {
  long steps = 0, found = 0, before = 0;
  void on_epoch_begin(int) override { before = allocation_count; }
  void on_batch_end(Index, const Logs&) override {
    if (steps++ > 0) found += allocation_count - before;
    before = allocation_count;
  }
};

// With two threads its first layer is large enough to be shared between them.
Sequential network(const Optimizer& optimizer, bool by_label) {
  Sequential model{Dense{256, {.activation = relu}}, Dropout{0.5}, Dense{32, {.activation = gelu}},
                   Dense{kClasses, {.activation = softmax}}};
  const Loss loss =
      by_label ? Loss(SparseCategoricalCrossentropy{}) : Loss(CategoricalCrossentropy{});
  model.compile({.optimizer = optimizer, .loss = loss, .metrics = {accuracy}});
  return model;
}

Targets<float> rows_of(const Samples& samples, bool by_label, Index begin, Index end) {
  const Targets<float> all =
      by_label ? Targets<float>(samples.labels) : Targets<float>(samples.one_hot);
  return all.rows(begin, end);
}

// Three epochs of three steps, of which the first alone may allocate.
void check_fit(Sequential& model, const Inputs<float>& x, const Targets<float>& y) {
  StepCounter counter;
  model.fit(x, y, {.epochs = 3, .batch_size = kBatch, .callbacks = {&counter}});
  CHECK(counter.steps == 9);
  CHECK(counter.found == 0);
}

// The same of these layers, on any number of threads.
void check_layers(const Sequential& layers, const Loss& loss, const Inputs<float>& x,
                  const Targets<float>& y) {
  test::for_each_thread_count([&] {
    Sequential model = layers;
    model.compile({.optimizer = Adam{}, .loss = loss, .metrics = {accuracy}});
    check_fit(model, x, y);
  });
}

}  // namespace

TEST_CASE("the test notices allocations", "[allocation]") {
  const long before = allocation_count;
  const std::vector<int> some(3);
  const Tensor<float> more(Shape{3});
  CHECK(allocation_count - before == 2);
}

TEST_CASE("steps allocate nothing but the first", "[allocation]") {
  const Samples samples;
  const std::vector<Optimizer> optimizers{SGD{.momentum = 0.9}, RMSprop{}, Adagrad{},
                                          Adadelta{},           Adam{},    AdamW{}};
  test::for_each_thread_count([&] {
    for (std::size_t i = 0; i < optimizers.size(); ++i)
      for (const bool by_label : {false, true}) {
        INFO("optimizer " << i << ", labels " << by_label << ", threads " << num_threads());
        Sequential model = network(optimizers[i], by_label);
        // Batches of 64, 64 and 32.
        check_fit(model, samples.x, rows_of(samples, by_label, 0, kRows));

        const auto x = samples.x.rows(0, kBatch), few_x = samples.x.rows(kBatch, kBatch + 7);
        const auto y = rows_of(samples, by_label, 0, kBatch),
                   few_y = rows_of(samples, by_label, kBatch, kBatch + 7);
        model.train_on_batch(x, y);
        const long before = allocation_count;
        model.train_on_batch(x, y);
        model.train_on_batch(few_x, few_y);
        model.train_on_batch(x, y);
        CHECK(allocation_count == before);
      }
  });
}

TEST_CASE("steps of layers that normalize allocate nothing", "[allocation]") {
  const Samples samples;
  check_layers({BatchNormalization{}, Dense{256, {.use_bias = false}}, BatchNormalization{},
                LayerNormalization{}, Dense{3}, BatchNormalization{}, Dense{kClasses}},
               MeanSquaredError{}, samples.x, samples.one_hot);
}

TEST_CASE("images that stay bytes are gathered without allocations", "[allocation]") {
  const Samples samples;
  Tensor<std::uint8_t> images(Shape{kRows, kInputs});
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = static_cast<std::uint8_t>(i);
  test::for_each_thread_count([&] {
    Sequential model = network(RMSprop{}, true);
    check_fit(model, ScaledBytes{images}, samples.labels);
  });
}

TEST_CASE("steps of layers that filter or move images allocate nothing", "[allocation]") {
  const Samples samples;
  check_layers({Reshape{{16, 16, 1}}, UpSampling2D{{2, 1}, Interpolation::bilinear},
                DepthwiseConv2D{3, {.depth_multiplier = 3, .activation = gelu}}, ZeroPadding2D{},
                DepthwiseConv2D{3, {.strides = {1, 2}, .padding = Padding::same}}, Flatten{},
                Dense{kClasses, {.activation = softmax}}},
               SparseCategoricalCrossentropy{}, samples.x, samples.labels);
}

TEST_CASE("steps of layers that reorder, repeat, crop and embed allocate nothing", "[allocation]") {
  const Samples samples;
  Tensor<float> words({kRows, 20});
  for (Index i = 0; i < words.size(); ++i)
    words[i] = std::floor(static_cast<float>(test::unit(7, i) * 50));
  check_layers({Embedding{50, 12}, Permute{{2, 1}}, Softmax{1}, Reshape{{12, 20, 1}},
                Cropping2D{{{1, 0}, {2, 3}}}, Flatten{}, RepeatVector{2}, GaussianNoise{0.1},
                Flatten{}, Dense{kClasses, {.activation = softmax}}},
               SparseCategoricalCrossentropy{}, words, samples.labels);
}

TEST_CASE("steps of layers that pool allocate nothing", "[allocation]") {
  const Samples samples;
  check_layers(
      {Reshape{{16, 16, 1}}, Conv2D{8, 3}, MaxPooling2D{{3, 3}, {.strides = Extent2D{1, 1}}},
       L2Pooling2D{{2, 3}, {.strides = Extent2D{1, 2}, .padding = Padding::same}},
       AveragePooling2D{}, Conv2D{kClasses, 1}, GlobalAveragePooling2D{}},
      MeanSquaredError{}, samples.x, samples.one_hot);
}

TEST_CASE("a label for every step needs no allocation", "[allocation]") {
  const Samples samples;
  Tensor<std::int32_t> labels({kRows, 16});
  for (Index i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % kClasses);
  check_layers({Reshape{{16, 16}}, Dense{kClasses, {.activation = softmax}}},
               SparseCategoricalCrossentropy{}, samples.x, labels);
}

TEST_CASE("merging allocates nothing", "[allocation]") {
  Tensor<float> x({8, 9, 7, 16}), narrow({8, 16}), y({8, 9, 7, 16}), both({8, 9, 7, 32}),
      dx({8, 9, 7, 16}), dnarrow({8, 16});
  test::fill_symmetric<float>(x, 3, 1.0);
  test::fill_symmetric<float>(narrow, 4, 1.0);
  const TensorView<const float> merged[] = {x, narrow}, same[] = {x, x};
  const TensorView<float> gradients[] = {dx, dnarrow}, same_gradients[] = {dx, y};
  const auto steps = [&](const Layer& layer, auto inputs, TensorView<float> out, auto into) {
    std::vector<Shape> shapes;
    for (const auto& input : inputs) shapes.push_back(input.shape().inner());
    const auto instance = layer.make<float>();
    CHECK(instance->build_all(shapes) == out.shape().inner());
    Tensor<float> dy(out.shape());
    const long before = allocation_count;
    instance->forward_all(inputs, out, {}, {});
    instance->backward_all(inputs, out, {}, dy, into, {});
    CHECK(allocation_count == before);
  };
  test::for_each_thread_count([&] {
    const std::span<const TensorView<const float>> inputs(merged);
    for (const Layer& layer : {Layer(Add{}), Layer(Subtract{}), Layer(Multiply{}), Layer(Average{}),
                               Layer(Maximum{}), Layer(Minimum{})})
      steps(layer, inputs, y.view(), std::span<const TensorView<float>>(gradients));
    steps(Concatenate{}, std::span<const TensorView<const float>>(same), both.view(),
          std::span<const TensorView<float>>(same_gradients));
  });
}

TEST_CASE("convolutions allocate nothing after the first step", "[allocation]") {
  Tensor<float> x({24, 12, 13, 4});
  Tensor<std::int32_t> labels({24});
  test::fill_symmetric<float>(x, 2, 1.0);
  const TensorView<const float> images = x;
  const Targets<float> targets(labels);
  test::for_each_thread_count([&] {
    // Strips, phases of a stride, groups, gradients in parts and in rows; large enough for threads.
    Sequential model{Conv2D{16, 3, {.padding = Padding::same, .activation = relu}},
                     Conv2D{32, 3, {.strides = 2, .groups = 2, .activation = lanewise::tanh}},
                     Conv2DTranspose{4, 3, {.padding = Padding::same, .activation = gelu}},
                     Flatten{}, Dense{kClasses, {.activation = softmax}}};
    model.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
    model.train_on_batch(images, targets);
    const Inputs<float> few_images = images.rows(0, 7);
    const Targets<float> few_targets = targets.rows(0, 7);
    const long before = allocation_count;
    model.train_on_batch(images, targets);
    model.train_on_batch(few_images, few_targets);
    CHECK(allocation_count == before);
  });
}

TEST_CASE("a repeated prediction allocates its result alone", "[allocation]") {
  const Samples samples;
  Tensor<std::uint8_t> images(Shape{kRows, kInputs});
  test::for_each_thread_count([&] {
    const Sequential model = network(RMSprop{}, true);
    const auto few = samples.x.rows(0, 7);
    model.evaluate(samples.x, samples.labels);
    model.predict(ScaledBytes{images});
    const long before = allocation_count;
    model.predict(samples.x);
    model.predict(few);
    model.predict(ScaledBytes{images});
    CHECK(allocation_count - before == 3);
  });
}

TEST_CASE("a prediction keeps what the next layer reads, and gives much memory back",
          "[allocation]") {
  // The network of Listing 4.4, whose outputs are 37,034 numbers an image. The convolutions give
  // at most 26 * 26 * 32 and the poolings at most 13 * 13 * 32, which is 0.72 of all.
  const Sequential model{Conv2D{32, 3, {.activation = relu}}, MaxPooling2D{},
                         Conv2D{64, 3, {.activation = relu}}, MaxPooling2D{},
                         Conv2D{64, 3, {.activation = relu}}, Flatten{},
                         Dense{64, {.activation = relu}},     Dense{10, {.activation = softmax}}};
  constexpr Index kImages = 200;
  const Tensor<float> x({kImages, 28, 28, 1});
  model.predict(x, kImages);  // builds it, and brings what the operations work in
  const std::size_t before = bytes_held;
  most_bytes_held = before;
  model.predict(x, kImages);
  const auto bytes = static_cast<double>(most_bytes_held - before);
  CHECK(bytes < 1.02 * sizeof(float) * kImages * (26 * 26 * 32 + 13 * 13 * 32 + 10));
  CHECK(bytes_held < before + 4096);
}

namespace {

// Whether the call runs out of memory when its nth allocation fails.
template <class Call>
bool runs_out_at(long n, Call call) {
  bool failed = false;
  fails_at = allocation_count + n;
  try {
    call();
  } catch (const std::bad_alloc&) {
    failed = true;
  }
  fails_at = 0;
  return failed;
}

// Calls act on models that make() makes, with the first allocation failing, then the second, and so
// on until it succeeds; after a failure the model must be what it was, and a second call must lead
// to what an undisturbed one leads to. Some act allocates after its work is done: `done` says so.
template <class Act>
void check_every_failure(
    Sequential (*make)(), Act act,
    bool (*done)(const Sequential&) = [](const Sequential&) { return false; }) {
  const auto state = [](Sequential& model) {
    return model.is_built() ? test::weights<float>(model) : std::vector<float>{};
  };
  Sequential undisturbed = make();
  act(undisturbed);
  long n = 1;
  for (;; ++n) {
    Sequential model = make();
    const bool was_built = model.is_built();
    const auto before = state(model);
    if (!runs_out_at(n, [&] { act(model); })) break;
    INFO("allocation " << n);
    if (done(model)) continue;
    REQUIRE(model.is_built() == was_built);
    REQUIRE(state(model) == before);
    act(model);
    REQUIRE(state(model) == state(undisturbed));
    REQUIRE(model.parameter_count() == undisturbed.parameter_count());
    REQUIRE(model.trainable_count() == undisturbed.trainable_count());
    REQUIRE(model.summary() == undisturbed.summary());
  }
  CHECK(n > 1);
}

Sequential fresh() {
  return network(Adam{}, true);
}

Sequential trained() {
  Sequential model = fresh();
  const Tensor<float> x({2, kInputs});
  model.train_on_batch(x, Tensor<std::int32_t>({2}));
  return model;
}

}  // namespace

TEST_CASE("a call that runs out of memory leaves the model as it was", "[allocation]") {
  const Samples samples;
  const auto x = samples.x.rows(0, 20);
  const auto y = rows_of(samples, true, 0, 20);
  const auto is_built = [](const Sequential& model) { return model.is_built(); };
  check_every_failure(fresh, [](Sequential& model) { model.build({kInputs}); });
  for (const auto make : {fresh, trained}) {
    check_every_failure(make, [&](Sequential& model) { model.predict(x, 7); });
    // The numbers are put together in the end.
    check_every_failure(
        make, [&](Sequential& model) { model.evaluate(x, y, 7); }, is_built);
    check_every_failure(make, [&](Sequential& model) { model.train_on_batch(x, y); });
  }
  // The history is written when an epoch is over.
  check_every_failure(
      fresh, [&](Sequential& model) { model.fit(x, y); }, is_built);
  check_every_failure(
      fresh,
      [](Sequential& model) {
        model.add(Dense{3, {.activation = softmax}});
        model.build({kInputs});
      },
      [](const Sequential& model) {  // it was the build that failed
        Sequential copy = model;
        copy.build({kInputs});
        return copy.output_shape() == Shape{3};
      });
  check_every_failure(trained, [&](Sequential& model) {
    model.compile({.optimizer = Adadelta{},
                   .loss = CategoricalCrossentropy{},
                   .metrics = {accuracy, mean_absolute_error}});
  });
  check_every_failure(trained, [](Sequential& model) { const Sequential copy = model; });
  check_every_failure(trained, [](Sequential& model) { model.as<double>(); });
}

TEST_CASE("a model that could not be built for one shape can be for another", "[allocation]") {
  const Samples samples;
  const auto y = rows_of(samples, true, 0, 20);
  Tensor<float> wide({20, kInputs * 2});
  test::fill_symmetric<float>(wide, 2, 1.0);
  // Its first output is as wide as its input: a plan for another width would not do.
  const auto make = [] {
    Sequential model{Activation{relu}, Dense{kClasses, {.activation = softmax}}};
    model.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
    return model;
  };
  long n = 1;
  for (;; ++n) {
    Sequential model = make();
    if (!runs_out_at(n, [&] { model.train_on_batch(samples.x.rows(0, 20), y); })) break;
    Sequential other = make();
    const double expected = other.train_on_batch(wide, y), got = model.train_on_batch(wide, y);
    REQUIRE(got == expected);
    REQUIRE(model.train_on_batch(wide, y) == other.train_on_batch(wide, y));
  }
  CHECK(n > 1);
}
