// Arithmetic of several tensors: checks and threads. The contract is in lanewise/ops/merge.hpp.
//
// Work goes by tiles that stay in the first-level cache: of three inputs and more, each goes over
// the tile in turn, and memory is read and written once. (broadcast.hpp has the tiles.)
#include "lanewise/ops/merge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/broadcast.hpp"
#include "ops/check.hpp"
#include "parallel/parallel.hpp"

namespace lanewise {

namespace ops {
namespace {

// An element of the result, or of one gradient.
template <class T>
parallel::Work<T> element_of(std::size_t inputs) {
  const auto count = static_cast<double>(inputs);
  return {.flops = count, .bytes = sizeof(T) * (count + 1)};
}

template <class T>
using Views = std::span<const TensorView<const T>>;

template <class T>
const simd::MergeKernels<T>& table() {
  return cpu::kernels<simd::MergeKernels<T>>();
}

template <class T>
auto binary_of(MergeKind kind) {
  const auto& kernels = table<T>();
  switch (kind) {
    case MergeKind::subtract:
      return kernels.subtract;
    case MergeKind::multiply:
      return kernels.multiply;
    case MergeKind::maximum:
      return kernels.maximum;
    case MergeKind::minimum:
      return kernels.minimum;
    case MergeKind::add:
    case MergeKind::average:
      break;
  }
  return kernels.add;
}

template <class T>
void check_inputs(const char* operation, MergeKind kind, Views<T> x, const Shape& y) {
  if (kind < MergeKind::add || kind > MergeKind::minimum)
    throw ArgumentError(
        fmt::format("{}: got an unknown MergeKind, {}", operation, static_cast<int>(kind)));
  if (x.empty() || (kind == MergeKind::subtract && x.size() != 2))
    throw ArgumentError(fmt::format("{}: {} of {} inputs, expected {}", operation, to_string(kind),
                                    x.size(), x.empty() ? "one at least" : "two"));
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!broadcasts_to(x[i].shape(), y))
      throw ShapeError(
          fmt::format("{}: input {} of {} has shape {}, which does not broadcast to y of shape {}",
                      operation, i, to_string(kind), to_string(x[i].shape()), to_string(y)));
}

// y = x on the rows of a tile.
template <class T>
void copy_rows(TileRows<const T> x, TileRows<T> y, const Tile& tile) {
  for (Index r = 0; r < tile.rows; ++r)
    if (x.step == 0)
      std::fill_n(y.row(r), tile.length, *x.row(r));
    else if (x.row(r) != y.row(r))
      std::copy_n(x.row(r), tile.length, y.row(r));
}

// The gradient of one input on a tile, before any of it is summed: y's rows to `out`'s.
template <class T>
class LocalGradient {
 public:
  LocalGradient(MergeKind kind, Views<T> x, TensorView<const T> y, TensorView<const T> dy,
                std::size_t input)
      : kind_(kind), x_(x), y_(y), dy_(dy), input_(input) {}

  void operator()(const BroadcastLoops& loops, const Tile& tile, TileRows<T> out) const {
    const auto dy = loops.rows(dy_, tile);
    // The first step takes dy and each that follows what the last one gave.
    bool first = true;
    const auto each_row = [&](auto step) {
      for (Index r = 0; r < tile.rows; ++r) step(r, first ? dy.row(r) : out.row(r), out.row(r));
      first = false;
    };
    const auto& kernels = table<T>();
    const Index n = tile.length;
    const auto select = [&](std::size_t i, auto kernel) {
      const auto x = loops.rows(x_[i], tile), y = loops.rows(y_, tile);
      each_row(
          [&](Index r, const T* from, T* to) { kernel(x.row(r), x.step, y.row(r), from, to, n); });
    };
    switch (kind_) {
      case MergeKind::average: {
        const T count = static_cast<T>(x_.size());
        each_row([&](Index, const T* from, T* to) { kernels.divide(from, count, to, n); });
        break;
      }
      case MergeKind::multiply:
        for (std::size_t i = 0; i < x_.size(); ++i) {
          if (i == input_) continue;
          const auto x = loops.rows(x_[i], tile);
          each_row([&](Index r, const T* from, T* to) {
            kernels.multiply(from, 1, x.row(r), x.step, to, n);
          });
        }
        break;
      case MergeKind::maximum:
      case MergeKind::minimum:
        for (std::size_t i = 0; i < input_; ++i) select(i, kernels.drop_chosen);
        select(input_, kernels.keep_chosen);
        break;
      case MergeKind::add:
      case MergeKind::subtract:
        if (kind_ == MergeKind::subtract && input_ == 1) {
          const T minus = -1;
          each_row(
              [&](Index, const T* from, T* to) { kernels.multiply(from, 1, &minus, 0, to, n); });
        }
    }
    if (first) copy_rows<T>(dy, out, tile);
  }

