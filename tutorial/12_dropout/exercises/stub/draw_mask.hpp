#pragma once
// An exercise of chapter 12. Its page has hints.
#include "support/exercise.hpp"

namespace yours {

/// A mask of `count` numbers: each is 0 with the probability `rate`, and else 1, independently of
/// the others. The same seed gives the same mask, another seed another one.
inline lanewise::Tensor<double> draw_mask(lanewise::Index count, double rate, std::uint64_t seed) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
