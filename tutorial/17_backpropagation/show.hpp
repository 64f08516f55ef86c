#pragma once
// Chapter 17: what sections 1 to 7 print, plot and have checked of the numbers that main.cpp
// computes.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "17_backpropagation/frames.hpp"
#include "17_backpropagation/tape.hpp"
#include "lanewise/lanewise.hpp"
#include "support/chapter.hpp"
#include "support/derivatives.hpp"

namespace show {

namespace lw = lanewise;
namespace at = tape::at;
using lanewise::Index;
using tape::Knobs;
using tutorial::Chapter;

using Gradients = std::vector<double>;

using tutorial::numerical;

inline void chain(Chapter& chapter, std::array<double, 4> (*numbers)(double)) {
  chapter.section("chain", "1 One chain");
  const double w = 2, h = 0.001;
  const auto before = numbers(w), after = numbers(w + h);
  const char* const names[] = {"w", "y = 3 w", "e = y - 5", "L = e * e"};
  chapter.print("              at first    turned   moved by   times\n");
  double product = 1;
  for (std::size_t i = 0; i < 4; ++i) {
    const double moved = after[i] - before[i];
    chapter.print("{:<10} {:>11} {:>9.6g} {:>10.6f}", names[i], before[i], after[i], moved);
    if (i > 0) {
      const double times = moved / (after[i - 1] - before[i - 1]);
      chapter.print("   {:.3f}", times);
      product *= times;
    }
    chapter.print("\n");
  }
  chapter.print("\nall three factors: {:.3f}\n", product);
  const double slope = numerical([&](double knob) { return numbers(knob)[3]; }, w);
  chapter.print("with ever smaller turns: 3 * 1 * 2 = {:.3f}\n", slope);
  chapter.check(
      "the factors of the chain multiply to the whole, 6",
      std::abs(product - (after[3] - before[3]) / h) <= 1e-9 && std::abs(slope - 6) <= 1e-9);
}

// The frames: one for each number that is computed, and one for each that hands on its gradient.
inline std::vector<Stage> stages(const tape::Tape& tape) {
  const Place first = at::p, all = tape.size();
  std::vector<Stage> list;
  list.push_back({.title = "Before the first step: the input and the four knobs",
                  .values = first,
                  .handed_on = all});
  const char* const forward[] = {"p = 2 · 3",   "z = 6 − 2",     "h = relu(4)",    "y₁ = 0.5 · 4",
                                 "y₂ = −1 · 4", "l₁ = (2 − 5)²", "l₂ = (−4 + 5)²", "L = 9 + 1"};
  for (Place node = first; node < all; ++node)
    list.push_back({.title = fmt::format("Forward: {} = {}", forward[node - first],
                                         on_paper(tape[node].value)),
                    .values = node + 1,
                    .handed_on = all,
                    .now = node});
  list.push_back({.title = "Backward begins: L moves as far as L, so its gradient is 1",
                  .values = all,
                  .handed_on = all,
                  .now = at::loss,
                  .has_loss_gradient = true});
  const char* const backward[] = {
      "p hands −5 · 3 = −15 to w, and −5 · 2 = −10 to x",
      "z, a sum, hands −5 to p and to b",
      "h hands −5 to z, since the ReLU let 4 pass",
      "y₁ hands −6 · 4 = −24 to v₁, and −6 · 0.5 = −3 to h, which has both of its parts now",
      "y₂ hands 2 · 4 = 8 to v₂, and 2 · (−1) = −2 to h",
      "l₁ hands 2 · (2 − 5) = −6 to y₁",
      "l₂ hands 2 · (−4 + 5) = 2 to y₂",
      "L, a sum, hands 1 to l₁ and to l₂"};
  for (Place node = all; node-- > first;)
    list.push_back({.title = fmt::format("Backward: {}", backward[node - first]),
                    .values = all,
                    .handed_on = node,
                    .now = node,
                    .has_loss_gradient = true});
  return list;
}

inline void frame(Chapter& chapter, const std::string& name, const tape::Tape& tape,
                  const Gradients& gradients, const Stage& stage) {
  lw::save_text(chapter.folder() / (name + ".svg"), GraphPicture(tape, gradients, stage).svg());
  chapter.print("Plot: {}.svg\n", name);
}

inline void frames(Chapter& chapter, const tape::Tape& tape, const Gradients& gradients) {
  int number = 0;
  for (const Stage& stage : stages(tape))
    frame(chapter, fmt::format("step_{}", ++number), tape, gradients, stage);
}

// What the page does on paper, number by number.
inline void by_hand(Chapter& chapter, const tape::Tape& tape, const Gradients& gradients) {
  chapter.section("hand", "3 Backward");
  constexpr double values[] = {3, 2, -2, 0.5, -1, 6, 4, 4, 2, -4, 9, 1, 10};
  constexpr double slopes[] = {-10, -15, -5, -24, 8, -5, -5, -5, -6, 2, 1, 1, 1};
  chapter.print("         value  gradient\n");
  bool values_agree = tape.size() == at::count, slopes_agree = values_agree;
  for (Place i = 0; i < tape.size(); ++i) {
    chapter.print("{:<4} {:>9} {:>9}\n", tape::kNames[i], tape[i].value, gradients[i]);
    values_agree = values_agree && tape[i].value == values[i];
    slopes_agree = slopes_agree && gradients[i] == slopes[i];
  }
  chapter.check("the values are those computed by hand, exactly", values_agree);
  chapter.check("the gradients are those computed by hand, exactly", slopes_agree);
  frames(chapter, tape, gradients);
}

inline double loss_of(const tape::Tape& tape) {
  return tape.back().value;
}

inline void update(Chapter& chapter, const Knobs& before, const Gradients& gradients,
                   const Knobs& after, tape::Tape (*record)(const Knobs&)) {
  chapter.section("update", "4 The update");
  const auto line = [&](const char* name, double from, Place place, double to) {
    chapter.print("{:<3} {:>5} - 0.01 * ({:>3}) = {:g}\n", name, from, gradients[place], to);
  };
  line("w", before.w, at::w, after.w);
  line("b", before.b, at::b, after.b);
  line("v1", before.v1, at::v1, after.v1);
  line("v2", before.v2, at::v2, after.v2);
  const tape::Tape again = record(after);
  chapter.print("\nforward again\n");
  for (Place i = at::p; i < again.size(); ++i)
    chapter.print("{:<4} {:>8.6g}\n", tape::kNames[i], again[i].value);
  constexpr double values[] = {6.45, 4.5, 4.5, 3.33, -4.86, 2.7889, 0.0196, 2.8085};
  bool agree = true;
  for (Place i = at::p; i < again.size(); ++i)
    agree = agree && std::abs(again[i].value - values[i - at::p]) <= 1e-13;
  // 0.01 is no binary fraction, so that each knob is off by some 1e-16, and each number that it is
  // multiplied by is below 10.
  chapter.check("the numbers after the update are those computed by hand", agree);
  chapter.check("the loss has fallen", loss_of(again) < loss_of(record(before)));
  chapter.number("loss after the update", loss_of(again));
}

inline void overwritten(Chapter& chapter, const tape::Tape& square, const Gradients& right_square,
                        const Gradients& wrong_square, const Gradients& right,
                        const Gradients& wrong) {
  chapter.section("twice", "5 A value used twice");
  chapter.print("q = x x at x = {}:  added {}, overwritten {}\n\n", square.front().value,
                right_square.front(), wrong_square.front());
  chapter.print("      added  overwritten\n");
  for (const Place i : {at::v1, at::v2, at::h, at::b, at::w, at::x})
    chapter.print("{:<4} {:>6} {:>12}\n", tape::kNames[i], right[i], wrong[i]);
  chapter.check("the square's derivative is 2 x when its parts are added, and x when not",
                right_square.front() == 6 && wrong_square.front() == 3);
  chapter.check("overwriting spoils h and all that is above it",
                wrong[at::h] == -3 && wrong[at::w] == -9 && right[at::w] == -15);
}

// The derivatives of the loss with respect to numbers of a tape, from `first` on: by the tape, and
// from the losses of tapes with one of the numbers moved.
inline void check_tape(Chapter& chapter, std::string what, const std::vector<double>& values,
                       Place first, Gradients (*backward)(const tape::Tape&),
                       const std::function<tape::Tape(const std::vector<double>&)>& record) {
  const Gradients all = backward(record(values));
  tutorial::Derivatives derivatives;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto loss = [&](double value) {
      std::vector<double> moved = values;
      moved[i] = value;
      return loss_of(record(moved));
    };
    derivatives.add(all[first + i], numerical(loss, values[i]));
  }
  derivatives.check(chapter, std::move(what));
  chapter.print("\n");
}

