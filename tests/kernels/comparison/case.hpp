#pragma once
// Comparison at random: an operation against its reference, at shapes and options that a seed
// draws, awkward ones often, and as many as are asked for.
//
//   LANEWISE_TEST_CASES=1000000   so many cases for each operation and type
//   LANEWISE_TEST_SEED=7          other ones
//   LANEWISE_TEST_CASE=4711       this one alone, which tells what it draws while it draws it
//
// An operation is a function template of a Case. It draws all it needs from it and hands it what
// came out and what the reference says: scale() in merge.hpp is the smallest of them. It has a line
// in the table of comparison_test.cpp. A case depends on the seed, the operation,
// the type, its number and the register's width, and on no other case.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanewise/cpu.hpp"
#include "support/catch.hpp"
#include "support/kernel_case.hpp"
#include "support/same_bits.hpp"

namespace lanewise::test {

// Of a case, which then takes microseconds.
constexpr Index kMostElements = 3'000, kMostProducts = 20'000;

// By how much of its sum of absolute values a sum of `terms` products may differ from the
// reference's: each rounding, in any order, moves it by eps / 2 of that at most (Higham, Accuracy
// and Stability of Numerical Algorithms, section 3.1), and a few more for what is done to it
// afterwards. The reference adds in double: of float it loses nothing, of double as much again.
template <class T>
double sum_rounding(Index terms) {
  return eps<T>() / 2 * static_cast<double>((sizeof(T) == 4 ? terms : 2 * terms) + 4);
}

class Case {
 public:
  Case(std::uint64_t stream, Index lanes_, bool loud)
      : random(stream), lanes(lanes_), loud_(loud) {}

  Random random;
  const Index lanes;  // of the type on the instruction set in use

  // Uniform in [low, high], and not told of when the case fails: for what goes into tell().
  Index any(Index low, Index high) { return random.integer(low, high); }
  bool one_in(Index n) { return random.one_in(n); }

  // Keeps a drawn number for the message of a failure.
  template <class Number>
  Number tell(const char* name, Number value) {
    told_.emplace_back(name, static_cast<double>(value));
    if (loud_) std::printf("%s=%g\n", name, static_cast<double>(value)), std::fflush(stdout);
    return value;
  }

  Index number(const char* name, Index low, Index high) { return tell(name, any(low, high)); }
  bool coin(const char* name, Index n = 2) { return tell(name, one_in(n)); }
  double real(const char* name, double low, double high) {
    return tell(name, random.uniform(low, high));
  }

  // 1 to `most`: one, a few, and what lies around the register's width often; large ones rarely.
  Index size(const char* name, Index most) {
    Index drawn = 1;
    switch (any(0, 7)) {
      case 0:
        break;
      case 1:
      case 2:
        drawn = any(1, 4);
        break;
      case 3:
        drawn = lanes + any(-1, 1);
        break;
      case 4:
        drawn = 2 * lanes + any(-1, 1);
        break;
      case 5:
        drawn = any(1, 5 * lanes);
        break;
      case 6:
        drawn = any(1, 20);
        break;
      default:
        drawn = any(1, most);
    }
    return tell(name, std::clamp<Index>(drawn, 1, most));
  }
  // The same, and 0 now and then.
  Index size_or_0(const char* name, Index most) {
    return one_in(20) ? tell(name, Index{0}) : size(name, most);
  }

  // Draws until there is a value: shapes that cannot be, or that are too much work, do not count.
  template <class Make>
  auto redraw(Make make) {
    const std::size_t mark = told_.size();
    while (true) {
      if (auto made = make()) return *made;
      told_.resize(mark);
    }
  }

  // Numbers between -1 and 1; in one of three operands only five different ones, for ties and
  // zeros.
  template <class T>
  Operand<T> input(const Shape& shape) {
    Operand<T> operand(shape, random);
    if (one_in(3))
      for (T& element : operand.view()) element = std::round(2 * element) / 2;
    return operand;
  }
  template <class T>
  Operand<T> input(const Shape& shape, T low, T high) {
    Operand<T> operand(shape, random);
    random.fill(operand.view().span(), low, high);
    return operand;
  }

