#pragma once
/* \exercise backward
Write the backward pass of this chapter's network with another activation: the \term{sigmoid} in
place of the ReLU. The program asks for the slopes of several networks and several numbers of
points. It moves each knob to both sides, and wants your slopes to be the numerical ones up to a
relative error of 1e-7.

\hint
Only the third of the four steps of section 7 is different. If \f$h\f$ is what the sigmoid put out,
its slope is \f$h\,(1 - h)\f$.

\hint
`lanewise::Tensor<double> dw2({h.shape()[1], p.shape()[1]});` is a matrix of zeros, with a row for
each hidden number and a column for each logit. The other three are made alike; `db2` has one row.

\hint
Do without matrix products, if you like. For each point: the slopes by the logits are
`(p(n, j) - target(n, j)) / count`. Add each of them to `db2[j]`, and its product with `h(n, i)` to
`dw2(i, j)`. For the hidden number `i`, add up `w2(i, j)` times the slope of logit `j`, and multiply
by the sigmoid's slope.
*/
#include <backward.hpp>  // yours, or the stub

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/exercise.hpp"

namespace backward {

using lanewise::Index;
using Matrix = lanewise::Tensor<double>;
using Matrices = std::vector<Matrix>;
using Function = Matrices(const Matrix&, const Matrix&, const Matrix&, const Matrix&,
                          const Matrix&);

inline Matrix layer(const Matrix& x, const Matrix& w, const Matrix& b) {
  Matrix y({x.shape()[0], w.shape()[1]});
  lanewise::ops::gemm<double>(x, w, y, {.bias = b.data()});
  return y;
}

// What the hidden layer of the network w1, b1, w2, b2 puts out, and its probabilities.
struct Pass {
  Matrix h, p;
};

inline Pass forward(const Matrices& network, const Matrix& x) {
  using lanewise::ops::activation_forward;
  Matrix h = layer(x, network[0], network[1]);
  activation_forward<double>(lanewise::sigmoid, h, h);
  Matrix p = layer(h, network[2], network[3]);
  activation_forward<double>(lanewise::softmax, p, p);
  return {std::move(h), std::move(p)};
}

inline double loss(const Matrices& network, const Matrix& x, const Matrix& target) {
  const Matrix p = forward(network, x).p;
  double sum = 0;
  for (Index i = 0; i < p.size(); ++i) sum -= target[i] * std::log(p[i]);
  return sum / static_cast<double>(x.shape()[0]);
}

// The slope by one knob, from four losses around it.
inline double numerical(const Matrices& network, std::size_t part, Index knob, const Matrix& x,
                        const Matrix& target) {
  constexpr double kTurn = 1e-3;
  const auto at = [&](double turn) {
    Matrices turned = network;
    turned[part][knob] += turn;
    return loss(turned, x, target);
  };
  return (8 * (at(kTurn) - at(-kTurn)) - (at(2 * kTurn) - at(-2 * kTurn))) / (12 * kTurn);
}

inline void check(tutorial::Judge& judge, Function& slopes_of) {
  for (const Index count : {4, 1, 7}) {
    Matrices network{Matrix({2, 6}), Matrix({1, 6}), Matrix({6, 4}), Matrix({1, 4})};
    Matrix x({count, 2}), target({count, 4});
    std::uint64_t stream = 0;
    for (Matrix* one : {&network[0], &network[1], &network[2], &network[3], &x})
      lanewise::fill_uniform<double>(*one, -1, 1, {.seed = 42, .stream = ++stream});
    for (Index n = 0; n < count; ++n) target(n, n % 4) = 1;
    const Pass pass = forward(network, x);
    const Matrices slopes = slopes_of(x, target, pass.h, pass.p, network[2]);
    judge.equal("the number of matrices", 4, static_cast<double>(slopes.size()));
    const char* const names[] = {"W1", "b1", "W2", "b2"};
    for (std::size_t part = 0; part < 4; ++part) {
      judge.equal(fmt::format("the shape of the slopes by {}", names[part]), network[part].shape(),
                  slopes[part].shape());
      for (Index i = 0; i < slopes[part].size(); ++i) {
        const double got = slopes[part][i], wanted = numerical(network, part, i, x, target);
        // Near 0, the rounding of the losses would be too large a share.
        const double size = std::max({std::abs(got), std::abs(wanted), 1e-3});
        judge.holds(fmt::format("slopes by {} that are the numerical ones", names[part]),
                    std::abs(got - wanted) <= 1e-7 * size,
                    fmt::format("{} points, knob {}: yours is {:.9f}, the numerical one {:.9f}",
                                count, i, got, wanted));
      }
    }
  }
}

// [answer]
inline std::vector<lanewise::Tensor<double>> answer(const lanewise::Tensor<double>& x,
                                                    const lanewise::Tensor<double>& target,
                                                    const lanewise::Tensor<double>& h,
                                                    const lanewise::Tensor<double>& p,
                                                    const lanewise::Tensor<double>& w2) {
  using lanewise::Index;
  const Index points = x.shape()[0], inputs = x.shape()[1];
  const Index units = h.shape()[1], classes = p.shape()[1];
  lanewise::Tensor<double> dw1({inputs, units}), db1({1, units});
  lanewise::Tensor<double> dw2({units, classes}), db2({1, classes});
  for (Index n = 0; n < points; ++n)
    for (Index i = 0; i < units; ++i) {
      double dh = 0;
      for (Index j = 0; j < classes; ++j) {
        const double dy = (p(n, j) - target(n, j)) / static_cast<double>(points);
        if (i == 0) db2[j] += dy;  // once a point
        dw2(i, j) += h(n, i) * dy;
        dh += w2(i, j) * dy;
      }
      dh *= h(n, i) * (1 - h(n, i));
      db1[i] += dh;
      for (Index k = 0; k < inputs; ++k) dw1(k, i) += x(n, k) * dh;
    }
  return {dw1, db1, dw2, db2};
}
// [answer]

namespace wrong {

inline Matrices times(double factor, Matrices slopes) {
  for (Matrix& part : slopes)
    for (double& v : part) v *= factor;
  return slopes;
}

inline Matrices uphill(const Matrix& x, const Matrix& target, const Matrix& h, const Matrix& p,
                       const Matrix& w2) {
  return times(-1, answer(x, target, h, p, w2));
}

inline Matrices summed(const Matrix& x, const Matrix& target, const Matrix& h, const Matrix& p,
                       const Matrix& w2) {
  return times(static_cast<double>(x.shape()[0]), answer(x, target, h, p, w2));
}

// With a hidden layer whose slope is `slope(h)`.
template <class Slope>
Matrices with_slope(const Matrix& x, const Matrix& target, const Matrix& h, const Matrix& p,
                    const Matrix& w2, Slope&& slope) {
  Matrices slopes = answer(x, target, h, p, w2);
  slopes[0].fill(0);
  slopes[1].fill(0);
  for (Index n = 0; n < x.shape()[0]; ++n)
    for (Index i = 0; i < h.shape()[1]; ++i) {
      double dh = 0;
      for (Index j = 0; j < p.shape()[1]; ++j) dh += w2(i, j) * (p(n, j) - target(n, j));
      dh *= slope(h(n, i)) / static_cast<double>(x.shape()[0]);
      slopes[1][i] += dh;
      for (Index k = 0; k < x.shape()[1]; ++k) slopes[0](k, i) += x(n, k) * dh;
    }
  return slopes;
}

inline Matrices of_relu(const Matrix& x, const Matrix& target, const Matrix& h, const Matrix& p,
                        const Matrix& w2) {
  return with_slope(x, target, h, p, w2, [](double v) { return v > 0 ? 1.0 : 0.0; });
}

inline Matrices sigmoid_again(const Matrix& x, const Matrix& target, const Matrix& h,
                              const Matrix& p, const Matrix& w2) {
  return with_slope(x, target, h, p, w2, [](double v) {
    const double s = 1 / (1 + std::exp(-v));
    return s * (1 - s);
  });
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"backward",
          check,
          yours::backward,
          answer,
          {{"the slopes are those of the label less the probability, with the wrong sign",
            wrong::uphill},
           {"the slopes are summed over the points, where the loss is a mean", wrong::summed},
           {"the hidden layer has the slope of a ReLU", wrong::of_relu},
           {"the sigmoid is applied to h again, which has been through it already",
            wrong::sigmoid_again}}};
}

}  // namespace backward
