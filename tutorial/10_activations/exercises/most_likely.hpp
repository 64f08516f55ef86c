#pragma once
/* \exercise most_likely
A die, perhaps a loaded one, is thrown some times. Return the probabilities of its faces that make
what was thrown most likely. The program does not know a right answer. It looks at what has to hold:
that they are probabilities and add up to 1, and that the likelihood falls, or stays, when a little
is taken from one face and given to another, for every two faces.

\hint
For the coin of section 3 it was seven of ten.
*/
#include <most_likely.hpp>  // yours, or the stub

#include <cmath>
#include <numeric>

#include "support/exercise.hpp"

namespace most_likely {

using Probabilities = std::vector<double>;
using Function = Probabilities(const std::vector<int>&);

// The logarithm of the likelihood; a face that did not come has no part in it.
inline double log_likelihood(const Probabilities& p, const std::vector<int>& counts) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) sum += counts[i] * std::log(p[i]);
  return sum;
}

inline void check_one(tutorial::Judge& judge, Function& choose, const std::vector<int>& counts) {
  const Probabilities p = choose(counts);
  const std::string thrown = fmt::format("counts ({}): probabilities ({:.4f})",
                                         fmt::join(counts, ", "), fmt::join(p, ", "));
  judge.holds("a probability for each face", p.size() == counts.size(), thrown);
  for (const double one : p) judge.holds("none below 0", one >= 0, thrown);
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  judge.holds("a sum of 1", std::abs(sum - 1) <= 1e-12, fmt::format("{}, sum {}", thrown, sum));
  const double best = log_likelihood(p, counts);
  judge.holds("a likelihood above 0", std::isfinite(best), thrown);
  for (std::size_t from = 0; from < p.size(); ++from)
    for (std::size_t to = 0; to < p.size(); ++to) {
      Probabilities moved = p;
      const double little = std::min(1e-3, moved[from]);
      moved[from] -= little;
      moved[to] += little;
      judge.holds("no others that are likelier", log_likelihood(moved, counts) <= best + 1e-12,
                  fmt::format("{}; with {} from face {} to face {} it is likelier", thrown, little,
                              from + 1, to + 1));
    }
}

inline void check(tutorial::Judge& judge, Function& choose) {
  check_one(judge, choose, {3, 7});
  check_one(judge, choose, {2, 1, 4, 0, 3, 2});
  check_one(judge, choose, {0, 0, 5, 0, 0, 0});
  check_one(judge, choose, {100, 90, 110, 105, 95, 100});
}

inline Probabilities answer(const std::vector<int>& counts) {
  const double thrown = std::accumulate(counts.begin(), counts.end(), 0.0);
  Probabilities p;
  for (const int count : counts) p.push_back(count / thrown);
  return p;
}

namespace wrong {

inline Probabilities fair(const std::vector<int>& counts) {
  return Probabilities(counts.size(), 1.0 / static_cast<double>(counts.size()));
}

inline Probabilities counted(const std::vector<int>& counts) {
  return {counts.begin(), counts.end()};
}

inline Probabilities winner(const std::vector<int>& counts) {
  Probabilities p(counts.size());
  p[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())] = 1;
  return p;
}

inline Probabilities softmax(const std::vector<int>& counts) {
  Probabilities p;
  double sum = 0;
  for (const int count : counts) sum += std::exp(count);
  for (const int count : counts) p.push_back(std::exp(count) / sum);
  return p;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "most_likely",
      check,
      yours::most_likely,
      answer,
      {{"every face gets the same, whatever was thrown", wrong::fair},
       {"these are the counts, not yet divided by their sum", wrong::counted},
       {"all goes to the face that came most often, so that the others cannot come", wrong::winner},
       {"softmax of the counts gives far too much to the largest", wrong::softmax}}};
}

}  // namespace most_likely
