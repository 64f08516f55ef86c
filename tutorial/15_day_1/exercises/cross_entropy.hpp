#pragma once
/* \exercise cross_entropy
Write the loss of section 4 so that it never fails, however large the logits are. The program asks
for \f$\ln 10\f$ where ten logits are equal, also at 10,000 and at -10,000. It asks for losses that
you know from the page, for the same loss after a number has been added to all logits, and for a
loss over all labels that is never below that of equal logits.

\hint
Find the largest logit first. Section 4 says how to take it out of the sum.

\hint
What is taken out of the sum has to be put back in front of the logarithm. And the label's own logit
is subtracted at the end.
*/
#include <cross_entropy.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace cross_entropy {

using Row = std::vector<double>;
using Function = double(const Row&, std::size_t);

inline void one(tutorial::Judge& judge, Function& function, const std::string& what,
                const Row& logits, std::size_t label, double expected) {
  const double loss = function(logits, label);
  // A rounding of numbers up to 10,000 is 1e-12.
  judge.holds(fmt::format("{}: a loss of {:.6f}", what, expected),
              std::abs(loss - expected) <= 1e-10, fmt::format("{:.6f}", loss));
}

inline void check(tutorial::Judge& judge, Function& function) {
  const double ln10 = std::log(10.0);
  one(judge, function, "ten logits of 0", Row(10, 0), 3, ln10);
  for (const double equal : {1.0, 1e4, -1e4})
    one(judge, function, fmt::format("ten logits of {}", equal), Row(10, equal), 3, ln10);
  one(judge, function, "ten logits of 0 but a 2 at the label", {2, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0,
      std::log(9 * std::exp(-2.0) + 1));
  one(judge, function, "ten logits of 0 but a 2 beside the label", {2, 0, 0, 0, 0, 0, 0, 0, 0, 0},
      1, std::log(9 + std::exp(2.0)));
  one(judge, function, "10,000 at the label, and -10,000", {1e4, -1e4}, 0, 0);
  one(judge, function, "-10,000 at the label, and 10,000", {-1e4, 1e4}, 0, 2e4);
  one(judge, function, "a single class", {-7}, 0, 0);

  lanewise::Tensor<double> random({100, 10});
  lanewise::fill_uniform<double>(random, -3, 3, {.seed = 42});
  for (lanewise::Index i = 0; i < 100; ++i) {
    const Row logits(random.row(i).begin(), random.row(i).end());
    double sum = 0;
    for (std::size_t label = 0; label < 10; ++label) {
      const double loss = function(logits, label);
      sum += loss;
      Row moved = logits;
      for (double& logit : moved) logit += 50;
      judge.holds("the same loss after 50 has been added to all logits",
                  std::abs(function(moved, label) - loss) <= 1e-10,
                  fmt::format("{:.6f}, and then {:.6f}", loss, function(moved, label)));
    }
    judge.holds("a mean loss over all labels of ln 10 or more", sum / 10 >= ln10,
                fmt::format("{:.6f}", sum / 10));
  }
}

// [answer]
inline double answer(const std::vector<double>& logits, std::size_t label) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const double z : logits) sum += std::exp(z - largest);
  return largest + std::log(sum) - logits[label];
}
// [answer]

namespace wrong {

inline double as_written(const Row& logits, std::size_t label) {
  double sum = 0;
  for (const double z : logits) sum += std::exp(z);
  return std::log(sum) - logits[label];
}

inline double not_put_back(const Row& logits, std::size_t label) {
  return answer(logits, label) - *std::max_element(logits.begin(), logits.end());
}

inline double without_label(const Row& logits, std::size_t label) {
  return answer(logits, label) + logits[label];
}

inline double decimal(const Row& logits, std::size_t label) {
  return answer(logits, label) / std::log(10.0);
}

inline double clipped(const Row& logits, std::size_t label) {
  return std::min(answer(logits, label), -std::log(1e-7));
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"cross_entropy",
          check,
          yours::cross_entropy,
          answer,
          {{"the formula is used as written: exponentials become infinite", wrong::as_written},
           {"the largest logit is taken out and not put back", wrong::not_put_back},
           {"the label's logit is not subtracted", wrong::without_label},
           {"the logarithm is the decimal one", wrong::decimal},
           {"the probability is cut off at 1e-7, and with it the loss", wrong::clipped}}};
}

}  // namespace cross_entropy
