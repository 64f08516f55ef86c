// The convolutional layers: shapes and parameters around ops/convolution.hpp. Bias and activation
// are nn/linear.hpp's; the convolution takes them up. A transposed convolution exchanges the roles
// of x and y.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "lanewise/error.hpp"
#include "lanewise/nn/convolution_layers.hpp"
#include "lanewise/ops/convolution.hpp"
#include "nn/instantiate.hpp"
#include "nn/linear.hpp"
#include "ops/resolve_window.hpp"
#include "ops/winograd.hpp"

namespace lanewise {
namespace {

// What all of them share. Images inside are always (height, width, channels).
template <class T>
class ConvolutionInstance : public nn::LinearInstance<T> {
 public:
  template <class Description>
  ConvolutionInstance(std::string_view type, const Description& layer, const Window& window,
                      Index groups)
      : nn::LinearInstance<T>(type, nn::linear_options(layer.options)),
        window_(window),
        filters_(layer.filters),
        groups_(groups),
        algorithm_(layer.options.algorithm) {
    if (filters_ < 1)
      throw ArgumentError(fmt::format("{}: got {} filters, expected at least 1", type, filters_));
    if (groups < 1 || filters_ % groups != 0)
      throw ArgumentError(fmt::format("{}: got {} filters in {} groups, expected whole groups",
                                      type, filters_, groups));
    nn::check_window(type, window);
    if (algorithm_ == ConvolutionAlgorithm::winograd)
      ops::require_winograd(type, window.kernel, window.stride, window.dilation);
  }

  void bind(std::span<const Parameter<T>> parameters) final {
    nn::LinearInstance<T>::bind(parameters);
    const Shape shape = this->kernel_.value.shape();  // without a height for sequences
    const Shape images{window_.kernel.height, window_.kernel.width, shape[-2], shape[-1]};
    this->kernel_.value = this->kernel_.value.reshape(images);
    this->kernel_.gradient = this->kernel_.gradient.reshape(images);
  }

 protected:
  bool fuses(ActivationFunction) const final { return true; }

  ops::ConvolutionOptions<T> convolution(const nn::Fused<T>& fused = {}) const {
    return {.stride = window_.stride,
            .dilation = window_.dilation,
            .padding = window_.padding,
            .groups = groups_,
            .bias = fused.bias,
            .activation = fused.activation,
            .algorithm = algorithm_,
            .transformed = fused.prepared};
  }

  // For build(): the filters, (height, width, channels, filters), are transformed once for many
  // batches of images, unless a convolution of many would be direct or transform them piece by
  // piece.
  void plan_prepared(const Shape& images, const Shape& filters, ops::ConvolutionPass pass) {
    constexpr Index kMany = 1024, kLargest = Index{1} << 40;
    prepared_images_ = images.with_outer(1);
    pass_ = pass;
    prepared_shape_ = {};
    if (!ops::takes_winograd(window_.kernel, window_.stride, window_.dilation) ||
        std::max(images.size(), filters.size()) > kLargest ||
        !ops::winograd_takes_transformed<T>(images.with_outer(1), filters, convolution()))
      return;
    if (ops::conv_algorithm<T>(images.with_outer(kMany), filters, convolution()) ==
        ConvolutionAlgorithm::winograd)
      prepared_shape_ = ops::winograd_filters_shape<T>(prepared_images_, filters, convolution());
  }
  Shape prepared_shape() const final { return prepared_shape_; }
  void prepare_kernel(TensorView<T> prepared) const final {
    ops::winograd_filters<T>(this->kernel_.value, prepared_images_, prepared, convolution(), pass_);
  }

  void check_channels(Index channels) const {
    if (channels < 1 || channels % groups_ != 0)
      throw ArgumentError(fmt::format(
          "got {} channels in {} groups, expected a multiple of the groups", channels, groups_));
  }

  static void check_rank(const Shape& input, int rank, const char* expected) {
    if (input.rank() != rank)
      throw ShapeError(
          fmt::format("got samples of shape {}, expected {}", to_string(input), expected));
  }

  template <class U>
  TensorView<U> inputs(TensorView<U> x) const {
    return x.reshape(input_image_.with_outer(x.shape()[0]));
  }
  template <class U>
  TensorView<U> outputs(TensorView<U> y) const {
    return y.reshape(output_image_.with_outer(y.shape()[0]));
  }

  Window window_;
  Index filters_, groups_;
  ConvolutionAlgorithm algorithm_;
  Shape input_image_, output_image_;  // of a sample, as images

 private:
  Shape prepared_shape_, prepared_images_;
  ops::ConvolutionPass pass_ = ops::ConvolutionPass::forward;
};

// Conv2D, and Conv1D as an image of one row.
template <class T>
class ForwardInstance : public ConvolutionInstance<T> {
 public:
  explicit ForwardInstance(const Conv2D& layer)
      : ConvolutionInstance<T>("Conv2D", layer,
                               {layer.kernel_size, layer.options.strides,
                                layer.options.dilation_rate, layer.options.padding},
                               layer.options.groups) {}

  explicit ForwardInstance(const Conv1D& layer)
      : ConvolutionInstance<T>("Conv1D", layer,
                               {{1, layer.kernel_size},
                                {1, layer.options.strides},
                                {1, layer.options.dilation_rate},
                                layer.options.padding},
                               layer.options.groups),
        sequence_(true) {
    const Padding& padding = layer.options.padding;
    if (padding.top() != 0 || padding.bottom() != 0)
      throw ArgumentError("Conv1D: got padding at top or bottom, expected it left and right");
  }

