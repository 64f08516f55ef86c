#pragma once
/// \file
/// Makes a model for predictions of a trained one: batch normalization goes into the layers before
/// it.

#include "lanewise/export.hpp"
#include "lanewise/nn/sequential.hpp"

namespace lanewise {

/// The same model without the batch normalizations that directly follow a layer which can take
/// their scale and shift, a dense or convolutional one without an activation of its own:
///
/// \f[ \gamma \frac{(x W + b) - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta = x (W s) + (b - \mu) s +
/// \beta, \quad s = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} \f]
///
/// with the running \f$ \mu, \sigma^2 \f$. Such a layer has a bias then, even if it had none. Its
/// predictions equal the model's within rounding. Other layers, batch normalizations that follow
/// something else, or what others read too, among them, are copied. The result is not compiled;
/// training it further is not training the original, since nothing is normalized by the batch any
/// more. Costs one pass over the weights. Jacob et al., "Quantization and training of neural
/// networks for efficient integer-arithmetic-only inference", 2018, section 3.2. \throws
/// ArgumentError if the model is not built.
template <class T>
LANEWISE_API BasicModel<T> fold_batch_normalization(const BasicModel<T>& model);
/// \copydoc fold_batch_normalization(const BasicModel<T>&)
template <class T>
LANEWISE_API BasicSequential<T> fold_batch_normalization(const BasicSequential<T>& model);

}  // namespace lanewise
