// Normalization: checks, threads, and what is done once a column. The contract is in
// lanewise/ops/normalization.hpp.
#include "lanewise/ops/normalization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "ops/columns.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

// An element of a row that is summed up in double, and then written: x, y; x, dy and dx.
template <class T>
constexpr parallel::Work<T> kLayerForward{.flops = 40, .bytes = 2 * sizeof(T)};
template <class T>
constexpr parallel::Work<T> kLayerBackward{.flops = 60, .bytes = 3 * sizeof(T)};

template <class T>
const simd::NormalizationKernels<T>& table() {
  return cpu::kernels<simd::NormalizationKernels<T>>();
}

enum class Use { sums, constants };

// The calling thread's numbers for the length of one operation: grown, then used again.
template <class T, Use>
T* workspace(Index size) {
  thread_local Tensor<T> buffer;
  if (buffer.size() < size) buffer = Tensor<T>(Shape{size});
  return buffer.data();
}

// Of what may be left out.
void check_optional(std::string_view who, const Operand& y, const Shape& expected, const Shape& x) {
  if (y.shape.size() != 0) check_same(who, y, expected, {{"x", x}});
}

// x, the scale and the shift of every operation here; `axis` is the one that a mean is taken along.
void check_input(std::string_view who, const Shape& x, int axis, const Shape& gamma,
                 const Shape& beta, double epsilon) {
  if (x.rank() != 2 || x[axis] == 0)
    refuse_shape(who, {"x", x},
                 axis == 0 ? "(rows, columns) with at least one row"
                           : "(rows, columns) with at least one column");
  check_optional(who, {"gamma", gamma}, Shape{x[1]}, x);
  check_optional(who, {"beta", beta}, Shape{x[1]}, x);
  if (!(epsilon >= 0 && std::isfinite(epsilon)))
    throw ArgumentError(
        fmt::format("{}: epsilon is {}, expected a number of at least 0", who, epsilon));
}

void check_gradients(std::string_view who, const Shape& x, const Shape& dy, const Shape& dx,
                     const Shape& dgamma, const Shape& dbeta) {
  check_same(who, {"dy", dy}, x, {{"x", x}});
  check_optional(who, {"dx", dx}, x, x);
  check_optional(who, {"dgamma", dgamma}, Shape{x[1]}, x);
  check_optional(who, {"dbeta", dbeta}, Shape{x[1]}, x);
}

// Chan, Golub and LeVeque's merge of two samples' means and sums of squared deviations.
void merge_moments(Index count, double* mean, double* squares, Index added,
                   const double* other_mean, const double* other_squares, Index n) {
  const auto before = static_cast<double>(count), more = static_cast<double>(added);
  const double mean_weight = more / (before + more), square_weight = before * mean_weight;
  for (Index j = 0; j < n; ++j) {
    const double delta = other_mean[j] - mean[j];
    mean[j] += delta * mean_weight;
    squares[j] += other_squares[j] + delta * delta * square_weight;
  }
}

void add_sums(Index, double* a, double* b, Index, const double* other_a, const double* other_b,
              Index n) {
  const auto add = cpu::kernels<simd::MergeKernels<double>>().add;
  add(a, 1, other_a, 1, a, n);
  add(b, 1, other_b, 1, b, n);
}

// What a kernel needs to know of each column, such as its scale: a row of `columns.width` numbers
// for each kind. set() repeats a channel's for each copy of it.
template <class T>
class ColumnConstants {
 public:
  ColumnConstants(const Columns& columns, Index kinds)
      : columns_(columns), data_(workspace<T, Use::constants>(kinds * columns.width)) {}

  void set(Index kind, Index channel, double value) {
    for (Index copy = 0; copy < columns_.copies; ++copy)
      data_[kind * columns_.width + copy * columns_.channels + channel] = static_cast<T>(value);
  }
  const T* operator[](Index kind) const { return data_ + kind * columns_.width; }

 private:
  const Columns& columns_;
  T* data_;
};

template <class T>
double or_else(TensorView<const T> values, Index i, double otherwise) {
  return values.empty() ? otherwise : static_cast<double>(values[i]);
}

