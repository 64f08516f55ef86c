// Contract in math.hpp, formulas in isa/math.hpp. Compiled once per instruction set.
#include "simd/math.hpp"

#include "simd/isa/map.hpp"
#include "simd/isa/math.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
void sin_cos_2pi_kernel(const T* u, T* sine, T* cosine, long n) noexcept {
  for (long i = 0; i < n; i += kLanes<T>) {
    const int lanes = n - i < kLanes<T> ? static_cast<int>(n - i) : kLanes<T>;
    Batch<T> s, c;
    sin_cos_2pi<T>(load_first(u + i, lanes), s, c);
    store_first<T>(sine + i, s, lanes);
    store_first<T>(cosine + i, c, lanes);
  }
}

// A captureless lambda is a kernel of its own for each function.
template <class T>
constexpr MathKernels<T> table() {
  return {
      .exp = [](const T* x, T* y,
                long n) noexcept { map<T>(x, y, n, [](Batch<T> v) { return exp<T>(v); }); },
      .log = [](const T* x, T* y,
                long n) noexcept { map<T>(x, y, n, [](Batch<T> v) { return log<T>(v); }); },
      .tanh = [](const T* x, T* y,
                 long n) noexcept { map<T>(x, y, n, [](Batch<T> v) { return tanh<T>(v); }); },
      .expm1_nonpositive =
          [](const T* x, T* y, long n) noexcept {
            map<T>(x, y, n, [](Batch<T> v) { return expm1_nonpositive<T>(v); });
          },
      .log1p_unit =
          [](const T* x, T* y, long n) noexcept {
            map<T>(x, y, n, [](Batch<T> v) { return log1p_unit<T>(v); });
          },
      .sigmoid = [](const T* x, T* y,
                    long n) noexcept { map<T>(x, y, n, [](Batch<T> v) { return sigmoid<T>(v); }); },
      .sin_cos_2pi = sin_cos_2pi_kernel<T>,
  };
}

}  // namespace

constinit const MathKernels<float> math_f32 = table<float>();
constinit const MathKernels<double> math_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
