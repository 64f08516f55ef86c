#pragma once
// An exercise of chapter 14. Its page has hints.
#include <vector>

#include "support/exercise.hpp"

namespace yours {

/// The places of the first `each` images of every class, in rising order. The labels are from 0 to
/// classes - 1; of a class with fewer images, all are taken.
inline std::vector<int> balanced(const std::vector<int>& labels, int classes, int each) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
