#pragma once
/// \file
/// Checks a model's gradients against numerical derivatives.

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/nn/sequential.hpp"

namespace lanewise {

/// What gradient_check() takes besides the model and the data.
struct GradientCheckOptions {
  /// Entries checked of each tensor, drawn with the seed, at least 0; 0 checks every entry.
  Index entries_per_tensor = 0;
  /// Seed of that choice and of the small random numbers put in place of parameters that are all 0.
  std::uint64_t seed = 0;
  /// The largest relative error that passes, in (0, 1).
  double bound = 1e-7;
  /// How often the step h may be halved for an entry that seems to have a kink within it. A
  /// filter's weight feeds hundreds of ReLUs, so that one of them switches within almost any h; a
  /// shorter one finds a place between the kinks. Each halving doubles what the loss's rounding
  /// adds to the error, about 1e-16 / h, so that `bound` may have to be larger. 0 to 20.
  int halvings = 0;
  /// Called now and then with the tensor's name, its entries done and its entries to do.
  std::function<void(std::string_view, Index, Index)> progress{};
};

/// The outcome for one tensor.
struct TensorGradient {
  std::string name;               ///< "dense/kernel", or "input"
  Index entries = 0;              ///< entries it has
  Index checked = 0;              ///< entries compared
  Index kinks = 0;                ///< entries left out: no derivative there
  double max_relative_error = 0;  ///< the largest of the entries compared
  double max_gradient = 0;        ///< the largest |analytic gradient|
  bool ok = false;
};

/// The outcome for a model.
struct LANEWISE_API GradientReport {
  std::vector<TensorGradient> tensors;
  double bound = 0;

  /// Whether every tensor passed.
  bool ok() const;
  /// The largest relative error of all tensors.
  double max_relative_error() const;
  /// Entries compared, of all tensors.
  Index checked() const;
  /// A table, one line a tensor.
  std::string table() const;
};

/// Compares the gradient of every parameter and of the input with a numerical derivative.
///
/// The model's double twin runs the same kernels in double. The derivative along w is the
/// four-point central difference with h = 1e-4 max(1, |w|), \f$ n = \frac{-L(w+2h) + 8 L(w+h) - 8
/// L(w-h) + L(w-2h)}{12 h} \f$, whose error is of order h^4. An entry's relative error is |a - n| /
/// max(|a|, |n|, 0.01 max |a| of its tensor, s). The last is for tensors whose gradient is small
/// beside the whole model's, or 0 but for rounding, as that of a bias before a batch normalization:
/// with the unit roundoff u = 2^-53 and the model's largest |a| as A, s = 18 u (|L| + A) / (h
/// bound) lets pass what rounding makes of L and so of n, for most entries 2e-11 of |L| + A. An
/// error of 5 % is still found in a gradient of 4e-10 of that.
///
/// An entry sits on a kink, and is left out, where the derivatives for h and h/2 differ from each
/// other by more than the bound, for the first h and for each of its `halvings`; of these, the h
/// for which they differ least counts, or the first for which they differ by less than an eighth of
/// the bound. A tensor fails if an error exceeds the bound, if more than 1 % of its entries are
/// kinks, or if its gradient is all zero, whatever the numerical one. Parameters that are all zero,
/// as fresh biases, are first drawn uniform in ±0.05: a ReLU over an empty input would sit exactly
/// on its kink.
///
/// Costs six forward passes an entry, from the entry's layer on, and two more a halving; on all
/// threads. A model of several inputs and outputs takes lists of losses, inputs and targets; an
/// input of indices has no derivative and is left out. \throws ArgumentError without a loss or for
/// an option out of range, else as BasicModel::fit().
template <class T>
LANEWISE_API GradientReport gradient_check(const BasicModel<T>& model,
                                           const OneOrMore<Loss>& losses,
                                           const InputList<std::type_identity_t<T>>& x,
                                           const TargetList<std::type_identity_t<T>>& y,
                                           const GradientCheckOptions& options = {});

/// The same of tensors and views of them, temporary ones too.
template <class T, InputsLike<T> X, TargetsLike<T> Y>
GradientReport gradient_check(const BasicModel<T>& model, const Loss& loss, const X& x, const Y& y,
                              const GradientCheckOptions& options = {}) {
  return gradient_check<T>(model, OneOrMore<Loss>(loss), InputList<T>(Inputs<T>(x)),
                           TargetList<T>(Targets<T>(y)), options);
}

}  // namespace lanewise
