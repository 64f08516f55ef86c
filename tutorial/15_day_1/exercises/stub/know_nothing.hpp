#pragma once
// An exercise of chapter 15. Its page has hints.
#include <cmath>
#include <vector>

#include "support/exercise.hpp"

namespace yours {

/// The logits that cost least, on average, for labels of which there are so many of each class. No
/// count is 0.
inline std::vector<double> know_nothing(const std::vector<int>& counts) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
