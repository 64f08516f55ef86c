#pragma once
// Chapter 12: what sections 6 to 9 print, plot and have checked.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/chapter.hpp"
#include "support/compare.hpp"
#include "support/mnist.hpp"
#include "support/show.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

// What the course printed of its five epochs.
struct Printed {
  double loss, accuracy;
};
inline constexpr Printed kCourse[] = {
    {0.2186, 0.9360}, {0.0958, 0.9704}, {0.0685, 0.9783}, {0.0527, 0.9832}, {0.0426, 0.9861}};

inline Index iterations(const Chapter& chapter, Index images) {
  return (images + chapter.options().batch_size - 1) / chapter.options().batch_size;
}

// Steps of the whole training.
inline Index steps(const Chapter& chapter, Index images) {
  return chapter.options().epochs * iterations(chapter, images);
}

// The numbers of the table that come from the listing's training.
inline void record_training(Chapter& chapter, const lw::History& history, const lw::Logs& test) {
  for (std::size_t epoch = 0; epoch < history.epochs(); ++epoch)
    for (const char* name : {"loss", "accuracy"}) {
      const auto quantity = fmt::format("{}, epoch {}", name, epoch + 1);
      const double value = history[name][epoch];
      if (epoch < std::size(kCourse))
        chapter.compare(quantity, value,
                        *name == 'l' ? kCourse[epoch].loss : kCourse[epoch].accuracy);
      else
        chapter.compare(quantity, value);
    }
  chapter.compare("test loss", test["loss"]);
  chapter.compare("test accuracy", test["accuracy"]);
}

inline void curves(Chapter& chapter, const lw::History& history) {
  const auto plot = [&](const char* name, const char* title, const char* y_label,
                        double Printed::*printed) {
    lw::report::Series course{
        .name = "the course", .x = {}, .y = {}, .mark = lw::report::Mark::line_and_points};
    for (const Printed& one : kCourse) course.y.push_back(one.*printed);
    chapter.plot(name, lw::report::Chart{.title = title,
                                         .x_label = "epoch",
                                         .y_label = y_label,
                                         .series = {{.name = "this run",
                                                     .x = {},
                                                     .y = history[name],
                                                     .mark = lw::report::Mark::line_and_points},
                                                    course}});
  };
  plot("loss", "Training loss, with dropout", "cross-entropy", &Printed::loss);
  plot("accuracy", "Training accuracy, with dropout", "share that is right", &Printed::accuracy);
}

inline void training(Chapter& chapter, const lw::History& history, Index images) {
  if (chapter.options().batch_size == 32)
    chapter.exact("iterations an epoch", static_cast<double>(iterations(chapter, images)), 1875);
  tutorial::print_seconds(chapter, chapter.options().epochs, "14");
  curves(chapter, history);
}

// What the last epoch said of the training images, and what is so after it.
inline void examination(Chapter& chapter, const lw::History& history, const lw::Logs& train,
                        const lw::Logs& test) {
  chapter.print("{:<44}   loss  accuracy\n", "");
  const auto line = [&](const char* what, double loss, double accuracy) {
    chapter.print("{:<44} {:.4f}    {:.4f}\n", what, loss, accuracy);
    chapter.number(fmt::format("accuracy, {}", what), accuracy);
  };
  line("training images, in the last epoch", history["loss"].back(), history["accuracy"].back());
  line("training images, after it", train["loss"], train["accuracy"]);
  line("test images, after it", test["loss"], test["accuracy"]);
}

// What a training step takes, and what it would if only its products, or only Adam, took time.
struct Limits {
  double step, gigaflops, adam;  // seconds, 1e9 operations a second, seconds
};

inline void limits(Chapter& chapter, const Limits& limits, double operations, double bytes) {
  const double products = operations / (limits.gigaflops * 1e9);
  chapter.print(
      "{:<52}{:>8.3f} ms\n"
      "its products, as fast as a large product is here    {:>8.3f} ms  {:>4.0f} %\n"
      "Adam's update by itself                             {:>8.3f} ms  {:>4.0f} %\n"
      "\n"
      "a large product here    {:>8.1f} GFLOP/s\n"
      "Adam's update           {:>8.1f} GB/s\n",
      "a step of the training", 1e3 * limits.step, 1e3 * products, 100 * products / limits.step,
      1e3 * limits.adam, 100 * limits.adam / limits.step, limits.gigaflops,
      bytes / limits.adam / 1e9);
  chapter.number("share of the arithmetic limit", products / limits.step);
  chapter.number("share of Adam", limits.adam / limits.step);
  chapter.number("operations a step", operations);
  chapter.number("bytes of Adam", bytes);
}

inline double cross_entropy(const lw::Tensor<float>& p,
                            const lw::TensorView<const std::int32_t> labels) {
  double sum = 0;
  for (Index i = 0; i < labels.size(); ++i) sum -= std::log(double{p(i, labels[i])});
  return sum / static_cast<double>(labels.size());
}

inline double share_right(const lw::Tensor<float>& p,
                          const lw::TensorView<const std::int32_t> labels) {
  Index right = 0;
  for (Index i = 0; i < labels.size(); ++i) {
    const auto row = p.row(i);
    right += std::max_element(row.begin(), row.end()) - row.begin() == labels[i];
  }
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

// Networks with masks, each by itself and all together, and the one without a mask.
inline void thinned(Chapter& chapter, const std::vector<lw::Tensor<float>>& alone,
                    const lw::Tensor<float>& together, const lw::Tensor<float>& whole,
                    lw::TensorView<const std::int32_t> labels) {
  double loss = 0, accuracy = 0, lowest = 1, highest = 0;
  for (const auto& p : alone) {
    const double right = share_right(p, labels);
    loss += cross_entropy(p, labels) / static_cast<double>(alone.size());
    accuracy += right / static_cast<double>(alone.size());
    lowest = std::min(lowest, right);
    highest = std::max(highest, right);
  }
  chapter.print("{:<40}  loss    accuracy\n", fmt::format("{} test images", labels.size()));
  const auto line = [&](const std::string& what, double its_loss, double its_accuracy) {
    chapter.print("{:<40}  {:.4f}  {:.4f}\n", what, its_loss, its_accuracy);
  };
  const double averaged = cross_entropy(together, labels);
  line(fmt::format("{} thinned networks, on average", alone.size()), loss, accuracy);
  line("their probabilities, averaged", averaged, share_right(together, labels));
  line("all units, no mask", cross_entropy(whole, labels), share_right(whole, labels));
  chapter.print("\nThe accuracies of the thinned networks are from {:.4f} to {:.4f}.\n", lowest,
                highest);
  // By Jensen's inequality, but for the rounding of floats.
  chapter.check("averaged probabilities cost no more than the networks do on average",
                averaged <= loss * (1 + 1e-5));
}

}  // namespace show
