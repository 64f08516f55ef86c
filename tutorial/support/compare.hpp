#pragma once
// How chapters compare two ways to the same numbers.
#include <cmath>
#include <limits>

#include "lanewise/lanewise.hpp"

namespace tutorial {

/// The largest |a[i] - b[i]| of tensors or views; NaN if one of them is, and infinity if the shapes
/// differ, so that no bound holds then.
template <class A, class B>
double largest_difference(const A& a, const B& b) {
  if (a.shape() != b.shape()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (lanewise::Index i = 0; i < a.size(); ++i) {
    const double off = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (std::isnan(off)) return off;
    if (off > largest) largest = off;
  }
  return largest;
}

/// The largest |a[i]|.
template <class A>
double largest(const A& a) {
  return largest_difference(a, lanewise::Tensor<double>(a.shape()));
}

}  // namespace tutorial
