// The fully connected layer: one matrix product forward, two backward.
//
//   forward    Z = X W + b            (rows, units) = (rows, inputs) (inputs, units)
//   backward   dW = X^T dZ            dX = dZ W^T
//
// Bias and activation are nn/linear.hpp's; with bias and ReLU the forward pass is a single gemm.
#include <fmt/format.h>

#include "lanewise/error.hpp"
#include "lanewise/nn/core_layers.hpp"
#include "lanewise/ops/gemm.hpp"
#include "nn/instantiate.hpp"
#include "nn/linear.hpp"

namespace lanewise {
namespace {

template <class T>
class DenseInstance final : public nn::LinearInstance<T> {
 public:
  explicit DenseInstance(const Dense& dense)
      : nn::LinearInstance<T>("Dense", nn::linear_options(dense.options)), units_(dense.units) {}

  Shape build(const Shape& input) override {
    if (input.rank() == 0 || input[-1] == 0)
      throw ShapeError(
          fmt::format("got samples of shape {}, expected at least one number in the last dimension",
                      to_string(input)));
    inputs_ = input[-1];
    std::vector<Index> output(input.sizes().begin(), input.sizes().end());
    output.back() = units_;
    return this->set_shapes({inputs_, units_}, Shape(output));
  }

 private:
  void map(TensorView<const T> x, TensorView<T> z, const nn::Fused<T>& fused) const override {
    ops::gemm<T>(matrix(x, inputs_), this->kernel_.value, matrix(z, units_),
                 {.bias = fused.bias, .relu = fused.activation == relu});
  }
  bool fuses(ActivationFunction f) const override { return f == relu; }

  // [dense gradients]
  void differentiate_kernel(TensorView<const T> x, TensorView<const T> dz) const override {
    ops::gemm<T>(matrix(x, inputs_), matrix(dz, units_), this->kernel_.gradient,
                 {.transpose_a = true});
  }
  void differentiate_input(TensorView<const T> dz, TensorView<T> dx) const override {
    ops::gemm<T>(matrix(dz, units_), this->kernel_.value, matrix(dx, inputs_),
                 {.transpose_b = true});
  }
  // [dense gradients]

  // The batch and all leading dimensions of a sample are rows alike.
  template <class U>
  static ops::MatrixView<U> matrix(TensorView<U> tensor, Index columns) {
    return {tensor.data(), tensor.size() / columns, columns, columns};
  }

  Index units_;
  Index inputs_ = 0;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> Dense::make() const {
  if (units < 1)
    throw ArgumentError(fmt::format("Dense: got {} units, expected at least 1", units));
  return std::make_unique<DenseInstance<T>>(*this);
}

LANEWISE_INSTANTIATE_MAKE(Dense)

}  // namespace lanewise
