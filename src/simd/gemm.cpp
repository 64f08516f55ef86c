// The micro-kernels of gemm(). Contract and picture in gemm.hpp, tile sizes and packing in
// isa/gemm_pack.hpp; compiled once per instruction set.
//
// What was measured is said beside the constants.
#include "simd/gemm.hpp"

#include "simd/isa/gemm_pack.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Tiles at least this deep prefetch their C at the start, so that it is there at the end (1024
// cubed: 214 against 183 GFLOP/s; 25088x64x64 with AVX2: 33 against 32).
constexpr long kPrefetchDepth = 48;

// Register v of a row of kVectors, of which the last has `tail` columns; kTail says that they may
// be fewer than a register.
template <class T, int kVectors, bool kTail>
LANEWISE_INLINE Register<T> read(const T* row, int v, int tail) noexcept {
  return kTail && v == kVectors - 1 ? load_first(row + v * kLanes<T>, tail)
                                    : load(row + v * kLanes<T>);
}

// How a tile walks through A, see gemm.hpp; panels are short columns.
enum class Walk { columns, rows, indirect };

// Where a tile finds its rows of A. Two words, which are passed in registers: three went by way of
// memory, copied there in pieces of another size than they had been stored in, so that each run of
// tiles waited until all results of the one before were in the cache (8x48x9: 50 against 33 ns).
template <class T, Walk kWalk>
struct TileOfA {
  const T* first;
  long stride;
};
template <class T>
struct TileOfA<T, Walk::indirect> {
  const T* const* rows;
  const long* offsets;
};

// Has the compiler keep this pointer, and add no others to save itself an addition.
template <class T>
LANEWISE_INLINE void hold(T*& pointer) noexcept {
  asm("" : "+r"(pointer));
}
template <class T, int kPointers>
LANEWISE_INLINE void hold(const T* (&row)[kPointers]) noexcept {
  LANEWISE_UNROLL
  for (int i = 0; i < kPointers; ++i) hold(row[i]);
}
template <class T, int kPointers>
LANEWISE_INLINE void advance(const T* (&row)[kPointers]) noexcept {
  LANEWISE_UNROLL
  for (int i = 0; i < kPointers; ++i) ++row[i];
}

// How many rows of B, and columns of A, are prefetched before their turn.
template <class T, Walk kWalk>
LANEWISE_INLINE long rows_ahead(const TileOfA<T, kWalk>& a, long b_stride) noexcept {
  if constexpr (kWalk == Walk::columns)
    if (a.stride <= kNearRows<T> && b_stride <= kNearRows<T>) return kNearRowsAhead;
  return kRowsAhead;
}

// Prefetches the row of B that b is, `ahead` rows before its turn, and of an A by columns that
// column: rows far apart are more than the hardware follows. Beside an A by columns both may come
// from L3, and the first tile of a strip, the first to read each row, would wait for every line:
// the whole strip is asked for, and else one line. (The gradient of a 1x1 convolution's filters,
// Zen 5: 1.02 to 1.04 times the speed, more where others use L3.) Never past the last row: looking
// for a page that is not there takes longer than the tile.
template <class T, int kVectors, Walk kWalk>
LANEWISE_INLINE void prefetch(const T* b, const TileOfA<T, kWalk>& a, long ahead) noexcept {
  prefetch_lines(b, kWalk == Walk::columns ? kVectors * kLanes<T> : 1);
  if constexpr (kWalk == Walk::columns) __builtin_prefetch(a.first + ahead * a.stride);
}

