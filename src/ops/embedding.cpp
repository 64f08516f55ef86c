// Rows of a table by index. The contract is in lanewise/ops/embedding.hpp.
#include "lanewise/ops/embedding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/position.hpp"
#include "core/prefix.hpp"
#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

template <class T>
void check(const char* operation, TensorView<const T> indices, const char* table_name,
           const Shape& table, const char* rows_name, const Shape& rows) {
  check_matrix(operation, {table_name, table});
  const int rank = indices.rank();
  bool fits = rows.rank() == rank + 1 && rows[-1] == table[1];
  for (int d = 0; fits && d < rank; ++d) fits = rows[d] == indices.shape()[d];
  if (!fits)
    refuse_shape(operation, {rows_name, rows},
                 fmt::format("that of the indices, {}, and the table's {} columns",
                             to_string(indices.shape()), table[1]));
  check_indices(indices, table[0], operation);
}

template <class T>
bool is_row(T index, Index count) {
  if constexpr (std::is_integral_v<T>) {
    return index >= 0 && index < count;
  } else {                                       // NaN fails every comparison
    constexpr T kMost = static_cast<T>(0x1p53);  // so that it can become an Index
    return index >= 0 && index <= kMost && std::trunc(index) == index &&
           static_cast<Index>(index) < count;
  }
}

// number(i) is index i of a tensor of this shape.
template <class Number>
void check_all(const Shape& shape, const Number& number, Index count, std::string_view who) {
  const parallel::Work<double> work{.flops = 6 * parallel::lanes<double>()};
  const double bad = parallel::parallel_sum(shape.size(), work, [&](Index begin, Index end) {
    int any = 0;
    for (Index i = begin; i < end; ++i) any |= !is_row(number(i), count);
    return static_cast<double>(any);
  });
  if (bad == 0) return;
  Index first = 0;
  while (is_row(number(first), count)) ++first;
  throw DataError(fmt::format("{}got an index of {} in {}, expected a whole number in [0, {})",
                              prefix_of(who), number(first), position(shape, first), count));
}

}  // namespace

template <class T>
void check_indices(TensorView<const T> indices, Index count, std::string_view who) {
  check_all(
      indices.shape(), [&](Index i) { return indices[i]; }, count, who);
}

template <class T>
void check_indices(TensorView<const std::uint8_t> bytes, std::type_identity_t<T> scale, Index count,
                   std::string_view who) {
  check_all(
      bytes.shape(), [&](Index i) { return scale * static_cast<T>(bytes[i]); }, count, who);
}

template <class T>
void embedding_forward(TensorView<const T> indices, TensorView<const T> table, TensorView<T> y) {
  check("embedding_forward", indices, "table", table.shape(), "y", y.shape());
  if (y.empty()) return;
  const Index columns = table.shape()[1];
  const parallel::Work<T> row = parallel::Work<T>{.bytes = 2 * sizeof(T)} * columns;
  parallel::parallel_for(indices.size(), row, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      std::copy_n(table.data() + static_cast<Index>(indices[i]) * columns, columns,
                  y.data() + i * columns);
  });
}

// Threads share the table's rows: each looks at every index, and adds up those of its own rows, in
// order.
template <class T>
void embedding_backward(TensorView<const T> indices, TensorView<const T> dy, TensorView<T> dtable) {
  check("embedding_backward", indices, "dtable", dtable.shape(), "dy", dy.shape());
  const Index rows = dtable.shape()[0], columns = dtable.shape()[1];
  if (dtable.empty()) return;
  const parallel::FlushToZero flush;
  const auto add = cpu::kernels<simd::MergeKernels<T>>().add;
  // Sums are read, and written again.
  const double moved = 3 * static_cast<double>(dy.size()) + static_cast<double>(dtable.size());
  const parallel::Work<T> work{.bytes = sizeof(T) * moved};
  parallel::parallel_for(rows, work / rows, [&](Index begin, Index end) {
    std::fill(dtable.data() + begin * columns, dtable.data() + end * columns, T(0));
    for (Index i = 0; i < indices.size(); ++i) {
      const Index row = static_cast<Index>(indices[i]);
      T* const sum = dtable.data() + row * columns;
      if (row >= begin && row < end) add(sum, 1, dy.data() + i * columns, 1, sum, columns);
    }
  });
}

#define LANEWISE_INSTANTIATE(T)                                                           \
  template LANEWISE_API void check_indices(TensorView<const T>, Index, std::string_view); \
  template LANEWISE_API void check_indices<T>(TensorView<const std::uint8_t>, T, Index,   \
                                              std::string_view);                          \
  template LANEWISE_API void embedding_forward(TensorView<const T>, TensorView<const T>,  \
                                               TensorView<T>);                            \
  template LANEWISE_API void embedding_backward(TensorView<const T>, TensorView<const T>, \
                                                TensorView<T>);
template LANEWISE_API void check_indices(TensorView<const std::int32_t>, Index, std::string_view);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
