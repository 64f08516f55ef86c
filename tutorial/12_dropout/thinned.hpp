#pragma once
// Chapter 12: a small network of which some units are dropped, as a picture.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "support/diagram.hpp"

namespace show {

class Thinned : public tutorial::Diagram {
 public:
  static constexpr int kInputs = 5, kUnits = 8, kOutputs = 3, kHeight = 290;

  // Kept units have their connections; dropped ones are dashed and have none.
  explicit Thinned(const std::vector<bool>& kept) {
    for (int unit = 0; unit < kUnits; ++unit) {
      if (!kept[static_cast<std::size_t>(unit)]) continue;
      for (int i = 0; i < kInputs; ++i) line(kLeft, y(i, kInputs), kMiddle, y(unit, kUnits));
      for (int o = 0; o < kOutputs; ++o) line(kMiddle, y(unit, kUnits), kRight, y(o, kOutputs));
    }
    for (int i = 0; i < kInputs; ++i) circle(kLeft, y(i, kInputs), true);
    for (int o = 0; o < kOutputs; ++o) circle(kRight, y(o, kOutputs), true);
    for (int unit = 0; unit < kUnits; ++unit)
      circle(kMiddle, y(unit, kUnits), kept[static_cast<std::size_t>(unit)]);
    text(kLeft, kHeight - 8, "inputs");
    text(kMiddle, kHeight - 8, "hidden units");
    text(kRight, kHeight - 8, "outputs");
  }

 private:
  static constexpr int kLeft = 60, kMiddle = 240, kRight = 420, kRadius = 12;

  static int y(int i, int count) { return 135 + 32 * (2 * i - count + 1) / 2; }

  void circle(int x, int y, bool kept) {
    body_ += fmt::format(
        "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"{}/>\n",
        x, y, kRadius, kept ? kBlue : "#ffffff", kept ? kBlue : kGrey,
        kept ? "" : " stroke-dasharray=\"4\"");
  }
};

}  // namespace show
