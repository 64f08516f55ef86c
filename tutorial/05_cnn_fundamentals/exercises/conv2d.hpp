#pragma once
/* \exercise conv2d
The loops of section 1 go one pixel at a time, and never over the border. Write them with the stride
and the padding of section 5: `zeros` rows of zeros lie above the image and as many below it, and
`zeros` columns at its left and at its right. A last step that would go beyond this frame is not
made. Neither the image nor the filter need be square.

\hint
How many places has a filter of 2 rows in an image of 3 rows with a row of zeros above and below,
in steps of 2? The formula of section 5 says so; the result has one row for each.

\hint
Go over the places of the result. The place `i` begins at the row `i * stride - zeros` of the image,
which may be above the first.

\hint
No frame need be built. A pixel outside of the image is 0, and adds nothing to the sum.
*/
#include <conv2d.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace conv2d {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;
using Function = Plane(const Plane&, const Plane&, Index, Index);

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
              convolve(image, filter, 1, 0));
  judge.equal("the same with stride 2", Plane({1, 2}, {19, 7}), convolve(image, filter, 2, 0));
  judge.equal("the same with stride 1 and a zero on each side",
              Plane({4, 5}, {23, 8,  34, 19, 9,   //
                             10, 19, 22, 7,  7,   //
                             50, 38, 24, 38, 13,  //
                             -5, -2, 4,  -1, 1}),
              convolve(image, filter, 1, 1));
  judge.equal("the same with stride 3 and a zero on each side",
              Plane({2, 2}, {23, 19,  //
                             -5, -1}),
              convolve(image, filter, 3, 1));
}

// [answer]
inline Plane answer(const Plane& image, const Plane& filter, Index stride, Index zeros) {
  const Index h = image.shape()[0], kh = filter.shape()[0];
  const Index w = image.shape()[1], kw = filter.shape()[1];
  Plane y({(h + 2 * zeros - kh) / stride + 1, (w + 2 * zeros - kw) / stride + 1});
  for (Index i = 0; i < y.shape()[0]; ++i)
    for (Index j = 0; j < y.shape()[1]; ++j)
      for (Index a = 0; a < kh; ++a)
        for (Index b = 0; b < kw; ++b) {
          const Index row = i * stride - zeros + a, column = j * stride - zeros + b;
          if (row >= 0 && row < h && column >= 0 && column < w)
            y(i, j) += filter(a, b) * image(row, column);
        }
  return y;
}
// [answer]

namespace wrong {

inline Plane turned(const Plane& image, const Plane& filter, Index stride, Index zeros) {
  Plane other = filter;
  std::reverse(other.begin(), other.end());
  return answer(image, other, stride, zeros);
}

inline Plane no_stride(const Plane& image, const Plane& filter, Index, Index zeros) {
  return answer(image, filter, 1, zeros);
}

inline Plane no_zeros(const Plane& image, const Plane& filter, Index stride, Index) {
  return answer(image, filter, stride, 0);
}

// A place for each step, but not for the one that the filter begins at.
inline Plane a_place_too_few(const Plane& image, const Plane& filter, Index stride, Index zeros) {
  const Plane all = answer(image, filter, stride, zeros);
  Plane y({all.shape()[0] - 1, all.shape()[1] - 1});
  for (Index i = 0; i < y.shape()[0]; ++i)
    for (Index j = 0; j < y.shape()[1]; ++j) y(i, j) = all(i, j);
  return y;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"conv2d",
          check,
          yours::conv2d,
          answer,
          {{"the filter is turned by half a circle", wrong::turned},
           {"the filter goes a pixel at a time whatever the stride", wrong::no_stride},
           {"the filter does not hang over the border", wrong::no_zeros},
           {"there is no place for the last step", wrong::a_place_too_few}}};
}

}  // namespace conv2d
