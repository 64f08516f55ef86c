// Winograd convolution as it is used: where it is chosen, with filters that were transformed before,
// on any number of threads; and what is refused. Its results are held to bounds in winograd_test.cpp.
#include <algorithm>
#include <string>
#include <vector>

#include "kernels/convolution_cases.hpp"
#include "lanewise/error.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::ConvolutionCase;
using test::Operand;

TEMPLATE_TEST_CASE("winograd: is chosen where it is faster", "[winograd]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  const auto chosen = [](const ConvolutionCase& what, ConvolutionAlgorithm asked = {}) {
    auto options = what.options<T>();
    options.algorithm = asked;
    return ops::conv_algorithm<T>(what.x(), what.filters(), options);
  };
  constexpr auto kDirect = ConvolutionAlgorithm::direct, kWinograd = ConvolutionAlgorithm::winograd;
  // The convolutions of chapter 13's network: one channel; many; and a single tile of 3 x 3
  // results.
  CHECK(chosen({32, 28, 28, 1, 32, 3}) == kDirect);
  CHECK(chosen({32, 13, 13, 32, 64, 3}) == kWinograd);
  CHECK(chosen({32, 5, 5, 64, 64, 3}) == kWinograd);
  CHECK(chosen({8, 56, 56, 64, 64, 3, 1, 1, Padding::same}) == kWinograd);
  // Few tiles, whose filters are transformed piece by piece, but not too few.
  CHECK(chosen({8, 7, 7, 512, 512, 3, 1, 1, Padding::same}) == kWinograd);
  CHECK(chosen({1, 28, 28, 128, 128, 3, 1, 1, Padding::same}) == kWinograd);
  CHECK(chosen({1, 7, 7, 512, 512, 3, 1, 1, Padding::same}) == kDirect);
  CHECK(chosen({1, 5, 5, 64, 64, 3}) == kDirect);
  CHECK(chosen({64, 14, 14, 1024, 1024, 3}) == kWinograd);  // 144 MB of them
  CHECK(chosen({32, 14, 14, 32, 64, 5, 1, 1, Padding::same}) == kWinograd);
  CHECK(chosen({32, 5, 5, 32, 64, 5}) == kDirect);  // to one pixel
  // What it cannot do.
  CHECK(chosen({32, 13, 13, 32, 64, 3, 2}) == kDirect);
  CHECK(chosen({32, 13, 13, 32, 64, 7}) == kDirect);
  CHECK(chosen({0, 13, 13, 32, 64, 3}) == kDirect);
  // What is asked for.
  CHECK(chosen({32, 13, 13, 32, 64, 3}, kDirect) == kDirect);
  CHECK(chosen({32, 28, 28, 1, 32, 3}, kWinograd) == kWinograd);

  test::Random random(46);
  const ConvolutionCase what{32, 13, 13, 32, 64, 3};
  const Operand<T> x(what.x(), random), filters(what.filters(), random);
  Tensor<T> direct(what.y()), winograd(what.y()), automatic(what.y());
  ops::conv_forward<T>(x.view(), filters.view(), direct, {.algorithm = kDirect});
  ops::conv_forward<T>(x.view(), filters.view(), winograd, {.algorithm = kWinograd});
  ops::conv_forward<T>(x.view(), filters.view(), automatic);
  CHECK(test::same_bits<T>(winograd.span(), automatic.span()));
  CHECK(!test::same_bits<T>(direct.span(), automatic.span()));
}

TEMPLATE_TEST_CASE("winograd: filters that were transformed before", "[winograd]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  test::Random random(47);
  for (const ConvolutionCase& what :
       std::vector<ConvolutionCase>{{5, 14, 13, 20, 24, 3, 1, 1, Padding::same},
                                    {9, 12, 12, 6, 10, {1, 3}, 1, 1, Padding{0, 0, 1, 1}, 2},
                                    {1, 4, 4, 6, 10, 3}}) {
    INFO(what.text());
    const Operand<T> x(what.x(), random), filters(what.filters(), random), dy(what.y(), random);
    auto options = what.options<T>();
    options.algorithm = ConvolutionAlgorithm::winograd;
    const Shape shape = ops::winograd_filters_shape<T>(what.x(), what.filters(), options);
    Operand<T> forward(shape, random), backward(shape, random);
    ops::winograd_filters<T>(filters.view(), what.x(), forward.view(), options);
    ops::winograd_filters<T>(filters.view(), what.x(), backward.view(), options,
                             ops::ConvolutionPass::backward_data);
    auto with_forward = options, with_backward = options;
    with_forward.transformed = forward.view();
    with_backward.transformed = backward.view();

    Tensor<T> y(what.y()), y_before(what.y()), dx(what.x()), dx_before(what.x());
    ops::conv_forward<T>(x.view(), filters.view(), y, options);
    ops::conv_forward<T>(x.view(), filters.view(), y_before, with_forward);
    CHECK(test::same_bits<T>(y.span(), y_before.span()));
    ops::conv_backward_data<T>(dy.view(), filters.view(), dx, options);
    ops::conv_backward_data<T>(dy.view(), filters.view(), dx_before, with_backward);
    CHECK(test::same_bits<T>(dx.span(), dx_before.span()));
    ops::conv_transpose_forward<T>(dy.view(), filters.view(), dx_before, with_backward);
    CHECK(test::same_bits<T>(dx.span(), dx_before.span()));

    // They are what is multiplied by, where there are many tiles: others give something else.
    if (what.n == 1) continue;
    std::fill(forward.span().begin(), forward.span().end(), T(1));
    ops::conv_forward<T>(x.view(), filters.view(), y_before, with_forward);
    CHECK(!test::same_bits<T>(y.span(), y_before.span()));
  }
}

