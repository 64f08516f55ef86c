// Padding, cropping and enlarging images: pixel by pixel against their formulas, and as adjoints.
#include "lanewise/ops/resampling.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "lanewise/error.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/operand.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::Operand;
using test::Random;
using test::same_bits;

namespace {

const std::vector<Padding> kPaddings{Padding::valid, {1, 1, 1, 1}, {2, 0, 0, 3}, {0, 1, 2, 0}};
const std::vector<Shape> kImages{
    {2, 3, 4, 5}, {1, 1, 1, 1}, {1, 2, 1, 17}, {3, 1, 3, 2}, {0, 2, 2, 1}};
const std::vector<Extent2D> kFactors{1, 2, 3, {1, 4}, {5, 2}};

template <class T>
Tensor<T> random_images(const Shape& shape, Random& random) {
  Tensor<T> x(shape);
  random.fill(x.span());
  return x;
}

template <class T>
double inner_product(TensorView<const T> a, TensorView<const T> b) {
  double sum = 0;
  for (Index i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

Shape enlarged(const Shape& s, Extent2D factor) {
  return {s[0], s[1] * factor.height, s[2] * factor.width, s[3]};
}

// The value of a row or column of pixels at a place between their centres.
struct Between {
  Index low, high;
  double fraction;
  Between(double at, Index size)
      : low(std::max<Index>(0, static_cast<Index>(std::floor(at)))),
        high(std::min(size - 1, static_cast<Index>(std::floor(at)) + 1)),
        fraction(at - std::floor(at)) {}
};

template <class T>
double bilinear(const Tensor<T>& x, Index n, double row, double column, Index c) {
  const Between v(row, x.shape()[1]), h(column, x.shape()[2]);
  const auto at = [&](Index i, Index j) { return static_cast<double>(x(n, i, j, c)); };
  const double upper = (1 - h.fraction) * at(v.low, h.low) + h.fraction * at(v.low, h.high);
  const double lower = (1 - h.fraction) * at(v.high, h.low) + h.fraction * at(v.high, h.high);
  return (1 - v.fraction) * upper + v.fraction * lower;
}

}  // namespace

TEMPLATE_TEST_CASE("zero_pad surrounds images, and crop takes it off", "[resampling]", float,
                   double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Shape& s : kImages)
    for (const Padding& p : kPaddings) {
      const Tensor<T> x = random_images<T>(s, random);
      const Shape padded{s[0], p.top() + s[1] + p.bottom(), p.left() + s[2] + p.right(), s[3]};
      Operand<T> y(padded, 1);
      const TensorView<T> view = y.view();
      for (T& value : view) value = NAN;
      ops::zero_pad<T>(x, p, view);
      CHECK(y.intact());
      bool right = true;
      for (Index n = 0; n < padded[0]; ++n)
        for (Index i = 0; i < padded[1]; ++i)
          for (Index j = 0; j < padded[2]; ++j)
            for (Index c = 0; c < padded[3]; ++c) {
              const Index row = i - p.top(), column = j - p.left();
              const bool inside = row >= 0 && row < s[1] && column >= 0 && column < s[2];
              right = right && view(n, i, j, c) == (inside ? x(n, row, column, c) : 0);
            }
      CHECK(right);
      Operand<T> back(s, 1);
      ops::crop<T>(view, p, back.view());
      CHECK(back.intact());
      CHECK(same_bits<T>(back.view().span(), x.span()));
    }
}

TEMPLATE_TEST_CASE("upsample makes blocks, or mixes by the distance of centres", "[resampling]",
                   float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Shape& s : kImages)
    for (const Extent2D factor : kFactors) {
      INFO(to_string(s) << " times " << factor.height << ", " << factor.width);
      const Tensor<T> x = random_images<T>(s, random);
      const Shape large = enlarged(s, factor);
      Operand<T> blocks(large, 1), mixed(large, 1);
      ops::upsample<T>(x, factor, Interpolation::nearest, blocks.view());
      ops::upsample<T>(x, factor, Interpolation::bilinear, mixed.view());
      CHECK(blocks.intact());
      CHECK(mixed.intact());
      bool same = true;
      double worst = 0;
      Index at = 0;
      for (Index n = 0; n < large[0]; ++n)
        for (Index i = 0; i < large[1]; ++i)
          for (Index j = 0; j < large[2]; ++j)
            for (Index c = 0; c < large[3]; ++c, ++at) {
              same = same && blocks[at] == x(n, i / factor.height, j / factor.width, c);
              const double expected = bilinear(
                  x, n, (static_cast<double>(i) + 0.5) / static_cast<double>(factor.height) - 0.5,
                  (static_cast<double>(j) + 0.5) / static_cast<double>(factor.width) - 0.5, c);
              const double error = std::abs(static_cast<double>(mixed[at]) - expected);
              worst = error <= worst ? worst : error;
            }
      CHECK(same);
      // Two weights, rounded, and five operations on numbers up to 1.
      CHECK(worst <= 8 * static_cast<double>(std::numeric_limits<T>::epsilon()));
    }
}

