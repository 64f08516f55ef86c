#pragma once
// Against oversubscription: notices when the threads of a team do not get a core each, and makes
// teams smaller for a while.
//
// A team ends when its last member does. Where another process holds a core, the system runs one
// member only every few milliseconds, and all others wait for it (OpenMP spins meanwhile, which
// crowds the cores further): a network of small layers then trains ten to thirty times slower on
// two threads than on one. How OpenMP waits is fixed before the library's first line, so what the
// library can choose is the size of its teams:
//
//   a region:   started ---- work ----> first member done ---- late ----> last member done
//
// Members have equal shares, so `late` should be short beside `work`. It is too long where the
// first member alone would have been as fast (two members: late > work), where no core of one
// machine is so much slower than another (late > 3 work), and where no sleeping thread takes so
// long to wake. Then teams have one member less for twice what was lost; if that was not
// enough, two less, then four. Afterwards a full team is tried again; each time that this fails at
// once, the next try comes after twice as long, up to a second.
//
// Only speed depends on any of this: results are the same on any number of threads.
#include <algorithm>
#include <atomic>
#include <chrono>

namespace lanewise::parallel {

class Crowding {
 public:
  using Time = std::chrono::nanoseconds;

  // On an idle machine members are late by less: the wake-up of a sleeping thread takes some 50 us.
  static constexpr Time kPatience = std::chrono::microseconds(500);
  // Processors with cores of two kinds: the slower ones take up to some two and a half times as
  // long.
  static constexpr int kSlowestCore = 3;
  static constexpr Time kLongestHold = std::chrono::seconds(1);

  // The clock that the functions below expect.
  static Time now() noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }

  // Whether anything was ever late: if not, there is no need to ask the clock for limit().
  bool seen() const noexcept { return held_until_.load(std::memory_order_relaxed) != Time{}; }

  // The largest team to form at this time where `most` threads are allowed: 1 to most.
  int limit(int most, Time time) const noexcept {
    if (time >= held_until_.load(std::memory_order_relaxed)) return most;
    return std::min(most, limit_.load(std::memory_order_relaxed));
  }

  // What a region of a team of `team` took.
  void report(int team, Time started, Time first_done, Time last_done) noexcept;

  // As if nothing had ever been late: for tests that count threads.
  void forget() noexcept { held_until_.store(Time{}, std::memory_order_relaxed); }

 private:
  // Threads that report at once may overwrite each other's values: each is sound by itself.
  std::atomic<Time> held_until_{Time{}};
  std::atomic<Time> hold_{Time{}};
  std::atomic<int> limit_{1};
  std::atomic<int> fewer_{1};  // members left out
};

}  // namespace lanewise::parallel
