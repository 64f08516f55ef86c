#pragma once
/// \file
/// How weights start: Keras's initializers with Keras's defaults.
///
/// "Glorot", "He" and "LeCun" scale by the number of inputs and outputs of a unit (fan-in,
/// fan-out), so that signals neither grow nor fade from layer to layer. Their normal variants are
/// truncated at two deviations, as in Keras, and widened so that the deviation is the stated one.

#include <memory>

#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"
#include "lanewise/nn/description.hpp"
#include "lanewise/random.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// Inputs and outputs of one unit, by which the scaled initializers divide.
struct Fan {
  Index in = 1;
  Index out = 1;
};

/// An initializer at work on elements of type T.
template <class T>
class InitializerInstance {
 public:
  virtual ~InitializerInstance() = default;

  /// Sets the weights of a parameter with this fan. What is random in them follows from the key.
  /// \throws ArgumentError for a fan below 1 where it matters, before anything is written.
  virtual void fill(TensorView<T> weights, Fan fan, RandomKey key) const = 0;
};

/// Ends the description of an initializer: `LANEWISE_INITIALIZER(RandomNormal, mean, stddev);`
#define LANEWISE_INITIALIZER(...) LANEWISE_DESCRIPTION(InitializerInstance, __VA_ARGS__)

/// Any initializer's description. Making an instance of one throws ArgumentError, which names the
/// initializer and what it got, for numbers that are not finite as elements, for bounds out of
/// order and for a deviation below 0.
using Initializer = Description<InitializerInstance>;

/// All 0.
struct LANEWISE_API Zeros {
  LANEWISE_INITIALIZER(Zeros);
};
/// All 1.
struct LANEWISE_API Ones {
  LANEWISE_INITIALIZER(Ones);
};
/// All `value`.
struct LANEWISE_API Constant {
  double value = 0;
  LANEWISE_INITIALIZER(Constant, value);
};
/// Uniform in [minval, maxval).
struct LANEWISE_API RandomUniform {
  double minval = -0.05;
  double maxval = 0.05;
  LANEWISE_INITIALIZER(RandomUniform, minval, maxval);
};
/// Normal, not truncated.
struct LANEWISE_API RandomNormal {
  double mean = 0;
  double stddev = 0.05;
  LANEWISE_INITIALIZER(RandomNormal, mean, stddev);
};
/// Uniform within ±sqrt(6 / (fan_in + fan_out)). Glorot and Bengio, 2010.
struct LANEWISE_API GlorotUniform {
  LANEWISE_INITIALIZER(GlorotUniform);
};
/// Deviation sqrt(2 / (fan_in + fan_out)).
struct LANEWISE_API GlorotNormal {
  LANEWISE_INITIALIZER(GlorotNormal);
};
/// Uniform within ±sqrt(6 / fan_in). He et al., 2015.
struct LANEWISE_API HeUniform {
  LANEWISE_INITIALIZER(HeUniform);
};
/// Deviation sqrt(2 / fan_in).
struct LANEWISE_API HeNormal {
  LANEWISE_INITIALIZER(HeNormal);
};
/// Uniform within ±sqrt(3 / fan_in). LeCun et al., 1998.
struct LANEWISE_API LecunUniform {
  LANEWISE_INITIALIZER(LecunUniform);
};
/// Deviation sqrt(1 / fan_in).
struct LANEWISE_API LecunNormal {
  LANEWISE_INITIALIZER(LecunNormal);
};

/// Fills `weights` as `initializer` says.
/// \throws ArgumentError for an initializer out of range, and for a fan below 1 where it matters,
/// before anything is written.
template <class T>
LANEWISE_API void initialize(const Initializer& initializer, Fan fan, RandomKey key,
                             TensorView<T> weights);

}  // namespace lanewise
