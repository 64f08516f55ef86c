// A model that is used while it trains, from its callbacks, or by many threads at once.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/layer.hpp"
#include "support/sanitized.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::weights;

namespace {

constexpr Index kSamples = 50;

struct Images {
  Tensor<float> x = test::numbers({kSamples, 6, 5, 2}, 1);
  Tensor<std::uint8_t> bytes{Shape{kSamples, 6, 5, 2}};
  Tensor<std::int32_t> y{Shape{kSamples}};

  Images() {
    for (Index i = 0; i < kSamples; ++i) y[i] = static_cast<std::int32_t>(i * i % 3);
    for (Index i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 37);
  }
};

// Scratch, running statistics, dropout and layers that only reshape.
Sequential classifier(const Optimizer& optimizer = Adam{}) {
  Sequential model{Conv2D{4, 3, {.padding = Padding::same, .activation = gelu}},
                   BatchNormalization{},
                   MaxPooling2D{},
                   Dropout{0.25},
                   GaussianNoise{0.1},
                   Flatten{},
                   LayerNormalization{},
                   Dense{8, {.activation = relu}},
                   Dense{3, {.activation = softmax}}};
  model.compile(
      {.optimizer = optimizer, .loss = SparseCategoricalCrossentropy{}, .metrics = {accuracy}});
  return model;
}

bool same(const Tensor<float>& a, const Tensor<float>& b) {
  return a.shape() == b.shape() && std::equal(a.begin(), a.end(), b.begin());
}

bool same(const Logs& a, const Logs& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// Calls a function in every callback.
struct Everywhere : Callback {
  std::function<void()> call;
  explicit Everywhere(std::function<void()> what) : call(std::move(what)) {}
  void on_train_begin(const FitPlan&) override { call(); }
  void on_epoch_begin(int) override { call(); }
  void on_batch_end(Index, const Logs&) override { call(); }
  bool on_epoch_end(int, const Logs&) override {
    call();
    return true;
  }
  void on_train_end() override { call(); }
};

// Calls a function after the first step.
struct Once : Callback {
  std::function<void()> call;
  explicit Once(std::function<void()> what) : call(std::move(what)) {}
  void on_batch_end(Index, const Logs&) override {
    if (call) std::exchange(call, nullptr)();
  }
};

// What the trained weights are without any callback.
std::vector<float> undisturbed(const Images& data) {
  Sequential model = classifier();
  model.fit(data.x, data.y, {.epochs = 2, .batch_size = 16, .validation_split = 0.2});
  return weights(model);
}

}  // namespace

TEST_CASE("predicting in callbacks leaves the training as it is", "[sharing]") {
  const Images data;
  const std::vector<float> expected = undisturbed(data);
  Sequential model = classifier();
  int calls = 0, differences = 0;
  Everywhere callback([&] {
    const Tensor<float> p = model.predict(data.x);
    const Logs logs = model.evaluate(data.x, data.y, 7);
    const Sequential copy = model;
    differences += !same(copy.predict(data.x, 100), p);
    differences += !same(copy.evaluate(data.x, data.y, 7), logs);
    model.predict(ScaledBytes{data.bytes}, 3);
    model.summary();
    model.build({6, 5, 2});
    model.set_learning_rate(model.learning_rate());
    ++calls;
  });
  model.fit(data.x, data.y,
            {.epochs = 2, .batch_size = 16, .validation_split = 0.2, .callbacks = {&callback}});
  CHECK(calls == 2 + 2 * (2 + 3));
  CHECK(differences == 0);
  CHECK(weights(model) == expected);
}

TEST_CASE("what changes a model is refused while it trains", "[sharing]") {
  const Images data;
  const std::vector<float> expected = undisturbed(data);
  Sequential model = classifier();
  const CompileOptions options{.loss = SparseCategoricalCrossentropy{}};
  const std::vector<std::pair<const char*, std::function<void()>>> calls{
      {"fit", [&] { model.fit(data.x, data.y); }},
      {"train_on_batch", [&] { model.train_on_batch(data.x, data.y); }},
      {"compute_gradients", [&] { model.compute_gradients(options.loss, data.x, data.y); }},
      {"compile", [&] { model.compile(options); }},
      {"add", [&] { model.add(Dense{1}); }},
      {"set_seed", [&] { model.set_seed(5); }}};
  std::string wrong;
  const auto expect_refusals = [&] {
    for (const auto& [name, call] : calls) {
      const std::string message = test::error_of<ArgumentError>(call);
      if (message.rfind(std::string(name) + ": the model is being trained", 0) != 0)
        wrong += message + "\n";
    }
  };
  // On this thread and on another one.
  Everywhere here(expect_refusals), there([&] { std::thread(expect_refusals).join(); });
  model.fit(data.x, data.y,
            {.epochs = 2, .batch_size = 16, .validation_split = 0.2, .callbacks = {&here, &there}});
  CHECK(wrong == "");
  CHECK(weights(model) == expected);
  for (int i = 0; i < 4; ++i) CHECK_NOTHROW(calls[static_cast<std::size_t>(i)].second());
}

TEST_CASE("an exception of a callback leaves a model that trains on", "[sharing]") {
  const Images data;
  Sequential model = classifier();
  Once callback([] { throw std::runtime_error("enough"); });
  CHECK_THROWS_WITH(model.fit(data.x, data.y, {.callbacks = {&callback}}), "enough");
  CHECK_NOTHROW(model.train_on_batch(data.x, data.y));
  CHECK_NOTHROW(model.compile({.loss = SparseCategoricalCrossentropy{}}));
}

TEST_CASE("a model may be replaced, moved or gone while it trains", "[sharing]") {
  const Images data;
  const auto fit = [&](Sequential& model, std::function<void()> act) {
    Once callback(std::move(act));
    return model.fit(data.x, data.y, {.epochs = 2, .batch_size = 16, .callbacks = {&callback}});
  };
  Sequential plain = classifier();
  const History expected = fit(plain, [] {});

  Sequential assigned = classifier(), other = classifier();
  other.build({6, 5, 2});
  const std::vector<float> others = weights(other);
  CHECK(fit(assigned, [&] { assigned = other; })["loss"] == expected["loss"]);
  CHECK(weights(assigned) == others);
  CHECK_NOTHROW(assigned.train_on_batch(data.x, data.y));

  Sequential source = classifier();
  std::optional<Sequential> taken;
  CHECK(fit(source, [&] { taken = std::move(source); })["loss"] == expected["loss"]);
  CHECK(weights(*taken) == weights(plain));

  Sequential swapped = classifier();
  CHECK(fit(swapped, [&] { std::swap(swapped, other); })["loss"] == expected["loss"]);
  CHECK(weights(swapped) == others);
  CHECK(weights(other) == weights(plain));

  auto gone = std::make_unique<Sequential>(classifier());
  CHECK(fit(*gone, [&] { gone.reset(); })["loss"] == expected["loss"]);
}

TEST_CASE("a callback sets the learning rate", "[sharing]") {
  const Images data;
  Sequential model = classifier(SGD{.learning_rate = 0.1}), in_parts = model;
  struct Schedule : Callback {
    Sequential* model = nullptr;
    void on_epoch_begin(int epoch) override {
      if (epoch == 1) model->set_learning_rate(0.02);
    }
  } schedule;
  schedule.model = &model;
  const Index batch_size = kSamples;
  model.fit(data.x, data.y, {.epochs = 2, .batch_size = batch_size, .callbacks = {&schedule}});
  CHECK(model.learning_rate() == 0.02);
  CHECK(Sequential(model).learning_rate() == 0.02);
  in_parts.fit(data.x, data.y, {.batch_size = batch_size});
  in_parts.set_learning_rate(0.02);
  in_parts.fit(data.x, data.y, {.batch_size = batch_size});
  CHECK(weights(model) == weights(in_parts));
  Sequential constant = classifier(SGD{.learning_rate = 0.1});
  constant.fit(data.x, data.y, {.epochs = 2, .batch_size = batch_size});
  CHECK(weights(model) != weights(constant));

  const std::vector<std::pair<Optimizer, double>> all{{SGD{}, 0.01},      {RMSprop{}, 0.001},
                                                      {Adagrad{}, 0.001}, {Adadelta{}, 0.001},
                                                      {Adam{}, 0.001},    {AdamW{}, 0.001}};
  for (const auto& [optimizer, rate] : all) {
    Sequential one = classifier(optimizer);
    CHECK(one.learning_rate() == rate);
    CHECK_THROWS_AS(one.set_learning_rate(-1), ArgumentError);
    CHECK(one.learning_rate() == rate);
    one.set_learning_rate(0.5);
    CHECK(one.learning_rate() == 0.5);
  }
  Sequential uncompiled{Dense{1}};
  CHECK_THROWS_AS(uncompiled.learning_rate(), ArgumentError);
  CHECK_THROWS_AS(uncompiled.set_learning_rate(1), ArgumentError);
}

namespace {

// Calls call(i) for i in [0, count) on eight threads and returns how many calls were wrong.
int count_wrong(int count, const std::function<bool(int)>& call) {
  constexpr int kThreads = 8;
  std::atomic<int> waiting = kThreads, wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      --waiting;
      while (waiting > 0) std::this_thread::yield();  // all begin at once
      for (int i = t; i < count; i += kThreads) wrong += !call(i);
    });
  for (std::thread& thread : threads) thread.join();
  return wrong;
}

}  // namespace

