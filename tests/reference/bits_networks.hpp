#pragma once
// The networks whose bits are compared: the course's, small ones of convolutions, and one that has
// every layer. Between them they take every path of the kernels: rows shorter and longer than a
// register, sums in one block and in several, pixels that fill no register.
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lanewise/data/labels.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/random.hpp"

namespace lanewise::test {

// A model, one step of its training on numbers that depend on the step alone, and its predictions
// on others.
template <class T>
struct BitsNetwork {
  BasicModel<T> model;
  std::function<double(BasicModel<T>&, std::uint64_t step)> train;
  std::function<std::vector<Tensor<T>>(const BasicModel<T>&)> predict;
};

constexpr std::uint64_t kPredicted = 1000;  // the step whose numbers are predicted

template <class T>
Tensor<T> normal_numbers(const Shape& shape, std::uint64_t step, std::uint64_t kind = 0) {
  Tensor<T> values(shape);
  fill_normal<T>(values, T(0), T(1), {kind, step});
  return values;
}

// Whole numbers from 0 to count - 1.
template <class T>
Tensor<T> whole_numbers(const Shape& shape, int count, std::uint64_t step, std::uint64_t kind) {
  Tensor<float> uniform(shape);
  fill_uniform<float>(uniform, 0.0f, static_cast<float>(count), {kind, step});
  Tensor<T> values(shape);
  for (Index i = 0; i < values.size(); ++i)
    values[i] = static_cast<T>(static_cast<int>(uniform[i]));
  return values;
}

template <class T>
Tensor<T> one_hot_numbers(Index count, int classes, std::uint64_t step, std::uint64_t kind) {
  return data::one_hot<T>(whole_numbers<std::int32_t>({count}, classes, step, kind), classes);
}

// Chapter 04's network with dropout, as chapter 13's are.
template <class T>
BitsNetwork<T> mlp_network() {
  BasicSequential<T> model{Dense{128, {.activation = relu}}, Dropout{0.5},
                           Dense{128, {.activation = relu}}, Dropout{0.2},
                           Dense{10, {.activation = softmax}}};
  model.build({784});
  model.compile({.optimizer = RMSprop{}, .loss = CategoricalCrossentropy{}});
  return {std::move(model),
          [](BasicModel<T>& m, std::uint64_t step) {
            return m.train_on_batch(normal_numbers<T>({64, 784}, step),
                                    one_hot_numbers<T>(64, 10, step, 1));
          },
          [](const BasicModel<T>& m) {
            return m.predict_all(normal_numbers<T>({50, 784}, kPredicted));
          }};
}

// Convolutions of either algorithm, with batch normalization.
template <class T>
BitsNetwork<T> cnn_network() {
  BasicSequential<T> model{
      Conv2D{16, 3, {.activation = relu}},
      BatchNormalization{},
      Conv2D{24, 3, {.padding = Padding::same, .algorithm = ConvolutionAlgorithm::winograd}},
      BatchNormalization{},
      Activation{relu},
      MaxPooling2D{},
      Conv2D{32, 3, {.padding = Padding::same, .algorithm = ConvolutionAlgorithm::direct}},
      BatchNormalization{},
      Activation{relu},
      Conv2D{32, 3, {.activation = relu, .algorithm = ConvolutionAlgorithm::winograd}},
      Flatten{},
      Dense{10, {.activation = softmax}}};
  model.build({14, 12, 3});
  model.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
  return {std::move(model),
          [](BasicModel<T>& m, std::uint64_t step) {
            return m.train_on_batch(normal_numbers<T>({7, 14, 12, 3}, step),
                                    whole_numbers<std::int32_t>({7}, 10, step, 1));
          },
          [](const BasicModel<T>& m) {
            return m.predict_all(normal_numbers<T>({5, 14, 12, 3}, kPredicted));
          }};
}

// Every layer, activation, loss and optimizer. The optimizers follow each other.
template <class T>
class EveryLayer {
 public:
  static BitsNetwork<T> network() {
    return {model(),
            [](BasicModel<T>& m, std::uint64_t step) {
              // Steps count from 1; the tenth is the last of the second optimizer.
              if (step % 5 == 1) m.compile(options(step / 5));
              return m.train_on_batch(inputs(9, step), targets(9, step));
            },
            [](const BasicModel<T>& m) { return m.predict_all(inputs(11, kPredicted)); }};
  }

 private:
  static InputList<T> inputs(Index count, std::uint64_t step) {
    static Tensor<T> images, words;
    images = normal_numbers<T>({count, 8, 8, 4}, step);
    words = whole_numbers<T>({count, 6}, 50, step, 1);
    return {images, words};
  }

