#pragma once
// An exercise of chapter 12. Its page has hints, and the answer.
#include "support/exercise.hpp"

namespace yours {

/// What dropout makes of the numbers x. The mask has a 0 or a 1 for each of them, 0 with the
/// probability `rate`, which is from 0 to below 1. `training` says whether the network is being
/// trained.
inline lanewise::Tensor<double> dropout(const lanewise::Tensor<double>& x,
                                        const lanewise::Tensor<double>& mask, double rate,
                                        bool training) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
