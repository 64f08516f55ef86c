// How far exp, log, tanh and the activations are from the exact value, in units in the last place.
//
// float: every 997th bit pattern, or with --exhaustive each of the 2^32, on every instruction set
// that this machine has; the exact value is libm's in double. double: random arguments of every
// magnitude; the exact value is libm's in long double. A subnormal argument or result may be
// replaced by a zero of its sign. Exits with 1 if a bound is exceeded.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <random>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cpu/tables.hpp"
#include "lanewise/cpu.hpp"
#include "parallel/parallel.hpp"
#include "simd/activation.hpp"
#include "simd/math.hpp"

namespace {

using namespace lanewise;

template <class T>
using Wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;

// A kernel, what it should be, the domain it promises, and the bound. The error is counted in ULP
// of `unit`, which is the exact value unless that is a small difference of large terms.
template <class T>
struct Function {
  const char* name;
  void (*kernel)(Isa isa, const T* x, T* y, long n);
  Wide<T> (*exact)(Wide<T>);
  T low, high;  // NaN and what lies outside is not asked for
  double bound;
  Wide<T> (*unit)(Wide<T> x, Wide<T> value) = [](Wide<T>, Wide<T> value) { return value; };
};

constexpr double kAny = std::numeric_limits<double>::infinity();

// The kernels under test have one signature.
template <class T, auto kFunction>
void math(Isa isa, const T* x, T* y, long n) {
  (cpu::kernels<simd::MathKernels<T>>(isa).*kFunction)(x, y, n);
}
template <class T, auto kPair>
void forward(Isa isa, const T* x, T* y, long n) {
  (cpu::kernels<simd::ActivationKernels<T>>(isa).*kPair).forward(x, y, n, T(1));
}
template <class T, auto kPair>
void backward(Isa isa, const T* x, T* dx, long n) {
  std::fill(dx, dx + n, T(1));
  (cpu::kernels<simd::ActivationKernels<T>>(isa).*kPair).backward(x, dx, dx, n, T(1));
}

// e^(-x^2 / 2) and erfc(-x / sqrt 2): x^2 / 2 is large in the tails, and what it loses in rounding
// would be that much larger in the result.
template <class W>
struct Gauss {
  W square, lost;  // x^2 = square + lost
  explicit Gauss(W x) : square(x * x), lost(std::isinf(square) ? 0 : std::fma(x, x, -square)) {}
  W density() const {
    const W near = std::exp(-square / 2) / std::sqrt(2 * std::numbers::pi_v<W>);
    return near == 0 ? near : near * std::exp(-lost / 2);
  }
  // Phi(x)
  W below(W x) const {
    const W z = -x / std::numbers::sqrt2_v<W>;
    const W near = std::erfc(z) / 2;
    return z < 1 || near == 0 ? near : near * std::exp(std::fma(z, z, -square / 2) - lost / 2);
  }
};

template <class W>
W gelu_of(W x) {
  return std::isinf(x) && x < 0 ? -W(0) : x * Gauss<W>(x).below(x);
}
template <class W>
W gelu_slope(W x) {
  const Gauss<W> gauss(x);
  const W slope = gauss.below(x) + (std::isinf(x) ? 0 : x * gauss.density());
  return x < -1 ? -std::abs(slope) : slope;  // if it is 0, from below
}
// Between -1.1 and -0.4, around the zero at -0.7518, half of the larger term and more is cancelled.
template <class W>
W gelu_slope_unit(W x, W value) {
  if (!(x > W(-1.1) && x < W(-0.4))) return value;
  const Gauss<W> gauss(x);
  return std::max(gauss.below(x), -x * gauss.density());
}

template <class T>
std::array<Function<T>, 10> functions() {
  using M = simd::MathKernels<T>;
  using A = simd::ActivationKernels<T>;
  using W = Wide<T>;
  const T any = std::numeric_limits<T>::infinity();
  return {{
      {"exp", math<T, &M::exp>, [](W x) { return std::exp(x); }, -any, any, 1.0},
      {"log", math<T, &M::log>, [](W x) { return std::log(x); }, -any, any, 1.0},
      {"expm1", math<T, &M::expm1_nonpositive>, [](W x) { return std::expm1(x); }, -any, 0, 1.5},
      {"log1p", math<T, &M::log1p_unit>, [](W x) { return std::log1p(x); }, 0, 1, 1.5},
      {"tanh", forward<T, &A::tanh>, [](W x) { return std::tanh(x); }, -any, any, 1.5},
      {"sigmoid", forward<T, &A::sigmoid>, [](W x) { return 1 / (1 + std::exp(-x)); }, -any, any,
       2.5},
      {"softplus", forward<T, &A::softplus>,
       [](W x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }, -any,
       any, 2.0},
      {"elu", forward<T, &A::elu>, [](W x) { return x > 0 ? x : std::expm1(x); }, -any, any, 1.1},
      {"gelu", forward<T, &A::gelu>, gelu_of<W>, -any, any, 5.5},
      {"gelu'", backward<T, &A::gelu>, gelu_slope<W>, -any, any, 4.0, gelu_slope_unit<W>},
  }};
}

// By its bits: the threads of parallel_for read a subnormal as 0.
bool is_subnormal(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x) & 0x7fffffffu;
  return bits != 0 && bits < 0x00800000u;
}
bool is_subnormal(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x) & 0x7fffffffffffffffu;
  return bits != 0 && bits < 0x0010000000000000u;
}

