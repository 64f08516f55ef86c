// Contract in lanewise/ops/loss.hpp: checks, chunks whose sums are added in a fixed order, and the
// division by the batch.
#include "lanewise/ops/loss.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "ops/loss_targets.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

// An element: prediction and target are read, the gradient is written.
template <class T>
constexpr parallel::Work<T> kArithmetic{.flops = 4, .bytes = 3 * sizeof(T)};
template <class T>
constexpr parallel::Work<T> kLogarithms{.flops = 2 * parallel::kTranscendental<T>,
                                        .bytes = 3 * sizeof(T)};

void check_as_prediction(const char* name, const Operand& x, const Shape& prediction) {
  if (x.shape != prediction)
    refuse_shape(name, x, fmt::format("{} as the prediction", to_string(prediction)));
}

void check_prediction(const char* name, const Shape& shape, int least_rank) {
  if (shape.rank() < least_rank)
    refuse_shape(name, {"the prediction", shape},
                 least_rank == 1 ? "(batch, ...)" : "(batch, ..., classes)");
  if (shape.size() == 0)
    throw DataError(fmt::format("{}: the prediction has shape {}, expected at least one element",
                                name, to_string(shape)));
}

// The gradient, or the probabilities: as the prediction, or left out.
template <class T>
void check_output(const char* name, const char* of, TensorView<T> output, const Shape& expected) {
  if (output.data() != nullptr) check_as_prediction(name, {of, output.shape()}, expected);
}

template <class T>
void check_elementwise(const char* name, TensorView<const T> y, TensorView<const T> target,
                       TensorView<T> dy) {
  check_prediction(name, y.shape(), 1);
  check_as_prediction(name, {"the target", target.shape()}, y.shape());
  check_output(name, "the gradient", dy, y.shape());
}

template <class T>
T* offset(TensorView<T> view, Index by) {
  return view.data() == nullptr ? nullptr : view.data() + by;
}

template <class T>
using Elementwise = typename simd::LossKernels<T>::Elementwise;

// The sum over all elements divided by `divisor`, as is the gradient.
template <class T>
double elementwise(Elementwise<T> simd::LossKernels<T>::*kernel, TensorView<const T> y,
                   TensorView<const T> target, TensorView<T> dy, Index divisor,
                   const parallel::Work<T>& each, double parameter = 0) {
  const parallel::FlushToZero guard;
  const Elementwise<T> run = cpu::kernels<simd::LossKernels<T>>().*kernel;
  const double count = static_cast<double>(divisor);
  const double sum = parallel::parallel_sum(y.size(), each, [&](Index begin, Index end) {
    return run(y.data() + begin, target.data() + begin, offset(dy, begin), end - begin, 1 / count,
               parameter);
  });
  return sum / count;
}

// Calls run(first row, rows) for chunks of rows and gives the mean over all rows.
template <class T>
double mean_over_rows(const Shape& shape, parallel::FunctionRef<double(Index, Index)> run) {
  const parallel::FlushToZero guard;
  const Index columns = shape[-1], rows = shape.size() / columns;
  parallel::Work<T> row = kLogarithms<T> * columns;
  row.flops += 2 * parallel::reduction_flops<T>();
  const double sum = parallel::parallel_sum(
      rows, row, [&](Index begin, Index end) { return run(begin, end - begin); },
      std::max<Index>(1, 1024 / columns));
  return sum / static_cast<double>(rows);
}

// The factor of the gradient of the mean over the rows.
template <class T>
T over_rows(const Shape& shape) {
  return static_cast<T>(static_cast<double>(shape[-1]) / static_cast<double>(shape.size()));
}

