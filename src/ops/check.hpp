#pragma once
// What operations ask of the shapes that they get, and the one sentence in which they refuse one:
//
//   max_pool: y has shape (2, 3, 3, 1), expected (2, 3, 3, 4) for x of shape (2, 6, 6, 4)
#include <initializer_list>
#include <string_view>

#include "lanewise/shape.hpp"

namespace lanewise::ops {

// A tensor by its name in messages.
struct Operand {
  std::string_view name;
  const Shape& shape;
};

// Throws ShapeError: "operation: x has shape (...), expected ...".
[[noreturn]] void refuse_shape(std::string_view operation, const Operand& x,
                               std::string_view expected);
// The same with the operands that this follows from: "... expected (...) for x of shape (...)".
[[noreturn]] void refuse_shape(std::string_view operation, const Operand& y, const Shape& expected,
                               std::initializer_list<Operand> from);

// `expected` says what the dimensions are: "(rows, columns)".
inline void check_rank(std::string_view operation, const Operand& x, int rank,
                       std::string_view expected) {
  if (x.shape.rank() != rank) refuse_shape(operation, x, expected);
}

inline void check_matrix(std::string_view operation, const Operand& x) {
  check_rank(operation, x, 2, "(rows, columns)");
}

inline void check_images(std::string_view operation, const Operand& x) {
  check_rank(operation, x, 4, "(images, height, width, channels)");
}

// `from` are the operands that the expected shape follows from, where it is not one of theirs.
inline void check_same(std::string_view operation, const Operand& y, const Shape& expected,
                       std::initializer_list<Operand> from = {}) {
  if (y.shape != expected) refuse_shape(operation, y, expected, from);
}

}  // namespace lanewise::ops
