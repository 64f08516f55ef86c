// Padding, cropping and enlarging images: pixel by pixel against their formulas and the reference,
// and as adjoints.
#include "lanewise/ops/resampling.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "lanewise/error.hpp"
#include "reference/resampling.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/kernel_case.hpp"
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

TEMPLATE_TEST_CASE("upsample and its gradient agree with the reference", "[resampling]", float,
                   double) {
  using T = TestType;
  using test::eps;
  LANEWISE_SEED_INFO();
  Random random;
  const Index lanes = test::lanes<T>();
  for (const Index channels :
       {Index(1), Index(3), lanes - 1, lanes, lanes + 1, 2 * lanes + 1, 4 * lanes, 7 * lanes + 2})
    for (const Extent2D factor : kFactors)
      for (const auto interpolation : {Interpolation::nearest, Interpolation::bilinear}) {
        if (channels == 0) continue;
        const Shape shape{2, 3, 4, channels}, large = enlarged(shape, factor);
        INFO(to_string(shape) << " times " << factor.height << ", " << factor.width);
        Operand<T> x(shape, random), dy(large, random), y(large, 1), dx(shape, 3);
        for (Operand<T>* written : {&y, &dx})
          for (T& value : written->span()) value = NAN;
        ops::upsample<T>(x.view(), factor, interpolation, y.view());
        ops::upsample_backward<T>(dy.view(), factor, interpolation, dx.view());
        Tensor<T> want_y(large), want_dx(shape);
        reference::upsample<T>(x.view(), factor, interpolation, want_y);
        reference::upsample_backward<T>(dy.view(), factor, interpolation, want_dx);
        const bool blocks = interpolation == Interpolation::nearest;
        // Two weights, rounded, and five operations on numbers up to 1; a block is a copy.
        test::check_near("y", y, want_y, blocks ? 0 : 8 * eps<T>());
        // Sums of as many numbers up to 1 as nine blocks have, each weighted with four roundings.
        const auto terms = static_cast<double>(9 * factor.height * factor.width);
        test::check_near("dx", dx, want_dx, (terms + 4) * eps<T>() * terms);
      }
}

TEMPLATE_TEST_CASE("upsample: what has no part counts for nothing, even if it is infinite",
                   "[resampling]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  for (const Extent2D factor : kFactors)  // in the middle of odd ones lies a centre
    for (const auto interpolation : {Interpolation::nearest, Interpolation::bilinear})
      for (const T special : {inf, -inf, nan}) {
        const Shape shape{1, 3, 3, 5}, large = enlarged(shape, factor);
        Operand<T> x(shape, random), y(large, 1), dy(large, random), dx(shape, 1);
        x[4 * 5 + 2] = special;  // the pixel in the middle, and one at the corner
        x[4] = special;
        dy[large.size() / 2] = special;
        ops::upsample<T>(x.view(), factor, interpolation, y.view());
        ops::upsample_backward<T>(dy.view(), factor, interpolation, dx.view());
        Tensor<T> want_y(large), want_dx(shape);
        reference::upsample<T>(x.view(), factor, interpolation, want_y);
        reference::upsample_backward<T>(dy.view(), factor, interpolation, want_dx);
        test::check_near("y", y, want_y, 8 * test::eps<T>());
        const auto terms = static_cast<double>(9 * factor.height * factor.width);
        test::check_near("dx", dx, want_dx, (terms + 4) * test::eps<T>() * terms);
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