  // To be written only: every element is NaN, or for integers a number that nothing gives.
  template <class T>
  Operand<T> output(const Shape& shape) {
    using Limits = std::numeric_limits<T>;
    Operand<T> operand(shape, any(0, 3));
    for (T& element : operand.view())
      element = Limits::has_quiet_NaN ? Limits::quiet_NaN() : Limits::min();
    return operand;
  }

  // Whether nothing was written beside `got`, and each element is within bound(i) of what it
  // should be, but for what is subnormal; what is no number is to be the same.
  template <class T, class Bound>
  void near(const char* what, const Operand<T>& got, TensorView<const T> want, Bound bound) {
    if (!got.intact()) return fail(std::string(what) + ": written outside");
    near_values<T>(what, got.view(), want, bound);
  }
  template <class T, class Bound>
  void near_values(const char* what, TensorView<const T> got, TensorView<const T> want,
                   Bound bound) {
    if (const std::string wrong = beyond<T>(what, got, want, bound); !wrong.empty()) fail(wrong);
  }
  template <class T>
  void same(const char* what, const Operand<T>& got, TensorView<const T> want) {
    if (!got.intact()) return fail(std::string(what) + ": written outside");
    for (Index i = 0; i < want.size(); ++i)
      if (!same_bits<T>(got.view().span().subspan(static_cast<std::size_t>(i), 1),
                        want.span().subspan(static_cast<std::size_t>(i), 1)))
        return fail(
            mismatch(what, i, static_cast<double>(got[i]), static_cast<double>(want[i]), 0));
  }
  void near_number(const char* what, double got, double want, double bound) {
    if (!(std::abs(got - want) <= bound)) fail(mismatch(what, 0, got, want, bound));
  }

  void fail(const std::string& what) {
    if (failure_.empty()) failure_ = what;
  }
  const std::string& failure() const { return failure_; }
  std::string told() const {
    std::string text;
    char number[64];
    for (const auto& [name, value] : told_) {
      std::snprintf(number, sizeof number, " %s=%.9g", name, value);
      text += number;
    }
    return text;
  }

 private:
  bool loud_;
  std::vector<std::pair<const char*, double>> told_;
  std::string failure_;
};

struct Operation {
  const char* name;
  void (*compare)(Case&);
};

// Cases [first, end) of the operation, for this type; the first that fails is reported.
template <class T>
void compare_at_random(const Operation& operation) {
  const auto number = [](const char* name) -> Index {
    const char* const text = std::getenv(name);
    return text == nullptr ? -1 : static_cast<Index>(std::strtod(text, nullptr));
  };
  const Index alone = number("LANEWISE_TEST_CASE"), asked = number("LANEWISE_TEST_CASES");
  const Index count = asked >= 0 ? asked : kSanitized ? 100 : 2000;
  const Index first = alone >= 0 ? alone : 0, end = alone >= 0 ? alone + 1 : count;
  std::uint64_t stream = sizeof(T);
  for (const char letter : std::string_view(operation.name))
    stream = (stream ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;  // FNV-1a
  INFO(operation.name << ", LANEWISE_TEST_SEED=" << seed());
  for (Index i = first; i < end; ++i) {
    Case c(stream + static_cast<std::uint64_t>(i) * 0xbf58476d1ce4e5b9u, lanes<T>(), alone >= 0);
    try {
      operation.compare(c);
    } catch (const std::exception& error) {
      c.fail(error.what());
    }
    if (c.failure().empty()) continue;
    FAIL_CHECK(operation.name << " of " << 8 * sizeof(T) << " bits with" << c.told() << ": "
                              << c.failure() << ". Again with LANEWISE_ISA="
                              << to_string(active_isa()) << " LANEWISE_TEST_SEED=" << seed()
                              << " LANEWISE_TEST_CASE=" << i << " -c '" << operation.name << "'");
    return;
  }
  SUCCEED(operation.name << ": " << end - first << " cases");
}

}  // namespace lanewise::test
