#pragma once
// Chapter 10: an initializer that the library does not have.
#include <cmath>
#include <memory>

#include "lanewise/lanewise.hpp"

namespace start {

/// Columns of length 1 at right angles to each other. Saxe et al., 2014.
/// \throws lanewise::ArgumentError for more columns than rows: so many cannot be at right angles.
struct Orthogonal {
  LANEWISE_INITIALIZER(Orthogonal);
};

// [orthogonal]
template <class T>
struct OrthogonalInstance : lanewise::InitializerInstance<T> {
  void fill(lanewise::TensorView<T> weights, lanewise::Fan,
            lanewise::RandomKey key) const override {
    const lanewise::Index rows = weights.shape()[0], columns = weights.shape()[1];
    if (columns > rows) throw lanewise::ArgumentError("Orthogonal: got more units than inputs");
    lanewise::fill_normal<T>(weights, 0, 1, key);
    // The part of column j that lies along column k: what their products add up to.
    const auto along = [&](lanewise::Index j, lanewise::Index k) {
      T sum = 0;
      for (lanewise::Index i = 0; i < rows; ++i) sum += weights(i, j) * weights(i, k);
      return sum;
    };
    for (lanewise::Index j = 0; j < columns; ++j) {
      for (lanewise::Index k = 0; k < j; ++k) {
        const T part = along(j, k);
        for (lanewise::Index i = 0; i < rows; ++i) weights(i, j) -= part * weights(i, k);
      }
      const T length = std::sqrt(along(j, j));
      for (lanewise::Index i = 0; i < rows; ++i) weights(i, j) /= length;
    }
  }
};
// [orthogonal]

template <class T>
std::unique_ptr<lanewise::InitializerInstance<T>> Orthogonal::make() const {
  return std::make_unique<OrthogonalInstance<T>>();
}

}  // namespace start
