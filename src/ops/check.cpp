// Contract in ops/check.hpp.
#include "ops/check.hpp"

#include <fmt/format.h>

#include <string>

#include "lanewise/error.hpp"

namespace lanewise::ops {

void refuse_shape(std::string_view operation, const Operand& x, std::string_view expected) {
  throw ShapeError(fmt::format("{}: {} has shape {}, expected {}", operation, x.name,
                               to_string(x.shape), expected));
}

void refuse_shape(std::string_view operation, const Operand& y, const Shape& expected,
                  std::initializer_list<Operand> from) {
  std::string text = to_string(expected);
  const char* joint = " for ";
  for (const Operand& x : from) {
    text += fmt::format("{}{} of shape {}", joint, x.name, to_string(x.shape));
    joint = " and ";
  }
  refuse_shape(operation, y, text);
}

}  // namespace lanewise::ops
