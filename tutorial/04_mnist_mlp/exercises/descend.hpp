#pragma once
/* \exercise descend
Train the smallest network there is: one layer without a bias, \f$p = \mathrm{softmax}(x W)\f$.
Write one step of gradient descent on a batch. The program takes your step thirty times, on sixty
points of three classes, and wants a loss that falls each time. It begins at
\f$\ln 3\f$, since weights of zero make all three classes equally likely, and has to end below a half
of that.

\hint
Section 4 has the derivative of the loss with respect to the sums \f$z = x W\f$: for one sample it
is \f$p - t\f$. The loss of a batch is a mean, so a sample has its share in it. For each row of `x`
you need the sums, then their softmax. They are small here, and the shift of section 4 can be left out.

\hint
The gradient of the weights is that of a dense layer, section 5: an element \f$(i, j)\f$ sums
\f$x_i \, dz_j\f$ over the samples. Go against it.
*/
#include <descend.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace descend {

using lanewise::Index;
using Matrix = lanewise::Tensor<double>;
using Function = void(Matrix&, const Matrix&, const Matrix&, double);

inline Matrix probabilities(const Matrix& w, const Matrix& x) {
  Matrix p({x.shape()[0], w.shape()[1]});
  for (Index n = 0; n < p.shape()[0]; ++n) {
    double sum = 0;
    for (Index j = 0; j < p.shape()[1]; ++j) {
      double z = 0;
      for (Index i = 0; i < x.shape()[1]; ++i) z += x(n, i) * w(i, j);
      p(n, j) = std::exp(z);  // small enough here to do without a shift
      sum += p(n, j);
    }
    for (Index j = 0; j < p.shape()[1]; ++j) p(n, j) /= sum;
  }
  return p;
}

inline double loss(const Matrix& w, const Matrix& x, const Matrix& t) {
  const Matrix p = probabilities(w, x);
  double sum = 0;
  for (Index i = 0; i < p.size(); ++i)
    if (t[i] > 0) sum -= std::log(p[i]);
  return sum / static_cast<double>(x.shape()[0]);
}

inline void check(tutorial::Judge& judge, Function& step) {
  // Twenty points around each of three corners, and a third input that is 1, for want of a bias.
  Matrix w({3, 3}), x({60, 3}), t({60, 3});
  const double corner[][2] = {{1, 0}, {-0.5, 1}, {-0.5, -1}};
  for (Index n = 0; n < 60; ++n) {
    const Index label = n % 3;
    const double angle = static_cast<double>(n);
    x(n, 0) = corner[label][0] + std::cos(angle);
    x(n, 1) = corner[label][1] + std::sin(angle);
    x(n, 2) = 1;
    t(n, label) = 1;
  }
  const double first = loss(w, x, t);
  double before = first;
  for (int number = 1; number <= 30; ++number) {
    step(w, x, t, 0.5);
    judge.equal("the shape of the weights", lanewise::Shape{3, 3}, w.shape());
    const double after = loss(w, x, t);
    judge.holds("a loss that falls with each step", after < before,
                fmt::format("{:.6f} before step {}, {:.6f} after it", before, number, after));
    before = after;
  }
  judge.holds("a loss below a half of the first", before < first / 2,
              fmt::format("{:.4f} at first, {:.4f} after 30 steps", first, before));
}

// Moves the weights against the gradient, summed over the samples from `begin` on, times `scale`.
inline void move(Matrix& w, const Matrix& x, const Matrix& t, double scale, Index begin) {
  const Matrix p = probabilities(w, x);
  for (Index n = begin; n < x.shape()[0]; ++n)
    for (Index i = 0; i < w.shape()[0]; ++i)
      for (Index j = 0; j < w.shape()[1]; ++j) w(i, j) -= scale * x(n, i) * (p(n, j) - t(n, j));
}

inline void answer(Matrix& w, const Matrix& x, const Matrix& t, double learning_rate) {
  move(w, x, t, learning_rate / static_cast<double>(x.shape()[0]), 0);
}

namespace wrong {

inline void uphill(Matrix& w, const Matrix& x, const Matrix& t, double learning_rate) {
  answer(w, x, t, -learning_rate);
}

inline void summed(Matrix& w, const Matrix& x, const Matrix& t, double learning_rate) {
  move(w, x, t, learning_rate, 0);
}

inline void last_only(Matrix& w, const Matrix& x, const Matrix& t, double learning_rate) {
  move(w, x, t, learning_rate, x.shape()[0] - 1);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"descend",
          check,
          yours::descend,
          answer,
          {{"the weights go with the gradient instead of against it", wrong::uphill},
           {"the gradient is summed over the batch, where a mean is wanted", wrong::summed},
           {"the gradient is that of the last sample alone", wrong::last_only}}};
}

}  // namespace descend