TEMPLATE_TEST_CASE("winograd: an empty batch", "[winograd]", float, double) {
  const ConvolutionCase what{0, 5, 6, 3, 4, 3};
  Tensor<TestType> x(what.x()), y(what.y()), filters(what.filters());
  filters.fill(7);
  const ops::ConvolutionOptions<TestType> options{.algorithm = ConvolutionAlgorithm::winograd};
  ops::conv_forward<TestType>(x, filters, y, options);
  ops::conv_backward_data<TestType>(y, filters, x, options);
  ops::conv_backward_weights<TestType>(x, y, filters, options);
  CHECK(std::all_of(filters.begin(), filters.end(), [](TestType v) { return v == 0; }));
}

TEMPLATE_TEST_CASE("winograd: the same bits on any number of threads", "[winograd]", float,
                   double) {
  using T = TestType;
  if (!has_openmp()) return;
  LANEWISE_SEED_INFO();
  test::Random random(44);
  const Padding same = Padding::same;
  const std::vector<ConvolutionCase> cases{{8, 13, 13, 32, 64, 3},
                                           {90, 5, 5, 24, 32, 3},
                                           {4, 7, 7, 70, 130, 3, 1, 1, same},
                                           {3, 14, 14, 48, 40, 3, 1, 1, same},
                                           {1, 57, 30, 16, 16, 3, 1, 1, same},
                                           {6, 30, 30, 8, 16, {3, 1}, 1, 1, same},
                                           {1, 61, 40, 16, 24, 5},
                                           {9, 22, 20, 16, 16, {5, 1}, 1, 1, same}};
  for (const ConvolutionCase& what : cases) {
    INFO(what.text());
    const Operand<T> x(what.x(), random), filters(what.filters(), random), dy(what.y(), random);
    auto options = what.options<T>();
    options.algorithm = ConvolutionAlgorithm::winograd;
    std::vector<Tensor<T>> first;
    test::for_each_thread_count([&] {
      std::vector<Tensor<T>> results{Tensor<T>(what.y()), Tensor<T>(what.x()),
                                     Tensor<T>(what.filters())};
      ops::conv_forward<T>(x.view(), filters.view(), results[0], options);
      ops::conv_backward_data<T>(dy.view(), filters.view(), results[1], options);
      ops::conv_backward_weights<T>(x.view(), dy.view(), results[2], options);
      if (first.empty()) first = results;
      for (std::size_t i = 0; i < 3; ++i)
        CHECK(test::same_bits<T>(first[i].span(), results[i].span()));
    });
  }
}

TEST_CASE("winograd: what it cannot do is refused, and nothing has changed", "[winograd]") {
  const auto refused = [](const ConvolutionCase& what) {
    Tensor<float> x(what.x()), filters(what.filters()), y(what.y());
    y.fill(7);
    auto options = what.options<float>();
    options.algorithm = ConvolutionAlgorithm::winograd;
    const std::string error =
        test::error_of<ArgumentError>([&] { ops::conv_forward<float>(x, filters, y, options); });
    CHECK(std::all_of(y.begin(), y.end(), [](float v) { return v == 7; }));
    return error;
  };
  CHECK(
      refused({1, 9, 9, 2, 2, 7}) ==
      "conv_forward: winograd was asked for, which takes windows with sides of 1, 3 and 5, but not "
      "1 x 1, at strides and dilations of 1; got 7 x 7 at strides of 1 and 1, dilations of 1 and "
      "1");
  CHECK_THAT(refused({1, 9, 9, 2, 2, 1}), contains("got 1 x 1 at"));
  const Tensor<float> x({1, 9, 9, 2}), filters({3, 3, 2, 2});
  Tensor<float> y({1, 7, 7, 2}), transformed({1, 5});
  CHECK_THAT(test::error_of<ShapeError>([&] {
               ops::conv_forward<float>(
                   x, filters, y,
                   {.algorithm = ConvolutionAlgorithm::winograd, .transformed = transformed});
             }),
             contains("conv_forward: the transformed filters has shape (1, 5), expected (1, 576)"));
  CHECK_THAT(test::error_of<ShapeError>(
                 [&] { ops::winograd_filters<float>(filters, x.shape(), transformed); }),
             contains("winograd_filters: transformed has shape (1, 5), expected"));
  CHECK_THAT(test::error_of<ArgumentError>([&] {
               ops::winograd_filters_shape<float>(x.shape(), {3, 3, 2, 2}, {.stride = 2});
             }),
             contains("winograd_filters_shape: winograd was asked for"));
  CHECK_THAT(refused({1, 9, 9, 2, 2, 3, {1, 2}}), contains("strides of 1 and 2"));
  CHECK_THAT(refused({1, 3, 3, 2, 2, 3, 2}), contains("strides of 2 and 2"));  // to one pixel
  CHECK_THAT(refused({1, 9, 9, 2, 2, 3, 1, {2, 1}}), contains("dilations of 2 and 1"));
}
