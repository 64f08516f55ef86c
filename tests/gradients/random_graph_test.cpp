// Models that nobody would draw: values read several times or by nobody but the loss, outputs
// inside of the graph, one layer used again and again, a value merged with itself, and layers that
// only rename it. Each is compared with the same formulas evaluated node by node, which shares no
// memory, and passes gradient_check().
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/nn/gradient_check.hpp"
#include "support/catch.hpp"
#include "support/integer_formula.hpp"

using namespace lanewise;

namespace {

constexpr Index kBatch = 3;

// A small number of draws from the integer formula.
class Draw {
 public:
  explicit Draw(std::uint32_t stream) : stream_(stream) {}
  std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>(test::unit(stream_, next_++) * static_cast<double>(bound));
  }

 private:
  std::uint32_t stream_;
  Index next_ = 0;
};

enum class Kind { input, dense, flatten, sigmoid, add, subtract, multiply, average, concatenate };

struct Node {
  Kind kind;
  std::vector<std::size_t> from;
  Index width;
  std::string layer;  // of a dense one: where its weights are
  Value value;
};

class RandomGraph {
 public:
  explicit RandomGraph(std::uint32_t stream) : draw_(stream) {
    const std::size_t inputs = 1 + draw_.below(2), nodes = 3 + draw_.below(12);
    for (std::size_t i = 0; i < inputs; ++i) {
      const auto width = static_cast<Index>(2 + draw_.below(3));
      nodes_.push_back({Kind::input, {}, width, {}, input({width})});
    }
    for (std::size_t i = 0; i < inputs; ++i) add_dense(i);  // so that each is needed
    while (nodes_.size() < 2 * inputs + nodes) add_node();
    choose_outputs();
  }

  BasicModel<double> model() const {
    std::vector<Value> from, to;
    for (const Node& node : nodes_)
      if (node.kind == Kind::input) from.push_back(node.value);
    for (const std::size_t i : outputs_) to.push_back(nodes_[i].value);
    return {from, to};
  }

  std::vector<Tensor<double>> inputs(std::uint32_t stream) const {
    std::vector<Tensor<double>> x;
    for (const Node& node : nodes_)
      if (node.kind == Kind::input) x.push_back(numbers(stream++, node.width));
    return x;
  }
  std::vector<Tensor<double>> targets(std::uint32_t stream) const {
    std::vector<Tensor<double>> y;
    for (const std::size_t i : outputs_) y.push_back(numbers(stream++, nodes_[i].width));
    return y;
  }

  // The outputs, node by node.
  std::vector<Tensor<double>> evaluate(
      std::vector<Tensor<double>> values,
      const std::map<std::string, TensorView<double>>& weights) const {
    for (const Node& node : nodes_)
      if (node.kind != Kind::input) values.push_back(value_of(node, values, weights));
    std::vector<Tensor<double>> y;
    for (const std::size_t i : outputs_) y.push_back(values[i]);
    return y;
  }

 private:
  static Tensor<double> numbers(std::uint32_t stream, Index width) {
    return test::numbers<double>({kBatch, width}, stream);
  }

  void add_dense(std::size_t from) {
    // A layer that is there already, if one fits and chance wants it.
    for (const auto& [name, layer] : layers_)
      if (layer.first == nodes_[from].width && draw_.below(2) == 0) {
        use_dense(from, name);
        return;
      }
    const std::string name = "dense" + std::to_string(layers_.size());
    const auto units = static_cast<Index>(2 + draw_.below(3));
    layers_[name] = {nodes_[from].width,
                     shared(named(name, Dense{units, {.activation = lanewise::tanh}}))};
    units_[name] = units;
    use_dense(from, name);
  }
  void use_dense(std::size_t from, const std::string& name) {
    nodes_.push_back(
        {Kind::dense, {from}, units_[name], name, nodes_[from].value | layers_[name].second});
  }

