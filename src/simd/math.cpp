// Contract in math.hpp, formulas in isa/math.hpp. Compiled once per instruction set.
#include "simd/math.hpp"

#include "simd/isa/math.hpp"
#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T, class F>
LANEWISE_INLINE void apply(const T* x, T* y, long n, F f) noexcept {
  for_each_part<T>(
      n, [&](long i, auto part) LANEWISE_INLINED { part.store(y + i, f(part.load(x + i))); });
}

template <class T>
void sin_cos_2pi_kernel(const T* u, T* sine, T* cosine, long n) noexcept {
  for_each_part<T>(n, [&](long i, auto part) LANEWISE_INLINED {
    Register<T> s, c;
    sin_cos_2pi<T>(part.load(u + i), s, c);
    part.store(sine + i, s);
    part.store(cosine + i, c);
  });
}

// A captureless lambda is a kernel of its own for each function.
template <class T>
constexpr MathKernels<T> table() {
  using X = Register<T>;
  return {
      .exp =
          [](const T* x, T* y, long n) noexcept {
            apply(x, y, n, [](X v) LANEWISE_INLINED { return exp<T>(v); });
          },
      .log =
          [](const T* x, T* y, long n) noexcept {
            apply(x, y, n, [](X v) LANEWISE_INLINED { return log<T>(v); });
          },
      .tanh =
          [](const T* x, T* y, long n) noexcept {
            apply(x, y, n, [](X v) LANEWISE_INLINED { return tanh<T>(v); });
          },
      .expm1_nonpositive =
          [](const T* x, T* y, long n) noexcept {
            apply(x, y, n, [](X v) LANEWISE_INLINED { return expm1_nonpositive<T>(v); });
          },
      .log1p_unit =
          [](const T* x, T* y, long n) noexcept {
            apply(x, y, n, [](X v) LANEWISE_INLINED { return log1p_unit<T>(v); });
          },
      .sigmoid =
          [](const T* x, T* y, long n) noexcept {
            apply(x, y, n, [](X v) LANEWISE_INLINED { return sigmoid<T>(v); });
          },
      .sin_cos_2pi = sin_cos_2pi_kernel<T>,
  };
}

}  // namespace

constinit const MathKernels<float> math_f32 = table<float>();
constinit const MathKernels<double> math_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