// What TensorFlow's numbers have under a name, and a list of so many of them.
inline const lw::Config& field(const lw::Config& object, const char* name) {
  if (const lw::Config* found = object.find(name)) return *found;
  throw lw::DataError(fmt::format("gradients.json: it has no '{}'", name));
}

inline std::vector<double> numbers_of(const lw::Config& object, const char* name,
                                      std::size_t count) {
  auto list = lw::from_config<std::vector<double>>(field(object, name));
  if (list.size() != count)
    throw lw::DataError(
        fmt::format("gradients.json: '{}' has {} numbers, expected {}", name, list.size(), count));
  return list;
}

inline void four_ways(Chapter& chapter, const tape::Tape& tape, const Gradients& gradients,
                      lw::BasicSequential<double> model, const lw::Config& reference) {
  chapter.section("tape", "6 A program for any graph");
  const lw::Config& small = field(reference, "small");
  const auto values = numbers_of(small, "values", tape.size() - at::p);
  const auto theirs = numbers_of(small, "gradients", tape.size());
  lw::Tensor<double> dx({1, 1});
  const double loss =
      model.compute_gradients(lw::SumSquaredError{}, lw::Tensor<double>({1, 1}, {3}),
                              lw::Tensor<double>({1, 2}, {5, -5}), dx);
  const auto parameters = model.parameters();
  const double library[] = {parameters[0].gradient[0], parameters[1].gradient[0],
                            parameters[2].gradient[0], parameters[2].gradient[1], dx[0]};
  chapter.print("gradient of  tape  library  TensorFlow\n");
  bool library_agrees = loss == loss_of(tape), values_agree = true;
  std::size_t k = 0;
  for (const Place i : {at::w, at::b, at::v1, at::v2, at::x}) {
    chapter.print("{:<11} {:>5} {:>8} {:>11}\n", tape::kNames[i], gradients[i], library[k],
                  theirs[i]);
    library_agrees = library_agrees && library[k++] == gradients[i];
    chapter.exact_in_keras(fmt::format("gradient of {}", tape::kNames[i]), gradients[i], theirs[i]);
  }
  for (Place i = at::p; values_agree && i < tape.size(); ++i)
    values_agree = tape[i].value == values[i - at::p];
  // All of them are multiples of 1/2 below 2^8: no operation rounds, in whatever order.
  chapter.check("loss and gradients are the library's, bit for bit", library_agrees);
  chapter.check("all values and gradients are TensorFlow's, bit for bit",
                values_agree && theirs == gradients);
  const auto after = lw::from_config<double>(field(small, "loss_after_update"));
  // Both round where they multiply by 0.01, each knob by 2^-53 of itself at most, which is below 4;
  // the loss's derivatives are then below 24, and its own few operations round numbers below 10.
  chapter.check("the loss after the update is TensorFlow's, but for rounding",
                std::abs(after - 2.8085) <= 1e-13);
}

