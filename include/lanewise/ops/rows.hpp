#pragma once
/// \file
/// Small operations over the rows of a batch: gathering, sums, maxima, dropout.

#include <cstdint>
#include <span>
#include <type_traits>

#include "lanewise/export.hpp"
#include "lanewise/random.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// y[i] = x[indices[i]], row by row of the outermost dimension. y must not overlap x.
/// \throws ShapeError unless y has the shape (indices.size(), rest of x's); ArgumentError for an
/// index outside x.
template <class T>
LANEWISE_API void gather_rows(TensorView<const T> x, std::span<const Index> indices,
                              TensorView<T> y);

/// The same for bytes, y[i] = scale * x[indices[i]]: images stay bytes in memory and become numbers
/// in the batch. \throws as above.
template <class T>
LANEWISE_API void gather_rows(TensorView<const std::uint8_t> x, std::span<const Index> indices,
                              std::type_identity_t<T> scale, TensorView<T> y);

/// sum[j] = sum over i of x[i, j] for x of (rows, columns): the gradient of a bias.
/// The same bits on any number of threads. sum must not overlap x.
/// \throws ShapeError unless x is of rank 2 and sum has the shape (columns).
template <class T>
LANEWISE_API void column_sums(TensorView<const T> x, TensorView<T> sum);

/// The column of the largest element of each row, the first of equal ones; a row with a NaN gives
/// the first NaN's. x is (rows, columns).
/// \throws ShapeError unless x is of rank 2 with 1 to 2^31 - 1 columns, and `columns` has the shape
/// (rows).
template <class T>
LANEWISE_API void argmax_rows(TensorView<const T> x, TensorView<std::int32_t> columns);

/// Whether every element is a finite number.
template <class T>
LANEWISE_API bool all_finite(TensorView<const T> x);

/// The same of a whole tensor.
template <class T>
bool all_finite(const Tensor<T>& x) {
  return all_finite(x.view());
}

/// Inverted dropout: y = x * mask / (1 - rate), each element kept with probability 1 - rate.
/// Element i is decided by (key, i) alone, so that the backward pass is the same call on dy. x may
/// be y. float and double, and every instruction set, keep the same elements. What is dropped is 0,
/// even if x is not finite there. \throws ArgumentError unless 0 <= rate < 1; ShapeError if the
/// shapes differ.
template <class T>
LANEWISE_API void dropout(TensorView<const T> x, double rate, RandomKey key, TensorView<T> y);

}  // namespace lanewise::ops
