#pragma once
// Chapter 04: what its sections print, plot and have checked of the numbers that main.cpp computes.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "04_mnist_mlp/loops.hpp"
#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/mnist.hpp"
#include "support/show.hpp"
#include "support/timing.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

inline void data(Chapter& chapter, const lw::data::Mnist& mnist, const Split& train,
                 const Split& valid, const Split& test) {
  if (!chapter.has_course_data())
    chapter.print("These are not MNIST's digits but the images of {}.\n", mnist.name);
  for (const auto& [name, split, expected] :
       {std::tuple{"training", train, 50'000}, std::tuple{"validation", valid, 10'000},
        std::tuple{"test", test, 10'000}}) {
    chapter.print("{:<11} {} images of 28 x 28\n", name, split.size());
    chapter.exact(fmt::format("{} images", name), static_cast<double>(split.size()), expected);
  }
  const double megabytes = static_cast<double>(train.images.size()) / 1e6;
  chapter.print("the training images take {:.1f} MB, as floats {:.1f} MB\n", megabytes,
                megabytes * sizeof(float));

  lw::report::ImageGrid grid{.title = "The first three training images",
                             .images = train.images.rows(0, 3).reshape({3, 28, 28})};
  for (Index i = 0; i < 3; ++i)
    grid.captions.push_back(mnist.label_names[static_cast<std::size_t>(train.labels[i])]);
  chapter.plot("samples", grid);
}

inline void labels(Chapter& chapter, const lw::Tensor<std::int32_t>& labels,
                   const lw::Tensor<float>& rows) {
  const char* const names[] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                               "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  chapter.print("Fashion-MNIST's label map:\n");
  for (int label = 0; label < 10; ++label) chapter.print("  {}  {}\n", label, names[label]);
  chapter.print("\nIts first nine labels, as integers and one-hot:\nlabel  {:<11}  one-hot\n",
                "class");
  for (Index i = 0; i < 9; ++i)
    chapter.print("{:>5}  {:<11}  {}\n", labels[i], names[labels[i]],
                  lw::to_string(rows.row(i), 10));
  float ones = 0;
  for (Index i = 0; i < 9; ++i) ones += rows(i, labels[i]);
  chapter.check("each one-hot row has its 1 at the label, and sums to 1",
                ones == 9 && std::accumulate(rows.begin(), rows.end(), 0.0f) == 9);
}

inline void network(Chapter& chapter, lw::Sequential model, const lw::Sequential& flattening) {
  chapter.print("{}\nThe same, flattening by a layer:\n\n{}", model.summary(),
                flattening.summary());
  const auto parameters = model.parameters();
  const std::pair<const char*, double> layers[] = {
      {"first", 100'480}, {"second", 16'512}, {"third", 1'290}};
  for (std::size_t l = 0; l < 3; ++l) {
    const Index count = parameters[2 * l].value.size() + parameters[2 * l + 1].value.size();
    chapter.exact(fmt::format("parameters of the {} layer", layers[l].first),
                  static_cast<double>(count), layers[l].second);
  }
  chapter.exact("parameters", static_cast<double>(model.parameter_count()), 118'282);
  chapter.plot("layers", model);
  tutorial::plot_function(chapter, "relu", "relu(z)", "z",
                          [](double z) { return std::max(z, 0.0); });
  tutorial::plot_function(
      chapter, "softmax", "softmax(z)", "z, the other nine being 0",
      [](double z) { return std::exp(z) / (std::exp(z) + 9); }, 8);
}

inline void losses(Chapter& chapter, double by_rows, double by_labels) {
  chapter.print(
      "untrained, validation images\n"
      "  categorical cross-entropy, one-hot rows         {:.6f}\n"
      "  sparse categorical cross-entropy, integers      {:.6f}\n"
      "  guessing one of ten: ln 10                      {:.6f}\n",
      by_rows, by_labels, std::log(10.0));
  chapter.plot("cross_entropy",
               lw::report::Chart{.title = "-ln p",
                                 .x_label = "p, the probability of the right class",
                                 .y_label = "loss",
                                 .series = {lw::report::graph(
                                     "", [](double p) { return 0 - std::log(p); }, 0.002, 1)}});
  chapter.check("one-hot rows and integer labels give the same loss",
                std::abs(by_rows - by_labels) <= 1e-6 * by_rows);
}

inline void loops_and_library(Chapter& chapter, double by_loops, double by_library, double worst) {
  chapter.print(
      "loss, plain loops  {:.15f}\n"
      "loss, lanewise     {:.15f}\n"
      "the largest difference of a derivative is {:.1e}\n"
      "of the largest in its tensor\n",
      by_loops, by_library, worst);
  // Sums of up to 784 products, in another order: 784 roundings of 1.1e-16, a few layers deep.
  chapter.check("the library's loss is the loops'",
                std::abs(by_library - by_loops) <= 1e-12 * by_loops);
  chapter.check("the library's derivatives are the loops'", worst <= 1e-12);
}

// A step of the ladder: how it is called, and what it does.
struct Rung {
  const char* name;
  std::function<void(const ladder::Matrix&, const ladder::Matrix&, ladder::Matrix&)> multiply;
  tutorial::Clock clock = tutorial::Clock::processor;
};

inline std::vector<Rung> rungs() {
  const auto kernel = [](const auto& x, const auto& w, auto& y) { lw::ops::gemm<float>(x, w, y); };
  const auto on_one_thread = [kernel](const auto& x, const auto& w, auto& y) {
    const lw::ScopedThreads one_thread(1);
    kernel(x, w, y);
  };
  return {{"plain loops", ladder::plain},
          {"what does not change, said once", ladder::at_hand},
          {"along the rows", ladder::along_rows},
          {"a piece of y in registers", ladder::in_registers},
          {"the library's kernel", on_one_thread},
          {"the library, on all cores", kernel, tutorial::Clock::wall}};
}

inline void ladder(Chapter& chapter) {
  chapter.section("ladder", "From the loops to the library, step by step");
  constexpr Index kRows = 64, kDepth = 784, kColumns = 128;
  ladder::Matrix x({kRows, kDepth}), w({kDepth, kColumns}), first({kRows, kColumns});
  lw::fill_uniform<float>(x, -1, 1, {.seed = chapter.options().seed, .stream = 1});
  lw::fill_uniform<float>(w, -1, 1, {.seed = chapter.options().seed, .stream = 2});
  chapter.print("{} x {} times {} x {}, float    GFLOP/s  times the first\n", kRows, kDepth, kDepth,
                kColumns);
  double slowest = 0, worst = 0;
  for (const auto& [name, multiply, clock] : rungs()) {
    ladder::Matrix y({kRows, kColumns});
    const auto call = [&, &times = multiply] { times(x, w, y); };
    const double rate =
        tutorial::gigaflops(2 * kRows * kDepth * kColumns, slowest == 0 ? 3 : 51, call, clock);
    if (slowest == 0) {
      slowest = rate;
      first = y;
    }
    const double off = tutorial::largest_difference(first, y);
    worst = off <= worst ? worst : off;  // NaN stays
    chapter.print("  {:<31} {:8.1f} {:16.0f}\n", name, rate, rate / slowest);
  }
  // Either sum of 784 products below 1 is off by at most 784 roundings of 784.
  chapter.check("every step of the ladder gives the same numbers",
                worst <= 2.0 * kDepth * kDepth * 0x1p-24);
}

// What the course printed for its run of the four epochs that it shows.
inline void compare_epochs(Chapter& chapter, const lw::History& history) {
  const struct {
    int epoch;
    double loss, accuracy, val_loss, val_accuracy;
  } course[] = {{1, 0.2833, 0.9173, 0.1755, 0.9450},
                {2, 0.1203, 0.9634, 0.1276, 0.9622},
                {20, 0.0033, 0.9989, 0.1924, 0.9743},
                {21, 0.0034, 0.9988, 0.1595, 0.9780}};
  for (const auto& row : course) {
    const auto at = static_cast<std::size_t>(row.epoch - 1);
    if (at >= history.epochs()) continue;
    const auto compare = [&](const char* what, const char* name, double printed) {
      chapter.compare(fmt::format("{}, epoch {}", what, row.epoch), history[name][at], printed);
    };
    compare("loss", "loss", row.loss);
    compare("accuracy", "accuracy", row.accuracy);
    compare("validation loss", "val_loss", row.val_loss);
    compare("validation accuracy", "val_accuracy", row.val_accuracy);
  }
  // A single epoch scatters: what the verdict takes of the later ones are means.
  const auto compare_mean = [&](const char* what, const char* name, std::size_t last) {
    const auto& values = history[name];
    const double sum =
        std::accumulate(values.end() - static_cast<std::ptrdiff_t>(last), values.end(), 0.0);
    chapter.compare(what, sum / static_cast<double>(last));
  };
  if (history.epochs() >= 10) compare_mean("loss, mean of the last ten epochs", "loss", 10);
  compare_mean("validation loss, mean of all epochs", "val_loss", history.epochs());
  compare_mean("validation accuracy, mean of all epochs", "val_accuracy", history.epochs());
}

// The ten numbers that the course prints for test image 0.
inline constexpr double kCourseProbabilities[] = {
    9.819607e-24, 2.4064698e-18, 1.4520596e-13, 2.4951994e-13, 1.5394617e-26,
    9.713211e-23, 4.6183826e-30, 1.0,           1.8647681e-26, 1.4221963e-17};

// A cell of a confusion matrix: images of the class `truth` that were answered with `answer`.
struct Cell {
  Index truth, answer;
  std::int32_t count;
};

inline void confusion(Chapter& chapter, const lw::data::Mnist& mnist,
                      const lw::Tensor<std::int32_t>& counts) {
  const auto& names = mnist.label_names;
  chapter.check("every test image is counted once",
                std::accumulate(counts.begin(), counts.end(), 0) == mnist.test_labels.size());
  chapter.plot("confusion", lw::report::HeatMap{.title = "Confusion matrix of the test images",
                                                .x_label = "answered",
                                                .y_label = "true",
                                                .counts = counts,
                                                .row_names = {names.begin(), names.end()},
                                                .column_names = {names.begin(), names.end()}});
}

// Four images of each of these cells.
inline void mistakes(Chapter& chapter, const lw::data::Mnist& mnist, const std::vector<Cell>& cells,
                     const lw::Tensor<std::int32_t>& answers) {
  constexpr Index kEach = 4, kPixels = 28 * 28;
  std::vector<std::uint8_t> pixels;
  lw::report::ImageGrid grid{.title = "What the network gets wrong most often",
                             .images = {},
                             .captions = {},
                             .columns = kEach};
  for (const auto& [truth, answer, count] : cells) {
    const auto& true_name = mnist.label_names[static_cast<std::size_t>(truth)];
    const auto& answer_name = mnist.label_names[static_cast<std::size_t>(answer)];
    chapter.print("{} taken for {}: {} times\n", true_name, answer_name, count);
    Index shown = 0;
    for (Index i = 0; i < answers.size() && shown < kEach; ++i)
      if (mnist.test_labels[i] == truth && answers[i] == answer) {
        const auto image = mnist.test_images.row(i);
        pixels.insert(pixels.end(), image.begin(), image.end());
        grid.captions.push_back(fmt::format("{} as {}", true_name, answer_name));
        ++shown;
      }
  }
  if (pixels.empty()) return;
  grid.images = {pixels.data(), lw::Shape{static_cast<Index>(pixels.size()) / kPixels, 28, 28}};
  chapter.plot("mistakes", grid);
}

}  // namespace show
