#pragma once
// gemm() as the definition says it: three loops, one element at a time. The oracle of the tests,
// the naive rung of the book, the first column of the benchmarks. Never dispatched, no checks.
#include "lanewise/ops/gemm.hpp"

namespace lanewise::reference {

template <class T>
void gemm(const ops::MatrixView<const T>& a, const ops::MatrixView<const T>& b,
          const ops::MatrixView<T>& c, const ops::GemmOptions<T>& options = {});

}  // namespace lanewise::reference
