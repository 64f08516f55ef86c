#pragma once
/* \exercise resize_area
Section 2 leaves the shrinking to the library. Write it yourself, for one plane of numbers: 4 x 4
become 2 x 2, and 2 x 6 may become 1 x 2. Work out the first by hand before you write anything. What
a right answer always keeps is the mean of all numbers, which the program looks at, too.

\hint
How many old rows does a new row stand for, and how many old columns a new column? Both are
quotients.

\hint
Two loops go over the new numbers, and two more over the rectangle of old ones below each. It begins
in the old row `i` times the height of a rectangle.

\hint
Add the numbers of a rectangle up, and divide by how many they are.
*/
#include <resize_area.hpp>  // yours, or the stub

#include <cmath>
#include <numeric>

#include "support/exercise.hpp"

namespace resize_area {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;
using Function = Plane(const Plane&, Index, Index);

inline double mean(const Plane& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

inline void check(tutorial::Judge& judge, Function& resize) {
  const Plane square({4, 4}, {1, 3, 0, 0,  //
                              5, 7, 0, 4,  //
                              8, 8, 2, 2,  //
                              8, 8, 6, 2});
  judge.equal("1 3 0 0 / 5 7 0 4 / 8 8 2 2 / 8 8 6 2 as 2 x 2", Plane({2, 2}, {4, 1, 8, 3}),
              resize(square, 2, 2));
  // Neither the plane nor what is below a new number is a square here.
  const Plane wide({2, 6}, {1, 2, 3, 4, 5, 6,  //
                            3, 4, 5, 6, 7, 14});
  judge.equal("1 2 3 4 5 6 / 3 4 5 6 7 14 as 1 x 2", Plane({1, 2}, {3, 7}), resize(wide, 1, 2));
  judge.equal("the same as 2 x 3", Plane({2, 3}, {1.5, 3.5, 5.5, 3.5, 5.5, 10.5}),
              resize(wide, 2, 3));
  Plane random({12, 20});
  lanewise::fill_uniform<double>(random, 0, 255, {.seed = 42});
  const Plane small = resize(random, 4, 2);
  judge.equal("12 x 20 random numbers as 4 x 2: the shape", lanewise::Shape{4, 2}, small.shape());
  judge.holds("a mean that stays", std::abs(mean(small) - mean(random)) < 1e-9,
              fmt::format("{:.6f} before, {:.6f} after", mean(random), mean(small)));
}

// [answer]
inline Plane answer(const Plane& plane, Index rows, Index columns) {
  const Index height = plane.shape()[0] / rows, width = plane.shape()[1] / columns;
  Plane small({rows, columns});
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) {
      double sum = 0;
      for (Index a = 0; a < height; ++a)
        for (Index b = 0; b < width; ++b) sum += plane(i * height + a, j * width + b);
      small(i, j) = sum / static_cast<double>(height * width);
    }
  return small;
}
// [answer]

namespace wrong {

inline Plane first_pixel(const Plane& plane, Index rows, Index columns) {
  Plane small({rows, columns});
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j)
      small(i, j) = plane(i * (plane.shape()[0] / rows), j * (plane.shape()[1] / columns));
  return small;
}

inline Plane sum(const Plane& plane, Index rows, Index columns) {
  Plane small = answer(plane, rows, columns);
  for (double& v : small) v *= static_cast<double>(plane.size() / small.size());
  return small;
}

inline Plane whole(const Plane& plane, Index rows, Index columns) {
  Plane small = answer(plane, rows, columns);
  for (double& v : small) v = std::floor(v);
  return small;
}

// The rectangle is as high as it should be wide.
inline Plane swapped(const Plane& plane, Index rows, Index columns) {
  const Index height = plane.shape()[1] / columns, width = plane.shape()[0] / rows;
  Plane small({rows, columns});
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) {
      double total = 0;
      for (Index a = 0; a < height; ++a)
        for (Index b = 0; b < width; ++b)
          total += plane((i * height + a) % plane.shape()[0], (j * width + b) % plane.shape()[1]);
      small(i, j) = total / static_cast<double>(height * width);
    }
  return small;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {
      "resize_area",
      check,
      yours::resize_area,
      answer,
      {{"of each rectangle the first pixel is taken, and the others are lost", wrong::first_pixel},
       {"the sum of each rectangle is not divided", wrong::sum},
       {"the means are cut to whole numbers", wrong::whole},
       {"height and width of the rectangles are exchanged", wrong::swapped}}};
}

}  // namespace resize_area
