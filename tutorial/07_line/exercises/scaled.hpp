#pragma once
/* \exercise scaled
Scale a feature: subtract the mean from each number and divide by the standard deviation. The
program asks of your numbers what section 7 wants of them: their mean is 0, the mean of their
squares is 1, and they are in the same order and in the same proportions as before. Where all
numbers are alike, there is nothing to divide by; then they should all become 0.

\hint
Two loops are needed before the one that scales: the first for the mean, and the second for the
squared distances from it.

\hint
The standard deviation is the square root of the *mean* of these squares.
*/
#include <scaled.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace scaled {

using Values = std::vector<double>;
using Function = Values(const Values&);

// Values near 1, after a few dozen roundings.
inline bool near(double a, double b) {
  return std::abs(a - b) <= 1e-9;
}

inline void one(tutorial::Judge& judge, Function& scale, const Values& x) {
  const Values got = scale(x);
  judge.equal("how many numbers come back", static_cast<double>(x.size()),
              static_cast<double>(got.size()));
  const auto n = static_cast<double>(x.size());
  double mean = 0, squares = 0;
  for (const double v : got) {
    judge.holds("a number for each", std::isfinite(v), fmt::format("{} numbers: {}", x.size(), v));
    mean += v / n;
    squares += v * v / n;
  }
  const auto text = fmt::format("{} numbers from {:.4g} to {:.4g}: mean {:.4g}, mean square {:.4g}",
                                x.size(), x.front(), x.back(), mean, squares);
  const bool alike = x.front() == x.back();  // they come in order
  judge.holds("the mean 0", near(mean, 0), text);
  judge.holds(alike ? "zeros where all are alike" : "the mean square 1",
              near(squares, alike ? 0 : 1), text);
  const double whole = x.back() - x.front();
  for (std::size_t i = 0; i < x.size() && !alike; ++i)
    judge.holds(
        "the same order and proportions",
        near((got[i] - got.front()) / (got.back() - got.front()), (x[i] - x.front()) / whole),
        text);
}

inline void check(tutorial::Judge& judge, Function& scale) {
  one(judge, scale, {4.97, 6.142, 7.61});
  one(judge, scale, {-1, 1});
  one(judge, scale, {1000, 1001, 1003, 1007});
  one(judge, scale, {-0.02, -0.01, 0.005, 0.03, 0.031});
  one(judge, scale, {0, 255});
  one(judge, scale, {3, 3, 3});
  one(judge, scale, {5});
}

inline double mean_of(const Values& x) {
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

inline double squares_of(const Values& x) {  // the sum of the squared distances from the mean
  double sum = 0;
  for (const double v : x) sum += (v - mean_of(x)) * (v - mean_of(x));
  return sum;
}

inline Values changed(const Values& x, double subtracted, double divided) {
  Values result;
  for (const double v : x) result.push_back((v - subtracted) / divided);
  return result;
}

inline Values answer(const Values& x) {
  const double deviation = std::sqrt(squares_of(x) / static_cast<double>(x.size()));
  return changed(x, mean_of(x), deviation > 0 ? deviation : 1);
}

namespace wrong {

inline Values not_divided(const Values& x) {
  return changed(x, mean_of(x), 1);
}

inline Values not_centred(const Values& x) {
  return changed(x, 0, std::sqrt(squares_of(x) / static_cast<double>(x.size())));
}

inline Values by_variance(const Values& x) {
  return changed(x, mean_of(x), squares_of(x) / static_cast<double>(x.size()));
}

inline Values one_less(const Values& x) {
  return changed(x, mean_of(x), std::sqrt(squares_of(x) / static_cast<double>(x.size() - 1)));
}

inline Values to_one(const Values& x) {
  return changed(x, x.front(), x.back() - x.front());
}

inline Values alike(const Values& x) {
  return changed(x, mean_of(x), std::sqrt(squares_of(x) / static_cast<double>(x.size())));
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"scaled",
          check,
          yours::scaled,
          answer,
          {{"nothing is divided: only the mean is gone", wrong::not_divided},
           {"the mean is still there", wrong::not_centred},
           {"divided by the mean square, without the root", wrong::by_variance},
           {"the squares are divided by one less than their number", wrong::one_less},
           {"the numbers go from 0 to 1, which is another scaling", wrong::to_one},
           {"where all are alike, 0 is divided by 0", wrong::alike}}};
}

}  // namespace scaled
