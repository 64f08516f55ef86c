#pragma once
/// \file
/// What fit(), evaluate() and predict() take: views of inputs and targets that somebody else owns.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// Images that stay bytes in memory and are multiplied by `scale`, a finite number, while a batch
/// is gathered.
struct ScaledBytes {
  TensorView<const std::uint8_t> bytes;
  double scale = 1.0 / 255.0;
};

/// The numbers of one input of a model, samples along the outermost dimension: numbers, bytes and
/// their scale, or indices as an Embedding takes them.
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
  /// Indices, which must outlive the call likewise. They reach the model as numbers: float holds
  /// those up to 2^24 exactly, and larger ones are an error.
  Inputs(TensorView<const std::int32_t> indices) : data_(indices) {}
  ///@{
  /// The same of a tensor; of a temporary one it does not compile.
  Inputs(const Tensor<std::int32_t>& indices) : data_(indices.view()) {}
  Inputs(const Tensor<std::int32_t>&&) = delete;
  ///@}

  /// Shape with the samples outermost.
  const Shape& shape() const {
    return std::visit([](const auto& data) -> const Shape& { return shape_of(data); }, data_);
  }
  /// Number of samples; 0 for a scalar.
  Index samples() const { return shape().rank() == 0 ? 0 : shape()[0]; }
  /// Samples [begin, end).
  Inputs rows(Index begin, Index end) const {
    if (bytes()) return ScaledBytes{bytes()->bytes.rows(begin, end), bytes()->scale};
    if (indices()) return indices()->rows(begin, end);
    return numbers()->rows(begin, end);
  }
  /// The numbers, or null if these are others.
  const TensorView<const T>* numbers() const { return std::get_if<TensorView<const T>>(&data_); }
  /// The bytes, or null if these are others.
  const ScaledBytes* bytes() const { return std::get_if<ScaledBytes>(&data_); }
  /// The indices, or null if these are others.
  const TensorView<const std::int32_t>* indices() const {
    return std::get_if<TensorView<const std::int32_t>>(&data_);
  }

 private:
  static const Shape& shape_of(const ScaledBytes& data) { return data.bytes.shape(); }
  template <class U>
  static const Shape& shape_of(const TensorView<U>& data) {
    return data.shape();
  }
  std::variant<TensorView<const T>, ScaledBytes, TensorView<const std::int32_t>> data_;
};

/// The targets of one output of a model, samples along the outermost dimension: numbers of the
/// output's shape (one row of a one-hot matrix, say), or integer labels, one a sample or one a row
/// of its output.
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

/// Anything that inputs can be made of for the length of a call, temporary tensors included: the call
/// takes it by reference, and then it lives long enough.
template <class X, class T>
concept InputsLike = std::convertible_to<const X&, Inputs<T>>;
/// Anything that targets can be made of, likewise.
template <class Y, class T>
concept TargetsLike = std::convertible_to<const Y&, Targets<T>>;

/// One element, or several in braces: what a model takes of each of its inputs or outputs.
template <class E>
class OneOrMore {
 public:
  /// One, empty.
  OneOrMore() = default;
  /// One.
  template <class X>
  requires(!std::same_as<std::remove_cvref_t<X>, OneOrMore> && std::convertible_to<X&&, E>)
      OneOrMore(X&& one)
      : one_(std::forward<X>(one)) {}
  ///@{
  /// Several, in the order of the model's inputs or outputs.
  OneOrMore(std::initializer_list<E> several) : several_(several), is_list_(true) {}
  OneOrMore(std::vector<E> several) : several_(std::move(several)), is_list_(true) {}
  ///@}

  /// All of them.
  std::span<const E> all() const {
    return is_list_ ? std::span<const E>(several_) : std::span<const E>(&one_, 1);
  }

 private:
  E one_{};
  std::vector<E> several_;
  bool is_list_ = false;
};

/// A model's inputs: one, or `{x1, x2}`.
template <class T>
using InputList = OneOrMore<Inputs<T>>;
/// A model's targets: one, or `{y1, y2}`; an empty one for an output without a loss.
template <class T>
using TargetList = OneOrMore<Targets<T>>;

/// Inputs and targets that fit() evaluates after each epoch. Views: the tensors must outlive the
/// call, and temporary ones do not compile.
template <class T>
struct ValidationData {
  InputList<T> x{};
  TargetList<T> y{};
};

}  // namespace lanewise
