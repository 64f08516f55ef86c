#pragma once
// Whole numbers divided and rounded up, for count >= 0 and unit > 0.
#include "lanewise/tensor.hpp"

namespace lanewise {

constexpr Index divide_up(Index count, Index unit) {
  return (count + unit - 1) / unit;
}

constexpr Index round_up(Index count, Index unit) {
  return divide_up(count, unit) * unit;
}

// So many elements, rounded up to whole cache lines.
template <class T>
constexpr Index whole_lines(Index count) {
  return round_up(count, static_cast<Index>(kAlignment / sizeof(T)));
}

}  // namespace lanewise
