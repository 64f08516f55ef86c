// Rows of a batch: checks and threads. The contract is in lanewise/ops/rows.hpp.
#include "lanewise/ops/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "lanewise/threads.hpp"
#include "ops/check.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

template <class T>
const simd::RowsKernels<T>& table() {
  return cpu::kernels<simd::RowsKernels<T>>();
}

void check_gather(const Shape& x, std::span<const Index> indices, const Shape& y) {
  if (x.rank() == 0) throw ShapeError("gather_rows: x is a scalar, expected rows");
  const Shape expected = x.inner().with_outer(static_cast<Index>(indices.size()));
  check_same("gather_rows", {"y", y}, expected, {{"x", x}});
  for (const Index index : indices)
    if (index < 0 || index >= x[0])
      throw ArgumentError(
          fmt::format("gather_rows: the index {} is outside x of shape {}", index, to_string(x)));
}

}  // namespace

template <class T>
void gather_rows(TensorView<const T> x, std::span<const Index> indices, TensorView<T> y) {
  check_gather(x.shape(), indices, y.shape());
  const Index length = x.shape().inner().size();
  const auto bytes = static_cast<std::size_t>(length) * sizeof(T);
  if (bytes == 0) return;
  const parallel::Work<T> row{.bytes = 2 * static_cast<double>(bytes)};
  parallel::parallel_for(static_cast<Index>(indices.size()), row, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      std::memcpy(y.data() + i * length, x.data() + indices[static_cast<std::size_t>(i)] * length,
                  bytes);
  });
}

template <class T>
void gather_rows(TensorView<const std::uint8_t> x, std::span<const Index> indices,
                 std::type_identity_t<T> scale, TensorView<T> y) {
  check_gather(x.shape(), indices, y.shape());
  const parallel::FlushToZero flush;
  const Index length = x.shape().inner().size();
  const auto& kernels = table<T>();
  const parallel::Work<T> row = parallel::Work<T>{.flops = 2, .bytes = 1 + sizeof(T)} * length;
  parallel::parallel_for(static_cast<Index>(indices.size()), row, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      kernels.scale_bytes(x.data() + indices[static_cast<std::size_t>(i)] * length, scale,
                          y.data() + i * length, length);
  });
}

// Rows are added in chunks whose borders depend on their number alone, and the chunks' sums in
// order, panel of columns by panel. So threads can share either the panels or, of few columns (a
// convolution's bias: 20,000 rows of 32), the chunks of each panel, and the bits are the same.
template <class T>
void column_sums(TensorView<const T> x, TensorView<T> sum) {
  check_matrix("column_sums", {"x", x.shape()});
  const Index rows = x.shape()[0], columns = x.shape()[1];
  check_same("column_sums", {"sum", sum.shape()}, Shape{columns}, {{"x", x.shape()}});
  const parallel::FlushToZero flush;
  constexpr Index kPanel = 64, kMaxChunks = 64, kMinChunk = 128;
  const Index length = std::max(kMinChunk, divide_up(rows, kMaxChunks));
  const Index chunks = std::max<Index>(1, divide_up(rows, length));
  const Index panels = divide_up(columns, kPanel);
  const auto& kernels = table<T>();
  const auto width = [&](Index panel) { return std::min(kPanel, columns - panel * kPanel); };
  const auto sum_chunk = [&](Index panel, Index chunk, T* out) {
    const Index begin = chunk * length;
    kernels.column_sums(x.data() + begin * columns + panel * kPanel, std::min(length, rows - begin),
                        width(panel), columns, out);
  };
  const auto add = cpu::kernels<simd::MergeKernels<T>>().add;
  const auto add_chunk = [&](Index panel, const T* part) {
    T* const to = sum.data() + panel * kPanel;
    add(to, 1, part, 1, to, width(panel));
  };

  const parallel::Work<T> column = parallel::Work<T>{.flops = 1, .bytes = sizeof(T)} * rows;
  if (chunks == 1 || panels >= num_threads()) {
    const parallel::Work<T> panel_work = column * std::min(kPanel, columns);
    parallel::parallel_for(panels, panel_work, [&](Index begin, Index end) {
      for (Index panel = begin; panel < end; ++panel) {
        sum_chunk(panel, 0, sum.data() + panel * kPanel);
        for (Index chunk = 1; chunk < chunks; ++chunk) {
          T part[kPanel];
          sum_chunk(panel, chunk, part);
          add_chunk(panel, part);
        }
      }
    });
    return;
  }
  for (Index panel = 0; panel < panels; ++panel) {
    T parts[kMaxChunks * kPanel];  // 32 KiB of double at most
    parallel::parallel_for(chunks, column * width(panel) / chunks, [&](Index begin, Index end) {
      for (Index chunk = begin; chunk < end; ++chunk)
        sum_chunk(panel, chunk, parts + chunk * kPanel);
    });
    std::copy_n(parts, width(panel), sum.data() + panel * kPanel);
    for (Index chunk = 1; chunk < chunks; ++chunk) add_chunk(panel, parts + chunk * kPanel);
  }
}

