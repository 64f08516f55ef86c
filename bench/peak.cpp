// peak/fma/<dtype>/t1: how many floating-point operations a second one core can do, the measure of
// every "share of peak".
//
// The loop keeps its accumulators in named registers, in assembly, so that no compiler can make a
// lazy peak that flatters the kernels. It is checked against the clock all the same: a chain of
// dependent additions, one cycle each on every x86-64, is timed beside it, and two fused
// multiply-adds a cycle are expected of units as wide as the registers. Some processors have two
// units of half the width (128 bits in AMD's Zen 1, 256 for AVX-512 in Zen 4), or only one of the
// full (AVX-512 in some Xeons), and do one a cycle. Those show it: the same loop on half registers
// then takes half the time. A loop that waits for its own results takes as long on either, so it
// passes for one on wide units, and is found out by the clock.
#include <algorithm>
#include <chrono>
#include <limits>
#include <map>

#include "bench.hpp"
#include "lanewise/cpu.hpp"

namespace lanewise::bench {
namespace {

std::map<std::string, double>& best_shares() {
  static std::map<std::string, double> shares;
  return shares;
}

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr long kRounds = 20'000;

#if defined(__x86_64__)

// Twelve accumulators cover a latency of up to 6 cycles at two a cycle; the registers hold zeros.
#define LANEWISE_FMA_LOOP(instruction, reg)                                                        \
  do {                                                                                             \
    long rounds = kRounds;                                                                         \
    __asm__ volatile(                                                                              \
        "vzeroall\n\t"                                                                             \
        "1:\n\t"                                                                                   \
        ".irp i, 1,2,3,4,5,6,7,8,9,10,11,12,1,2,3,4,5,6,7,8,9,10,11,12\n\t" instruction " %%" reg  \
        "0, %%" reg "0, %%" reg                                                                    \
        "\\i\n\t"                                                                                  \
        ".endr\n\t"                                                                                \
        "dec %0\n\t"                                                                               \
        "jnz 1b\n\t"                                                                               \
        "vzeroupper"                                                                               \
        : "+r"(rounds)                                                                             \
        :                                                                                          \
        : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
          "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc");                                      \
  } while (false)
constexpr int kFmasARound = 24;

void fma_f32_zmm() {
  LANEWISE_FMA_LOOP("vfmadd231ps", "zmm");
}
void fma_f64_zmm() {
  LANEWISE_FMA_LOOP("vfmadd231pd", "zmm");
}
void fma_f32_ymm() {
  LANEWISE_FMA_LOOP("vfmadd231ps", "ymm");
}
void fma_f64_ymm() {
  LANEWISE_FMA_LOOP("vfmadd231pd", "ymm");
}
void fma_f32_xmm() {
  LANEWISE_FMA_LOOP("vfmadd231ps", "xmm");
}
void fma_f64_xmm() {
  LANEWISE_FMA_LOOP("vfmadd231pd", "xmm");
}

// The cycles that this takes. (A chain of imul would not do: three cycles each on most processors,
// four or five on some small cores. Neither would adding a constant, which newer ones do while they
// rename registers.)
constexpr int kLinks = 48;
double cycles_of_chain() {
  long rounds = kRounds, x = 1, y = 1;
  __asm__ volatile(
      "1:\n\t"
      ".rept 48\n\t"
      "add %2, %1\n\t"
      ".endr\n\t"
      "dec %0\n\t"
      "jnz 1b"
      : "+r"(rounds), "+r"(x), "+r"(y)
      :
      : "cc");
  return static_cast<double>(kLinks) * kRounds;
}

struct Peak {
  void (*run)();
  void (*run_half)();  // as many instructions on registers of half the width
  double flops, flops_an_fma;
};

Peak peak_of(Isa isa, bool f64) {
  const bool wide = isa == Isa::avx512;
  const double flops_an_fma = 2.0 * (wide ? 64 : 32) / (f64 ? 8 : 4);
  void (*const zmm)() = f64 ? fma_f64_zmm : fma_f32_zmm;
  void (*const ymm)() = f64 ? fma_f64_ymm : fma_f32_ymm;
  void (*const xmm)() = f64 ? fma_f64_xmm : fma_f32_xmm;
  return {wide ? zmm : ymm, wide ? ymm : xmm, flops_an_fma * kFmasARound * kRounds, flops_an_fma};
}

double seconds_of(void (*run)()) {
  const auto start = Clock::now();
  run();
  return seconds_since(start);
}

// 2, or 1 if half registers take half the time. The least of many tries, since whatever disturbs
// one only ever makes it longer.
int fmas_a_cycle(const Peak& peak) {
  constexpr int kTries = 100;
  double whole = seconds_of(peak.run), half = seconds_of(peak.run_half);
  for (int i = 1; i < kTries; ++i) {
    whole = std::min(whole, seconds_of(peak.run));
    half = std::min(half, seconds_of(peak.run_half));
  }
  return half < 0.75 * whole ? 1 : 2;
}

#endif

}  // namespace

double best_share_of_clock(const std::string& dtype) {
  return best_shares()[dtype];
}

void register_peak(const Options& options) {
#if defined(__x86_64__)
  const Isa isa = active_isa();
  if (isa != Isa::avx512 && isa != Isa::avx2) return;  // no fused multiply-add
  for (const std::string& dtype : options.dtypes) {
    const Peak peak = peak_of(isa, dtype == "f64");
    benchmark::RegisterBenchmark(("peak/fma/" + dtype + "/t1").c_str(), [=](benchmark::State&
                                                                                state) {
      const double flops_a_cycle = fmas_a_cycle(peak) * peak.flops_an_fma;
      double clock = 0, share = 0, shortest = std::numeric_limits<double>::infinity();
      for (auto _ : state) {
        const double seconds = seconds_of(peak.run);
        const auto start = Clock::now();
        const double cycles = cycles_of_chain();
        clock = cycles / seconds_since(start);
        share = std::max(share, peak.flops / seconds / (flops_a_cycle * clock));
        shortest = std::min(shortest, seconds);
        state.SetIterationTime(seconds);
      }
      // The best of many: an interrupt in the chain makes the clock look slow, so a share above
      // one does not count.
      double& best = best_shares()[dtype];
      if (share < 1.05) best = std::max(best, share);
      count(state, "flops", peak.flops);
      state.counters["best"] = peak.flops / shortest;  // whatever else the machine did
      state.counters["clock"] = clock;
      state.counters["flops_a_cycle"] = flops_a_cycle;
    })->UseManualTime();
  }
#else
  (void)options;
#endif
}

}  // namespace lanewise::bench
