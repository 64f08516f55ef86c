#pragma once
// Chapter 02: the training loop as a picture.
#include <string>

#include "support/diagram.hpp"

namespace show {

inline std::string training_loop() {
  tutorial::Diagram loop;
  loop.box(8, 10, 112, {"images"});
  loop.box(170, 10, 136, {"network", "with weights w"}, true);
  loop.box(356, 10, 116, {"outputs y"});
  loop.box(170, 106, 136, {"labels t"});
  loop.box(356, 106, 116, {"loss", "of y and t"});
  loop.box(356, 202, 116, {"gradient", "of the loss"});
  loop.box(170, 202, 136, {"update", "w − η · gradient"});
  loop.arrow("M120,36 H170", 170, 36, 1, 0);
  loop.arrow("M306,36 H356", 356, 36, 1, 0);
  loop.arrow("M414,62 V106", 414, 106, 0, 1);
  loop.arrow("M306,132 H356", 356, 132, 1, 0);
  loop.arrow("M414,158 V202", 414, 202, 0, 1);
  loop.arrow("M356,228 H306", 306, 228, -1, 0);
  loop.arrow("M170,228 H145 V84 H238 V62", 238, 62, 0, -1);
  loop.text(76, 160, "new weights");
  return loop.svg(
      264, "The training loop",
      "Boxes and arrows. Images go into the network with its weights w. Out come the "
      "outputs y. These and the labels t give the loss, the loss gives the gradient, "
      "the gradient goes into the update, and the update gives the network new weights.");
}

}  // namespace show