// The distance of `got` from `exact` in ULP of T; infinite if one is NaN and the other is not, or
// if a special value is wrong.
template <class T>
double ulp_error(T x, T got, Wide<T> exact, Wide<T> exact_of_zero, Wide<T> unit) {
  using L = std::numeric_limits<T>;
  using W = Wide<T>;
  if (is_subnormal(x) && got == static_cast<T>(exact_of_zero)) return 0;
  if (std::isnan(exact)) return std::isnan(got) ? 0 : kAny;
  if (std::isnan(got)) return kAny;
  if (std::abs(exact) < L::min() && got == 0)
    return std::signbit(got) == std::signbit(exact) ? 0 : kAny;
  if (std::abs(exact) >= std::ldexp(W(1), L::max_exponent))
    return got == static_cast<T>(exact) ? 0 : kAny;
  if (exact == 0) return got == 0 && std::signbit(got) == std::signbit(exact) ? 0 : kAny;
  // Beyond the largest number: infinity stands for 2^(largest exponent + 1).
  W value = got;
  if (std::isinf(got)) value = std::copysign(std::ldexp(W(1), L::max_exponent), got);
  const int exponent = std::clamp(std::ilogb(unit), L::min_exponent - 1, L::max_exponent - 1);
  return static_cast<double>(std::abs(value - exact) /
                             std::ldexp(W(1), exponent - (L::digits - 1)));
}

struct Worst {
  double error = 0;
  double at = 0;
};

constexpr std::size_t kMaxIsas = 8;
constexpr Index kBlock = 4096;

// The worst error of one block of arguments on every instruction set.
template <class T>
void check_block(const Function<T>& f, const std::vector<T>& x,
                 std::array<Worst, kMaxIsas>& worst) {
  std::vector<Wide<T>> exact(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) exact[i] = f.exact(x[i]);
  std::vector<T> got(x.size());
  const auto isas = supported_isas();
  for (std::size_t isa = 0; isa < isas.size(); ++isa) {
    f.kernel(isas[isa], x.data(), got.data(), static_cast<long>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Wide<T> at_zero = f.exact(std::copysign(Wide<T>(0), Wide<T>(x[i])));
      const double error =
          ulp_error<T>(x[i], got[i], exact[i], at_zero, f.unit(Wide<T>(x[i]), exact[i]));
      if (error > worst[isa].error) worst[isa] = {error, static_cast<double>(x[i])};
    }
  }
}

template <class T>
bool asked(const Function<T>& f, T x) {
  const bool all = std::isinf(f.low) && std::isinf(f.high);
  const bool negative_zero = x == 0 && std::signbit(x) && f.low == 0;
  return all || (x >= f.low && x <= f.high && !negative_zero);
}

