#pragma once
/* \exercise small_network
The network of this chapter has 93,322 parameters. Make one of at most 2,000 that also takes images
of 28 x 28 x 1 and ends in ten probabilities. The program asks four things: at most 2,000
parameters; ten outputs; that they are probabilities; and that the network learns. For the last it
trains yours on ten kinds of small pictures, a horizontal bar at one of five heights or a vertical
one at one of five places, with noise. In forty passes over them, each of twenty steps, the loss has
to fall from about \f$\ln 10\f$ to below a half.

\hint
Count as section 2 does: where are the weights of a network, in its convolutions or in the first
dense layer behind them?

\hint
A dense layer is small when few numbers come into it. Large windows in large steps leave few:
`lanewise::MaxPooling2D{4}`, or a convolution with `.strides = 2` among its options.
*/
#include <small_network.hpp>  // yours, or the stub

#include <cmath>
#include <vector>

#include "support/exercise.hpp"

namespace small_network {

namespace lw = lanewise;
using lw::Index;
using Layers = std::vector<lw::Layer>;
using Function = Layers();

constexpr Index kImages = 200;

struct Bars {
  lw::Tensor<float> images{lw::Shape{kImages, 28, 28, 1}};
  lw::Tensor<std::int32_t> labels{lw::Shape{kImages}};

  Bars() {
    lw::fill_uniform<float>(images, 0, 0.5f, {.seed = 42});
    for (Index n = 0; n < kImages; ++n) {
      const Index label = n % 10, place = 2 + 5 * (label % 5) + n / 10 % 3;  // and a little aside
      labels[n] = static_cast<std::int32_t>(label);
      for (Index along = 2; along < 26; ++along)
        for (Index across = place; across < place + 2; ++across)
          (label < 5 ? images(n, across, along, 0) : images(n, along, across, 0)) = 1;
    }
  }
};

inline void check(tutorial::Judge& judge, Function& layers) {
  lw::Sequential model{lw::Input{{28, 28, 1}}};
  for (const lw::Layer& layer : layers()) model.add(layer);
  model.set_seed(42);
  model.compile(
      {.optimizer = lw::Adam{.learning_rate = 0.005}, .loss = lw::SparseCategoricalCrossentropy{}});
  model.build({28, 28, 1});
  judge.holds("at most 2000 parameters", model.parameter_count() <= 2000,
              fmt::format("{}", model.parameter_count()));
  judge.equal("the shape of the output", lw::Shape{10}, model.output_shape());

  const Bars bars;
  const lw::Tensor<float> answers = model.predict(bars.images);
  for (Index n = 0; n < kImages; ++n) {
    const auto row = answers.view().row(n);
    double sum = 0;
    for (const float p : row) sum += p;
    judge.holds(
        "ten probabilities: none below 0, and 1 in sum",
        *std::min_element(row.begin(), row.end()) >= 0 && std::abs(sum - 1) < 1e-5,
        fmt::format("from {:g} to {:g}, {:g} in sum", *std::min_element(row.begin(), row.end()),
                    *std::max_element(row.begin(), row.end()), sum));
  }
  const auto losses = model.fit(bars.images, bars.labels, {.epochs = 40, .batch_size = 10})["loss"];
  judge.holds(
      "a loss that falls below 0.5", losses.back() < 0.5,
      fmt::format("{:.4f} in the first pass, {:.4f} in the last", losses.front(), losses.back()));
}

inline Layers answer() {
  return {lw::Conv2D{6, {5, 5}, {.strides = 2, .activation = lw::relu}},
          lw::MaxPooling2D{},
          lw::Conv2D{8, {3, 3}, {.activation = lw::relu}},
          lw::MaxPooling2D{},
          lw::Flatten{},
          lw::Dense{10, {.activation = lw::softmax}}};
}

namespace wrong {

inline Layers too_large() {
  return {lw::Conv2D{8, {3, 3}, {.activation = lw::relu}}, lw::MaxPooling2D{}, lw::Flatten{},
          lw::Dense{10, {.activation = lw::softmax}}};
}

inline Layers no_softmax() {
  Layers layers = answer();
  layers.back() = lw::Dense{10};
  return layers;
}

inline Layers nine() {
  Layers layers = answer();
  layers.back() = lw::Dense{9, {.activation = lw::softmax}};
  return layers;
}

inline Layers blind() {
  return {lw::Conv2D{8, {3, 3}, {.activation = lw::relu}}, lw::GlobalAveragePooling2D{},
          lw::Dense{10, {.activation = lw::softmax}}};
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"small_network",
          check,
          yours::small_network,
          answer,
          {{"the dense layer is given every number of eight large maps", wrong::too_large},
           {"the last layer has no softmax", wrong::no_softmax},
           {"the last layer has nine units", wrong::nine},
           {"the network forgets where in the image something is", wrong::blind}}};
}

}  // namespace small_network
