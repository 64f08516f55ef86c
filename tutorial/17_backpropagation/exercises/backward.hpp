#pragma once
/* \exercise backward
Write the backward pass. Your function is given a tape, as in section 6: each node has its value,
the places of its inputs and its derivative with respect to each of them. It returns the gradient of
every number, where the loss is the last one. Write it from the rules, without
looking at the function of that section. The program tries it on a chain, on \f$x \cdot x\f$, on
the small network of this page, and on twenty doublings, in which each number is used twice.

\hint
All gradients begin at 0, but that of the loss, which is 1.

\hint
A node may hand on its gradient only when it has all its parts. From which end of the list do you
have to begin?

\hint
What if a node has been handed something already?
*/
#include <backward.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace backward {

using Gradients = std::vector<double>;
using tape::Tape;
using Function = Gradients(const Tape&);

// A number by itself, and the sum and the product of the numbers at two places.
inline tape::Node number(double value) {
  return {value};
}
inline tape::Node sum(const Tape& all, tape::Place a, tape::Place b) {
  return {all[a].value + all[b].value, {a, b}, {1, 1}};
}
inline tape::Node product(const Tape& all, tape::Place a, tape::Place b) {
  return {all[a].value * all[b].value, {a, b}, {all[b].value, all[a].value}};
}

inline void compare(tutorial::Judge& judge, const std::string& what, const Gradients& expected,
                    const Gradients& got) {
  judge.equal(what + ": how many gradients", static_cast<double>(expected.size()),
              static_cast<double>(got.size()));
  for (std::size_t i = 0; i < expected.size(); ++i)
    judge.equal(fmt::format("{}: the gradient at place {}", what, i), expected[i], got[i]);
}

// x * x = q, and each further node doubles the one before: n of them.
inline Tape doublings(int n) {
  Tape tape = {number(3)};
  tape.push_back(product(tape, 0, 0));
  for (int i = 0; i < n; ++i) tape.push_back(sum(tape, tape.size() - 1, tape.size() - 1));
  return tape;
}

inline void check(tutorial::Judge& judge, Function& gradients) {
  Tape chain = {number(3), number(2)};
  chain.push_back(product(chain, 0, 1));
  chain.push_back({1, {2}, {1}});  // y - 5
  chain.push_back({1, {3}, {2}});  // squared
  compare(judge, "the tape 3, w, y = 3 w, e = y - 5, L = e e", {4, 6, 2, 2, 1}, gradients(chain));

  compare(judge, "x x at x = 3", {6, 1}, gradients(doublings(0)));

  // The small network: x w b v1 v2 p z h y1 y2 l1 l2 L.
  Tape small = {number(3), number(2), number(-2), number(0.5), number(-1)};
  small.push_back(product(small, 1, 0));
  small.push_back(sum(small, 5, 2));
  small.push_back({4, {6}, {1}});  // ReLU
  small.push_back(product(small, 3, 7));
  small.push_back(product(small, 4, 7));
  small.push_back({9, {8}, {-6}});
  small.push_back({1, {9}, {2}});
  small.push_back(sum(small, 10, 11));
  compare(judge, "the small network", {-10, -15, -5, -24, 8, -5, -5, -5, -6, 2, 1, 1, 1},
          gradients(small));

  // Each doubling doubles the gradient of what is above it. Over paths this takes for ever.
  Gradients expected = {6.0 * (1 << 20)};
  for (int i = 20; i >= 0; --i) expected.push_back(static_cast<double>(1 << i));
  compare(judge, "q = x x, doubled twenty times", expected, gradients(doublings(20)));
}

// [answer]
inline Gradients answer(const Tape& tape) {
  Gradients gradient(tape.size(), 0.0);
  gradient.back() = 1;
  for (std::size_t node = tape.size(); node-- > 0;)
    for (std::size_t i = 0; i < tape[node].inputs.size(); ++i)
      gradient[tape[node].inputs[i]] += gradient[node] * tape[node].slopes[i];
  return gradient;
}
// [answer]

namespace wrong {

inline Gradients overwriting(const Tape& tape) {
  Gradients gradient(tape.size(), 0.0);
  gradient.back() = 1;
  for (std::size_t node = tape.size(); node-- > 0;)
    for (std::size_t i = 0; i < tape[node].inputs.size(); ++i)
      gradient[tape[node].inputs[i]] = gradient[node] * tape[node].slopes[i];
  return gradient;
}

inline Gradients forwards(const Tape& tape) {
  Gradients gradient(tape.size(), 0.0);
  gradient.back() = 1;
  for (std::size_t node = 0; node < tape.size(); ++node)
    for (std::size_t i = 0; i < tape[node].inputs.size(); ++i)
      gradient[tape[node].inputs[i]] += gradient[node] * tape[node].slopes[i];
  return gradient;
}

inline Gradients own_value(const Tape& tape) {
  Gradients gradient(tape.size(), 0.0);
  gradient.back() = 1;
  for (std::size_t node = tape.size(); node-- > 0;)
    for (const std::size_t input : tape[node].inputs)
      gradient[input] += gradient[node] * tape[input].value;
  return gradient;
}

inline Gradients slopes_alone(const Tape& tape) {
  Gradients gradient(tape.size(), 0.0);
  gradient.back() = 1;
  for (std::size_t node = tape.size(); node-- > 0;)
    for (std::size_t i = 0; i < tape[node].inputs.size(); ++i)
      gradient[tape[node].inputs[i]] += tape[node].slopes[i];
  return gradient;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"backward",
          check,
          yours::backward,
          answer,
          {{"what a node has been handed already is overwritten", wrong::overwriting},
           {"it goes from the first to the last, so that nodes hand on before they have anything",
            wrong::forwards},
           {"a node hands on by its input's value, where the slope is wanted", wrong::own_value},
           {"a node hands on its slope without its own gradient", wrong::slopes_alone}}};
}

}  // namespace backward