template <class T>
bool report(const Function<T>& f, const char* type, const std::array<Worst, kMaxIsas>& worst) {
  bool good = true;
  const auto isas = supported_isas();
  for (std::size_t isa = 0; isa < isas.size(); ++isa) {
    const bool within = worst[isa].error <= f.bound;
    fmt::print("{:8} {:7} {:7} {:7.3f} ULP at {:<14.9g} bound {:.1f} {}\n", f.name, type,
               to_string(isas[isa]), worst[isa].error, worst[isa].at, f.bound,
               within ? "ok" : "EXCEEDED");
    good = good && within;
  }
  std::fflush(stdout);  // the next function may take minutes
  return good;
}

// Runs fill(block, x) and checks what it put there, the blocks shared among the threads.
template <class T, class Fill>
bool check(const Function<T>& f, const char* type, Index blocks, Fill fill) {
  constexpr Index kSlots = 64;
  std::vector<std::array<Worst, kMaxIsas>> partial(kSlots);
  parallel::parallel_for(kSlots, parallel::Work<T>{.bytes = 1e9}, [&](Index begin, Index end) {
    std::vector<T> x;
    for (Index slot = begin; slot < end; ++slot)
      for (Index block = slot; block < blocks; block += kSlots) {
        x.clear();
        fill(block, x);
        check_block(f, x, partial[static_cast<std::size_t>(slot)]);
      }
  });
  std::array<Worst, kMaxIsas> worst{};
  for (const auto& slot : partial)
    for (std::size_t isa = 0; isa < kMaxIsas; ++isa)
      if (slot[isa].error > worst[isa].error) worst[isa] = slot[isa];
  return report(f, type, worst);
}

bool check_float(const Function<float>& f, std::uint64_t stride) {
  const std::uint64_t patterns = ((std::uint64_t{1} << 32) + stride - 1) / stride;
  const auto blocks = static_cast<Index>((patterns + kBlock - 1) / kBlock);
  return check(f, "float", blocks, [&](Index block, std::vector<float>& x) {
    const auto first = static_cast<std::uint64_t>(block) * kBlock;
    for (std::uint64_t i = first; i < std::min(patterns, first + kBlock); ++i) {
      const float value = std::bit_cast<float>(static_cast<std::uint32_t>(i * stride));
      if (asked(f, value)) x.push_back(value);
    }
  });
}

bool check_double(const Function<double>& f, std::uint64_t seed, Index count) {
  return check(f, "double", count / kBlock, [&](Index block, std::vector<double>& x) {
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(block));
    std::uniform_real_distribution<double> unit(-1, 1);
    // Any bits, and ranges in which the functions do their work.
    constexpr double kRanges[] = {1e-3, 0.5, 1, 2, 8, 40, 720};
    for (Index i = 0; i < kBlock; ++i) {
      double value = std::bit_cast<double>(random());
      if (i % 8 != 0) value = kRanges[i % 8 - 1] * unit(random);
      if (i % 16 == 3) value = 1 + value;
      if (!asked(f, value)) value = -value;
      if (asked(f, value)) x.push_back(value);
    }
  });
}

constexpr std::string_view kHelp =
    "usage: ulp_test [--exhaustive] [--seed N] [FUNCTION ...]\n"
    "Largest errors of exp, log, tanh and the activations, in ULP, on every instruction set.\n"
    "  --exhaustive  all 2^32 floats and more doubles (half an hour) instead of every 997th\n"
    "  --seed N      of the random doubles; 1 unless given\n";

}  // namespace

int main(int argc, char** argv) {
  bool exhaustive = false;
  std::uint64_t seed = 1;
  std::vector<std::string_view> names;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help") {
      fmt::print("{}", kHelp);
      return 0;
    } else if (argument == "--exhaustive") {
      exhaustive = true;
    } else if (argument == "--seed" && i + 1 < argc) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (argument.starts_with("-")) {
      fmt::print(stderr, "ulp_test: unknown option {}\n{}", argument, kHelp);
      return 2;
    } else {
      names.push_back(argument);
    }
  }
  const auto wanted = [&](std::string_view name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  };
  fmt::print("seed {}\n", seed);
  bool good = true;
  for (const auto& f : functions<float>())
    if (wanted(f.name)) good = check_float(f, exhaustive ? 1 : 997) && good;
  for (const auto& f : functions<double>())
    if (wanted(f.name)) good = check_double(f, seed, exhaustive ? 1 << 27 : 1 << 21) && good;
  return good ? 0 : 1;
}
