// Depthwise convolution, through the public functions, against the scalar reference.
#include "lanewise/ops/depthwise.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "reference/depthwise.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/kernel_case.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using namespace lanewise::test;

namespace {

struct Case {
  const char* what;
  Index images, height, width;
  Extent2D kernel, stride = 1, dilation = 1;
  Padding padding = Padding::valid;
  Index multiplier = 1;
};

const std::vector<Case> kCases{
    {"3x3", 2, 5, 30, {3, 3}, 1, 1, Padding::same},
    {"3x3 valid", 1, 6, 13, {3, 3}},
    {"3x3, one result", 1, 3, 3, {3, 3}},
    {"rows of 8, 9 and 17 with all taps", 1, 4, 19, {3, 3}, 1, 1, Padding{0, 0, 1, 0}},
    {"several tiles, and rests of them", 2, 11, 39, {3, 3}, 1, 1, Padding::same},
    {"tiles with taps outside on both sides", 1, 7, 4, {3, 3}, 1, 1, Padding{2, 1, 2, 2}},
    {"5x5", 1, 9, 21, {5, 5}, 1, 1, Padding::same},
    {"5x5, lines and pixels left of tiles", 1, 8, 14, {5, 5}, 1, 1, Padding::same},
    {"5x5 valid, one line left", 2, 11, 17, {5, 5}},
    {"5x5, taps outside on both sides", 1, 2, 3, {5, 5}, 1, 1, Padding::same},
    {"5x5, one result", 1, 1, 1, {5, 5}, 1, 1, Padding::same},
    {"2x2", 1, 9, 22, {2, 2}, 1, 1, Padding::same},
    {"2x1, lines and pixels left of tiles", 1, 7, 15, {2, 1}, 1, 1, Padding::same},
    {"1x2, lines and pixels left of tiles", 1, 7, 17, {1, 2}, 1, 1, Padding::same},
    {"1x1", 2, 3, 9, {1, 1}},
    {"1x1, padded", 1, 4, 5, {1, 1}, 1, 1, Padding{1, 2, 2, 1}},
    {"1x1, stride beyond kernel", 1, 7, 8, {1, 1}, {3, 2}},
    {"not square", 1, 7, 9, {2, 5}, {1, 2}, 1, Padding::same},
    {"odd padding", 1, 6, 7, {4, 2}, 1, 1, Padding::same},
    {"stride 2", 2, 9, 12, {3, 3}, 2, 1, Padding::same},
    {"stride 2, tiles with all taps", 1, 11, 25, {3, 3}, 2, 1, Padding::same},
    {"stride 2, of taps as far apart", 1, 12, 21, {3, 3}, 2, 2, Padding{1, 2, 3, 1}},
    {"stride 4, of taps 2 apart", 1, 17, 41, {3, 3}, 4, 2, Padding::same},
    {"stride 2, one pixel", 1, 1, 1, {3, 3}, 2, 1, Padding::same},
    {"stride and dilation share a factor", 1, 15, 17, {3, 3}, {4, 2}, {2, 2}, Padding::same},
    {"stride and dilation share none", 1, 14, 13, {3, 3}, {2, 3}, {3, 2}, Padding{2, 1, 0, 3}},
    {"dilated", 1, 11, 12, {3, 3}, 1, {2, 3}, Padding::same},
    {"kernel beyond the image", 1, 2, 3, {7, 5}, 1, 1, Padding::same},
    {"dilation beyond the image", 1, 3, 2, {3, 3}, 1, 5, Padding::same},
    {"padding beyond the kernel", 1, 3, 4, {2, 2}, 1, 1, Padding{4, 3, 3, 5}},
    {"one pixel", 1, 1, 1, {3, 3}, 1, 1, Padding::same},
    {"one row", 3, 1, 20, {1, 3}, 1, 1, Padding::same},
    {"no images", 0, 5, 5, {3, 3}},
    {"multiplier 2", 1, 6, 5, {3, 2}, 1, 1, Padding::same, 2},
    {"multiplier 3, stride and dilation", 2, 9, 8, {3, 3}, {2, 1}, {1, 2}, Padding::same, 3},
};

template <class T>
std::vector<Index> channel_counts() {
  const Index lanes = cpu::kernels<simd::DepthwiseKernels<T>>().lanes;
  return {1,
          lanes - 1 > 1 ? lanes - 1 : 2,
          lanes,
          lanes + 1,
          2 * lanes - 1,
          2 * lanes + 1,
          3 * lanes + 1,
          37};
}

// The rounding of a sum of `terms` products of numbers up to 1.
template <class T>
double rounding(Index terms) {
  return eps<T>() / 2 * static_cast<double>(terms + 4) * static_cast<double>(terms);
}

template <class T>
struct Problem {
  Operand<T> x, filters, y, bias;
  ops::DepthwiseOptions<T> options;

