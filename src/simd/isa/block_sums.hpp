#pragma once
// Sums of blocks of pixels: what a pixel collects from all that it gave to. A sum stays in
// registers until it is whole, so that none is stored and loaded again for the next term.
#include "simd/isa/windows.hpp"
#include "simd/merge.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// kColumns is the number of columns, or 0 where the compiler does not know it.
template <class T, long kColumns>
LANEWISE_INLINE void sum_blocks_of(const PixelBlocks& blocks, const T* x, T* y) noexcept {
  const long columns = kColumns != 0 ? kColumns : blocks.columns;
  for (long i = 0; i < blocks.count; ++i, x += blocks.x_step, y += blocks.y_step)
    for_each_channel_panel<T, 4>(
        blocks.channels, [&](long c, auto registers, auto part) LANEWISE_INLINED {
          constexpr int kRegisters = decltype(registers)::value;
          using Value = decltype(part.load(x));
          Value sum[kRegisters];
          LANEWISE_UNROLL
          for (int r = 0; r < kRegisters; ++r) sum[r] = Value(T(0));
          const T* row = x + c;
          for (long k = 0; k < blocks.rows; ++k, row += blocks.row_step) {
            const T* pixel = row;
            LANEWISE_UNROLL
            for (long j = 0; j < columns; ++j, pixel += blocks.column_step) {
              LANEWISE_UNROLL
              for (int r = 0; r < kRegisters; ++r)
                sum[r] = sum[r] + part.load(pixel + r * kLanes<T>);
            }
          }
          LANEWISE_UNROLL
          for (int r = 0; r < kRegisters; ++r) part.store(y + c + r * kLanes<T>, sum[r]);
        });
}

// Contract in simd/merge.hpp.
template <class T>
void sum_blocks(const PixelBlocks& blocks, const T* x, T* y) noexcept {
  if (blocks.columns == 1)
    sum_blocks_of<T, 1>(blocks, x, y);
  else if (blocks.columns == 2)
    sum_blocks_of<T, 2>(blocks, x, y);
  else if (blocks.columns == 3)
    sum_blocks_of<T, 3>(blocks, x, y);
  else
    sum_blocks_of<T, 0>(blocks, x, y);
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
