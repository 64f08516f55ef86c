#pragma once
// exp, log, tanh, the tail of the normal distribution and their kin on registers: one source for
// float and double and for every instruction set, with and without a fused multiply-add.
//
// Each reduces its argument to a short interval and evaluates a polynomial there
// (math_coefficients.hpp). Where the sum of a large and a small term decides the last bit, the
// rounding error of the large one is carried into the small one. That, not the fused instruction,
// is what keeps the error below one unit in the last place (ULP).
//
// Largest errors in ULP (ulp_test measures them): of exp, log and tanh over all 2^32 floats, of
// expm1 to sigmoid over every 37th, of softplus over every 211th, of gelu and its slope over every
// 997th, and over two million doubles.
//
//                       float                 double
//            without fma    with   without fma    with
//   exp            0.911   0.895         0.843   0.823
//   log            0.897   0.885         0.829   0.820
//   tanh           1.324   1.324         1.304   1.304
//   expm1          0.982   1.000         0.882   0.871
//   log1p          0.899   0.919         0.907   0.908
//   sigmoid        2.431   2.431         2.273   2.273
//   softplus       1.715   1.752         1.583   1.642
//   gelu           4.965   4.965         4.079   4.079
//   its slope      3.205   2.800         3.143   3.060
//
// NaN gives NaN. A subnormal argument or result may be replaced by a zero of its sign. Rounding is
// to nearest, and floating-point flags mean nothing.
//
// Sources: Muller, "Elementary Functions", 3rd edition, chapters 3 and 9-11; Cody and Waite,
// "Software Manual for the Elementary Functions" (the two-part ln 2); Tang, "Table-driven
// implementation of the expm1 function" (2^n q + (2^n - 1)); Shepherd and Laframboise, "Chebyshev
// approximation of (1 + 2x) exp(x^2) erfc x" (the rational variable of Mills' ratio in gelu's
// slope).
#include "simd/isa/bits.hpp"
#include "simd/isa/compare.hpp"
#include "simd/isa/math_coefficients.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// How a float or double is laid out, and where its exponential leaves the normal range.
template <class T>
struct Format;

template <>
struct Format<float> {
  static constexpr int kMantissa = 23;
  static constexpr std::uint32_t kOne = 0x3f800000;  // the bits of 1
  static constexpr std::uint32_t kSign = 0x80000000;
  static constexpr std::uint32_t kMantissaMask = 0x007fffff;
  static constexpr std::uint32_t kSqrtHalf = 0x3f3504f3;  // the bits of sqrt(1/2)
  static constexpr float kInteger = 0x1p23f;        // adding it leaves an integer in the low bits
  static constexpr float kRounder = 0x1.8p23f;      // the same for negative integers
  static constexpr float kExpLow = -0x1.5d589ep6f;  // log of the smallest normal, -87.336544
  static constexpr float kExpHigh = 0x1.62e42ep6f;  // log of the largest number, 88.722839
  static constexpr float kSmallest = 0x1p-126f;
  static constexpr std::uint32_t kUpperHalf = 0xfffff000;  // the first 12 of 24 digits
  static constexpr float kSigmoidEnd = 89;  // where 2^n is infinite and the result below kSmallest
  static constexpr float kGeluEnd = 13.2f;  // a where a Phi(-a) is below the smallest normal
  static constexpr float kSlopeEnd = 15;    // the same of its derivative
  static constexpr float kInfinity = __builtin_huge_valf();
};

template <>
struct Format<double> {
  static constexpr int kMantissa = 52;
  static constexpr std::uint64_t kOne = 0x3ff0000000000000;
  static constexpr std::uint64_t kSign = 0x8000000000000000;
  static constexpr std::uint64_t kMantissaMask = 0x000fffffffffffff;
  static constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e667f3bcd;
  static constexpr double kInteger = 0x1p52;
  static constexpr double kRounder = 0x1.8p52;
  static constexpr double kExpLow = -0x1.6232bdd7abcd2p9;  // -708.396418532264
  static constexpr double kExpHigh = 0x1.62e42fefa39efp9;  // 709.782712893384
  static constexpr double kSmallest = 0x1p-1022;
  static constexpr std::uint64_t kUpperHalf = 0xfffffffff8000000;  // the first 26 of 53 digits
  static constexpr double kSigmoidEnd = 710;
  static constexpr double kGeluEnd = 37.64;
  static constexpr double kSlopeEnd = 39;
  static constexpr double kInfinity = __builtin_huge_val();
};

