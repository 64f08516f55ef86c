#pragma once
// The kinds of pooling. Each is a small struct: how a pixel joins the result forward (Result, and
// Careful where that may lose a NaN), and what a pixel gets of dy backward (share). The walk over
// windows is in pooling.cpp.
#include "simd/isa/compare.hpp"
#include "simd/isa/registers.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// [maximum]
// The first of equal ones stays, and so does the first NaN.
template <class T>
struct MaximumOrNan {
  static constexpr int kPanel = 4;  // registers

  Register<T> most;
  LANEWISE_INLINE void begin(Register<T> x) noexcept { most = x; }
  LANEWISE_INLINE Mask<T> yields_to(Register<T> x) const noexcept { return exceeds<T>(x, most); }
  LANEWISE_INLINE void join(Register<T> x, long) noexcept {
    most = select<T>(yields_to(x), x, most);
  }
  LANEWISE_INLINE Register<T> finish(T, Register<T>&) const noexcept { return most; }
};
// [maximum]

// The same where there is no NaN, in one instruction a pixel and one for a sum, which keeps the NaN
// that this loses: where that of a row is NaN (for infinities of both signs it is, too), the row is
// pooled again with care. Comparing every two pixels for NaN instead took about a tenth longer.
template <class T>
struct MaximumOfNumbers {
  static constexpr int kPanel = 2;  // with sums, four are too many for AVX2

  Register<T> most, sum;
  LANEWISE_INLINE void begin(Register<T> x) noexcept { most = sum = x; }
  LANEWISE_INLINE Mask<T> yields_to(Register<T> x) const noexcept { return x > most; }
  LANEWISE_INLINE void join(Register<T> x, long) noexcept {
    most = larger<T>(x, most);
    sum = sum + x;
  }
  LANEWISE_INLINE Register<T> finish(T, Register<T>& doubt) const noexcept {
    doubt = doubt + sum;
    return most;
  }
};

// Either, and which pixel it was, as a number.
template <class T, class Maximum>
struct WithPlace : Maximum {
  static constexpr int kPanel = 2;

  Register<T> place;
  LANEWISE_INLINE void begin(Register<T> x) noexcept {
    Maximum::begin(x);
    place = broadcast(T(0));
  }
  LANEWISE_INLINE void join(Register<T> x, long pixel) noexcept {
    place = select<T>(this->yields_to(x), broadcast(static_cast<T>(pixel)), place);
    Maximum::join(x, pixel);
  }
};

template <class T>
struct Maximum {
  static constexpr bool kReadsInput = true;
  using Kept = T;  // what is kept from forward
  using Result = MaximumOfNumbers<T>;
  using Careful = MaximumOrNan<T>;

  // The first pixel that equals y takes dy; the others find nothing left. Where y is NaN, that is
  // the first NaN; elsewhere the window has none.
  Register<T> y, left;
  LANEWISE_INLINE void begin(Register<T> y_, Register<T> dy, T) noexcept {
    y = y_;
    left = dy;
  }
  LANEWISE_INLINE Register<T> share(Register<T> x, long) noexcept {
    const Register<T> zero = broadcast(T(0));
    const Mask<T> here = x == y || is_nan<T>(x);
    const Register<T> taken = select<T>(here, left, zero);
    left = select<T>(here, zero, left);
    return taken;
  }
};

template <class T>
struct RememberedMaximum {
  static constexpr bool kReadsInput = false;
  using Kept = std::uint8_t;
  using Result = WithPlace<T, MaximumOfNumbers<T>>;
  using Careful = WithPlace<T, MaximumOrNan<T>>;

  Register<T> place, whole;
  LANEWISE_INLINE void begin(Register<T> place_, Register<T> dy, T) noexcept {
    place = place_;
    whole = dy;
  }
  LANEWISE_INLINE Register<T> share(Register<T>, long pixel) noexcept {
    return select<T>(place == broadcast(static_cast<T>(pixel)), whole, broadcast(T(0)));
  }
};

template <class T>
struct Average {
  static constexpr bool kReadsInput = false;
  using Kept = T;

  struct Result {
    static constexpr int kPanel = 4;

    Register<T> sum;
    LANEWISE_INLINE void begin(Register<T> x) noexcept { sum = x; }
    LANEWISE_INLINE void join(Register<T> x, long) noexcept { sum = sum + x; }
    LANEWISE_INLINE Register<T> finish(T part, Register<T>&) const noexcept {
      return sum * broadcast(part);
    }
  };
  using Careful = Result;

  Register<T> each;
  LANEWISE_INLINE void begin(Register<T>, Register<T> dy, T part) noexcept {
    each = dy * broadcast(part);
  }
  LANEWISE_INLINE Register<T> share(Register<T>, long) noexcept { return each; }
};

template <class T>
struct L2 {
  static constexpr bool kReadsInput = true;
  using Kept = T;

  struct Result {
    static constexpr int kPanel = 4;

    Register<T> squares;
    LANEWISE_INLINE void begin(Register<T> x) noexcept { squares = x * x; }
    LANEWISE_INLINE void join(Register<T> x, long) noexcept { squares = fma<T>(x, x, squares); }
    LANEWISE_INLINE Register<T> finish(T, Register<T>&) const noexcept { return sqrt<T>(squares); }
  };
  using Careful = Result;

  Register<T> factor;
  LANEWISE_INLINE void begin(Register<T> y, Register<T> dy, T) noexcept {
    const Register<T> zero = broadcast(T(0));
    factor = select<T>(y == zero, zero, dy / y);
  }
  LANEWISE_INLINE Register<T> share(Register<T> x, long) noexcept { return x * factor; }
};

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
