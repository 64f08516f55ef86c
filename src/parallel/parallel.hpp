#pragma once
// Threads: the only place that knows OpenMP.
//
// One rule decides whether work is shared: each thread is to have a grain of it, beside which a
// fork and join is little. A grain is larger while the team sleeps, which takes long to wake
// (wakefulness.hpp). Below two grains, and inside another parallel region, the caller does
// everything itself. How long work takes is estimated from what it is, in flops and bytes
// (work.hpp).
//
// After fork() the child of a process that had a team works on one thread: OpenMP's are not there.
//
// Results never depend on the number of threads. An element-wise body writes each element from its
// inputs alone, and a sum is cut into chunks by its size (parallel_sum), added in order.
#include <memory>
#include <type_traits>
#include <utility>

#include "lanewise/shape.hpp"
#include "parallel/crowding.hpp"
#include "parallel/work.hpp"

namespace lanewise::parallel {

// A callable passed by reference: no allocation, one indirect call.
template <class Signature>
class FunctionRef;

template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef>) FunctionRef(F&& callable)
  noexcept
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

// How many threads such work is worth: 1 to num_threads(), and no more than `most` shares of it.
int team_size(Cost whole, Index most) noexcept;

// Calls body(begin, end) for contiguous blocks that together cover [0, count) once; each thread
// gets one block. Block borders fall on multiples of `align` items. The body must not throw.
void parallel_for(Index count, Cost each, FunctionRef<void(Index, Index)> body,
                  Index align = 1) noexcept;

// The process's record of late teams, which parallel_team() looks at.
Crowding& crowding() noexcept;

// Runs body(thread, team) once on each thread of a team of `team` members, or of fewer if the
// runtime grants fewer, other processes hold cores or the team sleeps: the second argument says.
// For kernels that divide a two-dimensional range themselves. The body must not throw.
void parallel_team(int team, FunctionRef<void(int, int)> body) noexcept;

// The sum of chunk(begin, end) over chunks of [0, count) whose borders depend on `count` alone,
// added in order: the same bits on any number of threads. A chunk has at least `min_chunk` items;
// fewer than the default suit items that are rows.
double parallel_sum(Index count, Cost each, FunctionRef<double(Index, Index)> chunk,
                    Index min_chunk = 1024) noexcept;

// While one lives, this thread replaces subnormal inputs and results by zeros of their sign (the
// processor's modes DAZ and FTZ).
// Arithmetic on subnormals takes a microcoded path, over a hundred cycles long on many processors,
// and optimizer state decays straight into that range. parallel_for and its kind set it on the
// workers too.
class FlushToZero {
 public:
  FlushToZero() noexcept;
  ~FlushToZero();
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;

 private:
  unsigned long long saved_;
};

}  // namespace lanewise::parallel