template <class T>
LANEWISE_INLINE Register<T> constant(double x) noexcept {
  return broadcast(static_cast<T>(x));
}

// c[0] x^(N-1) + ... + c[N-1], by Horner's rule.
template <class T, std::size_t N>
LANEWISE_INLINE Register<T> polynomial(const T (&c)[N], Register<T> x) noexcept {
  Register<T> sum = broadcast(c[0]);
  LANEWISE_UNROLL
  for (std::size_t i = 1; i < N; ++i) sum = fma<T>(sum, x, broadcast(c[i]));
  return sum;
}

// x^N + c[0] x^(N-1) + ... + c[N-1]
template <class T, std::size_t N>
LANEWISE_INLINE Register<T> monic_polynomial(const T (&c)[N], Register<T> x) noexcept {
  Register<T> sum = x + broadcast(c[0]);
  LANEWISE_UNROLL
  for (std::size_t i = 1; i < N; ++i) sum = fma<T>(sum, x, broadcast(c[i]));
  return sum;
}

// magnitude >= 0 with the sign of `sign`.
template <class T>
LANEWISE_INLINE Register<T> with_sign_of(Register<T> sign, Register<T> magnitude) noexcept {
  return from_bits<T>((bits_of<T>(sign) & Bits<T>(Format<T>::kSign)) | bits_of<T>(magnitude));
}

// e^x = 2^n (1 + q), |q| < 0.42. The integer n stands in the low bits of `n`; what is above them is
// shifted out by whoever moves n into an exponent.
template <class T>
struct Exponential {
  Bits<T> n;
  Register<T> q;
};

// The multiple n of log 2 that is nearest to x, and n plus kRounder.
template <class T>
struct Multiple {
  Register<T> n, shifted;
};

template <class T>
LANEWISE_INLINE Multiple<T> nearest_multiple(Register<T> x) noexcept {
  const Register<T> rounder = broadcast(Format<T>::kRounder);
  const Register<T> shifted = fma<T>(x, constant<T>(0x1.71547652b82fep0), rounder);  // 1 / log 2
  return {shifted - rounder, shifted};
}

// e^r - 1 for what is left of a multiple of log 2.
template <class T>
LANEWISE_INLINE Register<T> expm1_reduced(Register<T> r) noexcept {
  return fma<T>(r * r, polynomial<T>(Coefficients<T>::exp, r), r);
}

// Good for kExpLow <= x <= kExpHigh; elsewhere nothing is promised.
template <class T>
LANEWISE_INLINE Exponential<T> exponential(Register<T> x) noexcept {
  using C = Coefficients<T>;
  const auto [n, shifted] = nearest_multiple<T>(x);
  const Register<T> high = fnma<T>(n, broadcast(C::ln2_high), x), low = broadcast(C::ln2_low);
  const Register<T> r = fnma<T>(n, low, high);
  const Register<T> tail = fnma<T>(n, low, high - r);  // what r lost when it was rounded
  return {bits_of<T>(shifted), r + fma<T>(r * r, polynomial<T>(C::exp, r), tail)};
}

// e^x for kExpLow <= x <= kExpHigh: for arguments that are known to be tame.
template <class T>
LANEWISE_INLINE Register<T> exp_in_range(Register<T> x) noexcept {
  const Exponential<T> e = exponential<T>(x);
  // 1 + q lies in [0.7, 1.42]: adding n to its exponent multiplies by 2^n, n = 128 included.
  const Register<T> y = constant<T>(1) + e.q;
  return from_bits<T>(bits_of<T>(y) + (e.n << Format<T>::kMantissa));
}

// e^x; 0 where the result would be subnormal.
template <class T>
LANEWISE_INLINE Register<T> exp(Register<T> x) noexcept {
  const Register<T> y = exp_in_range<T>(x);
  const Register<T> zero = constant<T>(0);
  // x * infinity is infinity above the range and NaN for NaN.
  const Register<T> above = x * broadcast(Format<T>::kInfinity);
  return select<T>(x < broadcast(Format<T>::kExpLow), zero,
                   select<T>(x <= broadcast(Format<T>::kExpHigh), y, above));
}

