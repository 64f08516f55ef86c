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
      : columns_(columns),
        gap_(stride - columns),
        begin_(block < left ? block * stride : 0),
        last_(begin_ + (block < left ? smaller(block, left - block) - 1 : block - 1) * stride),
        at_(begin_),
        end_(begin_ + columns) {}

  // As many elements more as are summed now, of each of the arrays, in whole lines. Where that is
  // more, the block is done early, and begins again.
  template <class T, class... Same>
  LANEWISE_INLINE void prefetch(long elements, const T* first, const Same*... others) noexcept {
    constexpr long kLine = 64 / static_cast<long>(sizeof(T));
    LANEWISE_UNROLL
    for (long done = 0; done < elements; done += kLine) {
      __builtin_prefetch(first + at_);
      (__builtin_prefetch(others + at_), ...);
      at_ += kLine;
      if (at_ < end_) [[likely]]
        continue;
      at_ = end_ > last_ ? begin_ : end_ + gap_;
      end_ = at_ + columns_;
    }
  }

 private:
  long columns_, gap_, begin_, last_;  // the last row's begin
  long at_, end_;                      // in the row that is prefetched
};

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
