#pragma once
// Chapter 08: what sections 7 to 10 print, draw and have checked.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include "08_perceptron/show.hpp"
#include "support/gallery.hpp"
#include "support/mnist.hpp"

namespace show {

using lw::report::Chart;
using lw::report::Series;

// What was seen while a perceptron learned a pair of classes.
struct Lesson {
  Perceptron last, total;                  // in the end; and the sum of all that it has been
  std::vector<Index> mistakes;             // in each epoch
  std::vector<double> accuracy, averaged;  // on the test images, after each thousand examples
};

inline double accuracy(const Perceptron& p, const Examples& examples) {
  const auto right = std::count_if(examples.begin(), examples.end(), [&](const Example& one) {
    return step(weighted_sum(p, one.x)) == one.t;
  });
  return static_cast<double>(right) / static_cast<double>(examples.size());
}

inline void print_mistakes(Chapter& chapter, const std::string& pair, const Lesson& lesson) {
  chapter.print("{}: mistakes, epoch by epoch:\n", pair);
  for (const Index count : lesson.mistakes) chapter.print(" {}", count);
  chapter.print("\n");
}

inline double updates_of(const Lesson& lesson) {
  return static_cast<double>(
      std::accumulate(lesson.mistakes.begin(), lesson.mistakes.end(), Index{0}));
}

inline void easy(Chapter& chapter, const std::string& pair, const Lesson& lesson,
                 const Examples& train, const Examples& test) {
  print_mistakes(chapter, pair, lesson);
  const bool separated = lesson.mistakes.back() == 0;
  const Bound limit = bound(lesson.last, train);
  chapter.number("easy updates", updates_of(lesson));
  chapter.number("easy epochs", static_cast<double>(lesson.mistakes.size()));
  chapter.number("easy test accuracy", accuracy(lesson.last, test));
  chapter.print("updates: {}, test accuracy: {:.4f}\n", updates_of(lesson),
                accuracy(lesson.last, test));
  if (chapter.has_course_data()) chapter.check("a plane separates the two digits", separated);
  if (!separated) return;
  chapter.print("the theorem's bound, with these weights as u: {:.0f}\n", limit.updates);
  chapter.number("easy bound", limit.updates);
  chapter.check("all training images are answered rightly", accuracy(lesson.last, train) == 1);
  chapter.check("the theorem's bound holds",
                limit.margin > 0 && updates_of(lesson) <= limit.updates);
}

inline void hard(Chapter& chapter, const std::string& pair, const Lesson& lesson) {
  print_mistakes(chapter, pair, lesson);
  const auto worst = std::min_element(lesson.accuracy.begin(), lesson.accuracy.end());
  const auto best = std::max_element(lesson.accuracy.begin(), lesson.accuracy.end());
  chapter.print("test accuracy on the way: {:.4f} to {:.4f}\nof the average, in the end: {:.4f}\n",
                *worst, *best, lesson.averaged.back());
  chapter.number("hard worst", *worst);
  chapter.number("hard best", *best);
  chapter.number("hard average", lesson.averaged.back());
  chapter.check("the average is better than the perceptron was on the way, by the mean",
                lesson.averaged.back() >
                    std::accumulate(lesson.accuracy.begin(), lesson.accuracy.end(), 0.0) /
                        static_cast<double>(lesson.accuracy.size()));
  chapter.plot(
      "wobble",
      Chart{.title = "3 against 8: the share of the test images that is answered rightly",
            .x_label = "thousands of images shown",
            .y_label = "test accuracy",
            .series = {Series{.name = "perceptron", .x = {}, .y = lesson.accuracy},
                       Series{.name = "average of all so far", .x = {}, .y = lesson.averaged}},
            .alt = fmt::format("Two curves. That of the perceptron leaps up and down between "
                               "{:.1f} and {:.1f} per cent from one point to the next. That of "
                               "the average rises and stays near {:.1f} per cent.",
                               100 * *worst, 100 * *best, 100 * lesson.averaged.back())});
}

// The step and the sigmoid.
inline void both_steps(Chapter& chapter, double (*sigmoid)(double)) {
  chapter.plot("steps",
               Chart{.title = "The step, and the sigmoid",
                     .x_label = "weighted sum",
                     .y_label = "output",
                     .series = {Series{.name = "step", .x = {-6, 0, 0, 6}, .y = {0, 0, 1, 1}},
                                lw::report::graph("sigmoid", sigmoid, -6, 6)},
                     .y_range = {{-0.1, 1.1}},
                     .alt = "The step is 0 left of 0 and 1 right of it. The sigmoid is a smooth "
                            "curve from near 0 on the left to near 1 on the right; at 0 it is "
                            "one half."});
}

// A trained sigmoid neuron on a truth table.
struct SoftGate {
  std::string name;
  Examples examples;
  lw::Sequential model;
  std::vector<double> losses;  // before each step
};

template <class T>
Perceptron weights_of(lw::BasicSequential<T> model) {
  const auto parameters = model.parameters();
  const auto& w = parameters[0].value;
  return {{w.begin(), w.end()}, static_cast<double>(parameters[1].value[0])};
}

// For two digits after the point: a zero has no sign.
inline double not_minus(double value) {
  return std::abs(value) < 0.005 ? 0 : value;
}

inline void soft_gates(Chapter& chapter, const std::vector<SoftGate>& gates) {
  chapter.print("      (0, 0)  (0, 1)  (1, 0)  (1, 1)        w           b\n");
  Chart chart{.title = "The loss of the sigmoid neuron, step by step",
              .x_label = "step",
              .y_label = "cross-entropy",
              .series = {}};
  for (const auto& [name, examples, model, losses] : gates) {
    const auto x = perceptron::inputs<float>(examples), t = perceptron::labels<float>(examples);
    const auto p = model.predict(x);
    const double loss = model.evaluate(x, t)["loss"];
    const Perceptron neuron = weights_of(model);
    chapter.print("{:<5}", name);
    for (const float one : p) chapter.print(" {:6.3f} ", static_cast<double>(one));
    chapter.print("  ({:5.2f}, {:5.2f}) {:6.2f}\n", not_minus(neuron.w[0]), not_minus(neuron.w[1]),
                  not_minus(neuron.b));
    chapter.compare(name + ": loss after the last step", loss);
    chart.series.push_back({.name = name, .x = {}, .y = losses});
    if (name == "XOR") {
      // All four probabilities have come within rounding of 1/2, where the loss is level: an error
      // of 1e-4 in one of them changes it by less than 1e-7.
      chapter.check("on XOR the loss is ln 2", std::abs(loss - std::numbers::ln2) <= 1e-6);
      chapter.check(
          "on XOR all four probabilities are 1/2",
          std::all_of(p.begin(), p.end(), [](float one) { return std::abs(one - 0.5F) <= 1e-3F; }));
    } else {
      chapter.check(fmt::format("on {} all four are on the right side of 1/2", name),
                    answers_all(neuron, examples));
    }
  }
  chapter.plot("gates", chart);
}

// The gradient that the model has computed last, beside that of a loop.
inline void same_slopes(Chapter& chapter, lw::BasicSequential<double>& model,
                        const Perceptron& loop) {
  const auto parameters = model.parameters();
  double worst = std::abs(parameters[1].gradient[0] - loop.b), largest = std::abs(loop.b);
  for (std::size_t i = 0; i < loop.w.size(); ++i) {
    const double slope = parameters[0].gradient[static_cast<Index>(i)];
    worst = std::max(worst, std::abs(slope - loop.w[i]));
    largest = std::max(largest, std::abs(loop.w[i]));
  }
  // Sums of 784 products near 1 lie within 784 roundings of 1e-16 of each other.
  chapter.check("the library and the loop agree on the slopes", worst <= 1e-13 && largest > 0);
}

// The perceptron's line on AND beside the sigmoid's, where it says one half.
inline void lines(Chapter& chapter, const Examples& examples, const Perceptron& hard,
                  const lw::Sequential& model) {
  Picture picture;
  Plane plane(picture, 100, 10, 290);
  const Perceptron soft = weights_of(model);
  plane.shade(soft);
  plane.line(hard, "#767676", 2, "5 4");
  plane.line(soft, "#0072B2", 2.5);
  plane.points(examples);
  plane.numbers();
  save(chapter, "lines",
       picture.svg(325, "AND: the perceptron's line, dashed, and the sigmoid's",
                   "The corners of a square and two lines between (1, 1) and the other three. The "
                   "dashed line goes through the corner (1, 0). The other one keeps its distance "
                   "from all corners."));
}

inline void history(Chapter& chapter, const lw::History& easy, const lw::Logs& easy_test,
                    const lw::History& hard, const lw::Logs& hard_test) {
  const auto& losses = hard["loss"];
  chapter.number("epochs", chapter.options().epochs);
  chapter.compare("0 against 1: loss, last epoch", easy["loss"].back());
  chapter.compare("0 against 1: test loss", easy_test["loss"]);
  chapter.compare("loss, epoch 1", losses.front());
  chapter.compare("loss, last epoch", losses.back());
  chapter.compare("loss, mean of all epochs", std::accumulate(losses.begin(), losses.end(), 0.0) /
                                                  static_cast<double>(losses.size()));
  chapter.compare("accuracy, last epoch", hard["accuracy"].back());
  chapter.compare("test loss", hard_test["loss"]);
  chapter.compare("test accuracy", hard_test["accuracy"]);
}

inline void neurons(Chapter& chapter, const Lesson& easy, double easy_soft, const Lesson& hard,
                    double hard_soft) {
  chapter.print(
      "right on the test images | perceptron | averaged | sigmoid\n"
      "-------------------------|------------|----------|--------\n");
  for (const auto& [name, lesson, soft] :
       {std::tuple{"0 against 1", &easy, easy_soft}, std::tuple{"3 against 8", &hard, hard_soft}})
    chapter.print("{:<24} | {:>8.2f} % | {:>6.2f} % | {:.2f} %\n", name,
                  100 * lesson->accuracy.back(), 100 * lesson->averaged.back(), 100 * soft);
}

// The weights as pictures: white speaks for the second class, blue for the first.
inline void pictures(Chapter& chapter, const Lesson& lesson, const lw::Sequential& model) {
  tutorial::Gallery gallery(140, 140);
  for (const auto& [name, p] :
       {std::pair{"perceptron", lesson.last}, std::pair{"averaged", lesson.total},
        std::pair{"sigmoid", weights_of(model)}})
    gallery.add(lw::Tensor<double>({28, 28}, p.w), name);
  lw::report::ImageGrid grid = gallery.grid("3 against 8: the weights", 3);
  grid.alt =
      "The weights of three neurons as images of 28 by 28 fields. That of the sigmoid neuron has a "
      "bright patch at the left, where an 8 has ink and a 3 has none. Those of the perceptron and "
      "of the average have it, too, but are speckled.";
  chapter.plot("weights", grid);
}

}  // namespace show
