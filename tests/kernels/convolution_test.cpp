// Convolution and its gradients against the reference, im2col and col2im against each other.
//
// Bound: an element is a sum of `terms` products, each rounded, in any order and cut into blocks:
// |computed - exact| <= gamma(terms + 4) * (the same sum of absolute values), gamma(n) = n u / (1 -
// n u) and u = eps / 2 (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1); the
// reference, which adds in double, is rounded once to T. That sum of absolute values is the
// reference's result for the absolute values of both operands.
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "lanewise/ops/convolution.hpp"
#include "lanewise/ops/gemm.hpp"
#include "reference/convolution.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/kernel_case.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::error_of;
using test::Operand;
using test::says;

namespace {

struct Case {
  Index n, h, w, c, k;
  Extent2D kernel, stride{}, dilation{};
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
  WindowOnImage window() const {
    return resolve_window({kernel, stride, dilation, padding}, {h, w}, "test");
  }
  Shape x() const { return {n, h, w, c}; }
  Shape filters() const { return {kernel.height, kernel.width, c / groups, k}; }
  Shape y() const { return {n, window().output.height, window().output.width, k}; }
  template <class T>
  ops::ConvolutionOptions<T> options() const {
    return {.stride = stride, .dilation = dilation, .padding = padding, .groups = groups};
  }
};

template <class T>
void check_close(const char* name, const Operand<T>& got, const Tensor<T>& want,
                 const Tensor<T>& magnitude, Index terms) {
  const double gamma = static_cast<double>(terms + 4) * test::eps<T>() / 2;
  test::check_near(name, got, want,
                   [&](Index i) { return gamma * static_cast<double>(magnitude[i]); });
}

// All of one case: forward with bias and ReLU, both gradients, the transposed convolution.
template <class T>
void check(const Case& what, test::Random& random) {
  INFO(what.text());
  const Operand<T> x(what.x(), random), filters(what.filters(), random), dy(what.y(), random);
  const Operand<T> bias(Shape{what.k}, random), image_bias(Shape{what.c}, random);
  const Tensor<T> abs_x = x.magnitudes(), abs_filters = filters.magnitudes(),
                  abs_dy = dy.magnitudes(), abs_bias = bias.magnitudes();
  const auto options = what.options<T>();
  auto forward = options, absolute = options;
  const bool relu = random.integer(0, 1) == 1;
  if (random.integer(0, 3) > 0) {
    forward.bias = bias.view().data();
    absolute.bias = abs_bias.data();
  }
  if (relu) forward.activation = lanewise::relu;
  const Index taps = what.kernel.height * what.kernel.width;

  Operand<T> y(what.y(), random);
  Tensor<T> expected(what.y()), magnitude(what.y());
  ops::conv_forward<T>(x.view(), filters.view(), y.view(), forward);
  reference::conv_forward<T>(x.view(), filters.view(), expected, forward);
  reference::conv_forward<T>(abs_x, abs_filters, magnitude, absolute);
  check_close("forward", y, expected, magnitude, taps * what.c / what.groups);

  Operand<T> dx(what.x(), random);
  Tensor<T> expected_dx(what.x()), magnitude_dx(what.x());
  ops::conv_backward_data<T>(dy.view(), filters.view(), dx.view(), options);
  reference::conv_backward_data<T>(dy.view(), filters.view(), expected_dx, options);
  reference::conv_backward_data<T>(abs_dy, abs_filters, magnitude_dx, options);
  check_close("data", dx, expected_dx, magnitude_dx, taps * what.k / what.groups);

  auto transposed = options;
  transposed.bias = image_bias.view().data();
  if (relu) transposed.activation = lanewise::relu;
  ops::conv_transpose_forward<T>(dy.view(), filters.view(), dx.view(), transposed);
  for (Index i = 0; i < expected_dx.size(); ++i) {
    const T with_bias = expected_dx[i] + image_bias.view()[i % what.c];
    expected_dx[i] = relu && with_bias < 0 ? T(0) : with_bias;
    magnitude_dx[i] += std::abs(image_bias.view()[i % what.c]);
  }
  check_close("transposed", dx, expected_dx, magnitude_dx, taps * what.k / what.groups + 1);

  Operand<T> dfilters(what.filters(), random);
  Tensor<T> expected_dw(what.filters()), magnitude_dw(what.filters());
  ops::conv_backward_weights<T>(x.view(), dy.view(), dfilters.view(), options);
  reference::conv_backward_weights<T>(x.view(), dy.view(), expected_dw, options);
  reference::conv_backward_weights<T>(abs_x, abs_dy, magnitude_dw, options);
  check_close("weights", dfilters, expected_dw, magnitude_dw, dy.view().size() / what.k);
}

// What edges there are, one by one; all sizes differ so that swapped axes show.
const std::vector<Case>& edges() {
  static const std::vector<Case> list{
      {.n = 3, .h = 7, .w = 9, .c = 5, .k = 6, .kernel = {3, 2}},
      {.n = 2, .h = 8, .w = 11, .c = 3, .k = 17, .kernel = {2, 5}, .padding = Padding::same},
      {.n = 2, .h = 9, .w = 6, .c = 4, .k = 33, .kernel = {4, 3}, .stride = {2, 1}},
      {.n = 2,
       .h = 10,
       .w = 7,
       .c = 2,
       .k = 5,
       .kernel = 3,
       .stride = {3, 2},
       .padding = Padding::same},
      {.n = 1, .h = 13, .w = 12, .c = 3, .k = 4, .kernel = {3, 2}, .dilation = {2, 3}},
      {.n = 2,
       .h = 7,
       .w = 8,
       .c = 3,
       .k = 4,
       .kernel = 3,
       .stride = 2,
       .dilation = {2, 4},
       .padding = Padding::same},
      {.n = 2,
       .h = 9,
       .w = 9,
       .c = 2,
       .k = 3,
       .kernel = 3,
       .stride = {4, 6},
       .dilation = {6, 4},
       .padding = {5, 6, 7, 4}},
      // A kernel larger than the image row; a stride beyond the kernel, and beyond the image.
      {.n = 2, .h = 5, .w = 3, .c = 4, .k = 6, .kernel = {3, 5}, .padding = Padding::same},
      {.n = 2, .h = 2, .w = 2, .c = 3, .k = 2, .kernel = 7, .padding = Padding::same},
      {.n = 2, .h = 11, .w = 10, .c = 3, .k = 4, .kernel = {1, 2}, .stride = {3, 5}},
      {.n = 2, .h = 4, .w = 5, .c = 3, .k = 4, .kernel = 2, .stride = 9},
      // One pixel, one channel, one filter.
      {.n = 1, .h = 1, .w = 1, .c = 1, .k = 1, .kernel = 1},
      {.n = 3, .h = 1, .w = 1, .c = 6, .k = 5, .kernel = 3, .padding = Padding::same},
      {.n = 4, .h = 12, .w = 10, .c = 1, .k = 32, .kernel = 3},
      {.n = 4, .h = 12, .w = 10, .c = 1, .k = 1, .kernel = {5, 3}, .padding = Padding::same},
      {.n = 2, .h = 6, .w = 7, .c = 19, .k = 1, .kernel = 3, .padding = {0, 2, 1, 0}},
      // Padding on one side, beyond the kernel, odd.
      {.n = 2, .h = 5, .w = 6, .c = 3, .k = 4, .kernel = 2, .padding = {3, 0, 0, 4}},
      {.n = 2, .h = 5, .w = 6, .c = 3, .k = 4, .kernel = 4, .stride = 3, .padding = Padding::same},
      // 1x1, with and without what turns it into a plain product.
      {.n = 3, .h = 5, .w = 6, .c = 7, .k = 9, .kernel = 1},
      {.n = 3, .h = 5, .w = 6, .c = 7, .k = 9, .kernel = 1, .stride = 2},
      {.n = 3, .h = 5, .w = 6, .c = 7, .k = 9, .kernel = 1, .padding = {1, 0, 2, 1}},
      {.n = 3, .h = 5, .w = 6, .c = 6, .k = 9, .kernel = 1, .groups = 3},
      // 1x1 with a stride that leaves one row, one column, one pixel: not the pixels one by one.
      {.n = 3, .h = 2, .w = 2, .c = 7, .k = 9, .kernel = 1, .stride = 2},
      {.n = 2, .h = 3, .w = 5, .c = 4, .k = 3, .kernel = 1, .stride = {1, 7}},
      {.n = 2, .h = 4, .w = 3, .c = 4, .k = 3, .kernel = 1, .stride = {4, 1}},
      {.n = 2, .h = 1, .w = 1, .c = 4, .k = 3, .kernel = 1, .stride = 5},
      // Groups, down to one channel each.
      {.n = 2, .h = 6, .w = 7, .c = 6, .k = 4, .kernel = {3, 2}, .groups = 2},
      {.n = 2,
       .h = 6,
       .w = 7,
       .c = 6,
       .k = 12,
       .kernel = 3,
       .stride = {1, 2},
       .padding = Padding::same,
       .groups = 3},
      {.n = 2, .h = 6, .w = 7, .c = 5, .k = 10, .kernel = 3, .padding = Padding::same, .groups = 5},
      // One row high: a sequence.
      {.n = 3, .h = 1, .w = 40, .c = 5, .k = 8, .kernel = {1, 4}, .stride = {1, 3}},
  };
  return list;
}

}  // namespace