  static TargetList<T> targets(Index count, std::uint64_t step) {
    static Tensor<T> classes, values, bits;
    static Tensor<std::int32_t> labels;
    classes = one_hot_numbers<T>(count, 10, step, 2);
    labels = whole_numbers<std::int32_t>({count}, 37, step, 3);
    values = normal_numbers<T>({count, 3}, step, 4);
    bits = whole_numbers<T>({count, 5}, 2, step, 5);
    return {classes, labels, values, bits, classes, bits};
  }

  static CompileOptions options(std::uint64_t turn) {
    static const std::vector<Optimizer> optimizers{
        SGD{.learning_rate = 0.01, .momentum = 0.9},
        RMSprop{.learning_rate = 0.001, .momentum = 0.5, .centered = true},
        Adam{.learning_rate = 0.001},
        Adagrad{.learning_rate = 0.01},
        Adadelta{.learning_rate = 1.0},
        AdamW{.learning_rate = 0.001},
        RMSprop{.learning_rate = 0.001},
        SGD{.learning_rate = 0.01},
        SGD{.learning_rate = 0.01, .momentum = 0.9, .nesterov = true}};
    static const std::vector<Loss> of_values{MeanSquaredError{}, Huber{}, MeanAbsoluteError{},
                                             SumSquaredError{}};
    return {
        .optimizer = optimizers[turn % optimizers.size()],
        .losses = {CategoricalCrossentropy{}, SparseCategoricalCrossentropy{.from_logits = true},
                   of_values[turn % of_values.size()], BinaryCrossentropy{},
                   CategoricalCrossentropy{.from_logits = true},
                   BinaryCrossentropy{.from_logits = true}}};
  }

  static Value of_images(const Value& image) {
    const Value stem = image | ZeroPadding2D{1} | Conv2D{16, 3, {.activation = relu}};
    const Value wide =
        stem |
        Conv2D{24, 3, {.padding = Padding::same, .algorithm = ConvolutionAlgorithm::winograd}} |
        BatchNormalization{} | MaxPooling2D{};
    const Value deep =
        stem | DepthwiseConv2D{3, {.strides = 2, .padding = Padding::same, .activation = elu}} |
        Conv2D{24, 1, {.activation = gelu}};
    const Value grouped =
        stem |
        Conv2D{24,
               3,
               {.strides = 2, .padding = Padding::same, .groups = 2, .activation = lanewise::tanh}};
    const Value sums = average(add(wide, deep), subtract(wide, grouped));
    const Value merged = add(multiply(maximum(sums, grouped), minimum(sums, deep)), wide);

    const Value smooth =
        merged | UpSampling2D{2, Interpolation::bilinear} | Cropping2D{{{1, 2}, {2, 1}}} |
        DepthwiseConv2D{5, {.padding = Padding::same, .depth_multiplier = 2, .activation = relu}} |
        LayerNormalization{} | GlobalAveragePooling2D{};
    const Value transposed =
        merged | Conv2DTranspose{7, 3, {.strides = 2, .activation = leaky_relu}} |
        AveragePooling2D{{3, 2}, {.padding = Padding::same}} | UpSampling2D{{1, 2}} |
        L2Pooling2D{2, {.strides = 1}} | Flatten{} | LayerNormalization{};
    return concatenate({smooth, transposed, merged | GlobalMaxPooling2D{}});
  }

  static Value of_words(const Value& words) {
    return words | Embedding{50, 19} | Permute{{2, 1}} | Softmax{1} |
           Conv1D{20, 3, {.padding = Padding::same, .activation = softplus}} |
           LayerNormalization{} | GaussianNoise{0.1} | Reshape{{-1}} |
           Dense{21, {.activation = sigmoid, .kernel_regularizer = {.l1 = 1e-4, .l2 = 1e-3}}} |
           ActivityRegularization{1e-4, 1e-3} | RepeatVector{2} | Flatten{} | Dropout{0.2};
  }

  static BasicModel<T> model() {
    const Value image = input({8, 8, 4}), words = input({6});
    const Value head = concatenate(of_images(image), of_words(words)) |
                       Dense{40, {.activation = lanewise::tanh}} | BatchNormalization{};
    return BasicModel<T>{{image, words},
                         {head | Dense{10, {.activation = softmax}}, head | Dense{37},
                          head | Dense{3}, head | Dense{5, {.activation = sigmoid}},
                          head | Dense{10, {.activation = log_softmax}}, head | Dense{5}}};
  }
};

}  // namespace lanewise::test