// One label a row, all of them within the classes.
void check_labels(const char* name, TensorView<const std::int32_t> labels, const Shape& shape) {
  const Shape expected(shape.sizes().first(static_cast<std::size_t>(shape.rank()) - 1));
  if (!(labels.shape() == expected))
    throw ShapeError(fmt::format("{}: the labels have shape {}, expected {} for a prediction of {}",
                                 name, to_string(labels.shape()), to_string(expected),
                                 to_string(shape)));
  const Index classes = shape[-1];
  for (Index i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= classes)
      throw DataError(fmt::format("{}: label {} of {}, expected 0 to {}", name, labels[i],
                                  position(labels.shape(), i), classes - 1));
}

}  // namespace

template <class T>
double mean_squared_error(TensorView<const T> y, TensorView<const T> target, TensorView<T> dy) {
  check_elementwise("mean_squared_error", y, target, dy);
  return elementwise(&simd::LossKernels<T>::squared_error, y, target, dy, y.size(), kArithmetic<T>);
}

template <class T>
double sum_squared_error(TensorView<const T> y, TensorView<const T> target, TensorView<T> dy) {
  check_elementwise("sum_squared_error", y, target, dy);
  return elementwise(&simd::LossKernels<T>::squared_error, y, target, dy, y.shape()[0],
                     kArithmetic<T>);
}

template <class T>
double mean_absolute_error(TensorView<const T> y, TensorView<const T> target, TensorView<T> dy) {
  check_elementwise("mean_absolute_error", y, target, dy);
  return elementwise(&simd::LossKernels<T>::absolute_error, y, target, dy, y.size(),
                     kArithmetic<T>);
}

template <class T>
double huber(TensorView<const T> y, TensorView<const T> target, double delta, TensorView<T> dy) {
  if (!(delta > 0))
    throw ArgumentError(fmt::format("huber: delta is {}, expected more than 0", delta));
  check_elementwise("huber", y, target, dy);
  return elementwise(&simd::LossKernels<T>::huber, y, target, dy, y.size(), kArithmetic<T>, delta);
}

template <class T>
double binary_crossentropy(TensorView<const T> p, TensorView<const T> target, TensorView<T> dp) {
  constexpr const char* kName = "binary_crossentropy";
  check_elementwise(kName, p, target, dp);
  check_binary_targets<T>(kName, target);
  return elementwise(&simd::LossKernels<T>::binary, p, target, dp, p.size(), kLogarithms<T>);
}

template <class T>
double binary_crossentropy_from_logits(TensorView<const T> z, TensorView<const T> target,
                                       TensorView<T> dz, TensorView<T> p) {
  constexpr const char* kName = "binary_crossentropy_from_logits";
  check_elementwise(kName, z, target, dz);
  check_output(kName, "the probabilities", p, z.shape());
  check_binary_targets<T>(kName, target);
  const parallel::FlushToZero guard;
  const auto run = cpu::kernels<simd::LossKernels<T>>().binary_from_logits;
  const double count = static_cast<double>(z.size());
  const double sum = parallel::parallel_sum(z.size(), kLogarithms<T>, [&](Index i, Index end) {
    return run(z.data() + i, target.data() + i, offset(dz, i), offset(p, i), end - i,
               static_cast<T>(1 / count));
  });
  return sum / count;
}

template <class T>
double categorical_crossentropy(TensorView<const T> p, TensorView<const T> target,
                                TensorView<T> dp) {
  constexpr const char* kName = "categorical_crossentropy";
  const Shape& shape = p.shape();
  check_prediction(kName, shape, 2);
  check_as_prediction(kName, {"the target", target.shape()}, shape);
  check_output(kName, "the gradient", dp, shape);
  check_categorical_targets<T>(kName, target);
  const Index columns = shape[-1];
  const auto run = cpu::kernels<simd::LossKernels<T>>().categorical;
  return mean_over_rows<T>(shape, [&](Index row, Index rows) {
    const Index i = row * columns;
    return run(p.data() + i, target.data() + i, offset(dp, i), rows, columns, over_rows<T>(shape));
  });
}

