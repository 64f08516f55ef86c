// Winograd convolution against the reference in double.
//
// Bounds (lanewise/ops/convolution_algorithm.hpp): with a = (the largest |x| of the tile) times
// (the sum of |w|) of each channel, eps times 57 times the root of the sum of the squares of a; of
// numbers that are alike in size, eps times the larger of 3 times the sum of a and 12 times that
// root. Where tiles lie is not known here, so the largest |x| is taken of all pixels that may be in
// the same tile.
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/convolution_cases.hpp"
#include "lanewise/error.hpp"
#include "support/catch.hpp"

using namespace lanewise;
using test::ConvolutionCase;
using test::eps;
using test::Operand;

namespace {

// What the channels, or of the gradient of the filters the tiles, add up to.
struct Terms {
  double sum = 0, squares = 0;
  void add(double term) { sum += term, squares += term * term; }
  template <class T>
  double bound(bool alike) const {
    const double root = std::sqrt(squares);
    return eps<T>() * (alike ? std::max(3 * sum, 12 * root) : 57 * root);
  }
};
constexpr Index kReach = 6;  // pixels of a tile

template <class To, class From>
Tensor<To> converted(const From& tensor) {
  Tensor<To> result(tensor.shape());
  std::transform(tensor.begin(), tensor.end(), result.begin(),
                 [](auto element) { return static_cast<To>(element); });
  return result;
}

template <class T, class Bound>
void check_near(const char* name, const Operand<T>& got, const Tensor<double>& want, Bound most) {
  const Tensor<T> rounded = converted<T>(want);
  test::check_near(name, got, rounded, most);
}

// Numbers of very different sizes, or all as large as the largest.
template <class T>
void spread(Operand<T>& operand, test::Random& random) {
  const double powers = random.one_in(2) ? 1e-9 : 4;
  for (T& element : operand.span()) {
    const double size = std::pow(10.0, random.uniform(0.0, powers));
    element = static_cast<T>(random.one_in(2) ? size : -size);
  }
}

// For each pixel of (n, h, w, c) the largest |x| of its channel at most `reach` rows and columns
// away.
Tensor<double> largest_near(const Tensor<double>& x, Index reach) {
  const Shape s = x.shape();
  // Along one axis: `count` runs of `size` places, each of `step` numbers.
  const auto spread = [&](const Tensor<double>& from, Index count, Index size, Index step) {
    Tensor<double> to(s);
    for (Index run = 0; run < count; ++run)
      for (Index i = 0; i < size; ++i)
        for (Index j = std::max<Index>(0, i - reach); j < std::min(size, i + reach + 1); ++j)
          for (Index k = 0; k < step; ++k) {
            double& largest = to[(run * size + i) * step + k];
            const double near = std::abs(from[(run * size + j) * step + k]);
            largest = j == std::max<Index>(0, i - reach) ? near : std::max(largest, near);
          }
    return to;
  };
  return spread(spread(x, s[0] * s[1], s[2], s[3]), s[0], s[1], s[2] * s[3]);
}

// Looks at every n-th result: the bounds are those of chance, and the largest of a million errors
// is beyond them.
template <class T>
void check_winograd(const ConvolutionCase& what, test::Random& random, Index every = 1) {
  INFO(what.text());
  Operand<T> x(what.x(), random), filters(what.filters(), random), dy(what.y(), random);
  const Operand<T> bias(Shape{what.k}, random);
  const bool alike = random.one_in(2);
  if (!alike)
    for (auto* operand : {&x, &filters, &dy}) spread(*operand, random);
  auto options = what.options<T>();
  options.algorithm = ConvolutionAlgorithm::winograd;
  const auto exact = what.options<double>();
  const Tensor<double> x64 = converted<double>(x.view()), w64 = converted<double>(filters.view()),
                       dy64 = converted<double>(dy.view());
  const Index cg = what.c / what.groups, kg = what.k / what.groups;
  const Index taps = what.kernel.height * what.kernel.width;

  // The sum of |w| over the taps, of each channel of a group and filter.
  Tensor<double> sums({cg, what.k});
  sums.fill(0);
  for (Index t = 0; t < taps; ++t)
    for (Index i = 0; i < sums.size(); ++i) sums[i] += std::abs(w64[t * sums.size() + i]);
  const Tensor<double> near_x = largest_near(x64, kReach), near_dy = largest_near(dy64, kReach);
  // Of the pixel of `images` that lies where pixel (n, i, j) of `of` does, or the nearest one.
  const auto pixel = [](const Tensor<double>& images, Index n, Index i, Index j) {
    const Shape s = images.shape();
    return images.data() +
           ((n * s[1] + std::min(i, s[1] - 1)) * s[2] + std::min(j, s[2] - 1)) * s[3];
  };

  Operand<T> y(what.y(), random), dx(what.x(), random), dw(what.filters(), random);
  auto forward = options;
  forward.bias = bias.view().data();
  forward.activation = relu;
  auto exact_forward = exact;
  const Tensor<double> bias64 = converted<double>(bias.view());
  exact_forward.bias = bias64.data();
  exact_forward.activation = relu;
  Tensor<double> want(what.y());
  ops::conv_forward<T>(x.view(), filters.view(), y.view(), forward);
  reference::conv_forward<double>(x64, w64, want, exact_forward);
  const Shape out = what.y(), in = what.x();
  const auto looked_at = [&](Index i) { return i % every == 0; };
  constexpr double kAny = std::numeric_limits<double>::infinity();
  check_near("forward", y, want, [&](Index i) {
    if (!looked_at(i)) return kAny;
    const Index k = i % what.k, j = i / what.k % out[2], row = i / what.k / out[2];
    const double* const near = pixel(near_x, row / out[1], row % out[1], j);
    Terms terms;
    for (Index c = 0; c < cg; ++c) terms.add(near[k / kg * cg + c] * sums(c, k));
    return terms.template bound<T>(alike) + eps<T>() * std::abs(bias64[k]);
  });

  want = Tensor<double>(what.x());
  ops::conv_backward_data<T>(dy.view(), filters.view(), dx.view(), options);
  reference::conv_backward_data<double>(dy64, w64, want, exact);
  check_near("data", dx, want, [&](Index i) {
    if (!looked_at(i)) return kAny;
    const Index c = i % what.c, j = i / what.c % in[2], row = i / what.c / in[2];
    const double* const near = pixel(near_dy, row / in[1], row % in[1], j);
    Terms terms;
    for (Index k = 0; k < kg; ++k) terms.add(near[c / cg * kg + k] * sums(c % cg, c / cg * kg + k));
    return terms.template bound<T>(alike);
  });

  want = Tensor<double>(what.filters());
  ops::conv_backward_weights<T>(x.view(), dy.view(), dw.view(), options);
  reference::conv_backward_weights<double>(x64, dy64, want, exact);
  // Tiles may be smaller than 4 x 4, which makes more terms that are smaller.
  const double few = std::max(what.kernel.height, what.kernel.width) == 5 ? 2 : 1;
  std::vector<Terms> terms(static_cast<std::size_t>(cg * what.k));
  for (Index n = 0; n < out[0]; ++n)
    for (Index row = 0; row < out[1]; row += 4)
      for (Index column = 0; column < out[2]; column += 4)
        for (Index c = 0; c < cg; ++c)
          for (Index k = 0; k < what.k; ++k) {
            double tile = 0;
            for (Index i = row; i < std::min(row + 4, out[1]); ++i)
              for (Index j = column; j < std::min(column + 4, out[2]); ++j)
                tile += pixel(near_x, n, i, j)[k / kg * cg + c] * std::abs(dy64(n, i, j, k));
            // A sum of many |dy| is more than what they come to, of few or one it is not.
            const bool single = row + 1 >= out[1] && column + 1 >= out[2];
            terms[static_cast<std::size_t>(c * what.k + k)].add((single ? 2.5 : few) * tile);
          }
  check_near("weights", dw, want, [&](Index i) {
    if (!looked_at(i)) return kAny;
    return terms[static_cast<std::size_t>(i) % terms.size()].template bound<T>(alike);
  });
}

const Extent2D kKernels[] = {{3, 3}, {1, 3}, {3, 1}, {5, 5}, {1, 5}, {5, 3}};

}  // namespace

