// Contract in reference/gemm.hpp.
#include "reference/gemm.hpp"

namespace lanewise::reference {

// [reference_gemm]
template <class T>
void gemm(const ops::MatrixView<const T>& a, const ops::MatrixView<const T>& b,
          const ops::MatrixView<T>& c, const ops::GemmOptions<T>& options) {
  const Index k = options.transpose_a ? a.rows : a.columns;
  for (Index i = 0; i < c.rows; ++i)
    for (Index j = 0; j < c.columns; ++j) {
      T sum = 0;
      for (Index p = 0; p < k; ++p) {
        const T x = options.transpose_a ? a.data[p * a.stride + i] : a.data[i * a.stride + p];
        const T y = options.transpose_b ? b.data[j * b.stride + p] : b.data[p * b.stride + j];
        sum += x * y;
      }
      T& element = c.data[i * c.stride + j];
      T result = options.alpha * sum;
      if (options.beta != 0) result += options.beta * element;
      if (options.bias != nullptr) result += options.bias[j];
      if (options.relu && result < 0) result = 0;
      element = result;
    }
}
// [reference_gemm]

template void gemm(const ops::MatrixView<const float>&, const ops::MatrixView<const float>&,
                   const ops::MatrixView<float>&, const ops::GemmOptions<float>&);
template void gemm(const ops::MatrixView<const double>&, const ops::MatrixView<const double>&,
                   const ops::MatrixView<double>&, const ops::GemmOptions<double>&);

}  // namespace lanewise::reference
