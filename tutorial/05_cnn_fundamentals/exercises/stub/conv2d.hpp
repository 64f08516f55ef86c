#pragma once
// An exercise of chapter 05. Its page has hints, and the answer.
#include "support/exercise.hpp"

namespace yours {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;  // (height, width)

/// What a filter gives as it slides over an image, one element a step, never over the border. Both
/// are (height, width); the result is (h - kh + 1, w - kw + 1), its element (i, j) the sum of all
/// filter(a, b) * image(i + a, j + b).
inline Plane conv2d(const Plane& image, const Plane& filter) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
