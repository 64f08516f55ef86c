#pragma once
// MNIST's images with their labels, as networks take them.
#include <cstdint>

#include "lanewise/lanewise.hpp"

namespace tutorial {

/// Images and what they show. Views: nothing is copied, and the data set has to outlive them.
// [split]
struct Split {
  lanewise::TensorView<const std::uint8_t> images;  // (count, …), a byte a pixel
  lanewise::TensorView<const std::int32_t> labels;  // (count)

  // The pixels as a network gets them, in [0, 1].
  lanewise::ScaledBytes x() const { return {images, 1.0 / 255.0}; }
  lanewise::Index size() const { return labels.size(); }
  Split rows(lanewise::Index begin, lanewise::Index end) const {
    return {images.rows(begin, end), labels.rows(begin, end)};
  }
};
// [split]

/// The training images, each of the shape `image`, such as {784} or {28, 28, 1}.
/// \throws lanewise::ShapeError if that is not 784 pixels.
inline Split training_set(const lanewise::data::Mnist& mnist, const lanewise::Shape& image) {
  return {mnist.train_images.reshape(image.with_outer(mnist.train_labels.size())),
          mnist.train_labels};
}

/// The test images, as training_set().
inline Split test_set(const lanewise::data::Mnist& mnist, const lanewise::Shape& image) {
  return {mnist.test_images.reshape(image.with_outer(mnist.test_labels.size())), mnist.test_labels};
}

/// Pixels in [0, 1] as a tensor, for code that is not given a ScaledBytes.
template <class T>
lanewise::Tensor<T> pixels(lanewise::TensorView<const std::uint8_t> images) {
  lanewise::Tensor<T> x(images.shape());
  for (lanewise::Index i = 0; i < x.size(); ++i) x[i] = static_cast<T>(images[i]) / T(255);
  return x;
}

}  // namespace tutorial
