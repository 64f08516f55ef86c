#pragma once
// Broadcasting: loops over several tensors side by side, of which some are repeated along
// dimensions that they lack.
//
// Dimension 0 is the samples'. The others are aligned from the last, and one that is 1 or missing
// stands for all of y's. Neighbouring dimensions that every tensor has, or lacks, alike are walked
// as one group; the last group is a run, the one before it counts rows of runs:
//
//   y (8, 26, 26, 64), x (8, 1, 1, 64):  groups 8 | 26 * 26 | 64: outer 8, rows 676, runs of 64
//
// A tile is what is worked on at a time: as many rows, or as much of a run, as stay in the
// first-level cache.
#include <algorithm>
#include <array>
#include <span>

#include "core/round.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::ops {

inline constexpr Index kTileElements = 2048;

struct Tile {
  Index outer, row, rows, begin, length;
};

// Where a tensor has the rows of a tile; a step is 0 where one element stands for all.
template <class T>
struct TileRows {
  T* data;
  Index row_step, step;
  T* row(Index i) const { return data + i * row_step; }
};

// The size of x in y's dimension d.
inline Index aligned_size(const Shape& x, const Shape& y, int d) {
  if (d == 0) return x[0];
  const int own = d - (y.rank() - x.rank());
  return own < 1 ? 1 : x[own];
}

// Whether x broadcasts to y.
inline bool broadcasts_to(const Shape& x, const Shape& y) {
  if (x.rank() == 0 || x.rank() > y.rank() || x[0] != y[0]) return false;
  for (int d = 1; d < y.rank(); ++d)
    if (const Index size = aligned_size(x, y, d); size != 1 && size != y[d]) return false;
  return true;
}

class BroadcastLoops {
 public:
  // Of y and what broadcasts to it; y is not empty.
  template <class T>
  BroadcastLoops(const Shape& y, std::span<const TensorView<const T>> x) : y_(y) {
    const auto has = [&](const Shape& shape, int d) { return aligned_size(shape, y, d) == y[d]; };
    for (int d = 0; d < y.rank(); ++d) {
      if (d > 0 && y[d] == 1) continue;
      const bool merges = count_ > 0 && std::all_of(x.begin(), x.end(), [&](const auto& view) {
                            return has(view.shape(), d) == has(view.shape(), last().dimension);
                          });
      if (merges)
        last().size *= y[d];
      else
        groups_[static_cast<std::size_t>(count_++)] = {d, y[d]};
    }
    run_ = last().size;
    rows_ = count_ > 1 ? groups_[static_cast<std::size_t>(count_ - 2)].size : 1;
    tile_run_ = std::min(run_, kTileElements);
    tile_rows_ = std::clamp<Index>(kTileElements / run_, 1, rows_);
    run_tiles_ = divide_up(run_, tile_run_);
    outer_tiles_ = run_tiles_ * divide_up(rows_, tile_rows_);
    tiles_ = outer_tiles_ * (y.size() / (rows_ * run_));
  }

  Index tiles() const { return tiles_; }

  // Consecutive tiles, so many at a time, have all that a tensor's elements are spread over: no
  // tensor has an element in two such shares. Every tensor has the first group, the samples'.
  Index tiles_in_share() const {
    return count_ > 2 ? tiles_ / groups_[0].size : count_ == 2 ? run_tiles_ : 1;
  }

  Tile tile(Index i) const {
    const Index within = i % outer_tiles_, row = within / run_tiles_ * tile_rows_;
    const Index begin = within % run_tiles_ * tile_run_;
    return {i / outer_tiles_, row, std::min(tile_rows_, rows_ - row), begin,
            std::min(tile_run_, run_ - begin)};
  }

  template <class T>
  TileRows<T> rows(TensorView<T> x, const Tile& tile) const {
    std::array<Index, Shape::kMaxRank> strides{};
    Index stride = 1;
    for (int k = count_ - 1; k >= 0; --k) {
      const auto& group = groups_[static_cast<std::size_t>(k)];
      const bool has = aligned_size(x.shape(), y_, group.dimension) == y_[group.dimension];
      strides[static_cast<std::size_t>(k)] = has ? stride : 0;
      if (has) stride *= group.size;
    }
    const auto stride_of = [&](int k) { return k < 0 ? 0 : strides[static_cast<std::size_t>(k)]; };
    Index offset = tile.begin * stride_of(count_ - 1) + tile.row * stride_of(count_ - 2);
    Index rest = tile.outer;
    for (int k = count_ - 3; k >= 0; --k) {
      const Index size = groups_[static_cast<std::size_t>(k)].size;
      offset += rest % size * stride_of(k);
      rest /= size;
    }
    return {x.data() + offset, stride_of(count_ - 2), stride_of(count_ - 1)};
  }

 private:
  struct Group {
    int dimension;  // the first of its dimensions
    Index size;
  };
  Group& last() { return groups_[static_cast<std::size_t>(count_ - 1)]; }

  Shape y_;
  std::array<Group, Shape::kMaxRank> groups_{};
  int count_ = 0;
  Index run_ = 1, rows_ = 1, tile_run_ = 1, tile_rows_ = 1;
  Index run_tiles_ = 1, outer_tiles_ = 1, tiles_ = 0;
};

}  // namespace lanewise::ops