 private:
  MergeKind kind_;
  Views<T> x_;
  TensorView<const T> y_, dy_;
  std::size_t input_;
};

// Adds a tile's gradients, rows of tile.length, to the elements that stand for them.
template <class T>
void add_tile(const T* gradients, const Tile& tile, TileRows<T> dx) {
  const auto& kernels = table<T>();
  if (dx.step == 0) {
    for (Index r = 0; r < tile.rows; ++r)
      *dx.row(r) += kernels.sum(gradients + r * tile.length, tile.length);
  } else if (dx.row_step == 0) {
    T sum[kTileElements];
    cpu::kernels<simd::RowsKernels<T>>().column_sums(gradients, tile.rows, tile.length, tile.length,
                                                     sum);
    kernels.add(dx.data, 1, sum, 1, dx.data, tile.length);
  } else {
    for (Index r = 0; r < tile.rows; ++r)
      kernels.add(dx.row(r), 1, gradients + r * tile.length, 1, dx.row(r), tile.length);
  }
}

// dx from the local gradients: written where dx has y's shape, and added up where it stands for
// more. Threads share dx, so that each element is added up by one of them, tile by tile.
template <class T>
void gather_gradient(const BroadcastLoops& loops, const LocalGradient<T>& local,
                     TensorView<const T> dy, const parallel::Work<T>& element, TensorView<T> dx) {
  const bool sums = dx.size() != dy.size();
  if (sums) std::fill(dx.begin(), dx.end(), T(0));
  const Index share = sums ? loops.tiles_in_share() : 1;
  const Index shares = loops.tiles() / share;
  parallel::parallel_for(shares, element * dy.size() / shares, [&](Index begin, Index end) {
    for (Index i = begin * share; i < end * share; ++i) {
      const Tile tile = loops.tile(i);
      const TileRows<T> to = loops.rows(dx, tile);
      if (!sums) {
        local(loops, tile, to);
        continue;
      }
      T gradients[kTileElements];
      local(loops, tile, {gradients, tile.length, 1});
      add_tile<T>(gradients, tile, to);
    }
  });
}

template <class T>
void forward(MergeKind kind, Views<T> x, TensorView<T> y) {
  if (y.empty()) return;
  const parallel::FlushToZero flush;
  const auto op = binary_of<T>(kind);
  const BroadcastLoops loops(y.shape(), x);
  const parallel::Work<T> whole = element_of<T>(x.size()) * y.size();
  parallel::parallel_for(loops.tiles(), whole / loops.tiles(), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Tile tile = loops.tile(i);
      const TileRows<T> to = loops.rows(y, tile);
      const auto first = loops.rows(x[0], tile);
      if (x.size() == 1) copy_rows<T>(first, to, tile);
      for (std::size_t k = 1; k < x.size(); ++k) {
        const auto next = loops.rows(x[k], tile);
        for (Index r = 0; r < tile.rows; ++r)
          if (k == 1)
            op(first.row(r), first.step, next.row(r), next.step, to.row(r), tile.length);
          else
            op(to.row(r), 1, next.row(r), next.step, to.row(r), tile.length);
      }
      if (kind == MergeKind::average)
        for (Index r = 0; r < tile.rows; ++r)
          table<T>().divide(to.row(r), static_cast<T>(x.size()), to.row(r), tile.length);
    }
  });
}

template <class T>
void backward(MergeKind kind, Views<T> x, TensorView<const T> y, TensorView<const T> dy,
              std::size_t input, TensorView<T> dx) {
  if (y.empty()) return std::fill(dx.begin(), dx.end(), T(0));
  const parallel::FlushToZero flush;
  gather_gradient<T>(BroadcastLoops(y.shape(), x), {kind, x, y, dy, input}, dy,
                     element_of<T>(x.size()), dx);
}

}  // namespace

