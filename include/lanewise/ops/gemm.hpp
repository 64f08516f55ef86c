#pragma once
/// \file
/// General matrix multiplication, the operation everything else is made of.

#include <concepts>
#include <type_traits>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// A row-major matrix whose rows start `stride` elements apart (the leading dimension), so that a
/// block of a larger matrix is one too. Points into somebody else's elements.
template <class T>
struct MatrixView {
  T* data = nullptr;
  Index rows = 0;
  Index columns = 0;
  Index stride = 0;

  MatrixView() = default;
  /// Rows and columns of elements from `data_` on.
  MatrixView(T* data_, Index rows_, Index columns_, Index stride_)
      : data(data_), rows(rows_), columns(columns_), stride(stride_) {}

  ///@{
  /// A whole tensor of rank 2, which must outlive the view: one of a temporary does not compile.
  /// \throws ShapeError for any other rank.
  MatrixView(TensorView<T> tensor);
  MatrixView(Tensor<std::remove_const_t<T>>& tensor) : MatrixView(TensorView<T>(tensor)) {}
  template <class U>
  requires std::same_as<const U, T> MatrixView(const Tensor<U>& tensor)
      : MatrixView(TensorView<T>(tensor)) {}
  MatrixView(const Tensor<std::remove_const_t<T>>&&) = delete;
  ///@}

  /// A reading view of a writing one.
  template <class U>
  requires std::same_as<const U, T> MatrixView(const MatrixView<U>& other)
      : MatrixView(other.data, other.rows, other.columns, other.stride) {}
};

/// What gemm() does besides multiplying.
template <class T>
struct GemmOptions {
  bool transpose_a = false;  ///< use the transpose of A: A is then stored as (k, m)
  bool transpose_b = false;  ///< use the transpose of B: B is then stored as (n, k)
  T alpha = 1;               ///< factor of the product
  T beta = 0;                ///< factor of the old C; 0 never reads C, which may hold NaN
  const T* bias = nullptr;   ///< n elements added to every row, or null
  bool relu = false;         ///< clip the finished result at zero; NaN stays NaN
};

/// C = relu(alpha op(A) op(B) + beta C + bias), with op(A) of (m, k), op(B) of (k, n), C of (m, n).
///
/// Any of m, n and k may be 0; with k = 0 the product is zero. 2 m n k floating-point operations.
/// C must not overlap A, B or the bias. The same bits on any number of threads.
/// \throws ShapeError if the sizes do not fit; ArgumentError if a stride is shorter than a row.
template <class T>
LANEWISE_API void gemm(const std::type_identity_t<MatrixView<const T>>& a,
                       const std::type_identity_t<MatrixView<const T>>& b, const MatrixView<T>& c,
                       const GemmOptions<T>& options = {});

///@{
/// The same into a tensor of rank 2, or a view of one.
template <class T>
void gemm(const std::type_identity_t<MatrixView<const T>>& a,
          const std::type_identity_t<MatrixView<const T>>& b, Tensor<T>& c,
          const GemmOptions<T>& options = {}) {
  gemm(a, b, MatrixView<T>(c), options);
}
template <class T>
void gemm(const std::type_identity_t<MatrixView<const T>>& a,
          const std::type_identity_t<MatrixView<const T>>& b, TensorView<T> c,
          const GemmOptions<T>& options = {}) {
  gemm(a, b, MatrixView<T>(c), options);
}
///@}

}  // namespace lanewise::ops
