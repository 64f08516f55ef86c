// Padding, cropping and enlarging images. The contract is in lanewise/ops/resampling.hpp.
//
// Padding and cropping copy rows; enlarging is done by kernels (simd/resampling.hpp). Threads share
// rows of the output.
#include "lanewise/ops/resampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "ops/image_rows.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

struct Image {
  Index count, height, width, channels;
  explicit Image(const Shape& shape)
      : count(shape[0]), height(shape[1]), width(shape[2]), channels(shape[3]) {}
  Index row() const { return width * channels; }
  Index rows() const { return count * height; }
  Index size() const { return height * row(); }  // of one image
};

// `larger` is `smaller` with `padding` around it.
void check_padding(std::string_view operation, const char* small_name, const Shape& smaller,
                   const char* large_name, const Shape& larger, const Padding& padding) {
  check_images(operation, {small_name, smaller});
  check_images(operation, {large_name, larger});
  if (padding.is_same())
    throw ArgumentError(fmt::format(
        "{}: got a padding of `same`, expected numbers of rows and columns", operation));
  if (std::min({padding.top(), padding.bottom(), padding.left(), padding.right()}) < 0)
    throw ArgumentError(
        fmt::format("{}: got ({}, {}) rows and ({}, {}) columns, expected at least 0", operation,
                    padding.top(), padding.bottom(), padding.left(), padding.right()));
  // By differences, which cannot overflow.
  const auto fits = [](Index large, Index small, Index before, Index after) {
    return large - small >= before && large - small - before == after;
  };
  if (larger[0] != smaller[0] || larger[3] != smaller[3] ||
      !fits(larger[1], smaller[1], padding.top(), padding.bottom()) ||
      !fits(larger[2], smaller[2], padding.left(), padding.right()))
    throw ShapeError(fmt::format(
        "{}: {} has shape {}, {} {}, expected ({}, {}) rows and ({}, {}) columns between them",
        operation, small_name, to_string(smaller), large_name, to_string(larger), padding.top(),
        padding.bottom(), padding.left(), padding.right()));
}

void check_factor(std::string_view operation, const char* small_name, const Shape& smaller,
                  const char* large_name, const Shape& larger, Extent2D factor) {
  check_images(operation, {small_name, smaller});
  check_images(operation, {large_name, larger});
  if (factor.height < 1 || factor.width < 1)
    throw ArgumentError(fmt::format("{}: got factors of ({}, {}), expected at least 1", operation,
                                    factor.height, factor.width));
  const auto fits = [](Index large, Index small, Index times) {
    return small == 0 ? large == 0 : large % small == 0 && large / small == times;
  };
  if (larger[0] != smaller[0] || larger[3] != smaller[3] ||
      !fits(larger[1], smaller[1], factor.height) || !fits(larger[2], smaller[2], factor.width))
    throw ShapeError(
        fmt::format("{}: {} has shape {}, {} {}, expected factors of ({}, {}) between them",
                    operation, small_name, to_string(smaller), large_name, to_string(larger),
                    factor.height, factor.width));
}

void check_interpolation(std::string_view operation, Interpolation interpolation) {
  if (interpolation != Interpolation::nearest && interpolation != Interpolation::bilinear)
    throw ArgumentError(fmt::format("{}: got an unknown Interpolation, {}", operation,
                                    static_cast<int>(interpolation)));
}

template <class T>
parallel::Work<T> row_copy(const Image& image) {
  return parallel::Work<T>{.bytes = 2 * sizeof(T)} * image.row();
}

template <class T>
const typename simd::ResamplingKernels<T>::Pair& kernels_of(Interpolation interpolation) {
  const auto& kernels = cpu::kernels<simd::ResamplingKernels<T>>();
  return interpolation == Interpolation::nearest ? kernels.nearest : kernels.bilinear;
}

simd::Enlargement enlargement(const Image& small, Extent2D factor) {
  return {small.height, small.width, small.channels, factor.height, factor.width};
}

}  // namespace

template <class T>
void zero_pad(TensorView<const T> x, const Padding& padding, TensorView<T> y) {
  check_padding("zero_pad", "x", x.shape(), "y", y.shape(), padding);
  if (y.empty()) return;  // without channels there may be any number of rows
  const Image from(x.shape()), to(y.shape());
  parallel::parallel_for(to.rows(), row_copy<T>(to), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index image = i / to.height, row = i % to.height - padding.top();
      T* out = y.data() + i * to.row();
      if (row < 0 || row >= from.height) {
        std::fill_n(out, to.row(), T(0));
        continue;
      }
      out = std::fill_n(out, padding.left() * to.channels, T(0));
      out = std::copy_n(x.data() + (image * from.height + row) * from.row(), from.row(), out);
      std::fill_n(out, padding.right() * to.channels, T(0));
    }
  });
}

template <class T>
void crop(TensorView<const T> x, const Padding& cropping, TensorView<T> y) {
  check_padding("crop", "y", y.shape(), "x", x.shape(), cropping);
  if (y.empty()) return;
  const Image from(x.shape()), to(y.shape());
  parallel::parallel_for(to.rows(), row_copy<T>(to), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index row = i / to.height * from.height + i % to.height + cropping.top();
      std::copy_n(x.data() + row * from.row() + cropping.left() * from.channels, to.row(),
                  y.data() + i * to.row());
    }
  });
}

template <class T>
void upsample(TensorView<const T> x, Extent2D factor, Interpolation interpolation,
              TensorView<T> y) {
  check_factor("upsample", "x", x.shape(), "y", y.shape(), factor);
  check_interpolation("upsample", interpolation);
  if (y.empty()) return;
  const parallel::FlushToZero flush;
  const Image from(x.shape()), to(y.shape());
  const auto& kernels = kernels_of<T>(interpolation);
  const simd::Enlargement shape = enlargement(from, factor);
  for_each_image(to.count, to.height, row_copy<T>(to), [&](Index n, Index begin, Index end) {
    kernels.forward(shape, x.data() + n * from.size(), y.data() + n * to.size(), begin, end);
  });
}

template <class T>
void upsample_backward(TensorView<const T> dy, Extent2D factor, Interpolation interpolation,
                       TensorView<T> dx) {
  check_factor("upsample_backward", "dx", dx.shape(), "dy", dy.shape(), factor);
  check_interpolation("upsample_backward", interpolation);
  if (dx.empty()) return;
  const parallel::FlushToZero flush;
  const Image from(dy.shape()), to(dx.shape());
  const auto& kernels = kernels_of<T>(interpolation);
  const simd::Enlargement shape = enlargement(to, factor);
  const double taken = static_cast<double>(factor.height) * static_cast<double>(factor.width);
  for_each_image(
      to.count, to.height, row_copy<T>(to) * (4 * taken), [&](Index n, Index begin, Index end) {
        kernels.backward(shape, dy.data() + n * from.size(), dx.data() + n * to.size(), begin, end);
      });
}

#define LANEWISE_INSTANTIATE(T)                                                              \
  template LANEWISE_API void zero_pad(TensorView<const T>, const Padding&, TensorView<T>);   \
  template LANEWISE_API void crop(TensorView<const T>, const Padding&, TensorView<T>);       \
  template LANEWISE_API void upsample(TensorView<const T>, Extent2D, Interpolation,          \
                                      TensorView<T>);                                        \
  template LANEWISE_API void upsample_backward(TensorView<const T>, Extent2D, Interpolation, \
                                               TensorView<T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise::ops
