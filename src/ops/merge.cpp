// Arithmetic of several tensors: checks and threads. The contract is in lanewise/ops/merge.hpp.
#include "lanewise/ops/merge.hpp"

#include <fmt/format.h>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

// An element of three arrays on one core with AVX-512, in the second-level cache; from memory,
// several times that.
constexpr double kNanosecondsPerByte = 0.02;

template <class T>
const simd::MergeKernels<T>& table() {
  return cpu::kernels<simd::MergeKernels<T>>();
}

}  // namespace

template <class T>
void accumulate(TensorView<const T> x, TensorView<T> y) {
  if (x.shape() != y.shape())
    throw ShapeError(fmt::format("accumulate: x has shape {}, y {}, expected the same",
                                 to_string(x.shape()), to_string(y.shape())));
  const parallel::FlushToZero flush;
  const auto add = table<T>().add;
  parallel::parallel_for(
      x.size(), kNanosecondsPerByte * sizeof(T),
      [&](Index begin, Index end) {
        add(y.data() + begin, x.data() + begin, y.data() + begin, end - begin);
      },
      static_cast<Index>(kAlignment / sizeof(T)));
}

#define LANEWISE_INSTANTIATE(T) \
  template LANEWISE_API void accumulate(TensorView<const T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
