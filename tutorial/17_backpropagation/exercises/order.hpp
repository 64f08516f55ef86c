#pragma once
/* \exercise order
On a tape each number stands behind those that it was computed from. Here the nodes come in any
order, as from a drawing. Find an order in which they can be computed. Your function is given, for
each node, the places of its inputs. It returns all places, each once, so that a node comes behind
its inputs. There are often several such orders, and any of them is right: the program checks just
this property. Read from its end, such an order is one for the backward pass.

\hint
A node that has no inputs can be computed at once. Which can be computed after it?

\hint
Go over the nodes again and again. Each time, take those whose inputs have all been taken, until
none is left. Large graphs want a better way, but none here is large.
*/
#include <order.hpp>  // yours, or the stub

#include <algorithm>
#include <numeric>

#include "support/exercise.hpp"

namespace order {

using Places = std::vector<std::size_t>;
using Function = Places(const std::vector<Places>&);

inline std::string listed(const Places& places) {
  return fmt::format("{}", fmt::join(places, " "));
}

inline void check_one(tutorial::Judge& judge, Function& order, const std::vector<Places>& inputs) {
  const Places got = order(inputs);
  std::vector<int> when(inputs.size(), -1);
  bool once = got.size() == inputs.size();
  for (std::size_t i = 0; once && i < got.size(); ++i) {
    once = got[i] < inputs.size() && when[got[i]] < 0;
    if (once) when[got[i]] = static_cast<int>(i);
  }
  judge.holds("each place once", once, fmt::format("{} places: {}", inputs.size(), listed(got)));
  for (std::size_t node = 0; node < inputs.size(); ++node)
    for (const std::size_t input : inputs[node])
      judge.holds(
          "each node behind its inputs", when[input] < when[node],
          fmt::format("node {} is computed from {}; the order is {}", node, input, listed(got)));
}

// The small network's inputs by place, with its places renamed: place i becomes to[i].
inline std::vector<Places> renamed(const std::vector<Places>& inputs, const Places& to) {
  std::vector<Places> other(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (const std::size_t input : inputs[i]) other[to[i]].push_back(to[input]);
  return other;
}

inline void check(tutorial::Judge& judge, Function& order) {
  check_one(judge, order, {{}});
  check_one(judge, order, {{}, {0, 0}, {1, 0}});
  check_one(judge, order, {{1}, {2}, {3}, {}});     // a chain, the last first
  check_one(judge, order, {{3, 2}, {}, {1}, {2}});  // two ways from 1 to 0
  const std::vector<Places> small = {{},  {},     {},     {},  {},  {1, 0},  {5, 2},
                                     {6}, {3, 7}, {4, 7}, {8}, {9}, {10, 11}};
  Places to(small.size());
  std::iota(to.begin(), to.end(), std::size_t{0});
  do check_one(judge, order, renamed(small, to));
  while (std::next_permutation(to.begin(), to.begin() + 6));
  std::reverse(to.begin(), to.end());
  check_one(judge, order, renamed(small, to));
}

inline Places answer(const std::vector<Places>& inputs) {
  Places taken;
  std::vector<bool> is_taken(inputs.size(), false);
  while (taken.size() < inputs.size())
    for (std::size_t node = 0; node < inputs.size(); ++node)
      if (!is_taken[node] && std::all_of(inputs[node].begin(), inputs[node].end(),
                                         [&](std::size_t input) { return is_taken[input]; })) {
        taken.push_back(node);
        is_taken[node] = true;
      }
  return taken;
}

namespace wrong {

inline Places as_given(const std::vector<Places>& inputs) {
  Places all(inputs.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

inline Places for_backward(const std::vector<Places>& inputs) {
  const Places all = answer(inputs);
  return {all.rbegin(), all.rend()};
}

// From the last results up, each node as often as it is used.
inline void visit(const std::vector<Places>& inputs, std::size_t node, Places& all) {
  for (const std::size_t input : inputs[node]) visit(inputs, input, all);
  all.push_back(node);
}

inline Places once_a_use(const std::vector<Places>& inputs) {
  std::vector<bool> used(inputs.size(), false);
  for (const Places& of_one : inputs)
    for (const std::size_t input : of_one) used[input] = true;
  Places all;
  for (std::size_t node = 0; node < inputs.size(); ++node)
    if (!used[node]) visit(inputs, node, all);
  return all;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"order",
          check,
          yours::order,
          answer,
          {{"the nodes are left in the order in which they came", wrong::as_given},
           {"each node comes before its inputs: this is the order of the backward pass",
            wrong::for_backward},
           {"a node that is used twice comes twice", wrong::once_a_use}}};
}

}  // namespace order
