#pragma once
// Chapter 04: the network in plain loops, and a matrix product in loops that get faster.
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/compare.hpp"

// The network as one would write it from the formulas. In double, with tensors as the only help.
namespace naive {

using lanewise::Index;
using Matrix = lanewise::Tensor<double>;  // (rows, columns)

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

// The mean cross-entropy of a batch, and the gradients of all three layers.
double loss_and_gradients(std::vector<Layer>& layers, const Matrix& x, const Matrix& target);

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

// y = x w, each step faster than the one before.
namespace ladder {

using lanewise::Index;
using Matrix = lanewise::Tensor<float>;  // (rows, columns)

void plain(const Matrix& x, const Matrix& w, Matrix& y);
void at_hand(const Matrix& x, const Matrix& w, Matrix& y);
void along_rows(const Matrix& x, const Matrix& w, Matrix& y);

// Four rows and eight columns of y at a time: x has to have a multiple of as many rows, w of as
// many columns.
void in_registers(const Matrix& x, const Matrix& w, Matrix& y);

}  // namespace ladder
