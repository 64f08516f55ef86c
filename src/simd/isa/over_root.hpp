#pragma once
// a / sqrt(x), for the optimizers that divide by a root.
#include "simd/isa/bits.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// a / sqrt(x) for x >= the smallest normal number; 0 for infinite x and finite a: an accumulator
// that overflowed stops its weight, as in exact arithmetic.
//
// For double a root and a division. For float these would keep the divider busy for longer than
// memory takes, and the estimates that processors have differ from maker to maker. So the estimate
// is made of the bits of x: halving and negating the exponent is a shift and a subtraction, and
// what that does to the mantissa is within 3.5 % of right (Lomont, "Fast inverse square root",
// 2003). With s = x y^2, y p(s) is within 2.5e-5, where p is the polynomial of second degree next
// to 1 / sqrt(s) (for 0.929 <= s <= 1.065, in relative error), and a step of Newton's method, which
// squares the error, does the rest. At most 1.48 ULP from a / sqrt(x), as a root and a division
// are, and 1.00 where a is a power of two: over all mantissas of x.
template <class T>
LANEWISE_INLINE Register<T> over_root(Register<T> a, Register<T> x) noexcept {
  if constexpr (sizeof(T) == 8) {
    return a / sqrt<T>(x);
  } else {
    const Register<T> y = from_bits<T>(Bits<T>(BitsOf<T>{0x5f370000}) - (bits_of<T>(x) >> 1));
    const Register<T> s = x * y * y;
    const Register<T> p = fma<T>(fma<T>(broadcast(0x1.8409c8p-2f), s, broadcast(-0x1.424aa6p+0f)),
                                 s, broadcast(0x1.e147f6p+0f));
    const Register<T> better = y * p;
    const Register<T> error = fnma<T>(x * better, better, broadcast(T(1)));
    const Register<T> quotient = a * better;
    const Register<T> result = fma<T>(broadcast(T(0.5)) * quotient, error, quotient);
    // The steps make a NaN of infinity, and of a quotient beyond the largest number.
    return select<T>(x == broadcast(T(__builtin_inff())), a * broadcast(T(0)), result);
  }
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
