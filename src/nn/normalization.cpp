// The layers that normalize.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lanewise/error.hpp"
#include "lanewise/nn/normalization_layers.hpp"
#include "lanewise/ops/normalization.hpp"
#include "nn/instantiate.hpp"
#include "nn/options.hpp"

namespace lanewise {
namespace {

// The last dimension of a layer's samples, which must not be empty.
Index last_dimension(const Shape& input) {
  if (input.rank() == 0 || input[-1] == 0)
    throw ShapeError(
        fmt::format("got samples of shape {}, expected at least one number in the last dimension",
                    to_string(input)));
  return input[-1];
}

void check_epsilon(double epsilon, std::string_view type) {
  if (!(epsilon >= 0 && std::isfinite(epsilon)))
    throw ArgumentError(
        fmt::format("{}: got an epsilon of {}, expected a number of at least 0", type, epsilon));
}

template <class T, class Options>
void check_affine(std::string_view type, const Options& options) {
  nn::check_initializer<T>(type, "gamma_initializer", options.gamma_initializer);
  nn::check_initializer<T>(type, "beta_initializer", options.beta_initializer);
}

// The leading dimensions and the batch as rows.
template <class T>
TensorView<T> matrix(TensorView<T> tensor, Index columns) {
  return tensor.reshape({tensor.size() / columns, columns});
}

// gamma and beta, each only if it is asked for.
template <class T, class Options>
class ScaleAndShift {
 public:
  explicit ScaleAndShift(const Options& options) : options_(options) {}

  std::vector<ParameterRequest> requests(Index columns) const {
    std::vector<ParameterRequest> list;
    if (options_.scale) list.push_back({"gamma", Shape{columns}, options_.gamma_initializer});
    if (options_.center) list.push_back({"beta", Shape{columns}, options_.beta_initializer});
    return list;
  }

  // Takes its own from the front of a layer's parameters and returns the others.
  std::span<const Parameter<T>> bind(std::span<const Parameter<T>> parameters) {
    for (auto [wanted, parameter] : {std::pair{options_.scale, &gamma}, {options_.center, &beta}}) {
      if (!wanted) continue;
      *parameter = parameters.front();
      parameters = parameters.subspan(1);
    }
    return parameters;
  }

  Parameter<T> gamma{}, beta{};  // empty if not asked for

 private:
  Options options_;
};

template <class T>
class BatchNormalizationInstance final : public SingleInputLayer<T> {
 public:
  explicit BatchNormalizationInstance(const BatchNormalizationOptions& options)
      : options_(options), affine_(options) {}

  bool overwrites_gradient() const override { return false; }

  Shape build(const Shape& input) override {
    channels_ = last_dimension(input);
    return input;
  }

  std::vector<ParameterRequest> parameters() const override {
    auto requests = affine_.requests(channels_);
    const auto running = [&](const char* name, const Initializer& initializer) {
      requests.push_back({.name = name,
                          .shape = Shape{channels_},
                          .initializer = initializer,
                          .trainable = false});
    };
    running("moving_mean", options_.moving_mean_initializer);
    running("moving_variance", options_.moving_variance_initializer);
    return requests;
  }

  void bind(std::span<const Parameter<T>> parameters) override {
    const auto running = affine_.bind(parameters);
    moving_mean_ = running[0].value;
    moving_variance_ = running[1].value;
  }

  // [moments]
  std::vector<ScratchRequest> scratch() const override {
    return {{"moments", {3, channels_}, std::nullopt}};
  }
  // [moments]

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T> scratch,
               const Pass& pass) const override {
    const TensorView<T> moments = scratch[0];
    const auto from = matrix(x, channels_);
    const auto to = matrix(y, channels_);
    if (!by_batch(pass)) {
      ops::batch_norm_inference<T>(from, affine_.gamma.value, affine_.beta.value, moving_mean_,
                                   moving_variance_, options_.epsilon, to);
      return;
    }
    ops::batch_norm_forward<T>(from, affine_.gamma.value, affine_.beta.value, options_.epsilon,
                               moments, to);
    if (pass.update_statistics)
      ops::update_moving_moments<T>(moments, options_.momentum, moving_mean_, moving_variance_);
  }

