#pragma once
/* \exercise ols
Write ordinary least squares: from all rooms and prices, slope and intercept of the best line. The
program tries your function on three points that can be done by hand, and then on the 282 districts
for training, where it has to find 8.342391 and -30.268362. At last it moves your line a little in
all directions, on random points, and none of these lines may have a smaller loss.

\hint
The formulas stand in section 8. Begin with the two means. Then one loop over all points makes
both sums.

\hint
Compute the slope first, for the intercept needs it. Divide at the end, and once.
*/
#include <ols.hpp>  // yours, or the stub

#include <cmath>

#include "03_linear_regression/line.hpp"
#include "support/exercise.hpp"

namespace ols {

using Numbers = std::vector<double>;
using Line = std::pair<double, double>;  // slope, intercept
using Function = Line(const Numbers&, const Numbers&);

inline double loss(const Line& line, const Numbers& x, const Numbers& y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += std::pow(line.first * x[i] + line.second - y[i], 2);
  return sum / static_cast<double>(x.size());
}

// What was found is shown with six digits, and has to be right in those.
inline double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
}

inline void line_is(tutorial::Judge& judge, const std::string& of, const Line& expected,
                    const Line& got) {
  judge.equal(of + ": the intercept", expected.second, rounded(got.second));
  judge.equal(of + ": the slope", expected.first, rounded(got.first));
}

inline void check(tutorial::Judge& judge, Function& function) {
  line_is(judge, "(1, 1), (2, 3), (3, 2)", {0.5, 1}, function({1, 2, 3}, {1, 3, 2}));
  const tutorial::BostonSplit houses;
  const line::Data data = line::data_of(houses.train);
  line_is(judge, "the districts for training", {8.342391, -30.268362},
          function(data.rooms, data.prices));
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    lanewise::Tensor<double> random({2, 30});
    lanewise::fill_uniform<double>(random, -3, 9, {.seed = seed});
    const auto x = random.row(0), y = random.row(1);
    const Numbers xs(x.begin(), x.end()), ys(y.begin(), y.end());
    const Line best = function(xs, ys);
    const double least = loss(best, xs, ys);
    for (const Line& moved : {Line{0.01, 0}, {-0.01, 0}, {0, 0.01}, {0, -0.01}}) {
      const double other = loss({best.first + moved.first, best.second + moved.second}, xs, ys);
      judge.holds("no line with a smaller loss next to the best one", other >= least,
                  fmt::format("yours {:.8f}, moved by ({}, {}): {:.8f}", least, moved.first,
                              moved.second, other));
    }
  }
}

// [answer]
inline std::pair<double, double> answer(const std::vector<double>& x,
                                        const std::vector<double>& y) {
  const auto count = static_cast<double>(x.size());
  double mean_x = 0, mean_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += x[i] / count;
    mean_y += y[i] / count;
  }
  double together = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    together += (x[i] - mean_x) * (y[i] - mean_y);
    squares += (x[i] - mean_x) * (x[i] - mean_x);
  }
  const double slope = together / squares;
  return {slope, mean_y - slope * mean_x};
}
// [answer]

namespace wrong {

// The sum of products of `x` and `y`, and that of squares of `x`, give a slope.
inline double through_zero(const Numbers& x, const Numbers& y) {
  double together = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    together += x[i] * y[i];
    squares += x[i] * x[i];
  }
  return together / squares;
}

inline Line without_means(const Numbers& x, const Numbers& y) {
  const double slope = through_zero(x, y);
  return {slope, line::mean(y) - slope * line::mean(x)};
}

inline Line without_intercept(const Numbers& x, const Numbers& y) {
  return {through_zero(x, y), 0};
}

inline Line the_other_way(const Numbers& x, const Numbers& y) {
  const double slope = 1 / answer(y, x).first;
  return {slope, line::mean(y) - slope * line::mean(x)};
}

inline Line exchanged(const Numbers& x, const Numbers& y) {
  const auto [slope, intercept] = answer(x, y);
  return {intercept, slope};
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"ols",
          check,
          yours::ols,
          answer,
          {{"the means are not subtracted before the products are made", wrong::without_means},
           {"the line is laid through 0 rooms and a price of 0", wrong::without_intercept},
           {"the squares are those of the prices, so the line predicts rooms from prices",
            wrong::the_other_way},
           {"slope and intercept are exchanged", wrong::exchanged}}};
}

}  // namespace ols
