#pragma once
// The loop of every element-wise kernel: whole registers, and then the part of one that is left.
//
//   x: |=====W=====|=====W=====|==rest|        W = kLanes<T>
//
//   for_each_part<T>(n, [&](long i, auto part) { part.store(y + i, part.load(x + i) * factor); });
//
// The remainder runs through the same instructions as the rest, with masked loads and stores, so an
// element's result does not depend on where in a range it stands: ranges can be cut for threads
// anywhere without a bit changing. Nothing past the end is read or written. A body that loads its
// elements before it stores may write to an array that it reads.
#include "simd/isa/widen.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

struct WholeRegister {
  template <class T>
  LANEWISE_INLINE Register<T> load(const T* p) const noexcept {
    return simd::LANEWISE_ISA::load(p);
  }
  // For a part of a register, `fill` stands for the elements that are not there.
  template <class T>
  LANEWISE_INLINE Register<T> load(const T* p, T) const noexcept {
    return simd::LANEWISE_ISA::load(p);
  }
  // kLanes<double> elements.
  template <class T>
  LANEWISE_INLINE Register<double> load_as_double(const T* p) const noexcept {
    return simd::LANEWISE_ISA::load_as_double(p);
  }
  template <class T>
  LANEWISE_INLINE Register<T> load_bytes(const std::uint8_t* p) const noexcept {
    return simd::LANEWISE_ISA::load_bytes<T>(p);
  }
  template <class T>
  LANEWISE_INLINE void store(T* p, Register<T> x) const noexcept {
    simd::LANEWISE_ISA::store(p, x);
  }
  // kLanes<double> elements, rounded to T.
  template <class T>
  LANEWISE_INLINE void store_rounded(T* p, Register<double> x) const noexcept {
    simd::LANEWISE_ISA::store_rounded(p, x);
  }
  // x with zeros in the lanes that stand for nothing, before it is summed across lanes.
  template <class T>
  LANEWISE_INLINE Register<T> keep(Register<T> x) const noexcept {
    return x;
  }
};

// The first `count` elements; the others load as zeros, whatever is computed from them is dropped.
struct PartOfRegister {
  int count;

  template <class T>
  LANEWISE_INLINE Register<T> load(const T* p) const noexcept {
    return load_first(p, count);
  }
  template <class T>
  LANEWISE_INLINE Register<T> load(const T* p, T fill) const noexcept {
    return load_first(p, count, fill);
  }
  template <class T>
  LANEWISE_INLINE Register<double> load_as_double(const T* p) const noexcept {
    return load_first_as_double(p, count);
  }
  template <class T>
  LANEWISE_INLINE Register<T> load_bytes(const std::uint8_t* p) const noexcept {
    return load_first_bytes<T>(p, count);
  }
  template <class T>
  LANEWISE_INLINE void store(T* p, Register<T> x) const noexcept {
    store_first(p, x, count);
  }
  template <class T>
  LANEWISE_INLINE void store_rounded(T* p, Register<double> x) const noexcept {
    store_first_rounded(p, x, count);
  }
  template <class T>
  LANEWISE_INLINE Register<T> keep(Register<T> x) const noexcept {
    return keep_first(x, count);
  }
};

// One element, by itself.
struct OneElement {
  template <class T>
  LANEWISE_INLINE T load(const T* p) const noexcept {
    return *p;
  }
  template <class T>
  LANEWISE_INLINE void store(T* p, T x) const noexcept {
    *p = x;
  }
};

// A value known at compile time, to pass into a generic lambda.
template <auto kValue>
using IntegralConstant = std::integral_constant<decltype(kValue), kValue>;

template <class T, class Body>
LANEWISE_INLINE void for_each_part(long n, Body body) noexcept {
  long i = 0;
  for (; i + kLanes<T> <= n; i += kLanes<T>) body(i, WholeRegister{});
  if (i < n) body(i, PartOfRegister{static_cast<int>(n - i)});
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
