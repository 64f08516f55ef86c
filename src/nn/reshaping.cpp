// The layers ZeroPadding2D, Cropping2D, UpSampling2D and Reshape around ops/resampling.hpp.
#include "lanewise/nn/reshaping_layers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "lanewise/error.hpp"
#include "lanewise/ops/resampling.hpp"
#include "nn/instantiate.hpp"

namespace lanewise {

Config ConfigConversion<Margins>::to(const Margins& value) {
  const Padding& padding = value.padding();
  return to_config(std::pair(std::pair(padding.top(), padding.bottom()),
                             std::pair(padding.left(), padding.right())));
}

Margins ConfigConversion<Margins>::from(const Config& config, const ConfigPath& path) {
  if (const auto* all = config.get_if<std::int64_t>()) return *all;
  const auto* list = config.get_if<Config::List>();
  if (list && !list->empty() && list->front().get_if<std::int64_t>()) {
    const auto [rows, columns] = from_config<std::pair<Index, Index>>(config, path);
    return {rows, columns};
  }
  using Pair = std::pair<Index, Index>;
  const auto [rows, columns] = from_config<std::pair<Pair, Pair>>(config, path);
  return {rows, columns};
}

namespace {

void check_image(const Shape& input) {
  if (input.rank() != 3)
    throw ShapeError(fmt::format("got samples of shape {}, expected (height, width, channels)",
                                 to_string(input)));
}

void check_margins(const char* layer, const Padding& p) {
  if (std::min({p.top(), p.bottom(), p.left(), p.right()}) < 0)
    throw ArgumentError(
        fmt::format("{}: got ({}, {}) rows and ({}, {}) columns, expected at least 0", layer,
                    p.top(), p.bottom(), p.left(), p.right()));
}

template <class T>
class ZeroPaddingInstance final : public SingleInputLayer<T> {
 public:
  explicit ZeroPaddingInstance(const Padding& padding) : padding_(padding) {}

  Shape build(const Shape& input) override {
    check_image(input);
    return {padded(input[0], padding_.top(), padding_.bottom()),
            padded(input[1], padding_.left(), padding_.right()), input[2]};
  }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::zero_pad<T>(x, padding_, y);
  }

  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) ops::crop<T>(dy, padding_, dx);
  }

 private:
  static Index padded(Index size, Index before, Index after) {
    Index sum = 0;
    if (__builtin_add_overflow(size, before, &sum) || __builtin_add_overflow(sum, after, &sum))
      throw ShapeError(fmt::format("{} pixels with {} before and {} after are too many to count",
                                   size, before, after));
    return sum;
  }

  Padding padding_;
};

template <class T>
class CroppingInstance final : public SingleInputLayer<T> {
 public:
  explicit CroppingInstance(const Padding& cropping) : cropping_(cropping) {}

  Shape build(const Shape& input) override {
    check_image(input);
    const auto left = [](Index size, Index before, Index after) {
      return before < size && after < size - before ? size - before - after : 0;
    };
    const Shape output{left(input[0], cropping_.top(), cropping_.bottom()),
                       left(input[1], cropping_.left(), cropping_.right()), input[2]};
    if (output[0] == 0 || output[1] == 0)
      throw ShapeError(fmt::format(
          "got samples of shape {}, of which ({}, {}) rows and ({}, {}) columns leave nothing",
          to_string(input), cropping_.top(), cropping_.bottom(), cropping_.left(),
          cropping_.right()));
    return output;
  }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::crop<T>(x, cropping_, y);
  }

  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) ops::zero_pad<T>(dy, cropping_, dx);
  }

 private:
  Padding cropping_;
};

template <class T>
class UpSamplingInstance final : public SingleInputLayer<T> {
 public:
  explicit UpSamplingInstance(const UpSampling2D& layer)
      : size_(layer.size), interpolation_(layer.interpolation) {}

  Shape build(const Shape& input) override {
    check_image(input);
    return {Shape{input[0], size_.height}.size(), Shape{input[1], size_.width}.size(), input[2]};
  }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::upsample<T>(x, size_, interpolation_, y);
  }

  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) ops::upsample_backward<T>(dy, size_, interpolation_, dx);
  }

 private:
  Extent2D size_;
  Interpolation interpolation_;
};

template <class T>
class ReshapeInstance final : public SingleInputLayer<T> {
 public:
  explicit ReshapeInstance(const std::vector<Index>& sizes) : sizes_(sizes) {}

  bool reshapes_only() const override { return true; }

  Shape build(const Shape& input) override {
    std::vector<Index> sizes = sizes_;
    const auto open = std::find(sizes.begin(), sizes.end(), -1);
    if (open != sizes.end()) {
      *open = 1;
      const Index rest = Shape(sizes).size();
      *open = rest == 0 ? 0 : input.size() / rest;
    }
    const Shape output(sizes);
    if (output.size() != input.size())
      throw ShapeError(
          fmt::format("got samples of shape {}, which have not as many elements as ({})",
                      to_string(input), fmt::join(sizes_, ", ")));
    return output;
  }

  // Never called.
  void forward(TensorView<const T>, TensorView<T>, Scratch<T>, const Pass&) const override {}
  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T>, TensorView<T>,
                const Pass&) const override {}

 private:
  std::vector<Index> sizes_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> ZeroPadding2D::make() const {
  check_margins("ZeroPadding2D", padding.padding());
  return std::make_unique<ZeroPaddingInstance<T>>(padding.padding());
}

template <class T>
std::unique_ptr<LayerInstance<T>> Cropping2D::make() const {
  check_margins("Cropping2D", cropping.padding());
  return std::make_unique<CroppingInstance<T>>(cropping.padding());
}

template <class T>
std::unique_ptr<LayerInstance<T>> UpSampling2D::make() const {
  if (size.height < 1 || size.width < 1)
    throw ArgumentError(fmt::format("UpSampling2D: got a size of ({}, {}), expected at least 1",
                                    size.height, size.width));
  if (interpolation != Interpolation::nearest && interpolation != Interpolation::bilinear)
    throw ArgumentError(fmt::format("UpSampling2D: got an unknown Interpolation, {}",
                                    static_cast<int>(interpolation)));
  return std::make_unique<UpSamplingInstance<T>>(*this);
}

template <class T>
std::unique_ptr<LayerInstance<T>> Reshape::make() const {
  const auto below = [](Index size) { return size < -1; };
  if (std::count(shape.begin(), shape.end(), -1) > 1 ||
      std::any_of(shape.begin(), shape.end(), below))
    throw ArgumentError(
        fmt::format("Reshape: got ({}), expected sizes of at least 0 and one of -1 at most",
                    fmt::join(shape, ", ")));
  return std::make_unique<ReshapeInstance<T>>(shape);
}

LANEWISE_INSTANTIATE_MAKE(ZeroPadding2D)
LANEWISE_INSTANTIATE_MAKE(Cropping2D)
LANEWISE_INSTANTIATE_MAKE(UpSampling2D)
LANEWISE_INSTANTIATE_MAKE(Reshape)

}  // namespace lanewise
