#pragma once
// Chapter 04: one matrix product, y = x w, five times, each a step faster than the one before.
#include <cstring>

#include "lanewise/lanewise.hpp"

namespace ladder {

using lanewise::Index;
using Matrix = lanewise::Tensor<float>;  // (rows, columns)

inline void plain(const Matrix& x, const Matrix& w, Matrix& y) {
  y.fill(0);
  // [plain]
  for (Index i = 0; i < x.shape()[0]; ++i)
    for (Index j = 0; j < w.shape()[1]; ++j)
      for (Index k = 0; k < w.shape()[0]; ++k) y(i, j) += x(i, k) * w(k, j);
  // [plain]
}

inline void at_hand(const Matrix& x, const Matrix& w, Matrix& y) {
  // [at hand]
  const Index rows = x.shape()[0], depth = w.shape()[0], columns = w.shape()[1];
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < columns; ++j) {
      float sum = 0;
      for (Index k = 0; k < depth; ++k) sum += x(i, k) * w(k, j);
      y(i, j) = sum;
    }
  // [at hand]
}

inline void along_rows(const Matrix& x, const Matrix& w, Matrix& y) {
  const Index rows = x.shape()[0], depth = w.shape()[0], columns = w.shape()[1];
  y.fill(0);
  // [along rows]
  for (Index i = 0; i < rows; ++i)
    for (Index k = 0; k < depth; ++k) {
      const float factor = x(i, k);
      const float* from = &w(k, 0);
      float* to = &y(i, 0);
      for (Index j = 0; j < columns; ++j) to[j] += factor * from[j];
    }
  // [along rows]
}

// Four rows and eight columns of y at a time: x has to have a multiple of as many rows, w of as
// many columns.
inline void in_registers(const Matrix& x, const Matrix& w, Matrix& y) {
  const Index rows = x.shape()[0], depth = w.shape()[0], columns = w.shape()[1];
  // [registers]
  using Four [[gnu::vector_size(16)]] = float;  // a register of four floats
  for (Index i = 0; i < rows; i += 4)
    for (Index j = 0; j < columns; j += 8) {
      Four sum[4][2] = {};  // 4 rows of 8 columns
      for (Index k = 0; k < depth; ++k) {
        Four from[2];
        std::memcpy(from, &w(k, j), sizeof from);
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) {
          sum[r][0] += x(i + r, k) * from[0];
          sum[r][1] += x(i + r, k) * from[1];
        }
      }
      for (int r = 0; r < 4; ++r) std::memcpy(&y(i + r, j), sum[r], sizeof sum[r]);
    }
  // [registers]
}

}  // namespace ladder
