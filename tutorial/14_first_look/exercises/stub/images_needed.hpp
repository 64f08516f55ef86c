#pragma once
// An exercise of chapter 14. Its page has hints.
#include <cmath>

#include "support/exercise.hpp"

namespace yours {

/// The number of images at which the gap is `wanted`, if it is `gap_1` after training on `images_1`
/// images and `gap_2` on `images_2`, and its line is straight where both axes are logarithmic.
inline double images_needed(double images_1, double gap_1, double images_2, double gap_2,
                            double wanted) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
