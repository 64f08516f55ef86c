#pragma once
// An exercise of chapter 18. Its page has hints.
#include <functional>
#include <vector>

#include "support/exercise.hpp"

namespace yours {

using Image = std::vector<double>;  // side * side pixels, row by row
using Loss = std::function<double(const Image&)>;

/// By how much the loss rises when a square of `square` x `square` pixels becomes 0, for each place
/// within the image that the square can have, row by row.
inline std::vector<double> occlusion_map(const Image& image, int side, int square,
                                         const Loss& loss) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
