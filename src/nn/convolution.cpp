// The convolutional layers: shapes, parameters and activation around ops/convolution.hpp.
//
//   forward    z = x * kernel + b       y = f(z)
//   backward   dz = dy * f'(z)          db = sum of the pixels of dz
//              dkernel and dx by the two gradients of the convolution
//
// The activation is fused into the convolution, except those whose derivative needs z: then z is
// kept in the scratch. A transposed convolution exchanges the roles of x and y.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "lanewise/error.hpp"
#include "lanewise/nn/convolution_layers.hpp"
#include "lanewise/ops/convolution.hpp"
#include "lanewise/ops/rows.hpp"
#include "nn/absorb.hpp"
#include "nn/instantiate.hpp"
#include "nn/options.hpp"
#include "ops/placement.hpp"

namespace lanewise {
namespace {

// What all of them share. Images inside are always (height, width, channels).
template <class T>
class ConvolutionInstance : public SingleInputLayer<T> {
 public:
  template <class Description>
  ConvolutionInstance(std::string_view type, const Description& layer, Index groups)
      : type_(type),
        filters_(layer.filters),
        groups_(groups),
        use_bias_(layer.options.use_bias),
        activation_(layer.options.activation),
        kernel_initializer_(layer.options.kernel_initializer),
        bias_initializer_(layer.options.bias_initializer),
        kernel_regularizer_(layer.options.kernel_regularizer),
        bias_regularizer_(layer.options.bias_regularizer) {
    if (filters_ < 1)
      throw ArgumentError(fmt::format("{}: got {} filters, expected at least 1", type, filters_));
    if (groups < 1 || filters_ % groups != 0)
      throw ArgumentError(fmt::format("{}: got {} filters in {} groups, expected whole groups",
                                      type, filters_, groups));
    nn::check_activation<T>(type, activation_);
    nn::check_initializer<T>(type, "kernel_initializer", kernel_initializer_);
    nn::check_initializer<T>(type, "bias_initializer", bias_initializer_);
    nn::check_regularizer(type, "kernel_regularizer", kernel_regularizer_);
    nn::check_regularizer(type, "bias_regularizer", bias_regularizer_);
    Description with_bias = layer;
    with_bias.options.use_bias = true;
    with_bias_ = with_bias;
  }

  std::string_view type() const final { return type_; }

  std::vector<ParameterRequest> parameters() const final {
    // Keras takes the fans from the last two sizes, for a transposed convolution too.
    const Index receptive = kernel_shape_.size() / (kernel_shape_[-2] * kernel_shape_[-1]);
    const Fan fan{receptive * kernel_shape_[-2], receptive * kernel_shape_[-1]};
    std::vector<ParameterRequest> requests{
        {"kernel", kernel_shape_, kernel_initializer_, fan, true, kernel_regularizer_}};
    if (use_bias_)
      requests.push_back(
          {"bias", Shape{filters_}, bias_initializer_, fan, true, bias_regularizer_});
    return requests;
  }

  void bind(std::span<const Parameter<T>> parameters) final {
    const Shape images{window_.kernel.height, window_.kernel.width, kernel_shape_[-2],
                       kernel_shape_[-1]};
    kernel_ = parameters[0].value.reshape(images);
    kernel_gradient_ = parameters[0].gradient.reshape(images);
    if (use_bias_) bias_ = parameters[1];
  }

  Index scratch_size(Index batch) const final {
    return ops::backward_needs_input(activation_) ? batch * output_.size() : 0;
  }

  bool overwrites_gradient() const final { return activation_ != linear; }

  std::optional<ActivationFunction> output_activation() const final { return activation_; }

  std::optional<WeightedLayer<T>> absorb(const ChannelAffine& after) const final {
    if (activation_ != linear) return std::nullopt;
    return nn::absorb<T>(with_bias_, kernel_, filter_stride(), bias_.value, after);
  }

  void forward(TensorView<const T> x, TensorView<T> y, TensorView<T> scratch,
               const Pass& pass) const final {
    const ActivationFunction activation = pass.emit_logits ? linear : activation_;
    const bool keep = ops::backward_needs_input(activation);
    const TensorView<T> z = keep ? scratch.reshape(y.shape()) : y;
    ops::ConvolutionOptions<T> options = convolution();
    if (use_bias_) options.bias = bias_.value.data();
    if (!keep) options.activation = activation;
    convolve(images(x, input_), images(z, output_), options);
    if (keep) ops::activation_forward<T>(activation, z, y);
  }

