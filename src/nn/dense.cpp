// The fully connected layer: one matrix product forward, two backward.
//
//   forward    Z = X W + b            (rows, units) = (rows, inputs) (inputs, units)
//              Y = f(Z)
//   backward   dZ = dY * f'(Z)
//              dW = X^T dZ            db = sum of the rows of dZ            dX = dZ W^T
//
// With bias and ReLU the forward pass is a single gemm; other activations run over Z in place, and
// those whose derivative needs Z keep a copy in the scratch.
#include <fmt/format.h>

#include "lanewise/error.hpp"
#include "lanewise/nn/core_layers.hpp"
#include "lanewise/ops/gemm.hpp"
#include "lanewise/ops/rows.hpp"
#include "nn/absorb.hpp"
#include "nn/instantiate.hpp"
#include "nn/options.hpp"

namespace lanewise {
namespace {

template <class T>
class DenseInstance final : public SingleInputLayer<T> {
 public:
  explicit DenseInstance(const Dense& dense) : units_(dense.units), options_(dense.options) {}

  std::string_view type() const override { return "Dense"; }

  Shape build(const Shape& input, std::string_view name) override {
    if (input.rank() == 0 || input[-1] == 0)
      throw ShapeError(fmt::format(
          "{} (Dense): got samples of shape {}, expected at least one number in the last dimension",
          name, to_string(input)));
    inputs_ = input[-1];
    rows_per_sample_ = input.size() / inputs_;
    Shape output;
    for (Index size : input.sizes().first(input.sizes().size() - 1)) output = append(output, size);
    return append(output, units_);
  }

  std::vector<ParameterRequest> parameters() const override {
    const Fan fan{inputs_, units_};
    std::vector<ParameterRequest> requests{{"kernel", Shape{inputs_, units_},
                                            options_.kernel_initializer, fan, true,
                                            options_.kernel_regularizer}};
    if (options_.use_bias)
      requests.push_back(
          {"bias", Shape{units_}, options_.bias_initializer, fan, true, options_.bias_regularizer});
    return requests;
  }

  void bind(std::span<const Parameter<T>> parameters) override {
    kernel_ = parameters[0];
    if (options_.use_bias) bias_ = parameters[1];
  }

  Index scratch_size(Index batch) const override {
    return ops::backward_needs_input(options_.activation) ? batch * rows_per_sample_ * units_ : 0;
  }

  bool overwrites_gradient() const override { return options_.activation != linear; }

  std::optional<ActivationFunction> output_activation() const override {
    return options_.activation;
  }

  std::optional<WeightedLayer<T>> absorb(const ChannelAffine& after) const override {
    if (options_.activation != linear) return std::nullopt;
    Dense with_bias{units_, options_};
    with_bias.options.use_bias = true;
    return nn::absorb<T>(with_bias, kernel_.value, 1, bias_.value, after);
  }

  void forward(TensorView<const T> x, TensorView<T> y, TensorView<T> scratch,
               const Pass& pass) const override {
    const ActivationFunction activation = pass.emit_logits ? linear : options_.activation;
    const bool keep_input = ops::backward_needs_input(activation);
    const TensorView<T> z = keep_input ? scratch : y;
    ops::gemm<T>(
        matrix(x, inputs_), kernel_.value, matrix(z, units_),
        {.bias = options_.use_bias ? bias_.value.data() : nullptr, .relu = activation == relu});
    if (activation != linear && activation != relu)
      ops::activation_forward<T>(activation, matrix_tensor(z), matrix_tensor(y));
  }

  void backward(TensorView<const T> x, TensorView<const T> y, TensorView<T> scratch,
                TensorView<T> dy, TensorView<T> dx, const Pass& pass) const override {
    const ActivationFunction activation = pass.emit_logits ? linear : options_.activation;
    const TensorView<T> dz = matrix_tensor(dy);
    if (activation != linear) {
      const TensorView<const T> saved =
          ops::backward_needs_input(activation) ? TensorView<const T>(scratch) : y;
      ops::activation_backward<T>(activation, saved.reshape(dz.shape()), dz, dz);
    }
    if (pass.trainable) {
      ops::gemm<T>(matrix(x, inputs_), dz, kernel_.gradient, {.transpose_a = true});
      if (options_.use_bias) ops::sum_rows<T>(dz, bias_.gradient);
    }
    if (!dx.empty()) ops::gemm<T>(dz, kernel_.value, matrix(dx, inputs_), {.transpose_b = true});
  }

 private:
  static Shape append(const Shape& shape, Index size) {
    std::vector<Index> sizes(shape.sizes().begin(), shape.sizes().end());
    sizes.push_back(size);
    return Shape(sizes);
  }

  // The batch and all leading dimensions of a sample are rows alike.
  template <class U>
  static ops::MatrixView<U> matrix(TensorView<U> tensor, Index columns) {
    return {tensor.data(), tensor.size() / columns, columns, columns};
  }
  TensorView<T> matrix_tensor(TensorView<T> tensor) const {
    return tensor.reshape({tensor.size() / units_, units_});
  }

  Index units_;
  DenseOptions options_;
  Index inputs_ = 0;
  Index rows_per_sample_ = 0;
  Parameter<T> kernel_, bias_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> Dense::make() const {
  if (units < 1)
    throw ArgumentError(fmt::format("Dense: got {} units, expected at least 1", units));
  nn::check_activation<T>("Dense", options.activation);
  nn::check_initializer<T>("Dense", "kernel_initializer", options.kernel_initializer);
  nn::check_initializer<T>("Dense", "bias_initializer", options.bias_initializer);
  nn::check_regularizer("Dense", "kernel_regularizer", options.kernel_regularizer);
  nn::check_regularizer("Dense", "bias_regularizer", options.bias_regularizer);
  return std::make_unique<DenseInstance<T>>(*this);
}

LANEWISE_INSTANTIATE_MAKE(Dense)

}  // namespace lanewise
