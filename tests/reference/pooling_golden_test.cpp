// Pooling in double against PyTorch: values and gradients (tests/golden/ops/images, made by
// tools/reference/image_ops.py), padding not counted.
#include "lanewise/ops/pooling.hpp"

#include "reference/image_case.hpp"

using namespace lanewise;
using test::ImageCase;

namespace {

Window window_of(const ImageCase& test) {
  return {
      .kernel = test.extent("kernel"), .stride = test.extent("stride"), .padding = test.padding()};
}

}  // namespace

TEST_CASE("maximum pooling against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("max_pool")) {
    const Tensor<double> x = test.x(), dy = test.dy();
    Tensor<double> y(dy.shape()), dx(x.shape());
    ops::max_pool<double>(x, window_of(test), y);
    ops::max_pool_backward<double>(x, y, dy, window_of(test), dx);
    test.check("y", y);
    test.check("dx", dx);
  }
}

TEST_CASE("average pooling against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("average_pool")) {
    const Tensor<double> x = test.x(), dy = test.dy();
    Tensor<double> y(dy.shape()), dx(x.shape());
    ops::average_pool<double>(x, window_of(test), y);
    ops::average_pool_backward<double>(dy, window_of(test), dx);
    test.check("y", y);
    test.check("dx", dx);
  }
}

TEST_CASE("L2 pooling against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("l2_pool")) {
    const Tensor<double> x = test.x(), dy = test.dy();
    Tensor<double> y(dy.shape()), dx(x.shape());
    ops::l2_pool<double>(x, window_of(test), y);
    ops::l2_pool_backward<double>(x, y, dy, window_of(test), dx);
    test.check("y", y);
    test.check("dx", dx);
  }
}

TEST_CASE("global pooling against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("global_max_pool")) {
    const Tensor<double> x = test.x(), dy = test.dy();
    Tensor<double> y(dy.shape()), dx(x.shape());
    ops::global_max_pool<double>(x, y);
    ops::global_max_pool_backward<double>(x, y, dy, dx);
    test.check("y", y);
    test.check("dx", dx);
  }
  for (const ImageCase& test : test::image_cases("global_average_pool")) {
    const Tensor<double> x = test.x(), dy = test.dy();
    Tensor<double> y(dy.shape()), dx(x.shape());
    ops::global_average_pool<double>(x, y);
    ops::global_average_pool_backward<double>(dy, dx);
    test.check("y", y);
    test.check("dx", dx);
  }
}
