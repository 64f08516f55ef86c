#pragma once
// Prefetches for sums down the columns of a matrix.
#include "simd/isa/integers.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

// Prefetches the rows of the next block while those of one are summed: line by line in the order
// of memory, which the sums of few columns at a time do not keep. Where there is no next block,
// those of this one, which are there already.
class LinesAhead {
 public:
  // Of the `left` rows that are to be summed yet, `block` are now.
  LinesAhead(long block, long left, long columns, long stride) noexcept
      : block_(block < left ? block * stride : 0),
        rows_(block < left ? smaller(block, left - block) : block),
        columns_(columns),
        stride_(stride),
        at_(block_) {}

  // As many elements more as are summed now, of each of the arrays, in whole lines. Where that is
  // more, the block is done early, and begins again.
  template <class T, class... Same>
  LANEWISE_INLINE void prefetch(long elements, const T* first, const Same*... others) noexcept {
    constexpr long kLine = 64 / static_cast<long>(sizeof(T));
    LANEWISE_UNROLL
    for (long done = 0; done < elements; done += kLine) {
      __builtin_prefetch(first + at_ + column_);
      (__builtin_prefetch(others + at_ + column_), ...);
      column_ += kLine;
      if (column_ < columns_) continue;
      column_ = 0;
      at_ += stride_;
      if (++row_ < rows_) continue;
      row_ = 0;
      at_ = block_;
    }
  }

 private:
  long block_, rows_, columns_, stride_;
  long at_, row_ = 0, column_ = 0;
};

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
