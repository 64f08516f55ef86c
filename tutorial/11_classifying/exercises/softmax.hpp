#pragma once
/* \exercise softmax
Write softmax so that it never fails, however large the logits are. The program tries logits that
you know from section 2, then 10,000 and -10,000, adds numbers to all of them, and asks for what has
to hold: no NaN, a sum of 1, and the same probabilities after a number has been added.

\hint
Section 2 says what may be subtracted from all logits. Then the largest is 0.

\hint
Three loops are enough. One finds the largest logit. One makes the exponentials and their sum. One
divides each of them by the sum.
*/
#include <softmax.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace softmax {

using Row = std::vector<double>;
using Function = Row(const Row&);

inline std::string text(const Row& row) {
  return fmt::format("{:.6g}", fmt::join(row, " "));
}

inline void one(tutorial::Judge& judge, Function& function, const Row& logits,
                const Row& expected) {
  const Row p = function(logits);
  const std::string what = fmt::format("softmax of {}", text(logits));
  judge.equal(what + ": how many numbers", static_cast<double>(expected.size()),
              static_cast<double>(p.size()));
  double sum = 0;
  bool near = true;
  for (std::size_t i = 0; i < p.size(); ++i) {
    near = near && std::abs(p[i] - expected[i]) <= 1e-6;
    sum += p[i];
  }
  judge.holds(fmt::format("{} to be {}", what, text(expected)), near, text(p));
  judge.holds(fmt::format("{} to have the sum 1", what), std::abs(sum - 1) <= 1e-12,
              fmt::format("{:.17g}", sum));
}

inline void check(tutorial::Judge& judge, Function& function) {
  one(judge, function, {0, 0}, {0.5, 0.5});
  const Row expected = {0.84008305, 0.11369288, 0.04622407};
  for (const double added : {0.0, 100.0, -100.0, 1e4, -1e4})
    one(judge, function, {3 + added, 1 + added, 0.1 + added}, expected);
  one(judge, function, {900, 0, 0, 0}, {1, 0, 0, 0});
  one(judge, function, {1e4, -1e4}, {1, 0});
  one(judge, function, {-1e4, 0, 1e4}, {0, 0, 1});
  one(judge, function, {1e4, 1e4, -1e4, 1e4}, {1.0 / 3, 1.0 / 3, 0, 1.0 / 3});
  one(judge, function, {-1e4}, {1});
}

// [answer]
inline std::vector<double> answer(const std::vector<double>& logits) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  std::vector<double> p;
  double sum = 0;
  for (const double z : logits) {
    p.push_back(std::exp(z - largest));
    sum += p.back();
  }
  for (double& value : p) value /= sum;
  return p;
}
// [answer]

namespace wrong {

// Softmax after this number has been subtracted.
inline Row less(const Row& logits, double number) {
  Row p;
  double sum = 0;
  for (const double z : logits) {
    p.push_back(std::exp(z - number));
    sum += p.back();
  }
  for (double& value : p) value /= sum;
  return p;
}

inline Row as_written(const Row& logits) {
  return less(logits, 0);
}

inline Row less_mean(const Row& logits) {
  double sum = 0;
  for (const double z : logits) sum += z;
  return less(logits, sum / static_cast<double>(logits.size()));
}

inline Row smallest(const Row& logits) {
  return less(logits, *std::min_element(logits.begin(), logits.end()));
}

inline Row by_the_largest(const Row& logits) {
  Row p = answer(logits);
  const double largest = *std::max_element(p.begin(), p.end());
  for (double& value : p) value /= largest;
  return p;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"softmax",
          check,
          yours::softmax,
          answer,
          {{"the formula is used as written: exponentials become infinite", wrong::as_written},
           {"the mean is subtracted: the largest may still be far above it", wrong::less_mean},
           {"the smallest is subtracted: the largest is then larger still", wrong::smallest},
           {"the largest exponential is the divisor, and not the sum", wrong::by_the_largest}}};
}

}  // namespace softmax
