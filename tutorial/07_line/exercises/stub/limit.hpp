#pragma once
// An exercise of chapter 07. Its page has hints.
#include <vector>

#include "support/exercise.hpp"

namespace yours {

/// The limit of the learning rate for the mean squared error of a line over these inputs, of which
/// there is at least one: the loss falls below it, and grows above it.
inline double limit(const std::vector<double>& x) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
