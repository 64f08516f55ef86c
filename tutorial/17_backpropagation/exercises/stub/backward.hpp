#pragma once
// An exercise of chapter 17. Its page has hints, and the answer.
#include <vector>

#include "17_backpropagation/tape.hpp"
#include "support/exercise.hpp"

namespace yours {

/// The gradient of every number of a tape, whose last number is the loss. Of each node it has the
/// `value`, the places of its `inputs`, and its `slopes`: its derivative with respect to each of
/// these.
inline std::vector<double> backward(const tape::Tape& tape) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
