// Contract in merge.hpp. Compiled once per instruction set.
#include "simd/merge.hpp"

#include "simd/isa/block_sums.hpp"
#include "simd/isa/virtual_lanes.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// y = f(a, b), where a or b may be one number that stands for all.
template <class T, class F>
LANEWISE_INLINE void binary(const T* a, long a_step, const T* b, long b_step, T* y, long n,
                            F f) noexcept {
  if (n == 0) return;
  const Register<T> all_a = broadcast(*a), all_b = broadcast(*b);
  const auto run = [&](auto read_a, auto read_b) {
    for_each_part<T>(n, [&](long i, auto part) {
      part.store(y + i, f(read_a.value ? part.load(a + i) : all_a,
                          read_b.value ? part.load(b + i) : all_b));
    });
  };
  if (a_step != 0 && b_step != 0)
    run(IntegralConstant<true>{}, IntegralConstant<true>{});
  else if (a_step != 0)
    run(IntegralConstant<true>{}, IntegralConstant<false>{});
  else if (b_step != 0)
    run(IntegralConstant<false>{}, IntegralConstant<true>{});
  else
    run(IntegralConstant<false>{}, IntegralConstant<false>{});
}

template <class T>
void add(const T* a, long a_step, const T* b, long b_step, T* y, long n) noexcept {
  binary<T>(a, a_step, b, b_step, y, n, [](Register<T> p, Register<T> q) { return p + q; });
}

template <class T>
void subtract(const T* a, long a_step, const T* b, long b_step, T* y, long n) noexcept {
  binary<T>(a, a_step, b, b_step, y, n, [](Register<T> p, Register<T> q) { return p - q; });
}

template <class T>
void multiply(const T* a, long a_step, const T* b, long b_step, T* y, long n) noexcept {
  binary<T>(a, a_step, b, b_step, y, n, [](Register<T> p, Register<T> q) { return p * q; });
}

template <class T>
void maximum(const T* a, long a_step, const T* b, long b_step, T* y, long n) noexcept {
  binary<T>(a, a_step, b, b_step, y, n, [](Register<T> p, Register<T> q) { return max<T>(p, q); });
}

template <class T>
void minimum(const T* a, long a_step, const T* b, long b_step, T* y, long n) noexcept {
  binary<T>(a, a_step, b, b_step, y, n, [](Register<T> p, Register<T> q) { return min<T>(p, q); });
}

template <class T>
void divide(const T* x, T divisor, T* y, long n) noexcept {
  const Register<T> all = broadcast(divisor);
  for_each_part<T>(n, [&](long i, auto part) { part.store(y + i, part.load(x + i) / all); });
}

template <class T, bool kKeep>
void select_chosen(const T* x, long x_step, const T* y, const T* dy, T* dx, long n) noexcept {
  const Register<T> zero = broadcast(T(0));
  for_each_part<T>(n, [&](long i, auto part) {
    const Register<T> p = x_step != 0 ? part.load(x + i) : broadcast(*x), d = part.load(dy + i);
    // x if it was chosen and something else if not; of NaN, see max() in isa/registers.hpp.
    const Register<T> chosen = part.load(y + i);
    const Register<T> kept = kKeep ? d : zero, dropped = kKeep ? zero : d;
    part.store(dx + i, select<T>(p == p, select<T>(p == chosen, kept, dropped), kept));
  });
}

template <class T>
T sum(const T* x, long n) noexcept {
  constexpr int kGroups = 4;  // as many as hide the latency of an addition
  constexpr long kWide = kGroups * kVirtualLanes<T>;
  Group<T> total[kGroups];
  LANEWISE_UNROLL
  for (int g = 0; g < kGroups; ++g) total[g] = zeros<T>();
  long i = 0;
  for (; i + kWide <= n; i += kWide) {
    LANEWISE_UNROLL
    for (int g = 0; g < kGroups; ++g)
      total[g] = total[g] + WholeGroup{}.load(x + i + g * kVirtualLanes<T>);
  }
  for_each_group<T>(n - i, [&](long k, auto part)
                               LANEWISE_INLINED { total[0] = total[0] + part.load(x + i + k); });
  return reduce_add((total[0] + total[1]) + (total[2] + total[3]));
}

template <class T>
constexpr MergeKernels<T> table() {
  return {add<T>,
          subtract<T>,
          multiply<T>,
          maximum<T>,
          minimum<T>,
          divide<T>,
          select_chosen<T, true>,
          select_chosen<T, false>,
          sum<T>,
          sum_blocks<T>};
}

}  // namespace

constinit const MergeKernels<float> merge_f32 = table<float>();
constinit const MergeKernels<double> merge_f64 = table<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
