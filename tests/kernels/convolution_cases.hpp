#pragma once
// Convolutions worth computing, and a direct convolution with its gradients held against the
// reference.
//
// Bound: an element is a sum of `terms` products, each rounded, in any order and cut into blocks:
// |computed - exact| <= gamma(terms + 4) * (the same sum of absolute values), gamma(n) = n u / (1 -
// n u) and u = eps / 2 (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1); the
// reference, which adds in double, is rounded once to T. That sum of absolute values is the
// reference's result for the absolute values of both operands.
#include <cmath>
#include <string>
#include <vector>

#include "lanewise/ops/convolution.hpp"
#include "reference/convolution.hpp"
#include "support/kernel_case.hpp"

namespace lanewise::test {

// A row of the tables below: images of h x w pixels of c channels, k filters.
struct ConvolutionCase {
  Index n, h, w, c, k;
  Extent2D kernel, stride = 1, dilation = 1;
  Padding padding = Padding::valid;
  Index groups = 1;

  std::string text() const {
    const auto pair = [](Extent2D e) {
      return std::to_string(e.height) + "," + std::to_string(e.width);
    };
    std::string text = std::to_string(n);
    for (Index size : {h, w, c}) text += "x" + std::to_string(size);
    text += "-" + std::to_string(k) + "k" + pair(kernel) + "s" + pair(stride) + "d" +
            pair(dilation) + "g" + std::to_string(groups);
    if (padding.is_same()) return text + "same";
    for (Index size : {padding.top(), padding.bottom(), padding.left(), padding.right()})
      text += "p" + std::to_string(size);
    return text;
  }
  Window window() const { return {kernel, stride, dilation, padding}; }
  WindowOnImage on_image() const { return resolve_window(window(), {h, w}, "test"); }
  Shape x() const { return {n, h, w, c}; }
  Shape filters() const { return {kernel.height, kernel.width, c / groups, k}; }
  Shape y() const { return {n, on_image().output.height, on_image().output.width, k}; }
  template <class T>
  ops::ConvolutionOptions<T> options() const {
    return {.stride = stride,
            .dilation = dilation,
            .padding = padding,
            .groups = groups,
            .algorithm = ConvolutionAlgorithm::direct};  // winograd_test.cpp asks for the other one
  }
};

template <class T>
void check_close(const char* name, const Operand<T>& got, const Tensor<T>& want,
                 const Tensor<T>& magnitude, Index terms) {
  const double gamma = static_cast<double>(terms + 4) * eps<T>() / 2;
  check_near(name, got, want, [&](Index i) { return gamma * static_cast<double>(magnitude[i]); });
}

// All of one case: forward with bias and ReLU, both gradients, the transposed convolution.
template <class T>
void check(const ConvolutionCase& what, Random& random) {
  INFO(what.text());
  const Operand<T> x(what.x(), random), filters(what.filters(), random), dy(what.y(), random);
  const Operand<T> bias(Shape{what.k}, random), image_bias(Shape{what.c}, random);
  const Tensor<T> abs_bias = bias.magnitudes();
  const auto options = what.options<T>();
  auto forward = options, absolute = options;
  const bool relu = random.integer(0, 1) == 1;
  if (random.integer(0, 3) > 0) {
    forward.bias = bias.view().data();
    absolute.bias = abs_bias.data();
  }
  if (relu) forward.activation = lanewise::relu;
  const Index taps = what.kernel.height * what.kernel.width;

  Tensor<T> want, magnitude;  // of the latest comparison
  const auto compare = [&](const char* name, auto& run, auto& reference, const Operand<T>& a,
                           const Operand<T>& b, Operand<T>& got, Index terms, const auto& with,
                           const auto& with_absolute) {
    want = magnitude = Tensor<T>(got.shape());
    run(a.view(), b.view(), got.view(), with);
    reference(a.view(), b.view(), want, with);
    reference(a.magnitudes().view(), b.magnitudes().view(), magnitude, with_absolute);
    check_close(name, got, want, magnitude, terms);
  };
  Operand<T> y(what.y(), random), dx(what.x(), random), dfilters(what.filters(), random);
  compare("forward", ops::conv_forward<T>, reference::conv_forward<T>, x, filters, y,
          taps * what.c / what.groups, forward, absolute);
  compare("weights", ops::conv_backward_weights<T>, reference::conv_backward_weights<T>, x, dy,
          dfilters, dy.size() / what.k, options, options);
  compare("data", ops::conv_backward_data<T>, reference::conv_backward_data<T>, dy, filters, dx,
          taps * what.k / what.groups, options, options);

  auto transposed = options;
  transposed.bias = image_bias.data();
  if (relu) transposed.activation = lanewise::relu;
  ops::conv_transpose_forward<T>(dy.view(), filters.view(), dx.view(), transposed);
  for (Index i = 0; i < want.size(); ++i) {
    const T with_bias = want[i] + image_bias[i % what.c];
    want[i] = relu && with_bias < 0 ? T(0) : with_bias;
    magnitude[i] += std::abs(image_bias[i % what.c]);
  }
  check_close("transposed", dx, want, magnitude, taps * what.k / what.groups + 1);
}

// What edges there are, one by one; all sizes differ so that swapped axes show.
inline const std::vector<ConvolutionCase>& edges() {
  const Padding valid = Padding::valid, same = Padding::same;
  static const std::vector<ConvolutionCase> list{
      {3, 7, 9, 5, 6, {3, 2}},
      {2, 8, 11, 3, 17, {2, 5}, 1, 1, same},
      {2, 9, 6, 4, 33, {4, 3}, {2, 1}},
      {2, 10, 7, 2, 5, 3, {3, 2}, 1, same},
      {1, 13, 12, 3, 4, {3, 2}, 1, {2, 3}},
      {2, 7, 8, 3, 4, 3, 2, {2, 4}, same},
      {2, 9, 9, 2, 3, 3, {4, 6}, {6, 4}, {5, 6, 7, 4}},
      // A kernel larger than the image row; a stride beyond the kernel, and beyond the image.
      {2, 5, 3, 4, 6, {3, 5}, 1, 1, same},
      {2, 2, 2, 3, 2, 7, 1, 1, same},
      {2, 11, 10, 3, 4, {1, 2}, {3, 5}},
      {2, 4, 5, 3, 4, 2, 9},
      // One pixel, one channel, one filter.
      {1, 1, 1, 1, 1, 1},
      {3, 1, 1, 6, 5, 3, 1, 1, same},
      {4, 12, 10, 1, 32, 3},
      {4, 12, 10, 1, 1, {5, 3}, 1, 1, same},
      {2, 6, 7, 19, 1, 3, 1, 1, {0, 2, 1, 0}},
      // Padding on one side, beyond the kernel, odd.
      {2, 5, 6, 3, 4, 2, 1, 1, {3, 0, 0, 4}},
      {2, 5, 6, 3, 4, 4, 3, 1, same},
      // 1x1, with and without what turns it into a plain product.
      {3, 5, 6, 7, 9, 1},
      {3, 5, 6, 7, 9, 1, 2},
      {3, 5, 6, 7, 9, 1, 1, 1, {1, 0, 2, 1}},
      {3, 5, 6, 6, 9, 1, 1, 1, valid, 3},
      // 1x1 with a stride that leaves one row, one column, one pixel: not the pixels one by one.
      {3, 2, 2, 7, 9, 1, 2},
      {2, 3, 5, 4, 3, 1, {1, 7}},
      {2, 4, 3, 4, 3, 1, {4, 1}},
      {2, 1, 1, 4, 3, 1, 5},
      // The whole image under the filter, which is a plain product too; then not quite.
      {5, 4, 3, 7, 9, {4, 3}},
      {3, 1, 6, 5, 4, {1, 6}, 3},
      {80, 3, 3, 2, 17, 3},
      {2, 4, 3, 6, 4, {4, 3}, 1, 1, valid, 2},
      {2, 4, 3, 5, 4, {4, 3}, 1, 1, {0, 1, 0, 0}},
      // Groups, down to one channel each.
      {2, 6, 7, 6, 4, {3, 2}, 1, 1, valid, 2},
      {2, 6, 7, 6, 12, 3, {1, 2}, 1, same, 3},
      {2, 6, 7, 5, 10, 3, 1, 1, same, 5},
      // One row high: a sequence.
      {3, 1, 40, 5, 8, {1, 4}, {1, 3}},
  };
  return list;
}

// More than a block of the library holds, in each direction.
inline const std::vector<ConvolutionCase>& larger_than_blocks() {
  const Padding same = Padding::same;
  static const std::vector<ConvolutionCase> list{
      // More than a block of pixels in a row; a strip cut into columns.
      {1, 3, 700, 2, 9, 3, 1, 1, same},
      {1, 4, 150, 260, 3, {3, 3}, 1, 1, same},
      // Many small images in a block; the network of chapter 13.
      {40, 3, 2, 5, 7, 2, 1, 1, same},
      {5, 26, 26, 1, 32, 3},
      {2, 13, 13, 32, 64, 3},
      // Gradients of images that are unfolded and folded, in blocks of images.
      {70, 5, 4, 11, 18, 3},
      {5, 21, 20, 1, 16, {2, 3}, 1, {1, 2}, same},
      // The same with large filters, in several products.
      {7, 8, 8, 512, 64, 3},
      // Depth in several blocks; filters that are packed; many columns.
      {1, 4, 5, 260, 10, 3, 1, 1, same},
      {1, 5, 6, 120, 500, {3, 3}, 1, 1, same},
      {1, 5, 6, 43, 150, {3, 3}, 1, 1, same},
      {1, 5, 7, 600, 20, {2, 1}, {2, 1}},
      // dfilters in parts.
      {9, 30, 31, 2, 3, 3, {1, 1}, 1, same},
      // Windows too far apart for a strip.
      {2, 3, 50, 3, 4, 3, 1, {500, 300}, {499, 500, 300, 299}},
  };
  return list;
}

}  // namespace lanewise::test
