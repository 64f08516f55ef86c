#pragma once
// An exercise of chapter 13. Its page has hints.
#include "13_mnist_cnn/sliding.hpp"
#include "support/exercise.hpp"

namespace yours {

/// How many rows of the image a unit sees that stands behind these layers, the first one first.
/// All windows are square and without padding, so it sees as many columns: `kernel.height` and
/// `stride.height` say all.
inline lanewise::Index receptive_field(const std::vector<sliding::Sliding>& layers) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
