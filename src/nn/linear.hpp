#pragma once
// What Dense and the convolutions have in common: a linear map, a bias, an activation.
//
//   forward    z = x * kernel + b       y = f(z)
//   backward   dz = dy * f'(z)          db = sum of the rows of dz
//              dkernel and dx by the two gradients of the map
//
// Outputs, such as filters, are the last dimension; all that stands before it are rows. The map
// takes up the bias, and the activation if it can; other activations run over z where it lies.
// Where f' needs z, that is kept in the scratch.
#include <optional>
#include <string_view>
#include <vector>

#include "lanewise/nn/layer_instance.hpp"
#include "lanewise/ops/rows.hpp"
#include "nn/options.hpp"

namespace lanewise::nn {

struct LinearOptions {
  std::string_view kernel = "kernel";  // as options call it: "kernel_initializer"
  ActivationFunction activation;
  bool use_bias;
  Initializer kernel_initializer, bias_initializer;
  Regularizer kernel_regularizer, bias_regularizer;
};

// Of the options of a layer that call the kernel so.
template <class Options>
LinearOptions linear_options(const Options& options) {
  return {.activation = options.activation,
          .use_bias = options.use_bias,
          .kernel_initializer = options.kernel_initializer,
          .bias_initializer = options.bias_initializer,
          .kernel_regularizer = options.kernel_regularizer,
          .bias_regularizer = options.bias_regularizer};
}

// What a map takes up: a bias, or null; an activation, linear or one that it fuses; and the kernel
// as prepare_kernel() left it, or nothing.
template <class T>
struct Fused {
  const T* bias = nullptr;
  ActivationFunction activation = linear;
  TensorView<const T> prepared{};
};

template <class T>
class LinearInstance : public SingleInputLayer<T> {
 public:
  // Throws ArgumentError, which begins with the type, for an option out of range.
  LinearInstance(std::string_view type, const LinearOptions& options) : options_(options) {
    const auto option = [&](const char* what) {
      return fmt::format("{}_{}", options.kernel, what);
    };
    check_activation<T>(type, options.activation);
    check_initializer<T>(type, option("initializer"), options.kernel_initializer);
    check_initializer<T>(type, "bias_initializer", options.bias_initializer);
    check_regularizer(type, option("regularizer"), options.kernel_regularizer);
    check_regularizer(type, "bias_regularizer", options.bias_regularizer);
  }

  std::vector<ParameterRequest> parameters() const final {
    // Keras takes the fans from the last two sizes, whatever they are: of a transposed convolution
    // they stand the other way round, and an output of a depthwise one sees one channel alone.
    const Index receptive = kernel_shape_.size() / (kernel_shape_[-2] * kernel_shape_[-1]);
    const Fan fan{receptive * kernel_shape_[-2], receptive * kernel_shape_[-1]};
    std::vector<ParameterRequest> requests{{"kernel", kernel_shape_, options_.kernel_initializer,
                                            fan, true, options_.kernel_regularizer}};
    if (options_.use_bias)
      requests.push_back({"bias", Shape{output_[-1]}, options_.bias_initializer, fan, true,
                          options_.bias_regularizer});
    return requests;
  }

  void bind(std::span<const Parameter<T>> parameters) override {
    kernel_ = parameters[0];
    if (options_.use_bias) bias_ = parameters[1];
  }

  std::vector<ScratchRequest> scratch() const final {
    std::vector<ScratchRequest> requests;
    if (ops::backward_needs_input(options_.activation))
      requests.push_back({"z", output_.with_outer(1)});
    if (const Shape shape = prepared_shape(); shape.rank() > 0)
      requests.push_back({"prepared kernel", shape, std::nullopt, true});
    return requests;
  }

  void prepare(Scratch<T> scratch) const final {
    if (prepared_shape().rank() > 0) prepare_kernel(scratch.back());
  }

  bool overwrites_gradient() const final { return options_.activation != linear; }

  std::optional<ActivationFunction> output_activation() const final { return options_.activation; }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T> scratch,
               const Pass& pass) const final {
    const ActivationFunction f = activation(pass);
    const bool keeps_z = ops::backward_needs_input(f);
    const TensorView<T> z = keeps_z ? scratch[0] : y;
    const bool fused = f == linear || (!keeps_z && fuses(f));
    map(x, z,
        {.bias = options_.use_bias ? bias_.value.data() : nullptr,
         .activation = fused ? f : linear,
         .prepared = prepared_shape().rank() > 0 ? scratch.back() : TensorView<T>{}});
    if (!fused) ops::activation_forward<T>(f, z, y);
  }

  // [linear backward]
  void backward(TensorView<const T> x, TensorView<const T> y, Scratch<T> scratch, TensorView<T> dy,
                TensorView<T> dx, const Pass& pass) const final {
    const ActivationFunction f = activation(pass);
    if (f != linear) {
      const bool keeps_z = ops::backward_needs_input(f);
      ops::activation_backward<T>(f, keeps_z ? TensorView<const T>(scratch[0]) : y, dy, dy);
    }
    const TensorView<const T> dz = dy;
    if (pass.trainable) {
      differentiate_kernel(x, dz);
      if (options_.use_bias) {
        const Index outputs = output_[-1];
        ops::column_sums<T>(dz.reshape({dz.size() / outputs, outputs}), bias_.gradient);
      }
    }
    if (!dx.empty()) differentiate_input(dz, dx);
  }
  // [linear backward]

 protected:
  // z = f(x * kernel + bias).
  virtual void map(TensorView<const T> x, TensorView<T> z, const Fused<T>& fused) const = 0;
  // The shape of what prepare_kernel() makes of the kernel for many forward passes, of no dimension
  // if it makes nothing.
  virtual Shape prepared_shape() const { return {}; }
  virtual void prepare_kernel(TensorView<T> prepared) const { (void)prepared; }
  // Whether map() takes up this activation, of those whose derivative does not need z.
  virtual bool fuses(ActivationFunction f) const = 0;
  // Set the kernel's gradient, and dx.
  virtual void differentiate_kernel(TensorView<const T> x, TensorView<const T> dz) const = 0;
  virtual void differentiate_input(TensorView<const T> dz, TensorView<T> dx) const = 0;

  // For build(): the kernel's shape, and the output's of a sample, which it returns.
  const Shape& set_shapes(const Shape& kernel, const Shape& output) {
    kernel_shape_ = kernel;
    return output_ = output;
  }

  Parameter<T> kernel_;

 private:
  // A loss that is fused with the activation takes its place.
  ActivationFunction activation(const Pass& pass) const {
    return pass.emit_logits ? linear : options_.activation;
  }

  LinearOptions options_;
  Shape kernel_shape_, output_;
  Parameter<T> bias_;
};

}  // namespace lanewise::nn
