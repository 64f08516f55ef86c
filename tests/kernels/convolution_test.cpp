// Convolution and its gradients against the reference, im2col and col2im against each other.
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "kernels/convolution_cases.hpp"
#include "lanewise/ops/gemm.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::check;
using test::ConvolutionCase;
using test::edges;
using test::error_of;
using test::larger_than_blocks;
using test::Operand;
using test::says;

TEMPLATE_TEST_CASE("convolution: every edge", "[convolution]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(20);
  for (const ConvolutionCase& what : edges()) check<TestType>(what, random);
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
  for (const ConvolutionCase& what : larger_than_blocks()) check<TestType>(what, random);
}

TEMPLATE_TEST_CASE("convolution: every activation runs on the result", "[convolution]", float,
                   double) {
  LANEWISE_SEED_INFO();
  test::Random random(23);
  for (ActivationFunction f : {step, leaky_relu, lanewise::tanh, gelu, softmax, log_softmax})
    for (Index groups : {1, 2}) {
      CAPTURE(to_string(f.kind), groups);
      const ConvolutionCase what{3, 9, 31, 4, 6, 2, 1, 1, Padding::valid, groups};
      const Operand<TestType> x(what.x(), random), filters(what.filters(), random);
      Operand<TestType> y(what.y()), fused(what.y());
      auto options = what.options<TestType>();
      ops::conv_forward<TestType>(x.view(), filters.view(), y.view(), options);
      ops::activation_forward<TestType>(f, y.view(), y.view());
      options.activation = f;
      ops::conv_forward<TestType>(x.view(), filters.view(), fused.view(), options);
      // A vector's place in a register may decide how its exponential is rounded.
      test::check_near("fused", fused, y.view(),
                       [&](Index i) { return 1e-5 * test::magnitude(y[i]); });
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
  const ConvolutionCase what{0, 5, 6, 3, 4, 3};
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
    const ConvolutionCase what{2, 8, 9, 3, 5, 3, 1, 1, padding};
    Tensor<TestType> x(what.x()), filters(what.filters()), y(what.y());
    x.fill(1), filters.fill(1);
    x(0, 3, 4, 1) = kNan;
    x(1, 4, 3, 2) = kInfinity;
    ops::conv_forward<TestType>(x, filters, y, {.padding = padding, .activation = relu});
    const WindowOnImage w = what.on_image();
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
  const Padding same = Padding::same;
  const std::vector<ConvolutionCase> cases{
      {32, 28, 28, 1, 32, 3},
      {8, 13, 13, 32, 64, 3},
      {90, 5, 5, 24, 32, 3},
      {3, 14, 14, 96, 80, 3, 1, 1, same},
      {6, 30, 30, 8, 16, 3, 2, 1, same},
      {1, 9, 10, 150, 400, 3, 1, 1, same},
  };
  constexpr Index kManyProducts = 10'000'000;  // would take sanitizers a minute
  for (const ConvolutionCase& what : cases) {
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

TEMPLATE_TEST_CASE("im2col and col2im: adjoints, equal to the reference, and a convolution's way",
                   "[convolution]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  test::Random random(25);
  for (const ConvolutionCase& what : edges()) {
    INFO(what.text());
    const Index pixels = what.y().size() / what.k;
    const Index taps = what.kernel.height * what.kernel.width;
    const Shape unfolded{pixels, taps * what.c};
    const Operand<T> x(what.x(), random), c(unfolded, random);
    Operand<T> columns(unfolded), image(what.x());
    Tensor<T> expected(unfolded), expected_image(what.x());
    ops::im2col<T>(x.view(), what.window(), columns.view());
    ops::col2im<T>(c.view(), what.window(), image.view());
    CHECK(columns.intact());
    reference::im2col<T>(x.view(), what.window(), expected);
    CHECK(test::same_bits<T>(columns.view().span(), expected.span()));
    reference::col2im<T>(c.view(), what.window(), expected_image);
    test::check_near("image", image, expected_image, 1e-5);

    double left = 0, right = 0, size = 0;
    for (Index i = 0; i < unfolded.size(); ++i) {
      const double term = static_cast<double>(columns[i]) * static_cast<double>(c[i]);
      left += term, size += std::abs(term);
    }
    for (Index i = 0; i < image.size(); ++i)
      right += static_cast<double>(x[i]) * static_cast<double>(image[i]);
    // Each pixel of col2im's result is a sum of at most kh * kw terms in T.
    CHECK(std::abs(left - right) <= static_cast<double>(taps) * test::eps<T>() * size + 1e-13);

    if (what.groups != 1) continue;
    const Operand<T> filters(what.filters(), random);
    Tensor<T> product({pixels, what.k}), y(what.y());
    ops::gemm<T>(columns.view(), filters.view().reshape({unfolded[1], what.k}), product);
    ops::conv_forward<T>(x.view(), filters.view(), y, what.options<T>());
    test::check_near<T>("product", y, product, 1e-4);
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
