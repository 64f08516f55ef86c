#pragma once
/* \exercise explained
Is a loss of 42 much? It depends on how different the prices are. The loss of always saying their
mean is what one gets without any knowledge. So one asks which share of *that* loss a line does away
with: 1 is a line that is always right, 0 is one that is no better than the mean, and below 0 is one
that is worse. Write this share. The program wants it to be the same in dollars as in thousands of
dollars, and whatever is added to all prices and to all predictions; and for the best line of this
chapter it has to be 0.442.

\hint
You need two losses on the same prices: that of the predictions, and that of the mean of the prices.

\hint
Divide the one by the other. That is the share that is left over.
*/
#include <explained.hpp>  // yours, or the stub

#include <cmath>

#include "03_linear_regression/line.hpp"
#include "support/exercise.hpp"

namespace explained {

using Numbers = std::vector<double>;
using Function = double(const Numbers&, const Numbers&);

inline double loss(const Numbers& prices, const Numbers& predicted) {
  double sum = 0;
  for (std::size_t i = 0; i < prices.size(); ++i) sum += std::pow(predicted[i] - prices[i], 2);
  return sum / static_cast<double>(prices.size());
}

inline Numbers changed(Numbers values, double factor, double more) {
  for (double& v : values) v = factor * v + more;
  return values;
}

inline void check(tutorial::Judge& judge, Function& function) {
  const auto rounded = [](double value) { return std::round(value * 1e9) / 1e9; };
  const Numbers prices = {10, 20, 30, 60}, predicted = {14, 18, 37, 51};  // both have the mean 30
  judge.equal("prices 10 20 30 60, predicted 14 18 37 51", rounded(1 - 150.0 / 1400),
              rounded(function(prices, predicted)));
  judge.equal("predictions that are all right", 1, rounded(function(prices, prices)));
  judge.equal("the mean, for all houses", 0, rounded(function(prices, {30, 30, 30, 30})));
  const double backwards = function(prices, {60, 30, 20, 10});
  judge.holds("less than 0 for the prices in a wrong order", backwards < 0,
              fmt::format("{:.4f}", backwards));
  for (const auto& [factor, more] : {std::pair{1000.0, 0.0}, {1.0, 500.0}, {0.5, -20.0}}) {
    const double before = function(prices, predicted);
    const double after = function(changed(prices, factor, more), changed(predicted, factor, more));
    judge.holds("the same share of other money", std::abs(after - before) <= 1e-9,
                fmt::format("{:.6f}, and {:.6f} with all prices times {} and {} more", before,
                            after, factor, more));
  }
  const tutorial::BostonSplit houses;
  const line::Data data = line::data_of(houses.train);
  Numbers of_line;
  for (const double rooms : data.rooms) of_line.push_back(line::least_squares(data)(rooms));
  judge.equal("the best line on the rows for training, to three digits", 0.442,
              std::round(function(data.prices, of_line) * 1000) / 1000);
}

inline double answer(const Numbers& prices, const Numbers& predicted) {
  const Numbers means(prices.size(), line::mean(prices));
  return 1 - loss(prices, predicted) / loss(prices, means);
}

namespace wrong {

inline double left_over(const Numbers& prices, const Numbers& predicted) {
  return 1 - answer(prices, predicted);
}

inline double without_mean(const Numbers& prices, const Numbers& predicted) {
  return 1 - loss(prices, predicted) / loss(prices, Numbers(prices.size(), 0));
}

inline double by_predictions(const Numbers& prices, const Numbers& predicted) {
  return answer(predicted, prices);
}

inline double roots(const Numbers& prices, const Numbers& predicted) {
  return 1 - std::sqrt(1 - answer(prices, predicted));
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "explained",
      check,
      yours::explained,
      answer,
      {{"this is the share that is left over", wrong::left_over},
       {"the loss is compared with that of a price of 0, and not of the mean", wrong::without_mean},
       {"it is asked how different the predictions are, and not the prices", wrong::by_predictions},
       {"the roots of the losses are compared", wrong::roots}}};
}

}  // namespace explained
