// The guarantee of lanewise/nn/sequential.hpp that a step allocates nothing, once one of its size
// or a larger one was made. A program of its own, since it replaces the global operator new.
#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "lanewise/nn/sequential.hpp"
#include "support/catch.hpp"
#include "support/integer_formula.hpp"
#include "support/threads.hpp"

namespace {

std::atomic<long> allocation_count = 0;  // of all threads

void* counted(std::size_t bytes, std::size_t alignment) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  bytes = (bytes / alignment + 1) * alignment;  // as aligned_alloc wants it, and never 0
  if (void* memory = std::aligned_alloc(alignment, bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// The other forms call these.
void* operator new(std::size_t bytes) {
  return counted(bytes, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

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
void check_fit(Sequential& model, TensorView<const float> x, const Targets<float>& y) {
  StepCounter counter;
  model.fit(x, y, {.epochs = 3, .batch_size = kBatch, .callbacks = {&counter}});
  CHECK(counter.steps == 9);
  CHECK(counter.found == 0);
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
        StepCounter counter;
        // Batches of 64, 64 and 32.
        model.fit(samples.x, rows_of(samples, by_label, 0, kRows),
                  {.epochs = 3, .batch_size = kBatch, .callbacks = {&counter}});
        CHECK(counter.steps == 9);
        CHECK(counter.found == 0);

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

TEST_CASE("normalization allocates nothing after the first step", "[allocation]") {
  const Samples samples;
  test::for_each_thread_count([&] {
    Sequential model{BatchNormalization{},
                     Dense{256, {.use_bias = false}},
                     BatchNormalization{},
                     LayerNormalization{},
                     Dense{3},
                     BatchNormalization{},
                     Dense{kClasses}};
    model.compile({.loss = MeanSquaredError{}});
    StepCounter counter;
    model.fit(samples.x, samples.one_hot,
              {.epochs = 2, .batch_size = kBatch, .callbacks = {&counter}});
    CHECK(counter.steps == 6);
    CHECK(counter.found == 0);
  });
}

TEST_CASE("images that stay bytes are gathered without allocations", "[allocation]") {
  const Samples samples;
  Tensor<std::uint8_t> images(Shape{kRows, kInputs});
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = static_cast<std::uint8_t>(i);
  test::for_each_thread_count([&] {
    Sequential model = network(RMSprop{}, true);
    StepCounter counter;
    model.fit(ScaledBytes{images}, samples.labels,
              {.epochs = 2, .batch_size = kBatch, .callbacks = {&counter}});
    CHECK(counter.found == 0);
  });
}

TEST_CASE("steps of layers that filter or move images allocate nothing", "[allocation]") {
  const Samples samples;
  test::for_each_thread_count([&] {
    Sequential model{Reshape{{16, 16, 1}},
                     UpSampling2D{{2, 1}, Interpolation::bilinear},
                     DepthwiseConv2D{3, {.depth_multiplier = 3, .activation = gelu}},
                     ZeroPadding2D{},
                     DepthwiseConv2D{3, {.strides = {1, 2}, .padding = Padding::same}},
                     Flatten{},
                     Dense{kClasses, {.activation = softmax}}};
    model.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
    check_fit(model, samples.x, samples.labels);
  });
}

TEST_CASE("poolings allocate nothing after the first step", "[allocation]") {
  const Samples samples;
  test::for_each_thread_count([&] {
    Sequential model{Reshape{{16, 16, 1}},
                     Conv2D{8, 3},
                     MaxPooling2D{{3, 3}, {.strides = Extent2D{1, 1}}},
                     L2Pooling2D{{2, 3}, {.strides = Extent2D{1, 2}, .padding = Padding::same}},
                     AveragePooling2D{},
                     Conv2D{kClasses, 1},
                     GlobalAveragePooling2D{}};
    model.compile({.optimizer = Adam{}, .loss = MeanSquaredError{}});
    check_fit(model, samples.x, samples.one_hot);
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
