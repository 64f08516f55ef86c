#pragma once
// Where an element of a batch stands, for messages: "sample 3 at (0, 7)", or "sample 3" alone where
// a sample is one number.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "lanewise/shape.hpp"

namespace lanewise {

inline std::string position(const Shape& shape, Index element) {
  std::vector<Index> within;
  for (int d = shape.rank() - 1; d > 0; --d) {
    within.insert(within.begin(), element % shape[d]);
    element /= shape[d];
  }
  return within.empty() ? fmt::format("sample {}", element)
                        : fmt::format("sample {} at ({})", element, fmt::join(within, ", "));
}

}  // namespace lanewise
