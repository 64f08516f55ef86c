#pragma once
/* \exercise draw_mask
Draw the mask yourself. The program looks at masks of 10,000 numbers and asks: only zeros and ones?
About as many zeros as the rate says? The same from the same seed, and another from another seed?
And does a 0 say nothing about its neighbours: is one that follows a 0 as often 0 as any other?

\hint
`lanewise::fill_uniform` fills a tensor with random numbers between two bounds, from a key made of
your seed. How often is a number between 0 and 1 below 0.2?

\hint
Every fifth number would be the right count of zeros, and no mask: the neighbours would tell where
they are.
*/
#include <draw_mask.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace draw_mask {

using lanewise::Index;
using Numbers = lanewise::Tensor<double>;
using Function = Numbers(Index, double, std::uint64_t);

constexpr Index kCount = 10'000;

// Whether `zeros` of `of` are as many as chance would have it, within five deviations.
inline void as_often(tutorial::Judge& judge, const char* what, double zeros, double of,
                     double rate) {
  const double far = 5 * std::sqrt(rate * (1 - rate) * of) + 1;
  judge.holds(what, std::abs(zeros - rate * of) <= far,
              fmt::format("{:.0f} of {:.0f}, at a rate of {}", zeros, of, rate));
}

inline void at_rate(tutorial::Judge& judge, Function& function, double rate) {
  const Numbers mask = function(kCount, rate, 1);
  judge.equal("the shape of the mask", lanewise::Shape{kCount}, mask.shape());
  double zeros = 0, after_zero = 0, far_after_zero = 0;
  for (Index i = 0; i < kCount; ++i) {
    judge.holds("only zeros and ones", mask[i] == 0 || mask[i] == 1,
                fmt::format("{} at position {}", mask[i], i));
    zeros += mask[i] == 0;
    after_zero += i > 0 && mask[i - 1] == 0 && mask[i] == 0;
    far_after_zero += i >= 5 && mask[i - 5] == 0 && mask[i] == 0;
  }
  as_often(judge, "about as many zeros as the rate says", zeros, kCount, rate);
  as_often(judge, "a 0 as often after a 0 as anywhere", after_zero, zeros, rate);
  as_often(judge, "a 0 as often five places after a 0 as anywhere", far_after_zero, zeros, rate);
  judge.equal("the mask from the same seed", mask, function(kCount, rate, 1));
  const Numbers other = function(kCount, rate, 2);
  double same = 0;
  for (Index i = 0; i < kCount; ++i) same += mask[i] == 0 && other[i] == 0;
  as_often(judge, "a 0 from another seed as often where there was a 0 as anywhere", same, zeros,
           rate);
}

inline void check(tutorial::Judge& judge, Function& function) {
  at_rate(judge, function, 0.2);
  at_rate(judge, function, 0.5);
  at_rate(judge, function, 0.7);
}

inline Numbers below(Index count, double bound, std::uint64_t seed) {
  Numbers mask({count});
  lanewise::fill_uniform<double>(mask, 0, 1, {seed, 0});
  for (double& m : mask.span()) m = m >= bound;
  return mask;
}

inline Numbers answer(Index count, double rate, std::uint64_t seed) {
  return below(count, rate, seed);
}

namespace wrong {

inline Numbers turned_round(Index count, double rate, std::uint64_t seed) {
  return below(count, 1 - rate, seed);
}

inline Numbers regular(Index count, double rate, std::uint64_t) {
  Numbers mask({count});
  for (Index i = 0; i < count; ++i)
    mask[i] =
        std::floor(static_cast<double>(i + 1) * rate) == std::floor(static_cast<double>(i) * rate);
  return mask;
}

inline Numbers first_ones(Index count, double rate, std::uint64_t) {
  Numbers mask({count});
  for (Index i = 0; i < count; ++i)
    mask[i] = static_cast<double>(i) >= rate * static_cast<double>(count);
  return mask;
}

inline Numbers seedless(Index count, double rate, std::uint64_t) {
  return below(count, rate, 0);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"draw_mask",
          check,
          yours::draw_mask,
          answer,
          {{"rate is the share that is kept", wrong::turned_round},
           {"the zeros come at regular distances", wrong::regular},
           {"the zeros all stand at the beginning", wrong::first_ones},
           {"the seed plays no part", wrong::seedless}}};
}

}  // namespace draw_mask
