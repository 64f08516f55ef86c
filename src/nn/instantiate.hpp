#pragma once
// What ends the definition of a description's make().
#include "lanewise/export.hpp"

// For both element types, which the library exports.
#define LANEWISE_INSTANTIATE_MAKE(Description)                                                     \
  template LANEWISE_API std::unique_ptr<Description::Kind::Made<float>> Description::make() const; \
  template LANEWISE_API std::unique_ptr<Description::Kind::Made<double>> Description::make() const;
