#pragma once
/* \exercise dropout
Write dropout. The program gives it many masks, at several rates, and asks for what has to hold: a
number that meets a 0 becomes 0; the mean over the masks is the number itself; and what is not
training comes out as it went in, to the last bit.

\hint
When not training, the mask plays no part: return x.

\hint
The mask has a 1 with the probability 1 - rate. So the mean of the mask is 1 - rate. By what do you
have to divide, that the mean becomes 1?
*/
#include <dropout.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace dropout {

using lanewise::Index;
using Numbers = lanewise::Tensor<double>;
using Function = Numbers(const Numbers&, const Numbers&, double, bool);

inline void at_rate(tutorial::Judge& judge, Function& function, double rate, std::uint64_t stream) {
  const Numbers x({6}, {0.5, -1.25, 3, 0, 0.1, 2});
  constexpr int kMasks = 4000;
  Numbers random({kMasks, x.size()}), means(x.shape());
  lanewise::fill_uniform<double>(random, 0, 1, {12, stream});
  for (Index n = 0; n < kMasks; ++n) {
    Numbers mask(x.shape());
    for (Index i = 0; i < x.size(); ++i) mask[i] = random(n, i) >= rate;
    const Numbers y = function(x, mask, rate, true);
    judge.equal("the shape of what comes out", x.shape(), y.shape());
    for (Index i = 0; i < x.size(); ++i) {
      if (mask[i] == 0) judge.equal("a number that meets a 0", 0, y[i]);
      means[i] += y[i] / kMasks;
    }
    judge.equal("what comes out when not training", x, function(x, mask, rate, false));
  }
  for (Index i = 0; i < x.size(); ++i) {
    // The mean of n has the deviation |x| sqrt(rate / (1 - rate) / n); five are as good as never.
    const double far = 5 * std::abs(x[i]) * std::sqrt(rate / (1 - rate) / kMasks) + 1e-9;
    judge.holds("a mean over many masks that is the number itself",
                std::abs(means[i] - x[i]) <= far,
                fmt::format("{:.4f} for {}, at a rate of {}", means[i], x[i], rate));
  }
}

inline void check(tutorial::Judge& judge, Function& function) {
  std::uint64_t stream = 0;
  for (const double rate : {0.2, 0.5, 0.9, 0.0}) at_rate(judge, function, rate, stream++);
}

// [answer]
inline lanewise::Tensor<double> answer(const lanewise::Tensor<double>& x,
                                       const lanewise::Tensor<double>& mask, double rate,
                                       bool training) {
  lanewise::Tensor<double> y = x;
  if (training)
    for (lanewise::Index i = 0; i < x.size(); ++i) y[i] = x[i] * mask[i] / (1 - rate);
  return y;
}
// [answer]

namespace wrong {

inline Numbers times(const Numbers& x, const Numbers& mask, double factor) {
  Numbers y = x;
  for (Index i = 0; i < x.size(); ++i) y[i] = x[i] * mask[i] * factor;
  return y;
}

inline Numbers not_divided(const Numbers& x, const Numbers& mask, double, bool training) {
  return training ? times(x, mask, 1) : x;
}

inline Numbers by_the_rate(const Numbers& x, const Numbers& mask, double rate, bool training) {
  return training ? times(x, mask, 1 / rate) : x;
}

inline Numbers always(const Numbers& x, const Numbers& mask, double rate, bool) {
  return answer(x, mask, rate, true);
}

inline Numbers scaled_in_use(const Numbers& x, const Numbers& mask, double rate, bool training) {
  return training ? times(x, mask, 1) : times(x, Numbers(x.shape(), {1, 1, 1, 1, 1, 1}), 1 - rate);
}

inline Numbers turned_round(const Numbers& x, const Numbers& mask, double rate, bool training) {
  Numbers other = mask;
  for (double& m : other.span()) m = 1 - m;
  return answer(x, other, rate, training);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"dropout",
          check,
          yours::dropout,
          answer,
          {{"what is kept is not divided, and the mean shrinks", wrong::not_divided},
           {"what is kept is divided by the rate, and not by 1 - rate", wrong::by_the_rate},
           {"numbers are dropped when not training, too", wrong::always},
           {"it is scaled when not training, and not while training", wrong::scaled_in_use},
           {"the mask's ones are dropped, and its zeros kept", wrong::turned_round}}};
}

}  // namespace dropout
