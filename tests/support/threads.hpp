#pragma once
// The numbers of threads that a result must not depend on.
#include <initializer_list>
#include <type_traits>

#include "lanewise/threads.hpp"
#include "parallel/wakefulness.hpp"

namespace lanewise::test {

// Calls body(threads), or body(), with as many threads set; in a build without OpenMP with 1 alone.
// Small work gets a team as it would after other work.
template <class Body>
void for_each_thread_count(Body body, std::initializer_list<int> counts = {1, 2, 3}) {
  parallel::wakefulness().stay_awake();
  for (const int threads : counts) {
    if (threads > 1 && !has_openmp()) continue;
    const ScopedThreads scope(threads);
    if constexpr (std::is_invocable_v<Body, int>)
      body(threads);
    else
      body();
  }
}

}  // namespace lanewise::test
