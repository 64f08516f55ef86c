// gemm(): checks, the choice of a path, blocking and threads. The contract is in
// lanewise/ops/gemm.hpp, the kernels are in simd/gemm.hpp.
//
// Two decisions are made for the whole product, so that they cannot depend on the threads: which
// operands are packed, and how deep the blocks of k are (the only thing that the bits depend on).
// Both follow from the sizes alone, and so are the same on every instruction set
// (ops/depth_blocks.hpp). Then C is cut into one block a thread, as square as it goes, and each
// thread does alone
//
//     for columns in steps of nc                    C block      A block        B block
//       for p in steps of kc                        +-----+      +--+ mc        +--+--+ nc
//         pack B (kc, nc), unless it is read        |mc,nc|  +=  |kc| L2    x   |kc| L3
//         for rows in steps of mc                   +-----+      +--+           +-----+
//           pack A (mc, kc), unless it is read
//           kernels.multiply: strips, tiles, registers
//
// Threads are synchronized at the end alone; the price is that two threads side by side both pack
// the A (or the B) they have in common, which is one part in nc (or mc) of the work.
//
// The packed copies live in one buffer a calling thread, cut into a slice a worker. It grows to the
// largest size asked for, which the blocking bounds, and is then reused: no allocation in a steady
// state.
#include "ops/gemm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "ops/depth_blocks.hpp"
#include "ops/workspace.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {

template <class T>
MatrixView<T>::MatrixView(TensorView<T> tensor) : data(tensor.data()) {
  check_matrix("MatrixView", {"the tensor", tensor.shape()});
  rows = tensor.shape()[0];
  columns = tensor.shape()[1];
  stride = columns;
}

namespace {

using simd::GemmA;
using simd::GemmB;
using simd::GemmKernels;

struct Sizes {
  Index m, n, k;
};

template <class T>
void check_matrix(const char* name, const MatrixView<T>& x) {
  if (x.rows < 0 || x.columns < 0)
    throw ShapeError(
        fmt::format("gemm: {} is ({}, {}), expected sizes >= 0", name, x.rows, x.columns));
  if (x.stride < x.columns)
    throw ArgumentError(fmt::format("gemm: {} is ({}, {}) with stride {}, expected at least {}",
                                    name, x.rows, x.columns, x.stride, x.columns));
  if (x.data == nullptr && x.rows > 0 && x.columns > 0)
    throw ArgumentError(fmt::format("gemm: {} is ({}, {}) without data", name, x.rows, x.columns));
}

template <class T>
Sizes sizes_of(const MatrixView<const T>& a, const MatrixView<T>& c,
               const GemmOptions<T>& options) {
  return {c.rows, c.columns, options.transpose_a ? a.rows : a.columns};
}

template <class T>
void check(const MatrixView<const T>& a, const MatrixView<const T>& b, const MatrixView<T>& c,
           const GemmOptions<T>& options) {
  check_matrix<const T>("A", a);
  check_matrix<const T>("B", b);
  check_matrix<T>("C", c);
  const Index m = options.transpose_a ? a.columns : a.rows;
  const Index k = options.transpose_a ? a.rows : a.columns;
  const Index b_k = options.transpose_b ? b.columns : b.rows;
  const Index n = options.transpose_b ? b.rows : b.columns;
  if (b_k != k || c.rows != m || c.columns != n)
    throw ShapeError(fmt::format(
        "gemm: op(A) is ({}, {}), op(B) is ({}, {}), C is ({}, {}), expected (m, k), (k, n), "
        "(m, n)",
        m, k, b_k, n, c.rows, c.columns));
}

// A block of B is read in place up to this size in bytes, and so is A next to it. Beyond, the rows
// of a strip of B lie on too many pages. (Share of the peak, AVX-512, float: 128x512x784, B of 1.6
// MB, 0.96 in place, 0.89 packed; 1024 cubed 0.71 and 0.91; with AVX2 0.41 and 0.92.)
constexpr Index kBInPlace = 2 << 20;
// With many rows of C, packing B is next to nothing, and rows far apart share few sets of a cache,
// the more of them the deeper B is. (512 cubed, AVX2: 29 GFLOP/s in place, 36 packed; 784x512x128:
// 124 and 131; but 256 cubed, AVX-512: 264 and 256.)
constexpr Index kManyRows = 256;
constexpr Index kBInPlaceForMany = 256 << 10, kFarBInPlaceForMany = 128 << 10;
constexpr Index kFarApart = 2 << 10;
// Even then an A stored by rows is read in place up to this size: a tile reads a few rows, each
// from end to end, as fast as from panels.
constexpr Index kAInPlace = 8 << 20;

constexpr Index kNarrowRows = 128;  // of C at a time

// What is decided for the whole product.
struct Plan {
  bool narrow = false;  // see multiply_narrow
  bool pack_a = false, pack_b = false;
  bool is_one_block = false;  // nothing is packed or cut: one call of the kernel is all
  Index mc = 0, nc = 0, kc = 0;
  Index a_elements = 0, b_elements = 0;  // of one worker's slice, whole cache lines
};

template <class T>
Plan make_plan(const GemmKernels<T>& kernels, Sizes size, const GemmOptions<T>& options) {
  Plan plan;
  constexpr Index kBytes = sizeof(T);
  const Index block_bytes = std::min(size.k, kDepthInPlace) * size.n * kBytes;
  const bool large = size.m > kFewRows && block_bytes > kBInPlace;
  const bool far = size.n * kBytes >= kFarApart || size.k > kDepthPacked;
  const bool many =
      size.m >= kManyRows && block_bytes > (far ? kFarBInPlaceForMany : kBInPlaceForMany);
  plan.pack_b = options.transpose_b || large || many;
  plan.pack_a = large && (options.transpose_a || size.m * size.k * kBytes > kAInPlace);
  const Index deepest = plan.pack_b ? kDepthPacked : kDepthInPlace;
  plan.kc = even_blocks(size.k, deepest, kDepthUnit);
  plan.mc = kernels.mc;
  plan.nc = plan.pack_b ? kernels.nc : std::max<Index>(1, size.n);
  plan.narrow = options.transpose_a && !plan.pack_b && size.k <= plan.kc &&
                4 * size.n <= 3 * kernels.lanes && options.beta == 0 && options.bias == nullptr;
  if (plan.narrow) plan.a_elements = whole_lines<T>(size.n * kNarrowRows);
  plan.is_one_block =
      !plan.pack_a && !plan.pack_b && !plan.narrow && size.k <= plan.kc && size.m <= plan.mc;
  // Room for the deepest block, not for this one: kc is not monotonic in k, and a product that is
  // smaller than one before must not need more memory.
  const Index depth = round_up(std::min(size.k, deepest), kDepthUnit);
  if (plan.pack_a) plan.a_elements = whole_lines<T>(std::min(size.m, plan.mc) * depth);
  if (plan.pack_b)
    plan.b_elements = whole_lines<T>(round_up(std::min(size.n, plan.nc), kernels.lanes) * depth);
  return plan;
}

// The views are those of the caller, never copies: a copy reads in one piece what has just been
// written in two, and waits until that is in the cache, behind all of the last product's results.
template <class T>
struct Job {
  const GemmKernels<T>& kernels;
  const MatrixView<const T>&a, &b;
  const MatrixView<T>& c;
  const GemmOptions<T>& options;
  Index k;
  Plan plan;

