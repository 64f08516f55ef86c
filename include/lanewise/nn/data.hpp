#pragma once
/// \file
/// What fit(), evaluate() and predict() take: views of inputs and targets that somebody else owns.

#include <concepts>
#include <cstdint>
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
  ///@{
  /// The same of a tensor; of a temporary one it does not compile.
  Inputs(const Tensor<T>& values) : data_(values.view()) {}
  Inputs(const Tensor<T>&&) = delete;
  ///@}
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
  ///@{
  /// The same of a tensor; of a temporary one it does not compile.
  Targets(const Tensor<T>& values) : data_(values.view()) {}
  Targets(const Tensor<T>&&) = delete;
  ///@}
  /// Integer labels of shape (samples), which must outlive the call likewise.
  Targets(TensorView<const std::int32_t> labels) : data_(labels) {}
  ///@{
  /// The same of a tensor; of a temporary one it does not compile.
  Targets(const Tensor<std::int32_t>& labels) : data_(labels.view()) {}
  Targets(const Tensor<std::int32_t>&&) = delete;
  ///@}

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

///@{
/// Anything that inputs or targets can be made of for the length of a call, temporary tensors
/// included: the call takes it by reference, and then it lives long enough.
template <class X, class T>
concept InputsLike = std::convertible_to<const X&, Inputs<T>>;
template <class Y, class T>
concept TargetsLike = std::convertible_to<const Y&, Targets<T>>;
///@}

/// Inputs and targets that fit() evaluates after each epoch. Views: the tensors must outlive the
/// call, and temporary ones do not compile.
template <class T>
struct ValidationData {
  Inputs<T> x{};
  Targets<T> y{};
};

}  // namespace lanewise
