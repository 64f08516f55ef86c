#pragma once
// Chapter 05, the function to write yourself. Replace its body, run `./tools/run 05 --quick`, and
// the chapter tells whether it is right.
#include <algorithm>

#include "lanewise/lanewise.hpp"

namespace exercise {

using Plane = lanewise::Tensor<double>;  // (height, width)

/// What a filter gives as it slides over an image, one element a step, never over the border: of
/// shape (h - kh + 1, w - kw + 1), element (i, j) the sum of all filter(a, b) * image(i + a, j +
/// b).
inline Plane conv2d(const Plane& image, const Plane& filter) {
  const lanewise::Index h = image.shape()[0], w = image.shape()[1];
  const lanewise::Index kh = filter.shape()[0], kw = filter.shape()[1];
  Plane y({h - kh + 1, w - kw + 1});
  lanewise::ops::conv_forward<double>(image.reshape({1, h, w, 1}),  // yours instead
                                      filter.reshape({kh, kw, 1, 1}),
                                      y.reshape({1, h - kh + 1, w - kw + 1, 1}));
  return y;
}

/// Whether conv2d() is right where rows and columns are easily swapped and a filter easily turned:
/// neither image nor filter is square, and no two elements of the filter are the same.
inline bool check() {
  const Plane image({3, 5}, {1, 2, 0, 3, 1,  //
                             4, 0, 1, 2, 0,  //
                             0, 5, 2, 1, 3});
  const Plane filter({2, 3}, {1, 0, -1,  //
                              2, 3, 10});
  // The first: 1*1 + 0*2 - 1*0 + 2*4 + 3*0 + 10*1.
  const double expected[] = {19, 22, 7,  //
                             38, 24, 38};
  const Plane y = conv2d(image, filter);
  return y.shape() == lanewise::Shape{2, 3} && std::equal(y.begin(), y.end(), std::begin(expected));
}

}  // namespace exercise
