// Contract in scale.hpp. Compiled once per instruction set.
#include "simd/scale.hpp"

#include "simd/isa/parts.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
void scale(T factor, const T* x, T* y, long n) noexcept {
  const Register<T> a = broadcast(factor);
  for_each_part<T>(n, [&](long i, auto part) { part.store(y + i, a * part.load(x + i)); });
}

}  // namespace

constinit const ScaleKernels<float> scale_f32{scale<float>};
constinit const ScaleKernels<double> scale_f64{scale<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
