#pragma once
// Chapter 10: what sections 4 to 9 print, plot and have checked.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "10_activations/show.hpp"
#include "support/mnist.hpp"

namespace show {

using lw::report::Series;

// What one unit a layer does to a slope, over thirty layers.
inline void chains(Chapter& chapter, const std::vector<Function>& all,
                   double (*slope)(const Function&, double, double, double, int)) {
  chapter.section("chain", "4 Slopes along a chain are multiplied");
  const Function &sigmoid = all[0], &tanh = all[1], &relu = all[2];
  constexpr int kLayers = 30;
  chapter.print("weight  sigmoid:            tanh      ReLU\n");
  chapter.print("        at best   no bias\n");
  bool best = true;
  for (const double w : {0.5, 1.0, 2.0, 4.0, 8.0}) {
    // The bias keeps every sum at 0, where the sigmoid is steepest.
    const double at_best = slope(sigmoid, w, -w / 2, 0.5, kLayers);
    best = best && std::abs(at_best / std::pow(w / 4, kLayers) - 1) <= 1e-13;
    chapter.print("{:>6}  {:<9.1e} {:<9.1e} {:<9.1e} {:.1e}\n", w, at_best,
                  slope(sigmoid, w, 0, 0.5, kLayers), slope(tanh, w, 0, 0.5, kLayers),
                  slope(relu, w, 0, 0.5, kLayers));
  }
  chapter.check("a sigmoid at its best multiplies by a quarter of the weight", best);
  chapter.number("a quarter, thirty times", std::pow(0.25, kLayers));
}

// The chain's slope against a numerical one: of few layers, so that there is something to see.
inline void check_chain(Chapter& chapter, const std::vector<Function>& all,
                        double (*slope)(const Function&, double, double, double, int)) {
  constexpr int kFew = 5;
  Derivatives derivatives;
  for (const Function& f : all)
    for (const double w : {0.5, 1.0, 1.5})
      for (const double from : {0.2, 0.7, 1.3}) {
        const auto end = [&](double x) {
          for (int layer = 0; layer < kFew; ++layer) x = f.value(w * x + 0.1);
          return x;
        };
        derivatives.add(slope(f, w, 0.1, from, kFew), numerical(end, from));
      }
  derivatives.check(chapter, "the chain of five units by its input");
}

// The norms of one initialization's networks: a list a network, from the first layer to the last.
struct Norms {
  std::string name;
  std::vector<std::vector<double>> networks;

  // The mean of the decimal logarithms, layer by layer.
  std::vector<double> mean_logarithms() const {
    std::vector<double> means(networks.front().size());
    for (const auto& network : networks)
      for (std::size_t l = 0; l < means.size(); ++l)
        means[l] += std::log10(network[l]) / static_cast<double>(networks.size());
    return means;
  }

  // Their middle and, as a band, all that there is.
  Series series() const {
    Series found{.name = name, .x = {}, .y = {}};
    for (const double mean : mean_logarithms()) found.y.push_back(std::pow(10, mean));
    for (std::size_t l = 0; l < found.y.size(); ++l) {
      double least = networks[0][l], largest = least;
      for (const auto& network : networks) {
        least = std::min(least, network[l]);
        largest = std::max(largest, network[l]);
      }
      found.band.push_back({least, largest});
    }
    return found;
  }

