#pragma once
// What the tests of kernels share, those of edges and the comparison at random: sizes worth
// visiting, extreme numbers, and the one way in which a result is held against what it should be.
// Memory that notices who writes beside it is an Operand, numbers are drawn from a Random.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "cpu/tables.hpp"
#include "support/catch.hpp"
#include "support/operand.hpp"
#include "support/random_data.hpp"
#include "support/sanitized.hpp"

namespace lanewise::test {

// Lanes of T on the active instruction set.
template <class T>
Index lanes() {
  return cpu::kernels<simd::ProbeKernels<T>>().lanes;
}

// 0, 1, and what lies around one and two registers; and these.
template <class T>
std::vector<Index> sizes_and(std::initializer_list<Index> more) {
  const Index w = lanes<T>();
  std::vector<Index> list{0, 1, w - 1, w, w + 1, 2 * w - 1, 2 * w, 2 * w + 1};
  list.insert(list.end(), more);
  return list;
}

// Primes, too; more than an L2 cache holds.
template <class T>
std::vector<Index> sizes(bool large = !kSanitized) {
  return large ? sizes_and<T>({3, 7, 31, 101, 300'007}) : sizes_and<T>({3, 7, 31, 101});
}

// Normal variates of this deviation; a third of them are replaced by extremes.
template <class T>
void fill(Operand<T>& x, Random& random, double deviation, bool extremes = true) {
  constexpr double kExtremes[] = {0.0, -0.0, 1.0, -1.0, 1e-7, -1e-7, 20, -20, 87, -87, 1e4, -1e4};
  for (T& element : x.span())
    element = static_cast<T>(extremes && random.one_in(3) ? kExtremes[random.integer(0, 11)]
                                                          : random.normal(deviation));
}

template <class T>
constexpr double eps() {
  return static_cast<double>(std::numeric_limits<T>::epsilon());
}

template <class T>
double magnitude(T x) {
  return std::abs(static_cast<double>(x));
}

template <class Values>
double largest(const Values& values) {
  double most = 0;
  for (const auto value : values) most = std::max(most, magnitude(value));
  return most;
}

// What a sum of n terms may lose in a kernel, in epsilon of T, beside the few of its last additions:
// float is added in double, but for up to four terms at a time and for rows of up to 16; double is
// added in 8 lanes, and each of n / 8 additions may lose half an epsilon.
template <class T>
double sum_error(Index n) {
  return sizeof(T) == 4 ? 0 : static_cast<double>(n) / 16;
}

inline std::string mismatch(const std::string& what, Index i, double got, double want,
                            double bound) {
  char text[120];
  std::snprintf(text, sizeof text, "[%td] is %.17g, expected %.17g within %.3g", i, got, want,
                bound);
  return what + text;
}

// Names the first element that is further than bound(i) from what it should be, but for results
// that would be subnormal and were flushed; NaN and infinities have to be the same. Empty if there
// is none.
template <class T, class Bound>
std::string beyond(const std::string& what, TensorView<const T> got, TensorView<const T> want,
                   Bound bound) {
  for (Index i = 0; i < want.size(); ++i) {
    if (got[i] == want[i] || (std::isnan(got[i]) && std::isnan(want[i]))) continue;
    const auto g = static_cast<double>(got[i]), w = static_cast<double>(want[i]);
    const double most = std::max<double>(bound(i), std::numeric_limits<T>::min());
    if (!(std::abs(g - w) <= most) || std::isinf(g) || std::isinf(w))
      return mismatch(what, i, g, w, most);
  }
  return "";
}

// The same as a check. `bound` is a number or a function of the element's place.
template <class T, class Bound>
void check_near(const char* what, TensorView<const T> got,
                const std::type_identity_t<TensorView<const T>>& want, Bound bound) {
  REQUIRE(got.size() == want.size());
  const auto at = [&](Index i) -> double {
    if constexpr (std::is_invocable_v<Bound, Index>)
      return bound(i);
    else
      return static_cast<void>(i), bound;
  };
  CHECK(beyond<T>(what, got, want, at) == "");
}
// And nothing was written beside it.
template <class T, class Bound>
void check_near(const char* what, const Operand<T>& got,
                const std::type_identity_t<TensorView<const T>>& want, Bound bound) {
  INFO(what);
  CHECK(got.intact());
  check_near<T>(what, got.view(), want, bound);
}

}  // namespace lanewise::test
