#pragma once
// What the kernel tests share: sizes worth visiting, arrays with canaries around them, and
// comparison in units of epsilon. The seed is that of random_data.hpp.
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "cpu/tables.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"
#include "support/sanitized.hpp"

namespace lanewise::test {

// Lanes of T on the active instruction set.
template <class T>
int lanes() {
  return cpu::kernels<simd::ProbeKernels<T>>().lanes;
}

// 0, 1, and what lies around one and two registers; primes; more than an L2 cache holds.
template <class T>
std::vector<long> sizes(bool large = !kSanitized) {
  const long w = lanes<T>();
  std::vector<long> list{0, 1, w - 1, w, w + 1, 2 * w - 1, 2 * w, 2 * w + 1, 3, 7, 31, 101};
  if (large) list.push_back(300'007);
  return list;
}

// An array of n elements at `misalign` elements past a 64-byte boundary, with guards on both sides.
template <class T>
class Guarded {
 public:
  explicit Guarded(long n, int misalign = 0)
      : storage_(static_cast<std::size_t>(n) + 3 * kPad, canary()), n_(n) {
    auto address = reinterpret_cast<std::uintptr_t>(storage_.data() + kPad);
    address = (address + 63) / 64 * 64;
    data_ = reinterpret_cast<T*>(address) + misalign;
    for (long i = 0; i < n; ++i) data_[i] = T(0);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  T* data() { return data_; }
  long size() const { return n_; }
  T& operator[](long i) { return data_[i]; }

  // Whether nobody wrote outside.
  bool intact() const {
    for (const T& x : storage_)
      if ((&x < data_ || &x >= data_ + n_) && x != canary()) return false;
    return true;
  }

 private:
  static constexpr std::size_t kPad = 32;
  static T canary() { return T(-12345.678); }
  std::vector<T> storage_;
  T* data_ = nullptr;
  long n_;
};

// Normal variates of this deviation; a third of them are replaced by extremes.
template <class T>
void fill(Guarded<T>& x, std::mt19937_64& random, double deviation, bool extremes = true) {
  std::normal_distribution<double> normal(0, deviation);
  constexpr double kExtremes[] = {0.0, -0.0, 1.0, -1.0, 1e-7, -1e-7, 20, -20, 87, -87, 1e4, -1e4};
  for (long i = 0; i < x.size(); ++i)
    x[i] =
        static_cast<T>(extremes && random() % 3 == 0 ? kExtremes[random() % 12] : normal(random));
}

// |got - want| in units of epsilon * scale; 0 if both are the same special value, and where a
// result that would be subnormal was flushed. Infinite where one is special and the other is not.
template <class T>
double error_in_eps(T got, T want, double scale) {
  using L = std::numeric_limits<T>;
  if (std::isnan(got) || std::isnan(want))
    return std::isnan(got) && std::isnan(want) ? 0 : INFINITY;
  if (std::isinf(got) || std::isinf(want)) return got == want ? 0 : INFINITY;
  const double difference = std::abs(static_cast<double>(got) - static_cast<double>(want));
  if (difference <= static_cast<double>(L::min())) return 0;
  return difference / (static_cast<double>(L::epsilon()) * scale);
}

// What a sum of n terms may lose in a kernel, in epsilon of T: float is added in double and loses
// nothing; double is added in lanes, and each of n / W additions may lose half an epsilon.
template <class T>
double sum_error(long n) {
  return sizeof(T) == 4 ? 0 : static_cast<double>(n) / (2 * lanes<T>());
}

}  // namespace lanewise::test
