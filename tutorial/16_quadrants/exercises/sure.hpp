#pragma once
/* \exercise sure
Make the loss as small as somebody wants, without training. You are given the logits of some points,
all of them answered correctly, and a bound. Return a number by which all logits can be multiplied
so that the mean cross-entropy is below the bound. The program tries bounds down to a thousandth of
a millionth, and looks only at whether your number does it.

\hint
Try numbers that get larger, and compute the loss each time.

\hint
\f$-\ln p\f$ of the right class is \f$\ln \sum_j e^{y_j - y_r}\f$, where \f$y_r\f$ is its logit.
*/
#include <sure.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace sure {

using lanewise::Index;
using Matrix = lanewise::Tensor<double>;
using Labels = lanewise::Tensor<std::int32_t>;
using Function = double(const Matrix&, const Labels&, double);

inline double loss(const Matrix& logits, const Labels& labels, double factor) {
  double sum = 0;
  for (Index i = 0; i < labels.size(); ++i) {
    double others = 0;  // their powers, as shares of the right one's
    for (Index j = 0; j < logits.shape()[1]; ++j)
      if (j != labels[i]) others += std::exp(factor * (logits(i, j) - logits(i, labels[i])));
    sum += std::log1p(others);
  }
  return sum / static_cast<double>(labels.size());
}

inline void check(tutorial::Judge& judge, Function& factor_for) {
  const Labels labels({3}, {0, 2, 1});
  for (const double lead : {2.0, 0.5, 0.05}) {
    const Matrix logits({3, 3}, {1 + lead, 1, 0,   //
                                 -1, 0, 2 * lead,  //
                                 -3, -3 + lead, -3});
    for (const double bound : {0.5, 0.01, 1e-9}) {
      const double factor = factor_for(logits, labels, bound);
      judge.holds("a number that is finite and above 0", std::isfinite(factor) && factor > 0,
                  fmt::format("{}", factor));
      const double after = loss(logits, labels, factor);
      judge.holds("a loss below the bound", after < bound,
                  fmt::format("bound {}: {:.3g} before, {:.3g} with all logits times {:.6g}", bound,
                              loss(logits, labels, 1), after, factor));
    }
  }
}

inline double answer(const Matrix& logits, const Labels& labels, double bound) {
  double factor = 1;
  while (loss(logits, labels, factor) >= bound) factor *= 2;
  return factor;
}

namespace wrong {

inline double once(const Matrix& logits, const Labels& labels, double bound) {
  return loss(logits, labels, 1) < bound ? 1 : 2;
}

inline double in_proportion(const Matrix& logits, const Labels& labels, double bound) {
  return std::sqrt(loss(logits, labels, 1) / bound);
}

inline double smaller(const Matrix& logits, const Labels& labels, double bound) {
  return 1 / answer(logits, labels, bound);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"sure",
          check,
          yours::sure,
          answer,
          {{"the logits are doubled once, which is not always enough", wrong::once},
           {"the number is taken from the quotient of loss and bound, but the loss does not fall "
            "in proportion",
            wrong::in_proportion},
           {"the logits are divided, which makes the network less sure", wrong::smaller}}};
}

}  // namespace sure
