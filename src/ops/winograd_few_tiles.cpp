// Contract and picture in ops/winograd_few_tiles.hpp.
#include "ops/winograd_few_tiles.hpp"

#include "ops/workspace.hpp"

namespace lanewise::ops {
namespace {

constexpr Index kFewTiles = 64;
constexpr Index kMostBytes = 16 << 20;  // of the tiles of both operands

// The sides of a piece of the filters, of which a transform is 36 times as large.
constexpr Index kPieceRows = 64, kPieceColumns = 32;

// Pieces of `count`, all but the last of one size, of at most `most`.
Index piece_of(Index count, Index most) {
  return divide_up(count, std::max<Index>(1, divide_up(count, most)));
}

// All tiles of one operand.
template <class T>
void gather_all(const Tiling& tiling, WinogradOperand operand, const TiledImages<const T>& images,
                const Places<T>& to, int team) {
  parallel::parallel_team(team, [&](int thread, int threads) {
    const Index begin = tiling.tiles() * thread / threads;
    Places<T> mine = to;
    mine.data += begin * to.columns;
    gather<T>({tiling, all_rows(tiling), begin, tiling.tiles() * (thread + 1) / threads}, operand,
              images, mine);
  });
}

// One operand's tiles, multiplied with the filters, become the other's.
template <class T>
struct Pass {
  WinogradOperand from, to;
  TiledImages<const T> source;
  TiledImages<T> target;
  FilterBank<const T> filters;  // of (channels of the source, channels of the target)
  bool transposed;              // or the other way round
  simd::WinogradFinish<T> finish;
};

// begin() is called when there is memory for everything.
template <class T, class Begin>
void run(const Tiling& tiling, const Pass<T>& pass, Begin begin) {
  const Index tiles = tiling.tiles();
  const Index depth = pass.transposed ? pass.filters.columns : pass.filters.rows;
  const Index columns = pass.transposed ? pass.filters.rows : pass.filters.columns;
  const Index rows = piece_of(depth, kPieceRows), wide = piece_of(columns, kPieceColumns);
  const Index pieces = divide_up(columns, wide);
  const int team = parallel::team_size(parallel::Work<T>{tiling.flops(tiles)}, pieces);
  Places<T> v(tiling, tiles, depth);
  const Places<T> m(tiling, tiles, wide), u(tiling, rows, wide);
  const Index bank = pass.transposed ? whole_lines<T>(tiling.size.taps() * rows * wide) : 0;
  const Index own = m.elements + u.elements + bank;
  v.data = workspace<T>(v.elements + own * team, 1);
  begin();
  gather_all<T>(tiling, pass.from, pass.source, v, team);

  parallel::parallel_team(team, [&](int thread, int threads) {
    T* const mine = v.data + v.elements + own * thread;
    for (Index piece = pieces * thread / threads; piece < pieces * (thread + 1) / threads;
         ++piece) {
      const Index j = piece * wide, n = std::min(wide, columns - j);
      Places<T> sums(tiling, tiles, n), factors(tiling, rows, n);
      sums.data = mine;
      factors.data = mine + m.elements;
      for (Index p = 0; p < depth; p += rows) {
        const Index k = std::min(rows, depth - p);
        transform_filters(tiling,
                          pass.transposed ? transpose_filters(tiling, pass.filters.part(j, n, p, k),
                                                              factors.data + u.elements)
                                          : pass.filters.part(p, k, j, n),
                          factors);
        for (Index place = 0; place < tiling.places(); ++place)
          multiply_place<T>({tiles, n, k, simd::GemmA::rows, v.at(place) + p, depth,
                             factors.at(place), n, sums.at(place), p > 0});
      }
      TiledImages<T> target = pass.target;
      target.data += j;
      simd::WinogradFinish<T> finish = pass.finish;
      if (finish.bias != nullptr) finish.bias += j;
      scatter<T>({tiling, all_rows(tiling), 0, tiles}, pass.to, sums, target, finish);
    }
  });
}

}  // namespace

bool has_few_tiles(const Tiling& tiling, Index element) {
  const Index tiles = tiling.tiles();
  return tiles <= kFewTiles &&
         tiles * tiling.places() * (tiling.c + tiling.k) * element <= kMostBytes;
}

template <class T>
void few_tiles_forward(const Tiling& tiling, const T* x, const T* filters, T* y, Index group,
                       const T* bias, bool relu) {
  const Pass<T> pass{WinogradOperand::input,
                     WinogradOperand::output,
                     tiling.inputs(x, group),
                     tiling.outputs(y, group),
                     filter_bank(tiling, filters, group),
                     false,
                     {.bias = bias, .relu = relu}};
  run(tiling, pass, [] {});
}

template <class T>
void few_tiles_backward_data(const Tiling& tiling, const T* dy, const T* filters, T* dx,
                             Index group, const T* bias) {
  const Pass<T> pass{WinogradOperand::output,
                     WinogradOperand::input,
                     tiling.outputs(dy, group),
                     tiling.inputs(dx, group),
                     filter_bank(tiling, filters, group),
                     true,
                     {.add = true}};
  run(tiling, pass, [&] { begin_sums(tiling, dx, group, bias); });
}

template <class T>
void few_tiles_backward_weights(const Tiling& tiling, const T* x, const T* dy, T* dfilters,
                                Index group) {
  const Index c = tiling.c, k = tiling.k, tiles = tiling.tiles();
  const Index tall = piece_of(c, kPieceRows), wide = piece_of(k, kPieceColumns);
  const Index across = divide_up(k, wide), pieces = divide_up(c, tall) * across;
  const int team = parallel::team_size(parallel::Work<T>{tiling.flops(tiles)}, pieces);
  Places<T> v(tiling, tiles, c), d(tiling, tiles, k);
  const Places<T> u(tiling, tall, wide);
  v.data = workspace<T>(v.elements + d.elements + u.elements * team, 1);
  d.data = v.data + v.elements;
  gather_all<T>(tiling, WinogradOperand::input, tiling.inputs(x, group), v, team);
  gather_all<T>(tiling, WinogradOperand::output, tiling.outputs(dy, group), d, team);

  const auto bank = filter_bank(tiling, dfilters, group);
  parallel::parallel_team(team, [&](int thread, int threads) {
    for (Index piece = pieces * thread / threads; piece < pieces * (thread + 1) / threads;
         ++piece) {
      const Index i = piece / across * tall, m = std::min(tall, c - i);
      const Index j = piece % across * wide, n = std::min(wide, k - j);
      Places<T> sums(tiling, m, n);
      sums.data = d.data + d.elements + u.elements * thread;
      for (Index place = 0; place < tiling.places(); ++place)
        multiply_place<T>({m, n, tiles, simd::GemmA::columns, v.at(place) + i, c, d.at(place) + j,
                           k, sums.at(place), false});
      scatter_filters(tiling, sums, bank.part(i, m, j, n));
    }
  });
}

#define LANEWISE_INSTANTIATE(T)                                                                  \
  template void few_tiles_forward(const Tiling&, const T*, const T*, T*, Index, const T*, bool); \
  template void few_tiles_backward_data(const Tiling&, const T*, const T*, T*, Index, const T*); \
  template void few_tiles_backward_weights(const Tiling&, const T*, const T*, T*, Index);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
