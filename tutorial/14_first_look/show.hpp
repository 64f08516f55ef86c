#pragma once
// Chapter 14: what its sections print, plot, record and have checked of the numbers that main.cpp
// computes.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"
#include "support/mnist.hpp"
#include "support/timing.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using Labels = lw::TensorView<const std::int32_t>;

// The shares that a trained network reads: of the images it was trained on, and of the test images.
struct Accuracies {
  Index images = 0;  // that it was trained on
  int epochs = 0;
  double train = 0, test = 0;
};

// What a layer leaves of some images: a row for each.
struct Left {
  std::string of;  // "pixels"
  lw::Tensor<float> rows;
};

// Mean distances between the rows of two images: both of one class, or of two.
struct Distances {
  double same = 0, other = 0;
};

inline void data(Chapter& chapter, const lw::data::Mnist& mnist) {
  if (!chapter.has_course_data())
    chapter.print("These are not MNIST's digits but the images of {}.\n", mnist.name);
  // Three labels one after another, as a number: 5, 0 and 4 are 504.
  const auto three = [](Labels labels, Index first) {
    return 100 * labels[first] + 10 * labels[first + 1] + labels[first + 2];
  };
  const struct {
    const char* name;
    Labels labels;
    Index count;
    std::int32_t first, last;
  } parts[] = {{"training", mnist.train_labels, 60'000, 504, 568},
               {"test", mnist.test_labels, 10'000, 721, 456}};
  for (const auto& [name, labels, count, first, last] : parts) {
    const Index n = labels.size();
    chapter.print("{:<8} {} images of 28 x 28, labels {} {} {} ... {} {} {}\n", name, n, labels[0],
                  labels[1], labels[2], labels[n - 3], labels[n - 2], labels[n - 1]);
    chapter.exact(fmt::format("{} images", name), static_cast<double>(n),
                  static_cast<double>(count));
    if (!chapter.has_course_data()) continue;
    chapter.exact(fmt::format("first three {} labels in a row", name), three(labels, 0), first);
    chapter.exact(fmt::format("last three {} labels in a row", name), three(labels, n - 3), last);
  }
}

inline void samples(Chapter& chapter, const lw::data::Mnist& mnist) {
  const Index last = mnist.train_labels.size() - 3;
  lw::Tensor<std::uint8_t> six({6, 28, 28});
  lw::report::ImageGrid grid{.title = "The first three training images, and the last three",
                             .images = six,
                             .captions = {},
                             .columns = 6};
  for (Index i = 0; i < 6; ++i) {
    const Index from = i < 3 ? i : last + i - 3;
    const auto image = mnist.train_images.row(from);
    std::copy(image.begin(), image.end(), six.row(i).begin());
    grid.captions.push_back(mnist.label_names[static_cast<std::size_t>(mnist.train_labels[from])]);
  }
  chapter.plot("samples", grid);
}

inline void network(Chapter& chapter, const lw::Sequential& model) {
  chapter.print("{}", model.summary());
  chapter.exact("parameters", static_cast<double>(model.parameter_count()), 407'050);
  chapter.plot("layers", model);
}

inline void training(Chapter& chapter, const lw::History& history, Index images) {
  const Index batch = chapter.options().batch_size, iterations = (images + batch - 1) / batch;
  if (batch == 128) chapter.exact("iterations an epoch", static_cast<double>(iterations), 469);
  chapter.compare("loss, last epoch", history["loss"].back());
  chapter.compare("accuracy, last epoch", history["accuracy"].back());
}

// How many of so many are not right.
inline Index wrong_ones(double accuracy, Index of) {
  return std::lround((1 - accuracy) * static_cast<double>(of));
}

inline void test(Chapter& chapter, const Accuracies& read, double loss, Index test_images) {
  chapter.print(
      "                  accuracy   wrong\n"
      "training images   {:.4f}     {} of {}\n"
      "test images       {:.4f}     {} of {}\n\n"
      "test loss {:.4f}\n",
      read.train, wrong_ones(read.train, read.images), read.images, read.test,
      wrong_ones(read.test, test_images), test_images, loss);
  chapter.number("gap", read.train - read.test);
  chapter.compare("training accuracy", read.train);
  chapter.compare("test loss", loss);
  chapter.compare("test accuracy", read.test,
                  chapter.options().epochs == 5 ? 0.9789 : std::optional<double>{});
  if (chapter.has_course_data() && chapter.options().epochs == 5)
    chapter.check("the training accuracy is above the course's 98 %", read.train > 0.98);
}

// The distances between all images as a picture: black is 0, white the largest.
inline void draw_distances(const lw::Tensor<float>& rows, const std::vector<Index>& chosen,
                           double (*distance)(lw::TensorView<const float>,
                                              lw::TensorView<const float>),
                           lw::TensorView<std::uint8_t> grey) {
  const Index n = std::ssize(chosen);
  lw::Tensor<double> found({n, n});
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < n; ++k)
      found(i, k) = distance(rows.row(chosen[static_cast<std::size_t>(i)]),
                             rows.row(chosen[static_cast<std::size_t>(k)]));
  const double largest = std::max(*std::max_element(found.begin(), found.end()), 1e-30);
  for (Index i = 0; i < found.size(); ++i)
    grey[i] = static_cast<std::uint8_t>(std::lround(255 * found[i] / largest));
}

// The first ten of each class, class by class.
inline std::vector<Index> ten_of_each(Labels labels) {
  std::vector<Index> chosen;
  for (std::int32_t label = 0; label < 10; ++label) {
    Index found = 0;
    for (Index i = 0; i < labels.size() && found < 10; ++i)
      if (labels[i] == label) {
        chosen.push_back(i);
        ++found;
      }
  }
  return chosen;
}

inline void distilled(Chapter& chapter, const std::vector<Left>& left, Labels labels,
                      Distances (*mean_distances)(const lw::Tensor<float>&, Labels),
                      double (*distance)(lw::TensorView<const float>,
                                         lw::TensorView<const float>)) {
  chapter.print("{:<3} test images   numbers    same   other  ratio\n", labels.size());
  const std::vector<Index> chosen = ten_of_each(labels);
  const Index n = std::ssize(chosen);
  lw::Tensor<std::uint8_t> pictures({std::ssize(left), n, n});
  lw::report::ImageGrid grid{.title = "Distances between 100 test images, sorted by class",
                             .images = pictures,
                             .captions = {},
                             .columns = 3};
  std::vector<double> ratios;
  for (Index i = 0; i < std::ssize(left); ++i) {
    const auto& [of, rows] = left[static_cast<std::size_t>(i)];
    const auto [same, other] = mean_distances(rows, labels);
    ratios.push_back(same / other);
    grid.captions.push_back(of);
    draw_distances(rows, chosen, distance, pictures.row(i));
    if (of == "pixels" && i > 0) continue;  // they stand in the table once
    chapter.print("{:<17} {:>7} {:>7.3f} {:>7.3f} {:>6.2f}\n", of, rows.shape()[1], same, other,
                  ratios.back());
    chapter.number("ratio, " + of, ratios.back());
  }
  grid.alt =
      "Six squares of 100 rows and 100 columns, black where two images are alike. After the "
      "training, the answers have ten black squares along the diagonal, one for each class. In the "
      "hidden layer some of them can be made out.";
  chapter.plot("distances", grid);
  // pixels, hidden and answers: untrained, then trained
  chapter.check("what is trained brings images of one class together, layer by layer",
                ratios[3] > ratios[4] && ratios[4] > ratios[5]);
  chapter.check("what is not trained does not",
                ratios[1] > ratios[4] && ratios[2] > ratios[5] && ratios[2] > 0.7 * ratios[0]);
}

// Keras's runs of a training as long as this one, if there are some.
inline lw::report::KerasRuns keras_runs(const Chapter& chapter, const std::string& data) {
  const auto& options = chapter.options();
  const auto file = chapter.reference_folder() / (data + (options.quick ? "_quick.json" : ".json"));
  if (!std::filesystem::exists(file)) return {};
  auto runs = lw::report::load_keras_runs(file);
  const lw::report::TrainingSize size{options.epochs, options.batch_size, options.samples};
  return runs.size == size ? runs : lw::report::KerasRuns{};
}

inline std::string named(const std::string& which, Index images) {
  return fmt::format("{} accuracy, {} images", which, images);
}

// Records what came of few images.
inline void compare(Chapter& chapter, const Accuracies& read) {
  chapter.compare(named("training", read.images), read.train);
  chapter.compare(named("test", read.images), read.test);
}

inline void plot_gap(Chapter& chapter, const std::vector<Accuracies>& sizes,
                     const lw::report::KerasRuns& keras) {
  lw::report::Series train{.name = "training images", .x = {}, .y = {}},
      test{.name = "test images", .x = {}, .y = {}}, gap{.name = "lanewise", .x = {}, .y = {}},
      theirs{.name = "Keras, mean", .x = {}, .y = {}, .mark = lw::report::Mark::points};
  train.mark = test.mark = lw::report::Mark::line_and_points;
  for (const Accuracies& read : sizes) {
    const auto x = static_cast<double>(read.images);
    for (auto* series : {&train, &test, &gap}) series->x.push_back(x);
    train.y.push_back(read.train);
    test.y.push_back(read.test);
    gap.y.push_back(read.train - read.test);
    const auto mean = [&](const std::string& which) {
      const bool all = read.images == sizes.back().images;
      const auto at = keras.quantities.find(all ? which + " accuracy" : named(which, read.images));
      return at == keras.quantities.end() ? std::nan("") : at->second.mean;
    };
    if (const double mean_gap = mean("training") - mean("test"); mean_gap > 0) {
      theirs.x.push_back(x);
      theirs.y.push_back(mean_gap);
    }
  }
  chapter.plot("sizes", lw::report::Chart{.title = "Accuracy over the number of training images",
                                          .x_label = "training images",
                                          .y_label = "accuracy",
                                          .series = {train, test},
                                          .log_x = true});
  lw::report::Chart chart{.title = "The gap over the number of training images",
                          .x_label = "training images",
                          .y_label = "training less test accuracy",
                          .series = {gap},
                          .log_x = true,
                          .log_y = true};
  if (!theirs.x.empty()) chart.series.push_back(theirs);
  chapter.plot("gap", chart);
}

inline void sizes(Chapter& chapter, const std::vector<Accuracies>& sizes, const std::string& data) {
  chapter.print(" images  epochs   training      test       gap\n");
  bool narrower = true;
  double before = 1;
  for (const auto& [images, epochs, train, test] : sizes) {
    chapter.print("{:>7} {:>7} {:>10.4f} {:>9.4f} {:>9.4f}\n", images, epochs, train, test,
                  train - test);
    narrower = narrower && train - test < before;
    before = train - test;
  }
  const auto gap = [&](Index images) {
    const auto one = std::find_if(sizes.begin(), sizes.end(),
                                  [&](const Accuracies& read) { return read.images == images; });
    return one->train - one->test;
  };
  chapter.number("factor of ten times as many", gap(100) / gap(1000));
  plot_gap(chapter, sizes, keras_runs(chapter, data));
  chapter.check("the more images, the smaller the gap", narrower);
}

inline void by_lot(Chapter& chapter, const Accuracies& read) {
  chapter.compare("training accuracy, labels by lot", read.train);
  chapter.compare("test accuracy, labels by lot", read.test);
}

inline void print_by_lot(Chapter& chapter, const std::vector<Accuracies>& sizes,
                         const Accuracies& by_lot) {
  const Accuracies with_labels = *std::find_if(
      sizes.begin(), sizes.end(), [&](const auto& one) { return one.images == by_lot.images; });
  chapter.print(
      "{} images          training      test\n"
      "with their labels   {:>10.4f} {:>9.4f}\n"
      "with labels by lot  {:>10.4f} {:>9.4f}\n",
      by_lot.images, with_labels.train, with_labels.test, by_lot.train, by_lot.test);
  // A tenth, within five standard deviations of 10,000 draws; more, since the answers are not even.
  chapter.check("labels by lot teach nothing about other images", by_lot.test < 0.2);
}

// How much of the time of training the products of matrices alone would take.
inline void limit(Chapter& chapter, Index images) {
  constexpr Index kBatch = 128, kInputs = 784, kUnits = 512, kOutputs = 10;
  lw::Tensor<float> x({kBatch, kInputs}), w({kInputs, kUnits}), y({kBatch, kUnits});
  lw::fill_uniform<float>(x, -1, 1, {.seed = chapter.options().seed, .stream = 1});
  lw::fill_uniform<float>(w, -1, 1, {.seed = chapter.options().seed, .stream = 2});
  const double rate = tutorial::gigaflops(
      2 * kBatch * kInputs * kUnits, 51, [&] { lw::ops::gemm<float>(x, w, y); },
      tutorial::Clock::wall);
  // Forward, and the derivatives of the weights; those of what comes in only for the second layer.
  const double an_image = 2.0 * (2 * (kInputs * kUnits + kUnits * kOutputs) + kUnits * kOutputs);
  const double work = an_image * static_cast<double>(images) * chapter.options().epochs / 1e9;
  const double seconds = chapter.training_seconds();
  chapter.print(
      "the training took                   {:7.2f} s\n"
      "its products of matrices: {:.0f} GFLOP\n"
      "the largest of them runs at         {:7.1f} GFLOP/s\n"
      "at that rate all of them would take {:7.2f} s\n",
      seconds, work, rate, work / rate);
  chapter.number("share of the arithmetic limit", work / rate / seconds);
}

}  // namespace show
