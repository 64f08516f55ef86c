#pragma once
// What softmax and the cross-entropies from logits do with one row.
//
// A row of up to one register (ten classes, most often) is loaded once and never leaves registers;
// a longer one is walked. Lanes past the end hold minus infinity, whose exponential adds nothing.
#include "simd/isa/math.hpp"
#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Registers of a row of logits: minus infinity past the end.
template <class T, class Part>
LANEWISE_INLINE Register<T> load_logits(const T* x, Part part) noexcept {
  return part.load(x, -Format<T>::kInfinity);
}

// The largest element; NaN if one is NaN.
template <class T>
LANEWISE_INLINE T row_max(const T* x, long n) noexcept {
  Register<T> largest = broadcast(-Format<T>::kInfinity);
  for_each_part<T>(n, [&](long i, auto part) LANEWISE_INLINED {
    largest = max<T>(largest, load_logits(x + i, part));
  });
  return reduce_max(largest);
}

// The sum of e^(x - shift), added in double since a row may be long; the terms are written to e
// unless it is null. e may be x.
template <class T>
LANEWISE_INLINE T row_exp(const T* x, T* e, long n, Register<T> shift) noexcept {
  Register<double> sum = constant<double>(0);
  for_each_part<T>(n, [&](long i, auto part) LANEWISE_INLINED {
    const Register<T> term = exp<T>(load_logits(x + i, part) - shift);
    sum = sum + widening_add<T>(term);
    if (e != nullptr) part.store(e + i, term);
  });
  return static_cast<T>(reduce_add(sum));
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
