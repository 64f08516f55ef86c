#pragma once
// A tensor's elements between canaries.
#include <cmath>
#include <span>

#include "lanewise/tensor.hpp"
#include "support/guarded.hpp"
#include "support/random_data.hpp"

namespace lanewise::test {

template <class T>
class Operand {
 public:
  // Zeros, `misaligned` elements past a 64-byte boundary.
  explicit Operand(const Shape& shape, Index misaligned = 0)
      : shape_(shape), memory_(1, shape.size(), shape.size(), misaligned) {}
  Operand(const Shape& shape, Random& random) : Operand(shape, random.integer(0, 3)) {
    random.fill(memory_.row(0));
  }

  TensorView<const T> view() const { return {memory_.data(), shape_}; }
  TensorView<T> view() { return {memory_.data(), shape_}; }
  T* data() { return memory_.data(); }
  const T* data() const { return memory_.data(); }
  const Shape& shape() const { return shape_; }
  Index size() const { return shape_.size(); }
  T& operator[](Index i) { return memory_.data()[i]; }
  const T& operator[](Index i) const { return memory_.data()[i]; }
  std::span<T> span() { return memory_.row(0); }
  std::span<const T> span() const { return view().span(); }
  bool intact() const { return memory_.intact(); }

  Tensor<T> magnitudes() const {
    Tensor<T> result(view());
    for (T& element : result) element = std::abs(element);
    return result;
  }

 private:
  Shape shape_;
  GuardedMatrix<T> memory_;
};

}  // namespace lanewise::test
