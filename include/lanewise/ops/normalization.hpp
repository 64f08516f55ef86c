#pragma once
/// \file
/// Batch normalization and layer normalization.
///
/// Both bring numbers to mean 0 and deviation 1 and then scale and shift them,
/// \f$ y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta \f$, over a matrix x of (rows,
/// columns). They differ in what a mean \f$ \mu \f$ and a variance \f$ \sigma^2 \f$ (the biased
/// one, divided by the count) are taken over:
///
/// \code
///              columns = channels                 columns
///            | x x x x |                        | x x x x |  --> mean, variance
///       rows | x x x x |                   rows | x x x x |  --> mean, variance
///            | x x x x |                        | x x x x |  --> mean, variance
///              | | | |
///              mean, variance
///            batch normalization                layer normalization
/// \endcode
///
/// The rows of an image batch are its pixels: (batch, height, width, channels) becomes (batch *
/// height * width, channels). gamma and beta have the shape (columns) and may be empty, which
/// stands for all 1 and all 0; so may their gradients then.
///
/// Moments are computed in double, of differences from one of the numbers, so that a mean far larger
/// than the deviation does no harm. They are handed from the forward to the backward pass as a tensor of (3, count):
/// [0] the mean rounded to T, [1] what that rounding lost, [2] the variance.
///
/// Everything costs a few operations an element and is bound by memory. batch_norm_forward and the
/// backward passes work in about 1 KB a column, which the calling thread keeps. The same bits on
/// any number of threads. Outputs may overlap x or dy only where that is said. A NaN or an infinity
/// spoils its column, or its row, and nothing else.
///
/// Ioffe and Szegedy, "Batch normalization", 2015; Ba, Kiros and Hinton, "Layer normalization",
/// 2016.

#include "lanewise/export.hpp"
#include "lanewise/names.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

/// Where the moments of a batch normalization come from: the batch itself, which the gradient then
/// flows through, or somewhere else, such as the running statistics.
enum class Moments { of_batch, constant };
LANEWISE_NAMES(Moments, of_batch, constant)

/// Normalizes each column by the moments of this batch, which it also gives. x and y are (rows,
/// columns), moments is (3, columns). Reads x twice. y may be x.
/// \throws ShapeError if the shapes do not fit or there are no rows; ArgumentError unless epsilon
/// is a number >= 0.
template <class T>
LANEWISE_API void batch_norm_forward(TensorView<const T> x, TensorView<const T> gamma,
                                     TensorView<const T> beta, double epsilon,
                                     TensorView<T> moments, TensorView<T> y);

/// Moves running statistics, both of (columns), towards the moments of a batch: moving = momentum *
/// moving + (1 - momentum) * batch. The variance is the biased one, as in Keras.
/// \throws ShapeError if the shapes do not fit; ArgumentError unless 0 <= momentum <= 1.
template <class T>
LANEWISE_API void update_moving_moments(TensorView<const T> moments, double momentum,
                                        TensorView<T> moving_mean, TensorView<T> moving_variance);

/// Normalizes each column by a given mean and variance, both of (columns). y may be x.
/// \throws as batch_norm_forward().
template <class T>
LANEWISE_API void batch_norm_inference(TensorView<const T> x, TensorView<const T> gamma,
                                       TensorView<const T> beta, TensorView<const T> mean,
                                       TensorView<const T> variance, double epsilon,
                                       TensorView<T> y);

/// The gradients of a batch normalization. With \f$ \hat x = (x - \mu) / \sqrt{\sigma^2 + \epsilon}
/// \f$ and the means over the rows, \f[ d\gamma = \sum dy\, \hat x, \quad d\beta = \sum dy, \quad
/// dx = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} \left(dy - \overline{dy} - \hat x\,
/// \overline{dy\, \hat x}\right), \f] and for constant moments \f$ dx = \gamma\, dy /
/// \sqrt{\sigma^2 + \epsilon} \f$. dx, dgamma and dbeta are written unless they are empty; dx may
/// be dy or x. x, dy and dx are (rows, columns), moments is (3, columns) as the forward pass left
/// it. \throws as batch_norm_forward().
template <class T>
LANEWISE_API void batch_norm_backward(TensorView<const T> x, TensorView<const T> gamma,
                                      TensorView<const T> moments, double epsilon,
                                      TensorView<const T> dy, TensorView<T> dx,
                                      TensorView<T> dgamma, TensorView<T> dbeta,
                                      Moments from = Moments::of_batch);

/// Normalizes each row by its own moments, which it also gives. x and y are (rows, columns),
/// moments is (3, rows). Reads x once. y may be x. \throws ShapeError if the shapes do not fit or
/// there are no columns; ArgumentError unless epsilon is a number >= 0.
template <class T>
LANEWISE_API void layer_norm_forward(TensorView<const T> x, TensorView<const T> gamma,
                                     TensorView<const T> beta, double epsilon,
                                     TensorView<T> moments, TensorView<T> y);

/// The gradients of a layer normalization. With \f$ g = \gamma\, dy \f$ and the means over the row,
/// \f[ dx = \frac{1}{\sqrt{\sigma^2 + \epsilon}} \left(g - \overline{g} - \hat x\, \overline{g \hat
/// x}\right); \f] dgamma and dbeta as for batch_norm_backward(). dx, dgamma and dbeta are written
/// unless they are empty; dx may be dy. moments is (3, rows) as the forward pass left it.
/// \throws as layer_norm_forward().
template <class T>
LANEWISE_API void layer_norm_backward(TensorView<const T> x, TensorView<const T> gamma,
                                      TensorView<const T> moments, double epsilon,
                                      TensorView<const T> dy, TensorView<T> dx,
                                      TensorView<T> dgamma, TensorView<T> dbeta);

}  // namespace lanewise::ops
