// The layer DepthwiseConv2D: shapes, parameters and activation around ops/depthwise.hpp.
//
//   forward    z = x * kernel + b       y = f(z)
//   backward   dz = dy * f'(z)          db = sum of the pixels of dz
//              dkernel and dx by the two gradients of the convolution
//
// The activation is fused into the convolution, except those whose derivative needs z: then z is
// kept in the scratch.
#include <fmt/format.h>

#include "lanewise/error.hpp"
#include "lanewise/nn/convolution_layers.hpp"
#include "lanewise/ops/depthwise.hpp"
#include "lanewise/ops/rows.hpp"
#include "nn/absorb.hpp"
#include "nn/instantiate.hpp"
#include "nn/options.hpp"
#include "ops/placement.hpp"

namespace lanewise {
namespace {

template <class T>
class DepthwiseInstance final : public SingleInputLayer<T> {
 public:
  explicit DepthwiseInstance(const DepthwiseConv2D& layer)
      : kernel_size_(layer.kernel_size), options_(layer.options) {}

  std::string_view type() const override { return "DepthwiseConv2D"; }

  Shape build(const Shape& input, std::string_view name) override {
    const std::string who = fmt::format("{} (DepthwiseConv2D)", name);
    if (input.rank() != 3 || input[2] < 1)
      throw ShapeError(
          fmt::format("{}: got samples of shape {}, expected (height, width, channels)", who,
                      to_string(input)));
    const WindowOnImage on = place_on(
        {kernel_size_, options_.strides, options_.dilation_rate, options_.padding}, input, who);
    const Index multiplier = options_.depth_multiplier;
    kernel_shape_ =
        countable_shape(who, {kernel_size_.height, kernel_size_.width, input[2], multiplier});
    channels_ = countable_shape(who, {input[2], multiplier}).size();
    const Shape output = countable_shape(who, {on.output.height, on.output.width, channels_});
    check_places(on, channels_, who);
    output_size_ = output.size();
    return output;
  }

  std::vector<ParameterRequest> parameters() const override {
    // Keras takes the fans from the last two sizes, though an output sees one channel alone.
    const Index receptive = kernel_size_.height * kernel_size_.width;
    const Fan fan{receptive * kernel_shape_[2], receptive * kernel_shape_[3]};
    std::vector<ParameterRequest> requests{{"kernel", kernel_shape_, options_.depthwise_initializer,
                                            fan, true, options_.depthwise_regularizer}};
    if (options_.use_bias)
      requests.push_back({"bias", Shape{channels_}, options_.bias_initializer, fan, true,
                          options_.bias_regularizer});
    return requests;
  }

  void bind(std::span<const Parameter<T>> parameters) override {
    kernel_ = parameters[0];
    if (options_.use_bias) bias_ = parameters[1];
  }

  Index scratch_size(Index batch) const override {
    return ops::backward_needs_input(options_.activation) ? batch * output_size_ : 0;
  }

  bool overwrites_gradient() const override { return options_.activation != linear; }

  std::optional<ActivationFunction> output_activation() const override {
    return options_.activation;
  }

  std::optional<WeightedLayer<T>> absorb(const ChannelAffine& after) const override {
    if (options_.activation != linear) return std::nullopt;
    DepthwiseConv2D with_bias{kernel_size_, options_};
    with_bias.options.use_bias = true;
    return nn::absorb<T>(with_bias, kernel_.value, 1, bias_.value, after);
  }

  void forward(TensorView<const T> x, TensorView<T> y, TensorView<T> scratch,
               const Pass& pass) const override {
    const ActivationFunction activation = pass.emit_logits ? linear : options_.activation;
    const bool keep = ops::backward_needs_input(activation);
    const TensorView<T> z = keep ? scratch.reshape(y.shape()) : y;
    ops::DepthwiseOptions<T> options = convolution();
    if (options_.use_bias) options.bias = bias_.value.data();
    if (!keep) options.activation = activation;
    ops::depthwise_forward<T>(x, kernel_.value, z, options);
    if (keep) ops::activation_forward<T>(activation, z, y);
  }

  void backward(TensorView<const T> x, TensorView<const T> y, TensorView<T> scratch,
                TensorView<T> dy, TensorView<T> dx, const Pass& pass) const override {
    const ActivationFunction activation = pass.emit_logits ? linear : options_.activation;
    if (activation != linear) {
      const TensorView<const T> saved = ops::backward_needs_input(activation)
                                            ? TensorView<const T>(scratch.reshape(y.shape()))
                                            : y;
      ops::activation_backward<T>(activation, saved, dy, dy);
    }
    if (pass.trainable) {
      ops::depthwise_backward_weights<T>(x, dy, kernel_.gradient, convolution());
      if (options_.use_bias)
        ops::sum_rows<T>(dy.reshape({dy.size() / channels_, channels_}), bias_.gradient);
    }
    if (!dx.empty()) ops::depthwise_backward_data<T>(dy, kernel_.value, dx, convolution());
  }

 private:
  ops::DepthwiseOptions<T> convolution() const {
    return {.stride = options_.strides,
            .dilation = options_.dilation_rate,
            .padding = options_.padding};
  }

  Extent2D kernel_size_;
  DepthwiseConv2DOptions options_;
  Shape kernel_shape_;
  Index channels_ = 0;     // of the output
  Index output_size_ = 0;  // of a sample
  Parameter<T> kernel_, bias_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> DepthwiseConv2D::make() const {
  if (options.depth_multiplier < 1)
    throw ArgumentError(
        fmt::format("DepthwiseConv2D: got a depth_multiplier of {}, expected at least 1",
                    options.depth_multiplier));
  constexpr std::string_view kWho = "DepthwiseConv2D";
  nn::check_window(kWho, {kernel_size, options.strides, options.dilation_rate, options.padding});
  nn::check_activation<T>(kWho, options.activation);
  nn::check_initializer<T>(kWho, "depthwise_initializer", options.depthwise_initializer);
  nn::check_initializer<T>(kWho, "bias_initializer", options.bias_initializer);
  nn::check_regularizer(kWho, "depthwise_regularizer", options.depthwise_regularizer);
  nn::check_regularizer(kWho, "bias_regularizer", options.bias_regularizer);
  return std::make_unique<DepthwiseInstance<T>>(*this);
}

LANEWISE_INSTANTIATE_MAKE(DepthwiseConv2D)

}  // namespace lanewise
