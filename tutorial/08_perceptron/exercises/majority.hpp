#pragma once
/* \exercise majority
Some people vote, 1 for yes and 0 for no. Give the weights and the bias of a perceptron that answers
1 if more than half of them are for yes. If the votes are equal, it answers 0. Your function is told
how many vote. The program tries all votes that there can be, for one voter and up to ten.

\hint
Nobody's vote counts for more than another's. What does that say about the weights?

\hint
Then the sum is the number of votes for yes, and the bias. For which bias is it above 0 just when
the motion is carried?
*/
#include <majority.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace majority {

using perceptron::Perceptron;
using Function = Perceptron(int);

inline void check(tutorial::Judge& judge, Function& weights) {
  for (int voters = 1; voters <= 10; ++voters) {
    const Perceptron p = weights(voters);
    judge.holds("a weight for each voter", std::ssize(p.w) == voters,
                fmt::format("{} voters, {} weights", voters, p.w.size()));
    for (unsigned votes = 0; votes < 1U << voters; ++votes) {
      std::vector<double> x;
      int yes = 0;
      for (int i = 0; i < voters; ++i) {
        const int vote = (votes >> i & 1U) != 0 ? 1 : 0;
        x.push_back(vote);
        yes += vote;
      }
      const double sum = perceptron::weighted_sum(p, x);
      judge.holds("1 if more than half are for yes, and else 0",
                  perceptron::step(sum) == (2 * yes > voters ? 1 : 0),
                  fmt::format("votes ({}): the sum is {}", fmt::join(x, ", "), sum));
    }
  }
}

inline Perceptron answer(int voters) {
  return {std::vector<double>(static_cast<std::size_t>(voters), 1), -voters / 2.0};
}

namespace wrong {

inline Perceptron all(int voters) {
  return {answer(voters).w, 0.5 - voters};
}

inline Perceptron half_is_enough(int voters) {
  return {answer(voters).w, 0.25 - voters / 2.0};
}

inline Perceptron one_more(int voters) {
  return {answer(voters).w, -(voters / 2.0 + 0.5)};
}

inline Perceptron first_decides(int voters) {
  Perceptron p = answer(voters);
  p.w[0] = voters;
  return p;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"majority",
          check,
          yours::majority,
          answer,
          {{"all have to be for yes here, and not just more than half", wrong::all},
           {"here half of the votes are enough", wrong::half_is_enough},
           {"where the majority is a single vote, the sum is exactly 0", wrong::one_more},
           {"one voter counts for more than the others", wrong::first_decides}}};
}

}  // namespace majority
