#pragma once
// The kernels of gemm() and of convolution: one block of C, and the packing of its operands.
//
// multiply() runs over strips of C that are one, two or three registers wide and, inside a strip,
// over tiles of up to `mr` rows. A tile of C stays in registers for the whole of k:
//
//                     b: row p of the strip            registers of one tile (AVX-512, float)
//                     +--------+--------+
//        a            | 16     | 16     |              28 accumulators   14 rows x 2
//   +---------+       +--------+--------+               2 of B
//   | column  |  --> | tile of C, 14 x 32 |             1 element of A, broadcast
//   | p       |      | += a[i][p] * b[p]  |
//   +---------+      +--------------------+
//
// Every element of C is one chain of fused multiply-adds over p in rising order, whatever the tile,
// the strip or the storage. So the bits do not depend on how C is cut into blocks, and threads may
// cut it as they like.
//
// Operands come as they are stored or packed:
//   A rows       a[i * stride + p]   not transposed; a pointer a row, or for every four
//   A columns    a[p * stride + i]   transposed: the elements of a tile lie side by side
//   A panels     one panel after another, each p-major: pack(…, panel_of::rows, …) makes them
//   A indirect   a_rows[i][a_offsets[p]], as in an indirect GEMM: A is never made, and a_rows, the
//                indirection buffer, has a pointer a row; the distances are shared by all rows. For
//                a convolution's windows, which need not be copied:
//
//        image, rows of w pixels              pixel i of the output sees the window at a_rows[i];
//        +------------------------+           element p of the window is a_offsets[p] further,
//        | a_rows[i] -> 0 1 2     |
//        |              w .. w+2  |           p            0  1  2    3    4  ..
//        |             2w .. 2w+2 |           a_offsets[p] 0  1  2    w  w+1  ..    (3x3, 1
//        channel)
//        +------------------------+
//
//   B rows       b[p * stride + j]   not transposed; the last columns are read with a mask
//   B panels     strip after strip, p-major, padded with zeros to whole registers
#include "simd/family.hpp"

namespace lanewise::simd {

// Of packed blocks along k. It is the same on every instruction set: where a block ends, the chains
// of additions do. With 512, C goes through the cache half as often as with 256: 201 against 187
// GFLOP/s at 2048 cubed, though a strip of B then comes from L2.
inline constexpr long kGemmDepth = 512;

enum class GemmA { rows, columns, panels, indirect };
enum class GemmB { rows, panels };

// C (m, n) = relu(alpha A B + beta C + bias); beta = 0 does not read C.
template <class T>
struct GemmBlock {
  long m, n, k;
  const T* a;     // not used for indirect
  long a_stride;  // not used for panels and indirect
  GemmA a_form;
  const T* b;
  long b_stride;  // not used for panels
  GemmB b_form;
  T* c;
  long c_stride;
  T alpha, beta;
  const T* bias;  // n elements, or null
  bool relu;
  const T* const* a_rows = nullptr;  // m pointers, the indirection buffer, if indirect
  const long* a_offsets = nullptr;   // k distances, if indirect
};

// What pack() reads: `extent` rows of A or columns of B, `k` deep.
template <class T>
struct GemmSource {
  const T* data;
  long stride;
  bool along_k;  // element (i, p) at i * stride + p, to be transposed; else at p * stride + i
  long extent, k;
  // Panels deeper than this source take it from their row `first` on; pack_b only.
  long first = 0, panel_k = k;
};

template <class T>
struct GemmKernels {
  const char* isa;
  int lanes;
  int mr, nr;   // the packed tile
  long mc, nc;  // blocks: kGemmDepth deep, A (mc) and a strip of B (nr) stay in L2, B (nc) in L3
  void (*multiply)(const GemmBlock<T>& block) noexcept;
  // `to` takes extent * k elements.
  void (*pack_a)(const GemmSource<T>& source, T* to) noexcept;
  // `to` takes extent * panel_k elements, extent rounded up to a multiple of `lanes`.
  void (*pack_b)(const GemmSource<T>& source, T* to) noexcept;
  // to[p * to_stride + i] = from[i * stride + p] for i < rows, p < columns.
  void (*transpose)(const T* from, long stride, long rows, long columns, T* to,
                    long to_stride) noexcept;
};

LANEWISE_DECLARE_FAMILY(GemmKernels, gemm)

}  // namespace lanewise::simd
