#pragma once
// An exercise of chapter 03. Its page has hints.
#include <utility>
#include <vector>

#include "support/exercise.hpp"

namespace yours {

/// Slope and intercept, in this order, of the line with the least mean squared error: `x` are the
/// rooms and `y` the prices, as many of each, and not all rooms are equal.
inline std::pair<double, double> ols(const std::vector<double>& x, const std::vector<double>& y) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
