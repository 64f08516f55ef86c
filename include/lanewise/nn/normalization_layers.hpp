#pragma once
/// \file
/// The layers that normalize. The formulas stand in lanewise/ops/normalization.hpp.

#include "lanewise/export.hpp"
#include "lanewise/nn/initializer.hpp"
#include "lanewise/nn/layer.hpp"

namespace lanewise {

/// Options of BatchNormalization.
struct BatchNormalizationOptions {
  /// How much of the running statistics stays at each step that trains.
  double momentum = 0.99;
  double epsilon = 1e-3;  ///< added to the variance
  bool center = true;     ///< whether there is a beta to add
  bool scale = true;      ///< whether there is a gamma to multiply by
  Initializer beta_initializer = Zeros{};
  Initializer gamma_initializer = Ones{};
  Initializer moving_mean_initializer = Zeros{};
  Initializer moving_variance_initializer = Ones{};
  LANEWISE_FIELDS(BatchNormalizationOptions, momentum, epsilon, center, scale, beta_initializer,
                  gamma_initializer, moving_mean_initializer, moving_variance_initializer);
};

/// Brings each channel, the last dimension, to mean 0 and deviation 1, then scales and shifts it:
/// while training by the mean and the variance of the batch, else by their running means.
/// Parameters gamma and beta, and, not trained, moving_mean and moving_variance, each of
/// (channels). A batch of one sample without other dimensions becomes beta: it is its own mean. A
/// few operations an element, two passes over memory. Ioffe and Szegedy, 2015. \throws
/// ArgumentError (when the model is made) unless 0 <= momentum <= 1 and epsilon >= 0.
struct LANEWISE_API BatchNormalization {
  BatchNormalizationOptions options{};
  LANEWISE_LAYER(BatchNormalization, options);
};

/// Options of LayerNormalization.
struct LayerNormalizationOptions {
  double epsilon = 1e-3;  ///< added to the variance
  bool center = true;     ///< whether there is a beta to add
  bool scale = true;      ///< whether there is a gamma to multiply by
  Initializer beta_initializer = Zeros{};
  Initializer gamma_initializer = Ones{};
  LANEWISE_FIELDS(LayerNormalizationOptions, epsilon, center, scale, beta_initializer,
                  gamma_initializer);
};

/// Brings the last dimension of each sample to mean 0 and deviation 1, then scales and shifts it,
/// in training as later. Parameters gamma and beta, of that dimension. A few operations an element.
/// Ba, Kiros and Hinton, 2016.
/// \throws ArgumentError (when the model is made) unless epsilon >= 0.
struct LANEWISE_API LayerNormalization {
  LayerNormalizationOptions options{};
  LANEWISE_LAYER(LayerNormalization, options);
};

}  // namespace lanewise
