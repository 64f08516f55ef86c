#pragma once
/// \file
/// Penalties on weights, which a model adds to its loss.

#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"

namespace lanewise {

/// What a parameter w adds to the loss: \f$ l_1 \sum |w| + l_2 \sum w^2 \f$, as in Keras. 0 for a
/// frozen one. The derivative of |w| at 0 is 0.
struct Regularizer {
  double l1 = 0;  ///< factor of the absolute values
  double l2 = 0;  ///< factor of the squares

  /// Whether it adds anything.
  constexpr explicit operator bool() const { return l1 != 0 || l2 != 0; }
  LANEWISE_FIELDS(Regularizer, l1, l2);
};

/// `l1` times the absolute values.
constexpr Regularizer l1(double factor = 0.01) {
  return {factor, 0};
}
/// `l2` times the squares.
constexpr Regularizer l2(double factor = 0.01) {
  return {0, factor};
}
/// Both.
constexpr Regularizer l1_l2(double l1_factor = 0.01, double l2_factor = 0.01) {
  return {l1_factor, l2_factor};
}

/// Refuses factors that are negative or not finite. \throws ArgumentError.
LANEWISE_API void check(const Regularizer& regularizer);

}  // namespace lanewise