  void backward(TensorView<const T> x, TensorView<const T> y, TensorView<T> scratch,
                TensorView<T> dy, TensorView<T> dx, const Pass& pass) const final {
    const ActivationFunction activation = pass.emit_logits ? linear : activation_;
    if (activation != linear) {
      const TensorView<const T> saved = ops::backward_needs_input(activation)
                                            ? TensorView<const T>(scratch.reshape(y.shape()))
                                            : y;
      ops::activation_backward<T>(activation, saved, dy, dy);
    }
    const auto from = images(x, input_), dz = images(TensorView<const T>(dy), output_);
    if (pass.trainable) {
      if (use_bias_) ops::sum_rows<T>(dy.reshape({dy.size() / filters_, filters_}), bias_.gradient);
      differentiate_kernel(from, dz);
    }
    if (!dx.empty()) differentiate_input(dz, images(dx, input_));
  }

 protected:
  // z = x * kernel with these options; x and z are of images.
  virtual void convolve(TensorView<const T> x, TensorView<T> z,
                        const ops::ConvolutionOptions<T>& options) const = 0;
  // Set the kernel's gradient, and dx.
  virtual void differentiate_kernel(TensorView<const T> x, TensorView<const T> dz) const = 0;
  virtual void differentiate_input(TensorView<const T> dz, TensorView<T> dx) const = 0;

  // Elements of the kernel from one filter to the next.
  virtual Index filter_stride() const { return 1; }

  ops::ConvolutionOptions<T> convolution() const {
    return {.stride = window_.stride,
            .dilation = window_.dilation,
            .padding = window_.padding,
            .groups = groups_};
  }

  std::string who(std::string_view name) const { return fmt::format("{} ({})", name, type_); }

  void check_channels(Index channels, std::string_view name) const {
    if (channels < 1 || channels % groups_ != 0)
      throw ArgumentError(
          fmt::format("{}: got {} channels in {} groups, expected a multiple of the groups",
                      who(name), channels, groups_));
  }

  void check_rank(const Shape& input, int rank, const char* expected, std::string_view name) const {
    if (input.rank() != rank)
      throw ShapeError(fmt::format("{}: got samples of shape {}, expected {}", who(name),
                                   to_string(input), expected));
  }

  Window window_;
  Shape input_, output_;  // of a sample, as images
  Shape kernel_shape_;
  TensorView<T> kernel_, kernel_gradient_;
  std::string_view type_;
  Index filters_, groups_;

 private:
  template <class U>
  static TensorView<U> images(TensorView<U> tensor, const Shape& sample) {
    return tensor.reshape(sample.with_outer(tensor.shape()[0]));
  }

  bool use_bias_;
  ActivationFunction activation_;
  Initializer kernel_initializer_, bias_initializer_;
  Regularizer kernel_regularizer_, bias_regularizer_;
  Parameter<T> bias_;
  Layer with_bias_;  // the same layer, but for use_bias
};

// Conv2D, and Conv1D as an image of one row.
template <class T>
class ForwardInstance : public ConvolutionInstance<T> {
 public:
  explicit ForwardInstance(const Conv2D& layer)
      : ConvolutionInstance<T>("Conv2D", layer, layer.options.groups) {
    const Conv2DOptions& options = layer.options;
    this->window_ = {layer.kernel_size, options.strides, options.dilation_rate, options.padding};
    nn::check_window("Conv2D", this->window_);
  }

  explicit ForwardInstance(const Conv1D& layer)
      : ConvolutionInstance<T>("Conv1D", layer, layer.options.groups), sequence_(true) {
    const Conv1DOptions& options = layer.options;
    if (options.padding.top() != 0 || options.padding.bottom() != 0)
      throw ArgumentError("Conv1D: got padding at top or bottom, expected it left and right");
    this->window_ = {
        {1, layer.kernel_size}, {1, options.strides}, {1, options.dilation_rate}, options.padding};
    nn::check_window("Conv1D", this->window_);
  }

  Shape build(const Shape& input, std::string_view name) final {
    this->check_rank(input, sequence_ ? 2 : 3,
                     sequence_ ? "(steps, channels)" : "(height, width, channels)", name);
    const Index channels = input[-1];
    this->check_channels(channels, name);
    const std::string who = this->who(name);
    const WindowOnImage on = place_on(this->window_, input, who);
    const Extent2D image = on.input, out = on.output, kernel = on.kernel;
    const Index depth = channels / this->groups_, filters = this->filters_;
    this->kernel_shape_ = sequence_
                              ? countable_shape(who, {kernel.width, depth, filters})
                              : countable_shape(who, {kernel.height, kernel.width, depth, filters});
    this->input_ = {image.height, image.width, channels};
    this->output_ = countable_shape(who, {out.height, out.width, filters});
    return sequence_ ? Shape{out.width, filters} : this->output_;
  }

 private:
  void convolve(TensorView<const T> x, TensorView<T> z,
                const ops::ConvolutionOptions<T>& options) const final {
    ops::conv_forward<T>(x, this->kernel_, z, options);
  }

  void differentiate_kernel(TensorView<const T> x, TensorView<const T> dz) const final {
    ops::conv_backward_weights<T>(x, dz, this->kernel_gradient_, this->convolution());
  }
  void differentiate_input(TensorView<const T> dz, TensorView<T> dx) const final {
    ops::conv_backward_data<T>(dz, this->kernel_, dx, this->convolution());
  }

