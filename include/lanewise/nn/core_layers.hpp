#pragma once
/// \file
/// The layers that most models have.

#include "lanewise/nn/layer.hpp"

namespace lanewise {

/// Declares the sample shape of the model's input: `Input{{28, 28}}`. Optional, and first if there.
/// \throws ArgumentError (when the model is made) for a dimension of 0.
struct LANEWISE_API Input {
  Shape shape;
  LANEWISE_LAYER(Input, shape);
};

/// Options of Dense.
struct DenseOptions {
  ActivationFunction activation = linear;
  bool use_bias = true;
  Initializer kernel_initializer = GlorotUniform{};
  Initializer bias_initializer = Zeros{};
  Regularizer kernel_regularizer{};
  Regularizer bias_regularizer{};
  LANEWISE_FIELDS(DenseOptions, activation, use_bias, kernel_initializer, bias_initializer,
                  kernel_regularizer, bias_regularizer);
};

/// Fully connected: y = activation(x W + b) over the last dimension, with W of (inputs, units) and
/// b of (units). Leading dimensions of the sample pass through, as in Keras. 2 * batch * inputs *
/// units floating-point operations forward, twice that backward. \throws ArgumentError (when the
/// model is made) unless units >= 1, and for an activation or initializers out of range.
struct LANEWISE_API Dense {
  Index units = 1;
  DenseOptions options{};
  LANEWISE_LAYER(Dense, units, options);
};

/// An activation function as a layer of its own.
/// \throws ArgumentError (when the model is made) as ops::check().
struct LANEWISE_API Activation {
  ActivationFunction function = linear;
  LANEWISE_LAYER(Activation, function);
};

/// Softmax over one dimension, counted as in Keras: 1 is a sample's first, -1 its last.
/// \throws ShapeError if the samples have no such dimension, or nothing in it.
struct LANEWISE_API Softmax {
  int axis = -1;
  LANEWISE_LAYER(Softmax, axis);
};

/// Options of Embedding.
struct EmbeddingOptions {
  Initializer embeddings_initializer = RandomUniform{-0.05, 0.05};
  Regularizer embeddings_regularizer{};
  LANEWISE_FIELDS(EmbeddingOptions, embeddings_initializer, embeddings_regularizer);
};

/// A learned vector for each of `input_dim` words, or whatever else is counted: whole numbers in
/// [0, input_dim), in samples of any shape, become vectors of `output_dim`, a last dimension more.
/// Its input has no gradient: what comes before it does not learn through it.
/// \throws ArgumentError (when the model is made) unless both are at least 1, for an input_dim
/// above 2^24, up to which a float counts, and for an initializer out of range; DataError for an
/// input that is no such number, before anything changes.
struct LANEWISE_API Embedding {
  Index input_dim = 1;
  Index output_dim = 1;
  EmbeddingOptions options{};
  LANEWISE_LAYER(Embedding, input_dim, output_dim, options);
};

/// Makes one dimension of all: (28, 28) becomes (784). Copies nothing.
struct LANEWISE_API Flatten {
  LANEWISE_LAYER(Flatten);
};

/// While training, sets each element to zero with probability `rate` and divides the others by
/// 1 - rate; the identity otherwise. Srivastava et al., 2014.
/// \throws ArgumentError (when the model is made) unless 0 <= rate < 1.
struct LANEWISE_API Dropout {
  double rate = 0.5;
  LANEWISE_LAYER(Dropout, rate);
};

/// While training, adds to each element noise of mean 0 and this standard deviation, drawn anew in
/// each step; the identity otherwise. Gradients pass as they are.
/// \throws ArgumentError (when the model is made) unless stddev is a finite number of at least 0.
struct LANEWISE_API GaussianNoise {
  double stddev = 1;
  LANEWISE_LAYER(GaussianNoise, stddev);
};

/// Hands on what it is given, and adds to the loss \f$ (l_1 \sum |x| + l_2 \sum x^2) / n \f$ for a
/// batch of n samples, as in Keras.
/// \throws ArgumentError (when the model is made) for factors that are negative or not finite.
struct LANEWISE_API ActivityRegularization {
  double l1 = 0;
  double l2 = 0;
  LANEWISE_LAYER(ActivityRegularization, l1, l2);
};

}  // namespace lanewise
