#pragma once
/* \exercise corner_filter
The filter of section 2 finds the corner of a 7, and a white wall as well. Design one of 3 x 3 that
finds corners and nothing else. Three things are asked of it: 0 everywhere on an image of ones; 0
everywhere on an image whose left half is ones, and on one whose upper half is; and somewhere a
response of at least 1, of either sign, where only a quarter of the image is ones.

\hint
On a flat image the response is the sum of the weights. On a straight edge it is the sum of one or
two columns, or of one or two rows.

\hint
So each row and each column has to sum to 0. Not all of the nine weights need be 0 for that.
*/
#include <corner_filter.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace corner_filter {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;
using Function = Plane();

// The response with the largest magnitude, on an image of 8 x 8 that is 1 in its first rows and
// columns.
inline double largest_response(const Plane& filter, Index rows, Index columns) {
  double largest = 0;
  for (Index i = 0; i < 6; ++i)
    for (Index j = 0; j < 6; ++j) {
      double sum = 0;
      for (Index a = 0; a < 3; ++a)
        for (Index b = 0; b < 3; ++b)
          if (i + a < rows && j + b < columns) sum += filter(a, b);
      if (std::abs(sum) > std::abs(largest)) largest = sum;
    }
  return largest;
}

inline void check(tutorial::Judge& judge, Function& design) {
  const Plane filter = design();
  judge.equal("the shape of the filter", lanewise::Shape{3, 3}, filter.shape());
  const struct {
    const char* name;
    Index rows, columns;
  } flat_or_straight[] = {{"where all is 1", 8, 8},
                          {"where the left half is 1", 8, 4},
                          {"where the upper half is 1", 4, 8}};
  for (const auto& [name, rows, columns] : flat_or_straight) {
    const double response = largest_response(filter, rows, columns);
    judge.holds(fmt::format("no response {}", name), std::abs(response) < 1e-12,
                fmt::format("a response of {:g}", response));
  }
  const double response = largest_response(filter, 4, 4);
  judge.holds("a response of 1 or more, of either sign, at a corner", std::abs(response) >= 1,
              fmt::format("{:g} at most", response));
}

inline Plane answer() {
  return Plane({3, 3}, {1, 0, -1, 0, 0, 0, -1, 0, 1});
}

namespace wrong {

inline Plane ink() {
  return Plane({3, 3}, {0, 1, 1, 0, 0, 1, 0, 1, 0});
}

inline Plane edge() {
  return Plane({3, 3}, {1, 0, -1, 1, 0, -1, 1, 0, -1});
}

inline Plane nothing() {
  return Plane({3, 3});
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"corner_filter",
          check,
          yours::corner_filter,
          answer,
          {{"the filter is a picture of the corner, without negative weights", wrong::ink},
           {"the filter finds edges", wrong::edge},
           {"all weights are 0", wrong::nothing}}};
}

}  // namespace corner_filter
