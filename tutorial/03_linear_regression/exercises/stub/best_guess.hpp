#pragma once
// An exercise of chapter 03. Its page has hints.
#include <vector>

#include "support/exercise.hpp"

namespace yours {

/// The one price that, said for all houses, has the least mean squared error. There is at least one
/// house.
inline double best_guess(const std::vector<double>& prices) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
