#pragma once
// An exercise of chapter 18. Its page has hints, and the answer.
#include <algorithm>
#include <vector>

#include "support/exercise.hpp"

namespace yours {

/// The image `x` with noise of this size on it, by the fast gradient sign method. `slope` has the
/// derivative of the loss by each pixel. Pixels stay between 0 and 1.
inline std::vector<double> fgsm(const std::vector<double>& x, const std::vector<double>& slope,
                                double size) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
