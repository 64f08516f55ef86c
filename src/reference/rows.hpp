#pragma once
// The operations of lanewise/ops/rows.hpp as plain loops. Nothing is checked.
#include "lanewise/ops/rows.hpp"

namespace lanewise::reference {

template <class T>
void gather_rows(TensorView<const T> x, std::span<const Index> indices, TensorView<T> y);
template <class T>
void gather_rows(TensorView<const std::uint8_t> x, std::span<const Index> indices, T scale,
                 TensorView<T> y);
// Added up in double.
template <class T>
void column_sums(TensorView<const T> x, TensorView<T> sum);
template <class T>
void argmax_rows(TensorView<const T> x, TensorView<std::int32_t> columns);
template <class T>
bool all_finite(TensorView<const T> x);

}  // namespace lanewise::reference
