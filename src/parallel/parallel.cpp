// Contract in parallel/parallel.hpp and lanewise/threads.hpp.
#include "parallel/parallel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#if defined(_OPENMP)
#include <omp.h>
#include <pthread.h>
#endif
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "core/round.hpp"
#include "lanewise/error.hpp"
#include "lanewise/threads.hpp"
#include "parallel/crowding.hpp"
#include "parallel/wakefulness.hpp"

namespace lanewise {
namespace {

int default_threads() {
#if defined(_OPENMP)
  return std::max(1, omp_get_max_threads());  // honours OMP_NUM_THREADS
#else
  return 1;
#endif
}

std::atomic<int>& thread_setting() {
  static std::atomic<int> threads = default_threads();
  return threads;
}

// In a child of fork() after the parent formed a team: the parent's threads are not there, but
// OpenMP would wait for them for ever.
std::atomic<bool> without_team = false;

#if defined(_OPENMP)
void watch_forks() {
  static const int registered = pthread_atfork(nullptr, nullptr, [] { without_team = true; });
  (void)registered;  // it fails for lack of memory only; then fork() is as it was
}
#endif

}  // namespace

int num_threads() {
  return without_team ? 1 : thread_setting().load(std::memory_order_relaxed);
}

void set_num_threads(int count) {
  if (count < 1)
    throw ArgumentError(fmt::format("set_num_threads: got {}, expected at least 1", count));
  if (count > 1 && !has_openmp())
    throw ArgumentError(fmt::format(
        "set_num_threads: got {}, but this library was built without OpenMP: only 1 works", count));
  if (count > 1 && without_team)
    throw ArgumentError(
        fmt::format("set_num_threads: got {}, but this process was forked from one whose threads "
                    "it does not have: only 1 works",
                    count));
  thread_setting().store(count, std::memory_order_relaxed);
}

ScopedThreads::ScopedThreads(int count) : before_(thread_setting()) {
  set_num_threads(count);
}

// Not by set_num_threads(): a child of fork() may leave a scope that its parent entered.
ScopedThreads::~ScopedThreads() {
  thread_setting().store(before_, std::memory_order_relaxed);
}

bool has_openmp() {
#if defined(_OPENMP)
  return true;
#else
  return false;
#endif
}

}  // namespace lanewise

namespace lanewise::parallel {

Crowding& crowding() noexcept {
  static constinit Crowding state;
  return state;
}

Wakefulness& wakefulness() noexcept {
  static thread_local constinit Wakefulness state;
  return state;
}

#if defined(_OPENMP)
namespace {

// What a member has to do at least. A fork and join of two takes 0.85 us, and beside it the members
// fetch what the other has written, 10 to 20 bytes a nanosecond. (A prediction by convolutions that
// take 8 us each is a quarter slower on two threads; a product of 11 us, 64x128x128, is 1.5 times
// as fast.)
constexpr double kGrainNanoseconds = 5'000;

// What the team that team_size() spoke of last would save if it is awake, for parallel_team() to
// ask whether to wake it. Not team_size(): memory for a team must not depend on the clock.
thread_local constinit Wakefulness::Time saved_by_team{};

}  // namespace
#endif

int team_size(Cost whole, Index most) noexcept {
#if defined(_OPENMP)
  const double time = whole.nanoseconds(), grains = time / kGrainNanoseconds;
  if (!(grains >= 2) || omp_in_parallel()) return 1;  // NaN is not worth a thread, either
  auto threads = static_cast<int>(std::clamp<Index>(most, 1, num_threads()));
  if (grains < threads) threads = static_cast<int>(grains);
  const double longest = std::min(time, 1e9);  // work may be without end
  saved_by_team = Wakefulness::Time(static_cast<long>(longest - longest / threads));
  return threads;
#else
  (void)whole, (void)most;
  return 1;
#endif
}

void parallel_team(int team, FunctionRef<void(int, int)> body) noexcept {
#if defined(_OPENMP)
  const Crowding::Time started = team > 1 ? Crowding::now() : Crowding::Time{};
  if (team > 1 && crowding().seen()) team = crowding().limit(team, started);
  if (team > 1 && !without_team && wakefulness().is_worth(saved_by_team, started)) {
    watch_forks();
    Crowding::Time first_done{};
    std::atomic<bool> any_done = false;
#pragma omp parallel num_threads(team)
    {
      {
        const FlushToZero guard;
        body(omp_get_thread_num(), omp_get_num_threads());
      }
      if (!any_done.exchange(true, std::memory_order_relaxed)) first_done = Crowding::now();
    }
    const Crowding::Time last_done = Crowding::now();
    crowding().report(team, started, first_done, last_done);
    wakefulness().report(started, first_done, last_done);
    return;
  }
#endif
  (void)team;
  const FlushToZero guard;
  body(0, 1);
}

void parallel_for(Index count, Cost each, FunctionRef<void(Index, Index)> body,
                  Index align) noexcept {
  if (count <= 0) return;
  const Index groups = divide_up(count, align);
#if defined(_OPENMP)
  const auto saved_before = saved_by_team;  // by a team that the caller has yet to form
#endif
  parallel_team(team_size(each * count, count), [&](int thread, int team) {
    const Index begin = groups * thread / team * align;
    const Index end = std::min(count, groups * (thread + 1) / team * align);
    if (begin < end) body(begin, end);
  });
#if defined(_OPENMP)
  saved_by_team = saved_before;
#endif
}

double parallel_sum(Index count, Cost each, FunctionRef<double(Index, Index)> chunk,
                    Index min_chunk) noexcept {
  constexpr Index kMaxChunks = 256;
  if (count <= 0) return 0;
  const Index length = std::max(min_chunk, divide_up(count, kMaxChunks));
  const Index chunks = divide_up(count, length);
  std::array<double, kMaxChunks> partial{};
  parallel_for(chunks, each * length, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      partial[static_cast<std::size_t>(i)] = chunk(i * length, std::min(count, (i + 1) * length));
  });
  double total = 0;
  for (Index i = 0; i < chunks; ++i) total += partial[static_cast<std::size_t>(i)];
  return total;
}

#if defined(__x86_64__)

// Bits of MXCSR: 15 flushes results to zero, 6 reads subnormal inputs as zeros. Writing the
// register is slow, so it is left alone when the bits are set already, as on every nested entry.
// The whole of it is put back, the flags of exceptions with it: to read it first, which waits for
// all arithmetic before, takes as long as both writes (Zen 5: 17 ns instead of 9 in all).
namespace {
constexpr unsigned kFlushBits = (1u << 15) | (1u << 6);
}

FlushToZero::FlushToZero() noexcept : saved_(_mm_getcsr()) {
  const auto control = static_cast<unsigned>(saved_);
  if ((control & kFlushBits) != kFlushBits) _mm_setcsr(control | kFlushBits);
}

FlushToZero::~FlushToZero() {
  const auto control = static_cast<unsigned>(saved_);
  if ((control & kFlushBits) != kFlushBits) _mm_setcsr(control);
}

#else

// Bit 24 of FPCR flushes both inputs and results.
namespace {
constexpr unsigned long long kFlushBit = 1ull << 24;
}

FlushToZero::FlushToZero() noexcept : saved_(__builtin_aarch64_get_fpcr64()) {
  __builtin_aarch64_set_fpcr64(saved_ | kFlushBit);
}

FlushToZero::~FlushToZero() {
  __builtin_aarch64_set_fpcr64(saved_);
}

#endif

}  // namespace lanewise::parallel
