#pragma once
// Chapter 06: pictures of single networks: how they learn, and what they say all over the plane.
#include <array>
#include <string>
#include <vector>

#include "06_xor/outcomes.hpp"
#include "06_xor/planes.hpp"

namespace show {

inline void hand_plane(Chapter& chapter, const lw::Sequential& network) {
  Planes picture;
  picture.add(network, "blue: 0, white: 1/2, orange: 1");
  picture.plot(chapter, "hand", "What the network made by hand says all over the plane",
               "A square. A band of orange runs through it from the upper left to the lower right, "
               "over the two corners with the label 1. It fades to blue on both sides, where the "
               "corners with the label 0 are.");
}

// A network that was trained again, with its loss in each step.
struct Example {
  Run run;
  std::vector<double> losses;
  lw::Sequential network;
};

inline void examples(Chapter& chapter, const std::vector<Example>& all) {
  chapter.section("examples", "One network of each kind");
  Chart chart{.title = "The losses of four networks, step by step",
              .x_label = "step",
              .y_label = "loss",
              .series = {},
              .y_range = {{0, 0.5}},
              .log_x = true,
              .alt =
                  "Four falling curves. One stays level at 1/4, one at 1/6, one at 1/8, and one "
                  "goes on to 0."};
  Planes picture;
  chapter.print("loss  (0, 0)  (0, 1)  (1, 0)  (1, 1)   seed\n");
  for (const auto& [run, losses, network] : all) {
    const std::string name = kOutcomeNames[outcome(run.loss_at(2))];
    Series curve{.name = name, .x = {}, .y = {}};
    for (double step = 1; step <= static_cast<double>(losses.size());
         step = std::ceil(1.03 * step)) {
      curve.x.push_back(step);
      curve.y.push_back(losses[static_cast<std::size_t>(step) - 1]);
    }
    chart.series.push_back(std::move(curve));
    const std::array<double, 4>& y = run.outputs.back();
    chapter.print("{:<4}  {:>6}  {:>6}  {:>6}  {:>6}   {:>4}\n", name == "solved" ? "0" : name,
                  digits3(y[0]), digits3(y[1]), digits3(y[2]), digits3(y[3]), run.seed);
    picture.add(network, name == "solved" ? name : "loss " + name);
  }
  chapter.plot("curves", chart);
  picture.plot(
      chapter, "planes", "What four trained networks say all over the plane",
      "Four squares. Solved: the corners with the label 1 are orange, the others blue. Loss "
      "1/8: two corners have their colour, and the other two are white. Loss 1/6: one "
      "corner has its colour, and the other three share a pale one. Loss 1/4: all is "
      "white.");
}

// Frame `number` of a network that learns.
inline void frame(Chapter& chapter, int number, int steps, const lw::Sequential& network,
                  double loss) {
  Planes picture;
  picture.add(network, "blue: 0, white: 1/2, orange: 1");
  picture.plot(chapter, fmt::format("step_{}", number),
               fmt::format("After {} steps, loss {:.4f}", steps, loss),
               fmt::format("The plane in the colours of the outputs, after {} steps.", steps));
}

}  // namespace show
