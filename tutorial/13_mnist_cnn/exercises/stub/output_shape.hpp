#pragma once
// An exercise of chapter 13. Its page has hints, and the answer.
#include "13_mnist_cnn/sliding.hpp"
#include "support/exercise.hpp"

namespace yours {

/// The shape, (height, width, channels), of what a convolution or a pooling leaves of an image of
/// such a shape. \throws lanewise::ShapeError if the window does not fit into the image.
inline lanewise::Shape output_shape(const lanewise::Shape& image, const sliding::Sliding& layer) {
  tutorial::not_written_yet();  // yours instead
}

}  // namespace yours
