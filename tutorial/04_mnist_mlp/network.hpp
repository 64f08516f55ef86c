#pragma once
// Chapter 04: the network. What its verdict finds is counted with the same one
// (tutorial/mutations).
#include <cstdint>
#include <vector>

#include "lanewise/lanewise.hpp"

namespace mlp {

namespace lw = lanewise;

// [model]
inline std::vector<lw::Layer> layers() {
  return {lw::Dense{128, {.activation = lw::relu}},  // the first hidden layer
          lw::Dense{128, {.activation = lw::relu}},  // the second
          lw::Dense{10, {.activation = lw::softmax}}};
}

inline lw::Sequential make_model(std::uint64_t seed, const std::vector<lw::Layer>& of = layers()) {
  lw::Sequential model{lw::Input{{28 * 28}}};  // an image as a row
  for (const lw::Layer& layer : of) model.add(layer);
  model.set_seed(seed);
  model.compile({.optimizer = lw::RMSprop{},
                 .loss = lw::CategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [model]

}  // namespace mlp