// Numbers for a network on the tape: multiples of 1/4 from -1 to 1.
inline std::vector<double> quarters(std::size_t count, std::size_t stream) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto word = lw::philox({static_cast<std::uint32_t>(i), 0, 0, 0},
                                 {static_cast<std::uint32_t>(stream), 17})[0];
    values[i] = (static_cast<double>(word % 9) - 4) / 4;
  }
  return values;
}

inline std::size_t weight_count(const std::vector<std::size_t>& sizes) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < sizes.size(); ++i) count += (sizes[i - 1] + 1) * sizes[i];
  return count;
}

inline std::vector<double> weights(const std::vector<std::size_t>& sizes) {
  return quarters(weight_count(sizes), 1001);
}

// The same a little off, so that no sum is 0 exactly, where a ReLU has its kink.
inline std::vector<double> random_weights(const std::vector<std::size_t>& sizes) {
  std::vector<double> values = weights(sizes);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] += 0.1 * std::sin(static_cast<double>(i + 1));
  return values;
}

inline void paths(Chapter& chapter, const std::vector<std::size_t>& sizes, const tape::Tape& tape,
                  Gradients (*backward)(const tape::Tape&),
                  double (*over_paths)(const tape::Tape&, Place, Place, Index&)) {
  if (sizes.size() == 3)
    chapter.print("hidden layers   paths  steps over paths  lines of the graph\n");
  const Place input = weight_count(sizes) + 1;  // behind the weights, and where the loss begins
  std::size_t lines = 0;
  for (const tape::Node& node : tape) lines += node.inputs.size();
  Index steps = 0;
  const double derivative = over_paths(tape, tape.size() - 1, input, steps);
  chapter.print("{:>13} {:>7.0f} {:>17} {:>19}\n", sizes.size() - 2,
                std::pow(8.0, static_cast<double>(sizes.size() - 2)), steps, lines);
  // Weights and input are multiples of 1/4, so nothing rounds.
  chapter.check(fmt::format("over paths the derivative is that of the tape, {}", derivative),
                derivative != 0 && derivative == backward(tape)[input]);
}

