#pragma once
// How chapters time two ways to the same numbers.
#include <algorithm>
#include <ctime>
#include <limits>

namespace tutorial {

/// Processor seconds of one call, the least of several: what else the machine does counts little.
template <class F>
double least_seconds(int runs, F&& call) {
  std::clock_t least = std::numeric_limits<std::clock_t>::max();
  for (int i = 0; i < runs; ++i) {
    const std::clock_t start = std::clock();
    call();
    least = std::min(least, std::clock() - start);
  }
  return static_cast<double>(std::max<std::clock_t>(least, 1)) / CLOCKS_PER_SEC;
}

}  // namespace tutorial
