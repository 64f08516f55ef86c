#pragma once
// What operations cost. They count, and this file alone knows a processor: it turns what was
// counted into time, of which parallel.hpp makes teams.
//
//   flops   arithmetic on one number: an addition, a product, a comparison, a choice, a conversion
//           is one, a fused multiply-add two. What takes more has a name below. In double where the
//           operands are float, each counts twice.
//   bytes   read or written, each array once for either: y += x moves three arrays' worth.
//
// Arithmetic and memory go on side by side, so that the one that takes longer hides the other (the
// roofline model):
//
//   nanoseconds = max(flops / (12 * lanes of a register), bytes / 64)
//
// It decides only how many threads the work is worth, for which it has to be right within a factor
// of two or so. Results do not depend on it.
#include <algorithm>

#include "lanewise/shape.hpp"

namespace lanewise::parallel {

// A nanosecond and a lane: two multiply-adds a cycle at 4 GHz, which are 16, less the quarter that
// matrix products lose at most sizes.
inline constexpr double kFlopsPerNanosecond = 12;
// A cache line a nanosecond: what the second-level cache gives (Zen 5, one core: 100 to 130;
// Sapphire Rapids: 137). Work that takes longer, as it comes from memory, is worth sharing anyway.
inline constexpr double kBytesPerNanosecond = 64;

// exp, log, tanh, erf, a sine: a polynomial, which is twice as long in double, and what prepares
// it. (Zen 5, AVX-512: 0.3 ns an exp of float, 0.8 of double.)
template <class T>
inline constexpr double kTranscendental = sizeof(T) == 4 ? 50 : 100;
// A random number: ten rounds of integer products for every four. (0.4 ns.)
inline constexpr double kRandomNumber = 80;

// What one item of an operation is, or all of it; the arithmetic is on numbers of type T.
template <class T>
struct Work {
  double flops = 0;
  double bytes = 0;

  friend constexpr Work operator*(const Work& work, double times) {
    return {work.flops * times, work.bytes * times};
  }
  friend constexpr Work operator*(const Work& work, Index times) {
    return work * static_cast<double>(times);
  }
  friend constexpr Work operator/(const Work& work, Index parts) {
    return work * (1 / static_cast<double>(parts));
  }
};

// Bytes of a register of the active instruction set; 0 without vectors.
double register_bytes();

// Numbers of type T in a register. Arithmetic on one number at a time, which leaves the other lanes
// idle, counts for all of them: flops times lanes<T>().
template <class T>
double lanes() {
  return std::max(1.0, register_bytes() / sizeof(T));
}

// The sum or the largest number of a row, once its elements are joined in a register: half a dozen
// instructions, each of which waits for the last. (5 ns.)
template <class T>
double reduction_flops() {
  return 60 * lanes<T>();
}

// An estimate of the time that work takes on one thread. There is no other way to make one.
class Cost {
 public:
  template <class T>
  Cost(const Work<T>& work) : nanoseconds_(work.bytes / kBytesPerNanosecond) {
    if (work.flops == 0) return;
    nanoseconds_ = std::max(nanoseconds_, work.flops / (kFlopsPerNanosecond * lanes<T>()));
  }

  double nanoseconds() const { return nanoseconds_; }
  // Of so many times the work.
  friend Cost operator*(Cost cost, Index times) {
    cost.nanoseconds_ *= static_cast<double>(times);
    return cost;
  }

 private:
  double nanoseconds_;
};

}  // namespace lanewise::parallel
