#pragma once
// Chapter 03: the training that Keras did, and the weights of a neuron as a line.
#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "03_linear_regression/line.hpp"

namespace show {

namespace lw = lanewise;
using lanewise::Index;

// Of tools/reference/linear_regression_trajectory.py, which says what the files have.
struct KerasRun {
  lw::Tensor<std::int32_t> order;
  lw::Tensor<double> losses, weights, gradients, least_squares;
  line::Line start;
};

template <class T>
lw::Tensor<T> load(const std::filesystem::path& file, const lw::Shape& shape) {
  auto numbers = lw::load_npy<T>(file);
  if (numbers.shape() != shape)
    throw lw::DataError(fmt::format("{}: got numbers of shape {}, expected {}", file.string(),
                                    lw::to_string(numbers.shape()), lw::to_string(shape)));
  return numbers;
}

inline KerasRun load(const std::filesystem::path& folder) {
  constexpr Index kEpochs = 101, kRows = 282;
  KerasRun run{.order = load<std::int32_t>(folder / "order.npy", {kEpochs, kRows}),
               .losses = load<double>(folder / "losses.npy", {kEpochs, 2}),
               .weights = load<double>(folder / "weights.npy", {kEpochs + 1, 2}),
               .gradients = load<double>(folder / "gradients.npy", {kEpochs + 1, 2}),
               .least_squares = load<double>(folder / "least_squares.npy", {5}),
               .start = {}};
  for (const std::int32_t row : run.order)
    if (row < 0 || row >= kRows)
      throw lw::DataError(fmt::format("{}: got row {}, expected 0 to {}",
                                      (folder / "order.npy").string(), row, kRows - 1));
  run.start = {run.weights(0, 0), run.weights(0, 1)};
  return run;
}

template <class T>
void set_line(lw::BasicSequential<T>& model, const line::Line& to) {
  const auto parameters = model.parameters();
  parameters[0].value[0] = static_cast<T>(to.slope);
  parameters[1].value[0] = static_cast<T>(to.intercept);
}

inline line::Line line_of(lw::Sequential& model) {
  const auto parameters = model.parameters();
  return {parameters[0].value[0], parameters[1].value[0]};
}

// The losses of each epoch.
struct Losses {
  std::vector<double> train, valid;
};

}  // namespace show
