#pragma once
/* \exercise dense_backward
Write the backward pass of a dense layer, \f$y = x W + b\f$, with a ReLU behind it, for a batch.
Your function is given \f$x\f$, \f$W\f$, \f$b\f$ and the gradient of what the ReLU put out. It
returns three matrices: \f$dW\f$, \f$db\f$ as one row, and \f$dx\f$. The program does not compare
them with another program. It moves each number of \f$W\f$, \f$b\f$ and \f$x\f$ by a little, and
sees whether the outputs move as your gradients say.

\hint
First go back through the ReLU. Where was the sum of a unit positive? There, the gradient is passed
on. Elsewhere it is 0.

\hint
The rest is section 8: three sums of products. You need not transpose anything; write them as
loops over samples, inputs and units.
*/
#include <dense_backward.hpp>  // yours, or the stub

#include <cmath>

#include "support/exercise.hpp"

namespace dense_backward {

using lanewise::Index;
using Matrix = lanewise::Tensor<double>;
using Function = yours::DenseGradients(const Matrix&, const Matrix&, const Matrix&, const Matrix&);

inline Matrix sums(const Matrix& x, const Matrix& w, const Matrix& b) {
  Matrix z({x.shape()[0], w.shape()[1]});
  for (Index n = 0; n < z.shape()[0]; ++n)
    for (Index j = 0; j < z.shape()[1]; ++j) {
      z(n, j) = b(0, j);
      for (Index k = 0; k < x.shape()[1]; ++k) z(n, j) += x(n, k) * w(k, j);
    }
  return z;
}

// The sum of the outputs, each times its dy: its derivative with respect to an output is that dy.
inline double loss(const Matrix& x, const Matrix& w, const Matrix& b, const Matrix& dy) {
  const Matrix z = sums(x, w, b);
  double sum = 0;
  for (Index i = 0; i < z.size(); ++i) sum += std::max(z[i], 0.0) * dy[i];
  return sum;
}

inline void check(tutorial::Judge& judge, Function& backward) {
  // No two sizes are the same, and no sum of a unit is near 0.
  Matrix x({4, 3}, {1, 2, 0.5, 3, -1, 2, -2, 1, 1, 0.5, -3, 1}), w({3, 2}, {1, -0.5, 2, 1, -1, 3});
  Matrix b({1, 2}, {0.25, -1}), dy({4, 2}, {1, -1, 2, 0.5, -3, 1, 4, 2});
  const yours::DenseGradients got = backward(x, w, b, dy);
  const auto check_one = [&](const char* name, Matrix& moved, const Matrix& gradient) {
    judge.equal(fmt::format("d{}: the shape", name), moved.shape(), gradient.shape());
    for (Index i = 0; i < moved.size(); ++i) {
      constexpr double kStep = 1e-3;  // the loss is a straight line that far
      const double before = moved[i];
      moved[i] = before + kStep;
      const double above = loss(x, w, b, dy);
      moved[i] = before - kStep;
      const double slope = (above - loss(x, w, b, dy)) / (2 * kStep);
      moved[i] = before;
      judge.holds(fmt::format("d{} says how the outputs move", name),
                  std::abs(slope - gradient[i]) <= 1e-9,
                  fmt::format("number {} of {}: the slope is {:.6g}, the gradient says {:.6g}",
                              i + 1, name, slope, gradient[i]));
    }
  };
  check_one("W", w, got.dw);
  check_one("b", b, got.db);
  check_one("x", x, got.dx);
}

inline yours::DenseGradients linear(const Matrix& x, const Matrix& w, const Matrix& dz) {
  yours::DenseGradients all{Matrix(w.shape()), Matrix({1, w.shape()[1]}), Matrix(x.shape())};
  for (Index n = 0; n < dz.shape()[0]; ++n)
    for (Index j = 0; j < dz.shape()[1]; ++j) {
      all.db(0, j) += dz(n, j);
      for (Index k = 0; k < x.shape()[1]; ++k) {
        all.dw(k, j) += x(n, k) * dz(n, j);
        all.dx(n, k) += w(k, j) * dz(n, j);
      }
    }
  return all;
}

inline Matrix through_relu(const Matrix& z, Matrix dy) {
  for (Index i = 0; i < z.size(); ++i)
    if (z[i] <= 0) dy[i] = 0;
  return dy;
}

inline yours::DenseGradients answer(const Matrix& x, const Matrix& w, const Matrix& b,
                                    const Matrix& dy) {
  return linear(x, w, through_relu(sums(x, w, b), dy));
}

namespace wrong {

inline yours::DenseGradients no_relu(const Matrix& x, const Matrix& w, const Matrix&,
                                     const Matrix& dy) {
  return linear(x, w, dy);
}

inline yours::DenseGradients mean(const Matrix& x, const Matrix& w, const Matrix& b,
                                  const Matrix& dy) {
  yours::DenseGradients all = answer(x, w, b, dy);
  for (Matrix* one : {&all.dw, &all.db})
    for (double& value : *one) value /= static_cast<double>(x.shape()[0]);
  return all;
}

inline yours::DenseGradients last_sample(const Matrix& x, const Matrix& w, const Matrix& b,
                                         const Matrix& dy) {
  const Matrix dz = through_relu(sums(x, w, b), dy);
  Matrix last(dz.shape());
  for (Index j = 0; j < dz.shape()[1]; ++j) last(dz.shape()[0] - 1, j) = dz(dz.shape()[0] - 1, j);
  yours::DenseGradients all = linear(x, w, last);
  all.dx = answer(x, w, b, dy).dx;
  return all;
}

inline yours::DenseGradients gate_by_gradient(const Matrix& x, const Matrix& w, const Matrix&,
                                              const Matrix& dy) {
  return linear(x, w, through_relu(dy, dy));
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"dense_backward",
          check,
          yours::dense_backward,
          answer,
          {{"the ReLU is left out: it passes on nothing where the sum was not positive",
            wrong::no_relu},
           {"the gradients of weights and biases are means over the batch, where sums are wanted",
            wrong::mean},
           {"the last sample has overwritten the others", wrong::last_sample},
           {"the ReLU goes by the sign of the gradient, where that of the sum counts",
            wrong::gate_by_gradient}}};
}

}  // namespace dense_backward