  Problem(const Case& c, Index channels, Index misaligned, Random& random)
      : x({c.images, c.height, c.width, channels}, misaligned),
        filters({c.kernel.height, c.kernel.width, channels, c.multiplier}, misaligned),
        y(output(c, channels), misaligned),
        bias(Shape{channels * c.multiplier}, misaligned),
        options{.stride = c.stride, .dilation = c.dilation, .padding = c.padding} {
    for (Operand<T>* operand : {&x, &filters, &y, &bias}) random.fill(operand->span());
  }

  static Shape output(const Case& c, Index channels) {
    const auto w = resolve_window({c.kernel, c.stride, c.dilation, c.padding}, {c.height, c.width},
                                  "the test");
    return {c.images, w.output.height, w.output.width, channels * c.multiplier};
  }

  Index taps() const { return filters.shape()[0] * filters.shape()[1]; }
  Index multiplier() const { return filters.shape()[3]; }
};

// Every case at every number of channels.
template <class T, class Run>
void for_each_problem(Run run) {
  LANEWISE_SEED_INFO();
  Random random;
  for (const Case& c : kCases)
    for (const Index channels : channel_counts<T>()) {
      INFO(c.what << ", " << channels << " channels");
      Problem<T> problem(c, channels, channels % 3, random);
      run(problem);
    }
}

}  // namespace

TEMPLATE_TEST_CASE("depthwise_forward agrees with the reference", "[depthwise]", float, double) {
  using T = TestType;
  for_each_problem<T>([](Problem<T>& p) {
    for (const bool finished : {false, true}) {
      INFO("bias and relu " << finished);
      if (finished) p.options.bias = p.bias.data(), p.options.activation = relu;
      for (T& value : p.y.view()) value = NAN;  // written everywhere, not added to
      ops::depthwise_forward<T>(p.x.view(), p.filters.view(), p.y.view(), p.options);
      Tensor<T> want(p.y.shape());
      reference::depthwise_forward<T>(p.x.view(), p.filters.view(), want, p.options);
      check_near("y", p.y, want, rounding<T>(p.taps() + 1));
    }
  });
}

TEMPLATE_TEST_CASE("depthwise_backward_data agrees with the reference", "[depthwise]", float,
                   double) {
  using T = TestType;
  for_each_problem<T>([](Problem<T>& p) {
    for (T& value : p.x.view()) value = NAN;
    ops::depthwise_backward_data<T>(p.y.view(), p.filters.view(), p.x.view(), p.options);
    Tensor<T> want(p.x.shape());
    reference::depthwise_backward_data<T>(p.y.view(), p.filters.view(), want, p.options);
    check_near("dx", p.x, want, rounding<T>(p.taps() * p.multiplier()));
  });
}

TEMPLATE_TEST_CASE("depthwise_backward_weights agrees with the reference", "[depthwise]", float,
                   double) {
  using T = TestType;
  for_each_problem<T>([](Problem<T>& p) {
    for (T& value : p.filters.view()) value = NAN;
    ops::depthwise_backward_weights<T>(p.x.view(), p.y.view(), p.filters.view(), p.options);
    Tensor<T> want(p.filters.shape());
    reference::depthwise_backward_weights<T>(p.x.view(), p.y.view(), want, p.options);
    check_near("dfilters", p.filters, want, rounding<T>(p.y.size() / p.y.shape()[3]));
  });
}