// y = (x - mean) scale + shift, where the mean is rounded to T and the shift knows what that lost.
template <class T, class MomentOf>
void normalize_columns(const Columns& columns, TensorView<const T> x, TensorView<const T> gamma,
                       TensorView<const T> beta, double epsilon, MomentOf moment_of,
                       TensorView<T> y) {
  ColumnConstants<T> constants(columns, 3);
  for (Index c = 0; c < columns.channels; ++c) {
    const auto [mean, lost, variance] = moment_of(c);
    const double scale = or_else(gamma, c, 1) / std::sqrt(variance + epsilon);
    constants.set(0, c, mean);
    constants.set(1, c, scale);
    constants.set(2, c, or_else(beta, c, 0) - lost * scale);
  }
  const auto& kernels = table<T>();
  columns.for_each_row([&](Index at, Index rows, Index width) {
    kernels.batch_norm(x.data() + at, constants[0], constants[1], constants[2], y.data() + at, rows,
                       width);
  });
}

struct Moment {
  double mean, lost, variance;
};

}  // namespace

template <class T>
void batch_norm_forward(TensorView<const T> x, TensorView<const T> gamma, TensorView<const T> beta,
                        double epsilon, TensorView<T> moments, TensorView<T> y) {
  constexpr std::string_view kWho = "batch_norm_forward";
  const Shape& shape = x.shape();
  check_input(kWho, shape, 0, gamma.shape(), beta.shape(), epsilon);
  check_same(kWho, {"moments", moments.shape()}, Shape{3, shape[1]}, {{"x", shape}});
  check_same(kWho, {"y", y.shape()}, shape, {{"x", shape}});
  const parallel::FlushToZero flush;

  const Columns columns(shape);
  const auto& kernels = table<T>();
  double* const parts = workspace<double, Use::sums>(columns.parts_size());
  columns.for_each_piece(parts, [&](Index chunk, Index at, Index n, double* mean, double* squares) {
    kernels.column_moments(x.data() + at, columns.rows_of(chunk), n, columns.width, 0, mean,
                           squares);
  });
  columns.merge(parts, merge_moments);
  const double *const mean = parts, *const squares = parts + columns.width;
  const auto rows = static_cast<double>(shape[0]);
  for (Index c = 0; c < columns.channels; ++c) {
    moments(0, c) = static_cast<T>(mean[c]);
    moments(1, c) = static_cast<T>(mean[c] - static_cast<double>(moments(0, c)));
    moments(2, c) = static_cast<T>(squares[c] / rows);
  }
  const auto moment_of = [&](Index c) {
    const auto rounded = static_cast<double>(moments(0, c));
    return Moment{rounded, mean[c] - rounded, squares[c] / rows};
  };
  normalize_columns(columns, x, gamma, beta, epsilon, moment_of, y);
}

template <class T>
void update_moving_moments(TensorView<const T> moments, double momentum, TensorView<T> moving_mean,
                           TensorView<T> moving_variance) {
  if (moments.rank() != 2 || moments.shape()[0] != 3 ||
      moving_mean.shape() != moments.shape().inner() ||
      moving_variance.shape() != moments.shape().inner())
    throw ShapeError(fmt::format(
        "update_moving_moments: got moments of {}, a mean of {} and a variance of {}, expected (3, "
        "columns) and twice (columns)",
        to_string(moments.shape()), to_string(moving_mean.shape()),
        to_string(moving_variance.shape())));
  if (!(momentum >= 0 && momentum <= 1))
    throw ArgumentError(fmt::format(
        "update_moving_moments: the momentum is {}, expected a number in [0, 1]", momentum));
  const parallel::FlushToZero flush;
  const auto move = [momentum](T& moving, double batch) {
    moving = static_cast<T>(momentum * static_cast<double>(moving) + (1 - momentum) * batch);
  };
  for (Index c = 0; c < moving_mean.size(); ++c) {
    move(moving_mean[c], static_cast<double>(moments(0, c)) + static_cast<double>(moments(1, c)));
    move(moving_variance[c], static_cast<double>(moments(2, c)));
  }
}

