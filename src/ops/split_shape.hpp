#pragma once
// A shape split at one of its dimensions, the axis of an operation: (outer, size, inner).
#include <fmt/format.h>

#include <string_view>

#include "lanewise/error.hpp"
#include "lanewise/shape.hpp"

namespace lanewise::ops {

struct SplitShape {
  Index outer = 1, size = 1, inner = 1;

  // A negative axis counts from the last.
  SplitShape(const Shape& shape, int axis, std::string_view who) {
    const int rank = shape.rank(), own = axis < 0 ? axis + rank : axis;
    if (own < 0 || own >= rank)
      throw ShapeError(
          fmt::format("{}: the shape {} has no dimension {}", who, to_string(shape), axis));
    for (int d = 0; d < own; ++d) outer *= shape[d];
    size = shape[own];
    for (int d = own + 1; d < rank; ++d) inner *= shape[d];
  }
};

}  // namespace lanewise::ops
