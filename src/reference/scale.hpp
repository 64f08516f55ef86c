#pragma once
// The operation of lanewise/ops/scale.hpp as a plain loop. Nothing is checked.
#include "lanewise/ops/scale.hpp"

namespace lanewise::reference {

template <class T>
void scale(std::type_identity_t<T> factor, TensorView<const T> x, TensorView<T> y);

}  // namespace lanewise::reference
