// One training of chapter 04 or 13, as it should be or with a mistake built in, beside the bounds
// of the chapter's verdict. tools/reference/mutations.py runs it for many seeds and counts in how
// many the verdict finds the mistake. No part of the library is changed for it: the mistakes are
// made from outside, by data, options, a callback and a layer.
//
//   mutations CHAPTER MUTATION SEED [DATA_DIRECTORY] [--quick]
//
// prints one line of JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "04_mnist_mlp/network.hpp"
#include "13_mnist_cnn/network.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Split;

namespace {

constexpr Index kHeldOut = 10'000;

struct Task {
  std::string chapter, mutation, directory;
  std::uint64_t seed = 0;
  bool quick = false;

  bool with(std::string_view name) const { return mutation == name; }
};

using Figures = std::vector<std::pair<std::string, double>>;

// Hands on what it is given, but of the gradient 1.05 times: the layers below, here one, see theirs
// 5 % off.
template <class T>
class SkewedInstance final : public lw::SingleInputLayer<T> {
 public:
  lw::Shape build(const lw::Shape& input) override { return input; }
  void forward(lw::TensorView<const T> x, lw::TensorView<T> y, lw::Scratch<T>,
               const lw::Pass&) const override {
    std::copy(x.begin(), x.end(), y.begin());
  }
  void backward(lw::TensorView<const T>, lw::TensorView<const T>, lw::Scratch<T>,
                lw::TensorView<T> dy, lw::TensorView<T> dx, const lw::Pass&) const override {
    std::transform(dy.begin(), dy.end(), dx.begin(), [](T g) { return T(1.05) * g; });
  }
};

struct Skewed {
  LANEWISE_LAYER(Skewed);
};

template <class T>
std::unique_ptr<lw::LayerInstance<T>> Skewed::make() const {
  return std::make_unique<SkewedInstance<T>>();
}

// Sets Adam's rate before each step to what makes up for its bias correction: the factor
// sqrt(1 - 0.999^t) / (1 - 0.9^t) is divided out.
class Uncorrected : public lw::Callback {
 public:
  explicit Uncorrected(lw::Sequential& model) : model_(model), rate_(model.learning_rate()) {}
  void on_train_begin(const lw::FitPlan&) override { prepare(1); }
  void on_batch_end(Index, const lw::Logs&) override { prepare(step_ + 1); }

 private:
  void prepare(Index step) {
    step_ = step;
    const auto t = static_cast<double>(step);
    model_.set_learning_rate(rate_ * (1 - std::pow(0.9, t)) / std::sqrt(1 - std::pow(0.999, t)));
  }