// [rows of a]
// acc[i][v] += sum over p of A(i, p) * B(p, v).
template <class T, int kRows, int kVectors, Walk kWalk, bool kTail>
LANEWISE_INLINE void accumulate(TileOfA<T, kWalk> a, const T* b, long b_stride, long k, int tail,
                                Register<T> (&acc)[kRows][kVectors]) noexcept {
  // A pointer a row or, of more than four rows, one for every four, whose distances an address may
  // hold: sixteen rows take six registers. With one for each of eight rows, what is needed between
  // two tiles lies on the stack, and is read while stores to C are waiting (32x48x9: 139 against
  // 125 ns).
  constexpr bool kShared = kWalk == Walk::rows && kRows > 4;
  constexpr int kShare = kShared ? 4 : 1;
  constexpr int kPointers = (kRows + kShare - 1) / kShare;
  const T* row[kPointers];
  LANEWISE_UNROLL
  for (int i = 0; i < kPointers; ++i) {
    if constexpr (kWalk == Walk::indirect)
      row[i] = a.rows[i];
    else
      row[i] = kWalk == Walk::rows ? a.first + kShare * i * a.stride : nullptr;
  }
  long three_rows = 0;
  if constexpr (kShared) three_rows = 3 * a.stride;
  // [rows of a]
  const long ahead = rows_ahead<T, kWalk>(a, b_stride);
  // [accumulate]
  for (long p = 0; p < k; ++p) {
    Register<T> x[kVectors];
    LANEWISE_UNROLL
    for (int v = 0; v < kVectors; ++v) x[v] = read<T, kVectors, kTail>(b, v, tail);
    if (kVectors > 1 && p < k - ahead) prefetch<T, kVectors, kWalk>(b + ahead * b_stride, a, ahead);
    long at = p;
    if constexpr (kWalk == Walk::indirect) at = a.offsets[p];
    if constexpr (kShared) hold(row);
    LANEWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      Register<T> factor;
      if constexpr (kWalk == Walk::columns)
        factor = broadcast(a.first[i]);
      else if constexpr (kShared)
        factor = broadcast(row[i / 4][i % 4 == 3 ? three_rows : i % 4 * a.stride]);
      else
        factor = broadcast(row[i][at]);
      LANEWISE_UNROLL
      for (int v = 0; v < kVectors; ++v) acc[i][v] = fma(factor, x[v], acc[i][v]);
    }
    if constexpr (kWalk == Walk::columns) a.first += a.stride;
    if constexpr (kShared) advance(row);
    b += b_stride;
  }
  // [accumulate]
}

// c = acc. One pointer walks down the rows: as many as there are rows would be made before the
// tile, lie on the stack, and be read while stores to C are waiting.
template <class T, int kRows, int kVectors, bool kTail>
LANEWISE_INLINE void put(T* c, long c_stride, int tail,
                         const Register<T> (&acc)[kRows][kVectors]) noexcept {
  LANEWISE_UNROLL
  for (int i = 0; i < kRows; ++i, c += c_stride) {
    hold(c);
    LANEWISE_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      T* const to = c + v * kLanes<T>;
      if (kTail && v == kVectors - 1)
        store_first(to, acc[i][v], tail);
      else
        store(to, acc[i][v]);
    }
  }
}

// c = relu(alpha acc + beta c + bias). The branches are outside the tile's loops: the accumulators
// stay in registers.
template <class T, int kRows, int kVectors, bool kTail>
LANEWISE_INLINE void finish(const GemmBlock<T>& block, T* c, const T* bias, int tail,
                            Register<T> (&acc)[kRows][kVectors]) noexcept {
  if (block.alpha != T(1)) {
    const Register<T> alpha = broadcast(block.alpha);
    LANEWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      LANEWISE_UNROLL
      for (int v = 0; v < kVectors; ++v) acc[i][v] = acc[i][v] * alpha;
    }
  }
  if (block.beta != T(0)) {
    const Register<T> beta = broadcast(block.beta);
    const T* row = c;
    LANEWISE_UNROLL
    for (int i = 0; i < kRows; ++i, row += block.c_stride) {
      hold(row);
      LANEWISE_UNROLL
      for (int v = 0; v < kVectors; ++v)
        acc[i][v] = fma(beta, read<T, kVectors, kTail>(row, v, tail), acc[i][v]);
    }
  }
  if (bias != nullptr) {
    LANEWISE_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      const Register<T> x = read<T, kVectors, kTail>(bias, v, tail);
      LANEWISE_UNROLL
      for (int i = 0; i < kRows; ++i) acc[i][v] = acc[i][v] + x;
    }
  }
  if (block.relu) {
    const Register<T> zero = broadcast(T(0));
    LANEWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      LANEWISE_UNROLL
      for (int v = 0; v < kVectors; ++v)
        acc[i][v] = select<T>(acc[i][v] < zero, zero, acc[i][v]);  // NaN < 0 is false: NaN stays
    }
  }
  put<T, kRows, kVectors, kTail>(c, block.c_stride, tail, acc);
}

// The most rows of a tile of these.
template <int kVectors, Walk kWalk>
constexpr int kMostRows = (kWalk == Walk::columns ? kTiles.by_columns
                           : kWalk == Walk::rows  ? kTiles.by_rows
                                                  : kTiles.by_pointers)[kVectors - 1];

