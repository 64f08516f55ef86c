#pragma once
// Chapter 13: the network. What its verdict finds is counted with the same one
// (tutorial/mutations).
#include <cstdint>
#include <vector>

#include "lanewise/lanewise.hpp"

namespace cnn {

namespace lw = lanewise;

// [layers]
inline std::vector<lw::Layer> listing() {
  return {lw::Conv2D{32, {3, 3}, {.activation = lw::relu}},  // 32 filters of 3 x 3
          lw::MaxPooling2D{},                                // the largest of 2 x 2
          lw::Conv2D{64, {3, 3}, {.activation = lw::relu}},
          lw::MaxPooling2D{},
          lw::Conv2D{64, {3, 3}, {.activation = lw::relu}},
          lw::Flatten{},
          lw::Dense{64, {.activation = lw::relu}},
          lw::Dense{10, {.activation = lw::softmax}}};
}
// [layers]

// [model]
inline lw::Sequential make_model(std::uint64_t seed,
                                 const std::vector<lw::Layer>& layers = listing()) {
  lw::Sequential model{lw::Input{{28, 28, 1}}};
  for (const lw::Layer& layer : layers) model.add(layer);
  model.set_seed(seed);
  model.compile({.optimizer = lw::Adam{},
                 .loss = lw::SparseCategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [model]

}  // namespace cnn
