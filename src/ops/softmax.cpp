// Softmax over any dimension. The contract is in lanewise/ops/softmax.hpp.
#include "lanewise/ops/softmax.hpp"

#include <algorithm>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "ops/check.hpp"
#include "ops/split_shape.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

// Columns that one thread takes at a time where few matrices are to be shared.
constexpr Index kPanel = 64;

// rows(first element, count) for softmaxes along the last dimension; down(first element, columns)
// for those of neighbouring columns.
template <class T, class Rows, class Down>
void for_each_softmax(const SplitShape& axis, const parallel::Work<T>& element, const Rows& rows,
                      const Down& down) {
  parallel::Work<T> one = element * axis.size;
  if (axis.inner == 1) {
    one.flops += 2 * parallel::reduction_flops<T>();
    parallel::parallel_for(axis.outer, one,
                           [&](Index begin, Index end) { rows(begin * axis.size, end - begin); });
    return;
  }
  const Index panels = divide_up(axis.inner, kPanel);
  parallel::parallel_for(
      axis.outer * panels, one * std::min(kPanel, axis.inner), [&](Index begin, Index end) {
        for (Index i = begin; i < end; ++i) {
          const Index column = i % panels * kPanel;
          down(i / panels * axis.size * axis.inner + column, std::min(kPanel, axis.inner - column));
        }
      });
}

template <class T>
const simd::SoftmaxKernels<T>& table() {
  return cpu::kernels<simd::SoftmaxKernels<T>>();
}

template <class T>
void forward(const char* name, TensorView<const T> x, int dimension, TensorView<T> y,
             typename simd::SoftmaxKernels<T>::Forward along,
             typename simd::SoftmaxKernels<T>::ForwardDown down) {
  const SplitShape axis(x.shape(), dimension, name);
  check_same(name, {"y", y.shape()}, x.shape());
  if (x.empty()) return;
  const parallel::FlushToZero flush;
  for_each_softmax(
      axis, parallel::Work<T>{parallel::kTranscendental<T>, 2 * sizeof(T)},
      [&](Index first, Index count) {
        along(x.data() + first, y.data() + first, count, axis.size);
      },
      [&](Index first, Index columns) {
        down(x.data() + first, y.data() + first, axis.size, columns, axis.inner);
      });
}

template <class T>
void backward(const char* name, TensorView<const T> y, TensorView<const T> dy, int dimension,
              TensorView<T> dx, typename simd::SoftmaxKernels<T>::Backward along,
              typename simd::SoftmaxKernels<T>::BackwardDown down) {
  const SplitShape axis(y.shape(), dimension, name);
  check_same(name, {"dy", dy.shape()}, y.shape());
  check_same(name, {"dx", dx.shape()}, y.shape());
  if (y.empty()) return;
  const parallel::FlushToZero flush;
  for_each_softmax(
      axis, parallel::Work<T>{parallel::kTranscendental<T>, 3 * sizeof(T)},
      [&](Index first, Index count) {
        along(y.data() + first, dy.data() + first, dx.data() + first, count, axis.size);
      },
      [&](Index first, Index columns) {
        down(y.data() + first, dy.data() + first, dx.data() + first, axis.size, columns,
             axis.inner);
      });
}

}  // namespace

template <class T>
void softmax_forward(TensorView<const T> x, int axis, TensorView<T> y) {
  forward("softmax_forward", x, axis, y, table<T>().softmax, table<T>().softmax_down);
}

template <class T>
void log_softmax_forward(TensorView<const T> x, int axis, TensorView<T> y) {
  forward("log_softmax_forward", x, axis, y, table<T>().log_softmax, table<T>().log_softmax_down);
}

template <class T>
void softmax_backward(TensorView<const T> y, TensorView<const T> dy, int axis, TensorView<T> dx) {
  backward("softmax_backward", y, dy, axis, dx, table<T>().softmax_backward,
           table<T>().softmax_down_backward);
}

template <class T>
void log_softmax_backward(TensorView<const T> y, TensorView<const T> dy, int axis,
                          TensorView<T> dx) {
  backward("log_softmax_backward", y, dy, axis, dx, table<T>().log_softmax_backward,
           table<T>().log_softmax_down_backward);
}

#define LANEWISE_INSTANTIATE(T)                                                                  \
  template LANEWISE_API void softmax_forward(TensorView<const T>, int, TensorView<T>);           \
  template LANEWISE_API void log_softmax_forward(TensorView<const T>, int, TensorView<T>);       \
  template LANEWISE_API void softmax_backward(TensorView<const T>, TensorView<const T>, int,     \
                                              TensorView<T>);                                    \
  template LANEWISE_API void log_softmax_backward(TensorView<const T>, TensorView<const T>, int, \
                                                  TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