// e^x for x <= 0, for sums of exponentials; 0 where the result would be subnormal. It has no upper
// end to look after, and without the tail of r, which exp has, it takes three quarters of the time
// and is at most 1.05 ULP off.
template <class T>
LANEWISE_INLINE Register<T> exp_nonpositive(Register<T> x) noexcept {
  using C = Coefficients<T>;
  const auto [n, shifted] = nearest_multiple<T>(x);
  const Register<T> high = fnma<T>(n, broadcast(C::ln2_high), x);
  const Register<T> r = fnma<T>(n, broadcast(C::ln2_low), high);
  const Register<T> q = expm1_reduced<T>(r);
  const Register<T> scale = from_bits<T>((bits_of<T>(shifted) << Format<T>::kMantissa) +
                                         Bits<T>(Format<T>::kOne));  // 2^n, exact
  // Not scale q + scale: that product may be subnormal, and be flushed, where it is rounded.
  const Register<T> y = scale * (constant<T>(1) + q);
  return select<T>(x < broadcast(Format<T>::kExpLow), constant<T>(0), y);
}

// e^x - 1 for x <= 0, without cancellation near 0.
template <class T>
LANEWISE_INLINE Register<T> expm1_nonpositive(Register<T> x) noexcept {
  // Below -40 the result is -1; NaN stays.
  const Exponential<T> e = exponential<T>(larger<T>(constant<T>(-40), x));
  const Register<T> scale =
      from_bits<T>((e.n << Format<T>::kMantissa) + Bits<T>(Format<T>::kOne));  // 2^n, exact
  // NaN went into q too. A zero keeps its sign: -0 + (1 - 1) would not.
  const Register<T> y = fma<T>(scale, e.q, scale - constant<T>(1));
  return select<T>(x == constant<T>(0), x, y);
}

// log(2^k (1 + f)) + tail for sqrt(1/2) <= 1 + f <= sqrt(2), with |tail| below an ULP of 1 + f.
template <class T>
LANEWISE_INLINE Register<T> log_of_parts(Register<T> k, Register<T> f, Register<T> tail) noexcept {
  using C = Coefficients<T>;
  // k log 2 is 0 or larger than f, so that the rounding error of the sum is exactly `lost`.
  const Register<T> k_high = k * broadcast(C::ln2_high);
  const Register<T> sum = k_high + f;
  const Register<T> lost = f - (sum - k_high);
  // log(1 + f) = f - f^2 / 2 + f^3 p(f)
  const Register<T> curve = (f * f) * fma<T>(f, polynomial<T>(C::log, f), constant<T>(-0.5));
  return sum + (lost + (tail + fma<T>(k, broadcast(C::ln2_low), curve)));
}

// log(x + tail) for a normal, finite x > 0 and a tail below its ULP.
template <class T>
LANEWISE_INLINE Register<T> log_in_range(Register<T> x,
                                         Register<T> tail = constant<T>(0)) noexcept {
  using F = Format<T>;
  // Shifted so that the mantissa wraps at sqrt(1/2): m = 1 + f in [sqrt(1/2), sqrt(2)).
  const Bits<T> shifted = bits_of<T>(x) + Bits<T>(F::kOne - F::kSqrtHalf);
  const Register<T> biased =
      from_bits<T>((shifted >> F::kMantissa) | bits_of<T>(broadcast(F::kInteger)));
  constexpr T kBias = static_cast<T>(F::kOne >> F::kMantissa);
  const Register<T> k = biased - broadcast(F::kInteger + kBias);
  const Register<T> m = from_bits<T>((shifted & Bits<T>(F::kMantissaMask)) + Bits<T>(F::kSqrtHalf));
  return log_of_parts<T>(k, m - constant<T>(1), tail);
}

// The natural logarithm: -inf at 0 and for subnormals, NaN below.
template <class T>
LANEWISE_INLINE Register<T> log(Register<T> x) noexcept {
  using F = Format<T>;
  const Register<T> y = log_in_range<T>(x);
  const Register<T> infinity = broadcast(F::kInfinity);
  const Register<T> zero = constant<T>(0);
  // x - x is NaN for NaN and infinity alike, and for what is negative the root of it would be.
  const Register<T> below = select<T>(x < zero, zero / zero, -infinity);
  const Register<T> finite = select<T>(x < broadcast(F::kSmallest), below, y);
  return select<T>(x < infinity, finite, x);
}