  void backward(TensorView<const T> x, TensorView<const T>, Scratch<T> scratch, TensorView<T> dy,
                TensorView<T> dx, const Pass& pass) const override {
    const TensorView<T> moments = scratch[0];
    if (!by_batch(pass)) {
      std::copy(moving_mean_.begin(), moving_mean_.end(), moments.row(0).begin());
      std::fill(moments.row(1).begin(), moments.row(1).end(), T(0));
      std::copy(moving_variance_.begin(), moving_variance_.end(), moments.row(2).begin());
    }
    ops::batch_norm_backward<T>(
        matrix(x, channels_), affine_.gamma.value, moments, options_.epsilon, matrix(dy, channels_),
        dx.empty() ? dx : matrix(dx, channels_), affine_.gamma.gradient, affine_.beta.gradient,
        by_batch(pass) ? ops::Moments::of_batch : ops::Moments::constant);
  }

 private:
  // Frozen, it is what it has become, in training too, as in Keras.
  static bool by_batch(const Pass& pass) { return pass.training && pass.trainable; }

  BatchNormalizationOptions options_;
  Index channels_ = 0;
  ScaleAndShift<T, BatchNormalizationOptions> affine_;
  TensorView<T> moving_mean_, moving_variance_;
};

template <class T>
class LayerNormalizationInstance final : public SingleInputLayer<T> {
 public:
  explicit LayerNormalizationInstance(const LayerNormalizationOptions& options)
      : epsilon_(options.epsilon), affine_(options) {}

  bool overwrites_gradient() const override { return false; }

  Shape build(const Shape& input) override {
    columns_ = last_dimension(input);
    rows_per_sample_ = input.size() / columns_;
    return input;
  }

  std::vector<ParameterRequest> parameters() const override { return affine_.requests(columns_); }
  void bind(std::span<const Parameter<T>> parameters) override { affine_.bind(parameters); }

  std::vector<ScratchRequest> scratch() const override {
    return {{"moments", {3, rows_per_sample_}, 1}};
  }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T> scratch,
               const Pass&) const override {
    ops::layer_norm_forward<T>(matrix(x, columns_), affine_.gamma.value, affine_.beta.value,
                               epsilon_, scratch[0], matrix(y, columns_));
  }

  void backward(TensorView<const T> x, TensorView<const T>, Scratch<T> scratch, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    ops::layer_norm_backward<T>(matrix(x, columns_), affine_.gamma.value, scratch[0], epsilon_,
                                matrix(dy, columns_), dx.empty() ? dx : matrix(dx, columns_),
                                affine_.gamma.gradient, affine_.beta.gradient);
  }

 private:
  double epsilon_;
  Index columns_ = 0, rows_per_sample_ = 0;
  ScaleAndShift<T, LayerNormalizationOptions> affine_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> BatchNormalization::make() const {
  check_epsilon(options.epsilon, "BatchNormalization");
  if (!(options.momentum >= 0 && options.momentum <= 1))
    throw ArgumentError(fmt::format(
        "BatchNormalization: got a momentum of {}, expected one in [0, 1]", options.momentum));
  check_affine<T>("BatchNormalization", options);
  nn::check_initializer<T>("BatchNormalization", "moving_mean_initializer",
                           options.moving_mean_initializer);
  nn::check_initializer<T>("BatchNormalization", "moving_variance_initializer",
                           options.moving_variance_initializer);
  return std::make_unique<BatchNormalizationInstance<T>>(options);
}

template <class T>
std::unique_ptr<LayerInstance<T>> LayerNormalization::make() const {
  check_epsilon(options.epsilon, "LayerNormalization");
  check_affine<T>("LayerNormalization", options);
  return std::make_unique<LayerNormalizationInstance<T>>(options);
}

LANEWISE_INSTANTIATE_MAKE(BatchNormalization)
LANEWISE_INSTANTIATE_MAKE(LayerNormalization)

}  // namespace lanewise
