#pragma once
/// \file
/// Rows of a table by index: words, or whatever else is counted, become vectors that are learned.
///
/// Indices are elements of type T, which hold whole numbers exactly: float up to 2^24.

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// Checks that every index, a float, double or std::int32_t, is a whole number in [0, count).
/// \throws DataError that begins with `who`, if it is not empty, and names the first that is not,
/// and where it stands.
template <class T>
LANEWISE_API void check_indices(TensorView<const T> indices, Index count,
                                std::string_view who = {});

/// The same of bytes, each times `scale`. \throws as above.
template <class T>
LANEWISE_API void check_indices(TensorView<const std::uint8_t> bytes, std::type_identity_t<T> scale,
                                Index count, std::string_view who = {});

/// y[i] = table[indices[i]]: y has the indices' shape and then the table's columns. y must not
/// overlap the table.
/// \throws ShapeError unless the table is (rows, columns) and y shaped so; DataError for an index
/// that is no row.
template <class T>
LANEWISE_API void embedding_forward(TensorView<const T> indices, TensorView<const T> table,
                                    TensorView<T> y);

/// The table's gradient from dy, that of y: row r is the sum of all dy[i] whose index is r, added
/// in the order of i; 0 where there is none. \throws as embedding_forward.
template <class T>
LANEWISE_API void embedding_backward(TensorView<const T> indices, TensorView<const T> dy,
                                     TensorView<T> dtable);

}  // namespace lanewise::ops
