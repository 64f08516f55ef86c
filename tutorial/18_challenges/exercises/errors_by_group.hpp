#pragma once
/* \exercise errors_by_group
One number for all hides much. Write the function that tells the error for each group: the share of
the group's images whose answer is not their label. The program compares a small case that you can
follow by hand. Then it draws answers at random, and asks for what has to hold: that the errors of
the groups, each weighted by how large its group is, add up to the error of all.

\hint
Count two things for each group: its images, and those of them that are wrong.

\hint
A group may have no images. What would you divide by?
*/
#include <errors_by_group.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace errors_by_group {

using Numbers = std::vector<int>;
using Shares = std::vector<double>;
using Function = Shares(const Numbers&, const Numbers&, const Numbers&, int);

inline void check(tutorial::Judge& judge, Function& function) {
  const Numbers labels = {7, 7, 3, 3, 3, 1, 1}, answers = {7, 3, 3, 3, 8, 1, 7};
  const Numbers group = {0, 0, 0, 0, 2, 2, 2};
  const Shares got = function(labels, answers, group, 3);
  judge.equal("three groups: how many shares", 3, static_cast<double>(got.size()));
  judge.equal("four images, one of them wrong", 0.25, got[0]);
  judge.equal("a group without images", 0, got[1]);
  judge.equal("three images, two of them wrong", 2.0 / 3, got[2]);

  for (std::uint64_t number = 0; number < 50; ++number) {
    constexpr lanewise::Index kImages = 60;
    lanewise::Tensor<double> drawn({3, kImages});
    lanewise::fill_uniform<double>(drawn, 0, 4, {.seed = 18, .stream = number});
    Numbers parts[3];
    for (lanewise::Index i = 0; i < drawn.size(); ++i)
      parts[i / kImages].push_back(static_cast<int>(drawn[i]));
    double wrong = 0, weighted = 0;
    const Shares shares = function(parts[0], parts[1], parts[2], 4);
    for (std::size_t i = 0; i < kImages; ++i) {
      wrong += parts[0][i] != parts[1][i] ? 1 : 0;
      weighted += shares.at(static_cast<std::size_t>(parts[2][i]));
    }
    judge.holds("errors that add up to that of all", std::abs(weighted - wrong) <= 1e-9,
                fmt::format("{} of {} images are wrong; the groups make it {:.4f}", wrong, kImages,
                            weighted));
  }
}

// How many images each group has, and for how many of them the answer is wrong.
struct Counts {
  Shares images, wrong;
};

inline Counts count(const Numbers& labels, const Numbers& answers, const Numbers& group,
                    int groups) {
  Counts counts{Shares(static_cast<std::size_t>(groups)), Shares(static_cast<std::size_t>(groups))};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto at = static_cast<std::size_t>(group[i]);
    counts.images[at] += 1;
    if (answers[i] != labels[i]) counts.wrong[at] += 1;
  }
  return counts;
}

inline Shares answer(const Numbers& labels, const Numbers& answers, const Numbers& group,
                     int groups) {
  const Counts counts = count(labels, answers, group, groups);
  Shares shares;
  for (std::size_t at = 0; at < counts.images.size(); ++at)
    shares.push_back(counts.images[at] > 0 ? counts.wrong[at] / counts.images[at] : 0);
  return shares;
}

namespace wrong {

inline Shares of_all(const Numbers& labels, const Numbers& answers, const Numbers& group,
                     int groups) {
  Shares shares = count(labels, answers, group, groups).wrong;
  for (double& one : shares) one /= static_cast<double>(labels.size());
  return shares;
}

inline Shares counted(const Numbers& labels, const Numbers& answers, const Numbers& group,
                      int groups) {
  return count(labels, answers, group, groups).wrong;
}

inline Shares accuracies(const Numbers& labels, const Numbers& answers, const Numbers& group,
                         int groups) {
  Shares shares = answer(labels, answers, group, groups);
  for (double& one : shares) one = 1 - one;
  return shares;
}

inline Shares not_a_number(const Numbers& labels, const Numbers& answers, const Numbers& group,
                           int groups) {
  const Counts counts = count(labels, answers, group, groups);
  Shares shares;
  for (std::size_t at = 0; at < counts.images.size(); ++at)
    shares.push_back(counts.wrong[at] / counts.images[at]);
  return shares;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"errors_by_group",
          check,
          yours::errors_by_group,
          answer,
          {{"the errors of a group are divided by all images, and not by its own", wrong::of_all},
           {"these are numbers of errors, and not shares", wrong::counted},
           {"this is what is right, and not what is wrong", wrong::accuracies},
           {"a group without images is divided by 0", wrong::not_a_number}}};
}

}  // namespace errors_by_group
