#pragma once
// An exercise of chapter 15. Its page has hints, and the answer.
#include <algorithm>
#include <cmath>
#include <vector>

#include "support/exercise.hpp"

namespace yours {

/// The cross-entropy of these logits, of which there is one or more, if this is the label.
inline double cross_entropy(const std::vector<double>& logits, std::size_t label) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
