#pragma once
// gemm() below its checks, for operations that are products of what they have checked.
#include "lanewise/ops/gemm.hpp"

namespace lanewise::ops {

template <class T>
void gemm_unchecked(const MatrixView<const T>& a, const MatrixView<const T>& b,
                    const MatrixView<T>& c, const GemmOptions<T>& options);

// Of a product of (m, k) and (k, n); to read and write C takes as long as four more of k.
constexpr double product_flops(Index m, Index n, Index k) {
  return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k + 4);
}

}  // namespace lanewise::ops