TEMPLATE_TEST_CASE("winograd: every tile and every edge of one", "[winograd]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(40);
  for (const Extent2D kernel : kKernels)
    for (const Padding& padding :
         {Padding::valid, Padding::same, Padding{1, 2, 4, 0}, Padding{7, 0, 0, 9}})
      for (Index size = 1; size <= 14; ++size) {
        const Index around = padding == Padding{1, 2, 4, 0} ? 3 : padding == Padding::valid ? 0 : 9;
        if (size + around < std::max(kernel.height, kernel.width)) continue;
        const Index other = random.integer(5, 15), c = random.integer(1, 9);
        check_winograd<TestType>({2, size, other, c, random.integer(1, 19), kernel, 1, 1, padding},
                                 random);
        check_winograd<TestType>({1, other, size, c, random.integer(1, 35), kernel, 1, 1, padding},
                                 random);
      }
}

TEMPLATE_TEST_CASE("winograd: at random", "[winograd]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(45);
  const Index most =
      test::kSanitized ? 10 : 40;  // channels and filters: reckoning the bounds takes long
  for (int i = 0; i < (test::kSanitized ? 8 : 30); ++i) {
    const Index groups = random.one_in(4) ? random.integer(2, 4) : 1;
    const auto edge = [&] { return random.integer(0, 3); };
    const Padding padding =
        random.one_in(2) ? Padding::same : Padding{edge(), edge(), edge(), edge()};
    check_winograd<TestType>({random.integer(1, 6), random.integer(5, 20), random.integer(5, 20),
                              groups * random.integer(1, most), groups * random.integer(1, most),
                              kKernels[random.integer(0, 5)], 1, 1, padding, groups},
                             random);
  }
}

