#pragma once
/// \file
/// Tensors and views of them: row-major, contiguous, 64-byte aligned.
///
/// \code
///   Tensor<float> of shape (2, 3)          view.rows(1, 2), shape (1, 3)
///   data --> a00 a01 a02 a10 a11 a12                  data --> a10 a11 a12
/// \endcode
///
/// A Tensor owns its elements; a TensorView points into somebody else's. Operations take views. The
/// last dimension is the contiguous one, so that images are NHWC and matrices are rows of columns.

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "lanewise/export.hpp"
#include "lanewise/shape.hpp"

namespace lanewise {

/// Every tensor starts on a boundary of this many bytes: one cache line, one AVX-512 register.
inline constexpr std::size_t kAlignment = 64;

template <class T>
class Tensor;

/// What a view knows whether it writes or not: where its elements are, and their shape.
template <class T>
class ViewBase {
 public:
  ///@{
  /// The sizes: all of them, their product, their number, whether their product is 0.
  const Shape& shape() const { return shape_; }
  Index size() const { return shape_.size(); }
  int rank() const { return shape_.rank(); }
  bool empty() const { return size() == 0; }
  ///@}

 protected:
  ViewBase() : shape_{0} {}
  ViewBase(const T* data, const Shape& shape) : data_(data), shape_(shape) {}  ///< memory elsewhere

  const T* data_ = nullptr;
  Shape shape_;
};

/// A row-major, contiguous window into elements that somebody else owns and keeps alive.
/// `T` is const for a view that only reads. Copying a view copies no elements.
///
/// A writing view is a reading one, too, by inheritance rather than by a conversion: so it also
/// serves a function template that takes a TensorView<const T> and has to deduce T.
template <class T>
class TensorView : public std::conditional_t<std::is_const_v<T>, ViewBase<std::remove_const_t<T>>,
                                             TensorView<const T>> {
  using Base =
      std::conditional_t<std::is_const_v<T>, ViewBase<std::remove_const_t<T>>, TensorView<const T>>;

 public:
  using value_type = std::remove_const_t<T>;
  using Base::size, Base::rank;

  /// No elements, shape (0).
  TensorView() = default;

  /// A view of `shape.size()` elements from `data` on.
  TensorView(T* data, const Shape& shape) : Base(data, shape) {}

  ///@{
  /// A view of a whole tensor, which must outlive the view: so one of a temporary does not compile.
  /// Where a temporary lives long enough, for the length of a call, its view() says so.
  TensorView(Tensor<value_type>& tensor) : Base(tensor.data(), tensor.shape()) {}
  TensorView(const Tensor<value_type>& tensor) requires std::is_const_v<T>
      : Base(tensor.data(), tensor.shape()) {}
  TensorView(const Tensor<value_type>&&) = delete;
  ///@}

  /// The first element; null for a default view.
  T* data() const { return const_cast<T*>(this->data_); }  // a writing view was made from a T*

  ///@{
  /// The elements in row-major order.
  T* begin() const { return data(); }
  T* end() const { return data() + size(); }
  std::span<T> span() const { return {data(), static_cast<std::size_t>(size())}; }
  ///@}

  /// Element `i` of the flat, row-major order; checked in debug builds only.
  T& operator[](Index i) const {
    assert(i >= 0 && i < size());
    return data()[i];
  }

  /// The element at these indices, one an axis; checked in debug builds only.
  template <std::convertible_to<Index>... Is>
  T& operator()(Is... indices) const {
    assert(static_cast<int>(sizeof...(indices)) == rank());
    Index offset = 0;
    std::size_t axis = 0;
    ((offset = offset * this->shape_.sizes()[axis++] + static_cast<Index>(indices)), ...);
    return (*this)[offset];
  }

  /// The same elements under another shape.
  /// \throws ShapeError if the number of elements differs.
  TensorView reshape(const Shape& shape) const;

  /// Elements [begin, end) of the outermost dimension, without a copy.
  /// \throws ShapeError unless 0 <= begin <= end <= shape()[0].
  TensorView rows(Index begin, Index end) const;

  /// Element `i` of the outermost dimension, as a view of one rank less.
  /// \throws ShapeError unless 0 <= i < shape()[0].
  TensorView row(Index i) const { return rows(i, i + 1).reshape(this->shape_.inner()); }
};

/// Owns the elements of a row-major tensor, zero at first. Copying copies the elements.
/// Elements are `float`, `double`, `std::int32_t` (labels) or `std::uint8_t` (images).
template <class T>
class Tensor {
 public:
  using value_type = T;

  /// No elements, shape (0).
  Tensor() : Tensor(Shape{0}) {}

  /// Zeros of this shape.
  explicit Tensor(const Shape& shape);

