// Winograd convolution's gradient of the filters. The contract is in ops/winograd.hpp; what a block
// of tiles goes through is told in winograd.cpp:
//
//   dU (c, k), for each place,  +=  V' (c, tiles)  x  D (tiles, k)     and then dU -> dfilters
//
// Of many tiles and a small dU, parts of the tiles are summed by themselves, each by one thread,
// and added in order: nothing but the sums passes between threads. Else all threads share each
// block's tiles, to gather them, and then its places, to multiply them; half of what they read was
// written by another. (Two threads against one: 8x112x112x32 1.97 and 0.96, 32x13x13x32-64 1.75
// and 1.22.)
#include <algorithm>
#include <bit>

#include "ops/winograd.hpp"
#include "ops/winograd_pieces.hpp"
#include "ops/winograd_tiles.hpp"
#include "ops/workspace.hpp"

namespace lanewise::ops {
namespace {

// Tiles of a block of the filters' gradient: the sums of a block are added to dU, which is read and
// written for it, so they are more.
constexpr Index kFewestSummed = 64, kMostSummed = 256;

// How many parts there are depends on the sizes alone, and each is worth the time to add it. Powers
// of two come out even on most teams.
constexpr Index kPartTiles = 128, kMostParts = 16;
constexpr Index kPartsBytes = 2 << 20;  // all of them together

inline Index count_parts(Index tiles, Index bytes) {
  const Index most = std::min({tiles / kPartTiles, kMostParts, kPartsBytes / bytes});
  return static_cast<Index>(std::bit_floor(static_cast<std::size_t>(std::max<Index>(most, 1))));
}

// What both ways to share the sum between threads have in common.
template <class T>
struct FilterSum {
  const Tiling& tiling;
  TiledImages<const T> inputs, outputs;

  // The tiles [begin, end) to rows `first`... of V and D.
  void gather_tiles(Index begin, Index end, Index first, Places<T> v, Places<T> d) const {
    const Tiles some{tiling, all_rows(tiling), begin, end};
    v.data += first * v.columns;
    d.data += first * d.columns;
    gather<T>(some, WinogradOperand::input, inputs, v);
    gather<T>(some, WinogradOperand::output, outputs, d);
  }
  void multiply_places(Index begin, Index end, Index tiles, const Places<T>& v, const Places<T>& d,
                       const Places<T>& u, bool add) const {
    const Index c = v.columns, k = d.columns;
    for (Index place = begin; place < end; ++place)
      multiply_place<T>(
          {c, k, tiles, simd::GemmA::columns, v.at(place), c, d.at(place), k, u.at(place), add});
  }
};

// The parts' sums, into the first one.
template <class T>
void add_parts(const Places<T>& u, Index parts) {
  const auto add = cpu::kernels<simd::MergeKernels<T>>().add;
  const auto added = static_cast<double>(parts - 1);
  const auto add_elements = [&](Index begin, Index end) {
    for (Index part = 1; part < parts; ++part)
      add(u.data + begin, 1, u.data + part * u.elements + begin, 1, u.data + begin, end - begin);
  };
  constexpr Index kLine = kAlignment / sizeof(T);
  parallel::parallel_for(u.elements, parallel::Work<T>{added, sizeof(T) * 3 * added}, add_elements,
                         kLine);
}

// Each thread takes parts.
template <class T>
void sum_by_parts(const FilterSum<T>& sum, Index parts, Index block, int team, const Places<T>& u,
                  const Places<T>& v, const Places<T>& d) {
  const Index tiles = sum.tiling.tiles(), slice = v.elements + d.elements;
  parallel::parallel_team(team, [&](int thread, int threads) {
    Places<T> mine_u = u, mine_v = v, mine_d = d;
    mine_v.data += slice * thread;
    mine_d.data += slice * thread;
    for (Index part = parts * thread / threads; part < parts * (thread + 1) / threads; ++part) {
      mine_u.data = u.data + part * u.elements;
      const Index begin = tiles * part / parts, end = tiles * (part + 1) / parts;
      for (Index t = begin; t < end; t += block) {
        const Index count = std::min(block, end - t);
        sum.gather_tiles(t, t + count, 0, mine_v, mine_d);
        sum.multiply_places(0, sum.tiling.places(), count, mine_v, mine_d, mine_u, t > begin);
      }
    }
  });
  add_parts(u, parts);
}

// All threads share each block's tiles, and then its places.
template <class T>
void sum_by_places(const FilterSum<T>& sum, Index block, int team, const Places<T>& u,
                   const Places<T>& v, const Places<T>& d) {
  const Index tiles = sum.tiling.tiles(), places = sum.tiling.places();
  for (Index t = 0; t < tiles; t += block) {
    const Index count = std::min(block, tiles - t);
    parallel::parallel_team(team, [&](int thread, int threads) {
      const Index begin = count * thread / threads, end = count * (thread + 1) / threads;
      sum.gather_tiles(t + begin, t + end, begin, v, d);
    });
    parallel::parallel_team(team, [&](int thread, int threads) {
      sum.multiply_places(places * thread / threads, places * (thread + 1) / threads, count, v, d,
                          u, t > 0);
    });
  }
}

template <class T>
void backward_weights_group(const Tiling& tiling, const T* x, const T* dy, T* dfilters,
                            Index group) {
  const Index tiles = tiling.tiles();
  Places<T> u(tiling, tiling.c, tiling.k);
  const Index parts = count_parts(tiles, u.elements * Index{sizeof(T)});
  const Index most = block_tiles<T>(tiling, kFewestSummed, kMostSummed);
  const Index block = divide_up(tiles, parts * divide_up(divide_up(tiles, parts), most));
  // Memory for the largest blocks: those of fewer tiles may be larger, and must not need more.
  Places<T> v(tiling, most, tiling.c), d(tiling, most, tiling.k);
  const bool by_parts = parts > 1;
  const parallel::Work<T> work{tiling.flops(by_parts ? tiles : block)};
  const int team = parallel::team_size(work, by_parts ? parts : tiling.places());
  u.data = workspace<T>(u.elements * parts + (v.elements + d.elements) * (by_parts ? team : 1), 1);
  v.data = u.data + u.elements * parts;
  d.data = v.data + v.elements;

  const FilterSum<T> sum{tiling, tiling.inputs(x, group), tiling.outputs(dy, group)};
  if (by_parts)
    sum_by_parts(sum, parts, block, team, u, v, d);
  else
    sum_by_places(sum, block, team, u, v, d);
  scatter_filters(tiling, u, filter_bank(tiling, dfilters, group), false);
}

}  // namespace

template <class T>
void winograd_backward_weights(const ConvolutionSizes& size, const T* x, const T* dy, T* dfilters) {
  const Tiling tiling(size);
  const auto pass = tiles_by_pieces(tiling, sizeof(T)) > 0 ? backward_weights_by_pieces<T>
                                                           : backward_weights_group<T>;
  for (Index group = 0; group < size.groups; ++group) pass(tiling, x, dy, dfilters, group);
}

template void winograd_backward_weights(const ConvolutionSizes&, const float*, const float*,
                                        float*);
template void winograd_backward_weights(const ConvolutionSizes&, const double*, const double*,
                                        double*);

}  // namespace lanewise::ops