// Operations of the two passes over a tape.
struct Cost {
  std::size_t forward = 0, backward = 0;
};

inline Cost count(const tape::Tape& tape) {
  Cost cost;
  std::vector<bool> has_gradient(tape.size(), false);
  for (Place node = tape.size(); node-- > 0;) {
    const auto& [value, inputs, slopes] = tape[node];
    cost.forward += inputs.empty() ? 0 : 1;
    const bool is_sum = inputs.size() == 2 &&
                        value == tape[inputs[0]].value + tape[inputs[1]].value && slopes[0] == 1 &&
                        slopes[1] == 1;  // 1 * 1 has these slopes, too
    for (const Place input : inputs) {
      cost.backward += (is_sum ? 0u : 1u) + (has_gradient[input] ? 1u : 0u);
      has_gradient[input] = true;
    }
  }
  return cost;
}

// What the backward pass costs, by how often each number is used: a multiplication for each use but
// those in sums, and an addition for each use but the first.
inline std::size_t backward_cost(const std::vector<std::size_t>& sizes, std::size_t samples) {
  std::size_t cost = (samples - 1) * weight_count(sizes);
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const std::size_t products = sizes[i - 1] * sizes[i];
    cost += samples * (2 * products + sizes[i] + products - sizes[i - 1]);
  }
  return cost;
}

inline void cost(Chapter& chapter, const std::vector<std::size_t>& sizes, std::size_t samples,
                 const tape::Tape& tape) {
  const std::size_t knobs = weight_count(sizes);
  const auto [forward, backward] = count(tape);
  const double ratio = static_cast<double>(backward) / static_cast<double>(forward);
  if (sizes[1] == 4)
    chapter.print("units   knobs   forward   backward   times   each knob moved\n");
  chapter.print("{:>5} {:>7} {:>9} {:>10} {:>7.2f} {:>17}\n", sizes[1], knobs, forward, backward,
                ratio, (knobs + 1) * forward);
  chapter.check(
      fmt::format("the backward pass costs what its products and sums do at {} units", sizes[1]),
      backward == backward_cost(sizes, samples));
  chapter.check(fmt::format("backward costs about two forward passes at {} units", sizes[1]),
                ratio > 1.5 && ratio < 2.1);
  chapter.number(fmt::format("backward by forward, {} units", sizes[1]), ratio);
}

}  // namespace show
