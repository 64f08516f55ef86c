// Contract and picture in ops/winograd_pieces.hpp.
#include "ops/winograd_pieces.hpp"

#include "ops/depth_blocks.hpp"
#include "ops/workspace.hpp"

namespace lanewise::ops {
namespace {

constexpr Index kTiles = 64;            // at most, of a round
constexpr Index kMostBytes = 16 << 20;  // of the gathered tiles, and of filters as a whole

// The sides of a piece of the filters, of which a transform is 36 times as large.
constexpr Index kPieceRows = 64, kPieceColumns = 32;

// The tiles [begin, end) of one operand.
template <class T>
void gather_shared(const Tiling& tiling, Index begin, Index end, WinogradOperand operand,
                   const TiledImages<const T>& images, const Places<T>& to, int team) {
  parallel::parallel_team(team, [&](int thread, int threads) {
    const Index first = (end - begin) * thread / threads;
    const Index last = (end - begin) * (thread + 1) / threads;
    Places<T> mine = to;
    mine.data += first * to.columns;
    gather<T>({tiling, all_rows(tiling), begin + first, begin + last}, operand, images, mine);
  });
}

// Up to this size in bytes each thread gathers all tiles for itself: to read what another thread
// has gathered, and to write there again the next time, takes longer than that. (32x5x5x64, two
// threads against one: forward 1.62 and 0.96, filters' gradient 1.36 and 0.88.)
constexpr Index kOwnBytes = 1 << 20;

// Memory for tiles of so many elements, which does not become less where they become more.
template <class T>
Index gathered_elements(Index elements, int team) {
  constexpr Index kOwn = kOwnBytes / sizeof(T);
  return std::max(elements, std::min(elements, kOwn) * team);
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

// prepare() is called when there is memory for everything.
template <class T, class Prepare>
void run(const Tiling& tiling, const Pass<T>& pass, Prepare prepare) {
  const Index most = tiles_by_pieces(tiling, sizeof(T));
  const Index depth = pass.transposed ? pass.filters.columns : pass.filters.rows;
  const Index columns = pass.transposed ? pass.filters.rows : pass.filters.columns;
  const Index rows = even_blocks(depth, kPieceRows, 1),
              wide = even_blocks(columns, kPieceColumns, 1);
  const Index pieces = divide_up(columns, wide);
  const int team = parallel::team_size(parallel::Work<T>{tiling.flops(most)}, pieces);
  Places<T> v(tiling, most, depth);
  const Places<T> m(tiling, most, wide), u(tiling, rows, wide);
  const Index bank = pass.transposed ? whole_lines<T>(tiling.size.taps() * rows * wide) : 0;
  const Index own = m.elements + u.elements + bank;
  const bool own_tiles = v.elements * Index{sizeof(T)} <= kOwnBytes;
  const Index gathered = gathered_elements<T>(v.elements, team);
  v.data = workspace<T>(gathered + own * team, 1);
  T* const memory = v.data + gathered;
  prepare();

  for (Index begin = 0; begin < tiling.tiles(); begin += most) {
    const Index tiles = std::min(most, tiling.tiles() - begin);
    if (!own_tiles) gather_shared<T>(tiling, begin, begin + tiles, pass.from, pass.source, v, team);
    parallel::parallel_team(team, [&](int thread, int threads) {
      T* const mine = memory + own * thread;
      Places<T> tiles_v = v;
      if (own_tiles) {
        tiles_v.data += v.elements * thread;
        gather<T>({tiling, all_rows(tiling), begin, begin + tiles}, pass.from, pass.source,
                  tiles_v);
      }
      for (Index piece = pieces * thread / threads; piece < pieces * (thread + 1) / threads;
           ++piece) {
        const Index j = piece * wide, n = std::min(wide, columns - j);
        Places<T> sums(tiling, tiles, n), factors(tiling, rows, n);
        sums.data = mine;
        factors.data = mine + m.elements;
        for (Index p = 0; p < depth; p += rows) {
          const Index k = std::min(rows, depth - p);
          const auto filters = pass.transposed
                                   ? transpose_filters(tiling, pass.filters.part(j, n, p, k),
                                                       factors.data + u.elements)
                                   : pass.filters.part(p, k, j, n);
          transform_filters(tiling, filters, factors);
          for (Index place = 0; place < tiling.places(); ++place)
            multiply_place<T>({tiles, n, k, simd::GemmA::rows, tiles_v.at(place) + p, depth,
                               factors.at(place), n, sums.at(place), p > 0});
        }
        TiledImages<T> target = pass.target;
        target.data += j;
        simd::WinogradFinish<T> finish = pass.finish;
        if (finish.bias != nullptr) finish.bias += j;
        scatter<T>({tiling, all_rows(tiling), begin, begin + tiles}, pass.to, sums, target, finish);
      }
    });
  }
}

}  // namespace

bool outweigh_tiles(const Tiling& tiling, Index element) {
  const auto c = static_cast<double>(tiling.c), k = static_cast<double>(tiling.k);
  return static_cast<double>(tiling.places() * element) * c * k > kMostBytes;
}

Index tiles_by_pieces(const Tiling& tiling, Index element) {
  const bool few = tiling.tiles() <= kTiles;
  if (!few && !outweigh_tiles(tiling, element)) return 0;
  const Index tile = tiling.places() * (tiling.c + tiling.k) * element;
  return std::max<Index>(1, std::min({kTiles, tiling.tiles(), kMostBytes / tile}));
}

template <class T>
void forward_by_pieces(const Tiling& tiling, const T* x, const T* filters, T* y, Index group,
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
void backward_data_by_pieces(const Tiling& tiling, const T* dy, const T* filters, T* dx,
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
void backward_weights_by_pieces(const Tiling& tiling, const T* x, const T* dy, T* dfilters,
                                Index group) {
  const Index c = tiling.c, k = tiling.k, most = tiles_by_pieces(tiling, sizeof(T));
  const Index tall = even_blocks(c, kPieceRows, 1), wide = even_blocks(k, kPieceColumns, 1);
  const Index across = divide_up(k, wide), pieces = divide_up(c, tall) * across;
  const int team = parallel::team_size(parallel::Work<T>{tiling.flops(most)}, pieces);
  Places<T> v(tiling, most, c), d(tiling, most, k);
  const Places<T> u(tiling, tall, wide);
  const Index both = v.elements + d.elements;
  const bool own_tiles = both * Index{sizeof(T)} <= kOwnBytes;
  const Index gathered = gathered_elements<T>(both, team);
  v.data = workspace<T>(gathered + u.elements * team, 1);
  d.data = v.data + v.elements;
  T* const memory = v.data + gathered;

  const auto inputs = tiling.inputs(x, group);
  const auto outputs = tiling.outputs(dy, group);
  const auto bank = filter_bank(tiling, dfilters, group);
  for (Index begin = 0; begin < tiling.tiles(); begin += most) {
    const Index tiles = std::min(most, tiling.tiles() - begin), end = begin + tiles;
    if (!own_tiles) {
      gather_shared<T>(tiling, begin, end, WinogradOperand::input, inputs, v, team);
      gather_shared<T>(tiling, begin, end, WinogradOperand::output, outputs, d, team);
    }
    parallel::parallel_team(team, [&](int thread, int threads) {
      Places<T> mine_v = v, mine_d = d;
      if (own_tiles) {
        mine_v.data += both * thread;
        mine_d.data += both * thread;
        const Tiles all{tiling, all_rows(tiling), begin, end};
        gather<T>(all, WinogradOperand::input, inputs, mine_v);
        gather<T>(all, WinogradOperand::output, outputs, mine_d);
      }
      for (Index piece = pieces * thread / threads; piece < pieces * (thread + 1) / threads;
           ++piece) {
        const Index i = piece / across * tall, m = std::min(tall, c - i);
        const Index j = piece % across * wide, n = std::min(wide, k - j);
        Places<T> sums(tiling, m, n);
        sums.data = memory + u.elements * thread;
        for (Index place = 0; place < tiling.places(); ++place)
          multiply_place<T>({m, n, tiles, simd::GemmA::columns, mine_v.at(place) + i, c,
                             mine_d.at(place) + j, k, sums.at(place), false});
        scatter_filters(tiling, sums, bank.part(i, m, j, n), begin > 0);
      }
    });
  }
}

#define LANEWISE_INSTANTIATE(T)                                                                  \
  template void forward_by_pieces(const Tiling&, const T*, const T*, T*, Index, const T*, bool); \
  template void backward_data_by_pieces(const Tiling&, const T*, const T*, T*, Index, const T*); \
  template void backward_weights_by_pieces(const Tiling&, const T*, const T*, T*, Index);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
