#pragma once
// Chapter 03: what sections 6, 7, 9 and 12 print, plot and have checked.
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "03_linear_regression/show.hpp"

namespace show {

inline void training(Chapter& chapter, const lw::History& history) {
  chapter.section("training", "6 Training");
  const auto &loss = history["loss"], &valid = history["val_loss"];
  struct Printed {
    std::size_t epoch;
    double loss, valid;
  };
  const Printed course[] = {{1, 218.3039, 266.6791},
                            {2, 200.4328, 248.9743},
                            {10, 0, 0},
                            {20, 0, 0},
                            {30, 0, 0},
                            {50, 0, 0},
                            {100, 53.9164, 74.0994},
                            {101, 53.8947, 74.0549}};
  chapter.print(
      "epoch | loss     | validation | the course | validation\n"
      "------|----------|------------|------------|-----------\n");
  for (const auto& [epoch, theirs, theirs_valid] : course) {
    if (epoch > loss.size()) continue;
    chapter.print("{:<5} | {:8.4f} | {:10.4f} |", epoch, loss[epoch - 1], valid[epoch - 1]);
    if (theirs > 0)
      chapter.print(" {:10.4f} | {:10.4f}\n", theirs, theirs_valid);
    else
      chapter.print("{:12}|\n", "");
  }
  chapter.number("epochs", static_cast<double>(loss.size()));
  Series of_training{.name = "training", .x = {}, .y = loss};
  Series of_validation{.name = "validation", .x = {}, .y = valid};
  chapter.plot("loss",
               Chart{.title = "The loss of training and validation, epoch by epoch",
                     .x_label = "epoch",
                     .y_label = "loss",
                     .series = {of_training, of_validation},
                     .x_range = {{0, 100}},
                     .y_range = {{0, 300}},
                     .alt = fmt::format(
                         "Two curves. Training falls from {:.0f} in the first epoch, validation "
                         "from {:.0f}, both steeply, and then both bend and become flat: "
                         "at the end they are at {:.0f} and {:.0f}.",
                         loss.front(), valid.front(), loss.back(), valid.back())});
}

// How far losses are from Keras's, relative to those.
inline double distance(const Losses& losses, const KerasRun& keras) {
  double far = 0;
  for (std::size_t epoch = 0; epoch < losses.train.size(); ++epoch) {
    const auto i = static_cast<Index>(epoch);
    const double one = std::max(std::abs(losses.train[epoch] / keras.losses(i, 0) - 1),
                                std::abs(losses.valid[epoch] / keras.losses(i, 1) - 1));
    far = one <= far ? far : one;  // NaN stays
  }
  return far;
}

inline void follow(Chapter& chapter, const KerasRun& keras, const Losses& by_hand,
                   const Losses& by_library) {
  chapter.section("follow", "7 The same steps as Keras");
  chapter.print("Keras's first weight: {:.6f}\n\n", keras.start.slope);
  chapter.print(
      "epoch | Keras      | by hand    | the library\n"
      "------|------------|------------|------------\n");
  for (const std::size_t epoch : std::initializer_list<std::size_t>{1, 2, 30, 100, 101})
    chapter.print("{:<5} | {:10.6f} | {:10.6f} | {:11.6f}\n", epoch,
                  keras.losses(static_cast<Index>(epoch) - 1, 0), by_hand.train[epoch - 1],
                  by_library.train[epoch - 1]);
  const double hand = distance(by_hand, keras), library = distance(by_library, keras);
  chapter.print(
      "\nfurthest from Keras in any of {} epochs,\n"
      "training or validation, relative to the loss:\n"
      "by hand {:.0e}, the library {:.0e}\n",
      by_hand.train.size(), hand, library);
  // A float has 24 bits. An epoch's sum of 282 squares is right to 282 * 2^-24 = 2e-5 of itself,
  // and so are the slopes; each step is 0.005 times a ratio of these, and mistakes of a step
  // shrink, as the way leads downhill.
  chapter.check("by hand each epoch has Keras's losses to 1e-4", hand <= 1e-4);
  chapter.check("by the library each epoch has Keras's losses to 1e-4", library <= 1e-4);
  for (const Index epoch : {30, 50, 100, 101})
    chapter.number(fmt::format("Keras's loss, epoch {}", epoch), keras.losses(epoch - 1, 0));
  chapter.exact("iterations an epoch", std::ceil(static_cast<double>(keras.order.shape()[1]) / 16),
                18);
}

// A long training: its losses, and the line before the first epoch and after each.
class LongRun : public lw::Callback {
 public:
  explicit LongRun(lw::Sequential& model) : model_(&model), lines{line_of(model)} {}
  bool on_epoch_end(int, const lw::Logs&) override {
    lines.push_back(line_of(*model_));
    return true;
  }

 private:
  lw::Sequential* model_;

 public:
  std::vector<Line> lines;
  lw::History history;
};

// All of the first epochs, and then fewer: more than a picture can show make it slow to draw.
inline Series thinned(std::string name, const std::vector<double>& values) {
  Series series{.name = std::move(name), .x = {}, .y = {}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i >= 100 && (i + 1) % 10 != 0) continue;
    series.x.push_back(static_cast<double>(i + 1));
    series.y.push_back(values[i]);
  }
  return series;
}

inline Series level(std::string name, double height, double end) {
  return {.name = std::move(name), .x = {1, end}, .y = {height, height}};
}

