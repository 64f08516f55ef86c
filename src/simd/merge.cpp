// Contract in merge.hpp. Compiled once per instruction set.
#include "simd/merge.hpp"

#include "simd/map.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
void add(const T* a, const T* b, T* y, long n) noexcept {
  map<T>(a, b, y, n, [](Batch<T> p, Batch<T> q) { return p + q; });
}

}  // namespace

constinit const MergeKernels<float> merge_f32{add<float>};
constinit const MergeKernels<double> merge_f64{add<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
