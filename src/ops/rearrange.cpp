// Permuting, concatenating and slicing. The contract is in lanewise/ops/rearrange.hpp.
#include "lanewise/ops/rearrange.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/round.hpp"
#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/split_shape.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

template <class T>
parallel::Work<T> copy_of(Index elements) {
  return parallel::Work<T>{.bytes = 2 * sizeof(T)} * elements;
}

std::string listed(std::span<const Shape> shapes) {
  std::vector<std::string> names;
  for (const Shape& shape : shapes) names.push_back(to_string(shape));
  return fmt::format("{}", fmt::join(names, ", "));
}

// Whether two shapes differ in this dimension at most.
bool agree(const Shape& a, const Shape& b, int but) {
  if (a.rank() != b.rank()) return false;
  for (int d = 0; d < a.rank(); ++d)
    if (d != but && a[d] != b[d]) return false;
  return true;
}

// A permutation as loops over y's dimensions, each with its step in x and in y. Dimensions of 1 are
// left out, and what stays together is one.
class Loops {
 public:
  struct Loop {
    Index size, x_step, y_step;
  };

  Loops(const Shape& x, std::span<const int> order) {
    std::array<Index, Shape::kMaxRank> x_steps{};
    Index step = 1;
    for (int d = x.rank() - 1; d >= 0; --d) {
      x_steps[static_cast<std::size_t>(d)] = step;
      step *= x[d];
    }
    Index y_step = 1;
    for (int d = x.rank() - 1; d >= 0; --d) {
      const int from = order[static_cast<std::size_t>(d)];
      const Index size = x[from], x_step = x_steps[static_cast<std::size_t>(from)];
      if (size == 1) continue;
      Loop* const inner = count_ > 0 ? &loops_[count_ - 1] : nullptr;
      if (inner != nullptr && x_step == inner->x_step * inner->size)
        inner->size *= size;
      else
        loops_[count_++] = {size, x_step, y_step};
      y_step *= size;
    }
    if (count_ == 0) loops_[count_++] = {1, 1, 1};
  }

  // Of y's innermost dimension, and of the one that is innermost in x: they may be the same.
  const Loop& inner() const { return loops_[0]; }
  std::size_t innermost_of_x() const {
    const auto* end = loops_.data() + count_;
    return static_cast<std::size_t>(
        std::find_if(loops_.data(), end, [](const Loop& loop) { return loop.x_step == 1; }) -
        loops_.data());
  }
  std::size_t count() const { return count_; }
  const Loop& operator[](std::size_t k) const { return loops_[k]; }

  struct Offsets {
    Index x, y;
  };
  // Of item i of those that all loops but the inner one and loop `without` count.
  Offsets at(Index i, std::size_t without) const {
    Offsets offsets{0, 0};
    for (std::size_t k = 1; k < count_; ++k) {
      if (k == without) continue;
      offsets.x += i % loops_[k].size * loops_[k].x_step;
      offsets.y += i % loops_[k].size * loops_[k].y_step;
      i /= loops_[k].size;
    }
    return offsets;
  }

 private:
  std::array<Loop, Shape::kMaxRank> loops_{};  // y's innermost first
  std::size_t count_ = 0;
};

void check_permute(const Shape& x, std::span<const int> order, const Shape& y) {
  std::array<bool, Shape::kMaxRank> seen{};
  const bool whole = static_cast<int>(order.size()) == x.rank();
  const bool valid = whole && std::all_of(order.begin(), order.end(), [&](int from) {
                       return from >= 0 && from < x.rank() &&
                              !std::exchange(seen[static_cast<std::size_t>(from)], true);
                     });
  if (!valid)
    throw ArgumentError(
        fmt::format("permute: got the order ({}) for x of shape {}, expected each "
                    "of its dimensions once",
                    fmt::join(order, ", "), to_string(x)));
  std::array<Index, Shape::kMaxRank> sizes{};
  for (std::size_t d = 0; d < order.size(); ++d) sizes[d] = x[order[d]];
  const Shape expected(std::span<const Index>(sizes.data(), order.size()));
  if (y != expected)
    throw ShapeError(fmt::format("permute: x {} in the order ({}) needs y to be {}, got {}",
                                 to_string(x), fmt::join(order, ", "), to_string(expected),
                                 to_string(y)));
}

}  // namespace

