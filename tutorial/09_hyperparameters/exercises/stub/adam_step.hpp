#pragma once
// An exercise of chapter 09. Its page has hints, and the answer.
#include <cmath>

#include "support/exercise.hpp"

namespace yours {

/// One step of Adam, the t-th, which counts from 1: moves the knob w, whose slope is g, and its two
/// averages m and v, which are 0 before the first step.
inline void adam_step(double& w, double& m, double& v, int t, double g, double rate) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