template <class T>
void batch_norm_inference(TensorView<const T> x, TensorView<const T> gamma,
                          TensorView<const T> beta, TensorView<const T> mean,
                          TensorView<const T> variance, double epsilon, TensorView<T> y) {
  constexpr std::string_view kWho = "batch_norm_inference";
  const Shape& shape = x.shape();
  check_input(kWho, shape, 0, gamma.shape(), beta.shape(), epsilon);
  check_same(kWho, {"mean", mean.shape()}, Shape{shape[1]}, {{"x", shape}});
  check_same(kWho, {"variance", variance.shape()}, Shape{shape[1]}, {{"x", shape}});
  check_same(kWho, {"y", y.shape()}, shape, {{"x", shape}});
  const parallel::FlushToZero flush;
  const auto moment_of = [&](Index c) {
    return Moment{static_cast<double>(mean[c]), 0, static_cast<double>(variance[c])};
  };
  normalize_columns(Columns(shape), x, gamma, beta, epsilon, moment_of, y);
}

template <class T>
void batch_norm_backward(TensorView<const T> x, TensorView<const T> gamma,
                         TensorView<const T> moments, double epsilon, TensorView<const T> dy,
                         TensorView<T> dx, TensorView<T> dgamma, TensorView<T> dbeta,
                         Moments from) {
  constexpr std::string_view kWho = "batch_norm_backward";
  const Shape& shape = x.shape();
  check_input(kWho, shape, 0, gamma.shape(), {0}, epsilon);
  check_same(kWho, {"moments", moments.shape()}, Shape{3, shape[1]}, {{"x", shape}});
  check_gradients(kWho, shape, dy.shape(), dx.shape(), dgamma.shape(), dbeta.shape());
  const parallel::FlushToZero flush;

  const Columns columns(shape);
  const auto& kernels = table<T>();
  double* const mean = workspace<double, Use::sums>(columns.width + columns.parts_size());
  double* const parts = mean + columns.width;
  for (Index j = 0; j < columns.width; ++j) {
    const Index c = j % columns.channels;
    mean[j] = static_cast<double>(moments(0, c)) + static_cast<double>(moments(1, c));
  }
  columns.for_each_piece(parts, [&](Index chunk, Index at, Index n, double* sum, double* product) {
    kernels.column_products(x.data() + at, dy.data() + at, columns.rows_of(chunk), n, columns.width,
                            mean + at % columns.width, sum, product);
  });
  columns.merge(parts, add_sums);

  const double *const sum = parts, *const product = parts + columns.width;
  ColumnConstants<T> constants(columns, 4);
  for (Index c = 0; c < columns.channels; ++c) {
    const double inverse = 1 / std::sqrt(static_cast<double>(moments(2, c)) + epsilon);
    if (!dgamma.empty()) dgamma[c] = static_cast<T>(product[c] * inverse);
    if (!dbeta.empty()) dbeta[c] = static_cast<T>(sum[c]);
    const double scale = or_else(gamma, c, 1) * inverse;
    const double share = from == Moments::of_batch ? scale / static_cast<double>(shape[0]) : 0;
    const double slope = -share * inverse * (inverse * product[c]);  // the cube may overflow
    constants.set(0, c, static_cast<double>(moments(0, c)));
    constants.set(1, c, scale);
    constants.set(2, c, slope);
    constants.set(3, c, -share * sum[c] - slope * static_cast<double>(moments(1, c)));
  }
  if (dx.empty()) return;
  columns.for_each_row([&](Index at, Index rows, Index width) {
    kernels.batch_norm_backward(x.data() + at, dy.data() + at, constants[0], constants[1],
                                constants[2], constants[3], dx.data() + at, rows, width);
  });
}

template <class T>
void layer_norm_forward(TensorView<const T> x, TensorView<const T> gamma, TensorView<const T> beta,
                        double epsilon, TensorView<T> moments, TensorView<T> y) {
  constexpr std::string_view kWho = "layer_norm_forward";
  const Shape& shape = x.shape();
  check_input(kWho, shape, 1, gamma.shape(), beta.shape(), epsilon);
  check_same(kWho, {"moments", moments.shape()}, Shape{3, shape[0]}, {{"x", shape}});
  check_same(kWho, {"y", y.shape()}, shape, {{"x", shape}});
  const parallel::FlushToZero flush;
  const Index rows = shape[0], columns = shape[1];
  const auto& kernels = table<T>();
  parallel::parallel_for(rows, kLayerForward<T> * columns, [&](Index begin, Index end) {
    T* const moment = moments.data() + begin;
    kernels.layer_norm(x.data() + begin * columns, gamma.empty() ? nullptr : gamma.data(),
                       beta.empty() ? nullptr : beta.data(), epsilon, moment, moment + rows,
                       moment + 2 * rows, y.data() + begin * columns, end - begin, columns);
  });
}

