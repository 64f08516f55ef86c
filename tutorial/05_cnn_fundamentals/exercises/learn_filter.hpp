#pragma once
/* \exercise learn_filter
Section 9 lets the library learn a filter. Write one step of that yourself: given an image and what
the filter should make of it, change the nine weights a little, so that the mean of the squared
errors becomes smaller. The program begins with nine zeros and takes your step two hundred times, on
an image of random numbers and what the edge filter makes of it. It wants a loss that falls each
time, and ends below a hundredth of the first.

\hint
First the error at each place: what the filter gives there, less what is wanted.

\hint
A weight \f$f_{a,b}\f$ has been multiplied with the pixel \f$x_{i+a,\,j+b}\f$ at each place. Its
gradient is the mean, over the places, of twice the error times that pixel.
*/
#include <learn_filter.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace learn_filter {

using lanewise::Index;
using Plane = lanewise::Tensor<double>;
using Function = void(Plane&, const Plane&, const Plane&, double);

inline Plane convolve(const Plane& image, const Plane& filter) {
  Plane y({image.shape()[0] - 2, image.shape()[1] - 2});
  for (Index i = 0; i < y.shape()[0]; ++i)
    for (Index j = 0; j < y.shape()[1]; ++j)
      for (Index k = 0; k < 9; ++k) y(i, j) += filter[k] * image(i + k / 3, j + k % 3);
  return y;
}

inline double loss(const Plane& filter, const Plane& image, const Plane& wanted) {
  const Plane y = convolve(image, filter);
  double sum = 0;
  for (Index i = 0; i < y.size(); ++i) sum += (y[i] - wanted[i]) * (y[i] - wanted[i]);
  return sum / static_cast<double>(y.size());
}

inline void check(tutorial::Judge& judge, Function& step) {
  Plane image({10, 13}), filter({3, 3});
  lanewise::fill_uniform<double>(image, -1, 1, {.seed = 42});
  const Plane wanted = convolve(image, Plane({3, 3}, {1, 0, -1, 1, 0, -1, 1, 0, -1}));
  const double first = loss(filter, image, wanted);
  double before = first;
  for (int number = 1; number <= 200; ++number) {
    step(filter, image, wanted, 0.1);
    judge.equal("the shape of the filter", lanewise::Shape{3, 3}, filter.shape());
    const double after = loss(filter, image, wanted);
    judge.holds("a loss that falls with each step", after < before,
                fmt::format("{:.6f} before step {}, {:.6f} after it", before, number, after));
    before = after;
  }
  judge.holds("a loss below a hundredth of the first", before < first / 100,
              fmt::format("{:.6f} at first, {:.6f} after 200 steps", first, before));
}

// Moves each weight against the mean of error times pixel, times `scale`. Which pixel a weight has
// met, moved on from the place, is given by `met`.
template <class Met>
void move(Plane& filter, const Plane& image, const Plane& wanted, double scale, Met met) {
  const Plane y = convolve(image, filter);
  for (Index a = 0; a < 3; ++a)
    for (Index b = 0; b < 3; ++b) {
      double sum = 0;
      for (Index i = 0; i < y.shape()[0]; ++i)
        for (Index j = 0; j < y.shape()[1]; ++j)
          sum += (y(i, j) - wanted(i, j)) * image(i + met(a), j + met(b));
      filter(a, b) -= scale * sum / static_cast<double>(y.size());
    }
}

inline void answer(Plane& filter, const Plane& image, const Plane& wanted, double learning_rate) {
  move(filter, image, wanted, 2 * learning_rate, [](Index a) { return a; });
}

namespace wrong {

inline void uphill(Plane& filter, const Plane& image, const Plane& wanted, double learning_rate) {
  answer(filter, image, wanted, -learning_rate);
}

inline void one_pixel(Plane& filter, const Plane& image, const Plane& wanted, double rate) {
  move(filter, image, wanted, 2 * rate, [](Index) { return Index{0}; });
}

inline void turned(Plane& filter, const Plane& image, const Plane& wanted, double rate) {
  move(filter, image, wanted, 2 * rate, [](Index a) { return 2 - a; });
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"learn_filter",
          check,
          yours::learn_filter,
          answer,
          {{"the weights go with the gradient instead of against it", wrong::uphill},
           {"all weights are given the gradient of the first one", wrong::one_pixel},
           {"each weight is given the gradient of the one across the middle", wrong::turned}}};
}

}  // namespace learn_filter
