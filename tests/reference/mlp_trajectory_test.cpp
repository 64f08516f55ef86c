// Fifty training steps of the course's network beside Keras in float64, recorded by
// tools/reference/mlp_trajectory.py: losses, norms of the final tensors and 2,000 of the final
// weights.
//
// In double the ReLU network follows to 1e-10. In float one ReLU that rounding puts on the other
// side of zero outweighs any honest bound, so there the network with tanh follows its own
// trajectory.
#include <string>

#include "lanewise/data/labels.hpp"
#include "lanewise/nn/sequential.hpp"
#include "reference/trajectory.hpp"

using namespace lanewise;

namespace {

struct Case {
  const char* name;
  Optimizer optimizer;
};

const Case kCases[] = {{"rmsprop", RMSprop{}},
                       {"adam", Adam{}},
                       {"sgd", SGD{.learning_rate = 0.01, .momentum = 0.9}},
                       {"adagrad", Adagrad{.learning_rate = 0.01}},
                       {"adadelta", Adadelta{.learning_rate = 1.0}}};

template <class T>
void follow(const std::string& activation, ActivationFunction hidden, double bound) {
  const test::FashionMnist data;
  const auto one_hot = [](const Tensor<std::int32_t>& labels) {
    return data::one_hot<T>(labels, 10);
  };
  for (const Case& optimizer : kCases) {
    BasicSequential<T> model{Dense{128, {.activation = hidden}}, Dense{128, {.activation = hidden}},
                             Dense{10, {.activation = softmax}}};
    model.build({784});
    model.compile({.optimizer = optimizer.optimizer, .loss = CategoricalCrossentropy{}});
    test::follow(model, data, {64, 784}, one_hot,
                 "mlp_trajectory/" + activation + "_" + optimizer.name, bound);
  }
}

}  // namespace

TEST_CASE("in double the ReLU network follows Keras to 1e-10", "[trajectory]") {
  follow<double>("relu", relu, 1e-10);
}

TEST_CASE("in double the tanh network follows Keras to 1e-10", "[trajectory]") {
  follow<double>("tanh", lanewise::tanh, 1e-10);
}

TEST_CASE("in float the tanh network follows Keras to 1e-5", "[trajectory]") {
  follow<float>("tanh", lanewise::tanh, 1e-5);
}
