#pragma once
// Chapter 16: the network in plain loops. They are compiled as the library is, since the chapter
// publishes their time.
#include <array>
#include <functional>

#include "lanewise/lanewise.hpp"

namespace naive {

using lanewise::Index;
using Matrix = lanewise::Tensor<double>;  // (rows, columns)

// [network]
// All knobs of the network; or a number for each of them, such as its slope.
struct Network {
  Matrix w1, b1, w2, b2;  // (2, 50) (1, 50) (50, 4) (1, 4)
};
// [network]

inline std::array<Matrix*, 4> parts(Network& network) {
  return {&network.w1, &network.b1, &network.w2, &network.b2};
}

inline std::array<const Matrix*, 4> parts(const Network& network) {
  return {&network.w1, &network.b1, &network.w2, &network.b2};
}

// The two dense layers of a model, with its weights.
inline Network network_of(lanewise::BasicSequential<double> model) {
  const auto parameters = model.parameters();
  Network network;
  for (std::size_t i = 0; i < 4; ++i) {
    const lanewise::TensorView<const double> value = parameters[i].value;
    *parts(network)[i] = Matrix(value.rank() == 2 ? value : value.reshape({1, value.size()}));
  }
  return network;
}

// [points]
struct Points {
  Matrix x;       // a row a point
  Matrix target;  // a row a point: one-hot, its class
};
// [points]

Matrix product(const Matrix& a, const Matrix& b);
Matrix plus_row(Matrix m, const Matrix& row);  // adds the row to each row of m
Matrix transposed(const Matrix& m);
Matrix step(Matrix h);
Matrix relu(Matrix h);
Matrix softmax(Matrix y);  // row by row
// The mean over the rows of -ln of the probability that the right class has.
double cross_entropy(const Matrix& p, const Matrix& target);

// [pass]
// What a forward pass leaves.
struct Pass {
  Matrix h, p;  // after the ReLU; after softmax
  double loss;
};
// [pass]

Pass forward(const Network& network, const Points& points);
Network backward(const Network& network, const Points& points, const Pass& pass);

// The same slopes, knob by knob: a central difference each.
Network by_knobs(Network network, const Points& points);

// How many passes have been made since the program began.
struct Counts {
  Index forward = 0, backward = 0;
};
const Counts& counts();

// One step of gradient descent.
void update(Network& network, const Network& slopes, double rate);

}  // namespace naive
