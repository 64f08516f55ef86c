#pragma once
// The operations of lanewise/ops/normalization.hpp as plain loops, two passes for each variance,
// sums in long double. Nothing is checked; empty views as there.
#include "lanewise/ops/normalization.hpp"

namespace lanewise::reference {

template <class T>
void batch_norm_forward(TensorView<const T> x, TensorView<const T> gamma, TensorView<const T> beta,
                        double epsilon, TensorView<T> moments, TensorView<T> y);
template <class T>
void batch_norm_inference(TensorView<const T> x, TensorView<const T> gamma,
                          TensorView<const T> beta, TensorView<const T> mean,
                          TensorView<const T> variance, double epsilon, TensorView<T> y);
template <class T>
void batch_norm_backward(TensorView<const T> x, TensorView<const T> gamma,
                         TensorView<const T> moments, double epsilon, TensorView<const T> dy,
                         TensorView<T> dx, TensorView<T> dgamma, TensorView<T> dbeta,
                         ops::Moments from = ops::Moments::of_batch);
template <class T>
void layer_norm_forward(TensorView<const T> x, TensorView<const T> gamma, TensorView<const T> beta,
                        double epsilon, TensorView<T> moments, TensorView<T> y);
template <class T>
void layer_norm_backward(TensorView<const T> x, TensorView<const T> gamma,
                         TensorView<const T> moments, double epsilon, TensorView<const T> dy,
                         TensorView<T> dx, TensorView<T> dgamma, TensorView<T> dbeta);

}  // namespace lanewise::reference