  // By how much a layer multiplies the norm on its way back, in the mean.
  double factor() const {
    const auto means = mean_logarithms();
    return std::pow(10, (means.front() - means.back()) / static_cast<double>(means.size() - 1));
  }
};

// The picture of one activation, and its figures for the verdict.
inline void norms(Chapter& chapter, const std::string& activation, const std::vector<Norms>& all) {
  Chart chart{.title = fmt::format("{}: the gradient of each layer", activation),
              .x_label = "layer",
              .y_label = "norm of its gradient",
              .series = {},
              .log_y = true,
              .alt = fmt::format("Thirty layers with {}.", activation)};
  for (const Norms& one : all) {
    const auto means = one.mean_logarithms();
    const double first = std::pow(10, means.front()), last = std::pow(10, means.back());
    chart.series.push_back(one.series());
    chart.alt += fmt::format(" {}: {:.0e} in layer 30, {:.0e} in layer 1.", one.name, last, first);
    const std::string of = fmt::format("{}, {}", activation, one.name);
    chapter.compare("gradient of layer 1, " + of, first);
    chapter.compare("layer 1 / layer 30, " + of, std::pow(10, means.front() - means.back()));
  }
  chapter.plot(fmt::format("norms_{}", activation), chart);
}

// A row a beginning, a column an activation.
inline void table(Chapter& chapter, const std::vector<Function>& functions,
                  const std::vector<std::vector<Norms>>& all,
                  const std::function<std::string(const Norms&, std::size_t, std::size_t)>& cell) {
  chapter.print("{:<11}", "");
  for (const Function& one : functions) chapter.print(" {:>9}", one.name);
  chapter.print("\n");
  for (std::size_t b = 0; b < all.front().size(); ++b) {
    chapter.print("{:<11}", all.front()[b].name);
    for (std::size_t f = 0; f < functions.size(); ++f)
      chapter.print(" {:>9}", cell(all[f][b], f, b));
    chapter.print("\n");
  }
}

// By what a layer multiplies, and what was to be expected: by eight times the deviation of the
// weights, times what the activation leaves.
inline void factors(Chapter& chapter, const std::vector<Function>& functions,
                    const std::vector<std::vector<Norms>>& all) {
  chapter.section("factors", "Why these?");
  chapter.print("on its way back, a layer multiplies the norm by\n");
  table(chapter, functions, all, [](const Norms& one, std::size_t, std::size_t) {
    return fmt::format("{:.3f}", one.factor());
  });
  const double leaves[] = {0.25, 1, std::sqrt(0.5)};
  const double deviations[] = {0.01, 1.0 / 8, std::sqrt(2.0) / 8, 1.0 / 8, 1};
  const auto guess = [&](std::size_t f, std::size_t b) { return 8 * deviations[b] * leaves[f]; };
  chapter.print("\nguessed; of sigmoid and tanh a bound\n");
  table(chapter, functions, all, [&](const Norms&, std::size_t f, std::size_t b) {
    return fmt::format("{:.3f}", guess(f, b));
  });
  bool near = true, below = true;
  for (std::size_t b = 0; b < 5; ++b) {
    near = near && std::abs(all[2][b].factor() / guess(2, b) - 1) < 0.1;
    for (std::size_t f = 0; f < 2; ++f) below = below && all[f][b].factor() < 1.05 * guess(f, b);
  }
  chapter.check("ReLU's factors are as guessed, within a tenth", near);
  chapter.check("those of sigmoid and tanh are below their bounds", below);
}

inline void thirty(Chapter& chapter, const std::vector<Function>& functions,
                   const std::vector<std::vector<Norms>>& all) {
  chapter.section("norms", "5 Thirty layers");
  chapter.print("norm of the gradient in layer 1\n");
  table(chapter, functions, all, [](const Norms& one, std::size_t, std::size_t) {
    return fmt::format("{:.1e}", std::pow(10, one.mean_logarithms().front()));
  });
  chapter.print("\nthe same, divided by that in layer 30\n");
  table(chapter, functions, all, [](const Norms& one, std::size_t, std::size_t) {
    const auto means = one.mean_logarithms();
    return fmt::format("{:.1e}", std::pow(10, means.front() - means.back()));
  });
  for (std::size_t f = 0; f < functions.size(); ++f) norms(chapter, functions[f].name, all[f]);
  factors(chapter, functions, all);
}

// Sigmoids with larger and larger weights.
inline void exploding(Chapter& chapter, const std::vector<std::pair<double, Norms>>& sigmoids,
                      std::vector<Norms> others) {
  chapter.print("sigmoid\ndeviation   a layer multiplies by\n");
  double before = 0;
  bool grows = true;
  for (const auto& [deviation, norms] : sigmoids) {
    const double factor = norms.factor();
    chapter.print("{:>9} {:>23.3f}\n", deviation, factor);
    grows = grows && factor > before;
    before = factor;
  }
  chapter.check("the larger the weights, the more a layer multiplies by", grows);
  others.push_back(sigmoids.back().second);
  Chart chart{.title = "Gradients that explode",
              .x_label = "layer",
              .y_label = "norm of its gradient",
              .series = {},
              .log_y = true,
              .alt = "Lines that rise from layer 30 on the right to layer 1 on the left."};
  for (const Norms& one : others) {
    chart.series.push_back(one.series());
    chart.alt += fmt::format(" {}: {:.0e} in layer 1.", one.name, chart.series.back().y.front());
  }
  chapter.plot("exploding", chart);
}

inline void step(Chapter& chapter, int number, double loss) {
  // A NaN has a sign, which says nothing.
  chapter.print("loss before step {}: {:.1e}\n", number, std::abs(loss));
}

// The loss of whoever does not look at the image, and knows only how often each digit comes.
inline double blind_loss(const lw::TensorView<const std::int32_t> labels) {
  std::vector<double> share(10);
  for (const std::int32_t label : labels)
    share[static_cast<std::size_t>(label)] += 1.0 / static_cast<double>(labels.size());
  double loss = 0;
  for (const double s : share)
    if (s > 0) loss -= s * std::log(s);
  return loss;
}

// A training: the name of how it started, and its course.
struct Training {
  std::string name;
  lw::History history;
};

inline void compare(Chapter& chapter, const Training& one) {
  const std::string of = one.name == "He" ? "" : ", " + one.name;
  const auto& loss = one.history["loss"];
  chapter.compare("loss, last epoch" + of, loss.back());
  chapter.compare("loss, mean of all epochs" + of, std::accumulate(loss.begin(), loss.end(), 0.0) /
                                                       static_cast<double>(loss.size()));
  chapter.compare("accuracy, last epoch" + of, one.history["accuracy"].back());
  chapter.compare("validation accuracy, last epoch" + of, one.history["val_accuracy"].back());
}

inline void plot_trainings(Chapter& chapter, const char* plot, const char* title,
                           const std::vector<Training>& all) {
  Chart chart{.title = title, .x_label = "epoch", .y_label = "cross-entropy", .series = {}};
  chapter.print("                         loss                right\n");
  chapter.print("                   first epoch  last   trained on  others\n");
  for (const auto& [name, history] : all) {
    const std::string shown = name.ends_with("shortcuts") ? name.substr(name.rfind("with")) : name;
    chapter.print("{:<18} {:>9.4f} {:>8.4f} {:>9.1f} % {:>5.1f} %\n", shown,
                  history["loss"].front(), history["loss"].back(), 100 * history["accuracy"].back(),
                  100 * history["val_accuracy"].back());
    chart.series.push_back({.name = shown, .x = {}, .y = history["loss"]});
  }
  chapter.plot(plot, chart);
}

inline void training(Chapter& chapter, const std::vector<Training>& all,
                     lw::TensorView<const std::int32_t> labels) {
  plot_trainings(chapter, "training", "Thirty layers of ReLU, trained", all);
  chapter.print("\nwho knows only how often each digit comes:\nloss {:.4f}\n", blind_loss(labels));
}

// Their gradients, and their trainings.
inline void shortcuts(Chapter& chapter, const std::vector<Norms>& norms,
                      const std::vector<Training>& trainings) {
  Chart chart{.title = "ReLU, normal 0.01",
              .x_label = "layer",
              .y_label = "norm of its gradient",
              .series = {},
              .log_y = true};
  chapter.print("                   gradient  a layer\n");
  chapter.print("                   layer 1   multiplies by\n");
  for (const Norms& one : norms) {
    const auto means = one.mean_logarithms();
    chart.series.push_back(one.series());
    chapter.print("{:<18} {:>7.1e} {:>8.3f}\n", one.name, std::pow(10, means.front()),
                  one.factor());
  }
  chapter.check("with shortcuts nothing vanishes", norms.back().factor() > 0.9);
  chapter.plot("shortcuts", chart);
  chapter.print("\n");
  plot_trainings(chapter, "shortcut_training", "ReLU, normal 0.01, trained", trainings);
}

// Without the table of its 62 tensors.
inline void gradient_check(Chapter& chapter, const char* name, const lw::GradientReport& report) {
  Index entries = 0, kinks = 0;
  for (const lw::TensorGradient& tensor : report.tensors) {
    entries += tensor.entries;
    kinks += tensor.kinks;
  }
  chapter.gradient_check({.what = fmt::format("{}, {} kinks", name, kinks),
                          .parameters = entries,
                          .checked = report.checked(),
                          .max_relative_error = report.max_relative_error(),
                          .bound = report.bound},
                         report.ok());
}

}  // namespace show
