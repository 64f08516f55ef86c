// The layer DepthwiseConv2D: shapes and parameters around ops/depthwise.hpp. Bias and activation
// are nn/linear.hpp's; the convolution takes them up.
#include <fmt/format.h>

#include "lanewise/error.hpp"
#include "lanewise/nn/convolution_layers.hpp"
#include "lanewise/ops/depthwise.hpp"
#include "nn/instantiate.hpp"
#include "nn/linear.hpp"
#include "ops/resolve_window.hpp"

namespace lanewise {
namespace {

nn::LinearOptions linear_options(const DepthwiseConv2DOptions& options) {
  return {.kernel = "depthwise",
          .activation = options.activation,
          .use_bias = options.use_bias,
          .kernel_initializer = options.depthwise_initializer,
          .bias_initializer = options.bias_initializer,
          .kernel_regularizer = options.depthwise_regularizer,
          .bias_regularizer = options.bias_regularizer};
}

template <class T>
class DepthwiseInstance final : public nn::LinearInstance<T> {
 public:
  explicit DepthwiseInstance(const DepthwiseConv2D& layer)
      : nn::LinearInstance<T>("DepthwiseConv2D", linear_options(layer.options)),
        window_{layer.kernel_size, layer.options.strides, layer.options.dilation_rate,
                layer.options.padding},
        multiplier_(layer.options.depth_multiplier) {
    nn::check_window("DepthwiseConv2D", window_);
  }

  Shape build(const Shape& input) override {
    if (input.rank() != 3 || input[2] < 1)
      throw ShapeError(fmt::format("got samples of shape {}, expected (height, width, channels)",
                                   to_string(input)));
    const WindowOnImage on = resolve_window_for(window_, input);
    const Shape kernel{on.kernel.height, on.kernel.width, input[2], multiplier_};
    const Index channels = input[2] * multiplier_;
    const Shape& output = this->set_shapes(kernel, {on.output.height, on.output.width, channels});
    check_addressable(on, channels);
    return output;
  }

 private:
  ops::DepthwiseOptions<T> convolution(const T* bias = nullptr,
                                       ActivationFunction f = linear) const {
    return {.stride = window_.stride,
            .dilation = window_.dilation,
            .padding = window_.padding,
            .bias = bias,
            .activation = f};
  }

  void map(TensorView<const T> x, TensorView<T> z, const nn::Fused<T>& fused) const override {
    ops::depthwise_forward<T>(x, this->kernel_.value, z, convolution(fused.bias, fused.activation));
  }
  bool fuses(ActivationFunction) const override { return true; }

  void differentiate_kernel(TensorView<const T> x, TensorView<const T> dz) const override {
    ops::depthwise_backward_weights<T>(x, dz, this->kernel_.gradient, convolution());
  }
  void differentiate_input(TensorView<const T> dz, TensorView<T> dx) const override {
    ops::depthwise_backward_data<T>(dz, this->kernel_.value, dx, convolution());
  }

  Window window_;
  Index multiplier_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> DepthwiseConv2D::make() const {
  if (options.depth_multiplier < 1)
    throw ArgumentError(
        fmt::format("DepthwiseConv2D: got a depth_multiplier of {}, expected at least 1",
                    options.depth_multiplier));
  return std::make_unique<DepthwiseInstance<T>>(*this);
}

LANEWISE_INSTANTIATE_MAKE(DepthwiseConv2D)

}  // namespace lanewise