// The tiles that most of the work is done in. They finish in registers.
template <int kRows, int kVectors, Walk kWalk, bool kTail>
constexpr bool kIsWhole = !kTail && (kRows == kMostRows<kVectors, kWalk> || kRows == kPanelRows);

// The others, at the edges of C, finish row by row and out of line unless C is the product alone:
// it would be most of their code, and they are most of what has to be compiled.
template <class T, int kVectors>
__attribute__((noinline)) void finish_rows(const GemmBlock<T>& block, T* c, const T* bias, int tail,
                                           const Register<T> (*acc)[kVectors], int rows) noexcept {
  for (int i = 0; i < rows; ++i, c += block.c_stride) {
    Register<T> row[1][kVectors];
    LANEWISE_UNROLL
    for (int v = 0; v < kVectors; ++v) row[0][v] = acc[i][v];
    finish<T, 1, kVectors, true>(block, c, bias, tail, row);
  }
}

// What the tiles of one strip share.
template <class T>
struct Strip {
  const GemmBlock<T>* block;
  const T* b;
  long b_stride;
  const T* bias;
  long a_step;      // from one row of A to the next, unless indirect
  int tail;         // columns in the last register
  bool b_padded;    // whether that register may be read whole
  bool is_product;  // whether C is A B, and nothing else
};

template <class T, int kRows, int kVectors, Walk kWalk, bool kTail>
LANEWISE_INLINE void run_tiles(const Strip<T>& strip, TileOfA<T, kWalk> a, T* c,
                               long count) noexcept {
  const GemmBlock<T>& block = *strip.block;
  const int readable = strip.b_padded ? kLanes<T> : strip.tail;
  for (; count > 0; --count) {
    Register<T> acc[kRows][kVectors];
    LANEWISE_UNROLL
    for (int i = 0; i < kRows; ++i) {
      LANEWISE_UNROLL
      for (int v = 0; v < kVectors; ++v) acc[i][v] = broadcast(T(0));
    }
    constexpr int kLine = 64 / static_cast<int>(sizeof(Register<T>));  // in registers
    if (block.k >= kPrefetchDepth) {
      LANEWISE_UNROLL
      for (int i = 0; i < kRows; ++i) {
        LANEWISE_UNROLL
        for (int v = 0; v < kVectors; v += kLine)
          __builtin_prefetch(c + i * block.c_stride + v * kLanes<T>, 1);
      }
    }
    accumulate<T, kRows, kVectors, kWalk, kTail>(a, strip.b, strip.b_stride, block.k, readable,
                                                 acc);
    if (strip.is_product) {
      put<T, kRows, kVectors, kTail>(c, block.c_stride, strip.tail, acc);
    } else if constexpr (kIsWhole<kRows, kVectors, kWalk, kTail>) {
      finish<T, kRows, kVectors, kTail>(block, c, strip.bias, strip.tail, acc);
    } else {
      Register<T> sums[kRows][kVectors];  // not `acc`: what has an address is in no register
      LANEWISE_UNROLL
      for (int i = 0; i < kRows; ++i) {
        LANEWISE_UNROLL
        for (int v = 0; v < kVectors; ++v) sums[i][v] = acc[i][v];
      }
      finish_rows<T, kVectors>(block, c, strip.bias, strip.tail, sums, kRows);
    }
    if constexpr (kWalk == Walk::indirect)
      a.rows += kRows;
    else
      a.first += kRows * strip.a_step;
    c += kRows * block.c_stride;
  }
}

// `count` tiles of kRows rows, one below the other. (Called one by one, tiles 9 deep lose 3 %.)
template <class T, int kRows, int kVectors, Walk kWalk>
void tiles(const Strip<T>& strip, TileOfA<T, kWalk> a, T* c, long count) noexcept {
  if constexpr (kLanes<T> == 1)
    run_tiles<T, kRows, kVectors, kWalk, false>(strip, a, c, count);
  else if (strip.tail == kLanes<T>)
    run_tiles<T, kRows, kVectors, kWalk, false>(strip, a, c, count);
  else
    run_tiles<T, kRows, kVectors, kWalk, true>(strip, a, c, count);
}

template <class T, Walk kWalk>
using RunOfTiles = void (*)(const Strip<T>&, TileOfA<T, kWalk> a, T* c, long count) noexcept;

// tiles<1>, tiles<2>, … for one width and storage.
template <class T, int kVectors, Walk kWalk, class Rows>
struct TileList;
template <class T, int kVectors, Walk kWalk, std::size_t... kRow>
struct TileList<T, kVectors, kWalk, std::index_sequence<kRow...>> {
  static constexpr RunOfTiles<T, kWalk> of[] = {
      tiles<T, static_cast<int>(kRow) + 1, kVectors, kWalk>...};
};