  const T* at_a(Index i, Index p) const {
    return a.data + (options.transpose_a ? p * a.stride + i : i * a.stride + p);
  }
  const T* at_b(Index p, Index j) const {
    return b.data + (options.transpose_b ? j * b.stride + p : p * b.stride + j);
  }
};

struct Range {
  Index begin, end;
};

// One worker's rows for an A stored transposed and fewer columns than fill a register: the gradient
// of a last layer's weights. C' = B' A, with A's rows in the registers and B's elements broadcast,
// is computed into a scratch of n rows and transposed into C. (128x10x64tn: 1.6 times as fast.)
template <class T>
void multiply_narrow(const Job<T>& job, Range rows, T* scratch) noexcept {
  for (Index i = rows.begin; i < rows.end; i += kNarrowRows) {
    const Index m = std::min(kNarrowRows, rows.end - i);
    job.kernels.multiply({.m = job.c.columns,
                          .n = m,
                          .k = job.k,
                          .a = job.b.data,
                          .a_stride = job.b.stride,
                          .a_form = GemmA::columns,
                          .b = job.a.data + i,
                          .b_stride = job.a.stride,
                          .b_form = GemmB::rows,
                          .c = scratch,
                          .c_stride = kNarrowRows,
                          .alpha = job.options.alpha,
                          .beta = 0,
                          .bias = nullptr,
                          .relu = job.options.relu});
    job.kernels.transpose(scratch, kNarrowRows, job.c.columns, m, job.c.data + i * job.c.stride,
                          job.c.stride);
  }
}

// Rows [i, i + m) and columns [j, j + n) of C, and [p, p + depth) of k, as if nothing were packed.
template <class T>
simd::GemmBlock<T> block_of(const Job<T>& job, Index i, Index j, Index p, Index m, Index n,
                            Index depth) noexcept {
  const GemmOptions<T>& options = job.options;
  const bool first = p == 0, last = p + depth >= job.k;
  return {.m = m,
          .n = n,
          .k = depth,
          .a = job.at_a(i, p),
          .a_stride = job.a.stride,
          .a_form = options.transpose_a ? GemmA::columns : GemmA::rows,
          .b = job.at_b(p, j),
          .b_stride = job.b.stride,
          .b_form = GemmB::rows,
          .c = job.c.data + i * job.c.stride + j,
          .c_stride = job.c.stride,
          .alpha = options.alpha,
          .beta = first ? options.beta : T(1),
          .bias = last && options.bias != nullptr ? options.bias + j : nullptr,
          .relu = last && options.relu};
}

// One worker's block of C.
template <class T>
void multiply_block(const Job<T>& job, Range rows, Range columns, T* buffer) noexcept {
  if (job.plan.narrow) {
    if (columns.begin < columns.end) multiply_narrow(job, rows, buffer);
    return;
  }
  const GemmKernels<T>& kernels = job.kernels;
  const Plan& plan = job.plan;
  T* const packed_a = buffer;
  T* const packed_b = buffer + plan.a_elements;
  for (Index j = columns.begin; j < columns.end; j += plan.nc) {
    const Index n = std::min(plan.nc, columns.end - j);
    for (Index p = 0; p == 0 || p < job.k; p += plan.kc) {
      const Index depth = std::min(plan.kc, job.k - p);
      if (plan.pack_b)
        kernels.pack_b({job.at_b(p, j), job.b.stride, job.options.transpose_b, n, depth}, packed_b);
      for (Index i = rows.begin; i < rows.end; i += plan.mc) {
        const Index m = std::min(plan.mc, rows.end - i);
        simd::GemmBlock<T> block = block_of(job, i, j, p, m, n, depth);
        if (plan.pack_a) {
          kernels.pack_a({block.a, job.a.stride, !job.options.transpose_a, m, depth}, packed_a);
          block.a = packed_a;
          block.a_form = GemmA::panels;
        }
        if (plan.pack_b) {
          block.b = packed_b;
          block.b_form = GemmB::panels;
        }
        kernels.multiply(block);
      }
    }
  }
}

// Part `part` of `parts` of [0, count), on multiples of `unit`.
Range share(Index count, Index unit, int part, int parts) {
  const Index units = divide_up(count, unit);
  return {std::min(count, units * part / parts * unit),
          std::min(count, units * (part + 1) / parts * unit)};
}

// How many of `team` threads stand side by side along the rows: the divisor that makes the largest
// block smallest, and of equal ones the squarest, which packs least.
int teams_along_rows(Index m, Index n, Index mr, Index nr, int team) {
  int best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (int along = 1; along <= team; ++along) {
    if (team % along != 0) continue;
    const Index across = team / along;
    const auto rows = static_cast<double>(divide_up(divide_up(m, mr), along) * mr);
    const auto columns = static_cast<double>(divide_up(divide_up(n, nr), across) * nr);
    const double cost = rows * columns + 16 * (rows + columns);
    if (cost < least) least = cost, best = along;
  }
  return best;
}

}  // namespace