template <class T>
void layer_norm_backward(TensorView<const T> x, TensorView<const T> gamma,
                         TensorView<const T> moments, double epsilon, TensorView<const T> dy,
                         TensorView<T> dx, TensorView<T> dgamma, TensorView<T> dbeta) {
  constexpr std::string_view kWho = "layer_norm_backward";
  const Shape& shape = x.shape();
  check_input(kWho, shape, 1, gamma.shape(), {0}, epsilon);
  check_same(kWho, {"moments", moments.shape()}, Shape{3, shape[0]}, {{"x", shape}});
  check_gradients(kWho, shape, dy.shape(), dx.shape(), dgamma.shape(), dbeta.shape());
  const parallel::FlushToZero flush;

  constexpr Index kMinChunk = 32, kMaxChunks = 64;
  const Index rows = shape[0], columns = shape[1];
  const Index length = std::max(kMinChunk, divide_up(rows, kMaxChunks));
  const Index chunks = std::max<Index>(1, divide_up(rows, length));
  double* const parts = workspace<double, Use::sums>(2 * columns * chunks);
  const T* scale = gamma.data();
  if (gamma.empty()) {
    T* const ones = workspace<T, Use::constants>(columns);
    std::fill_n(ones, columns, T(1));
    scale = ones;
  }
  const auto& kernels = table<T>();
  parallel::parallel_for(chunks, kLayerBackward<T> * length * columns, [&](Index begin, Index end) {
    for (Index chunk = begin; chunk < end; ++chunk) {
      double* const part = parts + 2 * columns * chunk;
      std::fill_n(part, 2 * columns, 0.0);
      const Index row = chunk * length, at = row * columns;
      const T* const moment = moments.data() + row;
      kernels.layer_norm_backward(x.data() + at, dy.data() + at, scale, epsilon, moment,
                                  moment + rows, moment + 2 * rows,
                                  dx.empty() ? nullptr : dx.data() + at, part, part + columns,
                                  std::min(length, rows - row), columns);
    }
  });
  for (Index chunk = 1; chunk < chunks; ++chunk) {
    const double* const part = parts + 2 * columns * chunk;
    add_sums(0, parts, parts + columns, 0, part, part + columns, columns);
  }
  for (Index j = 0; j < dgamma.size(); ++j) dgamma[j] = static_cast<T>(parts[j]);
  for (Index j = 0; j < dbeta.size(); ++j) dbeta[j] = static_cast<T>(parts[columns + j]);
}

#define LANEWISE_INSTANTIATE(T)                                                                    \
  template LANEWISE_API void batch_norm_forward(TensorView<const T>, TensorView<const T>,          \
                                                TensorView<const T>, double, TensorView<T>,        \
                                                TensorView<T>);                                    \
  template LANEWISE_API void update_moving_moments(TensorView<const T>, double, TensorView<T>,     \
                                                   TensorView<T>);                                 \
  template LANEWISE_API void batch_norm_inference(TensorView<const T>, TensorView<const T>,        \
                                                  TensorView<const T>, TensorView<const T>,        \
                                                  TensorView<const T>, double, TensorView<T>);     \
  template LANEWISE_API void batch_norm_backward(                                                  \
      TensorView<const T>, TensorView<const T>, TensorView<const T>, double, TensorView<const T>,  \
      TensorView<T>, TensorView<T>, TensorView<T>, Moments);                                       \
  template LANEWISE_API void layer_norm_forward(TensorView<const T>, TensorView<const T>,          \
                                                TensorView<const T>, double, TensorView<T>,        \
                                                TensorView<T>);                                    \
  template LANEWISE_API void layer_norm_backward(TensorView<const T>, TensorView<const T>,         \
                                                 TensorView<const T>, double, TensorView<const T>, \
                                                 TensorView<T>, TensorView<T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
