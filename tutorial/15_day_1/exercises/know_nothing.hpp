#pragma once
/* \exercise know_nothing
Somebody may not look at the images, but knows how many there are of each class. Which logits, the
same ones for every image, cost least on average? With as many of each class it is ten equal ones,
and \f$\ln 10\f$. Your function is given the counts and returns the logits. The program moves each
of them up and down, a little and far, and asks that the mean loss never falls. (This is how the
biases of a last layer can be set before training, so that a network need not learn first how
frequent each class is.)

\hint
The slopes of the loss are \f$p - t\f$. On average over all labels that is the probability less the
share of the class. At the least loss all slopes are 0. Which probabilities are that?

\hint
Softmax takes the exponential of a logit. What has to go in, if the share of the class is to come
out? One may multiply all shares by a number: that adds a number to all logits.
*/
#include <know_nothing.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace know_nothing {

using Row = std::vector<double>;
using Counts = std::vector<int>;
using Function = Row(const Counts&);

inline double mean_loss(const Row& logits, const Counts& counts) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0, loss = 0, labels = 0;
  for (const double z : logits) sum += std::exp(z - largest);
  for (std::size_t k = 0; k < counts.size(); ++k) {
    loss += counts[k] * (largest + std::log(sum) - logits[k]);
    labels += counts[k];
  }
  return loss / labels;
}

inline void one(tutorial::Judge& judge, Function& function, const Counts& counts) {
  const Row logits = function(counts);
  const auto what = fmt::format("for the counts {}", fmt::join(counts, " "));
  judge.equal(what + ", how many logits", static_cast<double>(counts.size()),
              static_cast<double>(logits.size()));
  const double least = mean_loss(logits, counts);
  judge.holds(what + ", finite logits", std::isfinite(least),
              fmt::format("{:.4g}", fmt::join(logits, " ")));
  for (const double step : {0.001, 0.1, 3.0})
    for (std::size_t k = 0; k < logits.size(); ++k)
      for (const double by : {step, -step}) {
        Row moved = logits;
        moved[k] += by;
        // The loss rises by about the square of the step; its rounding is far below that.
        judge.holds(
            fmt::format("{}, a mean loss that does not fall when the logit of class {} moves "
                        "by {}",
                        what, k, by),
            mean_loss(moved, counts) > least,
            fmt::format("{:.6f}, and then {:.6f}", least, mean_loss(moved, counts)));
      }
}

inline void check(tutorial::Judge& judge, Function& function) {
  one(judge, function, {7, 7, 7, 7, 7, 7, 7, 7, 7, 7});
  one(judge, function, {1, 3});
  one(judge, function, {1, 100, 10'000});
  one(judge, function, {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009});  // MNIST's test
}

inline Row answer(const Counts& counts) {
  Row logits;
  for (const int count : counts) logits.push_back(std::log(count));
  return logits;
}

namespace wrong {

inline Row all_equal(const Counts& counts) {
  return Row(counts.size(), 0);
}

inline Row shares(const Counts& counts) {
  double sum = 0;
  for (const int count : counts) sum += count;
  Row logits;
  for (const int count : counts) logits.push_back(count / sum);
  return logits;
}

inline Row most_frequent(const Counts& counts) {
  Row logits(counts.size(), 0);
  logits[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                  counts.begin())] = 10;
  return logits;
}

inline Row decimal(const Counts& counts) {
  Row logits;
  for (const int count : counts) logits.push_back(std::log10(count));
  return logits;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"know_nothing",
          check,
          yours::know_nothing,
          answer,
          {{"all classes are taken to be equally frequent", wrong::all_equal},
           {"the shares are the logits, of which softmax makes other shares", wrong::shares},
           {"everything is put on the most frequent class", wrong::most_frequent},
           {"the logarithm is the decimal one, and softmax takes e to the power", wrong::decimal}}};
}

}  // namespace know_nothing