// The line among the dots after some epochs, one picture each.
inline void plot_turning(Chapter& chapter, const LongRun& run, const Line& best, const Data& data,
                         Loss* loss) {
  int number = 0;
  for (const std::size_t epoch :
       std::initializer_list<std::size_t>{0, 10, 20, 40, 101, 500, 2000, 5000}) {
    if (epoch >= run.lines.size()) continue;
    const Line& now = run.lines[epoch];
    const std::string title =
        fmt::format("After {} epochs: slope {:.2f}, intercept {:.2f}, loss {:.1f}", epoch,
                    now.slope, now.intercept, loss(now, data));
    chapter.plot(fmt::format("turn_{}", ++number),
                 Chart{.title = title,
                       .x_label = "rooms, on average",
                       .y_label = "price in thousands of dollars",
                       .series = {dots("", data), lw::report::graph("the line now", now, 3, 9, 10),
                                  lw::report::graph("the best line", best, 3, 9, 10)},
                       .x_range = {{3, 9}},
                       .y_range = {{-10, 60}},
                       .alt = fmt::format(
                           "{}. The line goes from a price of {:.0f} at 3 rooms to {:.0f} at 9; "
                           "the best line from {:.0f} to {:.0f}.",
                           title, now(3), now(9), best(3), best(9))});
  }
}

inline void long_run(Chapter& chapter, const LongRun& run, const lw::History& history,
                     const Line& best, const Data& data, const Data& valid_data, Loss* loss) {
  chapter.section("long", "9 The flat curve, redrawn");
  const auto &training = run.history["loss"], &valid = run.history["val_loss"];
  chapter.print(
      "epoch | loss    | validation | slope   | intercept\n"
      "------|---------|------------|---------|----------\n");
  for (const std::size_t epoch :
       std::initializer_list<std::size_t>{1, 30, 101, 500, 1000, 2000, 3000, 4000, 5000})
    if (epoch <= training.size())
      chapter.print("{:<5} | {:7.3f} | {:10.3f} | {:7.4f} | {:9.4f}\n", epoch, training[epoch - 1],
                    valid[epoch - 1], run.lines[epoch].slope, run.lines[epoch].intercept);
  const double floor = loss(best, data);
  chapter.print("best  | {:7.3f} | {:10.3f} | {:7.4f} | {:9.4f}\n", floor, loss(best, valid_data),
                best.slope, best.intercept);

  const auto& before = history["loss"];
  const std::size_t both = std::min(before.size(), training.size());
  chapter.check("it begins as the short training does",
                std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(both),
                           training.begin()));
  double lowest = floor;
  for (const Line& one : run.lines) lowest = std::min(lowest, loss(one, data));
  chapter.check("no line has a loss below the floor", lowest >= floor * (1 - 1e-14));
  if (chapter.options().batch_size == 16)
    chapter.check("the loss still falls after 101 epochs, by more than a hundredth",
                  loss(run.lines.back(), data) < 0.99 * loss(run.lines[101], data));
  chapter.number("epochs of the long run", static_cast<double>(training.size()));
  chapter.number("loss of the long run, last epoch", training.back());

  const auto last = static_cast<double>(training.size());
  chapter.plot(
      "floor",
      Chart{.title = "The same training, longer, and the losses of the best line",
            .x_label = "epoch",
            .y_label = "loss",
            .series = {thinned("training", training), thinned("validation", valid),
                       level("the best line, training", floor, last),
                       level("the best line, validation", loss(best, valid_data), last)},
            .x_range = {{0, last}},
            .y_range = {{40, 80}},
            .alt = fmt::format(
                "Two curves that go on falling over {} epochs, ever more slowly. Training comes "
                "down to a level line at {:.1f}, and is at {:.1f} in the end. Validation is above "
                "it all the way.",
                training.size(), floor, training.back())});
  plot_turning(chapter, run, best, data, loss);
}

inline void compare(Chapter& chapter, const lw::History& history, const Line& trained,
                    const std::vector<double>& prices, const BostonSplit& houses, Loss* loss) {
  const auto &training = history["loss"], &valid = history["val_loss"];
  // The course's numbers are of 101 epochs.
  const auto course = [&](double value) {
    return chapter.options().full ? std::optional(value) : std::nullopt;
  };
  const auto both = [&](const std::string& name, std::size_t index, std::optional<double> of_course,
                        std::optional<double> of_course_valid) {
    chapter.compare("loss, " + name, training[index], of_course);
    chapter.compare("validation loss, " + name, valid[index], of_course_valid);
  };
  both("epoch 1", 0, 218.3039, 266.6791);
  if (training.size() > 1) both("epoch 2", 1, 200.4328, 248.9743);
  if (training.size() > 99) both("epoch 100", 99, 53.9164, 74.0994);
  both("last epoch", training.size() - 1, course(53.8947), course(74.0549));
  chapter.compare("test loss", loss(trained, data_of(houses.test)));
  chapter.compare("slope", trained.slope);
  chapter.compare("intercept", trained.intercept);
  const double of_course[] = {11.0, 14.4, 17.9, 21.3, 24.8};
  for (std::size_t i = 0; i < prices.size(); ++i)
    chapter.compare(fmt::format("price with {} rooms", i + 3), prices[i], course(of_course[i]));
}

}  // namespace show
