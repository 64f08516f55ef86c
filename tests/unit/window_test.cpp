// Where windows lie on images: output sizes, padding, and what is refused.
#include "lanewise/ops/window.hpp"

#include <array>
#include <limits>

#include "lanewise/error.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"

using namespace lanewise;

TEST_CASE("without padding the window stays inside", "[window]") {
  const WindowOnImage w = resolve_window({.kernel = {3, 2}, .stride = {2, 1}}, {28, 5}, "test");
  CHECK(w.output == Extent2D{13, 4});
  CHECK_FALSE(w.is_padded());
  CHECK(resolve_window({.kernel = 11, .stride = 2}, 11, "test").output == Extent2D{1});
  CHECK(resolve_window({.kernel = 3, .dilation = {2, 3}}, {5, 8}, "test").output == Extent2D{1, 2});
}

TEST_CASE("same padding puts the odd row at the bottom", "[window]") {
  const auto padding = [](Index size, Index kernel, Index stride, Index dilation = 1) {
    const WindowOnImage w = resolve_window(
        {.kernel = kernel, .stride = stride, .dilation = dilation, .padding = Padding::same},
        {size, 1}, "test");
    return std::array{w.output.height, w.top, w.bottom};
  };
  using Numbers = std::array<Index, 3>;
  CHECK(padding(28, 3, 1) == Numbers{28, 1, 1});
  CHECK(padding(28, 2, 1) == Numbers{28, 0, 1});
  CHECK(padding(28, 3, 2) == Numbers{14, 0, 1});
  CHECK(padding(27, 3, 2) == Numbers{14, 1, 1});
  CHECK(padding(5, 1, 3) == Numbers{2, 0, 0});  // a stride beyond the kernel
  CHECK(padding(4, 7, 1) == Numbers{4, 3, 3});  // a kernel beyond the image
  CHECK(padding(1, 4, 1) == Numbers{1, 1, 2});
  CHECK(padding(9, 3, 1, 2) == Numbers{9, 2, 2});
}

TEST_CASE("explicit padding adds rows and columns", "[window]") {
  const WindowOnImage w =
      resolve_window({.kernel = 3, .stride = 2, .padding = Padding{1, 0, 2, 3}}, {6, 4}, "test");
  CHECK(w.output == Extent2D{3, 4});
  CHECK(w.is_padded());
  CHECK(w.left == 2);
}

TEST_CASE("windows that cannot be are refused", "[window]") {
  constexpr Index kLargest = std::numeric_limits<Index>::max();
  CHECK_THROWS_WITH(resolve_window({.kernel = 3}, {2, 9}, "conv2d"),
                    contains("conv2d: the window of (3, 3)"));
  CHECK_THROWS_AS(resolve_window({.kernel = 3}, {2, 9}, "conv2d"), ShapeError);
  CHECK_THROWS_AS(resolve_window({.kernel = {0, 3}}, 9, "conv2d"), ArgumentError);
  CHECK_THROWS_WITH(resolve_window({.stride = {1, 0}}, 9, "pool"), contains("strides of (1, 0)"));
  CHECK_THROWS_AS(resolve_window({.dilation = -1}, 9, "pool"), ArgumentError);
  CHECK_THROWS_AS(resolve_window({.padding = Padding{0, -1, 0, 0}}, 9, "pool"), ArgumentError);
  CHECK_THROWS_AS(resolve_window({}, {0, 9}, "pool"), ShapeError);
  CHECK_THROWS_AS(resolve_window({.kernel = 3, .dilation = kLargest}, 9, "pool"), ShapeError);
  CHECK_THROWS_AS(resolve_window({.padding = Padding{kLargest, 0, 0, 0}}, 9, "pool"), ShapeError);
  CHECK_THROWS_AS(resolve_window({.kernel = kLargest, .padding = Padding::same}, kLargest, "pool"),
                  ShapeError);
}

TEST_CASE("windows of 2^60 rows and more cannot be counted", "[window]") {
  for (int power = 60; power <= 62; ++power) {
    const Index far = Index(1) << power;
    CAPTURE(power);
    const auto refused = [](const Window& window, Extent2D image) {
      CHECK_THROWS_WITH(resolve_window(window, image, "pool"),
                        contains("pool: ") && contains("count"));
      CHECK_THROWS_AS(resolve_window(window, image, "pool"), ShapeError);
    };
    for (const Padding& padding : {Padding::same, Padding{far, far, far, far}}) {
      refused({.kernel = {2, 1}, .dilation = far, .padding = padding}, 9);
      refused({.kernel = {1, far}, .padding = padding}, 9);
    }
    refused({.padding = Padding{0, far, 0, 0}}, 9);
    refused({}, {9, far});
    // A stride is no size: it leaves one output.
    const WindowOnImage w = resolve_window({.kernel = 2, .stride = far}, {9, 3}, "pool");
    CHECK(w.output == Extent2D{1});
    CHECK(resolve_window({.stride = far, .padding = Padding{Index(1) << 58, 0, 0, 0}}, 9, "pool")
              .output == Extent2D{1});
  }
  CHECK_THROWS_AS(resolve_window({.kernel = Index(1) << 32, .padding = Padding::same}, 9, "pool"),
                  ShapeError);  // 2^64 pixels
}

TEST_CASE("a stride or dilation that moves nothing is 1", "[window]") {
  constexpr Index kLargest = std::numeric_limits<Index>::max();
  const WindowOnImage w = resolve_window(
      {.kernel = {1, 2}, .stride = {kLargest, 1}, .dilation = {kLargest, 3}}, {2, 9}, "test");
  CHECK(w.output == Extent2D{1, 6});
  CHECK(w.stride == Extent2D{1, 1});
  CHECK(w.dilation == Extent2D{1, 3});
}
