#pragma once
// An exercise of chapter 05. Its page has hints, and the answer.
#include "support/exercise.hpp"

namespace yours {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;  // (height, width)

/// What a filter gives as it slides over an image, `stride` pixels a step, with `zeros` rows or
/// columns of zeros on each of the four sides. Image and filter are (height, width), and so is the
/// result: element (i, j) is what the filter gives at its place i from above and j from the left.
inline Plane conv2d(const Plane& image, const Plane& filter, Index stride, Index zeros) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
