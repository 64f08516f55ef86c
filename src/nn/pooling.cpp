// The pooling layers: shapes and errors around ops/pooling.hpp.
#include "lanewise/ops/pooling.hpp"

#include <fmt/format.h>

#include "lanewise/error.hpp"
#include "lanewise/nn/pooling_layers.hpp"
#include "lanewise/ops/activation.hpp"
#include "nn/instantiate.hpp"
#include "nn/options.hpp"
#include "ops/resolve_window.hpp"

namespace lanewise {
namespace {

// Throws unless the sample is an image.
void check_image(const Shape& input) {
  if (input.rank() != 3)
    throw ShapeError(fmt::format("got samples of shape {}, expected (height, width, channels)",
                                 to_string(input)));
  if (input[0] < 1 || input[1] < 1)
    throw ShapeError(fmt::format("got samples of shape {}, expected images of at least one pixel",
                                 to_string(input)));
}

template <class T>
class WindowedInstance : public SingleInputLayer<T> {
 public:
  WindowedInstance(Extent2D pool_size, const Pooling2DOptions& options)
      : window_{.kernel = pool_size,
                .stride = options.strides.value_or(pool_size),
                .padding = options.padding} {}

  Shape build(const Shape& input) final {
    check_image(input);
    const Extent2D output = resolve_window_for(window_, input, {}, resolve_pool_window).output;
    return output_ = {output.height, output.width, input[2]};
  }

  const Window& window() const { return window_; }

 protected:
  Window window_;
  Shape output_;
};

template <class T>
class MaxInstance final : public WindowedInstance<T> {
 public:
  using WindowedInstance<T>::WindowedInstance;

  // [maximum places]
  std::vector<ScratchRequest> scratch() const override {
    if (!ops::has_places(this->window_)) return {};
    const Index last = this->output_.size() - 1, each = sizeof(T);  // bytes
    return {{.name = "places", .shape = {last / each + 1}, .for_backward = true}};
  }
  // [maximum places]

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T> scratch,
               const Pass&) const override {
    if (scratch.empty() || scratch[0].empty())
      ops::max_pool<T>(x, this->window_, y);
    else
      ops::max_pool<T>(x, this->window_, y, places(scratch, y.shape()));
  }

  bool takes_derivative(const ActivationFunction& f) const override { return f == relu; }

  // [maximum backward]
  void backward(TensorView<const T> x, TensorView<const T> y, Scratch<T> scratch, TensorView<T> dy,
                TensorView<T> dx, const Pass& pass) const override {
    if (dx.empty()) return;
    // y is the one pixel that dy goes to: relu has the same derivative at both.
    if (pass.takes_derivative) ops::activation_backward<T>(relu, y, dy, dy);
    if (scratch.empty())
      ops::max_pool_backward<T>(x, y, dy, this->window_, dx);
    else
      ops::max_pool_backward<T>(places(scratch, y.shape()), dy, this->window_, dx);
  }
  // [maximum backward]

 private:
  // The scratch as bytes.
  static TensorView<std::uint8_t> places(Scratch<T> scratch, const Shape& shape) {
    return {reinterpret_cast<std::uint8_t*>(scratch[0].data()), shape};
  }
};

template <class T>
class AverageInstance final : public WindowedInstance<T> {
 public:
  using WindowedInstance<T>::WindowedInstance;
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::average_pool<T>(x, this->window_, y);
  }

  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) ops::average_pool_backward<T>(dy, this->window_, dx);
  }
};

template <class T>
class L2Instance final : public WindowedInstance<T> {
 public:
  using WindowedInstance<T>::WindowedInstance;
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::l2_pool<T>(x, this->window_, y);
  }

  void backward(TensorView<const T> x, TensorView<const T> y, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) ops::l2_pool_backward<T>(x, y, dy, this->window_, dx);
  }
};

template <class Instance>
std::unique_ptr<Instance> windowed(std::string_view type, Extent2D pool_size,
                                   const Pooling2DOptions& options) {
  auto layer = std::make_unique<Instance>(pool_size, options);
  nn::check_window(type, layer->window());
  return layer;
}

template <class T>
class GlobalInstance : public SingleInputLayer<T> {
 public:
  explicit GlobalInstance(const GlobalPooling2DOptions& options) : keepdims_(options.keepdims) {}

  Shape build(const Shape& input) final {
    check_image(input);
    return keepdims_ ? Shape{1, 1, input[2]} : Shape{input[2]};
  }

 protected:
  // y or dy as (n, channels), which is what the operation wants.
  template <class U>
  static TensorView<U> flat(TensorView<U> y) {
    return y.reshape({y.shape()[0], y.shape()[-1]});
  }

 private:
  bool keepdims_;
};

template <class T>
class GlobalAverageInstance final : public GlobalInstance<T> {
 public:
  using GlobalInstance<T>::GlobalInstance;
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::global_average_pool<T>(x, this->flat(y));
  }

  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) ops::global_average_pool_backward<T>(this->flat(dy), dx);
  }
};

template <class T>
class GlobalMaxInstance final : public GlobalInstance<T> {
 public:
  using GlobalInstance<T>::GlobalInstance;
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::global_max_pool<T>(x, this->flat(y));
  }

  bool takes_derivative(const ActivationFunction& f) const override { return f == relu; }

  void backward(TensorView<const T> x, TensorView<const T> y, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass& pass) const override {
    if (dx.empty()) return;
    if (pass.takes_derivative) ops::activation_backward<T>(relu, y, dy, dy);
    ops::global_max_pool_backward<T>(x, this->flat(y), this->flat(dy), dx);
  }
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> MaxPooling2D::make() const {
  return windowed<MaxInstance<T>>(type_name(), pool_size, options);
}

template <class T>
std::unique_ptr<LayerInstance<T>> AveragePooling2D::make() const {
  return windowed<AverageInstance<T>>(type_name(), pool_size, options);
}

template <class T>
std::unique_ptr<LayerInstance<T>> L2Pooling2D::make() const {
  return windowed<L2Instance<T>>(type_name(), pool_size, options);
}

template <class T>
std::unique_ptr<LayerInstance<T>> GlobalAveragePooling2D::make() const {
  return std::make_unique<GlobalAverageInstance<T>>(options);
}

template <class T>
std::unique_ptr<LayerInstance<T>> GlobalMaxPooling2D::make() const {
  return std::make_unique<GlobalMaxInstance<T>>(options);
}

LANEWISE_INSTANTIATE_MAKE(MaxPooling2D)
LANEWISE_INSTANTIATE_MAKE(AveragePooling2D)
LANEWISE_INSTANTIATE_MAKE(L2Pooling2D)
LANEWISE_INSTANTIATE_MAKE(GlobalAveragePooling2D)
LANEWISE_INSTANTIATE_MAKE(GlobalMaxPooling2D)

}  // namespace lanewise