  void add_node() {
    const std::size_t from = draw_.below(nodes_.size());
    const auto kind = static_cast<Kind>(1 + draw_.below(8));
    if (kind == Kind::dense) return add_dense(from);
    if (kind == Kind::flatten || kind == Kind::sigmoid) {
      const Value& x = nodes_[from].value;
      nodes_.push_back({kind,
                        {from},
                        nodes_[from].width,
                        {},
                        kind == Kind::flatten ? x | Flatten{} : x | Activation{sigmoid}});
      return;
    }
    // Another of the same width, which may be the same one; of any for a concatenation.
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (kind == Kind::concatenate || nodes_[i].width == nodes_[from].width) others.push_back(i);
    const std::size_t other = others[draw_.below(others.size())];
    const Value &a = nodes_[from].value, &b = nodes_[other].value;
    const Index width = nodes_[from].width + (kind == Kind::concatenate ? nodes_[other].width : 0);
    if (width > 12) return;
    nodes_.push_back({kind,
                      {from, other},
                      width,
                      {},
                      kind == Kind::add        ? add(a, b)
                      : kind == Kind::subtract ? subtract(a, b)
                      : kind == Kind::multiply ? multiply(a, b)
                      : kind == Kind::average  ? average(a, b)
                                               : concatenate(a, b)});
  }

  // What no node reads, so that all are needed, and now and then one that some do.
  void choose_outputs() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const bool is_read = std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
        return std::find(node.from.begin(), node.from.end(), i) != node.from.end();
      });
      if (!is_read || (nodes_[i].kind != Kind::input && draw_.below(6) == 0)) outputs_.push_back(i);
    }
  }

  static Tensor<double> value_of(const Node& node, const std::vector<Tensor<double>>& values,
                                 const std::map<std::string, TensorView<double>>& weights) {
    const Tensor<double>&x = values[node.from.front()], &other = values[node.from.back()];
    Tensor<double> y({kBatch, node.width});
    const Index width = x.shape()[1];
    for (Index n = 0; n < kBatch; ++n)
      for (Index j = 0; j < node.width; ++j) {
        if (node.kind == Kind::concatenate) {
          y(n, j) = j < width ? x(n, j) : other(n, j - width);
        } else if (node.kind == Kind::dense) {
          double sum = weights.at(node.layer + "/bias")[j];
          for (Index k = 0; k < width; ++k)
            sum += x(n, k) * weights.at(node.layer + "/kernel")(k, j);
          y(n, j) = std::tanh(sum);
        } else {
          const double a = x(n, j), b = other(n, j);
          y(n, j) = node.kind == Kind::flatten    ? a
                    : node.kind == Kind::sigmoid  ? 1 / (1 + std::exp(-a))
                    : node.kind == Kind::add      ? a + b
                    : node.kind == Kind::subtract ? a - b
                    : node.kind == Kind::multiply ? a * b
                                                  : (a + b) / 2;
        }
      }
    return y;
  }

  Draw draw_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> outputs_;
  std::map<std::string, std::pair<Index, Layer>> layers_;  // by the width that they take
  std::map<std::string, Index> units_;
};

}  // namespace

TEST_CASE("graphs at random give what their formulas do, and right gradients", "[gradient]") {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    const RandomGraph graph(1000 + seed);
    BasicModel<double> model = graph.model();
    model.build();
    std::map<std::string, TensorView<double>> weights;
    std::uint32_t stream = 0;
    for (const Parameter<double>& parameter : model.parameters()) {
      test::fill_symmetric(parameter.value, stream++, 1.0);
      weights.emplace(parameter.name, parameter.value);
    }
    const auto x = graph.inputs(50), y = graph.targets(60);
    const std::vector<Inputs<double>> inputs(x.begin(), x.end());
    const std::vector<Targets<double>> targets(y.begin(), y.end());
    const auto expected = graph.evaluate(x, weights);
    const auto predicted = model.predict_all(inputs);
    const auto trained = model.forward_all(inputs, {.training = true});
    REQUIRE(predicted.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      for (Index e = 0; e < expected[i].size(); ++e) {
        CHECK(predicted[i][e] == Approx(expected[i][e]).epsilon(1e-12).margin(1e-12));
        CHECK(trained[i][e] == predicted[i][e]);
      }
    const GradientReport report =
        gradient_check(model, std::vector<Loss>(y.size(), MeanSquaredError{}), inputs, targets,
                       {.entries_per_tensor = 4});
    INFO(report.table());
    // What a value less itself depends on has no gradient, on either side.
    for (const TensorGradient& each : report.tensors)
      CHECK((each.ok || (each.max_gradient == 0 && each.max_relative_error == 0)));
  }
}
