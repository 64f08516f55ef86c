#pragma once
/* \exercise confusion_matrix
Write the function that counts what is taken for what: from the true labels and the predicted ones,
a matrix whose element (t, p) says how many samples of class t were taken for class p.

\hint
`lanewise::Tensor<std::int32_t> counts({classes, classes});` is a matrix of zeros, and
`counts(t, p)` one of its elements.

\hint
Each sample adds 1 to one element. Which row, and which column?
*/
#include <confusion_matrix.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace confusion_matrix {

using lanewise::Index;
using Labels = lanewise::Tensor<std::int32_t>;
using Counts = lanewise::Tensor<std::int32_t>;
using Function = Counts(const Labels&, const Labels&, Index);

inline void check(tutorial::Judge& judge, Function& matrix) {
  const Labels truth({7}, {0, 0, 1, 1, 1, 2, 0}), guess({7}, {0, 1, 1, 1, 2, 1, 0});
  judge.equal("true labels 0 0 1 1 1 2 0, predicted 0 1 1 1 2 1 0, of four classes",
              Counts({4, 4}, {2, 1, 0, 0,    // two of the 0s are right, one was taken for a 1
                              0, 2, 1, 0,    //
                              0, 1, 0, 0,    //
                              0, 0, 0, 0}),  // there is no 3
              matrix(truth, guess, 4));
  judge.equal("no samples, two classes", Counts({2, 2}, {0, 0, 0, 0}),
              matrix(Labels({0}), Labels({0}), 2));
}

// Without the names from above, which the reader's file does not have.
// [answer]
inline lanewise::Tensor<std::int32_t> answer(const lanewise::Tensor<std::int32_t>& true_labels,
                                             const lanewise::Tensor<std::int32_t>& predicted_labels,
                                             lanewise::Index classes) {
  lanewise::Tensor<std::int32_t> counts({classes, classes});
  for (lanewise::Index i = 0; i < true_labels.size(); ++i)
    ++counts(true_labels[i], predicted_labels[i]);
  return counts;
}
// [answer]

namespace wrong {

inline Counts swapped(const Labels& truth, const Labels& guess, Index classes) {
  return answer(guess, truth, classes);
}

inline Counts only_right(const Labels& truth, const Labels& guess, Index classes) {
  Counts counts({classes, classes});
  for (Index i = 0; i < truth.size(); ++i)
    if (truth[i] == guess[i]) ++counts(truth[i], truth[i]);
  return counts;
}

inline Counts too_small(const Labels& truth, const Labels& guess, Index) {
  Index classes = 0;
  for (const std::int32_t label : truth) classes = std::max<Index>(classes, label + 1);
  return answer(truth, guess, classes);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"confusion_matrix",
          check,
          yours::confusion_matrix,
          answer,
          {{"rows and columns are swapped", wrong::swapped},
           {"only what is right is counted", wrong::only_right},
           {"the matrix ends with the largest label that occurs", wrong::too_small}}};
}

}  // namespace confusion_matrix