TEMPLATE_TEST_CASE("winograd: groups", "[winograd]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(41);
  for (const Index groups : {2, 3, 5})
    check_winograd<TestType>({2, 9, 11, 3 * groups, 4 * groups, 3, 1, 1, Padding::same, groups},
                             random);
}

TEMPLATE_TEST_CASE("winograd: larger than every block", "[winograd][large]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(42);
  check_winograd<TestType>({5, 14, 13, 40, 24, 3, 1, 1, Padding::same}, random);
  check_winograd<TestType>({1, 30, 67, 8, 16, 3}, random);
  check_winograd<TestType>({1, 34, 35, 520, 3, 3}, random);
  check_winograd<TestType>({1, 35, 34, 3, 520, 3}, random);
  // Many tiles, but so many filters that they go piece by piece.
  check_winograd<TestType>({66, 3, 3, 520, 510, 3}, random, 97);
  // Few tiles, and more channels and filters than a piece has, or with the last piece smaller.
  check_winograd<TestType>({2, 7, 9, 130, 70, 3, 1, 1, Padding::same}, random);
  check_winograd<TestType>({2, 5, 5, 530, 20, 3, 1, 1, Padding::same}, random);
  check_winograd<TestType>({1, 6, 4, 18, 540, 3, 1, 1, Padding::same}, random);
}

TEMPLATE_TEST_CASE("winograd: the transposed convolution, and other activations", "[winograd]",
                   float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  test::Random random(43);
  const ConvolutionCase what{2, 8, 9, 6, 5, 3, 1, 1, Padding::same};
  const Operand<T> x(what.x(), random), y(what.y(), random), filters(what.filters(), random);
  const Operand<T> bias(Shape{what.k}, random), image_bias(Shape{what.c}, random);
  for (const ActivationFunction f : {linear, relu, lanewise::tanh, softmax}) {
    auto options = what.options<T>();
    options.activation = f;
    Operand<T> direct(what.y(), random), fast(what.y(), random);
    Operand<T> direct_back(what.x(), random), fast_back(what.x(), random);
    options.bias = bias.view().data();
    ops::conv_forward<T>(x.view(), filters.view(), direct.view(), options);
    options.bias = image_bias.view().data();
    ops::conv_transpose_forward<T>(y.view(), filters.view(), direct_back.view(), options);
    options.algorithm = ConvolutionAlgorithm::winograd;
    ops::conv_transpose_forward<T>(y.view(), filters.view(), fast_back.view(), options);
    options.bias = bias.view().data();
    ops::conv_forward<T>(x.view(), filters.view(), fast.view(), options);
    // Sums of 54 products of numbers up to 2, or so.
    const double most = 3 * eps<T>() * 54 * 4;
    test::check_near("forward", fast, direct.view(), [&](Index) { return most; });
    test::check_near("transposed", fast_back, direct_back.view(), [&](Index) { return most; });
  }
}

// What is not finite spoils all results of its tiles, in place of those that see it, and nothing
// else.
TEMPLATE_TEST_CASE("winograd: NaN and infinity stay in their tiles", "[winograd]", float, double) {
  using T = TestType;
  for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    const ConvolutionCase what{2, 16, 16, 3, 5, 3, 1, 1, Padding::same};
    Tensor<T> x(what.x()), filters(what.filters()), y(what.y());
    x.fill(1), filters.fill(1);
    x(1, 9, 6, 2) = bad;  // with tiles of 4 x 4 results from 6 x 6: in one tile of rows 8 to 11
    ops::conv_forward<T>(x, filters, y,
                         {.padding = Padding::same, .algorithm = ConvolutionAlgorithm::winograd});
    for (Index n = 0; n < 2; ++n)
      for (Index i = 0; i < 16; ++i)
        for (Index j = 0; j < 16; ++j) {
          const bool sees = n == 1 && std::abs(i - 9) <= 1 && std::abs(j - 6) <= 1;
          const bool in_tile = n == 1 && i / 4 == 2 && j / 4 == 1;
          CAPTURE(n, i, j, y(n, i, j, 0));
          if (sees) CHECK(!std::isfinite(y(n, i, j, 0)));
          if (!in_tile && !sees) CHECK(std::isfinite(y(n, i, j, 4)));
        }
  }
}
