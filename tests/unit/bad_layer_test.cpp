// What layers refuse, and how they say it: samples, sizes that cannot be counted, options.
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"

using namespace lanewise;
using test::throws;

namespace {

// A layer, what its messages begin with, and samples that it takes.
struct Layered {
  Layer layer;
  const char* who;
  Shape good;
};

std::vector<Layered> every_layer() {
  const Shape image{6, 5, 4};
  return {
      {Dense{4}, "dense (Dense)", image},
      {Activation{softmax}, "activation (Activation)", image},
      {Activation{relu}, "activation (Activation)", image},
      {Flatten{}, "flatten (Flatten)", image},
      {Dropout{0.5}, "dropout (Dropout)", image},
      {GaussianNoise{0.5}, "gaussian_noise (GaussianNoise)", image},
      {Conv2D{4, 3}, "conv2d (Conv2D)", image},
      {Conv2D{4, {2, 1}, {.strides = {1, 2}, .padding = Padding::same, .groups = 2}},
       "conv2d (Conv2D)", image},
      {Conv1D{4, 3}, "conv1d (Conv1D)", {6, 4}},
      {Conv2DTranspose{4, 3, {.strides = 2}}, "conv2d_transpose (Conv2DTranspose)", image},
      {DepthwiseConv2D{3, {.depth_multiplier = 4}}, "depthwise_conv2d (DepthwiseConv2D)", image},
      {MaxPooling2D{}, "max_pooling2d (MaxPooling2D)", image},
      {AveragePooling2D{3}, "average_pooling2d (AveragePooling2D)", image},
      {L2Pooling2D{2, {.padding = Padding::same}}, "l2_pooling2d (L2Pooling2D)", image},
      {GlobalAveragePooling2D{}, "global_average_pooling2d (GlobalAveragePooling2D)", image},
      {GlobalMaxPooling2D{}, "global_max_pooling2d (GlobalMaxPooling2D)", image},
      {BatchNormalization{}, "batch_normalization (BatchNormalization)", image},
      {LayerNormalization{}, "layer_normalization (LayerNormalization)", image},
      {ZeroPadding2D{3}, "zero_padding2d (ZeroPadding2D)", image},
      {UpSampling2D{4}, "up_sampling2d (UpSampling2D)", image},
      {Reshape{{2, -1}}, "reshape (Reshape)", image},
      {Reshape{{4, 5, 6}}, "reshape (Reshape)", image}};
}

constexpr Index kHuge = Index{1} << 40;

}  // namespace

TEST_CASE("every layer takes every sample, or says who refuses what", "[bad-input]") {
  const std::vector<Shape> samples{{},
                                   {1},
                                   {7},
                                   {5, 4},
                                   {1, 1},
                                   {6, 5, 4},
                                   {6, 5, 3},
                                   {1, 1, 4},
                                   {1, 1, 1},
                                   {2, 2, 2, 4},
                                   {1, 1, 1, 1, 1, 1, 2},
                                   {0},
                                   {4, 0},
                                   {0, 5, 4},
                                   {6, 0, 4},
                                   {6, 5, 0},
                                   {kHuge, kHuge >> 18, 1},
                                   {kHuge << 21},
                                   {1, kHuge << 21},
                                   {1, 1, kHuge << 21}};
  for (const auto& [layer, who, good] : every_layer())
    for (const Shape& sample : samples) {
      CAPTURE(who, to_string(sample));
      Sequential model{layer};
      const bool fits = sample.size() < 1000;
      std::string message;
      try {
        if (fits) {
          const Tensor<float> x(sample.with_outer(2));
          const Tensor<float> y = model.predict(x);
          CHECK(y.shape() == model.output_shape().with_outer(2));
        } else {
          model.build(sample);
        }
      } catch (const ShapeError& error) {
        message = error.what();
      } catch (const ArgumentError& error) {
        message = error.what();
      }
      CHECK(model.is_built() == message.empty());
      if (message.empty()) continue;
      CAPTURE(message);
      CHECK(message.find(who) != message.npos);
      CHECK(message.find(who) == message.rfind(who));  // said once
      CHECK((!fits || message.find(to_string(sample.with_outer(2))) != message.npos));
      model.build(good);
      CHECK(model.input_shape() == good);
    }
}