// The tiles of one strip, from the top down.
template <class T, int kVectors, Walk kWalk>
LANEWISE_INLINE void run_strip(const Strip<T>& strip, T* c) noexcept {
  constexpr int kMost = kMostRows<kVectors, kWalk>;
  using List =
      TileList<T, kVectors, kWalk, std::make_index_sequence<static_cast<std::size_t>(kMost)>>;
  const GemmBlock<T>& block = *strip.block;
  const bool panels = block.a_form == GemmA::panels;
  const int most = panels ? kPanelRows : kMost;
  for (long i = 0; i < block.m;) {
    const int rows = tile_rows(block.m - i, most);
    // Those that tile_rows() does not halve. Both divisors are constants: a division by a variable
    // takes a fifth of a strip 9 deep.
    const long left = block.m - i, whole = panels ? left / kPanelRows : left / kMost;
    const long rest = left - whole * most;
    const long even = rest > 0 && rest < most / 2 ? whole - 1 : whole;
    const long count = rows == most && even > 1 ? even : 1;
    TileOfA<T, kWalk> a;
    if constexpr (kWalk == Walk::indirect)
      a = {block.a_rows + i, block.a_offsets};
    else
      a = {block.a + i * strip.a_step, panels ? rows : block.a_stride};
    List::of[rows - 1](strip, a, c + i * block.c_stride, count);
    i += count * rows;
  }
}

template <class T, int kVectors>
LANEWISE_INLINE void run_strip(const Strip<T>& strip, T* c) noexcept {
  switch (strip.block->a_form) {
    case GemmA::rows:
      return run_strip<T, kVectors, Walk::rows>(strip, c);
    case GemmA::indirect:
      return run_strip<T, kVectors, Walk::indirect>(strip, c);
    case GemmA::columns:
    case GemmA::panels:
      return run_strip<T, kVectors, Walk::columns>(strip, c);
  }
}

template <class T>
void multiply(const GemmBlock<T>& block) noexcept {
  const bool b_panels = block.b_form == GemmB::panels;
  const bool packed = b_panels || block.a_form == GemmA::panels;
  const long a_step = block.a_form == GemmA::rows     ? block.a_stride
                      : block.a_form == GemmA::panels ? block.k
                                                      : 1;
  const bool is_product =
      block.alpha == T(1) && block.beta == T(0) && block.bias == nullptr && !block.relu;
  for (long j = 0; j < block.n;) {
    const int vectors = strip_vectors<T>(block.n - j, packed);
    const long width = vectors * kLanes<T>;
    const long columns = smaller(width, block.n - j);
    const Strip<T> strip{&block,
                         block.b + (b_panels ? j * block.k : j),
                         b_panels ? width : block.b_stride,
                         block.bias == nullptr ? nullptr : block.bias + j,
                         a_step,
                         static_cast<int>(columns - width) + kLanes<T>,
                         b_panels,
                         is_product};
    T* c = block.c + j;
    switch (vectors) {
      case 1:
        run_strip<T, 1>(strip, c);
        break;
      case 2:
        run_strip<T, 2>(strip, c);
        break;
      default:
        run_strip<T, 3>(strip, c);
    }
    j += columns;
  }
}

// Blocks in elements: half as many doubles as floats, whole tiles and strips.
template <class T>
constexpr long kWords = static_cast<long>(sizeof(T)) / 4;
constexpr long whole_multiples(long size, long unit) noexcept {
  return size / unit * unit;
}

template <class T>
constexpr GemmKernels<T> make_kernels() noexcept {
  constexpr int kStripColumns = kTiles.strip_vectors * kLanes<T>;
  return {.isa = LANEWISE_ISA_NAME,
          .lanes = kLanes<T>,
          .mr = kPanelRows,
          .nr = kStripColumns,
          .mc = whole_multiples(168 / kWords<T>, kPanelRows),
          .nc = whole_multiples(1152 / kWords<T>, kStripColumns),
          .multiply = multiply<T>,
          .pack_a = pack_a<T>,
          .pack_b = pack_b<T>,
          .transpose = transpose_block<T>};
}

}  // namespace

constinit const GemmKernels<float> gemm_f32 = make_kernels<float>();
constinit const GemmKernels<double> gemm_f64 = make_kernels<double>();

}  // namespace lanewise::simd::LANEWISE_ISA