  bool sequence_ = false;
};

template <class T>
class TransposeInstance final : public ConvolutionInstance<T> {
 public:
  explicit TransposeInstance(const Conv2DTranspose& layer)
      : ConvolutionInstance<T>("Conv2DTranspose", layer, 1),
        output_padding_(layer.options.output_padding) {
    const Conv2DTransposeOptions& options = layer.options;
    this->window_ = {layer.kernel_size, options.strides, options.dilation_rate, options.padding};
    nn::check_window("Conv2DTranspose", this->window_);
  }

  Shape build(const Shape& input, std::string_view name) override {
    this->check_rank(input, 3, "(height, width, channels)", name);
    this->check_channels(input[2], name);
    const std::string who = this->who(name);
    const Window& w = this->window_;
    // Refuses an empty image.
    place({w.kernel, w.stride, w.dilation, Padding::same}, {input[0], input[1]}, who);
    const Padding& padding = w.padding;
    for (const Index edge : {padding.top(), padding.bottom(), padding.left(), padding.right()})
      if (edge < 0 || edge > kLargest)
        throw ArgumentError(fmt::format(
            "{}: got a padding of ({}, {}) rows and ({}, {}) columns, expected numbers "
            "from 0 to {}",
            who, padding.top(), padding.bottom(), padding.left(), padding.right(), kLargest));
    const Extent2D image{
        enlarged(input[0], w.kernel.height, w.stride.height, w.dilation.height,
                 padding.top() + padding.bottom(),
                 output_padding_ ? std::optional(output_padding_->height) : std::nullopt, who),
        enlarged(input[1], w.kernel.width, w.stride.width, w.dilation.width,
                 padding.left() + padding.right(),
                 output_padding_ ? std::optional(output_padding_->width) : std::nullopt, who)};
    const Extent2D back = place(w, image, who).output;
    if (!(back == Extent2D{input[0], input[1]}))
      throw ArgumentError(fmt::format(
          "{}: images of {} x {} would come from {} x {}, but a convolution of those leads to {} x "
          "{}: expected another output_padding",
          who, input[0], input[1], image.height, image.width, back.height, back.width));
    const Extent2D kernel = w.kernel;
    this->kernel_shape_ =
        countable_shape(who, {kernel.height, kernel.width, this->filters_, input[2]});
    this->input_ = input;
    this->output_ = countable_shape(who, {image.height, image.width, this->filters_});
    return this->output_;
  }

 private:
  static constexpr Index kLargest = std::numeric_limits<Index>::max() / 8;  // so that sums fit

  // The size of one dimension after the layer.
  Index enlarged(Index size, Index kernel, Index stride, Index dilation, Index padding,
                 std::optional<Index> output_padding, const std::string& who) const {
    const bool same = this->window_.padding.is_same();
    const Index reach = (kernel - 1) * dilation + 1;
    const Index scaled = countable_shape(who, {size, stride}).size();
    if (std::max({scaled, reach, padding, output_padding.value_or(0)}) > kLargest ||
        output_padding.value_or(0) < -kLargest)
      throw ShapeError(fmt::format("{}: images of {} pixels a side become too large", who, size));
    if (!output_padding)
      return same ? scaled : scaled + std::max<Index>(reach - stride, 0) - padding;
    return scaled - stride + reach - (same ? reach / 2 * 2 : padding) + *output_padding;
  }

  void convolve(TensorView<const T> x, TensorView<T> z,
                const ops::ConvolutionOptions<T>& options) const override {
    ops::conv_transpose_forward<T>(x, this->kernel_, z, options);
  }

  void differentiate_kernel(TensorView<const T> x, TensorView<const T> dz) const override {
    ops::conv_backward_weights<T>(dz, x, this->kernel_gradient_, this->convolution());
  }
  void differentiate_input(TensorView<const T> dz, TensorView<T> dx) const override {
    ops::conv_forward<T>(dz, this->kernel_, dx, this->convolution());
  }

  Index filter_stride() const override { return this->input_[2]; }

  std::optional<Extent2D> output_padding_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> Conv2D::make() const {
  return std::make_unique<ForwardInstance<T>>(*this);
}

template <class T>
std::unique_ptr<LayerInstance<T>> Conv1D::make() const {
  return std::make_unique<ForwardInstance<T>>(*this);
}

template <class T>
std::unique_ptr<LayerInstance<T>> Conv2DTranspose::make() const {
  return std::make_unique<TransposeInstance<T>>(*this);
}

LANEWISE_INSTANTIATE_MAKE(Conv2D)
LANEWISE_INSTANTIATE_MAKE(Conv1D)
LANEWISE_INSTANTIATE_MAKE(Conv2DTranspose)

}  // namespace lanewise
