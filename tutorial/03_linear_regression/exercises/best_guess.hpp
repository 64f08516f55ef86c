#pragma once
/* \exercise best_guess
Suppose that nobody tells you the rooms. You have to say one price for all houses, and you are
judged by the mean squared error. Which price is best? Write the function that finds it, from the
prices for training. The program tries it on several lists of prices, and no price next to yours,
a little higher or lower, may have a smaller loss. What a line is worth shows in comparison with
such a guess.

\hint
It is a line of slope 0, and only the intercept is left. Section 4 has the slope of the loss by the
intercept. It has to be 0.
*/
#include <best_guess.hpp>  // yours, or the stub

#include <algorithm>
#include <cmath>

#include "support/exercise.hpp"

namespace best_guess {

using Numbers = std::vector<double>;
using Function = double(const Numbers&);

inline double loss(double guess, const Numbers& prices) {
  double sum = 0;
  for (const double price : prices) sum += std::pow(guess - price, 2);
  return sum / static_cast<double>(prices.size());
}

inline void check(tutorial::Judge& judge, Function& function) {
  for (const Numbers& prices : {Numbers{15.2},
                                {10, 20},
                                {10, 20, 60},
                                {50, 50, 50, 6},
                                {5, 9, 10, 11},
                                {21, 22, 23, 24, 50, 50, 50}}) {
    const double guess = function(prices);
    for (const double other : {guess - 0.01, guess + 0.01, guess - 5, guess + 5})
      judge.holds(
          "no other price with a smaller loss", loss(other, prices) >= loss(guess, prices),
          fmt::format("prices {}: yours is {:.4f} with a loss of {:.4f}, and {:.4f} has {:.4f}",
                      fmt::join(prices, " "), guess, loss(guess, prices), other,
                      loss(other, prices)));
  }
}

inline double answer(const Numbers& prices) {
  double sum = 0;
  for (const double price : prices) sum += price;
  return sum / static_cast<double>(prices.size());
}

namespace wrong {

inline double median(const Numbers& prices) {
  Numbers sorted = prices;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

inline double upper_median(const Numbers& prices) {
  Numbers sorted = prices;
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() / 2];
}

inline double middle(const Numbers& prices) {
  const auto [low, high] = std::minmax_element(prices.begin(), prices.end());
  return (*low + *high) / 2;
}

inline double sum(const Numbers& prices) {
  return answer(prices) * static_cast<double>(prices.size());
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "best_guess",
      check,
      yours::best_guess,
      answer,
      {{"the median makes the sum of the sizes of the errors least, and not that of their squares",
        wrong::median},
       {"the median makes the sum of the sizes of the errors least, and not that of their squares",
        wrong::upper_median},
       {"only the lowest and the highest price are looked at", wrong::middle},
       {"the sum is not divided by the number of houses", wrong::sum}}};
}

}  // namespace best_guess
