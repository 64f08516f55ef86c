#pragma once
// The matrices of Winograd convolution, made from one list of points and proved exact where they
// are compiled.
//
// A filter g and a signal d are polynomials; their values at enough points determine their product.
// That is an algorithm for products of polynomials (Toom and Cook), and transposed it is one for
// correlation: with the points p_0 .. p_{n-2} and infinity, n = m + r - 1,
//
//   A'[i][j] = p_j^i          for infinity 1 in the last row
//   G[j][i]  = p_j^i / N_j    for infinity 1 for the last tap
//   B'[j]    = the coefficients of the product of all x - p_k but the j-th; for infinity of all
//
// where N_j is the product of all p_j - p_k but the j-th.
//
// Errors grow with the size of what is added up, so the points are small; and of each there is the
// opposite, which halves the work. With the usual 0, +-1, +-2, F(4, 3) was seen to lose four times
// as much.
#include "simd/winograd.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

struct Rational {
  long top = 0, bottom = 1;  // in lowest terms, bottom > 0

  constexpr Rational() = default;
  constexpr Rational(long t, long b = 1) : top(b < 0 ? -t : t), bottom(b < 0 ? -b : b) {
    long x = top < 0 ? -top : top, y = bottom;
    while (y != 0) {
      const long rest = x % y;
      x = y, y = rest;
    }
    if (x > 1) top /= x, bottom /= x;
  }

  friend constexpr Rational operator+(Rational a, Rational b) {
    return {a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom};
  }
  friend constexpr Rational operator*(Rational a, Rational b) {
    return {a.top * b.top, a.bottom * b.bottom};
  }
  friend constexpr Rational operator/(Rational a, Rational b) {
    return {a.top * b.bottom, a.bottom * b.top};
  }
  constexpr Rational operator-() const { return {-top, bottom}; }
  friend constexpr bool operator==(Rational a, Rational b) = default;
};

// The finite points; a tile takes as many as it needs.
constexpr Rational kPoints[] = {{0}, {3, 4}, {-3, 4}, {3, 2}, {-3, 2}};

template <int kRows, int kColumns>
struct RationalMatrix {
  Rational at[kRows][kColumns];
};

template <int kOutputs, int kTaps>
struct Matrices {
  static constexpr int kInputs = kOutputs + kTaps - 1;
  RationalMatrix<kInputs, kInputs> input;    // B'
  RationalMatrix<kInputs, kTaps> filter;     // G
  RationalMatrix<kOutputs, kInputs> output;  // A'
};

// What the three make of the unit signal `input` and the unit filter `tap` at result `output`: 1
// where that is input - tap, else 0. Since all of it is linear, this is all there is to prove.
template <int kOutputs, int kTaps>
constexpr bool is_exact(const Matrices<kOutputs, kTaps>& m) {
  for (int output = 0; output < kOutputs; ++output)
    for (int input = 0; input < m.kInputs; ++input)
      for (int tap = 0; tap < kTaps; ++tap) {
        Rational sum;
        for (int j = 0; j < m.kInputs; ++j)
          sum = sum + m.output.at[output][j] * m.filter.at[j][tap] * m.input.at[j][input];
        if (!(sum == Rational(input == output + tap ? 1 : 0))) return false;
      }
  return true;
}

template <int kOutputs, int kTaps>
constexpr Matrices<kOutputs, kTaps> make_matrices() {
  Matrices<kOutputs, kTaps> m{};
  constexpr int kLast = Matrices<kOutputs, kTaps>::kInputs - 1;  // the point at infinity
  for (int j = 0; j <= kLast; ++j) {
    Rational product[kLast + 1] = {Rational(1)};  // coefficients, of x^0 first
    Rational scale(1);
    for (int k = 0, degree = 0; k < kLast; ++k) {
      if (k == j) continue;
      ++degree;
      for (int i = degree; i >= 0; --i)
        product[i] = (i > 0 ? product[i - 1] : Rational()) + -kPoints[k] * product[i];
      if (j < kLast) scale = scale * (kPoints[j] + -kPoints[k]);
    }
    for (int i = 0; i <= kLast; ++i) m.input.at[j][i] = product[i];
    Rational power(1);
    for (int i = 0; i < kOutputs || i < kTaps; ++i) {
      if (i < kTaps)
        m.filter.at[j][i] = j < kLast ? power / scale : Rational(i == kTaps - 1 ? 1 : 0);
      if (i < kOutputs) m.output.at[i][j] = j < kLast ? power : Rational(i == kOutputs - 1 ? 1 : 0);
      if (j < kLast) power = power * kPoints[j];
    }
  }
  return m;
}

// An axis that is left as it is.
template <>
constexpr Matrices<1, 1> make_matrices<1, 1>() {
  return {.input = {{{Rational(1)}}}, .filter = {{{Rational(1)}}}, .output = {{{Rational(1)}}}};
}

// As the kernels take them. Of a point and its opposite, two rows are alike but for the signs of
// every second column: sums over the even and over the odd columns do for both. In a transposed
// matrix it is two columns, with the signs of every second row. Such a pair is said to be of the
// first of the two.
template <class T, int kRows_, int kColumns_>
struct Coefficients {
  static constexpr int kRows = kRows_, kColumns = kColumns_;
  T at[kRows][kColumns];
  bool pair_of_rows[kRows], pair_of_columns[kColumns];

  constexpr void find_pairs() {
    for (int i = 0; i < kRows; ++i) {
      bool alike = i + 1 < kRows && kColumns > 1 && (i == 0 || !pair_of_rows[i - 1]);
      for (int j = 0; j < kColumns && alike; ++j)
        alike = at[i + 1][j] == (j % 2 == 0 ? at[i][j] : -at[i][j]);
      pair_of_rows[i] = alike;
    }
    for (int j = 0; j < kColumns; ++j) {
      bool alike = j + 1 < kColumns && kRows > 1 && (j == 0 || !pair_of_columns[j - 1]);
      for (int i = 0; i < kRows && alike; ++i)
        alike = at[i][j + 1] == (i % 2 == 0 ? at[i][j] : -at[i][j]);
      pair_of_columns[j] = alike;
    }
  }
};

template <class T, int kRows, int kColumns>
constexpr auto rounded(const RationalMatrix<kRows, kColumns>& m) {
  Coefficients<T, kRows, kColumns> result{};
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < kColumns; ++j)
      result.at[i][j] = static_cast<T>(m.at[i][j].top) / static_cast<T>(m.at[i][j].bottom);
  result.find_pairs();
  return result;
}

template <class T, int kRows, int kColumns>
constexpr auto transposed(const Coefficients<T, kRows, kColumns>& m) {
  Coefficients<T, kColumns, kRows> result{};
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < kColumns; ++j) result.at[j][i] = m.at[i][j];
  result.find_pairs();
  return result;
}

// The matrix M of an operand's tiles.
template <class T, WinogradTile kTile, WinogradOperand kOperand>
constexpr auto gathering() {
  constexpr auto m = make_matrices<static_cast<int>(winograd_outputs(kTile)),
                                   static_cast<int>(winograd_taps(kTile))>();
  static_assert(is_exact(m));
  if constexpr (kOperand == WinogradOperand::input)
    return rounded<T>(m.input);
  else if constexpr (kOperand == WinogradOperand::filter)
    return rounded<T>(m.filter);
  else
    return transposed(rounded<T>(m.output));
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
