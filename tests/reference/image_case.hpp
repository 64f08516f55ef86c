#pragma once
// The cases of tests/golden/ops/images, made by tools/reference/image_ops.py: what each is, its
// inputs from the integer formula, and its results.
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/ops/window.hpp"
#include "reference/golden.hpp"
#include "support/integer_formula.hpp"

namespace lanewise::test {

// Sequences, their kernels and steps are read as images one pixel high.
class ImageCase {
 public:
  ImageCase(std::string name, nlohmann::json entry)
      : name_(std::move(name)),
        entry_(std::move(entry)),
        results_(golden("images/" + name_)),
        sequence_(op() == "conv1d") {}

  const std::string& name() const { return name_; }
  std::string op() const { return entry_.at("op").get<std::string>(); }

  // An input of the operation: numbers in [-1, 1) from its own stream; variances in [0.5, 1.5).
  Tensor<double> input(const std::string& kind, const Shape& shape) const {
    static const std::string kKinds[] = {"x",     "w",    "bias", "dy",
                                         "gamma", "beta", "mean", "variance"};
    const auto* const found = std::find(std::begin(kKinds), std::end(kKinds), kind);
    REQUIRE(found != std::end(kKinds));
    Tensor<double> values(shape);
    fill_symmetric(values.view(), 200 + static_cast<std::uint32_t>(found - kKinds), 1.0);
    if (kind == "variance")
      for (double& value : values) value = value / 2 + 1;
    return values;
  }
  Tensor<double> x() const { return input("x", images(sizes(entry_.at("x")))); }
  Tensor<double> dy() const { return input("dy", shape("y")); }

  // The shape of a result; a filter's is that of its gradient.
  Shape shape(const std::string& result) const {
    const std::vector<Index> given = sizes(entry_.at("results").at(result));
    return result == "dw" ? filters(given) : images(given);
  }

  // Results lie end to end in alphabetical order, which is that of JSON's objects here.
  void check(const std::string& result, TensorView<const double> got) const {
    INFO(name_ << ", " << result);
    Index begin = 0;
    for (const auto& [part, size] : entry_.at("results").items()) {
      const Shape part_shape = shape(part);
      if (part == result) {
        const Shape flat{part_shape.size()};
        check_close(got,
                    TensorView<const double>(results_.data() + begin, flat).reshape(part_shape));
        return;
      }
      begin += part_shape.size();
    }
    FAIL("no such result");
  }

  Extent2D extent(const char* key) const {
    const std::vector<Index> given = sizes(entry_.at(key));
    return given.size() == 1 ? Extent2D{1, given[0]} : Extent2D{given[0], given[1]};
  }
  Padding padding() const {
    const nlohmann::json& given = entry_.at("padding");
    if (given == "same") return Padding::same;
    if (given == "valid") return Padding::valid;
    const std::vector<Index> numbers = sizes(given);
    return {numbers[0], numbers[1], numbers[2], numbers[3]};
  }
  Index groups() const { return entry_.at("groups").get<Index>(); }

 private:
  static std::vector<Index> sizes(const nlohmann::json& list) {
    return list.get<std::vector<Index>>();
  }
  Shape images(std::vector<Index> sizes) const {
    if (sequence_ && sizes.size() == 3) sizes.insert(sizes.begin() + 1, 1);
    return Shape(sizes);
  }
  Shape filters(std::vector<Index> sizes) const {
    if (sequence_) sizes.insert(sizes.begin(), 1);
    return Shape(sizes);
  }

  std::string name_;
  nlohmann::json entry_;
  Tensor<double> results_;
  bool sequence_;
};

// The cases of this operation, of which there are some.
inline std::vector<ImageCase> image_cases(const std::string& op) {
  std::ifstream file(std::string(LANEWISE_GOLDEN_DIR) + "/ops/images/images.json");
  std::vector<ImageCase> cases;
  const nlohmann::json content = nlohmann::json::parse(file);
  for (const auto& [name, entry] : content.at("cases").items())
    if (entry.at("op") == op) cases.emplace_back(name, entry);
  REQUIRE(!cases.empty());
  return cases;
}

}  // namespace lanewise::test
