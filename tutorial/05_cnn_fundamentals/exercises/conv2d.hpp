#pragma once
/* \exercise conv2d
Write the convolution of section 1: slide a filter over an image, one element a step and never over
the border, and return the inner products. Neither the image nor the filter need be square.

\hint
How many places does a filter of 2 rows have in an image of 3? The result has one row for each.

\hint
Four loops: two over the places, two over the filter. `image.shape()[0]` is the number of rows.
*/
#include <conv2d.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace conv2d {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;
using Function = Plane(const Plane&, const Plane&);

// Rows and columns are easily swapped, and a filter easily turned: so nothing here is square, and
// no two elements of the filter are the same.
inline void check(tutorial::Judge& judge, Function& convolve) {
  const Plane image({3, 5}, {1, 2, 0, 3, 1,  //
                             4, 0, 1, 2, 0,  //
                             0, 5, 2, 1, 3});
  const Plane filter({2, 3}, {1, 0, -1,  //
                              2, 3, 10});
  judge.equal("image 1 2 0 3 1 / 4 0 1 2 0 / 0 5 2 1 3, filter 1 0 -1 / 2 3 10",
              Plane({2, 3}, {19, 22, 7,  // the first: 1*1 + 0*2 - 1*0 + 2*4 + 3*0 + 10*1
                             38, 24, 38}),
              convolve(image, filter));
  judge.equal("the same image, filter 2",
              Plane({3, 5}, {2, 4, 0, 6, 2,  //
                             8, 0, 2, 4, 0,  //
                             0, 10, 4, 2, 6}),
              convolve(image, Plane({1, 1}, {2})));
}

// [answer]
inline Plane answer(const Plane& image, const Plane& filter) {
  const Index kh = filter.shape()[0], kw = filter.shape()[1];
  Plane y({image.shape()[0] - kh + 1, image.shape()[1] - kw + 1});
  for (Index i = 0; i < y.shape()[0]; ++i)
    for (Index j = 0; j < y.shape()[1]; ++j)
      for (Index a = 0; a < kh; ++a)
        for (Index b = 0; b < kw; ++b) y(i, j) += filter(a, b) * image(i + a, j + b);
  return y;
}
// [answer]

namespace wrong {

inline Plane turned(const Plane& image, const Plane& filter) {
  Plane other = filter;
  std::reverse(other.begin(), other.end());
  return answer(image, other);
}

inline Plane hanging_over(const Plane& image, const Plane& filter) {
  Plane framed(
      {image.shape()[0] + filter.shape()[0] - 1, image.shape()[1] + filter.shape()[1] - 1});
  for (Index i = 0; i < image.shape()[0]; ++i)
    for (Index j = 0; j < image.shape()[1]; ++j) framed(i, j) = image(i, j);
  return answer(framed, filter);
}

inline Plane last_row_only(const Plane& image, const Plane& filter) {
  Plane other = filter;
  std::fill(other.begin(), other.end() - filter.shape()[1], 0);
  return answer(image, other);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"conv2d",
          check,
          yours::conv2d,
          answer,
          {{"the filter is turned by half a circle", wrong::turned},
           {"the filter hangs over the border", wrong::hanging_over},
           {"the sum begins anew with each row of the filter", wrong::last_row_only}}};
}

}  // namespace conv2d