TEMPLATE_TEST_CASE("depthwise convolutions give the same bits on any number of threads",
                   "[depthwise]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  // Larger than a second-level cache, and enough rows for many chunks of weights.
  const Case c{"large", 3, 40, 57, {3, 3}, 1, 1, Padding::same};
  Problem<T> p(c, 67, 0, random);
  const Tensor<T> dy(p.y.view());
  Tensor<T> y(p.y.shape()), dx(p.x.shape()), dw(p.filters.shape());
  bool first = true;
  for_each_thread_count([&] {
    Tensor<T> dx_now(p.x.shape()), dw_now(p.filters.shape());
    ops::depthwise_forward<T>(p.x.view(), p.filters.view(), p.y.view(), p.options);
    ops::depthwise_backward_data<T>(dy, p.filters.view(), dx_now, p.options);
    ops::depthwise_backward_weights<T>(p.x.view(), dy, dw_now, p.options);
    if (first) y = Tensor<T>(p.y.view()), dx = dx_now, dw = dw_now;
    first = false;
    CHECK(same_bits<T>(y.span(), p.y.view().span()));
    CHECK(same_bits<T>(dx.span(), dx_now.span()));
    CHECK(same_bits<T>(dw.span(), dw_now.span()));
  });
  reference::depthwise_forward<T>(p.x.view(), p.filters.view(), y, p.options);
  check_near("y", p.y, y, rounding<T>(9));
}

TEMPLATE_TEST_CASE("depthwise_forward: activations and special values", "[depthwise]", float,
                   double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const Case c{"", 2, 5, 6, {3, 3}, 1, 1, Padding::same};
  Problem<T> p(c, 19, 1, random);
  Tensor<T> z(p.y.shape()), expected(p.y.shape());
  ops::depthwise_forward<T>(p.x.view(), p.filters.view(), z, p.options);
  for (const ActivationFunction f : {lanewise::tanh, gelu, softmax}) {
    p.options.activation = f;
    ops::depthwise_forward<T>(p.x.view(), p.filters.view(), p.y.view(), p.options);
    ops::activation_forward<T>(f, z, expected);
    CHECK(same_bits<T>(p.y.view().span(), expected.span()));
  }

  // Through a filter of one tap that is 1, numbers come out as they went in, and NaN through relu.
  const T inf = std::numeric_limits<T>::infinity();
  Tensor<T> x({1, 1, 6, 17}), ones({1, 1, 17, 1}), y(x.shape());
  ones.fill(1);
  const T special[] = {NAN, inf, -inf, 0, std::numeric_limits<T>::max(), -3};
  for (Index i = 0; i < x.size(); ++i) x[i] = special[i / 17];
  ops::depthwise_forward<T>(x, ones, y, {.activation = relu});
  for (Index i = 0; i < x.size(); ++i) {
    if (i < 17)
      CHECK(std::isnan(y[i]));
    else
      CHECK(y[i] == (x[i] < 0 ? 0 : x[i]));
  }
}

// What is outside the image is not a zero: zero times infinity would be NaN.
TEMPLATE_TEST_CASE("depthwise convolutions pass over taps outside", "[depthwise]", float, double) {
  using T = TestType;
  for (const Index kernel : {3, 5})
    for (const Index stride : {1, 2}) {
      const Index size = 13, made = (size - 1) / stride + 1;
      Tensor<T> x({1, size, size, 19}), filters({kernel, kernel, 19, 1}), y({1, made, made, 19});
      const ops::DepthwiseOptions<T> options{.stride = stride, .padding = Padding::same};
      const auto is_infinite = [](const Tensor<T>& a) {
        for (const T value : a)
          if (!(value == std::numeric_limits<T>::infinity())) return false;
        return true;
      };
      x.fill(1), filters.fill(std::numeric_limits<T>::infinity());
      ops::depthwise_forward<T>(x, filters, y, options);
      CHECK(is_infinite(y));
      y.fill(1);
      ops::depthwise_backward_data<T>(y, filters, x, options);
      CHECK(is_infinite(x));
      x.fill(1), y.fill(std::numeric_limits<T>::infinity());
      ops::depthwise_backward_weights<T>(x, y, filters, options);
      CHECK(is_infinite(filters));
    }
}

