#pragma once
// An exercise of chapter 01. Its page has hints.
#include "support/exercise.hpp"

namespace yours {

using Plane = lanewise::Tensor<double>;  // (rows, columns)

/// Nine knobs, one for each pixel of an image of 3 x 3, for the output "upright":
/// Plane({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}) is how they are written. All knobs of the other
/// output, "lying", are at 0.
inline Plane bar_knobs() {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
