#pragma once
/* \exercise separable
There are sixteen gates of two inputs, for each of the four points can have the label 0 or 1. For
which of them is there a line with all points of one label on its one side, and all points of the
other on its other side? If all four labels are the same, any line that passes by will do. Your
function is given the labels and says yes or no. The program knows the answer from trying many lines
for each gate, as section 1 does.

\hint
Section 1 has the proof that XOR is not separable. Which property of the labels does it use?
*/
#include <separable.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace separable {

using Labels = std::array<int, 4>;
using Function = bool(const Labels&);

// The lines a x1 + b x2 = c with a and b in -2 .. 2 and c at halves between are all that matter.
inline bool some_line(const Labels& labels) {
  for (int a = -2; a <= 2; ++a)
    for (int b = -2; b <= 2; ++b)
      for (double c = -4.5; c < 5; ++c) {
        const int along[] = {0, b, a, a + b};
        bool right = true;
        for (std::size_t p = 0; p < 4; ++p) right = right && (along[p] > c) == (labels[p] == 1);
        if (right) return true;
      }
  return false;
}

inline void check(tutorial::Judge& judge, Function& function) {
  for (int number = 1; number <= 16; ++number) {
    const int gate = number % 16;  // last those whose labels are all the same
    const Labels labels = {gate / 8, gate / 4 % 2, gate / 2 % 2, gate % 2};
    const bool expected = some_line(labels), got = function(labels);
    judge.holds(fmt::format("{} for the labels {} {} {} {}", expected ? "yes" : "no", labels[0],
                            labels[1], labels[2], labels[3]),
                got == expected, got ? "yes" : "no");
  }
}

inline bool answer(const Labels& labels) {
  return !(labels[0] == labels[3] && labels[1] == labels[2] && labels[0] != labels[1]);
}

namespace wrong {

inline bool not_xor(const Labels& labels) {
  return labels != Labels{0, 1, 1, 0};
}

inline bool two_and_two(const Labels& labels) {
  return labels[0] + labels[1] + labels[2] + labels[3] != 2;
}

inline bool diagonal(const Labels& labels) {
  return labels[0] != labels[3];
}

inline bool two_labels(const Labels& labels) {
  return answer(labels) && labels != Labels{0, 0, 0, 0} && labels != Labels{1, 1, 1, 1};
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"separable",
          check,
          yours::separable,
          answer,
          {{"XOR alone is taken for inseparable, and XNOR is forgotten", wrong::not_xor},
           {"every gate with two labels of each kind is taken for inseparable", wrong::two_and_two},
           {"one diagonal is looked at, and not the other", wrong::diagonal},
           {"four labels that are all the same are taken for inseparable", wrong::two_labels}}};
}

}  // namespace separable