// Of three taps so far apart, the middle one alone meets the image. What cannot be counted is
// refused.
TEMPLATE_TEST_CASE("depthwise convolutions with strides and dilations up to 2^62", "[depthwise]",
                   float, double) {
  using T = TestType;
  Random random;
  for (const Index multiplier : {1, 2}) {
    Tensor<T> x({2, 4, 5, 3}), filters({3, 3, 3, multiplier});
    random.fill(x.span());
    random.fill(filters.span());
    int counted = 0;
    for (int power = 16; power <= 62; ++power) {
      const Index far = Index(1) << power;
      for (const Extent2D stride : {Extent2D{1}, Extent2D{far, 1}, Extent2D{2, far}}) {
        CAPTURE(power, stride.height, stride.width, multiplier);
        const Extent2D out = resolve_window({.kernel = 1, .stride = stride}, {4, 5}, "test").output;
        const ops::DepthwiseOptions<T> options{
            .stride = stride,
            .dilation = {far, far - 1},
            .padding = stride == Extent2D{1} ? Padding::same : Padding{far, far, far - 1, far - 1}};
        Tensor<T> y({2, out.height, out.width, 3 * multiplier}), dx(x.shape()), dw(filters.shape());
        try {
          ops::depthwise_forward<T>(x, filters, y, options);
          ops::depthwise_backward_data<T>(y, filters, dx, options);
          ops::depthwise_backward_weights<T>(x, y, dw, options);
        } catch (const ShapeError& error) {
          CHECK(power >= 27);  // two sides, channels and bytes
          CHECK_THAT(error.what(), contains("depthwise_forward") && contains("count"));
          continue;
        }
        ++counted;
        for (Index i = 0; i < y.size(); ++i) {
          const Index k = i % (3 * multiplier), ox = i / (3 * multiplier) % out.width;
          const Index oy = i / (3 * multiplier) / out.width % out.height;
          const Index n = i / (3 * multiplier) / out.width / out.height;
          const Index iy = oy * (out.height == 1 ? 0 : stride.height);
          const Index ix = ox * (out.width == 1 ? 0 : stride.width);
          CHECK(y[i] == x(n, iy, ix, k / multiplier) * filters[4 * 3 * multiplier + k]);
        }
        // <dy, y> is <dx, x> and <dw, w>.
        const auto product = [](const Tensor<T>& a, const Tensor<T>& b) {
          double sum = 0;
          for (Index i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i] * b[i]);
          return sum;
        };
        CHECK(product(dx, x) == Approx(product(y, y)).epsilon(1e-4));
        CHECK(product(dw, filters) == Approx(product(y, y)).epsilon(1e-4));
      }
    }
    CHECK(counted > 3 * 10);
  }
}

TEST_CASE("depthwise convolutions refuse what does not fit", "[depthwise]") {
  const Tensor<float> x({2, 5, 6, 3}), filters({3, 3, 3, 2}), flat({5, 6, 3});
  Tensor<float> y({2, 3, 4, 6});
  y.fill(7);
  using Options = ops::DepthwiseOptions<float>;
  const auto forward = [&](const Tensor<float>& a, const Tensor<float>& w, Options options = {}) {
    ops::depthwise_forward<float>(a, w, y, options);
  };
  CHECK_THROWS_WITH(forward(flat, filters), contains("depthwise_forward") && contains("(5, 6, 3)"));
  CHECK_THROWS_AS(forward(x, flat), ShapeError);
  CHECK_THROWS_WITH(forward(x, Tensor<float>({3, 3, 4, 2})), contains("filters of 3 channels"));
  CHECK_THROWS_AS(forward(x, Tensor<float>({3, 3, 3, 0})), ShapeError);
  CHECK_THROWS_AS(forward(x, Tensor<float>({6, 3, 3, 2})), ShapeError);
  CHECK_THROWS_WITH(forward(Tensor<float>({2, 2, 2, 3}), filters),
                    !contains("channels come first"));
  CHECK_THROWS_WITH(forward(Tensor<float>({2, 1, 9, 9}), Tensor<float>({3, 3, 9, 1})),
                    contains("(2, 1, 9, 9)") && contains("channels come first"));
  CHECK_THROWS_AS(forward(x, filters, {.stride = 0}), ArgumentError);
  CHECK_THROWS_AS(forward(x, filters, {.dilation = {1, -1}}), ArgumentError);
  CHECK_THROWS_AS(forward(x, filters, {.padding = Padding{0, 0, -1, 0}}), ArgumentError);
  CHECK_THROWS_WITH(forward(x, filters, {.padding = Padding::same}), contains("(2, 5, 6, 6)"));
  CHECK_THROWS_AS(forward(x, filters, {.activation = {ActivationKind::elu, -1}}), ArgumentError);
  Tensor<float> dx({2, 5, 6, 4}), dw({3, 3, 3, 1});
  CHECK_THROWS_WITH(ops::depthwise_backward_data<float>(y, filters, dx),
                    contains("depthwise_backward_data"));
  CHECK_THROWS_WITH(ops::depthwise_backward_weights<float>(x, y, dw),
                    contains("depthwise_backward_weights"));
  for (const float value : y) CHECK(value == 7);
}
