#pragma once
// Chapter 04: the network in plain loops, as one would write it from the formulas. In double, with
// tensors as the only help.
#include <algorithm>
#include <cmath>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/compare.hpp"

namespace naive {

using lanewise::Index;
using Matrix = lanewise::Tensor<double>;  // (rows, columns)

// [naive dense]
// y(i, j) = b(j) + sum over k of x(i, k) w(k, j)
inline Matrix dense(const Matrix& x, const Matrix& w, const Matrix& b) {
  Matrix y({x.shape()[0], w.shape()[1]});
  for (Index i = 0; i < x.shape()[0]; ++i)
    for (Index j = 0; j < w.shape()[1]; ++j) {
      y(i, j) = b[j];
      for (Index k = 0; k < w.shape()[0]; ++k) y(i, j) += x(i, k) * w(k, j);
    }
  return y;
}
// [naive dense]

inline Matrix relu(Matrix x) {
  for (double& v : x) v = std::max(v, 0.0);
  return x;
}

// [naive softmax]
// Each row becomes exp(z_j - m) / sum of the same, where m is the row's largest entry: the quotient
// is the same for every m, and with this one no exponential overflows.
inline Matrix softmax(Matrix z) {
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

struct Layer {
  Matrix w, b, dw, db;
};

// The dense layers of a model, with its weights.
inline std::vector<Layer> layers_of(lanewise::BasicSequential<double>& model) {
  const auto parameters = model.parameters();
  std::vector<Layer> layers;
  for (std::size_t l = 0; l < parameters.size(); l += 2) {
    const lanewise::TensorView<const double> w = parameters[l].value, b = parameters[l + 1].value;
    layers.push_back({Matrix(w), Matrix(b), Matrix(w.shape()), Matrix(b.shape())});
  }
  return layers;
}

// Turns dy, the loss's gradient with respect to a dense layer's output, into the gradients of the
// layer's weights and biases, and returns the one with respect to its input.
// [naive dense backward]
inline Matrix dense_backward(const Matrix& x, Layer& layer, const Matrix& dy) {
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

// y is what relu() returned.
inline Matrix relu_backward(const Matrix& y, Matrix dy) {
  for (Index i = 0; i < y.size(); ++i)
    if (y[i] == 0) dy[i] = 0;
  return dy;
}

// The mean cross-entropy of a batch, and the gradients of all three layers.
// [naive step]
inline double loss_and_gradients(std::vector<Layer>& layers, const Matrix& x,
                                 const Matrix& target) {
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

// How far the gradients of the model are from those of the layers: the largest difference, as a
// share of the largest entry of its tensor. NaN if one of them is.
inline double difference(lanewise::BasicSequential<double>& model,
                         const std::vector<Layer>& layers) {
  const auto parameters = model.parameters();
  lanewise::Tensor<double> shares({static_cast<Index>(parameters.size())});
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Matrix& loops = p % 2 == 0 ? layers[p / 2].dw : layers[p / 2].db;
    shares[static_cast<Index>(p)] =
        tutorial::largest_difference(parameters[p].gradient, loops) / tutorial::largest(loops);
  }
  return tutorial::largest(shares);
}

}  // namespace naive