template <class T>
void permute(TensorView<const T> x, std::span<const int> order, TensorView<T> y) {
  check_permute(x.shape(), order, y.shape());
  if (x.empty()) return;
  const Loops loops(x.shape(), order);
  const Loops::Loop inner = loops.inner();
  const std::size_t across = loops.innermost_of_x();
  if (across == 0) {
    parallel::parallel_for(x.size() / inner.size, copy_of<T>(inner.size),
                           [&](Index begin, Index end) {
                             for (Index i = begin; i < end; ++i) {
                               const auto at = loops.at(i, 0);
                               std::copy_n(x.data() + at.x, inner.size, y.data() + at.y);
                             }
                           });
    return;
  }
  // Each item transposes a strip of the matrix (inner in x's rows, across in its columns).
  constexpr Index kStrip = 64;
  const Loops::Loop columns = loops[across];
  const Index strips = divide_up(inner.size, kStrip);
  const Index matrices = x.size() / (inner.size * columns.size);
  const auto transpose = cpu::kernels<simd::RowsKernels<T>>().transpose;
  parallel::parallel_for(matrices * strips, copy_of<T>(std::min(kStrip, inner.size) * columns.size),
                         [&](Index begin, Index end) {
                           for (Index i = begin; i < end; ++i) {
                             const auto at = loops.at(i / strips, across);
                             const Index row = i % strips * kStrip;
                             transpose(x.data() + at.x + row * inner.x_step, inner.x_step,
                                       y.data() + at.y + row, columns.y_step,
                                       std::min(kStrip, inner.size - row), columns.size);
                           }
                         });
}

Shape concatenated_shape(std::span<const Shape> shapes, int axis, std::string_view who) {
  if (shapes.empty()) throw ShapeError(fmt::format("{}: got no shapes", who));
  const Shape& first = shapes.front();
  const int along = axis < 0 ? axis + first.rank() : axis;
  std::array<Index, Shape::kMaxRank> sizes{};
  std::copy(first.sizes().begin(), first.sizes().end(), sizes.begin());
  for (const Shape& shape : shapes)
    if (along < 0 || along >= first.rank() || !agree(shape, first, along))
      throw ShapeError(fmt::format(
          "{}: shapes {} cannot stand one behind the other along dimension {}: they have to agree "
          "in all others",
          who, listed(shapes), axis));
  Index& sum = sizes[static_cast<std::size_t>(along)];
  for (const Shape& shape : shapes.subspan(1))
    if (__builtin_add_overflow(sum, shape[along], &sum))
      throw ShapeError(fmt::format("{}: shapes {} are too large to count", who, listed(shapes)));
  return Shape(std::span<const Index>(sizes.data(), static_cast<std::size_t>(first.rank())));
}

template <class T>
void concatenate(std::span<const TensorView<const T>> x, int axis, TensorView<T> y) {
  constexpr const char* kName = "concatenate";
  const SplitShape to(y.shape(), axis, kName);
  const int along = axis < 0 ? axis + y.rank() : axis;
  Index size = 0;
  const bool fit = std::all_of(x.begin(), x.end(), [&](const auto& part) {
    return agree(part.shape(), y.shape(), along) &&
           !__builtin_add_overflow(size, part.shape()[along], &size);
  });
  if (!fit || size != to.size) {
    std::vector<Shape> shapes;
    for (const auto& part : x) shapes.push_back(part.shape());
    const Shape expected = concatenated_shape(shapes, axis, kName);
    throw ShapeError(fmt::format("{}: {} along dimension {} need y to be {}, got {}", kName,
                                 listed(shapes), axis, to_string(expected), to_string(y.shape())));
  }
  if (y.empty()) return;
  parallel::parallel_for(to.outer, copy_of<T>(to.size * to.inner), [&](Index begin, Index end) {
    T* out = y.data() + begin * to.size * to.inner;
    for (Index i = begin; i < end; ++i)
      for (const auto& part : x) {
        const Index length = part.size() / to.outer;
        out = std::copy_n(part.data() + i * length, length, out);
      }
  });
}

template <class T>
void slice(TensorView<const T> x, int axis, Index begin, TensorView<T> y) {
  constexpr const char* kName = "slice";
  const SplitShape from(x.shape(), axis, kName), to(y.shape(), axis, kName);
  if (!agree(x.shape(), y.shape(), axis < 0 ? axis + x.rank() : axis) || begin < 0 ||
      begin > from.size - to.size)
    throw ShapeError(
        fmt::format("{}: x has shape {} and y {}, which is no part of it from {} on along "
                    "dimension {}",
                    kName, to_string(x.shape()), to_string(y.shape()), begin, axis));
  if (y.empty()) return;
  const Index length = to.size * to.inner, step = from.size * from.inner;
  parallel::parallel_for(to.outer, copy_of<T>(length), [&](Index first, Index end) {
    for (Index i = first; i < end; ++i)
      std::copy_n(x.data() + i * step + begin * from.inner, length, y.data() + i * length);
  });
}

#define LANEWISE_INSTANTIATE(T)                                                                 \
  template LANEWISE_API void permute(TensorView<const T>, std::span<const int>, TensorView<T>); \
  template LANEWISE_API void concatenate(std::span<const TensorView<const T>>, int,             \
                                         TensorView<T>);                                        \
  template LANEWISE_API void slice(TensorView<const T>, int, Index, TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