TEMPLATE_TEST_CASE("convolution: every edge", "[convolution]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(20);
  for (const Case& what : edges()) check<TestType>(what, random);
}

TEMPLATE_TEST_CASE("convolution: a filter of one pixel that leaves one row or column",
                   "[convolution]", float, double) {
  using T = TestType;
  const auto holds = [](const Tensor<T>& got, std::initializer_list<T> want) {
    return std::equal(got.begin(), got.end(), want.begin(), want.end());
  };
  const Tensor<T> one({1, 1, 1, 1}, {1}), pair({2, 2, 2, 1}, {1, 2, 3, 4, 5, 6, 7, 8});
  const Tensor<T> corners({2, 1, 1, 1}, {3, 5});
  Tensor<T> y({2, 1, 1, 1}), dx(pair.shape()), dfilter(one.shape());
  dx.fill(NAN);
  const ops::ConvolutionOptions<T> half{.stride = 2};
  ops::conv_forward<T>(pair, one, y, half);
  CHECK(holds(y, {1, 5}));
  ops::conv_backward_data<T>(corners, one, dx, half);
  CHECK(holds(dx, {3, 0, 0, 0, 5, 0, 0, 0}));
  ops::conv_backward_weights<T>(pair, corners, dfilter, half);
  CHECK(holds(dfilter, {1 * 3 + 5 * 5}));
  dx.fill(NAN);
  ops::conv_transpose_forward<T>(corners, one, dx, half);
  CHECK(holds(dx, {3, 0, 0, 0, 5, 0, 0, 0}));

  const Tensor<T> square({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  Tensor<T> column({1, 3, 1, 1});
  ops::conv_forward<T>(square, one, column, {.stride = {1, 3}});
  CHECK(holds(column, {1, 4, 7}));
}

TEMPLATE_TEST_CASE("convolution: larger than every block", "[convolution][large]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(22);
  const std::vector<Case> large{
      // More than a block of pixels in a row; a strip cut into columns.
      {.n = 1, .h = 3, .w = 700, .c = 2, .k = 9, .kernel = 3, .padding = Padding::same},
      {.n = 1, .h = 4, .w = 150, .c = 260, .k = 3, .kernel = {3, 3}, .padding = Padding::same},
      // Many small images in a block; the network of chapter 13.
      {.n = 40, .h = 3, .w = 2, .c = 5, .k = 7, .kernel = 2, .padding = Padding::same},
      {.n = 5, .h = 26, .w = 26, .c = 1, .k = 32, .kernel = 3},
      {.n = 2, .h = 13, .w = 13, .c = 32, .k = 64, .kernel = 3},
      // Gradients of images that are unfolded and folded, in blocks of images.
      {.n = 70, .h = 5, .w = 4, .c = 11, .k = 18, .kernel = 3},
      {.n = 5,
       .h = 21,
       .w = 20,
       .c = 1,
       .k = 16,
       .kernel = {2, 3},
       .dilation = {1, 2},
       .padding = Padding::same},
      // Depth in several blocks; filters that are packed; many columns.
      {.n = 1, .h = 4, .w = 5, .c = 260, .k = 10, .kernel = 3, .padding = Padding::same},
      {.n = 1, .h = 5, .w = 6, .c = 120, .k = 500, .kernel = {3, 3}, .padding = Padding::same},
      {.n = 1, .h = 5, .w = 6, .c = 43, .k = 150, .kernel = {3, 3}, .padding = Padding::same},
      {.n = 1, .h = 5, .w = 7, .c = 600, .k = 20, .kernel = {2, 1}, .stride = {2, 1}},
      // dfilters in parts.
      {.n = 9,
       .h = 30,
       .w = 31,
       .c = 2,
       .k = 3,
       .kernel = 3,
       .stride = {1, 1},
       .padding = Padding::same},
      // Windows too far apart for a strip.
      {.n = 2,
       .h = 3,
       .w = 50,
       .c = 3,
       .k = 4,
       .kernel = 3,
       .dilation = {500, 300},
       .padding = {499, 500, 300, 299}},
  };
  for (const Case& what : large) check<TestType>(what, random);
}

TEMPLATE_TEST_CASE("convolution: every activation runs on the result", "[convolution]", float,
                   double) {
  LANEWISE_SEED_INFO();
  test::Random random(23);
  for (ActivationFunction f : {step, leaky_relu, lanewise::tanh, gelu, softmax, log_softmax})
    for (Index groups : {1, 2}) {
      CAPTURE(to_string(f.kind), groups);
      const Case what{.n = 3, .h = 9, .w = 31, .c = 4, .k = 6, .kernel = 2, .groups = groups};
      const Operand<TestType> x(what.x(), random), filters(what.filters(), random);
      Operand<TestType> y(what.y()), fused(what.y());
      auto options = what.options<TestType>();
      ops::conv_forward<TestType>(x.view(), filters.view(), y.view(), options);
      ops::activation_forward<TestType>(f, y.view(), y.view());
      options.activation = f;
      ops::conv_forward<TestType>(x.view(), filters.view(), fused.view(), options);
      // A vector's place in a register may decide how its exponential is rounded.
      for (Index i = 0; i < y.view().size(); ++i)
        CHECK(fused.view()[i] == Approx(y.view()[i]).epsilon(1e-5));
      CHECK(fused.intact());
    }
}

// Of three taps so far apart, the middle one alone meets the image: a convolution of one pixel.
// What cannot be counted is refused.
TEMPLATE_TEST_CASE("convolution: strides, dilations and paddings up to 2^62", "[convolution]",
                   float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  test::Random random(27);
  const Operand<T> x(Shape{2, 4, 5, 3}, random), filters(Shape{3, 3, 3, 6}, random);
  Tensor<T> middle({1, 1, 3, 6});
  std::copy_n(filters.data() + 4 * 18, 18, middle.data());
  int counted = 0;
  for (int power = 16; power <= 62; ++power) {
    const Index far = Index(1) << power;
    for (const Extent2D stride : {Extent2D{1}, Extent2D{far, 1}, Extent2D{2, far}}) {
      CAPTURE(power, stride.height, stride.width);
      const ops::ConvolutionOptions<T> options{
          .stride = stride,
          .dilation = {far, far - 1},
          .padding = stride == Extent2D{1} ? Padding::same : Padding{far, far, far - 1, far - 1}};
      const ops::ConvolutionOptions<T> near{.stride = stride};
      const Extent2D out = resolve_window({.kernel = 1, .stride = stride}, {4, 5}, "test").output;
      Tensor<T> y({2, out.height, out.width, 6}), dx({2, 4, 5, 3}), dw({3, 3, 3, 6});
      Tensor<T> want_y(y.shape()), want_dx(dx.shape()), want_dw(middle.shape());
      try {
        ops::conv_forward<T>(x.view(), filters.view(), y, options);
        ops::conv_backward_data<T>(y, filters.view(), dx, options);
        ops::conv_backward_weights<T>(x.view(), y, dw, options);
      } catch (const ShapeError& error) {
        CHECK(power >= 58);
        CHECK_THAT(error.what(), contains("conv_forward") && contains("count"));
        continue;
      }
      ++counted;
      reference::conv_forward<T>(x.view(), middle, want_y, near);
      reference::conv_backward_data<T>(want_y, middle, want_dx, near);
      reference::conv_backward_weights<T>(x.view(), want_y, want_dw, near);
      for (Index i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(want_y[i]).margin(1e-5));
      for (Index i = 0; i < dx.size(); ++i) CHECK(dx[i] == Approx(want_dx[i]).margin(1e-5));
      for (Index i = 0; i < dw.size(); ++i)
        CHECK(dw[i] == Approx(i / 18 == 4 ? want_dw[i % 18] : T(0)).margin(1e-5));
    }
  }
  CHECK(counted > 3 * 40);
}

TEMPLATE_TEST_CASE("convolution: an empty batch", "[convolution]", float, double) {
  const Case what{.n = 0, .h = 5, .w = 6, .c = 3, .k = 4, .kernel = 3};
  Tensor<TestType> x(what.x()), y(what.y()), filters(what.filters());
  filters.fill(7);
  ops::conv_forward<TestType>(x, filters, y);
  ops::conv_backward_data<TestType>(y, filters, x);
  ops::conv_backward_weights<TestType>(x, y, filters);
  CHECK(std::all_of(filters.begin(), filters.end(), [](TestType v) { return v == 0; }));
}

TEMPLATE_TEST_CASE("convolution: NaN and infinity reach their neighbours alone", "[convolution]",
                   float, double) {
  constexpr TestType kNan = std::numeric_limits<TestType>::quiet_NaN();
  constexpr TestType kInfinity = std::numeric_limits<TestType>::infinity();
  for (Padding padding : {Padding::valid, Padding::same}) {
    const Case what{.n = 2, .h = 8, .w = 9, .c = 3, .k = 5, .kernel = 3, .padding = padding};
    Tensor<TestType> x(what.x()), filters(what.filters()), y(what.y());
    x.fill(1), filters.fill(1);
    x(0, 3, 4, 1) = kNan;
    x(1, 4, 3, 2) = kInfinity;
    ops::conv_forward<TestType>(x, filters, y, {.padding = padding, .activation = relu});
    const WindowOnImage w = what.window();
    for (Index oy = 0; oy < w.output.height; ++oy)
      for (Index ox = 0; ox < w.output.width; ++ox) {
        const auto sees = [&](Index iy, Index ix) {
          const Index dy = iy - (oy - w.top), dx = ix - (ox - w.left);
          return dy >= 0 && dy < 3 && dx >= 0 && dx < 3;
        };
        CHECK(std::isnan(y(0, oy, ox, 4)) == sees(3, 4));
        CHECK(std::isinf(y(1, oy, ox, 0)) == sees(4, 3));
      }
  }
}

TEMPLATE_TEST_CASE("convolution: the same bits on any number of threads", "[convolution]", float,
                   double) {
  if (!has_openmp()) return;
  LANEWISE_SEED_INFO();
  test::Random random(24);
  const std::vector<Case> cases{
      {.n = 32, .h = 28, .w = 28, .c = 1, .k = 32, .kernel = 3},
      {.n = 8, .h = 13, .w = 13, .c = 32, .k = 64, .kernel = 3},
      {.n = 90, .h = 5, .w = 5, .c = 24, .k = 32, .kernel = 3},
      {.n = 3, .h = 14, .w = 14, .c = 96, .k = 80, .kernel = 3, .padding = Padding::same},
      {.n = 6,
       .h = 30,
       .w = 30,
       .c = 8,
       .k = 16,
       .kernel = 3,
       .stride = 2,
       .padding = Padding::same},
      {.n = 1, .h = 9, .w = 10, .c = 150, .k = 400, .kernel = 3, .padding = Padding::same},
  };
  constexpr Index kManyProducts = 10'000'000;  // would take sanitizers a minute
  for (const Case& what : cases) {
    if (test::kSanitized && what.y().size() * what.filters().size() / what.k > kManyProducts)
      continue;
    INFO(what.text());
    const Operand<TestType> x(what.x(), random), filters(what.filters(), random),
        dy(what.y(), random);
    const auto options = what.options<TestType>();
    std::vector<Tensor<TestType>> first;
    test::for_each_thread_count([&] {
      std::vector<Tensor<TestType>> results{Tensor<TestType>(what.y()), Tensor<TestType>(what.x()),
                                            Tensor<TestType>(what.filters())};
      ops::conv_forward<TestType>(x.view(), filters.view(), results[0], options);
      ops::conv_backward_data<TestType>(dy.view(), filters.view(), results[1], options);
      ops::conv_backward_weights<TestType>(x.view(), dy.view(), results[2], options);
      if (first.empty()) first = results;
      for (std::size_t i = 0; i < 3; ++i)
        CHECK(test::same_bits<TestType>(first[i].span(), results[i].span()));
    });
  }
}

TEMPLATE_TEST_CASE("im2col and col2im: adjoints, and equal to the reference", "[convolution]",
                   float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(25);
  for (const Case& what : edges()) {
    INFO(what.text());
    const Window window{what.kernel, what.stride, what.dilation, what.padding};
    const Shape unfolded{what.y().size() / what.k, what.kernel.height * what.kernel.width * what.c};
    const Operand<TestType> x(what.x(), random), c(unfolded, random);
    Operand<TestType> columns(unfolded), image(what.x());
    Tensor<TestType> expected(unfolded), expected_image(what.x());
    ops::im2col<TestType>(x.view(), window, columns.view());
    ops::col2im<TestType>(c.view(), window, image.view());
    CHECK(columns.intact());
    CHECK(image.intact());
    reference::im2col<TestType>(x.view(), window, expected);
    CHECK(test::same_bits<TestType>(columns.view().span(), expected.span()));

    double left = 0, right = 0, size = 0;
    for (Index i = 0; i < unfolded.size(); ++i) {
      const double term = static_cast<double>(columns.view()[i]) * static_cast<double>(c.view()[i]);
      left += term, size += std::abs(term);
    }
    for (Index i = 0; i < image.view().size(); ++i)
      right += static_cast<double>(x.view()[i]) * static_cast<double>(image.view()[i]);
    // Each pixel of col2im's result is a sum of at most kh * kw terms in T.
    const double steps = static_cast<double>(what.kernel.height * what.kernel.width);
    CHECK(std::abs(left - right) <=
          steps * static_cast<double>(std::numeric_limits<TestType>::epsilon()) * size + 1e-13);
    reference::col2im<TestType>(c.view(), window, expected_image);
    for (Index i = 0; i < image.view().size(); ++i)
      CHECK(image.view()[i] == Approx(expected_image[i]).margin(1e-5));
  }
}

TEMPLATE_TEST_CASE("convolution: unfolded image times filters", "[convolution]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(26);
  for (const Case& what : edges()) {
    if (what.groups != 1) continue;
    INFO(what.text());
    const Operand<TestType> x(what.x(), random), filters(what.filters(), random);
    const Index pixels = what.y().size() / what.k, depth = what.filters().size() / what.k;
    Tensor<TestType> columns({pixels, depth}), product({pixels, what.k}), y(what.y());
    ops::im2col<TestType>(x.view(), {what.kernel, what.stride, what.dilation, what.padding},
                          columns);
    ops::gemm<TestType>(columns, filters.view().reshape({depth, what.k}), product);
    ops::conv_forward<TestType>(x.view(), filters.view(), y, what.options<TestType>());
    for (Index i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(product[i]).margin(1e-4));
  }
}

TEST_CASE("convolution: refuses what does not fit, before it writes", "[convolution]") {
  const Tensor<float> x({2, 5, 6, 4}), filters({3, 2, 4, 7});
  Tensor<float> y({2, 3, 5, 7});
  y.fill(3);
  using Options = ops::ConvolutionOptions<float>;
  const auto forward = [&](const Tensor<float>& a, const Tensor<float>& b, Options options = {}) {
    return error_of([&] { ops::conv_forward<float>(a, b, y, options); });
  };
  says(forward(Tensor<float>({5, 6, 4}), filters), "conv_forward: x has shape (5, 6, 4)");
  says(forward(x, Tensor<float>({3, 2, 28})), "filters has shape (3, 2, 28)");
  says(forward(x, Tensor<float>({3, 2, 3, 7})), "(2, 5, 6, 4)", "(3, 2, 3, 7)",
       "expected filters of 4 channels");
  says(forward(x, filters, {.stride = 2}), "y has shape (2, 3, 5, 7)", "(2, 2, 3, 7)");
  says(forward(x, filters, {.groups = 3}), "4 channels in 3 groups");
  says(forward(x, filters, {.groups = 2}), "7 filters in 2 groups");
  says(forward(x, filters, {.groups = 0}), "got 0 groups");
  says(forward(x, filters, {.stride = {0, 1}}), "conv_forward: got strides of (0, 1)");
  says(forward(x, filters, {.dilation = {1, -1}}), "dilation");
  says(forward(x, filters, {.padding = {-1, 0, 0, 0}}), "padding");
  says(forward(x, filters, {.dilation = Index(1) << 62}), "too large to count");
  says(forward(x, Tensor<float>({6, 2, 4, 7})), "larger than the padded image");
  says(forward(Tensor<float>({2, 1, 9, 9}), Tensor<float>({3, 3, 9, 7})),
       "conv_forward: the window of (3, 3)", "(2, 1, 9, 9)", "channels come first");
  says(forward(Tensor<float>({0, 5, 6, 4}), filters,
               {.padding = {0, Index(1) << 59, Index(1) << 59, 0}}),
       "conv_forward: ", "more elements than an index can count");
  says(forward(x, filters, {.activation = {ActivationKind::elu, -1}}), "parameter");
  Tensor<float> dx(x.shape()), dfilters(filters.shape());
  says(error_of([&] { ops::conv_backward_data<float>(x, filters, dx); }),
       "conv_backward_data: dy has shape (2, 5, 6, 4), expected (2, 3, 5, 7)");
  says(error_of([&] { ops::conv_backward_weights<float>(x, x, dfilters); }),
       "conv_backward_weights: dy has shape");
  says(error_of([&] { ops::conv_transpose_forward<float>(x, filters, y); }),
       "conv_transpose_forward: y of shape (2, 3, 5, 7)", "expected filters of 7 channels");
  says(error_of(
           [&] { ops::im2col<float>(x, {.kernel = Index(1) << 31, .padding = Padding::same}, y); }),
       "im2col: ", "count");
  says(error_of([&] {
         ops::im2col<float>(x, {.kernel = {3, 2}}, y.reshape({30, 7}));
       }),
       "im2col: columns have shape (30, 7), expected (30, 24)");
  says(error_of([&] {
         ops::col2im<float>(x.reshape({10, 24}), {.kernel = {3, 2}}, dx);
       }),
       "col2im: columns have shape (10, 24), expected (30, 24)");
  CHECK(std::all_of(y.begin(), y.end(), [](float value) { return value == 3; }));
}
