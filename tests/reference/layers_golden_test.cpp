// Layers of several inputs and those that move elements, and labels for every step and pixel, in
// double against Keras (tests/golden/ops/layers, made by tools/reference/layers.py).
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lanewise/nn/sequential.hpp"
#include "lanewise/ops/loss.hpp"
#include "reference/golden.hpp"
#include "support/integer_formula.hpp"

using namespace lanewise;
using nlohmann::json;

namespace {

Shape shape_of(const json& sizes) {
  return Shape(sizes.get<std::vector<Index>>());
}

double integer(std::uint32_t stream, Index i, Index count) {
  return std::floor(test::unit(stream, i) * static_cast<double>(count));
}

Layer layer_of(const json& test) {
  const std::string name = test.at("layer");
  const json config = test.value("config", json::object());
  if (name == "Add") return Add{};
  if (name == "Subtract") return Subtract{};
  if (name == "Multiply") return Multiply{};
  if (name == "Average") return Average{};
  if (name == "Maximum") return Maximum{};
  if (name == "Minimum") return Minimum{};
  if (name == "Concatenate") return Concatenate{config.value("axis", -1)};
  if (name == "Permute") return Permute{config.at("dims").get<std::vector<int>>()};
  if (name == "RepeatVector") return RepeatVector{config.at("n")};
  if (name == "Softmax") return Softmax{config.value("axis", -1)};
  if (name == "Embedding") return Embedding{config.at("input_dim"), config.at("output_dim")};
  REQUIRE(name == "Cropping2D");
  const auto cropping = config.at("cropping").get<std::vector<std::pair<Index, Index>>>();
  return Cropping2D{{cropping[0], cropping[1]}};
}

std::vector<Tensor<double>> inputs_of(const json& test) {
  std::vector<Tensor<double>> inputs;
  for (const json& sizes : test.at("inputs")) {
    const auto stream = static_cast<std::uint32_t>(300 + inputs.size());
    Tensor<double>& x = inputs.emplace_back(test::numbers<double>(shape_of(sizes), stream));
    for (Index i = 0; i < x.size(); ++i) {
      if (test.value("ties", false)) x[i] = std::nearbyint(2 * x[i]) / 2;
      if (test.value("loss", "") == "probabilities") x[i] = 0.5 + 0.4 * x[i];
      if (test.value("layer", "") == "Embedding")
        x[i] = integer(stream, i, test.at("config").at("input_dim"));
    }
  }
  return inputs;
}

// What Keras has for each of the results, by name.
class Expected {
 public:
  explicit Expected(const json& test) : test_(test) {}
  void check(const std::string& result, TensorView<const double> got) const {
    static const Tensor<double> all = test::golden("layers/layers");
    INFO(result);
    Index begin = test_.at("begin");
    for (const char* name : {"y", "d0", "d1", "d2", "d3"}) {
      const Shape shape = shape_of(test_.at("results").at(name));
      if (result == name)
        return test::check_close(
            got, TensorView<const double>(all.data() + begin, Shape{shape.size()}).reshape(shape));
      begin += shape.size();
    }
  }

 private:
  const json& test_;
};

void check_loss(const json& test) {
  const Tensor<double> x = inputs_of(test)[0];
  const std::vector<Index> sizes(x.shape().sizes().begin(), x.shape().sizes().end() - 1);
  Tensor<std::int32_t> labels((Shape(sizes)));
  for (Index i = 0; i < labels.size(); ++i)
    labels[i] = static_cast<std::int32_t>(integer(330, i, x.shape()[-1]));
  Tensor<double> dx(x.shape()), value(Shape{1});
  value[0] = test.at("loss") == "logits"
                 ? ops::sparse_categorical_crossentropy_from_logits<double>(x, labels, dx)
                 : ops::sparse_categorical_crossentropy<double>(x, labels, dx);
  Expected(test).check("y", value);
  Expected(test).check("d0", dx);
}

void check_layer(const json& test) {
  const std::vector<Tensor<double>> inputs = inputs_of(test);
  std::vector<Shape> samples;
  std::vector<TensorView<const double>> x;
  std::vector<Tensor<double>> gradients;
  for (const Tensor<double>& input : inputs) {
    samples.push_back(input.shape().inner());
    x.emplace_back(input);
    gradients.emplace_back(input.shape());
  }
  std::vector<TensorView<double>> dx(gradients.begin(), gradients.end());

  const auto layer = layer_of(test).make<double>();
  Tensor<double> y(layer->build_all(samples).with_outer(x[0].shape()[0]));
  std::vector<Tensor<double>> weights;
  for (const ParameterRequest& request : layer->parameters()) {
    weights.push_back(test::numbers<double>(request.shape, 310));
    gradients[0] = Tensor<double>(request.shape);
    const Parameter<double> parameter{request.name, weights.back(), gradients[0]};
    layer->bind(std::span(&parameter, 1));
    dx[0] = {};  // whole numbers have no gradient
  }
  layer->forward_all(x, y, {}, {});
  Tensor<double> dy = test::numbers<double>(y.shape(), 320);
  layer->backward_all(x, y, {}, dy, dx, {});
  Expected(test).check("y", y);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    Expected(test).check("d" + std::to_string(i), gradients[i]);
}

}  // namespace

TEST_CASE("layers of several inputs, moved elements, and labels by the step against Keras",
          "[golden]") {
  std::ifstream file(std::string(LANEWISE_GOLDEN_DIR) + "/ops/layers/layers.json");
  const json content = json::parse(file);
  for (const auto& [name, test] : content.at("cases").items()) {
    INFO(name);
    test.contains("loss") ? check_loss(test) : check_layer(test);
  }
}
