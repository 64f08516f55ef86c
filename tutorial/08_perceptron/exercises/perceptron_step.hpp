#pragma once
/* \exercise perceptron_step
Write the perceptron's rule of section 3. Your function is given a perceptron, the inputs of one
example and its label. It returns the perceptron as it is after that example. The program lets it
learn AND and OR, from zero and in the order of the tables, and compares each state with the lines
of section 4. Then it goes round the circle of XOR, and last it tries examples of three inputs that
are neither 0 nor 1.

\hint
What does the perceptron answer at present? `weighted_sum` and `step` tell.

\hint
Compute \f$t - y\f$ once. Each weight grows by that, times its own input. The bias grows by that,
times 1.
*/
#include <perceptron_step.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace perceptron_step {

using perceptron::Examples, perceptron::Perceptron;
using perceptron::step, perceptron::truth_table, perceptron::weighted_sum;
using Function = Perceptron(Perceptron, const std::vector<double>&, int);

// Shows one example, and compares the state afterwards: the weights, then the bias.
inline Perceptron shown(tutorial::Judge& judge, Function& learn, const Perceptron& before,
                        const std::vector<double>& x, int t, const Perceptron& expected) {
  const Perceptron after = learn(before, x, t);
  const std::string what = fmt::format("w = ({}), b = {}, shown ({}) with label {}",
                                       fmt::join(before.w, ", "), before.b, fmt::join(x, ", "), t);
  judge.equal(what + ": the number of weights", static_cast<double>(expected.w.size()),
              static_cast<double>(after.w.size()));
  for (std::size_t i = 0; i < expected.w.size(); ++i)
    judge.equal(fmt::format("{}: weight {}", what, i + 1), expected.w[i], after.w[i]);
  judge.equal(what + ": the bias", expected.b, after.b);
  return after;
}

// The states after each update; where the answer is right, nothing may change.
inline void table(tutorial::Judge& judge, Function& learn, const Examples& examples,
                  const std::vector<Perceptron>& states) {
  Perceptron p{{0, 0}, 0};
  std::size_t updates = 0;
  for (int epoch = 1; epoch <= 6; ++epoch)
    for (const auto& [x, t] : examples) {
      const bool right = step(weighted_sum(p, x)) == t;
      if (!right && updates == states.size()) return;  // as far as it goes
      p = shown(judge, learn, p, x, t, right ? p : states[updates]);
      if (!right) ++updates;
    }
}

inline void check(tutorial::Judge& judge, Function& learn) {
  table(judge, learn, truth_table(0, 0, 0, 1),
        {{{1, 1}, 1},
         {{1, 1}, 0},
         {{1, 0}, -1},
         {{2, 1}, 0},
         {{2, 0}, -1},
         {{1, 0}, -2},
         {{2, 1}, -1},
         {{1, 1}, -2},
         {{2, 2}, -1},
         {{2, 1}, -2}});
  table(judge, learn, truth_table(0, 1, 1, 1),
        {{{0, 1}, 1}, {{0, 1}, 0}, {{1, 1}, 1}, {{1, 1}, 0}});
  table(judge, learn, truth_table(0, 1, 1, 0),
        {{{0, 1}, 1},
         {{-1, 0}, 0},
         {{-1, 1}, 1},
         {{0, 1}, 2},
         {{-1, 0}, 1},
         {{-1, 0}, 0},
         {{-1, 1}, 1},
         {{0, 1}, 2},
         {{-1, 0}, 1}});
  const Perceptron p{{1, -2, 0.5}, 0.25};
  shown(judge, learn, p, {2, 0.5, -1}, 0, {{-1, -2.5, 1.5}, -0.75});
  shown(judge, learn, p, {2, 0.5, -1}, 1, p);
  shown(judge, learn, p, {0.5, 2, 3}, 1, {{1.5, 0, 3.5}, 1.25});
  shown(judge, learn, p, {1.75, 1, 0}, 0, p);  // a sum of 0 is answered by 0
  shown(judge, learn, p, {1.75, 1, 0}, 1, {{2.75, -1, 0.5}, 1.25});
}

// [answer]
inline Perceptron answer(Perceptron p, const std::vector<double>& x, int t) {
  const int error = t - step(weighted_sum(p, x));  // 1, 0 or -1
  for (std::size_t i = 0; i < x.size(); ++i) p.w[i] += error * x[i];
  p.b += error;
  return p;
}
// [answer]

namespace wrong {

inline Perceptron no_bias(Perceptron p, const std::vector<double>& x, int t) {
  const double b = p.b;
  p = answer(p, x, t);
  p.b = b;
  return p;
}

inline Perceptron other_way(Perceptron p, const std::vector<double>& x, int t) {
  const int error = step(weighted_sum(p, x)) - t;
  for (std::size_t i = 0; i < x.size(); ++i) p.w[i] += error * x[i];
  p.b += error;
  return p;
}

inline Perceptron all_weights(Perceptron p, const std::vector<double>& x, int t) {
  const int error = t - step(weighted_sum(p, x));
  for (double& w : p.w) w += error;
  p.b += error;
  return p;
}

inline Perceptron edge_is_one(Perceptron p, const std::vector<double>& x, int t) {
  const int error = t - (weighted_sum(p, x) >= 0 ? 1 : 0);
  for (std::size_t i = 0; i < x.size(); ++i) p.w[i] += error * x[i];
  p.b += error;
  return p;
}

inline Perceptron without_step(Perceptron p, const std::vector<double>& x, int t) {
  const double error = t - weighted_sum(p, x);
  for (std::size_t i = 0; i < x.size(); ++i) p.w[i] += error * x[i];
  p.b += error;
  return p;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"perceptron_step",
          check,
          yours::perceptron_step,
          answer,
          {{"the bias is left as it is", wrong::no_bias},
           {"what should be added is subtracted", wrong::other_way},
           {"each weight has to grow by its own input, and not by 1", wrong::all_weights},
           {"a sum of exactly 0 has to be answered by 0", wrong::edge_is_one},
           {"the label is compared with the sum, and not with the answer", wrong::without_step}}};
}

}  // namespace perceptron_step