Shape broadcast_shape(std::span<const Shape> shapes, std::string_view who) {
  const auto fail = [&] {
    std::vector<std::string> names;
    for (const Shape& shape : shapes) names.push_back(to_string(shape));
    return ShapeError(fmt::format("{}: shapes {} do not broadcast", who, fmt::join(names, ", ")));
  };
  if (shapes.empty()) throw ShapeError(fmt::format("{}: got no shapes", who));
  const auto rank = [](const Shape& a, const Shape& b) { return a.rank() < b.rank(); };
  const Shape& longest = *std::max_element(shapes.begin(), shapes.end(), rank);
  std::array<Index, Shape::kMaxRank> sizes{};
  for (int d = 0; d < longest.rank(); ++d) {
    Index& size = sizes[static_cast<std::size_t>(d)] = d == 0 ? shapes[0][0] : 1;
    for (const Shape& shape : shapes) {
      if (shape.rank() == 0) throw fail();
      const Index own = aligned_size(shape, longest, d);
      if (d > 0 && size == 1) size = own;
      if (own != size && (d == 0 || own != 1)) throw fail();
    }
  }
  return Shape(std::span<const Index>(sizes.data(), static_cast<std::size_t>(longest.rank())));
}

template <class T>
void accumulate(TensorView<const T> x, TensorView<T> y) {
  check_same("accumulate", {"x", x.shape()}, y.shape());
  const parallel::FlushToZero flush;
  const auto add = table<T>().add;
  parallel::parallel_for(
      x.size(), element_of<T>(2),
      [&](Index begin, Index end) {
        add(y.data() + begin, 1, x.data() + begin, 1, y.data() + begin, end - begin);
      },
      static_cast<Index>(kAlignment / sizeof(T)));
}

template <class T>
void merge_forward(MergeKind kind, Views<T> x, TensorView<T> y) {
  check_inputs<T>("merge_forward", kind, x, y.shape());
  forward<T>(kind, x, y);
}

template <class T>
void merge_backward(MergeKind kind, Views<T> x, TensorView<const T> y, TensorView<const T> dy,
                    Index input, TensorView<T> dx) {
  constexpr const char* kName = "merge_backward";
  check_inputs<T>(kName, kind, x, y.shape());
  if (input < 0 || input >= static_cast<Index>(x.size()))
    throw ArgumentError(
        fmt::format("{}: got input {}, expected one in [0, {})", kName, input, x.size()));
  const auto which = static_cast<std::size_t>(input);
  check_same(kName, {"dy", dy.shape()}, y.shape());
  check_same(kName, {"dx", dx.shape()}, x[which].shape());
  backward<T>(kind, x, y, dy, which, dx);
}

template <class T>
void broadcast(TensorView<const T> x, TensorView<T> y) {
  if (!broadcasts_to(x.shape(), y.shape()))
    throw ShapeError(
        fmt::format("broadcast: x has shape {}, which does not broadcast to y of "
                    "shape {}",
                    to_string(x.shape()), to_string(y.shape())));
  forward<T>(MergeKind::add, Views<T>(&x, 1), y);
}

template <class T>
void broadcast_backward(TensorView<const T> dy, TensorView<T> dx) {
  if (!broadcasts_to(dx.shape(), dy.shape()))
    throw ShapeError(
        fmt::format("broadcast_backward: dx has shape {}, which does not broadcast to "
                    "dy of shape {}",
                    to_string(dx.shape()), to_string(dy.shape())));
  // The gradient of a sum does not depend on what was added: neither x nor y is read.
  const TensorView<const T> x = dx;
  backward<T>(MergeKind::add, Views<T>(&x, 1), dy, dy, 0, dx);
}

#define LANEWISE_INSTANTIATE(T)                                                         \
  template LANEWISE_API void accumulate(TensorView<const T>, TensorView<T>);            \
  template LANEWISE_API void merge_forward(MergeKind, Views<T>, TensorView<T>);         \
  template LANEWISE_API void merge_backward(MergeKind, Views<T>, TensorView<const T>,   \
                                            TensorView<const T>, Index, TensorView<T>); \
  template LANEWISE_API void broadcast(TensorView<const T>, TensorView<T>);             \
  template LANEWISE_API void broadcast_backward(TensorView<const T>, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace ops
}  // namespace lanewise
