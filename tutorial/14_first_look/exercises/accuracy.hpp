#pragma once
/* \exercise accuracy
Write the accuracy yourself: of some images the network's answers, a row of probabilities for each,
and their labels. It is the share of images whose label is the place of the largest probability. Two
cases need care. If two probabilities of a row are equal, and none is larger, the *first* of them is
the answer. And of no images at all, the accuracy is 0, and not what 0 divided by 0 gives.

\hint
Walk through a row and keep the place of the largest probability so far. When is it replaced: by one
that is larger, or by one that is as large, too?

\hint
In C++, 3 / 4 with whole numbers is 0. Turn one of the two into a `double` first.
*/
#include <accuracy.hpp>  // yours, or the stub

#include <limits>

#include "support/exercise.hpp"

namespace accuracy {

using lanewise::Index;
using Rows = lanewise::Tensor<float>;
using Labels = lanewise::Tensor<std::int32_t>;
using Function = double(const Rows&, const Labels&);

inline void check(tutorial::Judge& judge, Function& accuracy) {
  const Rows rows({4, 3}, {0.1f, 0.2f, 0.7f,  //
                           0.6f, 0.3f, 0.1f,  //
                           0.2f, 0.5f, 0.3f,  //
                           0.8f, 0.1f, 0.1f});
  judge.equal("answers 2 0 1 0, labels 2 0 1 2", 0.75, accuracy(rows, Labels({4}, {2, 0, 1, 2})));
  // The first of the equal ones is right twice, the last once, and both together three times.
  const Rows ties({3, 4}, {0.4f, 0.4f, 0.2f, 0,     //
                           0.1f, 0.3f, 0.3f, 0.3f,  //
                           0.25f, 0.25f, 0.25f, 0.25f});
  judge.equal("rows with equal probabilities, labels 0 1 3", 2.0 / 3,
              accuracy(ties, Labels({3}, {0, 1, 3})));
  judge.equal("no images", 0, accuracy(Rows({0, 3}), Labels({0})));
}

// [answer]
inline double answer(const lanewise::Tensor<float>& probabilities,
                     const lanewise::Tensor<std::int32_t>& labels) {
  const lanewise::Index images = labels.size();
  if (images == 0) return 0;
  lanewise::Index right = 0;
  for (lanewise::Index i = 0; i < images; ++i) {
    lanewise::Index largest = 0;
    for (lanewise::Index c = 1; c < probabilities.shape()[1]; ++c)
      if (probabilities(i, c) > probabilities(i, largest)) largest = c;
    right += largest == labels[i];
  }
  return static_cast<double>(right) / static_cast<double>(images);
}
// [answer]

namespace wrong {

inline double last_of_equals(const Rows& rows, const Labels& labels) {
  if (labels.size() == 0) return 0;
  Index right = 0;
  for (Index i = 0; i < labels.size(); ++i) {
    Index largest = 0;
    for (Index c = 1; c < rows.shape()[1]; ++c)
      if (rows(i, c) >= rows(i, largest)) largest = c;
    right += largest == labels[i];
  }
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

inline double any_of_equals(const Rows& rows, const Labels& labels) {
  if (labels.size() == 0) return 0;
  Index right = 0;
  for (Index i = 0; i < labels.size(); ++i) {
    const auto row = rows.row(i);
    right += row[labels[i]] == *std::max_element(row.begin(), row.end());
  }
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

inline double of_none(const Rows& rows, const Labels& labels) {
  return labels.size() == 0 ? std::numeric_limits<double>::quiet_NaN() : answer(rows, labels);
}

inline double whole_numbers(const Rows& rows, const Labels& labels) {
  return answer(rows, labels) == 1 ? 1 : 0;
}

inline double by_all_numbers(const Rows& rows, const Labels& labels) {
  return answer(rows, labels) / static_cast<double>(rows.shape()[1]);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"accuracy",
          check,
          yours::accuracy,
          answer,
          {{"among equal probabilities the last one is the answer", wrong::last_of_equals},
           {"each of several equal probabilities counts as right", wrong::any_of_equals},
           {"without images 0 is divided by 0, which is NaN", wrong::of_none},
           {"whole numbers are divided, and what is below 1 becomes 0", wrong::whole_numbers},
           {"the divisor is the number of probabilities, not of images", wrong::by_all_numbers}}};
}

}  // namespace accuracy
