#pragma once
/// \file
/// Matrices as text, beside one another where they are compared.

#include <string>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::report {

/// A matrix and what stands above it.
struct NamedMatrix {
  std::string name = {};  ///< if empty for all, there is no line of names
  /// Shape (rows, columns). The elements must live until side_by_side() returns.
  TensorView<const double> values = {};
};

/// Matrices side by side, each under its name, to be read on a screen and in the book:
/// \code
///   image        filter
///   10 10 0 0    1 0 -1
///   10 10 0 0    1 0 -1
/// \endcode
/// Numbers have as many decimals as `decimals` says or, if that is negative, as they need of six
/// digits. Lines end with a newline and not with spaces.
/// \throws ShapeError unless every shape has two dimensions.
LANEWISE_API std::string side_by_side(const std::vector<NamedMatrix>& matrices, int decimals = -1);

}  // namespace lanewise::report
