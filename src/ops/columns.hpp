#pragma once
// Reductions along the rows of a matrix, to two sums a column: how the rows are cut for threads,
// and the sums merged again.
//
// The rows are cut into chunks whose borders depend on the shape alone; each chunk's sums go to a
// part of its own, and the parts are merged in order, so that threads change no bit.
//
// Of few channels a row would fill no register, so that 16 rows are taken for one:
//
//   r g b                        r g b r g b r g b ... r g b    16 rows of 3 as one of 48
//   r g b    (rows, 3)    -->    r g b r g b                    the rest: a row that ends early
//   r g b
//
// and the 16 sums of a channel are merged at the end.
#include <algorithm>
#include <utility>

#include "core/round.hpp"
#include "lanewise/shape.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {

// How the rows of a matrix are taken together and cut into chunks.
class Columns {
 public:
  explicit Columns(const Shape& x)
      : channels(x[1]),
        copies(channels < kCopies ? kCopies : 1),
        width(channels * copies),
        rows(x[0] / copies),
        rest(x[0] % copies * channels),
        length_(std::max(kMinChunk, divide_up(rows, kMaxChunks))),
        whole_chunks_(divide_up(rows, length_)) {}

  const Index channels, copies;
  const Index width, rows;  // of the matrix with `copies` rows in one
  const Index rest;         // elements of the last row, which ends early

  Index chunks() const { return whole_chunks_ + (rest > 0 ? 1 : 0); }
  Index first_row(Index chunk) const { return chunk * length_; }
  Index rows_of(Index chunk) const {
    return chunk < whole_chunks_ ? std::min(length_, rows - first_row(chunk)) : 1;
  }
  Index width_of(Index chunk) const { return chunk < whole_chunks_ ? width : rest; }
  // Rows of x that ended up in copy `copy` of the channels.
  Index rows_of_copy(Index copy) const { return rows + (copy * channels < rest ? 1 : 0); }

  // Two sums for each column of each chunk.
  Index parts_size() const { return 2 * width * chunks(); }

  // body(chunk, element, columns, first, second) for the pieces of 64 columns of each chunk, on all
  // threads: where it begins in x, and where its sums go, which are zeros.
  template <class Body>
  void for_each_piece(double* parts, Body body) const {
    const Index panels = divide_up(width, kPanel);
    const Index rows_each = std::min(length_, std::max<Index>(rows, 1));
    const parallel::Work<double> piece = kSum * rows_each * std::min(width, kPanel);
    parallel::parallel_for(chunks() * panels, piece, [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) {
        const Index chunk = i / panels, column = i % panels * kPanel;
        const Index columns = std::min(kPanel, width - column);
        double* const first = parts + 2 * width * chunk + column;
        std::fill_n(first, columns, 0.0);
        std::fill_n(first + width, columns, 0.0);
        const Index used = std::min(columns, width_of(chunk) - column);
        if (used > 0)
          body(chunk, (chunk < whole_chunks_ ? first_row(chunk) : rows) * width + column, used,
               first, first + width);
      }
    });
  }

  // Merges all parts into the first `channels` sums of each kind of the first one, in order.
  // combine(count, first, second, added, other_first, other_second, n) merges the sums over `added`
  // rows into those over `count`.
  template <class Combine>
  void merge(double* parts, Combine combine) const {
    const auto merge_columns = [&](Index begin, Index end) {
      Index count = rows_of(0);
      for (Index chunk = 1; chunk < chunks(); ++chunk) {
        const Index n = std::min(end, width_of(chunk)) - begin;
        double *const to = parts + begin, *const from = to + 2 * width * chunk;
        combine(count, to, to + width, rows_of(chunk), from, from + width, n);
        count += rows_of(chunk);
      }
    };
    parallel::parallel_for(width, kMerge * chunks(), merge_columns, 8);
    Index count = rows_of_copy(0);
    for (Index copy = 1; copy < copies && rows_of_copy(copy) > 0; ++copy) {
      double* const from = parts + copy * channels;
      combine(count, parts, parts + width, rows_of_copy(copy), from, from + width, channels);
      count += rows_of_copy(copy);
    }
  }

  // kernel(element, rows, columns) over all rows, on all threads. From the end to the beginning:
  // the rows that were summed last are in the cache still. (Of 21,632 x 32 floats the sums and the
  // pass that follows them take 255 instead of 292 us, backward 426 instead of 494.)
  template <class Kernel>
  void for_each_row(Kernel kernel) const {
    if (width == 0) return;  // of nothing there may be any number of rows
    parallel::parallel_for(rows, kApply * width, [&](Index begin, Index end) {
      for (Index first = end; first > begin;) {
        const Index last = std::exchange(first, std::max(begin, first - length_));
        kernel(first * width, last - first, width);
      }
    });
    if (rest > 0) kernel(rows * width, 1, rest);
  }

 private:
  // An element that goes into two sums, in double, block by block; two such sums merged; and an
  // element of float that is written from one or two.
  static constexpr parallel::Work<double> kSum{.flops = 20, .bytes = 8};
  static constexpr parallel::Work<double> kMerge{.flops = 40, .bytes = 32};
  static constexpr parallel::Work<float> kApply{.flops = 4, .bytes = 8};
  static constexpr Index kCopies = 16;  // a register or more of any type
  static constexpr Index kPanel = 64, kMinChunk = 128, kMaxChunks = 64;
  Index length_, whole_chunks_;
};

}  // namespace lanewise::ops