TEST_CASE("upsample: numbers one can follow", "[resampling]") {
  const Tensor<float> x({1, 1, 2, 1}, {0, 4});
  Tensor<float> y({1, 2, 4, 1});
  ops::upsample<float>(x, 2, Interpolation::bilinear, y);
  const float expected[] = {0, 1, 3, 4, 0, 1, 3, 4};
  for (Index i = 0; i < 8; ++i) CHECK(y[i] == expected[i]);
  Tensor<float> dx({1, 1, 2, 1});
  const Tensor<float> dy({1, 2, 4, 1}, {1, 0, 0, 0, 0, 1, 0, 0});
  ops::upsample_backward<float>(dy, 2, Interpolation::bilinear, dx);
  CHECK(dx[0] == 1.75f);
  CHECK(dx[1] == 0.25f);
}

TEMPLATE_TEST_CASE("backward passes are adjoints, on any number of threads",
                   "[resampling][threads]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const auto check = [&](const Shape& s, Extent2D factor, Interpolation interpolation) {
    const Tensor<T> x = random_images<T>(s, random);
    const Tensor<T> dy = random_images<T>(enlarged(s, factor), random);
    Tensor<T> first;
    test::for_each_thread_count([&] {
      Tensor<T> y(dy.shape());
      ops::upsample<T>(x, factor, interpolation, y);
      Operand<T> dx(s, 1);
      const TensorView<T> view = dx.view();
      for (T& value : view) value = NAN;  // overwritten, not added to
      ops::upsample_backward<T>(dy, factor, interpolation, view);
      CHECK(dx.intact());
      if (first.size() != s.size()) first = Tensor<T>(TensorView<const T>(view));
      CHECK(same_bits<T>(view.span(), first.span()));
      const double bound = static_cast<double>(std::numeric_limits<T>::epsilon()) * 8 *
                           static_cast<double>(dy.size());
      CHECK(std::abs(inner_product<T>(y, dy) - inner_product<T>(x, view)) <= bound);
    });
  };
  for (const Interpolation interpolation : {Interpolation::nearest, Interpolation::bilinear}) {
    for (const Shape& s : kImages)
      for (const Extent2D factor : kFactors) check(s, factor, interpolation);
    check({4, 31, 29, 33}, {2, 3}, interpolation);  // large enough to be shared
  }
}

TEST_CASE("images without channels have no rows to walk over", "[resampling]") {
  constexpr Index kMany = Index(1) << 60;
  const Tensor<float> x({1, 1, 1, 0}), large({1, kMany, 1, 0}), longer({1, kMany + 2, 1, 0});
  Tensor<float> y(large.shape()), padded(longer.shape());
  ops::upsample<float>(x, {kMany, 1}, Interpolation::bilinear, y);
  ops::upsample_backward<float>(large, 1, Interpolation::nearest, y);
  ops::zero_pad<float>(large, {1, 1, 0, 0}, padded);
  ops::crop<float>(longer, {1, 1, 0, 0}, y);
  CHECK(y.empty());
}

TEST_CASE("resampling refuses what does not fit", "[resampling]") {
  const Tensor<float> x({1, 2, 3, 4}), flat({2, 3, 4});
  Tensor<float> y({1, 4, 6, 4});
  y.fill(7);
  const auto nearest = Interpolation::nearest;
  CHECK_THROWS_WITH(ops::zero_pad<float>(x, {1, 1, 1, 1}, y), contains("zero_pad: x has shape"));
  CHECK_THROWS_AS(ops::zero_pad<float>(x, {1, 1, 1, 1}, y), ShapeError);
  CHECK_THROWS_AS(ops::zero_pad<float>(flat, {1, 1, 1, 2}, y), ShapeError);
  CHECK_THROWS_AS(ops::zero_pad<float>(x, {3, -1, 1, 2}, y), ArgumentError);
  CHECK_THROWS_AS(ops::zero_pad<float>(x, Padding::same, y), ArgumentError);
  CHECK_THROWS_AS(ops::crop<float>(x, {1, 1, 1, 2}, y), ShapeError);
  CHECK_THROWS_WITH(ops::upsample<float>(x, {2, 3}, nearest, y), contains("factors of (2, 3)"));
  CHECK_THROWS_AS(ops::upsample<float>(flat, 2, nearest, y), ShapeError);
  CHECK_THROWS_AS(ops::upsample<float>(x, {0, 2}, nearest, y), ArgumentError);
  CHECK_THROWS_AS(ops::upsample_backward<float>(x, 2, nearest, y), ShapeError);
  const auto unknown = static_cast<Interpolation>(7);
  Tensor<float> same(x.shape());
  CHECK_THROWS_AS(ops::upsample<float>(x, 1, unknown, same), ArgumentError);
  CHECK_THROWS_AS(ops::upsample_backward<float>(x, 1, unknown, same), ArgumentError);
  for (const float value : y) CHECK(value == 7);
}
