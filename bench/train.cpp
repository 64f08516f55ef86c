// train: what a user gets from fit(): forward, loss, backward and update, over rows that lie in
// memory.
//
// An iteration is an epoch of 1,024 rows, not shuffled, without metrics. `items_per_second` are
// samples in real time. `flops` counts the matrix products and convolutions alone, so its share of
// peak/fma is what everything else leaves. tools/compare_training runs PyTorch, JAX and Keras
// beside it, from the same weights on the same rows, which --write-training hands to them.
// construct: from nothing to the end of the first step. predict: one sample.
// train_beside_busy: the same while another process keeps a core busy. On all threads it should be
// no slower than on one.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <memory>

#include "bench.hpp"
#include "lanewise/io/npy.hpp"
#include "lanewise/nn/functional.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/random.hpp"
#include "lanewise/threads.hpp"

namespace lanewise::bench {
namespace {

constexpr Index kRows = 1024, kClasses = 10;
constexpr int kWrittenEpochs = 2;

// Multiplications of a layer's forward pass, by sample. Each gradient takes as many.
constexpr double dense(Index inputs, Index units) {
  return static_cast<double>(inputs * units);
}
constexpr double convolution(Index side, Index channels, Index filters) {  // 3x3, no padding
  return static_cast<double>((side - 2) * (side - 2) * 9 * channels * filters);
}

// Forward, gradient of the weights and, except at the first layer, of the inputs.
constexpr double flops_a_sample(double first, double others) {
  return 2 * (2 * first + 3 * others);
}

struct Mlp {
  static constexpr const char* kName = "mlp128_b64";
  static constexpr Index kBatch = 64, kHidden = 128;
  static constexpr double kFlopsASample =
      flops_a_sample(dense(784, kHidden), dense(kHidden, kHidden) + dense(kHidden, kClasses));

  static Shape sample() { return {784}; }

  template <class T>
  static BasicSequential<T> model() {
    BasicSequential<T> model{Dense{kHidden, {.activation = relu}},
                             Dense{kHidden, {.activation = relu}},
                             Dense{kClasses, {.activation = softmax}}};
    model.compile({.optimizer = RMSprop{}, .loss = CategoricalCrossentropy{}});
    return model;
  }
};

// Listing 4.4 of the course. Pooling halves 26 and 11 pixels, rounding down.
struct Cnn {
  static constexpr const char* kName = "cnn_b32";
  static constexpr Index kBatch = 32;
  static constexpr double kFlopsASample =
      flops_a_sample(convolution(28, 1, 32), convolution(13, 32, 64) + convolution(5, 64, 64) +
                                                 dense(3 * 3 * 64, 64) + dense(64, kClasses));
  static_assert(kFlopsASample == 16'376'064);

  static Shape sample() { return {28, 28, 1}; }

  template <class T>
  static BasicSequential<T> model() {
    BasicSequential<T> model{
        Conv2D{32, {3, 3}, {.activation = relu}}, MaxPooling2D{},
        Conv2D{64, {3, 3}, {.activation = relu}}, MaxPooling2D{},
        Conv2D{64, {3, 3}, {.activation = relu}}, Flatten{},
        Dense{64, {.activation = relu}},          Dense{kClasses, {.activation = softmax}}};
    model.compile({.optimizer = Adam{}, .loss = CategoricalCrossentropy{}});
    return model;
  }
};

// Two residual blocks, and the same convolutions in a row: what the sums cost.
template <bool kResidual>
struct Blocks {
  static constexpr const char* kName = kResidual ? "residual_b32" : "plain_b32";
  static constexpr Index kBatch = 32, kSide = 32, kChannels = 16;
  static constexpr double kConvolution = kSide * kSide * 9.0 * kChannels * kChannels;  // padded
  static constexpr double kFlopsASample =
      flops_a_sample(kSide * kSide * 9.0 * 3 * kChannels, 4 * kConvolution + dense(kChannels, 10));

  static Shape sample() { return {kSide, kSide, 3}; }

  template <class T>
  static BasicModel<T> model() {
    const auto convolution = [](const Value& x, ActivationFunction activation) {
      return x | Conv2D{kChannels, 3, {.padding = Padding::same, .activation = activation}};
    };
    const Value x = input(sample());
    Value h = convolution(x, relu);
    for (int block = 0; block < 2; ++block) {
      const Value inside = convolution(convolution(h, relu), linear);
      h = (kResidual ? add(h, inside) : inside) | Activation{relu};
    }
    BasicModel<T> model{x, h | GlobalAveragePooling2D{} | Dense{kClasses, {.activation = softmax}}};
    model.compile({.optimizer = Adam{}, .loss = CategoricalCrossentropy{}});
    return model;
  }
};

template <class T>
struct Rows {
  Tensor<T> x, y{Shape{kRows, kClasses}};

