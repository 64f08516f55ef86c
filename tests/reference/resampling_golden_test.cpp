// Zero padding and upsampling in double against PyTorch (tests/golden/ops/images, made by
// tools/reference/image_ops.py).
#include "lanewise/ops/resampling.hpp"

#include "reference/image_case.hpp"

using namespace lanewise;
using test::ImageCase;

TEST_CASE("zero padding against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("zero_pad")) {
    const Tensor<double> x = test.x(), dy = test.dy();
    Tensor<double> y(dy.shape()), dx(x.shape());
    ops::zero_pad<double>(x, test.padding(), y);
    ops::crop<double>(dy, test.padding(), dx);
    test.check("y", y);
    test.check("dx", dx);
  }
}

TEST_CASE("upsampling against PyTorch", "[golden]") {
  for (const auto interpolation : {Interpolation::nearest, Interpolation::bilinear}) {
    const bool nearest = interpolation == Interpolation::nearest;
    for (const ImageCase& test :
         test::image_cases(nearest ? "upsample_nearest" : "upsample_bilinear")) {
      const Tensor<double> x = test.x(), dy = test.dy();
      Tensor<double> y(dy.shape()), dx(x.shape());
      ops::upsample<double>(x, test.extent("size"), interpolation, y);
      ops::upsample_backward<double>(dy, test.extent("size"), interpolation, dx);
      test.check("y", y);
      test.check("dx", dx);
    }
  }
}