  /// These values, in row-major order.
  /// \throws ShapeError if their number is not `shape.size()`.
  Tensor(const Shape& shape, std::span<const T> values);

  /// These values, in row-major order.
  /// \throws ShapeError if their number is not `shape.size()`.
  Tensor(const Shape& shape, std::initializer_list<T> values)
      : Tensor(shape, std::span(values.begin(), values.size())) {}

  /// Not a matrix by its rows: it would be taken for a shape and its values. Those are written
  /// `Tensor<float>({2, 2}, {1, 2, 3, 4})` or, in braces, `{Shape{2, 2}, {1, 2, 3, 4}}`.
  Tensor(std::initializer_list<std::initializer_list<T>>) = delete;

  /// A copy of the elements that a view shows.
  explicit Tensor(TensorView<const T> view) : Tensor(view.shape(), view.span()) {}

  ///@{
  /// Copying copies the elements; moving leaves an empty tensor of shape (0).
  Tensor(const Tensor& other) : Tensor(other.view()) {}
  Tensor(Tensor&& other) noexcept : shape_(other.shape_), data_(std::move(other.data_)) {
    other.shape_ = Shape{0};
  }
  Tensor& operator=(Tensor other) noexcept {
    std::swap(shape_, other.shape_);
    std::swap(data_, other.data_);
    return *this;
  }
  ///@}
  ~Tensor() = default;

  ///@{
  /// The first element, 64-byte aligned.
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  ///@}

  ///@{
  /// The sizes: all of them, their product, their number, whether their product is 0.
  const Shape& shape() const { return shape_; }
  Index size() const { return shape_.size(); }
  int rank() const { return shape_.rank(); }
  bool empty() const { return size() == 0; }
  ///@}

  ///@{
  /// The elements in row-major order.
  T* begin() { return data(); }
  T* end() { return data() + size(); }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  std::span<T> span() { return view().span(); }
  std::span<const T> span() const { return view().span(); }
  ///@}

  ///@{
  /// A view of the whole tensor, which must outlive it.
  TensorView<T> view() { return {data(), shape_}; }
  TensorView<const T> view() const { return {data(), shape_}; }
  ///@}

  ///@{
  /// Element `i` of the flat, row-major order; checked in debug builds only.
  T& operator[](Index i) { return view()[i]; }
  const T& operator[](Index i) const { return view()[i]; }
  ///@}

  ///@{
  /// The element at these indices, one an axis; checked in debug builds only.
  template <std::convertible_to<Index>... Is>
  T& operator()(Is... indices) {
    return view()(indices...);
  }
  template <std::convertible_to<Index>... Is>
  const T& operator()(Is... indices) const {
    return view()(indices...);
  }
  ///@}

  ///@{
  /// The same elements under another shape.
  /// \throws ShapeError if the number of elements differs.
  TensorView<T> reshape(const Shape& shape) { return view().reshape(shape); }
  TensorView<const T> reshape(const Shape& shape) const { return view().reshape(shape); }
  ///@}

  ///@{
  /// Elements [begin, end) of the outermost dimension, without a copy.
  /// \throws ShapeError unless 0 <= begin <= end <= shape()[0].
  TensorView<T> rows(Index begin, Index end) { return view().rows(begin, end); }
  TensorView<const T> rows(Index begin, Index end) const { return view().rows(begin, end); }
  ///@}

  ///@{
  /// Element `i` of the outermost dimension, as a view of one rank less.
  /// \throws ShapeError unless 0 <= i < shape()[0].
  TensorView<T> row(Index i) { return view().row(i); }
  TensorView<const T> row(Index i) const { return view().row(i); }
  ///@}

  /// Sets every element to `value`.
  void fill(T value) { std::fill(begin(), end(), value); }

 private:
  struct Free {
    void operator()(T* data) const { ::operator delete[](data, std::align_val_t{kAlignment}); }
  };

  Shape shape_;
  std::unique_ptr<T[], Free> data_;
};

/// The tensor as NumPy prints it: nested brackets, aligned columns, `...` for the middle of a
/// dimension of more than `edge` * 2 elements.
template <class T>
LANEWISE_API std::string to_string(TensorView<const T> tensor, Index edge = 4);

/// The same of a whole tensor.
template <class T>
std::string to_string(const Tensor<T>& tensor, Index edge = 4) {
  return to_string(tensor.view(), edge);
}

/// Writes to_string(tensor).
template <class T>
LANEWISE_API std::ostream& operator<<(std::ostream& stream, TensorView<const T> tensor);

/// The same of a whole tensor.
template <class T>
std::ostream& operator<<(std::ostream& stream, const Tensor<T>& tensor) {
  return stream << tensor.view();
}

}  // namespace lanewise