namespace {

// A user's layer that knows nothing of names, and has an output, a parameter or a scratch of 2^40
// elements for each that it gets, or a scratch that grows in a dimension which it has not.
enum class Large { output, parameter, scratch, nowhere };

template <class T>
class EnlargingInstance final : public SingleInputLayer<T> {
 public:
  explicit EnlargingInstance(Large large) : large_(large) {}
  Shape build(const Shape& input) override {
    input_ = input;
    return large_ == Large::output ? input.with_outer(kHuge) : input;
  }
  std::vector<ParameterRequest> parameters() const override {
    if (large_ != Large::parameter) return {};
    return {{"all", input_.with_outer(kHuge)}};
  }
  std::vector<ScratchRequest> scratch() const override {
    if (large_ == Large::nowhere) return {{"all", {1, 2}, 3}};
    if (large_ != Large::scratch) return {};
    return {{"all", {1, 2 * kHuge}}};
  }
  void forward(TensorView<const T>, TensorView<T>, Scratch<T>, const Pass&) const override {}
  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T>, TensorView<T>,
                const Pass&) const override {}

 private:
  Large large_;
  Shape input_;
};

struct Enlarging {
  Large large;
  LANEWISE_LAYER(Enlarging, large);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Enlarging::make() const {
  return std::make_unique<EnlargingInstance<T>>(large);
}

}  // namespace

TEST_CASE("sizes that overflow name the layer", "[bad-input]") {
  throws<ShapeError>(
      [] {
        Sequential{Dense{1}, Dense{kHuge}}.build({kHuge >> 10, 1});
      },
      {"dense_1 (Dense): got samples of shape (1073741824, 1): ", "more elements"});
  throws<ShapeError>(
      [] {
        Sequential{Dense{kHuge}, Dense{kHuge}}.build({1});
      },
      {"dense_1 (Dense)", "(1099511627776,)", "(1099511627776, 1099511627776)"});
  throws<ShapeError>(
      [] {
        Sequential{Input{{1, 2}}, Reshape{{kHuge, kHuge}}}.summary();
      },
      {"reshape (Reshape)", "(1099511627776, 1099511627776)"});
  throws<ShapeError>(
      [] {
        Sequential{Reshape{{1, 1, 1, 1, 1, 1, 1, 2}}}.build({2});
      },
      {"reshape (Reshape)", "9 dimensions"});
  // A parameter that can be counted, but not be had, and what a batch makes of a layer.
  throws<ShapeError>([] { Sequential{Dense{kHuge << 21}}.build({1}); },
                     {"dense (Dense)", "kernel", "(1, 2305843009213693952)"});
  for (const Large large : {Large::output, Large::parameter}) {
    Sequential twice{Enlarging{large}, Enlarging{large}};
    throws<ShapeError>(
        [&] { twice.build({kHuge >> 10}); },
        {"enlarging (Enlarging): got samples of shape (1073741824,): ", "more elements"});
    CHECK_FALSE(twice.is_built());
  }
  const Tensor<float> x({1 << 20, 1, 1, 1});
  const UpSampling2D enlarge{{Index{1} << 31, Index{1} << 12}};
  const Sequential outputs{enlarge, Conv2D{1, 1, {.activation = gelu}}, GlobalMaxPooling2D{}};
  throws<ShapeError>([&] { outputs.predict(x, 1 << 20); },
                     {"up_sampling2d (UpSampling2D): a batch of 1048576"});
  throws<ShapeError>([&] { Sequential{Enlarging{Large::scratch}}.predict(x, 1 << 20); },
                     {"enlarging (Enlarging): a batch of 1048576", "its all"});
  throws<ShapeError>([] { Sequential{Enlarging{Large::nowhere}}.build({1}); },
                     {"enlarging (Enlarging): ", "(1, 2)", "no axis 3"});
  throws<ShapeError>([&] { Sequential{enlarge}.predict(x, 1); },
                     {"predict: the predictions", "(1048576, 2147483648, 4096, 1)"});
}

TEST_CASE("samples of no elements are refused before the model is built", "[bad-input]") {
  const Tensor<float> x(Shape{6, 0});
  for (const Layer& layer :
       {Layer(Flatten{}), Layer(Activation{relu}), Layer(Dropout{}), Layer(GaussianNoise{})}) {
    Sequential model{layer};
    model.compile({.loss = MeanSquaredError{}});
    throws<ShapeError>([&] { model.fit(x, x); }, {"fit", "(0,)", "dimension of 0"});
    throws<ShapeError>([&] { model.build(Shape{2, 0}); }, {"(2, 0)"});
    CHECK_FALSE(model.is_built());
  }
}