template <class T>
double categorical_crossentropy_from_logits(TensorView<const T> z, TensorView<const T> target,
                                            TensorView<T> dz, TensorView<T> p) {
  constexpr const char* kName = "categorical_crossentropy_from_logits";
  const Shape& shape = z.shape();
  check_prediction(kName, shape, 2);
  check_as_prediction(kName, {"the target", target.shape()}, shape);
  check_output(kName, "the gradient", dz, shape);
  check_output(kName, "the probabilities", p, shape);
  check_categorical_targets<T>(kName, target);
  const Index columns = shape[-1];
  const auto run = cpu::kernels<simd::LossKernels<T>>().categorical_from_logits;
  return mean_over_rows<T>(shape, [&](Index row, Index rows) {
    const Index i = row * columns;
    return run(z.data() + i, target.data() + i, offset(dz, i), offset(p, i), rows, columns,
               over_rows<T>(shape));
  });
}

template <class T>
double sparse_categorical_crossentropy(TensorView<const T> p, TensorView<const std::int32_t> labels,
                                       TensorView<T> dp) {
  constexpr const char* kName = "sparse_categorical_crossentropy";
  const Shape& shape = p.shape();
  check_prediction(kName, shape, 2);
  check_output(kName, "the gradient", dp, shape);
  check_labels(kName, labels, shape);
  const Index columns = shape[-1];
  const auto run = cpu::kernels<simd::LossKernels<T>>().sparse;
  return mean_over_rows<T>(shape, [&](Index row, Index rows) {
    const Index i = row * columns;
    return run(p.data() + i, labels.data() + row, offset(dp, i), rows, columns,
               over_rows<T>(shape));
  });
}

template <class T>
double sparse_categorical_crossentropy_from_logits(TensorView<const T> z,
                                                   TensorView<const std::int32_t> labels,
                                                   TensorView<T> dz, TensorView<T> p) {
  constexpr const char* kName = "sparse_categorical_crossentropy_from_logits";
  const Shape& shape = z.shape();
  check_prediction(kName, shape, 2);
  check_output(kName, "the gradient", dz, shape);
  check_output(kName, "the probabilities", p, shape);
  check_labels(kName, labels, shape);
  const Index columns = shape[-1];
  const auto run = cpu::kernels<simd::LossKernels<T>>().sparse_from_logits;
  return mean_over_rows<T>(shape, [&](Index row, Index rows) {
    const Index i = row * columns;
    return run(z.data() + i, labels.data() + row, offset(dz, i), offset(p, i), rows, columns,
               over_rows<T>(shape));
  });
}

#define LANEWISE_INSTANTIATE(T)                                                                   \
  template LANEWISE_API double mean_squared_error(TensorView<const T>, TensorView<const T>,       \
                                                  TensorView<T>);                                 \
  template LANEWISE_API double sum_squared_error(TensorView<const T>, TensorView<const T>,        \
                                                 TensorView<T>);                                  \
  template LANEWISE_API double mean_absolute_error(TensorView<const T>, TensorView<const T>,      \
                                                   TensorView<T>);                                \
  template LANEWISE_API double huber(TensorView<const T>, TensorView<const T>, double,            \
                                     TensorView<T>);                                              \
  template LANEWISE_API double binary_crossentropy(TensorView<const T>, TensorView<const T>,      \
                                                   TensorView<T>);                                \
  template LANEWISE_API double binary_crossentropy_from_logits(                                   \
      TensorView<const T>, TensorView<const T>, TensorView<T>, TensorView<T>);                    \
  template LANEWISE_API double categorical_crossentropy(TensorView<const T>, TensorView<const T>, \
                                                        TensorView<T>);                           \
  template LANEWISE_API double categorical_crossentropy_from_logits(                              \
      TensorView<const T>, TensorView<const T>, TensorView<T>, TensorView<T>);                    \
  template LANEWISE_API double sparse_categorical_crossentropy(                                   \
      TensorView<const T>, TensorView<const std::int32_t>, TensorView<T>);                        \
  template LANEWISE_API double sparse_categorical_crossentropy_from_logits(                       \
      TensorView<const T>, TensorView<const std::int32_t>, TensorView<T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)

}  // namespace lanewise::ops
