#pragma once
/* \exercise separate
Find a perceptron that makes no mistake. Your function is given examples of any number of inputs,
and how many epochs it may take. It returns a perceptron that answers all of them rightly, or
`std::nullopt` if it has found none. The program gives it the tables of AND, OR and others, points
of two to five inputs that some plane separates, and XOR. It does not ask how you find the weights,
but tries them on every example. The epochs that it allows are enough for the perceptron's rule: as
many as the theorem of section 6 has updates, and one more.

\hint
Section 3 has the loop. Take as many weights as the examples have inputs.

\hint
When do you know that there is no mistake? After an epoch in which nothing was changed.
*/
#include <separate.hpp>  // yours, or the stub

#include <cmath>
#include <numeric>

#include "support/exercise.hpp"

namespace separate {

using perceptron::Example, perceptron::Examples, perceptron::Perceptron;
using perceptron::step, perceptron::truth_table, perceptron::weighted_sum;
using Found = std::optional<Perceptron>;
using Function = Found(const Examples&, int);

inline void one_set(tutorial::Judge& judge, Function& find, const std::string& name,
                    const Examples& examples, int most_epochs) {
  const Found found = find(examples, most_epochs);
  judge.holds(name + ": a perceptron, since there is one", found.has_value(), "std::nullopt");
  judge.holds(name + ": a weight for each input", found->w.size() == examples[0].x.size(),
              fmt::format("{} weights for {} inputs", found->w.size(), examples[0].x.size()));
  for (const auto& [x, t] : examples)
    judge.holds(name + ": the right answer to every example", step(weighted_sum(*found, x)) == t,
                fmt::format("w = ({}), b = {}: the sum for ({}), label {}, is {}",
                            fmt::join(found->w, ", "), found->b, fmt::join(x, ", "), t,
                            weighted_sum(*found, x)));
}

// Points in [-1, 1] that the plane with the weights u and the bias c separates. Those whose sum is
// closer than 0.4 to 0 are left out, and the theorem's bound follows from that.
inline Examples points(const Perceptron& u, std::uint64_t seed) {
  const auto inputs = std::ssize(u.w);
  lanewise::Tensor<double> drawn({200, inputs});
  lanewise::fill_uniform<double>(drawn, -1, 1, {.seed = seed});
  Examples examples;
  for (lanewise::Index i = 0; i < 200; ++i) {
    const std::vector<double> x(drawn.row(i).begin(), drawn.row(i).end());
    const double sum = weighted_sum(u, x);
    if (std::abs(sum) > 0.4) examples.push_back({x, step(sum)});
  }
  return examples;
}

inline void check(tutorial::Judge& judge, Function& find) {
  one_set(judge, find, "AND", truth_table(0, 0, 0, 1), 52);
  one_set(judge, find, "OR", truth_table(0, 1, 1, 1), 52);
  one_set(judge, find, "NOR", truth_table(1, 0, 0, 0), 52);
  one_set(judge, find, "always 1", truth_table(1, 1, 1, 1), 52);
  std::uint64_t seed = 0;
  for (const Perceptron& u : {Perceptron{{1, -1}, 0.5}, Perceptron{{2, 0.5, -1}, -0.5},
                              Perceptron{{1, 1, 1, 1}, 0}, Perceptron{{1, -2, 0, 1, -1}, 1}}) {
    const double length = std::inner_product(u.w.begin(), u.w.end(), u.w.begin(), u.b * u.b);
    const auto longest = static_cast<double>(u.w.size() + 1);
    one_set(judge, find, fmt::format("points of {} inputs", u.w.size()), points(u, ++seed),
            static_cast<int>(longest * length / (0.4 * 0.4)) + 1);
  }
  judge.holds("std::nullopt for XOR", !find(truth_table(0, 1, 1, 0), 50), "a perceptron");
}

inline Perceptron after(const Perceptron& before, const Example& one, double of_bias = 1) {
  Perceptron p = before;
  const int error = one.t - step(weighted_sum(p, one.x));
  for (std::size_t i = 0; i < one.x.size(); ++i) p.w[i] += error * one.x[i];
  p.b += of_bias * error;
  return p;
}

inline Found answer(const Examples& examples, int most_epochs) {
  Perceptron p{std::vector<double>(examples[0].x.size()), 0};
  for (int epoch = 1; epoch <= most_epochs; ++epoch) {
    bool all_right = true;
    for (const Example& one : examples) {
      all_right = all_right && step(weighted_sum(p, one.x)) == one.t;
      p = after(p, one);
    }
    if (all_right) return p;
  }
  return std::nullopt;
}

namespace wrong {

inline Found one_epoch(const Examples& examples, int) {
  Perceptron p{std::vector<double>(examples[0].x.size()), 0};
  for (const Example& one : examples) p = after(p, one);
  return p;
}

inline Found never_gives_up(const Examples& examples, int most_epochs) {
  Perceptron p{std::vector<double>(examples[0].x.size()), 0};
  for (int epoch = 1; epoch <= most_epochs; ++epoch)
    for (const Example& one : examples) p = after(p, one);
  return p;
}

inline Found no_bias(const Examples& examples, int most_epochs) {
  Perceptron p{std::vector<double>(examples[0].x.size()), 0};
  for (int epoch = 1; epoch <= most_epochs; ++epoch) {
    bool all_right = true;
    for (const Example& one : examples) {
      all_right = all_right && step(weighted_sum(p, one.x)) == one.t;
      p = after(p, one, 0);
    }
    if (all_right) return p;
  }
  return std::nullopt;
}

inline Found two_inputs(const Examples& examples, int most_epochs) {
  Examples cut = examples;
  for (Example& one : cut) one.x.resize(2);
  return answer(cut, most_epochs);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "separate",
      check,
      yours::separate,
      answer,
      {{"one epoch is not enough", wrong::one_epoch},
       {"a perceptron that still makes mistakes is returned", wrong::never_gives_up},
       {"without a bias, every line goes through the place where all inputs are 0", wrong::no_bias},
       {"only the first two inputs are looked at", wrong::two_inputs}}};
}

}  // namespace separate
