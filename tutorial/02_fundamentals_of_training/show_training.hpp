#pragma once
// Chapter 02: what sections 9 to 13 print, plot and have checked.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "02_fundamentals_of_training/diagram.hpp"
#include "02_fundamentals_of_training/show.hpp"
#include "support/derivatives.hpp"
#include "support/mnist.hpp"
#include "support/show.hpp"

namespace show {

using tutorial::Derivatives;
using tutorial::numerical;
using tutorial::Split;

inline void loop(Chapter& chapter) {
  lw::save_text(chapter.folder() / "loop.svg", training_loop());
  chapter.print("Plot: loop.svg\n");
}

// One epoch: its batch size and its iterations, and what the network is worth after it.
struct Epoch {
  Index batch_size, iterations;
  double loss, accuracy;
};

inline Index rounded_up(Index images, Index batch_size) {
  return (images + batch_size - 1) / batch_size;
}

inline void epochs(Chapter& chapter, const std::vector<Epoch>& all, Index images) {
  chapter.print("one epoch of {} images\nbatch size  iterations   loss    right answers\n", images);
  bool counted = true;
  for (const auto& [batch_size, iterations, loss, accuracy] : all) {
    chapter.print("{:>10} {:>11}   {:.4f} {:>10.1f} %\n", batch_size, iterations, loss,
                  100 * accuracy);
    counted = counted && iterations == rounded_up(images, batch_size);
  }
  chapter.check("an epoch has images / batch size iterations, rounded up", counted);
  chapter.check("more updates get further in one epoch", all.back().loss < all.front().loss);
  chapter.number("iterations an epoch", static_cast<double>(all.back().iterations));
}

inline void split(Chapter& chapter, const Split& train, const Split& valid, const Split& test) {
  for (const auto& [name, images] :
       {std::pair{"training", train}, std::pair{"validation", valid}, std::pair{"test", test}})
    chapter.print("{:<11} {:>6} images\n", name, images.size());
  chapter.check("training and validation share no image",
                train.images.data() + train.images.size() <= valid.images.data());
}

inline void check_bags(Chapter& chapter, const std::vector<double>& mass,
                       const std::vector<double>& price, double (*slope)(double)) {
  const lw::Tensor<double> x({2, 1}, mass), t({2, 1}, price);
  const lw::Loss mse = lw::MeanSquaredError{};
  lw::BasicSequential<double> model{lw::Input{{1}}, lw::Dense{1, {.use_bias = false}}};
  model.build();
  bool same = true;
  for (const double w : {-1.0, 0.0, 0.38, 0.93, 2.0}) {
    model.parameters()[0].value[0] = w;
    model.compute_gradients(mse, x, t);
    same = same && close(model.parameters()[0].gradient[0], slope(w));
  }
  chapter.check("the library's slope is that of our loop", same);
  chapter.gradient_check("the bags of apples, mean squared error",
                         lw::gradient_check(model, mse, x, t));
}

// Both losses with respect to the three outputs, at the course's answer.
inline void check_squares(Chapter& chapter) {
  const lw::Tensor<double> t({1, 3}, {1, 0, 0});
  const std::pair<const char*, lw::Loss> losses[] = {{"SSE", lw::SumSquaredError{}},
                                                     {"MSE", lw::MeanSquaredError{}}};
  for (const auto& [name, loss] : losses) {
    lw::Tensor<double> y({1, 3}, {0.37, 0.50, 0.13}), dy({1, 3});
    loss(y, t, dy);
    Derivatives derivatives;
    for (Index i = 0; i < 3; ++i) {
      const double was = y[i];
      derivatives.add(dy[i], numerical(
                                 [&, &measured = loss](double moved) {
                                   y[i] = moved;
                                   return measured(y, t);
                                 },
                                 was));
      y[i] = was;
    }
    derivatives.check(chapter, fmt::format("{} by its three outputs", name));
  }
}

inline void check_surface(Chapter& chapter, double (*height)(Place), Place (*gradient)(Place)) {
  constexpr Index kPlaces = 200;
  lw::Tensor<double> places({kPlaces, 2});
  lw::fill_uniform<double>(places, -4, 4, {.seed = 42});
  Derivatives derivatives;
  for (Index n = 0; n < kPlaces; ++n) {
    const double u = places(n, 0), v = places(n, 1);
    const Place slopes = gradient({u, v});
    derivatives.add(slopes.u, numerical([&](double moved) { return height({moved, v}); }, u));
    derivatives.add(slopes.v, numerical([&](double moved) { return height({u, moved}); }, v));
  }
  derivatives.check(chapter, "the landscape with many valleys, by u and v");
}

inline void history(Chapter& chapter, const lw::History& history, lw::Sequential model,
                    Index images) {
  const auto& options = chapter.options();
  const Index iterations = rounded_up(images, options.batch_size);
  chapter.number("epochs", options.epochs);
  chapter.number("iterations", static_cast<double>(iterations * options.epochs));
  chapter.number("parameters", static_cast<double>(model.parameter_count()));
  tutorial::plot_history(chapter, history, "mean squared error");
  const auto mean = [&](const char* name) {
    const auto& values = history[name];
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  };
  chapter.compare("loss, epoch 1", history["loss"].front());
  chapter.compare("loss, last epoch", history["loss"].back());
  chapter.compare("loss, mean of all epochs", mean("loss"));
  chapter.compare("accuracy, last epoch", history["accuracy"].back());
  chapter.compare("validation loss, last epoch", history["val_loss"].back());
  chapter.compare("validation loss, mean of all epochs", mean("val_loss"));
  chapter.compare("validation accuracy, last epoch", history["val_accuracy"].back());
}

inline void answer(Chapter& chapter, const lw::data::Mnist& mnist,
                   lw::TensorView<const float> probabilities) {
  const auto& names = mnist.label_names;
  const Index truth = mnist.test_labels[0];
  const auto largest = std::max_element(probabilities.begin(), probabilities.end());
  const auto told = static_cast<std::size_t>(largest - probabilities.begin());
  chapter.print("It shows: {}; the network says: {}, with probability {:.3f}\n\n",
                names[static_cast<std::size_t>(truth)], names[told], static_cast<double>(*largest));
  double sum = 0;
  lw::report::BarChart chart{.title = "The ten probabilities of the first test image",
                             .x_label = "class",
                             .y_label = "probability",
                             .names = {names.begin(), names.end()},
                             .values = {},
                             .highlight = truth,
                             .y_range = {{0, 1}}};
  for (const float p : probabilities) {
    chart.values.push_back(std::round(1e3 * p) / 1e3);
    sum += p;
  }
  // Ten roundings to a float.
  chapter.check("the ten outputs are probabilities, and sum to 1",
                std::abs(sum - 1) <= 10 * 0x1p-24);
  chapter.plot("digit",
               lw::report::ImageGrid{.title = "The first test image",
                                     .images = mnist.test_images.rows(0, 1),
                                     .captions = {names[static_cast<std::size_t>(truth)]}});
  chapter.plot("probabilities", chart);
}

}  // namespace show
