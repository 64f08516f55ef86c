// The layers of several inputs, around ops/merge.hpp and ops/rearrange.hpp.
#include "lanewise/nn/merging_layers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/rearrange.hpp"
#include "nn/instantiate.hpp"

namespace lanewise {
namespace {

// The output's shape: that of batches of one, without the batch, as merged(shapes) has it.
template <class Merged>
Shape merge_samples(std::span<const Shape> inputs, Merged merged, const std::string& rule) {
  std::vector<Shape> batches;
  std::vector<std::string> names;
  for (const Shape& input : inputs) {
    names.push_back(to_string(input));
    batches.push_back(input.with_outer(1));
  }
  const std::string got = fmt::format("got samples of shape {}", fmt::join(names, " and "));
  if (inputs.size() < 2) throw ShapeError(got + ", expected two inputs at least");
  try {
    return merged(batches).inner();
  } catch (const ShapeError&) {
    throw ShapeError(got + ", which do not merge: " + rule);
  }
}

template <class T>
class MergeInstance final : public LayerInstance<T> {
 public:
  explicit MergeInstance(MergeKind kind) : kind_(kind) {}

  Shape build_all(std::span<const Shape> inputs) override {
    if (kind_ == MergeKind::subtract && inputs.size() > 2)
      throw ShapeError(fmt::format("got {} inputs, expected two", inputs.size()));
    return merge_samples(
        inputs,
        [&](std::span<const Shape> batches) { return ops::broadcast_shape(batches, "merge"); },
        "aligned from the last, dimensions have to be the same or 1");
  }

  bool hands_on_gradient() const override { return kind_ == MergeKind::add; }

  void forward_all(std::span<const TensorView<const T>> x, TensorView<T> y, Scratch<T>,
                   const Pass&) const override {
    ops::merge_forward<T>(kind_, x, y);
  }

  void backward_all(std::span<const TensorView<const T>> x, TensorView<const T> y, Scratch<T>,
                    TensorView<T> dy, std::span<const TensorView<T>> dx,
                    const Pass&) const override {
    for (std::size_t i = 0; i < dx.size(); ++i)
      if (!dx[i].empty()) ops::merge_backward<T>(kind_, x, y, dy, static_cast<Index>(i), dx[i]);
  }

 private:
  MergeKind kind_;
};

template <class T>
class ConcatenateInstance final : public LayerInstance<T> {
 public:
  explicit ConcatenateInstance(int axis) : axis_(axis) {}

  Shape build_all(std::span<const Shape> inputs) override {
    return merge_samples(
        inputs,
        [&](std::span<const Shape> batches) {
          if (axis_ == 0 || axis_ == -batches.front().rank()) throw ShapeError("the batch's");
          return ops::concatenated_shape(batches, axis_, "concatenate");
        },
        fmt::format("they have to agree in all dimensions but axis {} (1 is a sample's first, -1 "
                    "its last)",
                    axis_));
  }

  void forward_all(std::span<const TensorView<const T>> x, TensorView<T> y, Scratch<T>,
                   const Pass&) const override {
    ops::concatenate<T>(x, axis_, y);
  }

  void backward_all(std::span<const TensorView<const T>> x, TensorView<const T>, Scratch<T>,
                    TensorView<T> dy, std::span<const TensorView<T>> dx,
                    const Pass&) const override {
    Index begin = 0;
    for (std::size_t i = 0; i < dx.size(); ++i) {
      if (!dx[i].empty()) ops::slice<T>(dy, axis_, begin, dx[i]);
      begin += x[i].shape()[axis_];
    }
  }

 private:
  int axis_;
};

}  // namespace

template <class T>
std::unique_ptr<LayerInstance<T>> Concatenate::make() const {
  return std::make_unique<ConcatenateInstance<T>>(axis);
}

#define LANEWISE_MERGE(Description, kind)                       \
  template <class T>                                            \
  std::unique_ptr<LayerInstance<T>> Description::make() const { \
    return std::make_unique<MergeInstance<T>>(MergeKind::kind); \
  }                                                             \
  LANEWISE_INSTANTIATE_MAKE(Description)
LANEWISE_MERGE(Add, add)
LANEWISE_MERGE(Subtract, subtract)
LANEWISE_MERGE(Multiply, multiply)
LANEWISE_MERGE(Average, average)
LANEWISE_MERGE(Maximum, maximum)
LANEWISE_MERGE(Minimum, minimum)
LANEWISE_INSTANTIATE_MAKE(Concatenate)
#undef LANEWISE_MERGE

}  // namespace lanewise
