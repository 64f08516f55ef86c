#pragma once
/// \file
/// The layers of several inputs: branches of a model come together in them.
///
/// Samples of different shapes merge as in Keras: dimensions are aligned from the last, and where
/// one is 1 or missing, its element stands for all of the others', as in (h, w, c) times (1, 1, c).
/// All throw a ShapeError that names what came for fewer than two inputs, or for shapes that do not
/// merge.

#include "lanewise/nn/layer.hpp"

namespace lanewise {

/// The sum of its inputs, element by element.
struct LANEWISE_API Add {
  LANEWISE_LAYER(Add);
};

/// The first input minus the second. \throws ShapeError (when the model is built) for other than
/// two.
struct LANEWISE_API Subtract {
  LANEWISE_LAYER(Subtract);
};

/// The product of its inputs, element by element.
struct LANEWISE_API Multiply {
  LANEWISE_LAYER(Multiply);
};

/// The mean of its inputs, element by element.
struct LANEWISE_API Average {
  LANEWISE_LAYER(Average);
};

/// The largest of its inputs, element by element; of equal ones the gradient goes to the first.
struct LANEWISE_API Maximum {
  LANEWISE_LAYER(Maximum);
};

/// The smallest of its inputs, element by element; of equal ones the gradient goes to the first.
struct LANEWISE_API Minimum {
  LANEWISE_LAYER(Minimum);
};

/// Its inputs one behind the other along a dimension, counted as in Keras: 1 is a sample's first,
/// -1 its last. They have to agree in all others.
struct LANEWISE_API Concatenate {
  int axis = -1;
  LANEWISE_LAYER(Concatenate, axis);
};

}  // namespace lanewise
