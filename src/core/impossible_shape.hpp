#pragma once
#include "lanewise/error.hpp"

namespace lanewise {

// What Shape throws where there can be none: it knows its sizes, but not what they were made of.
// Who computed them and catches it can say so.
class ImpossibleShape : public ShapeError {
 public:
  using ShapeError::ShapeError;
};

}  // namespace lanewise
