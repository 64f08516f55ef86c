#pragma once
/* \exercise standard_errors
Is a gain more than chance? Return the mean of the differences, with minus without, divided by its
standard error, as section 9 has it. The program does not know the answer for most of what it tries.
It asks for what has to hold: if both networks of a pair get better by the same, nothing changes; if
with and without change places, the sign changes; if all differences are twice as large, nothing
changes; and four times as many pairs of the same kind give about twice as many standard errors.

\hint
Make the differences first. From then on only they count.

\hint
The deviation of n differences: the squares of what each is away from their mean, added up, divided
by n - 1, and the root of that. The standard error is that divided by the root of n.
*/
#include <standard_errors.hpp>  // yours, or the stub

#include <cmath>
#include <vector>

#include "support/exercise.hpp"

namespace standard_errors {

using lanewise::Index;
using Numbers = std::vector<double>;
using Function = double(const Numbers&, const Numbers&);

inline void nearly(tutorial::Judge& judge, const char* what, double expected, double got) {
  judge.holds(what, std::abs(got - expected) <= 1e-6 * std::abs(expected),
              fmt::format("{:.6f} and {:.6f}", expected, got));
}

inline Numbers times(const Numbers& a, double factor, const Numbers& plus) {
  Numbers sum(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) sum[i] = factor * a[i] + plus[i];
  return sum;
}

inline Numbers repeated(const Numbers& numbers, int count) {
  Numbers all;
  for (int i = 0; i < count; ++i) all.insert(all.end(), numbers.begin(), numbers.end());
  return all;
}

inline void check(tutorial::Judge& judge, Function& function) {
  // Gains of 1, 2 and 3: the mean is 2, the deviation 1, the standard error 1 / sqrt(3).
  nearly(judge, "3.464102 for gains of 1, 2 and 3", 2 * std::sqrt(3.0),
         function({5, 5, 5}, {4, 3, 2}));
  lanewise::Tensor<double> random({3, 10});
  lanewise::fill_uniform<double>(random, 0, 1, {.seed = 9});
  const auto row = [&](Index i) { return Numbers(random.row(i).begin(), random.row(i).end()); };
  const Numbers with = times(row(0), 0.01, Numbers(10, 0.89)),
                without = times(row(1), 0.01, Numbers(10, 0.88));
  const double found = function(with, without);
  nearly(judge, "the same when both of each pair get better by the same", found,
         function(times(with, 1, row(2)), times(without, 1, row(2))));
  nearly(judge, "the other sign when they change places", -found, function(without, with));
  nearly(judge, "the same when all are twice as large", found,
         function(times(with, 1, with), times(without, 1, without)));
  // n = 10 and 40: sqrt(40 / 39) deviations are as sqrt(10 / 9) of them, a hundredth apart.
  nearly(judge, "twice as many for four times as many pairs", found * 2 * std::sqrt(39.0 / 36.0),
         function(repeated(with, 4), repeated(without, 4)));
}

inline double mean(const Numbers& numbers) {
  double sum = 0;
  for (const double x : numbers) sum += x;
  return sum / static_cast<double>(numbers.size());
}

inline double squares(const Numbers& numbers) {
  double sum = 0;
  for (const double x : numbers) sum += (x - mean(numbers)) * (x - mean(numbers));
  return sum;
}

inline double answer(const Numbers& with, const Numbers& without) {
  const Numbers gains = times(without, -1, with);
  const auto n = static_cast<double>(gains.size());
  return mean(gains) / std::sqrt(squares(gains) / (n - 1) / n);
}

namespace wrong {

inline double unpaired(const Numbers& with, const Numbers& without) {
  const auto n = static_cast<double>(with.size());
  return (mean(with) - mean(without)) / std::sqrt((squares(with) + squares(without)) / (n - 1) / n);
}

inline double deviations(const Numbers& with, const Numbers& without) {
  return answer(with, without) / std::sqrt(static_cast<double>(with.size()));
}

inline double turned_round(const Numbers& with, const Numbers& without) {
  return answer(without, with);
}

inline double by_n(const Numbers& with, const Numbers& without) {
  const auto n = static_cast<double>(with.size());
  return answer(with, without) * std::sqrt(n / (n - 1));
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "standard_errors",
      check,
      yours::standard_errors,
      answer,
      {{"the two are taken for themselves, and not in pairs", wrong::unpaired},
       {"the mean is divided by the deviation of the differences, and not by that of their mean",
        wrong::deviations},
       {"without minus with", wrong::turned_round},
       {"the squares are divided by n, and not by n - 1", wrong::by_n}}};
}

}  // namespace standard_errors
