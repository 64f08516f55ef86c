#pragma once
/* \exercise threshold
You will bear some false alarms, but not many: the precision shall be 0.95 or more. Among all
thresholds that do it, choose the one that finds most spam. As in section 8, what has a probability
<em>above</em> the threshold is called spam. It is enough to try 0 and the probabilities that occur,
since between two of them nothing changes. The program knows e-mails for which it can be done. It
asks whether your threshold keeps the precision, and whether any other finds more.

\hint
A loop over the thresholds to try, and in it one over the e-mails, which counts what is found and
what is a false alarm. Keep the best threshold so far.

\hint
Precision does not always grow with the threshold. So the search must not stop at the first
threshold that is good enough, nor at the first that is not.
*/
#include <threshold.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace threshold {

using Numbers = std::vector<double>;
using Labels = std::vector<int>;
using Function = double(const Numbers&, const Labels&);

struct Counts {
  int found = 0, false_alarms = 0;
  bool is_precise() const { return found > 0 && found >= 0.95 * (found + false_alarms); }
};

inline Counts count(const Numbers& p, const Labels& labels, double threshold) {
  Counts counts;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] > threshold) ++(labels[i] == 1 ? counts.found : counts.false_alarms);
  return counts;
}

// The best of these, with the fewest false alarms that are not too many.
inline double best(const Numbers& p, const Labels& labels, Numbers tried) {
  double best = 1;
  int found = -1;
  for (const double one : tried)
    if (const Counts counts = count(p, labels, one); counts.is_precise() && counts.found > found) {
      found = counts.found;
      best = one;
    }
  return best;
}

inline double answer(const Numbers& p, const Labels& labels) {
  Numbers tried = p;
  tried.push_back(0);
  return best(p, labels, tried);
}

inline void one(tutorial::Judge& judge, Function& function, const char* which, const Numbers& p,
                const Labels& labels) {
  const double got = function(p, labels);
  const Counts counts = count(p, labels, got), most = count(p, labels, answer(p, labels));
  const auto numbers = fmt::format("{:.4g} for {}: {} found and {} false alarms", got, which,
                                   counts.found, counts.false_alarms);
  judge.holds("a precision of 0.95 or more", counts.is_precise(), numbers);
  judge.holds(fmt::format("as many found as possible, {}", most.found), counts.found == most.found,
              numbers);
}

inline void check(tutorial::Judge& judge, Function& function) {
  one(judge, function, "four e-mails", {0.1, 0.4, 0.8, 0.9}, {0, 0, 1, 1});
  one(judge, function, "spam that is unlikely", {0.01, 0.02, 0.03, 0.04}, {0, 0, 1, 1});
  one(judge, function, "nothing but spam", {0.3, 0.2, 0.6}, {1, 1, 1});
  // The surest is a false alarm: with it, precise is only who calls many others spam, too.
  Numbers p = {0.99};
  Labels labels = {0};
  for (int i = 0; i < 25; ++i) {
    p.push_back(0.5 + i / 100.0);
    labels.push_back(1);
  }
  p.push_back(0.3);
  labels.push_back(0);
  one(judge, function, "a false alarm above all spam", p, labels);
}

namespace wrong {

inline double a_half(const Numbers&, const Labels&) {
  return 0.5;
}

inline double most_careful(const Numbers& p, const Labels& labels) {
  Numbers falling = p;
  std::sort(falling.begin(), falling.end());
  for (std::size_t i = falling.size(); i-- > 0;)
    if (count(p, labels, falling[i]).is_precise()) return falling[i];
  return 0;
}

inline double without_0(const Numbers& p, const Labels& labels) {
  return best(p, labels, p);
}

inline double all_spam(const Numbers&, const Labels&) {
  return 0;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"threshold",
          check,
          yours::threshold,
          answer,
          {{"the threshold is always a half", wrong::a_half},
           {"of those that are precise enough the most careful one is taken", wrong::most_careful},
           {"0 is not tried, and what is least likely never called spam", wrong::without_0},
           {"everything is called spam", wrong::all_spam}}};
}

}  // namespace threshold
