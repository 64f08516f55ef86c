#pragma once
// An exercise of chapter 17. Its page has hints.
#include "support/exercise.hpp"

namespace yours {

using Matrix = lanewise::Tensor<double>;

/// What the backward pass of a dense layer gives.
struct DenseGradients {
  Matrix dw, db, dx;  // of the shapes of w, b and x
};

/// The gradients of relu(x w + b): x is (samples, inputs), w (inputs, units), b (1, units). `dy` is
/// the gradient of the result, (samples, units). Numbers are at x(n, k), w(k, j), b(0, j),
/// dy(n, j); a matrix of zeros of the shape of w is Matrix(w.shape()).
inline DenseGradients dense_backward(const Matrix& x, const Matrix& w, const Matrix& b,
                                     const Matrix& dy) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