TEST_CASE("options of layers are checked when they are added", "[bad-input]") {
  const double nan = std::nan("");
  const ActivationFunction falling{ActivationKind::leaky_relu, -1};
  const ActivationFunction unknown{static_cast<ActivationKind>(99)};
  const Initializer bad = Constant{nan};
  const auto refused = [](Layer layer, std::initializer_list<const char*> parts) {
    throws<ArgumentError>([&] { Sequential{layer}; }, parts);
  };
  refused(Dense{0}, {"Dense", "0 units"});
  refused(Dropout{1.0}, {"Dropout", "1"});
  refused(Dropout{nan}, {"Dropout"});
  for (const double stddev : {-1.0, nan, 1e39})  // finite in double alone
    refused(GaussianNoise{stddev}, {"GaussianNoise", "stddev"});
  refused(Input{{28, 0}}, {"Input", "(28, 0)"});
  throws<ArgumentError>([] { Sequential({Dense{1}, Input{{3}}}); }, {"Input", "first"});
  refused(Activation{falling}, {"Activation: ", "leaky_relu", "-1"});
  refused(Activation{{ActivationKind::elu, nan}}, {"Activation: ", "elu", "nan"});
  refused(Activation{unknown}, {"Activation: ", "ActivationKind", "99"});
  refused(Dense{1, {.activation = falling}}, {"Dense: ", "-1"});
  refused(Conv2D{1, 1, {.activation = falling}}, {"Conv2D: ", "-1"});
  refused(Conv1D{1, 1, {.activation = falling}}, {"Conv1D: ", "-1"});
  refused(DepthwiseConv2D{1, {.activation = falling}}, {"DepthwiseConv2D: ", "-1"});
  refused(Conv2DTranspose{1, 1, {.activation = falling}}, {"Conv2DTranspose: ", "-1"});
  refused(Dense{1, {.kernel_initializer = bad}}, {"Dense: kernel_initializer: Constant", "nan"});
  refused(Dense{1, {.bias_initializer = RandomNormal{0, -1}}}, {"bias_initializer", "-1"});
  refused(Conv2D{1, 1, {.bias_initializer = bad}}, {"Conv2D: bias_initializer: Constant", "nan"});
  refused(Conv1D{1, 1, {.kernel_initializer = bad}}, {"Conv1D: kernel_initializer"});
  refused(Conv2DTranspose{1, 1, {.kernel_initializer = bad}},
          {"Conv2DTranspose: kernel_initializer"});
  refused(DepthwiseConv2D{1, {.depthwise_initializer = bad}}, {"Conv2D: depthwise_initializer"});
  refused(BatchNormalization{{.beta_initializer = bad}}, {"BatchNormalization: beta_initializer"});
  refused(BatchNormalization{{.moving_variance_initializer = bad}},
          {"moving_variance_initializer"});
  refused(LayerNormalization{{.gamma_initializer = bad}},
          {"LayerNormalization: gamma_initializer"});
  refused(Conv2D{1, {0, 3}}, {"Conv2D: ", "kernel", "(0, 3)"});
  refused(Conv1D{1, 1, {.strides = 0}}, {"Conv1D: ", "strides"});
  refused(DepthwiseConv2D{1, {.dilation_rate = -1}}, {"DepthwiseConv2D: ", "dilation"});
  refused(Conv2DTranspose{1, 1, {.strides = 0}}, {"Conv2DTranspose: ", "strides"});
  refused(Conv2D{1, 1, {.padding = {0, -1, 0, 0}}}, {"Conv2D: ", "padding", "-1"});
  refused(MaxPooling2D{0}, {"MaxPooling2D: ", "kernel"});
  refused(AveragePooling2D{2, {.strides = 0}}, {"AveragePooling2D: ", "strides"});
  refused(L2Pooling2D{2, {.padding = {-1, 0, 0, 0}}}, {"L2Pooling2D: ", "padding"});
  refused(UpSampling2D{2, static_cast<Interpolation>(7)}, {"UpSampling2D: ", "Interpolation", "7"});
}
