#include "16_quadrants/loops.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace naive {

namespace {

Counts counted;

// The sum of each column, as a row.
Matrix column_sums(const Matrix& m) {
  Matrix sums({1, m.shape()[1]});
  for (Index i = 0; i < m.shape()[0]; ++i)
    for (Index j = 0; j < m.shape()[1]; ++j) sums[j] += m(i, j);
  return sums;
}

}  // namespace

const Counts& counts() {
  return counted;
}

// [product]
Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c({a.shape()[0], b.shape()[1]});
  for (Index i = 0; i < a.shape()[0]; ++i)
    for (Index j = 0; j < b.shape()[1]; ++j)
      for (Index k = 0; k < b.shape()[0]; ++k) c(i, j) += a(i, k) * b(k, j);
  return c;
}

Matrix plus_row(Matrix m, const Matrix& row) {
  for (Index i = 0; i < m.shape()[0]; ++i)
    for (Index j = 0; j < m.shape()[1]; ++j) m(i, j) += row[j];
  return m;
}
// [product]

// [activations]
Matrix step(Matrix h) {
  for (double& v : h) v = v > 0 ? 1 : 0;
  return h;
}

Matrix relu(Matrix h) {
  for (double& v : h) v = v > 0 ? v : 0;
  return h;
}
// [activations]

// [softmax]
Matrix softmax(Matrix y) {
  for (Index i = 0; i < y.shape()[0]; ++i) {
    const auto row = y.row(i);
    const double largest = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (double& v : row) sum += v = std::exp(v - largest);
    for (double& v : row) v /= sum;
  }
  return y;
}

double cross_entropy(const Matrix& p, const Matrix& target) {
  double sum = 0;
  for (Index i = 0; i < p.size(); ++i)
    if (target[i] == 1) sum -= std::log(p[i]);
  return sum / static_cast<double>(p.shape()[0]);
}
// [softmax]

// [forward]
Pass forward(const Network& network, const Points& points) {
  ++counted.forward;
  const auto& [w1, b1, w2, b2] = network;
  Matrix h = relu(plus_row(product(points.x, w1), b1));
  Matrix p = softmax(plus_row(product(h, w2), b2));
  const double loss = cross_entropy(p, points.target);
  return {std::move(h), std::move(p), loss};
}
// [forward]

// [knobs]
Network by_knobs(Network network, const Points& points) {
  constexpr double kTurn = 1e-5;
  Network slopes = network;  // for the shapes
  for (std::size_t part = 0; part < 4; ++part)
    for (Index i = 0; i < parts(network)[part]->size(); ++i) {
      double& knob = (*parts(network)[part])[i];
      const double was = knob;
      knob = was + kTurn;
      const double right = forward(network, points).loss;
      knob = was - kTurn;
      const double left = forward(network, points).loss;
      knob = was;
      (*parts(slopes)[part])[i] = (right - left) / (2 * kTurn);
    }
  return slopes;
}
// [knobs]

Matrix transposed(const Matrix& m) {
  Matrix turned({m.shape()[1], m.shape()[0]});
  for (Index i = 0; i < m.shape()[0]; ++i)
    for (Index j = 0; j < m.shape()[1]; ++j) turned(j, i) = m(i, j);
  return turned;
}

// [backward]
Network backward(const Network& network, const Points& points, const Pass& pass) {
  ++counted.backward;
  const auto count = static_cast<double>(points.x.shape()[0]);
  Matrix dy = pass.p;  // the slopes of the loss by the logits
  for (Index i = 0; i < dy.size(); ++i) dy[i] = (pass.p[i] - points.target[i]) / count;

  Matrix dh = product(dy, transposed(network.w2));
  for (Index i = 0; i < dh.size(); ++i)
    if (pass.h[i] == 0) dh[i] = 0;  // where the ReLU was flat

  return {.w1 = product(transposed(points.x), dh),
          .b1 = column_sums(dh),
          .w2 = product(transposed(pass.h), dy),
          .b2 = column_sums(dy)};
}
// [backward]

// [update]
void update(Network& network, const Network& slopes, double rate) {
  for (std::size_t part = 0; part < 4; ++part) {
    Matrix& knobs = *parts(network)[part];
    for (Index i = 0; i < knobs.size(); ++i) knobs[i] -= rate * (*parts(slopes)[part])[i];
  }
}
// [update]

}  // namespace naive