TEST_CASE("many threads predict with one model", "[sharing][threads]") {
  const Images data;
  constexpr int kCalls = test::kSanitized ? 80 : 400;
  test::for_each_thread_count([&] {
    const Sequential model = classifier();  // built by whichever prediction is the first
    Sequential alone = model;
    const auto rows = [&](int i) { return data.x.rows(i % 7, kSamples - i % 5); };
    const auto batch_size = [](int i) { return Index{1} + i * 5 % 60; };
    std::vector<Tensor<float>> expected;
    for (int i = 0; i < kCalls; ++i)
      expected.push_back(i % 4 == 3 ? alone.predict(ScaledBytes{data.bytes}, batch_size(i))
                                    : alone.predict(rows(i), batch_size(i)));
    CHECK_FALSE(model.is_built());
    CHECK(count_wrong(kCalls, [&](int i) {
            const auto& right = expected[static_cast<std::size_t>(i)];
            return same(right, i % 4 == 3 ? model.predict(ScaledBytes{data.bytes}, batch_size(i))
                                          : model.predict(rows(i), batch_size(i)));
          }) == 0);
    CHECK(model.parameter_count() == alone.parameter_count());
  });
}

TEST_CASE("a model predicts after a fork, in the child, too", "[sharing][threads]") {
  const ScopedThreads scope(has_openmp() ? 2 : 1);
  const Sequential model{Dense{256, {.activation = relu}}, Dense{10}};
  const Tensor<float> x = test::numbers({512, 784}, 1);  // worth two threads
  const auto expected = model.predict(x, 512);
  CHECK(test::holds_in_child([&] { return same(expected, model.predict(x, 512)); }));
  CHECK(same(expected, model.predict(x, 512)));
}