template <class T>
void gemm_unchecked(const MatrixView<const T>& a, const MatrixView<const T>& b,
                    const MatrixView<T>& c, const GemmOptions<T>& options) {
  const Sizes size = sizes_of(a, c, options);
  const Index m = size.m, n = size.n, k = size.k;
  if (m == 0 || n == 0) return;
  const parallel::FlushToZero guard;  // first: what is decided meanwhile is no arithmetic
  const auto& kernels = cpu::kernels<GemmKernels<T>>();
  const Job<T> job{kernels, a, b, c, options, k, make_plan(kernels, size, options)};

  const auto elements = [](Index rows, Index columns) {
    return static_cast<double>(rows) * static_cast<double>(columns);
  };
  const parallel::Work<T> work{product_flops(m, n, k),
                               sizeof(T) * (elements(m, k) + elements(k, n) + elements(m, n))};
  const int threads_worth = parallel::team_size(work, m * n);
  const Index slice = job.plan.a_elements + job.plan.b_elements;
  if (threads_worth == 1) {  // the usual case of a training step, which divides nothing
    if (job.plan.is_one_block) return kernels.multiply(block_of(job, 0, 0, 0, m, n, k));
    multiply_block(job, {0, m}, {0, n}, workspace<T>(slice, 1));
    return;
  }
  const Index unit_rows = kernels.mr;
  const Index unit_columns = job.plan.narrow ? n : kernels.nr;  // a narrow C is cut in rows alone
  const Index tiles = divide_up(m, unit_rows) * divide_up(n, unit_columns);
  const int team = static_cast<int>(std::min<Index>(threads_worth, tiles));
  T* const packed = workspace<T>(slice, team);
  parallel::parallel_team(team, [&](int thread, int threads) {
    const int along = teams_along_rows(m, n, unit_rows, unit_columns, threads);
    const int across = threads / along;
    multiply_block(job, share(m, unit_rows, thread / across, along),
                   share(n, unit_columns, thread % across, across), packed + slice * thread);
  });
}

template <class T>
void gemm(const std::type_identity_t<MatrixView<const T>>& a,
          const std::type_identity_t<MatrixView<const T>>& b, const MatrixView<T>& c,
          const GemmOptions<T>& options) {
  check<T>(a, b, c, options);
  gemm_unchecked<T>(a, b, c, options);
}

#define LANEWISE_INSTANTIATE(T)                                                           \
  template struct LANEWISE_API MatrixView<const T>;                                       \
  template struct LANEWISE_API MatrixView<T>;                                             \
  template LANEWISE_API void gemm(const MatrixView<const T>&, const MatrixView<const T>&, \
                                  const MatrixView<T>&, const GemmOptions<T>&);           \
  template void gemm_unchecked(const MatrixView<const T>&, const MatrixView<const T>&,    \
                               const MatrixView<T>&, const GemmOptions<T>&);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
