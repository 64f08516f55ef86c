#pragma once
/* \exercise balanced
The first 100 training images do not have ten of each digit: it is a matter of chance how many of
each there are. Choose a small training set that is fair: of each class the first images that occur,
as many as are wanted. Your function is given the labels, and returns the places of the chosen
images, from the first to the last. The program asks what has to hold: of each class as many as
wanted (or all, if there are fewer), no place twice, the places in rising order, and no image passed
over whose class was not complete yet.

\hint
Go through the labels once, and keep count of how many of each class you have.

\hint
A `std::vector<int>` of ten zeros can hold the counts: `counts[label]` is how many you have.
*/
#include <balanced.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace balanced {

using Places = std::vector<int>;
using Function = Places(const Places&, int, int);

inline void one(tutorial::Judge& judge, Function& choose, const Places& labels, int classes,
                int each) {
  const Places chosen = choose(labels, classes, each);
  const auto got =
      fmt::format("{} for {} each of {}", fmt::join(chosen, " "), each, fmt::join(labels, " "));
  const int images = static_cast<int>(labels.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    judge.holds("places that there are", chosen[i] >= 0 && chosen[i] < images, got);
    judge.holds("places in rising order, none twice", i == 0 || chosen[i] > chosen[i - 1], got);
  }
  for (int c = 0; c < classes; ++c) {
    Places all, taken;
    for (int i = 0; i < images; ++i)
      if (labels[static_cast<std::size_t>(i)] == c) all.push_back(i);
    for (const int place : chosen)
      if (labels[static_cast<std::size_t>(place)] == c) taken.push_back(place);
    const std::size_t wanted = std::min(all.size(), static_cast<std::size_t>(each));
    judge.holds(fmt::format("as many of class {} as wanted, {}", c, wanted), taken.size() == wanted,
                got);
    all.resize(wanted);
    judge.holds(fmt::format("the first images of class {}", c), taken == all, got);
  }
}

inline void check(tutorial::Judge& judge, Function& choose) {
  one(judge, choose, {1, 1, 0, 1, 2, 0, 2, 2, 0}, 3, 2);
  one(judge, choose, {0, 0, 0, 0, 1}, 2, 1);
  one(judge, choose, {0, 0, 0, 1}, 2, 2);  // of class 1 there is only one
  one(judge, choose, {}, 2, 3);
  lanewise::Tensor<double> drawn({200});
  lanewise::fill_uniform<double>(drawn, 0, 10, {.seed = 42});
  Places labels;
  for (const double d : drawn) labels.push_back(static_cast<int>(d));
  for (const int each : {0, 1, 5, 10}) one(judge, choose, labels, 10, each);
}

inline Places answer(const Places& labels, int classes, int each) {
  Places counts(static_cast<std::size_t>(classes)), chosen;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (int& count = counts[static_cast<std::size_t>(labels[i])]; count < each) {
      ++count;
      chosen.push_back(static_cast<int>(i));
    }
  return chosen;
}

namespace wrong {

inline Places the_first(const Places& labels, int classes, int each) {
  Places chosen;
  for (int i = 0; i < std::min<int>(classes * each, static_cast<int>(labels.size())); ++i)
    chosen.push_back(i);
  return chosen;
}

inline Places class_by_class(const Places& labels, int classes, int each) {
  Places chosen;
  const Places right = answer(labels, classes, each);
  for (int c = 0; c < classes; ++c)
    for (const int place : right)
      if (labels[static_cast<std::size_t>(place)] == c) chosen.push_back(place);
  return chosen;
}

inline Places one_too_many(const Places& labels, int classes, int each) {
  return answer(labels, classes, each + 1);
}

inline Places the_last(const Places& labels, int classes, int each) {
  const int images = static_cast<int>(labels.size());
  Places chosen;
  for (const int place : answer({labels.rbegin(), labels.rend()}, classes, each))
    chosen.insert(chosen.begin(), images - 1 - place);
  return chosen;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"balanced",
          check,
          yours::balanced,
          answer,
          {{"the first images are taken, whatever their class", wrong::the_first},
           {"the places are in the order of the classes", wrong::class_by_class},
           {"the count is compared too late: one more is taken of each class", wrong::one_too_many},
           {"the last images of each class are taken", wrong::the_last}}};
}

}  // namespace balanced
