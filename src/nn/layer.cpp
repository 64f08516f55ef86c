// Contract in lanewise/nn/layer.hpp.
#include "lanewise/nn/layer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "lanewise/error.hpp"

namespace lanewise {

Layer named(std::string name, Layer layer) {
  if (name.empty() || name.find('/') != std::string::npos)
    throw ArgumentError(fmt::format(
        "named: got the name '{}', expected one that is not empty and has no '/'", name));
  layer.name = std::move(name);
  return layer;
}

Layer frozen(Layer layer) {
  layer.trainable = false;
  return layer;
}

Layer shared(Layer layer) {
  layer.identity = std::make_shared<const char>();
  return layer;
}

void check(const Regularizer& regularizer) {
  for (const double factor : {regularizer.l1, regularizer.l2})
    if (!(std::isfinite(factor) && factor >= 0))
      throw ArgumentError(fmt::format(
          "regularizer: got a factor of {}, expected a finite number of at least 0", factor));
}

void check_single(std::size_t inputs) {
  if (inputs != 1) throw ShapeError(fmt::format("got {} inputs, expected one", inputs));
}

}  // namespace lanewise
