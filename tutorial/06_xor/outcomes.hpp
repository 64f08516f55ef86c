#pragma once
// Chapter 06: where networks end, how many where, and whether that is by chance.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "06_xor/reference/shares.hpp"
#include "06_xor/show.hpp"

namespace show {

// After how many steps the networks are looked at.
inline constexpr std::array<int, 3> kStops = {1000, 5000, 20000};

// One network that was trained.
struct Run {
  std::uint64_t seed;
  Gate gate;
  int born_dead = 0;                             // units that were dead before the first step
  int dead = 0;                                  // and after the last
  std::vector<std::array<double, 4>> outputs{};  // at each of kStops

  double loss_at(std::size_t stop) const { return loss(outputs[stop], gate.labels); }
};

// Where a loss lies: solved, near one of three plateaus, or elsewhere. As in
// tools/reference/xor_shares.py.
constexpr std::size_t kOutcomes = 5, kElsewhere = 4;
inline constexpr std::array<const char*, kOutcomes> kOutcomeNames = {"solved", "1/8", "1/6", "1/4",
                                                                     "elsewhere"};

inline std::size_t outcome(double loss) {
  if (loss < 1e-3) return 0;
  for (const auto& [index, at] : {std::pair{1, 1.0 / 8}, std::pair{2, 1.0 / 6}, std::pair{3, 0.25}})
    if (std::abs(loss - at) < 5e-3) return static_cast<std::size_t>(index);
  return kElsewhere;
}

using Counts = std::array<int, kOutcomes>;

inline Counts count(const std::vector<Run>& runs, std::size_t stop) {
  Counts counts{};
  for (const Run& run : runs) ++counts[outcome(run.loss_at(stop))];
  return counts;
}

inline int sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0);
}

inline const reference::Shares& reference_of(Index units, int steps) {
  return *std::find_if(std::begin(reference::kShares), std::end(reference::kShares),
                       [&](const auto& one) { return one.units == units && one.steps == steps; });
}

// The probability that two groups of networks that are alike differ in a count by as much as these
// or more: k of n, and theirs of all_theirs. Of all k + theirs networks that are counted, the
// number in the first group has a hypergeometric distribution (Fisher's exact test); both its tails
// count.
inline double chance(int k, int n, int theirs, int all_theirs) {
  const auto choose = [](int of, int some) {
    return std::lgamma(of + 1.0) - std::lgamma(some + 1.0) - std::lgamma(of - some + 1.0);
  };
  const int counted = k + theirs;
  const auto probability = [&](int i) {
    return std::exp(choose(n, i) + choose(all_theirs, counted - i) -
                    choose(n + all_theirs, counted));
  };
  double below = 0, above = 0;
  for (int i = std::max(0, counted - all_theirs); i <= std::min(n, counted); ++i) {
    if (i <= k) below += probability(i);
    if (i >= k) above += probability(i);
  }
  return std::min(1.0, 2 * std::min(below, above));
}

// The counts that are compared: five outcomes at three stops, and who is solved at four widths. All
// together may differ by chance in one run of 10,000, as the verdict of a chapter.
inline constexpr double kLeastChance = 1e-4 / (kOutcomes * 3 + 4);

inline void check_share(Chapter& chapter, const std::string& what, int k, int n, int theirs,
                        int all_theirs) {
  chapter.check(fmt::format("{}: {} of {} beside {} of {} in NumPy is within sampling error", what,
                            k, n, theirs, all_theirs),
                chance(k, n, theirs, all_theirs) >= kLeastChance);
}

inline double percent(int some, int all) {
  return 100.0 * some / all;
}

// How far a share of so many networks usually is from that of all, in percent.
inline double sampling_error(double percent, int networks) {
  return std::sqrt(percent * (100 - percent) / networks);
}

}  // namespace show
