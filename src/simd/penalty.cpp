// Contract in penalty.hpp. Compiled once per instruction set.
#include "simd/penalty.hpp"

#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
void sums(const T* x, long n, double* absolute, double* squares) noexcept {
  constexpr int kSums = 8, kDoubles = kLanes<double>, kRegisters = kSums / kDoubles;
  Register<double> magnitudes[kRegisters], products[kRegisters];
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) magnitudes[r] = products[r] = broadcast(0.0);
  const auto add = [&](int r, Register<double> value) {
    magnitudes[r] = magnitudes[r] + abs<double>(value);
    products[r] = products[r] + value * value;
  };
  long i = 0;
  for (; i + kSums <= n; i += kSums) {
    LANEWISE_UNROLL
    for (int r = 0; r < kRegisters; ++r) add(r, load_as_double(x + i + r * kDoubles));
  }
  // The zeros that fill the last registers change no sum.
  for_each_part<double>(n - i, [&](long k, auto part) {
    add(static_cast<int>(k / kDoubles), part.load_as_double(x + i + k));
  });
  alignas(64) double parts[2][kSums];
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) {
    store(parts[0] + r * kDoubles, magnitudes[r]);
    store(parts[1] + r * kDoubles, products[r]);
  }
  *absolute = *squares = 0;
  for (int lane = 0; lane < kSums; ++lane) {
    *absolute += parts[0][lane];
    *squares += parts[1][lane];
  }
}

template <class T>
void gradient(const T* x, T linear, T quadratic, T* dx, long n) noexcept {
  const Register<T> factor = broadcast(quadratic), zero = broadcast(T(0));
  const Register<T> above = broadcast(linear), below = broadcast(-linear);
  for_each_part<T>(n, [&](long i, auto part) {
    const Register<T> w = part.load(x + i);
    const Register<T> slope = select<T>(w > zero, above, select<T>(w < zero, below, zero));
    part.store(dx + i, part.load(dx + i) + (factor * w + slope));
  });
}

}  // namespace

constinit const PenaltyKernels<float> penalty_f32{sums<float>, gradient<float>};
constinit const PenaltyKernels<double> penalty_f64{sums<double>, gradient<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
