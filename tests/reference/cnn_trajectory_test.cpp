// Thirty training steps of the course's CNN, Listing 4.4, beside Keras in float64, recorded by
// tools/reference/cnn_trajectory.py: losses, norms of the final tensors and 2,000 of the final
// weights.
//
// In double the network with ReLU and maximum pooling follows to 1e-10, although every empty
// background is a tie of all its pixels. In float one ReLU or maximum that rounding puts on the
// other side outweighs any honest bound, so there the network with tanh and average pooling follows
// its own trajectory.
#include <string>

#include "lanewise/nn/sequential.hpp"
#include "reference/trajectory.hpp"

using namespace lanewise;

namespace {

template <class T>
void follow(const std::string& name, ActivationFunction activation, const Layer& pooling,
            double bound) {
  BasicSequential<T> model{
      Conv2D{32, {3, 3}, {.activation = activation}}, pooling,
      Conv2D{64, {3, 3}, {.activation = activation}}, pooling,
      Conv2D{64, {3, 3}, {.activation = activation}}, Flatten{},
      Dense{64, {.activation = activation}},          Dense{10, {.activation = softmax}}};
  model.build({28, 28, 1});
  model.compile({.optimizer = Adam{}, .loss = SparseCategoricalCrossentropy{}});
  const auto as_they_are = [](const Tensor<std::int32_t>& labels) { return labels.view(); };
  test::follow(model, test::FashionMnist(), {32, 28, 28, 1}, as_they_are, "cnn_trajectory/" + name,
               bound);
}

}  // namespace

TEST_CASE("in double the CNN follows Keras to 1e-10", "[trajectory]") {
  follow<double>("relu_max", relu, MaxPooling2D{}, 1e-10);
}

TEST_CASE("in double the CNN with tanh and average pooling follows Keras to 1e-10",
          "[trajectory]") {
  follow<double>("tanh_average", lanewise::tanh, AveragePooling2D{}, 1e-10);
}

TEST_CASE("in float the CNN with tanh and average pooling follows Keras to 1e-5", "[trajectory]") {
  follow<float>("tanh_average", lanewise::tanh, AveragePooling2D{}, 1e-5);
}
