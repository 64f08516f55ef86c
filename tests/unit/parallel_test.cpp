#include "parallel/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <vector>

#include "lanewise/cpu.hpp"
#include "lanewise/error.hpp"
#include "lanewise/threads.hpp"
#include "parallel/crowding.hpp"
#include "parallel/wakefulness.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using namespace std::chrono_literals;

namespace {

constexpr parallel::Work<float> kHeavy{.bytes = 1e8};  // an item is always worth a thread

}  // namespace

TEST_CASE("parallel_for visits every item once", "[parallel]") {
  const auto visit = [] {
    for (Index count : {0, 1, 2, 7, 64, 1001})
      for (Index align : {1, 16}) {
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
        parallel::parallel_for(
            count, kHeavy,
            [&](Index begin, Index end) {
              if (begin % align != 0) visits[0] += 100;
              for (Index i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
            },
            align);
        for (const auto& n : visits) CHECK(n == 1);
      }
  };
  test::for_each_thread_count(visit, {1, 2, 3, 5});
}

TEST_CASE("little work and nested work stay on the caller", "[parallel]") {
  if (!has_openmp()) return;
  const ScopedThreads scope(4);
  CHECK(parallel::team_size(parallel::Work<float>{.bytes = 1000}, 100) == 1);
  CHECK(parallel::team_size(kHeavy, 1000) == 4);
  CHECK(parallel::team_size(kHeavy, 3) == 3);
  std::atomic<int> nested_team = 0;
  parallel::crowding()
      .forget();  // where tests share the cores, the team could be of one for a while
  parallel::parallel_team(2, [&](int, int) { nested_team = parallel::team_size(kHeavy, 1000); });
  CHECK(nested_team == 1);
}

TEMPLATE_TEST_CASE("more work is worth no fewer threads, up to all there are", "[parallel]", float,
                   double) {
  using Work = parallel::Work<TestType>;
  if (!has_openmp()) return;
  const ScopedThreads scope(16);
  parallel::wakefulness().stay_awake();
  const auto team = [](double flops, double bytes, Index most = 1000) {
    return parallel::team_size(Work{flops, bytes}, most);
  };
  CHECK(team(0, 0) == 1);
  int least = 1;
  for (double amount = 1; amount < 1e300; amount *= 1.5) {
    const int flops = team(amount, 0), bytes = team(0, amount), both = team(amount, amount);
    CHECK(flops >= 1);
    CHECK(bytes >= least);
    CHECK(both == std::max(flops, bytes));  // the longer hides the other
    least = bytes;
  }
  constexpr double kEndless = std::numeric_limits<double>::infinity();
  constexpr Index kMost = std::numeric_limits<Index>::max();
  CHECK(team(1e300, 0) == 16);
  CHECK(team(kEndless, kEndless, kMost) == 16);
  CHECK(team(kEndless, 0, 5) == 5);
  CHECK(team(kEndless, 0, 0) == 1);
  CHECK(team(0 * kEndless, 0) == 1);  // NaN
  CHECK(team(0, 0 * kEndless) == 1);
  CHECK(parallel::Cost(Work{1, 1} * kMost).nanoseconds() > 1e16);
}

TEST_CASE("work in double takes twice as long as in float, but without vectors", "[parallel]") {
  const double of_float = parallel::Cost(parallel::Work<float>{.flops = 1e6}).nanoseconds();
  const double of_double = parallel::Cost(parallel::Work<double>{.flops = 1e6}).nanoseconds();
  CHECK(of_double == (active_isa() == Isa::scalar ? 1 : 2) * of_float);
  // One number at a time: as long with any registers.
  CHECK(parallel::Cost(parallel::Work<float>{.flops = 1200 * parallel::lanes<float>()})
            .nanoseconds() == 100);
}

TEST_CASE("teams shrink while a member is late, and are tried again later", "[parallel]") {
  parallel::Crowding crowding;
  CHECK(!crowding.seen());
  CHECK(crowding.limit(16, 0ms) == 16);

  // Equal shares of 1 ms, the last one a little later; then a sleeping thread's wake-up.
  crowding.report(16, 0ms, 1ms, 2ms);
  crowding.report(16, 3ms, 3ms + 20us, 3ms + 400us);
  crowding.report(16, 4ms, 14ms, 29ms);  // slower cores
  CHECK(!crowding.seen());

  // A member that waits 3 ms for a core, once: one thread less for twice as long.
  crowding.report(16, 10ms, 10ms + 50us, 13ms + 50us);
  CHECK(crowding.seen());
  CHECK(crowding.limit(16, 14ms) == 15);
  CHECK(crowding.limit(8, 14ms) == 8);
  CHECK(crowding.limit(16, 19ms) == 15);
  CHECK(crowding.limit(16, 20ms) == 16);

  // Fifteen are late, too: then two less, then four.
  crowding.report(15, 14ms, 14ms + 50us, 18ms);
  CHECK(crowding.limit(16, 19ms) == 13);
  crowding.report(13, 20ms, 20ms + 50us, 24ms);
  CHECK(crowding.limit(16, 25ms) == 9);

  // Two are too late where one alone would be as fast.
  crowding.forget();
  crowding.report(2, 50ms, 60ms, 69ms);
  CHECK(!crowding.seen());
  crowding.report(2, 50ms, 60ms, 71ms);
  CHECK(crowding.limit(2, 72ms) == 1);

  // Whenever the full team is late again at its first try, the next try comes later: up to 1 s.
  parallel::Crowding busy;
  parallel::Crowding::Time time = 1ms;
  for (auto hold : {6ms, 12ms, 24ms, 48ms, 96ms, 192ms, 384ms, 768ms, 1000ms, 1000ms}) {
    busy.report(2, time, time, time + 3ms);
    CHECK(busy.limit(2, time + 4ms) == 1);
    CHECK(busy.limit(2, time + 2ms + hold) == 1);
    time += 3ms + hold;
    CHECK(busy.limit(2, time) == 2);
  }
  // And once it went well for as long, it starts anew.
  time += 2s;
  busy.report(2, time, time, time + 3ms);
  CHECK(busy.limit(2, time + 3ms + 6ms) == 2);
}

TEST_CASE("a sleeping team is woken when it would have saved what that takes", "[parallel]") {
  using parallel::Wakefulness;
  Wakefulness team;
  CHECK(!team.is_worth(49us, 10ms));
  CHECK(team.is_worth(1us, 10ms + 10us));  // together 50
  CHECK(!team.is_worth(1us, 10ms + 20us));
  CHECK(team.is_worth(50us, 10ms + 30us));

  // What was missed some time ago is forgotten.
  CHECK(!team.is_worth(40us, 20ms));
  CHECK(!team.is_worth(40us, 21ms));
  CHECK(team.is_worth(40us, 21ms + 900us));

  // It was asleep, and may be again, when a member was late; it is awake when none was.
  team.report(30ms, 30ms + 10us, 30ms + 50us);
  CHECK(!team.is_worth(5us, 30ms + 60us));
  team.report(31ms, 31ms + 10us, 31ms + 12us);
  CHECK(team.is_worth(1us, 31ms + 13us));
  CHECK(team.is_worth(1us, 31ms + 1000us));
  CHECK(!team.is_worth(1us, 32ms + 12us));
  // Uneven shares are not a way to wake.
  team.report(40ms, 40ms + 200us, 40ms + 280us);
  CHECK(team.is_worth(1us, 40ms + 300us));
  team.report(41ms, 41ms + 200us, 41ms + 310us);
  CHECK(!team.is_worth(1us, 41ms + 320us));

  team.stay_awake();
  team.report(50ms, 51ms, 60ms);
  CHECK(team.is_worth(1ns, 1h));
}

TEST_CASE("the child of a fork works on one thread", "[parallel]") {
  const ScopedThreads scope(has_openmp() ? 2 : 1);
  std::atomic<int> items = 0;
  const auto count_items = [&] {
    parallel::parallel_for(1000, kHeavy,
                           [&](Index begin, Index end) { items += static_cast<int>(end - begin); });
  };
  count_items();  // wakes the team
  CHECK(test::holds_in_child([&] {
    items = 0;
    count_items();
    bool refused = false;
    try {
      set_num_threads(2);
    } catch (const ArgumentError&) {
      refused = true;
    }
    { const ScopedThreads inner(1); }  // restores what can be set here no more
    return items == 1000 && num_threads() == 1 && refused;
  }));
  count_items();
  CHECK(items == 2000);  // the parent's threads are as they were
}

TEST_CASE("parallel_sum has the same bits on any number of threads and of any work",
          "[parallel][threads]") {
  // In double: the sum of so many floats would be exact, and the same in any order.
  std::vector<double> x(300'000);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 1.0 / static_cast<double>(i + 1);
  const auto sum = [&](const parallel::Work<float>& each) {
    return parallel::parallel_sum(static_cast<Index>(x.size()), each, [&](Index begin, Index end) {
      double part = 0;
      for (Index i = begin; i < end; ++i) part += x[static_cast<std::size_t>(i)];
      return part;
    });
  };
  double expected = 0;
  const auto check = [&](int threads) {
    if (threads == 1) expected = sum({});
    CHECK(sum(kHeavy) == expected);
    CHECK(sum({.flops = 30}) == expected);
  };
  test::for_each_thread_count(check, {1, 2, 3, 7});
}

TEST_CASE("set_num_threads refuses nonsense", "[parallel]") {
  CHECK_THROWS_AS(set_num_threads(0), ArgumentError);
  CHECK_THROWS_AS(set_num_threads(-3), ArgumentError);
  if (!has_openmp()) CHECK_THROWS_AS(set_num_threads(2), ArgumentError);
}

TEST_CASE("a scope sets the number of threads and restores it", "[parallel]") {
  const int before = num_threads();
  {
    const ScopedThreads outer(has_openmp() ? 3 : 1);
    {
      const ScopedThreads inner(1);
      CHECK(num_threads() == 1);
    }
    CHECK(num_threads() == (has_openmp() ? 3 : 1));
    CHECK_THROWS_AS(ScopedThreads(0), ArgumentError);
    CHECK(num_threads() == (has_openmp() ? 3 : 1));
  }
  CHECK(num_threads() == before);
}

TEST_CASE("flush-to-zero holds on the caller and the workers, and is restored", "[parallel]") {
  const auto half_of_smallest = [] {
    volatile float smallest = std::numeric_limits<float>::min();
    return smallest * 0.5f;  // subnormal
  };
  CHECK(half_of_smallest() > 0.0f);
  {
    const parallel::FlushToZero outer;
    CHECK(half_of_smallest() == 0.0f);
    { const parallel::FlushToZero inner; }
    CHECK(half_of_smallest() == 0.0f);  // the inner one restored what it found
  }
  CHECK(half_of_smallest() > 0.0f);

  const ScopedThreads scope(has_openmp() ? 3 : 1);
  std::atomic<int> flushed = 0, total = 0;
  parallel::parallel_for(3, kHeavy, [&](Index begin, Index end) {
    total += static_cast<int>(end - begin);
    if (half_of_smallest() == 0.0f) flushed += static_cast<int>(end - begin);
  });
  CHECK(flushed == total);
  CHECK(half_of_smallest() > 0.0f);
}
