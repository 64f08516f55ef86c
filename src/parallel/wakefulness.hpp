#pragma once
// Whether a team is awake, and whether it is worth waking.
//
// Between two regions the threads of a team spin for a while and then sleep. To begin a region
// takes under 1 us while they spin, and some 50 us when they sleep: as long as a small network
// takes to predict. So a team is taken to be awake if it had a region a short time ago and began it
// at once; how long it spins, or whether at all, is the runtime's secret. A sleeping team is left
// alone until teams would have saved what it takes to wake one, by one large operation or by many
// small ones that follow each other. That costs at most twice what knowing the future would.
//
// Each thread that forms teams has a team, and a record, of its own. Only speed depends on it.
#include <algorithm>
#include <chrono>

namespace lanewise::parallel {

class Wakefulness {
 public:
  using Time = std::chrono::nanoseconds;

  static constexpr Time kWakeUp = std::chrono::microseconds(50);
  // GNU's runtime spins for 3 to 10 ms on a free core, LLVM's for 200.
  static constexpr Time kAwake = std::chrono::milliseconds(1);

  // Whether to form a team that saves so much time if it is awake.
  bool is_worth(Time saved, Time now) noexcept {
    if (now < awake_until_) return true;
    if (now >= missed_until_) missed_ = Time{};
    missed_until_ = now + kAwake;
    missed_ += saved;
    if (missed_ < kWakeUp) return false;
    missed_ = Time{};
    return true;
  }

  // What a region took, as in crowding.hpp. A sleeping member is late by its way to wake, and one
  // with more to do by a part of the work.
  void report(Time started, Time first_done, Time last_done) noexcept {
    if (awake_until_ == Time::max()) return;
    const Time on_time = std::max(kWakeUp, first_done - started) / 2;
    awake_until_ = last_done - first_done < on_time ? last_done + kAwake : Time{};
  }

  // As if the team never slept: for tests that count threads.
  void stay_awake() noexcept { awake_until_ = Time::max(); }

 private:
  Time awake_until_{};
  Time missed_{}, missed_until_{};  // what teams would have saved lately
};

// The calling thread's.
Wakefulness& wakefulness() noexcept;

}  // namespace lanewise::parallel