  lw::Sequential& model_;
  double rate_;
  Index step_ = 0;
};

// The labels to train on. Wrong ones: every hundredth is the next class.
lw::Tensor<std::int32_t> training_labels(const Task& task, lw::TensorView<const std::int32_t> of) {
  lw::Tensor<std::int32_t> labels(of);
  if (task.with("labels_shifted"))
    for (Index i = 0; i < labels.size(); i += 100) labels[i] = (labels[i] + 1) % 10;
  return labels;
}

// A chapter's layers, as the mutation has them.
std::vector<lw::Layer> mutated(const Task& task, std::vector<lw::Layer> layers) {
  if (task.with("gradient_skewed")) layers.insert(layers.begin() + 1, Skewed{});
  return layers;
}

// A chapter's model, at the rate that the mutation has.
lw::Sequential mutated(const Task& task, lw::Sequential model) {
  const double factor = task.with("rate_doubled") ? 2 : task.with("rate_halved") ? 0.5 : 1;
  model.set_learning_rate(factor * model.learning_rate());
  return model;
}

double mean(const std::vector<double>& values, std::size_t last) {
  return std::accumulate(values.end() - static_cast<std::ptrdiff_t>(last), values.end(), 0.0) /
         static_cast<double>(last);
}

Figures train_04(const Task& task, const lw::data::Mnist& set) {
  const Split all = tutorial::training_set(set, {28 * 28}),
              test = tutorial::test_set(set, {28 * 28});
  const Split train = all.rows(kHeldOut, all.size()), valid = all.rows(0, kHeldOut);
  const auto one_hot = [](lw::TensorView<const std::int32_t> labels) {
    return lw::data::one_hot<float>(labels, 10);
  };
  const auto labels = training_labels(task, train.labels);
  const auto y = one_hot(labels), y_valid = one_hot(valid.labels);
  lw::Sequential model = mutated(task, mlp::make_model(task.seed, mutated(task, mlp::layers())));
  const lw::History history = model.fit(train.x(), y,
                                        {.epochs = task.quick ? 2 : 21,
                                         .batch_size = 64,
                                         .validation_data = {valid.x(), y_valid},
                                         .shuffle = !task.with("not_shuffled")});
  Figures figures{{"loss, epoch 1", history["loss"][0]}, {"loss, epoch 2", history["loss"][1]}};
  if (!task.quick)
    figures.emplace_back("loss, mean of the last ten epochs", mean(history["loss"], 10));
  const std::size_t epochs = history.epochs();
  figures.emplace_back("validation loss, mean of all epochs", mean(history["val_loss"], epochs));
  figures.emplace_back("validation accuracy, mean of all epochs",
                       mean(history["val_accuracy"], epochs));
  const lw::Logs logs = model.evaluate(test.x(), one_hot(test.labels));
  figures.emplace_back("test loss", logs["loss"]);
  figures.emplace_back("test accuracy", logs["accuracy"]);
  return figures;
}

Figures train_13(const Task& task, const lw::data::Mnist& set) {
  const Split all = tutorial::training_set(set, {28, 28, 1});
  const Split train = all.rows(0, task.quick ? 6'000 : all.size());
  const Split test = tutorial::test_set(set, {28, 28, 1});
  const auto y = training_labels(task, train.labels);
  lw::Sequential model = mutated(task, cnn::make_model(task.seed, mutated(task, cnn::listing())));
  Uncorrected uncorrected(model);
  std::vector<lw::Callback*> callbacks;
  if (task.with("no_bias_correction")) callbacks.push_back(&uncorrected);
  const lw::History history = model.fit(train.x(), y,
                                        {.epochs = 1,
                                         .batch_size = 32,
                                         .shuffle = !task.with("not_shuffled"),
                                         .callbacks = callbacks});
  const lw::Logs logs = model.evaluate(test.x(), test.labels);
  return {{"loss, epoch 1", history["loss"][0]},
          {"accuracy, epoch 1", history["accuracy"][0]},
          {"test loss", logs["loss"]},
          {"test accuracy", logs["accuracy"]}};
}

void print(const Task& task, const std::string& data, const Figures& figures) {
  const auto file = fmt::format("{}/{}/reference/{}{}.json", LANEWISE_TUTORIAL_DIR,
                                task.chapter == "04" ? "04_mnist_mlp" : "13_mnist_cnn", data,
                                task.quick ? "_quick" : "");
  const auto summary = lw::report::load_keras_runs(file);
  std::string values, bounds;
  for (const auto& [quantity, value] : figures) {
    const auto reference = lw::report::compare(quantity, value, {}, summary);
    values += fmt::format("{}\"{}\": {:.6g}", values.empty() ? "" : ", ", quantity, value);
    if (reference.low && reference.high)
      bounds += fmt::format("{}\"{}\": [{:.17g}, {:.17g}]", bounds.empty() ? "" : ", ", quantity,
                            *reference.low, *reference.high);
  }
  fmt::print("{{\"data\": \"{}\", \"isa\": \"{}\", \"keras_runs\": {}, ", data,
             lw::to_string(lw::active_isa()), summary.seeds);
  fmt::print("\"figures\": {{{}}}, \"bounds\": {{{}}}}}\n", values, bounds);
}

constexpr std::string_view kMutations[] = {
    "none",           "rate_doubled",      "rate_halved", "not_shuffled", "gradient_skewed",
    "labels_shifted", "no_bias_correction"};

// The task, if the command line asks for one that there is.
std::optional<Task> task_of(std::vector<std::string> words) {
  Task task;
  const auto quick = std::find(words.begin(), words.end(), "--quick");
  task.quick = quick != words.end();
  if (task.quick) words.erase(quick);
  if (words.size() < 3 || words.size() > 4) return {};
  task.chapter = words[0];
  task.mutation = words[1];
  const bool known = std::find(std::begin(kMutations), std::end(kMutations), task.mutation) !=
                     std::end(kMutations);
  // RMSprop has no bias correction to leave out.
  if (!known || (task.chapter != "13" && (task.chapter != "04" || task.with("no_bias_correction"))))
    return {};
  const bool digits =
      std::all_of(words[2].begin(), words[2].end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || words[2].empty() || words[2].size() > 9) return {};
  task.seed = std::stoull(words[2]);
  if (words.size() == 4) task.directory = words[3];
  return task;
}

}  // namespace

int main(int argc, char** argv) {
  const auto task = task_of({argv + 1, argv + argc});
  if (!task) {
    fmt::print(stderr, "usage: mutations 04|13 {} SEED [DATA_DIRECTORY] [--quick]\n",
               fmt::join(kMutations, "|"));
    return 2;
  }
  try {
    const auto set = lw::data::load_mnist(lw::data::find("mnist", task->directory).directory);
    print(*task, set.name, task->chapter == "04" ? train_04(*task, set) : train_13(*task, set));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "mutations: {}\n", error.what());
    return 2;
  }
}
