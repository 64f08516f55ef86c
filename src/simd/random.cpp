// Contract in random.hpp. Compiled once per instruction set.
#include "simd/random.hpp"

#include "simd/isa/math.hpp"
#include "simd/isa/parts.hpp"
#include "simd/isa/philox.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

constexpr int kBlocks = 16;  // of a group; as many as the widest register has elements

// A whole number below 2^24 for float or 2^52 for double, exactly.
template <class T>
LANEWISE_INLINE Register<T> number(Bits<T> x) noexcept {
  if constexpr (sizeof(T) == 8) {
    // Under the leading bit of 2^52.
    const Register<T> offset = broadcast(T(0x1p52));
    return from_bits<T>(x | bits_of<T>(offset)) - offset;
  } else {
    return to_floats(x);
  }
}

// In [0, 1): the upper 24 bits of a word.
LANEWISE_INLINE Register<float> unit(Bits<float> word) noexcept {
  return number<float>(word >> 8) * broadcast(0x1p-24f);
}

// In [0, 1): 53 bits of two words. The sum is exact.
LANEWISE_INLINE Register<double> unit(Bits<double> high, Bits<double> low) noexcept {
  return number<double>(high) * broadcast(0x1p-32) + number<double>(low >> 11) * broadcast(0x1p-53);
}

// In (0, 1], for a logarithm: all bits, and half of the last one more, so that it is never 0 and
// reaches far into the tail: 6.8 deviations for float and 9.5 for double.
LANEWISE_INLINE Register<float> positive_unit(Bits<float> word) noexcept {
  const Register<float> tail = number<float>(word & Bits<float>(std::uint32_t{0xff}));
  return unit(word) + (tail + broadcast(0.5f)) * broadcast(0x1p-32f);
}
LANEWISE_INLINE Register<double> positive_unit(Bits<double> high, Bits<double> low) noexcept {
  return number<double>(high) * broadcast(0x1p-32) +
         (number<double>(low) + broadcast(0.5)) * broadcast(0x1p-64);
}

// Writes out[0..n), n numbers from a group's beginning on. make(word, value) turns the four words
// of each block into kRows numbers.
template <class T, int kRows, class Make>
LANEWISE_INLINE void fill_groups(T* out, long n, std::uint64_t first, PhiloxKey key,
                                 Make make) noexcept {
  constexpr int kGroup = kRows * kBlocks;
  std::uint64_t block = first / kGroup * kBlocks;
  for (long i = 0; i < n; i += kGroup, block += kBlocks) {
    const bool whole = n - i >= kGroup;
    alignas(64) T rest[kGroup];
    T* const group = whole ? out + i : rest;
    for (int l = 0; l < kBlocks; l += kLanes<T>) {
      Bits<T> word[4];
      philox<T>(block + static_cast<std::uint64_t>(l), key, word);
      Register<T> value[kRows];
      make(word, value);
      LANEWISE_UNROLL
      for (int r = 0; r < kRows; ++r) store<T>(group + r * kBlocks + l, value[r]);
    }
    if (!whole) std::memcpy(out + i, rest, static_cast<std::size_t>(n - i) * sizeof(T));
  }
}

// Numbers from the four words of a block.
template <class T>
constexpr int kPerBlock = sizeof(T) == 4 ? 4 : 2;

template <class T>
void uniform(T* out, long n, std::uint64_t first, std::uint64_t seed, std::uint64_t stream, T low,
             T range, T high, T below_high) noexcept {
  const Register<T> from = broadcast(low), width = broadcast(range);
  const Register<T> end = broadcast(high), last = broadcast(below_high);
  fill_groups<T, kPerBlock<T>>(out, n, first, {seed, stream},
                               [&](const Bits<T>(&word)[4], Register<T>(&value)[kPerBlock<T>]) {
                                 LANEWISE_UNROLL
                                 for (int r = 0; r < kPerBlock<T>; ++r) {
                                   Register<T> u;
                                   if constexpr (sizeof(T) == 4)
                                     u = unit(word[r]);
                                   else
                                     u = unit(word[2 * r], word[2 * r + 1]);
                                   // Not fused, for the same rounding everywhere.
                                   const Register<T> x = from + u * width;
                                   value[r] = select<T>(x < end, x, last);
                                 }
                               });
}

template <class T>
void normal(T* out, long n, std::uint64_t first, std::uint64_t seed, std::uint64_t stream, T mean,
            T deviation) noexcept {
  const Register<T> centre = broadcast(mean), spread = broadcast(deviation);
  fill_groups<T, kPerBlock<T>>(out, n, first, {seed, stream},
                               [&](const Bits<T>(&word)[4], Register<T>(&value)[kPerBlock<T>]) {
                                 LANEWISE_UNROLL
                                 for (int r = 0; r < kPerBlock<T>; r += 2) {
                                   Register<T> distance, turn;
                                   if constexpr (sizeof(T) == 4) {
                                     distance = positive_unit(word[r]);
                                     turn = unit(word[r + 1]);
                                   } else {
                                     distance = positive_unit(word[0], word[1]);
                                     turn = unit(word[2], word[3]);
                                   }
                                   const Register<T> radius =
                                       sqrt<T>(broadcast(T(-2)) * log_in_range<T>(distance));
                                   Register<T> sine, cosine;
                                   sin_cos_2pi<T>(turn, sine, cosine);
                                   value[r] = fma<T>(spread, radius * cosine, centre);
                                   value[r + 1] = fma<T>(spread, radius * sine, centre);
                                 }
                               });
}

template <class T>
void dropout(const T* x, T* y, long n, std::uint64_t first, std::uint64_t seed,
             std::uint64_t stream, T threshold, T scale) noexcept {
  constexpr int kGroup = 4 * kBlocks;
  const Register<T> least = broadcast(threshold), kept = broadcast(scale), zero = broadcast(T(0));
  for (long i = 0; i < n; i += kGroup) {
    const long count = n - i < kGroup ? n - i : kGroup;
    alignas(64) T factor[kGroup];
    fill_groups<T, 4>(factor, kGroup, first + static_cast<std::uint64_t>(i), {seed, stream},
                      [&](const Bits<T>(&word)[4], Register<T>(&value)[4]) {
                        LANEWISE_UNROLL
                        for (int j = 0; j < 4; ++j)
                          value[j] = select<T>(number<T>(word[j] >> 8) < least, zero, kept);
                      });
    for_each_part<T>(count, [&](long k, auto part) {
      const Register<T> f = part.load(factor + k);
      // Selected, not multiplied: what is dropped is 0 even if it was NaN.
      part.store(y + i + k, select<T>(f == zero, zero, f * part.load(x + i + k)));
    });
  }
}

}  // namespace

constinit const RandomKernels<float> random_f32{uniform<float>, normal<float>, dropout<float>};
constinit const RandomKernels<double> random_f64{uniform<double>, normal<double>, dropout<double>};

}  // namespace lanewise::simd::LANEWISE_ISA
