// Contract in parallel/crowding.hpp.
#include "parallel/crowding.hpp"

namespace lanewise::parallel {

void Crowding::report(int team, Time started, Time first_done, Time last_done) noexcept {
  const Time work = first_done - started, late = last_done - first_done;
  if (late <= std::min(team - 1, kSlowestCore) * work + kPatience) return;
  constexpr auto order = std::memory_order_relaxed;
  const Time until = held_until_.load(order), held = hold_.load(order);
  Time hold = 2 * late;
  int fewer = 1;
  if (last_done < until) {  // a smaller team was late, too
    fewer = 2 * fewer_.load(order);
  } else if (until != Time{} && last_done < until + held) {  // a full one again, at the first try
    hold = std::max(hold, 2 * held);
  }
  hold = std::min(hold, kLongestHold);
  hold_.store(hold, order);
  fewer_.store(fewer, order);
  limit_.store(std::max(1, team - fewer), order);
  held_until_.store(last_done + hold, order);
}

}  // namespace lanewise::parallel
