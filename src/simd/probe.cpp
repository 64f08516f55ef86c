// Contract in probe.hpp. Compiled once per instruction set.
#include "simd/probe.hpp"

#include "simd/isa/compat.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
T sum(const T* x, long n) noexcept {
  constexpr int kWidth = kLanes<T>;
  Batch<T> total = broadcast(T(0));
  long i = 0;
  for (; i + kWidth <= n; i += kWidth) total = total + load(x + i);
  if (i < n) total = total + load_first(x + i, static_cast<int>(n - i));
  return reduce_add(total);
}

}  // namespace

constinit const ProbeKernels<float> probe_f32{LANEWISE_ISA_NAME, kLanes<float>, sum<float>};
constinit const ProbeKernels<double> probe_f64{LANEWISE_ISA_NAME, kLanes<double>, sum<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
