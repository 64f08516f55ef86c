#pragma once
// Chapter 17: the small network's graph as pictures, one for each step through it.
//
// Values go down, gradients come up: beside each line stands what went down along it, and what came
// up, as soon as it is known.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "17_backpropagation/tape.hpp"
#include "support/diagram.hpp"

namespace show {

using tape::Place;
using tape::Tape;

// A number as on paper: -24, 0.5, and with a minus sign that is as wide as a plus.
inline std::string on_paper(double value) {
  const std::string digits = fmt::format("{:.6g}", value < 0 ? -value : value + 0.0);
  return value < 0 ? "−" + digits : digits;
}

// What is known after a step.
struct Stage {
  std::string title;
  Place values = 0;               // the first so many numbers of the tape are known
  Place handed_on = 0;            // the numbers from this place on have handed on their gradients
  std::optional<Place> now = {};  // the node that the step is about
  bool has_loss_gradient = false;
};

class GraphPicture {
 public:
  // `gradients` are what the tape's backward() gives.
  GraphPicture(const Tape& tape, const std::vector<double>& gradients, const Stage& stage)
      : tape_(tape), gradients_(gradients), stage_(stage) {
    for (Place node = tape::at::p; node < tape_.size(); ++node)
      for (std::size_t i = 0; i < tape_[node].inputs.size(); ++i) edge(node, i);
    edge_below();
    for (Place node = 0; node < tape_.size(); ++node) box(node);
    if (gradient_known(tape::at::h)) sum_at_h();
  }

  std::string svg() const { return picture_.svg(kHeight, stage_.title, in_words()); }

 private:
  using Diagram = tutorial::Diagram;
  static constexpr int kHeight = 604, kSmall = 66;  // and the width of a box with one letter

  struct Box {
    int x, y, width;  // x is its middle, y its upper edge
    const char* text;
  };
  static constexpr std::array<Box, tape::at::count> kBoxes = {Box{150, 6, kSmall, "x"},
                                                              {330, 6, kSmall, "w"},
                                                              {392, 92, kSmall, "b"},
                                                              {62, 264, kSmall, "v₁"},
                                                              {418, 264, kSmall, "v₂"},
                                                              {240, 92, 108, "p = w x"},
                                                              {240, 178, 108, "z = p + b"},
                                                              {240, 264, 108, "h = relu(z)"},
                                                              {126, 356, 108, "y₁ = v₁ h"},
                                                              {354, 356, 108, "y₂ = v₂ h"},
                                                              {126, 442, 128, "l₁ = (y₁ − 5)²"},
                                                              {354, 442, 128, "l₂ = (y₂ + 5)²"},
                                                              {240, 524, 108, "L = l₁ + l₂"}};

  bool value_known(Place node) const { return node < stage_.values; }
  bool handed_on(Place node) const { return node >= stage_.handed_on && stage_.has_loss_gradient; }
  // All that the number goes into have handed on theirs: w is known as soon as p has done so.
  bool gradient_known(Place node) const {
    if (node == tape::at::loss) return stage_.has_loss_gradient;
    for (Place user = node + 1; user < tape_.size(); ++user)
      for (const Place input : tape_[user].inputs)
        if (input == node && !handed_on(user)) return false;
    return true;
  }

  // Value above, gradient below, at one side of a line.
  void numbers(int x, int y, const char* anchor, std::optional<double> value,
               std::optional<double> gradient) {
    if (value) picture_.text(x, y - 4, "↓ " + on_paper(*value), anchor, Diagram::kBlue);
    if (gradient) picture_.text(x, y + 14, "↑ " + on_paper(*gradient), anchor, Diagram::kOrange);
  }

  // From the lower edge of an input to the upper edge of a node. The numbers stand right of an
  // upright line, and on the outer side of a slanted one.
  void edge(Place node, std::size_t input) {
    const Place source = tape_[node].inputs[input];
    const Box &from = kBoxes[source], &to = kBoxes[node];
    const int y1 = from.y + Diagram::kNode, y2 = to.y, middle = (y1 + y2) / 2;
    const int lean = from.x < to.x ? -1 : from.x > to.x ? 1 : 0;
    const int end = to.x + lean * (to.width / 4);
    const int start = from.x - (from.width > kSmall ? lean * from.width / 4 : 0);
    picture_.line(start, y1, end, y2);
    std::optional<double> value, gradient;
    if (value_known(source)) value = tape_[source].value;
    if (handed_on(node)) gradient = tape_[node].slopes[input] * gradients_[node];
    // Those of h stand apart, so that their sum has room between them. Where a line comes close to
    // two lines of words, it does so above the first or below the second.
    const bool left = source == tape::at::h ? lean > 0 : lean < 0;
    const int close = source == tape::at::h ? middle + 16 : middle - 16;
    const int x = start + (end - start) * (close - y1) / (y2 - y1);
    numbers(x + (left ? -8 : 8), middle, left ? "end" : "start", value, gradient);
  }

  void edge_below() {
    const Box& box = kBoxes[tape::at::loss];
    picture_.line(box.x, box.y + Diagram::kNode, box.x, kHeight - 6);
    std::optional<double> value, gradient;
    if (value_known(tape::at::loss)) value = tape_.back().value;
    if (stage_.has_loss_gradient) gradient = 1;
    numbers(box.x + 10, (box.y + Diagram::kNode + kHeight) / 2 - 4, "start", value, gradient);
  }

  void box(Place node) {
    const Box& at = kBoxes[node];
    const char* const about = stage_.has_loss_gradient ? Diagram::kOrange : Diagram::kBlue;
    picture_.node(at.x, at.y, at.width, at.text, node >= tape::at::w && node <= tape::at::v2,
                  stage_.now == node ? about : nullptr);
  }

  // What came up both of its lines, added.
  void sum_at_h() {
    const auto from = [this](Place node) { return tape_[node].slopes[1] * gradients_[node]; };
    const double first = from(tape::at::y2), second = from(tape::at::y1);
    const Box& at = kBoxes[tape::at::h];
    picture_.text(at.x, at.y + Diagram::kNode + 50,
                  fmt::format("{} {} {} = {}", on_paper(first), second < 0 ? "−" : "+",
                              on_paper(std::abs(second)), on_paper(first + second)),
                  "middle", Diagram::kOrange);
  }

  std::string in_words() const {
    std::string words = "The graph of the small network. ";
    std::string values, gradients;
    for (Place node = 0; node < tape_.size(); ++node) {
      if (value_known(node))
        values += fmt::format(" {} = {},", tape::kNames[node], on_paper(tape_[node].value));
      if (stage_.has_loss_gradient && gradient_known(node))
        gradients += fmt::format(" {}: {},", tape::kNames[node], on_paper(gradients_[node]));
    }
    values.back() = '.';
    words += "Known values:" + values;
    if (!gradients.empty()) {
      gradients.back() = '.';
      words += " Known gradients:" + gradients;
    }
    return words;
  }

  const Tape& tape_;
  const std::vector<double>& gradients_;
  Stage stage_;
  Diagram picture_;
};

}  // namespace show
