#pragma once
// What softmax and the cross-entropies from logits do with one row.
//
// A row of up to one register (ten classes, most often) is loaded once and never leaves registers;
// a longer one is walked. Lanes past the end hold minus infinity, whose exponential adds nothing.
#include "simd/isa/math.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Lanes of the register that starts at element i of n.
template <class T>
LANEWISE_INLINE int lanes_from(long i, long n) noexcept {
  return n - i < kLanes<T> ? static_cast<int>(n - i) : kLanes<T>;
}

// Registers of a row of logits: minus infinity past the end.
template <class T>
LANEWISE_INLINE Batch<T> load_logits(const T* x, int lanes) noexcept {
  return load_first(x, lanes, -Format<T>::kInfinity);
}

// The largest element; NaN if one is NaN.
template <class T>
LANEWISE_INLINE T row_max(const T* x, long n) noexcept {
  Batch<T> largest = load_logits(x, lanes_from<T>(0, n));
  for (long i = kLanes<T>; i < n; i += kLanes<T>)
    largest = max<T>(largest, load_logits(x + i, lanes_from<T>(i, n)));
  return reduce_max(largest);
}

// The sum of e^(x - shift), added in double since a row may be long; the terms are written to e
// unless it is null. e may be x.
template <class T>
LANEWISE_INLINE T row_exp(const T* x, T* e, long n, Batch<T> shift) noexcept {
  Batch<double> sum = constant<double>(0);
  for (long i = 0; i < n; i += kLanes<T>) {
    const int lanes = lanes_from<T>(i, n);
    const Batch<T> term = exp<T>(load_logits(x + i, lanes) - shift);
    sum = sum + fold_to_double<T>(term);
    if (e != nullptr) store_first<T>(e + i, term, lanes);
  }
  return static_cast<T>(reduce_add(sum));
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