  Shape build(const Shape& input) final {
    this->check_rank(input, sequence_ ? 2 : 3,
                     sequence_ ? "(steps, channels)" : "(height, width, channels)");
    const Index channels = input[-1];
    this->check_channels(channels);
    const WindowOnImage on = resolve_window_for(this->window_, input);
    const Extent2D image = on.input, out = on.output, kernel = on.kernel;
    const Index depth = channels / this->groups_, filters = this->filters_;
    this->input_image_ = {image.height, image.width, channels};
    this->output_image_ = {out.height, out.width, filters};
    this->plan_prepared(this->input_image_, {kernel.height, kernel.width, depth, filters},
                        ops::ConvolutionPass::forward);
    if (sequence_) return this->set_shapes({kernel.width, depth, filters}, {out.width, filters});
    return this->set_shapes({kernel.height, kernel.width, depth, filters}, this->output_image_);
  }

 private:
  void map(TensorView<const T> x, TensorView<T> z, const nn::Fused<T>& fused) const final {
    ops::conv_forward<T>(this->inputs(x), this->kernel_.value, this->outputs(z),
                         this->convolution(fused));
  }
  void differentiate_kernel(TensorView<const T> x, TensorView<const T> dz) const final {
    ops::conv_backward_weights<T>(this->inputs(x), this->outputs(dz), this->kernel_.gradient,
                                  this->convolution());
  }
  void differentiate_input(TensorView<const T> dz, TensorView<T> dx) const final {
    ops::conv_backward_data<T>(this->outputs(dz), this->kernel_.value, this->inputs(dx),
                               this->convolution());
  }

  bool sequence_ = false;
};

template <class T>
class TransposeInstance final : public ConvolutionInstance<T> {
 public:
  explicit TransposeInstance(const Conv2DTranspose& layer)
      : ConvolutionInstance<T>("Conv2DTranspose", layer,
                               {layer.kernel_size, layer.options.strides,
                                layer.options.dilation_rate, layer.options.padding},
                               1),
        output_padding_(layer.options.output_padding) {}

  Shape build(const Shape& input) override {
    this->check_rank(input, 3, "(height, width, channels)");
    this->check_channels(input[2]);
    const Window& w = this->window_;
    // Refuses an empty image.
    resolve_window({w.kernel, w.stride, w.dilation, Padding::same}, {input[0], input[1]});
    const Padding& padding = w.padding;
    for (const Index edge : {padding.top(), padding.bottom(), padding.left(), padding.right()})
      if (edge < 0 || edge > kLargest)
        throw ArgumentError(fmt::format(
            "got a padding of ({}, {}) rows and ({}, {}) columns, expected numbers from 0 to {}",
            padding.top(), padding.bottom(), padding.left(), padding.right(), kLargest));
    const Extent2D image{
        enlarged(input[0], w.kernel.height, w.stride.height, w.dilation.height,
                 padding.top() + padding.bottom(),
                 output_padding_ ? std::optional(output_padding_->height) : std::nullopt),
        enlarged(input[1], w.kernel.width, w.stride.width, w.dilation.width,
                 padding.left() + padding.right(),
                 output_padding_ ? std::optional(output_padding_->width) : std::nullopt)};
    const Extent2D back = resolve_window(w, image).output;
    if (!(back == Extent2D{input[0], input[1]}))
      throw ArgumentError(fmt::format(
          "images of {} x {} would come from {} x {}, but a convolution of those leads to {} x {}: "
          "expected another output_padding",
          input[0], input[1], image.height, image.width, back.height, back.width));
    const Extent2D kernel = w.kernel;
    this->input_image_ = input;
    this->output_image_ = {image.height, image.width, this->filters_};
    const Shape filters{kernel.height, kernel.width, this->filters_, input[2]};
    this->plan_prepared(this->output_image_, filters, ops::ConvolutionPass::backward_data);
    return this->set_shapes(filters, this->output_image_);
  }

 private:
  static constexpr Index kLargest = std::numeric_limits<Index>::max() / 8;  // so that sums fit

  // The size of one dimension after the layer.
  Index enlarged(Index size, Index kernel, Index stride, Index dilation, Index padding,
                 std::optional<Index> output_padding) const {
    const bool same = this->window_.padding.is_same();
    const Index reach = (kernel - 1) * dilation + 1;
    const Index scaled = Shape{size, stride}.size();
    if (std::max({scaled, reach, padding, output_padding.value_or(0)}) > kLargest ||
        output_padding.value_or(0) < -kLargest)
      throw ShapeError(fmt::format("images of {} pixels a side become too large", size));
    if (!output_padding)
      return same ? scaled : scaled + std::max<Index>(reach - stride, 0) - padding;
    return scaled - stride + reach - (same ? reach / 2 * 2 : padding) + *output_padding;
  }

  void map(TensorView<const T> x, TensorView<T> z, const nn::Fused<T>& fused) const override {
    ops::conv_transpose_forward<T>(x, this->kernel_.value, z, this->convolution(fused));
  }
  void differentiate_kernel(TensorView<const T> x, TensorView<const T> dz) const override {
    ops::conv_backward_weights<T>(dz, x, this->kernel_.gradient, this->convolution());
  }
  void differentiate_input(TensorView<const T> dz, TensorView<T> dx) const override {
    ops::conv_forward<T>(dz, this->kernel_.value, dx, this->convolution());
  }

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
