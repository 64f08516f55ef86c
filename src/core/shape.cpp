#include "lanewise/shape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/impossible_shape.hpp"

namespace lanewise {

Shape::Shape(std::span<const Index> sizes) {
  if (sizes.size() > kMaxRank)
    throw ImpossibleShape(
        fmt::format("Shape: got {} dimensions, expected at most {}", sizes.size(), int{kMaxRank}));
  // A zero anywhere makes the product 0, but the other sizes must still multiply without
  // overflow: reshaping and row strides multiply them on their own.
  Index nonzero_product = 1;
  for (Index size : sizes) {
    if (size < 0)
      throw ImpossibleShape(
          fmt::format("Shape: got ({}), expected no negative size", fmt::join(sizes, ", ")));
    if (size == 0) continue;
    if (__builtin_mul_overflow(nonzero_product, size, &nonzero_product))
      throw ImpossibleShape(fmt::format("Shape: ({}) has more elements than an index can count",
                                        fmt::join(sizes, ", ")));
  }
  rank_ = static_cast<int>(sizes.size());
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
  size_ = std::find(sizes.begin(), sizes.end(), 0) == sizes.end() ? nonzero_product : 0;
}

Index Shape::operator[](int axis) const {
  const int from_front = axis < 0 ? axis + rank_ : axis;
  if (from_front < 0 || from_front >= rank_)
    throw ShapeError(fmt::format("Shape: {} has no axis {}", to_string(*this), axis));
  return sizes_[static_cast<std::size_t>(from_front)];
}

Shape Shape::inner() const {
  if (rank_ == 0) throw ShapeError("Shape: a scalar has no outer dimension to take away");
  if (size_ == 0) return Shape(sizes().subspan(1));
  Shape shape;  // a part of what can be counted can be, too
  std::copy(sizes_.begin() + 1, sizes_.end(), shape.sizes_.begin());
  shape.rank_ = rank_ - 1;
  shape.size_ = size_ / sizes_[0];
  return shape;
}

Shape Shape::with_outer(Index size) const {
  Shape shape;
  if (rank_ < kMaxRank && size > 0 && size_ > 0 &&
      !__builtin_mul_overflow(size, size_, &shape.size_)) {
    shape.sizes_[0] = size;
    std::copy(sizes_.begin(), sizes_.end() - 1, shape.sizes_.begin() + 1);
    shape.rank_ = rank_ + 1;
    return shape;
  }
  // With a 0, or to be refused.
  std::array<Index, kMaxRank + 1> extended{};
  extended[0] = size;
  std::copy(sizes().begin(), sizes().end(), extended.begin() + 1);
  return Shape(std::span<const Index>(extended.data(), static_cast<std::size_t>(rank_) + 1));
}

std::string to_string(const Shape& shape) {
  return fmt::format("({}{})", fmt::join(shape.sizes(), ", "), shape.rank() == 1 ? "," : "");
}

}  // namespace lanewise
