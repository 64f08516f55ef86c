#pragma once
// An exercise of chapter 04. Its page has hints.
#include <vector>

#include "support/exercise.hpp"

namespace yours {

/// Ends a training as soon as the validation loss has not fallen below its lowest for `patience`
/// epochs in a row, or when `losses` ends. Returns the epoch whose weights are kept, counted from
/// 0: that of the lowest loss until then. There is at least one loss, and patience is at least 1.
inline lanewise::Index early_stopping(const std::vector<double>& losses, lanewise::Index patience) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
