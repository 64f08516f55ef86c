#pragma once
// activation_forward() below its checks, for operations that end with an activation.
#include "lanewise/ops/activation.hpp"

namespace lanewise::ops {

// y = f(x) for `rows` rows of `columns` elements, which may be the same memory. `f` has passed
// check<T>().
template <class T>
void activation_unchecked(ActivationFunction f, const T* x, T* y, Index rows, Index columns);

}  // namespace lanewise::ops