// log(1 + x) for 0 <= x <= 1.
template <class T>
LANEWISE_INLINE Register<T> log1p_unit(Register<T> x) noexcept {
  const Register<T> one = constant<T>(1);
  const Register<T> sum = one + x;
  const Register<T> lost = x - (sum - one);
  // lost / sum, of which a twentieth of an ULP is left: a division would take as long as all this.
  const Register<T> slope = fma<T>(x, fma<T>(x, constant<T>(0.4), constant<T>(-0.9)), one);
  return log_in_range<T>(sum, lost * slope);
}

// 1 / (1 + e^-x). Beyond what -x is limited to it is 1, or so small that it is 0.
template <class T>
LANEWISE_INLINE Register<T> sigmoid(Register<T> x) noexcept {
  using F = Format<T>;
  const Register<T> one = constant<T>(1);
  const Register<T> argument = larger<T>(broadcast(F::kExpLow), -x);  // NaN stays
  const Exponential<T> e = exponential<T>(smaller<T>(broadcast(F::kSigmoidEnd), argument));
  // 2^n, exactly, or infinity.
  const Register<T> scale = from_bits<T>((e.n << F::kMantissa) + Bits<T>(F::kOne));
  return one / fma<T>(scale, one + e.q, one);
}

template <class T>
LANEWISE_INLINE Register<T> tanh(Register<T> x) noexcept {
  const Register<T> size = abs<T>(x);
  // Near 0: x + x^3 p(x^2).
  const Register<T> square = x * x;
  const Register<T> small = fma<T>(x * square, polynomial<T>(Coefficients<T>::tanh, square), x);
  // Elsewhere: 1 - 2 / (e^2x + 1); from 20 on (float: 10) that is 1.
  const Register<T> e = exp_in_range<T>(smaller<T>(constant<T>(40), size + size));
  const Register<T> one = constant<T>(1);
  const Register<T> large = one - constant<T>(2) / (e + one);
  // NaN takes the small branch; the sign is for -0, which the small branch gives as +0.
  return with_sign_of<T>(x, select<T>(size > constant<T>(0.625), large, small));
}

// The upper half of a's digits: products of two such halves are exact.
template <class T>
LANEWISE_INLINE Register<T> upper_half(Register<T> a) noexcept {
  return from_bits<T>(bits_of<T>(a) & Bits<T>(Format<T>::kUpperHalf));
}

// What rounding took from a b, where the product is a b, rounded: exact if fused, else but for the
// last bit or two of it.
template <class T>
LANEWISE_INLINE Register<T> rounding_of(Register<T> product, Register<T> a,
                                        Register<T> b) noexcept {
  if constexpr (kFused) {
    return fnma<T>(a, b, product);
  } else {
    const Register<T> a_high = upper_half<T>(a), a_low = a - a_high;
    const Register<T> b_high = upper_half<T>(b), b_low = b - b_high;
    return ((product - a_high * b_high) - (a_high * b_low + a_low * b_high)) - a_low * b_low;
  }
}

// e^(-a^2 / 2) for 0 <= a <= kSlopeEnd, and -a / 2.
template <class T>
struct Gauss {
  Exponential<T> e;
  Register<T> minus_half;
};

template <class T>
LANEWISE_INLINE Gauss<T> gauss(Register<T> a) noexcept {
  using C = Coefficients<T>;
  const Register<T> minus_half = constant<T>(-0.5) * a, x = minus_half * a;
  // Half an ULP of a^2 would be as many ULP of the result as a^2 / 2 is large.
  const Register<T> rounding = rounding_of<T>(x, minus_half, a);
  const auto [n, shifted] = nearest_multiple<T>(x);
  const Register<T> high = fnma<T>(n, broadcast(C::ln2_high), x);
  const Register<T> r = high - fma<T>(n, broadcast(C::ln2_low), rounding);
  return {{bits_of<T>(shifted), expm1_reduced<T>(r)}, minus_half};
}

