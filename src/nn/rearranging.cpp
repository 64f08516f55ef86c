// The layers Permute and RepeatVector around ops/rearrange.hpp and ops/merge.hpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "lanewise/error.hpp"
#include "lanewise/nn/reshaping_layers.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/rearrange.hpp"
#include "nn/instantiate.hpp"

namespace lanewise {
namespace {

template <class T>
class PermuteInstance final : public SingleInputLayer<T> {
 public:
  explicit PermuteInstance(const std::vector<int>& dims) : dims_(dims) {
    // With the samples' dimension, which stays where it is; and the way back.
    order_.assign(dims.size() + 1, 0);
    back_.assign(dims.size() + 1, 0);
    for (std::size_t d = 0; d < dims.size(); ++d) {
      order_[d + 1] = dims[d];
      back_[static_cast<std::size_t>(dims[d])] = static_cast<int>(d) + 1;
    }
  }

  Shape build(const Shape& input) override {
    if (static_cast<std::size_t>(input.rank()) != dims_.size())
      throw ShapeError(
          fmt::format("got samples of shape {}, expected the {} dimensions that ({}) puts in order",
                      to_string(input), dims_.size(), fmt::join(dims_, ", ")));
    std::vector<Index> sizes;
    for (const int d : dims_) sizes.push_back(input[d - 1]);
    return Shape(sizes);
  }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::permute<T>(x, order_, y);
  }

  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) ops::permute<T>(dy, back_, dx);
  }

 private:
  std::vector<int> dims_, order_, back_;
};

template <class T>
class RepeatVectorInstance final : public SingleInputLayer<T> {
 public:
  explicit RepeatVectorInstance(Index n) : n_(n) {}

  Shape build(const Shape& input) override {
    if (input.rank() != 1)
      throw ShapeError(
          fmt::format("got samples of shape {}, expected vectors of shape (n,)", to_string(input)));
    return {n_, input[0]};
  }

  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T>, const Pass&) const override {
    ops::broadcast<T>(x, y);
  }

  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) ops::broadcast_backward<T>(dy, dx);
  }

 private:
  Index n_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> Permute::make() const {
  std::vector<int> sorted = dims;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t d = 0; d < sorted.size(); ++d)
    if (sorted[d] != static_cast<int>(d) + 1)
      throw ArgumentError(fmt::format("Permute: got ({}), expected each of 1 to {} once",
                                      fmt::join(dims, ", "), dims.size()));
  return std::make_unique<PermuteInstance<T>>(dims);
}

template <class T>
std::unique_ptr<LayerInstance<T>> RepeatVector::make() const {
  if (n < 1)
    throw ArgumentError(fmt::format("RepeatVector: got an n of {}, expected at least 1", n));
  return std::make_unique<RepeatVectorInstance<T>>(n);
}

LANEWISE_INSTANTIATE_MAKE(Permute)
LANEWISE_INSTANTIATE_MAKE(RepeatVector)

}  // namespace lanewise
