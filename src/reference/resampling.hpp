#pragma once
// Enlarging images, of lanewise/ops/resampling.hpp, as plain loops. Nothing is checked.
#include "lanewise/ops/resampling.hpp"

namespace lanewise::reference {

// Both add up in double.
template <class T>
void upsample(TensorView<const T> x, Extent2D factor, Interpolation interpolation, TensorView<T> y);
template <class T>
void upsample_backward(TensorView<const T> dy, Extent2D factor, Interpolation interpolation,
                       TensorView<T> dx);

}  // namespace lanewise::reference