template <class T>
void argmax_rows(TensorView<const T> x, TensorView<std::int32_t> columns) {
  check_matrix("argmax_rows", {"x", x.shape()});
  const Index rows = x.shape()[0], length = x.shape()[1];
  check_same("argmax_rows", {"columns", columns.shape()}, Shape{rows}, {{"x", x.shape()}});
  if (length < 1 || length > std::numeric_limits<std::int32_t>::max())
    refuse_shape("argmax_rows", {"x", x.shape()}, "1 to 2^31 - 1 columns");
  const parallel::FlushToZero flush;
  const auto& kernels = table<T>();
  // Where the largest number is, is looked for one by one.
  parallel::Work<T> row = parallel::Work<T>{4 * parallel::lanes<T>(), sizeof(T)} * length;
  row.flops += parallel::reduction_flops<T>();
  parallel::parallel_for(rows, row, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      columns[i] = static_cast<std::int32_t>(kernels.argmax(x.data() + i * length, length));
  });
}

template <class T>
bool all_finite(TensorView<const T> x) {
  const parallel::FlushToZero flush;
  const auto& kernels = table<T>();
  std::atomic<bool> finite = true;
  parallel::parallel_for(
      x.size(), parallel::Work<T>{.flops = 2, .bytes = sizeof(T)},
      [&](Index begin, Index end) {
        if (!kernels.all_finite(x.data() + begin, end - begin))
          finite.store(false, std::memory_order_relaxed);
      },
      static_cast<Index>(kAlignment / sizeof(T)));
  return finite.load(std::memory_order_relaxed);
}

template <class T>
void dropout(TensorView<const T> x, double rate, RandomKey key, TensorView<T> y) {
  if (!(rate >= 0 && rate < 1))
    throw ArgumentError(fmt::format("dropout: the rate is {}, expected a number in [0, 1)", rate));
  check_same("dropout", {"y", y.shape()}, x.shape());
  const parallel::FlushToZero flush;
  constexpr Index kGroup = 64;  // the kernel begins at multiples of it
  const auto& kernels = cpu::kernels<simd::RandomKernels<T>>();
  const T threshold = static_cast<T>(std::round(rate * 0x1p24));
  const T scale = static_cast<T>(1 / (1 - rate));
  parallel::parallel_for(
      x.size(), parallel::Work<T>{parallel::kRandomNumber, 2 * sizeof(T)},
      [&](Index begin, Index end) {
        kernels.dropout(x.data() + begin, y.data() + begin, end - begin,
                        static_cast<std::uint64_t>(begin), key.seed, key.stream, threshold, scale);
      },
      kGroup);
}

#define LANEWISE_INSTANTIATE(T)                                                                  \
  template LANEWISE_API void gather_rows(TensorView<const T>, std::span<const Index>,            \
                                         TensorView<T>);                                         \
  template LANEWISE_API void gather_rows(TensorView<const std::uint8_t>, std::span<const Index>, \
                                         T, TensorView<T>);                                      \
  template LANEWISE_API void column_sums(TensorView<const T>, TensorView<T>);                    \
  template LANEWISE_API void argmax_rows(TensorView<const T>, TensorView<std::int32_t>);         \
  template LANEWISE_API bool all_finite(TensorView<const T>);                                    \
  template LANEWISE_API void dropout(TensorView<const T>, double, RandomKey, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
