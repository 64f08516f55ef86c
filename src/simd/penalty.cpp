// Contract in penalty.hpp. Compiled once per instruction set.
#include "simd/penalty.hpp"

#include "simd/isa/map.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
void sums(const T* x, long n, double* absolute, double* squares) noexcept {
  constexpr int kSums = 8, kDoubles = kLanes<double>, kRegisters = kSums / kDoubles;
  Batch<double> magnitudes[kRegisters], products[kRegisters];
  LANEWISE_UNROLL
  for (int r = 0; r < kRegisters; ++r) magnitudes[r] = products[r] = broadcast(0.0);
  const auto add = [&](int r, Batch<double> value) {
    magnitudes[r] = magnitudes[r] + abs<double>(value);
    products[r] = products[r] + value * value;
  };
  long i = 0;
  for (; i + kSums <= n; i += kSums) {
    LANEWISE_UNROLL
    for (int r = 0; r < kRegisters; ++r) add(r, load_as_double(x + i + r * kDoubles));
  }
  // The zeros that fill the last registers change no sum.
  for (int r = 0; i < n; ++r, i += kDoubles)
    add(r, load_first_as_double(x + i, static_cast<int>(n - i < kDoubles ? n - i : kDoubles)));
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
  const Batch<T> factor = broadcast(quadratic), zero = broadcast(T(0));
  const Batch<T> above = broadcast(linear), below = broadcast(-linear);
  map<T>(x, dx, dx, n, [=](Batch<T> w, Batch<T> d) {
    const Batch<T> slope = select<T>(w > zero, above, select<T>(w < zero, below, zero));
    return d + (factor * w + slope);
  });
}

}  // namespace

constinit const PenaltyKernels<float> penalty_f32{sums<float>, gradient<float>};
constinit const PenaltyKernels<double> penalty_f64{sums<double>, gradient<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
