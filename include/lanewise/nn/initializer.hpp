#pragma once
/// \file
/// How weights start: Keras's initializers with Keras's defaults.
///
/// "Glorot", "He" and "LeCun" scale by the number of inputs and outputs of a unit (fan-in,
/// fan-out), so that signals neither grow nor fade from layer to layer. Their normal variants are
/// truncated at two deviations, as in Keras, and widened so that the deviation is the stated one.

#include <variant>

#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"
#include "lanewise/random.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// All 0.
struct Zeros {
  LANEWISE_FIELDS(Zeros);
};
/// All 1.
struct Ones {
  LANEWISE_FIELDS(Ones);
};
/// All `value`.
struct Constant {
  double value = 0;
  LANEWISE_FIELDS(Constant, value);
};
/// Uniform in [low, high).
struct RandomUniform {
  double low = -0.05;
  double high = 0.05;
  LANEWISE_FIELDS(RandomUniform, low, high);
};
/// Normal, not truncated.
struct RandomNormal {
  double mean = 0;
  double deviation = 0.05;
  LANEWISE_FIELDS(RandomNormal, mean, deviation);
};
/// Uniform within ±sqrt(6 / (fan_in + fan_out)). Glorot and Bengio, 2010.
struct GlorotUniform {
  LANEWISE_FIELDS(GlorotUniform);
};
/// Deviation sqrt(2 / (fan_in + fan_out)).
struct GlorotNormal {
  LANEWISE_FIELDS(GlorotNormal);
};
/// Uniform within ±sqrt(6 / fan_in). He et al., 2015.
struct HeUniform {
  LANEWISE_FIELDS(HeUniform);
};
/// Deviation sqrt(2 / fan_in).
struct HeNormal {
  LANEWISE_FIELDS(HeNormal);
};
/// Uniform within ±sqrt(3 / fan_in). LeCun et al., 1998.
struct LecunUniform {
  LANEWISE_FIELDS(LecunUniform);
};
/// Deviation sqrt(1 / fan_in).
struct LecunNormal {
  LANEWISE_FIELDS(LecunNormal);
};

/// Any of them.
using Initializer = std::variant<Zeros, Ones, Constant, RandomUniform, RandomNormal, GlorotUniform,
                                 GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal>;

/// Inputs and outputs of one unit, by which the scaled initializers divide.
struct Fan {
  Index in = 1;
  Index out = 1;
};

/// Checks that its numbers are finite as elements of type T, bounds in order and the deviation not
/// negative.
/// \throws ArgumentError that names the initializer and what it got.
template <class T>
LANEWISE_API void check(const Initializer& initializer);

/// Fills `weights` as `initializer` says.
/// \throws ArgumentError as check(), and for a fan below 1 where it matters, before anything is
/// written.
template <class T>
LANEWISE_API void initialize(const Initializer& initializer, Fan fan, RandomKey key,
                             TensorView<T> weights);

}  // namespace lanewise
