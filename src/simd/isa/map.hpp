#pragma once
// The loops of element-wise kernels: whole registers, then one that is partly filled.
//
//   x: |=====W=====|=====W=====|==rest|        W = kLanes<T>
//
// A function is given registers and gives one back. In the last one the lanes past the end hold
// zeros and what comes of them is dropped; nothing past the end is read or written. Each element
// is read before its place is written, so the output may be one of the inputs.
#include "simd/isa/compat.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// y[i] = f(x[i])
template <class T, class F>
LANEWISE_INLINE void map(const T* x, T* y, long n, F f) noexcept {
  constexpr int kWidth = kLanes<T>;
  long i = 0;
  for (; i + kWidth <= n; i += kWidth) store<T>(y + i, f(load(x + i)));
  if (const int rest = static_cast<int>(n - i); rest > 0)
    store_first<T>(y + i, f(load_first(x + i, rest)), rest);
}

// y[i] = f(a[i], b[i])
template <class T, class F>
LANEWISE_INLINE void map(const T* a, const T* b, T* y, long n, F f) noexcept {
  constexpr int kWidth = kLanes<T>;
  long i = 0;
  for (; i + kWidth <= n; i += kWidth) store<T>(y + i, f(load(a + i), load(b + i)));
  if (const int rest = static_cast<int>(n - i); rest > 0)
    store_first<T>(y + i, f(load_first(a + i, rest), load_first(b + i, rest)), rest);
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
