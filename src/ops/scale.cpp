// An array times a number: checks and threads. The contract is in lanewise/ops/scale.hpp.
#include "lanewise/ops/scale.hpp"

#include "cpu/tables.hpp"
#include "ops/check.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {

template <class T>
void scale(std::type_identity_t<T> factor, TensorView<const T> x, TensorView<T> y) {
  check_same("scale", {"y", y.shape()}, x.shape(), {{"x", x.shape()}});
  const parallel::FlushToZero flush;
  const auto kernel = cpu::kernels<simd::ScaleKernels<T>>().scale;
  parallel::parallel_for(
      x.size(), parallel::Work<T>{.flops = 1, .bytes = 2 * sizeof(T)},
      [&](Index begin, Index end) {
        kernel(factor, x.data() + begin, y.data() + begin, end - begin);
      },
      static_cast<Index>(kAlignment / sizeof(T)));
}

template LANEWISE_API void scale(float, TensorView<const float>, TensorView<float>);
template LANEWISE_API void scale(double, TensorView<const double>, TensorView<double>);

}  // namespace lanewise::ops
