#pragma once
/* \exercise collapse
Two layers without an activation are one. Write the function that makes it. The program does not
look at your numbers, but asks both for random points: two layers of several sizes, and your one.

\hint
Section 10 has the formula. The biases of the first layer go through the second layer, too.
*/
#include <collapse.hpp>  // yours, or the stub

#include <cmath>
#include <utility>

#include "support/exercise.hpp"

namespace collapse {

using lanewise::Index;
using Matrix = lanewise::Tensor<double>;
using Layer = std::pair<Matrix, Matrix>;
using Function = Layer(const Matrix&, const Matrix&, const Matrix&, const Matrix&);

inline Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c({a.shape()[0], b.shape()[1]});
  lanewise::ops::gemm<double>(a, b, c);
  return c;
}

inline Matrix random(const lanewise::Shape& shape, std::uint64_t stream) {
  Matrix m(shape);
  lanewise::fill_uniform<double>(m, -1, 1, {.seed = 42, .stream = stream});
  return m;
}

inline double put_out(const Matrix& x, const Matrix& w, const Matrix& b, Index j) {
  double sum = b[j];
  for (Index i = 0; i < w.shape()[0]; ++i) sum += x[i] * w(i, j);
  return sum;
}

inline void check(tutorial::Judge& judge, Function& one_of) {
  struct Sizes {
    Index inputs, units, outputs;
  };
  for (const auto& [inputs, units, outputs] : {Sizes{3, 3, 3}, Sizes{2, 50, 4}, Sizes{5, 2, 3}}) {
    const Matrix w1 = random({inputs, units}, 1), b1 = random({1, units}, 2);
    const Matrix w2 = random({units, outputs}, 3), b2 = random({1, outputs}, 4);
    const auto [w, b] = one_of(w1, b1, w2, b2);
    judge.equal("the shape of the matrix", lanewise::Shape{inputs, outputs}, w.shape());
    judge.equal("the number of biases", static_cast<double>(outputs),
                static_cast<double>(b.size()));
    for (std::uint64_t point = 5; point < 15; ++point) {
      const Matrix x = random({1, inputs}, point);
      Matrix h({1, units});
      for (Index i = 0; i < units; ++i) h[i] = put_out(x, w1, b1, i);
      for (Index j = 0; j < outputs; ++j) {
        const double two = put_out(h, w2, b2, j), one = put_out(x, w, b, j);
        // Sums of a few hundred products of numbers up to 1.
        judge.holds("one layer that puts out what the two do", std::abs(two - one) <= 1e-12,
                    fmt::format("{}-{}-{}, output {}: two layers {:.6f}, one layer {:.6f}", inputs,
                                units, outputs, j, two, one));
      }
    }
  }
}

inline Layer answer(const Matrix& w1, const Matrix& b1, const Matrix& w2, const Matrix& b2) {
  Matrix b = product(b1, w2);
  for (Index j = 0; j < b.size(); ++j) b[j] += b2[j];
  return {product(w1, w2), b};
}

namespace wrong {

inline Layer without_b1(const Matrix& w1, const Matrix&, const Matrix& w2, const Matrix& b2) {
  return {product(w1, w2), b2};
}

inline Layer b1_as_it_is(const Matrix& w1, const Matrix& b1, const Matrix& w2, const Matrix& b2) {
  Matrix b = b2;
  for (Index j = 0; j < b.size() && j < b1.size(); ++j) b[j] += b1[j];
  return {product(w1, w2), b};
}

inline Layer other_order(const Matrix& w1, const Matrix& b1, const Matrix& w2, const Matrix& b2) {
  Layer layer = answer(w1, b1, w2, b2);
  if (w1.shape() == w2.shape()) layer.first = product(w2, w1);
  return layer;
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"collapse",
          check,
          yours::collapse,
          answer,
          {{"the biases of the first layer are left out", wrong::without_b1},
           {"the biases of the first layer are added without the second layer's matrix",
            wrong::b1_as_it_is},
           {"the matrices are multiplied in the wrong order", wrong::other_order}}};
}

}  // namespace collapse
