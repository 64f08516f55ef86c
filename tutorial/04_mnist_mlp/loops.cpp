// Chapter 04: the loops whose time the chapter publishes. They are compiled as the library is; the
// rest of the chapter checks every index, which would take a quarter of their time.
#include "04_mnist_mlp/loops.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace naive {

namespace {

// [naive dense]
// y(i, j) = b(j) + sum over k of x(i, k) w(k, j)
Matrix dense(const Matrix& x, const Matrix& w, const Matrix& b) {
  Matrix y({x.shape()[0], w.shape()[1]});
  for (Index i = 0; i < x.shape()[0]; ++i)
    for (Index j = 0; j < w.shape()[1]; ++j) {
      y(i, j) = b[j];
      for (Index k = 0; k < w.shape()[0]; ++k) y(i, j) += x(i, k) * w(k, j);
    }
  return y;
}
// [naive dense]

Matrix relu(Matrix x) {
  for (double& v : x) v = std::max(v, 0.0);
  return x;
}

// [naive softmax]
// Each row becomes exp(z_j - m) / sum of the same, where m is the row's largest entry: the quotient
// is the same for every m, and with this one no exponential overflows.
Matrix softmax(Matrix z) {
  for (Index i = 0; i < z.shape()[0]; ++i) {
    const auto row = z.row(i);
    const double largest = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (double& v : row) sum += v = std::exp(v - largest);
    for (double& v : row) v /= sum;
  }
  return z;
}
// [naive softmax]

// Turns dy, the loss's gradient with respect to a dense layer's output, into the gradients of the
// layer's weights and biases, and returns the one with respect to its input.
// [naive dense backward]
Matrix dense_backward(const Matrix& x, Layer& layer, const Matrix& dy) {
  layer.dw.fill(0);
  layer.db.fill(0);
  Matrix dx(x.shape());
  for (Index i = 0; i < dy.shape()[0]; ++i)
    for (Index j = 0; j < dy.shape()[1]; ++j) {
      layer.db[j] += dy(i, j);
      for (Index k = 0; k < x.shape()[1]; ++k) {
        layer.dw(k, j) += x(i, k) * dy(i, j);
        dx(i, k) += layer.w(k, j) * dy(i, j);
      }
    }
  return dx;
}
// [naive dense backward]

// [naive relu backward]
// y is what relu() returned.
Matrix relu_backward(const Matrix& y, Matrix dy) {
  for (Index i = 0; i < y.size(); ++i)
    if (y[i] == 0) dy[i] = 0;
  return dy;
}
// [naive relu backward]

}  // namespace

// [naive step]
double loss_and_gradients(std::vector<Layer>& layers, const Matrix& x, const Matrix& target) {
  const Matrix h1 = relu(dense(x, layers[0].w, layers[0].b));
  const Matrix h2 = relu(dense(h1, layers[1].w, layers[1].b));
  const Matrix p = softmax(dense(h2, layers[2].w, layers[2].b));

  const auto batch = static_cast<double>(x.shape()[0]);
  double loss = 0;
  Matrix dz(p.shape());
  for (Index i = 0; i < p.size(); ++i) {
    if (target[i] > 0) loss -= target[i] * std::log(p[i]) / batch;
    dz[i] = (p[i] - target[i]) / batch;
  }
  const Matrix dh2 = relu_backward(h2, dense_backward(h2, layers[2], dz));
  const Matrix dh1 = relu_backward(h1, dense_backward(h1, layers[1], dh2));
  dense_backward(x, layers[0], dh1);
  return loss;
}
// [naive step]

}  // namespace naive

namespace ladder {

void plain(const Matrix& x, const Matrix& w, Matrix& y) {
  y.fill(0);
  // [plain]
  for (Index i = 0; i < x.shape()[0]; ++i)
    for (Index j = 0; j < w.shape()[1]; ++j)
      for (Index k = 0; k < w.shape()[0]; ++k) y(i, j) += x(i, k) * w(k, j);
  // [plain]
}

void at_hand(const Matrix& x, const Matrix& w, Matrix& y) {
  // [at hand]
  const Index rows = x.shape()[0], depth = w.shape()[0], columns = w.shape()[1];
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) {
      float sum = 0;
      for (Index k = 0; k < depth; ++k) sum += x(i, k) * w(k, j);
      y(i, j) = sum;
    }
  // [at hand]
}

void along_rows(const Matrix& x, const Matrix& w, Matrix& y) {
  const Index rows = x.shape()[0], depth = w.shape()[0], columns = w.shape()[1];
  y.fill(0);
  // [along rows]
  for (Index i = 0; i < rows; ++i)
    for (Index k = 0; k < depth; ++k) {
      const float factor = x(i, k);
      const float* from = &w(k, 0);
      float* to = &y(i, 0);
      for (Index j = 0; j < columns; ++j) to[j] += factor * from[j];
    }
  // [along rows]
}

void in_registers(const Matrix& x, const Matrix& w, Matrix& y) {
  const Index rows = x.shape()[0], depth = w.shape()[0], columns = w.shape()[1];
  // [registers]
  using Four [[gnu::vector_size(16)]] = float;  // a register of four floats
  for (Index i = 0; i < rows; i += 4)
    for (Index j = 0; j < columns; j += 8) {
      Four sum[4][2] = {};  // 4 rows of 8 columns
      for (Index k = 0; k < depth; ++k) {
        Four from[2];
        std::memcpy(from, &w(k, j), sizeof from);
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) {
          sum[r][0] += x(i + r, k) * from[0];
          sum[r][1] += x(i + r, k) * from[1];
        }
      }
      for (int r = 0; r < 4; ++r) std::memcpy(&y(i + r, j), sum[r], sizeof sum[r]);
    }
  // [registers]
}

}  // namespace ladder
