#pragma once
// How chapters time two ways to the same numbers.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <limits>

#include "lanewise/lanewise.hpp"

namespace tutorial {

/// What a time is taken with.
enum class Clock {
  processor,  ///< the seconds of all threads of this program: what others do counts little
  wall        ///< the seconds that pass: the one that is right for several threads
};

/// Seconds of one call, the least of several.
template <class F>
double least_seconds(int runs, F&& call, Clock clock = Clock::processor) {
  const auto now = [clock] {
    using Seconds = std::chrono::duration<double>;
    return clock == Clock::wall
               ? Seconds(std::chrono::steady_clock::now().time_since_epoch()).count()
               : static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  };
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < runs; ++i) {
    const double start = now();
    call();
    least = std::min(least, now() - start);
  }
  return std::max(least, 1.0 / CLOCKS_PER_SEC);
}

/// How many thousand million operations a second a call does, the best of several.
template <class F>
double gigaflops(lanewise::Index operations, int runs, F&& call, Clock clock = Clock::processor) {
  return static_cast<double>(operations) / least_seconds(runs, call, clock) / 1e9;
}

}  // namespace tutorial
