#pragma once
// The operations of lanewise/ops/penalty.hpp as plain loops. Nothing is checked.
#include "lanewise/tensor.hpp"

namespace lanewise::reference {

template <class T>
double penalty(TensorView<const T> x, double l1, double l2);
// Worked out in double.
template <class T>
void penalty_backward(TensorView<const T> x, double l1, double l2, TensorView<T> dx);

}  // namespace lanewise::reference
