#pragma once
// A square of registers, transposed in registers: row i, lane j becomes row j, lane i.
//
// Two steps, one shuffle of two registers each way at every stage, for 16 floats:
//   1. inside each 128-bit quarter, 4 x 4 at a time, by interleaving (unpcklps, unpcklpd);
//   2. the quarters as wholes, even ones of two registers apart from odd ones (vshuff32x4).
// That is log2(lanes) shuffles a register: 64 for 256 floats. Exchanging quarters in place would be
// as many, but of the kind that overwrites an operand and so needs copies.
#include <utility>

#include "simd/isa/registers.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

#if !defined(LANEWISE_ISA_SCALAR)

// Lane l of the result is lane Pick::at(l) of a followed by b.
template <class T, class Pick, std::size_t... kLane>
LANEWISE_INLINE Register<T> shuffle(Register<T> a, Register<T> b,
                                    std::index_sequence<kLane...>) noexcept {
  using Native = typename Register<T>::register_type;
  const Native x = a, y = b;
  return Register<T>(Native(__builtin_shufflevector(x, y, Pick::at(static_cast<int>(kLane))...)));
}

template <class T, class Pick>
LANEWISE_INLINE Register<T> shuffle(Register<T> a, Register<T> b) noexcept {
  return shuffle<T, Pick>(a, b, std::make_index_sequence<static_cast<std::size_t>(kLanes<T>)>());
}

template <class T>
inline constexpr int kQuarter = 16 / static_cast<int>(sizeof(T));  // elements of 128 bits

// Within each quarter: units of kUnit elements, a's and b's in turn, from the lower or upper half.
template <class T, int kUnit, bool kUpper>
struct Interleave {
  static constexpr int at(int lane) noexcept {
    const int base = lane / kQuarter<T> * kQuarter<T>, offset = lane % kQuarter<T>;
    const int unit = offset / kUnit, within = offset % kUnit;
    const int source = base + (kUpper ? kQuarter<T> / 2 : 0) + unit / 2 * kUnit + within;
    return source + (unit % 2 != 0 ? kLanes<T> : 0);
  }
};

// Every second quarter of a, then of b: the even ones or the odd ones.
template <class T, bool kOdd>
struct Unzip {
  static constexpr int at(int lane) noexcept {
    const int half = kLanes<T> / kQuarter<T> / 2;
    const int quarter = lane / kQuarter<T>, within = lane % kQuarter<T>;
    const int source = (quarter % half * 2 + (kOdd ? 1 : 0)) * kQuarter<T> + within;
    return source + (quarter >= half ? kLanes<T> : 0);
  }
};

template <class T>
LANEWISE_INLINE void unzip(Register<T>& a, Register<T>& b) noexcept {
  const Register<T> x = a, y = b;
  a = shuffle<T, Unzip<T, false>>(x, y);
  b = shuffle<T, Unzip<T, true>>(x, y);
}

#endif

template <class T>
LANEWISE_INLINE void transpose(Register<T> (&row)[kLanes<T>]) noexcept {
#if !defined(LANEWISE_ISA_SCALAR)
  LANEWISE_UNROLL
  for (int i = 0; i < kLanes<T>; i += kQuarter<T>) {
    if constexpr (kQuarter<T> == 2) {
      const Register<T> x0 = row[i], x1 = row[i + 1];
      row[i] = shuffle<T, Interleave<T, 1, false>>(x0, x1);
      row[i + 1] = shuffle<T, Interleave<T, 1, true>>(x0, x1);
    } else {
      const Register<T> low01 = shuffle<T, Interleave<T, 1, false>>(row[i], row[i + 1]);
      const Register<T> high01 = shuffle<T, Interleave<T, 1, true>>(row[i], row[i + 1]);
      const Register<T> low23 = shuffle<T, Interleave<T, 1, false>>(row[i + 2], row[i + 3]);
      const Register<T> high23 = shuffle<T, Interleave<T, 1, true>>(row[i + 2], row[i + 3]);
      row[i] = shuffle<T, Interleave<T, 2, false>>(low01, low23);
      row[i + 1] = shuffle<T, Interleave<T, 2, true>>(low01, low23);
      row[i + 2] = shuffle<T, Interleave<T, 2, false>>(high01, high23);
      row[i + 3] = shuffle<T, Interleave<T, 2, true>>(high01, high23);
    }
  }
  constexpr int kQ = kQuarter<T>;
  LANEWISE_UNROLL
  for (int j = 0; j < kQ; ++j) {
    if constexpr (kLanes<T> == 2 * kQ) unzip(row[j], row[j + kQ]);
    if constexpr (kLanes<T> == 4 * kQ) {
      unzip(row[j], row[j + kQ]);  // quarters 0 2 0 2 of rows 0 0 1 1, and 1 3 1 3
      unzip(row[j + 2 * kQ], row[j + 3 * kQ]);
      unzip(row[j], row[j + 2 * kQ]);       // quarter 0 of rows 0 1 2 3, and quarter 2
      unzip(row[j + kQ], row[j + 3 * kQ]);  // quarter 1, and quarter 3
    }
  }
#else
  (void)row;
#endif
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