// x Phi(x), with Phi(-a) = e^(-a^2 / 2) M(a) for a = |x|, and Mills' ratio
//
//   M(a) = phi(0) / (a + p(a) / q(a)) = phi(0) q / (a q + p),
//
// as its continued fraction begins: p / q falls from 0.8 to 0 like 1 / a. All coefficients are
// positive, and the farther out, the more the rounding errors of q cancel. The product keeps its
// digits where 1 - erf has none left.
template <class T>
LANEWISE_INLINE Register<T> gelu(Register<T> x) noexcept {
  using C = Coefficients<T>;
  using F = Format<T>;
  const Register<T> a = smaller<T>(broadcast(F::kGeluEnd), abs<T>(x));
  const auto [e, minus_half] = gauss<T>(a);
  const Register<T> q = monic_polynomial<T>(C::mills_q, a);
  const Register<T> ratio = minus_half * q / fma<T>(a, q, polynomial<T>(C::mills_p, a));
  // 2 phi(0) 2^n, exactly: n at kGeluEnd is the first that makes it subnormal.
  const Register<T> scale =
      from_bits<T>((e.n << F::kMantissa) + bits_of<T>(broadcast(C::twice_density)));
  // max(x, 0) - a Phi(-a), so that zeros and minus infinity keep their sign, and NaN stays.
  const Register<T> positive_part = larger<T>(constant<T>(-0.0), x);
  const Register<T> y = fma<T>(fma<T>(ratio, e.q, ratio), scale, positive_part);
  // Half of x near 0, where half of it could be subnormal and be flushed before it is subtracted.
  return select<T>(a < constant<T>(1e-30), constant<T>(0.5) * x, y);
}

// Phi(-a) - a phi(a), the derivative of -a Phi(-a) by -a, for 0 <= a <= kSlopeEnd, where it is 0;
// phi is the density. M is a polynomial in a / d - kMillsCenter with d = 1 + a / 4: in the center,
// where much is cancelled, M, the constant term, is almost a float and almost a double.
constexpr double kMillsCenter = 0x1.8b9ap-1;

template <class T>
LANEWISE_INLINE Register<T> normal_tail_slope(Register<T> a) noexcept {
  using C = Coefficients<T>;
  using F = Format<T>;
  const Register<T> one = constant<T>(1), quarter = constant<T>(0.25) * a;
  const Register<T> d = one + quarter, lost = quarter - (d - one), s = a / d;
  // M counts where a is near 1, and 1 / d near 3/4.
  const Register<T> moved = (s - constant<T>(kMillsCenter)) - constant<T>(0.75) * (s * lost);
  const Register<T> mills = polynomial<T>(C::mills_slope, moved);
  // M - a phi(0), the largest part of the product exactly.
  const Register<T> u = upper_half<T>(a);
  const Register<T> high = mills - u * broadcast(C::density_high);
  const Register<T> low =
      fma<T>(u, broadcast(C::density_low), (a - u) * broadcast(C::density_high + C::density_low));
  const Register<T> w = high - low;
  // 2^n may be subnormal where the product with w is not: 2^(n + 100) first.
  constexpr BitsOf<T> kRaised = F::kOne + (BitsOf<T>{100} << F::kMantissa);
  const Exponential<T> e = gauss<T>(a).e;
  const Register<T> scale = from_bits<T>((e.n << F::kMantissa) + Bits<T>(kRaised));
  return fma<T>(w, e.q, w) * scale * constant<T>(0x1p-100);
}

// sine = sin(2 pi u), cosine = cos(2 pi u) for 0 <= u <= 1.
template <class T>
LANEWISE_INLINE void sin_cos_2pi(Register<T> u, Register<T>& sine, Register<T>& cosine) noexcept {
  using C = Coefficients<T>;
  const Register<T> rounder = broadcast(Format<T>::kRounder);
  // The nearest quarter turn, and what remains, exactly: |r| <= 1/8.
  const Register<T> shifted = u * constant<T>(4) + rounder;
  const Register<T> quarters = shifted - rounder;
  const Register<T> r = u - quarters * constant<T>(0.25);
  const Register<T> z = r * r;
  const Register<T> s = r * polynomial<T>(C::sin, z);
  const Register<T> c = fma<T>(z, polynomial<T>(C::cos, z), constant<T>(1));
  // Odd quarters exchange the two; bit 1 of the number of quarters is the sign.
  const Bits<T> q = bits_of<T>(shifted);
  const Mask<T> odd = quarters == constant<T>(1) || quarters == constant<T>(3);
  constexpr int kToSign = static_cast<int>(sizeof(T)) * 8 - 2;
  const Bits<T> sign = Bits<T>(Format<T>::kSign);
  sine = from_bits<T>(bits_of<T>(select<T>(odd, c, s)) ^ ((q << kToSign) & sign));
  const Bits<T> next = q + Bits<T>(BitsOf<T>{1});
  cosine = from_bits<T>(bits_of<T>(select<T>(odd, s, c)) ^ ((next << kToSign) & sign));
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
