#pragma once
// The operations of lanewise/ops/merge.hpp as plain loops. Nothing is checked.
#include "lanewise/ops/merge.hpp"

namespace lanewise::reference {

template <class T>
void accumulate(TensorView<const T> x, TensorView<T> y);

}  // namespace lanewise::reference