  explicit Rows(const Shape& sample) : x(sample.with_outer(kRows)) {
    fill_uniform<T>(x, 0, 1, {.seed = 1});
    for (Index i = 0; i < kRows; ++i) y(i, i % kClasses) = 1;
  }
};

// A process that keeps a core busy while this lives, and ends with its parent in any case.
class BusyProcess {
 public:
  BusyProcess() : process_(fork()) {
    if (process_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (volatile unsigned turns = 0;;) turns = turns + 1;
  }
  ~BusyProcess() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  BusyProcess(const BusyProcess&) = delete;
  BusyProcess& operator=(const BusyProcess&) = delete;

  bool is_running() const { return process_ > 0; }

 private:
  pid_t process_;
};

// Epoch after epoch over the same rows, not shuffled.
template <class T, class Network>
FitOptions<T> epochs(int count) {
  return {.epochs = count, .batch_size = Network::kBatch, .shuffle = false};
}

template <class T, class Network>
void measure(benchmark::State& state, int threads) {
  const ScopedThreads scope(
      threads);  // first: a worker that was woken by more would spin beside this
  const Rows<T> rows(Network::sample());
  auto model = Network::template model<T>();
  const auto epoch = epochs<T, Network>(1);
  model.fit(rows.x, rows.y, epoch);
  for (auto _ : state) {
    const History history = model.fit(rows.x, rows.y, epoch);
    if (!std::isfinite(history["loss"].back())) state.SkipWithError("the loss is not finite");
  }
  state.SetItemsProcessed(state.iterations() * kRows);
  count(state, "flops", static_cast<double>(kRows) * Network::kFlopsASample);
}

template <class T, class Network>
void measure_construct(benchmark::State& state, int threads) {
  const ScopedThreads scope(threads);
  const Rows<T> rows(Network::sample());
  const auto x = rows.x.rows(0, Network::kBatch), y = rows.y.rows(0, Network::kBatch);
  for (auto _ : state) {
    auto model = Network::template model<T>();
    benchmark::DoNotOptimize(model.train_on_batch(x, y));
  }
}

template <class T, class Network>
void measure_predict(benchmark::State& state, int threads) {
  const ScopedThreads scope(threads);
  const Rows<T> rows(Network::sample());
  const auto model = Network::template model<T>();
  for (auto _ : state) benchmark::DoNotOptimize(model.predict(rows.x.rows(0, 1)).data());
  state.SetItemsProcessed(state.iterations());
}

template <class T, class Network>
void measure_beside_busy(benchmark::State& state, int threads) {
  const BusyProcess busy;
  if (!busy.is_running()) return state.SkipWithError("cannot fork");
  measure<T, Network>(state, threads);
}

template <class Network>
void register_network(const std::string& dtype, int threads) {
  const bool f64 = dtype == "f64";
  const auto add = [&](const std::string& op, auto run) {
    const std::string name =
        op + "/lanewise/" + dtype + "/t" + std::to_string(threads) + "/" + Network::kName;
    benchmark::RegisterBenchmark(name.c_str(), run, threads)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("train", f64 ? measure<double, Network> : measure<float, Network>);
  add("construct", f64 ? measure_construct<double, Network> : measure_construct<float, Network>);
  add("predict", f64 ? measure_predict<double, Network> : measure_predict<float, Network>);
  add("train_beside_busy",
      f64 ? measure_beside_busy<double, Network> : measure_beside_busy<float, Network>);
}

// Where a benchmark of training begins, and the mean loss of its first epochs.
template <class Network>
void write(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const Rows<float> rows(Network::sample());
  save_npy(folder / "x.npy", rows.x);
  save_npy(folder / "y.npy", rows.y);
  auto model = Network::template model<float>();
  model.build(Network::sample());
  int number = 0;
  for (const Parameter<float>& parameter : model.parameters())
    save_npy<float>(folder / ("weight_" + std::to_string(number++) + ".npy"), parameter.value);
  const std::vector<double> losses =
      model.fit(rows.x, rows.y, epochs<float, Network>(kWrittenEpochs))["loss"];
  Tensor<double> written{Shape{kWrittenEpochs}};
  for (Index i = 0; i < kWrittenEpochs; ++i) written[i] = losses[static_cast<std::size_t>(i)];
  save_npy(folder / "losses.npy", written);
}

}  // namespace

void write_training(const std::string& folder) {
  write<Mlp>(std::filesystem::path(folder) / Mlp::kName);
  write<Cnn>(std::filesystem::path(folder) / Cnn::kName);
}

void register_train(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    for (int threads : options.threads) {
      register_network<Mlp>(dtype, threads);
      register_network<Cnn>(dtype, threads);
      register_network<Blocks<true>>(dtype, threads);
      register_network<Blocks<false>>(dtype, threads);
    }
}

}  // namespace lanewise::bench
