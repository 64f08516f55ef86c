// Contract in probe.hpp. Compiled once per instruction set.
#include "simd/probe.hpp"

#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
T sum(const T* x, long n) noexcept {
  Register<T> total = broadcast(T(0));
  for_each_part<T>(n, [&](long i, auto part) { total = total + part.load(x + i); });
  return reduce_add(total);
}

}  // namespace

constinit const ProbeKernels<float> probe_f32{LANEWISE_ISA_NAME, kLanes<float>, sum<float>};
constinit const ProbeKernels<double> probe_f64{LANEWISE_ISA_NAME, kLanes<double>, sum<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
