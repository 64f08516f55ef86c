#pragma once
/// \file
/// What fit(), evaluate() and predict() take: views of inputs and targets that somebody else owns.

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// Images that stay bytes in memory and are multiplied by `scale`, a finite number, while a batch is
/// gathered.
struct ScaledBytes {
  TensorView<const std::uint8_t> bytes;
  double scale = 1.0 / 255.0;
};

/// The inputs of a model, samples along the outermost dimension: numbers, or bytes and their scale.
template <class T>
class Inputs {
 public:
  /// No inputs.
  Inputs() = default;
  /// Numbers, which must outlive the call that takes the inputs.
  Inputs(TensorView<const T> values) : data_(values) {}
  /// The same of a tensor.
  Inputs(const Tensor<T>& values) : data_(values.view()) {}
  /// Bytes, which must outlive the call likewise.
  Inputs(ScaledBytes bytes) : data_(bytes) {}

  /// Shape with the samples outermost.
  const Shape& shape() const {
    const auto* bytes = std::get_if<ScaledBytes>(&data_);
    return bytes ? bytes->bytes.shape() : values().shape();
  }
  /// Number of samples; 0 for a scalar.
  Index samples() const { return shape().rank() == 0 ? 0 : shape()[0]; }
  /// Samples [begin, end).
  Inputs rows(Index begin, Index end) const {
    if (const auto* bytes = std::get_if<ScaledBytes>(&data_))
      return ScaledBytes{bytes->bytes.rows(begin, end), bytes->scale};
    return values().rows(begin, end);
  }
  /// The numbers, or null if these are bytes.
  const TensorView<const T>* numbers() const { return std::get_if<TensorView<const T>>(&data_); }
  /// The bytes, or null if these are numbers.
  const ScaledBytes* bytes() const { return std::get_if<ScaledBytes>(&data_); }

 private:
  const TensorView<const T>& values() const { return std::get<TensorView<const T>>(data_); }
  std::variant<TensorView<const T>, ScaledBytes> data_;
};

/// The targets of a model, samples along the outermost dimension: numbers of the output's shape
/// (one row of a one-hot matrix, say), or one integer label a sample.
template <class T>
class Targets {
 public:
  /// No targets.
  Targets() = default;
  /// Numbers of the output's shape, which must outlive the call that takes the targets.
  Targets(TensorView<const T> values) : data_(values) {}
  /// The same of a tensor.
  Targets(const Tensor<T>& values) : data_(values.view()) {}
  /// Integer labels of shape (samples), which must outlive the call likewise.
  Targets(TensorView<const std::int32_t> labels) : data_(labels) {}
  /// The same of a tensor.
  Targets(const Tensor<std::int32_t>& labels) : data_(labels.view()) {}

  /// Shape with the samples outermost.
  const Shape& shape() const {
    return is_labels() ? std::get<1>(data_).shape() : std::get<0>(data_).shape();
  }
  /// Number of samples; 0 for a scalar.
  Index samples() const { return shape().rank() == 0 ? 0 : shape()[0]; }
  /// Samples [begin, end).
  Targets rows(Index begin, Index end) const {
    if (is_labels()) return std::get<1>(data_).rows(begin, end);
    return std::get<0>(data_).rows(begin, end);
  }
  /// Whether these are integer labels.
  bool is_labels() const { return data_.index() == 1; }
  /// The numbers; only if not is_labels().
  TensorView<const T> values() const { return std::get<0>(data_); }
  /// The labels; only if is_labels().
  TensorView<const std::int32_t> labels() const { return std::get<1>(data_); }

 private:
  std::variant<TensorView<const T>, TensorView<const std::int32_t>> data_;
};

/// Whether X is a tensor about to be destroyed: a view of it would dangle.
template <class X>
inline constexpr bool kIsTemporaryTensor = false;
template <class U>
inline constexpr bool kIsTemporaryTensor<Tensor<U>> = true;

/// Inputs and targets that fit() evaluates after each epoch. Views: the tensors must outlive the
/// call, and temporary ones do not compile.
template <class T>
struct ValidationData {
  Inputs<T> x;
  Targets<T> y;

  /// None.
  ValidationData() = default;
  /// Anything that Inputs and Targets can be made of, except tensors about to be destroyed.
  template <class X, class Y>
  requires(!kIsTemporaryTensor<std::remove_const_t<X>> &&
           !kIsTemporaryTensor<std::remove_const_t<Y>> && std::is_convertible_v<X, Inputs<T>> &&
           std::is_convertible_v<Y, Targets<T>>) ValidationData(X&& inputs, Y&& targets)
      : x(std::forward<X>(inputs)), y(std::forward<Y>(targets)) {}
};

}  // namespace lanewise
