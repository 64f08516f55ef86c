#pragma once
// An exercise of chapter 05. Its page has hints.
#include "support/exercise.hpp"

namespace yours {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;  // (height, width)

/// One step of gradient descent for the weights of a filter. The filter slides over the image, as
/// the loops of section 1 do, and the loss is the mean of (result - wanted)^2 over all places.
/// `filter`, which it changes, is (3, 3), `image` (h, w), `wanted` (h - 2, w - 2).
inline void learn_filter(Plane& filter, const Plane& image, const Plane& wanted,
                         double learning_rate) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