TEST_CASE("many threads evaluate one model, and copy it", "[sharing][threads]") {
  const Images data;
  const Sequential model = classifier();
  Sequential alone = model;
  std::vector<Logs> expected;
  for (int i = 0; i < 16; ++i) expected.push_back(alone.evaluate(data.x, data.y, 1 + i));
  CHECK_FALSE(model.is_built());
  CHECK(count_wrong(160, [&](int i) {
          const Logs& right = expected[static_cast<std::size_t>(i % 16)];
          if (i % 8 == 7)
            return same(right, Sequential(model).evaluate(data.x, data.y, 1 + i % 16));
          return same(right, model.evaluate(data.x, data.y, 1 + i % 16));
        }) == 0);
}

namespace {

// The identity, which takes its time to be built: long enough for other threads to try it, too.
template <class T>
class SlowInstance : public SingleInputLayer<T> {
 public:
  Shape build(const Shape& input) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    return input;
  }
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    std::copy(x.begin(), x.end(), y.begin());
  }
  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) std::copy(dy.begin(), dy.end(), dx.begin());
  }
};

struct Slow {
  LANEWISE_LAYER(Slow);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Slow::make() const {
  return std::make_unique<SlowInstance<T>>();
}

}  // namespace

TEST_CASE("of threads that build a model for different shapes one succeeds", "[sharing][threads]") {
  const Sequential model{Slow{}, Dense{3}};
  std::atomic<int> built = 0;
  CHECK(count_wrong(8, [&](int i) {
          try {
            model.predict(Tensor<float>({2, 4 + i}));
            ++built;
          } catch (const ShapeError&) {
          }
          return true;
        }) == 0);
  CHECK(built == 1);
  CHECK(model.parameter_count() == 3 * (model.input_shape()[0] + 1));
}
