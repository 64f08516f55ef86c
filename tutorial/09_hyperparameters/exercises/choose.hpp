#pragma once
/* \exercise choose
Several settings were tried, each with several seeds, and of each network there is the loss on the
training and on the validation images. Which setting do you take? The program makes up tables of
such losses, and knows of each setting how good it is in truth. It asks that yours is the one that
is best on average.

\hint
Which of the two tables says how a network does on images that it has not learned from?

\hint
A single network may be lucky. The mean over the seeds is steadier than the best of them.
*/
#include <choose.hpp>  // yours, or the stub

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "support/exercise.hpp"

namespace choose {

using Table = std::vector<std::vector<double>>;
using Function = std::size_t(const Table&, const Table&);

inline void one(tutorial::Judge& judge, Function& function, const char* which,
                const Table& training, const Table& validation, std::size_t best) {
  const std::size_t got = function(training, validation);
  judge.holds(fmt::format("{}: one of the {} settings", which, training.size()),
              got < training.size(), fmt::format("setting {}", got));
  judge.equal(fmt::format("{}: the setting", which), static_cast<double>(best),
              static_cast<double>(got));
}

inline void check(tutorial::Judge& judge, Function& function) {
  one(judge, function, "clear differences", {{0.5, 0.5}, {0.2, 0.2}, {0.9, 0.9}},
      {{0.6, 0.6}, {0.4, 0.4}, {0.9, 0.9}}, 1);
  one(judge, function, "one has learned by heart", {{0.01, 0.02, 0.01}, {0.2, 0.3, 0.2}},
      {{0.9, 0.8, 0.9}, {0.4, 0.5, 0.4}}, 1);
  one(judge, function, "one was lucky once, another one has the mildest failure",
      {{0.3, 0.3, 0.3, 0.3}, {0.3, 0.3, 0.3, 0.3}, {0.3, 0.3, 0.3, 0.3}},
      {{0.1, 0.9, 0.8, 0.9}, {0.5, 0.5, 0.5, 0.5}, {0.3, 0.3, 0.3, 0.6}}, 2);
}

inline double mean(const std::vector<double>& row) {
  return std::accumulate(row.begin(), row.end(), 0.0) / static_cast<double>(row.size());
}

// The row for which `of` is the least.
template <class Of>
std::size_t least(const Table& table, Of&& of) {
  const auto less = [&](const auto& a, const auto& b) { return of(a) < of(b); };
  return static_cast<std::size_t>(std::min_element(table.begin(), table.end(), less) -
                                  table.begin());
}

inline std::size_t answer(const Table&, const Table& validation) {
  return least(validation, mean);
}

namespace wrong {

inline std::size_t by_training(const Table& training, const Table&) {
  return least(training, mean);
}

inline std::size_t luckiest(const Table&, const Table& validation) {
  return least(validation,
               [](const auto& row) { return *std::min_element(row.begin(), row.end()); });
}

inline std::size_t mildest(const Table&, const Table& validation) {
  return least(validation,
               [](const auto& row) { return *std::max_element(row.begin(), row.end()); });
}

inline std::size_t largest(const Table&, const Table& validation) {
  return least(validation, [](const auto& row) { return -mean(row); });
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "choose",
      check,
      yours::choose,
      answer,
      {{"the training loss decides: it favours who learns by heart", wrong::by_training},
       {"the luckiest single network decides", wrong::luckiest},
       {"the worst single network decides", wrong::mildest},
       {"the setting with the largest loss is taken, as if it were an accuracy", wrong::largest}}};
}

}  // namespace choose
