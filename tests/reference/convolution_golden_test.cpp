// Convolutions in double against PyTorch: values and every gradient (tests/golden/ops/images, made
// by tools/reference/image_ops.py, which also says how far Keras is from them). Images and filters
// are asymmetric and not square, so that a turned filter or a swapped axis cannot pass.
#include "lanewise/ops/convolution.hpp"
#include "lanewise/ops/depthwise.hpp"
#include "lanewise/ops/rows.hpp"
#include "reference/image_case.hpp"

using namespace lanewise;
using test::ImageCase;

namespace {

template <class Options>
Options options_of(const ImageCase& test, const Tensor<double>& bias) {
  Options options;
  options.stride = test.extent("stride");
  options.dilation = test.extent("dilation");
  options.padding = test.padding();
  if constexpr (requires { options.groups; }) options.groups = test.groups();
  options.bias = bias.data();
  return options;
}

void check_bias_gradient(const ImageCase& test, const Tensor<double>& dy) {
  const Index channels = dy.shape()[dy.shape().rank() - 1];
  Tensor<double> dbias({channels});
  ops::column_sums<double>(dy.reshape({dy.size() / channels, channels}), dbias);
  test.check("dbias", dbias);
}

// What an operation of filters takes and gives.
struct Arrays {
  explicit Arrays(const ImageCase& test)
      : x(test.x()),
        w(test.input("w", test.shape("dw"))),
        bias(test.input("bias", test.shape("dbias"))),
        dy(test.dy()),
        y(dy.shape()),
        dx(x.shape()),
        dw(w.shape()) {}

  void check(const ImageCase& test) const {
    test.check("y", y);
    test.check("dx", dx);
    test.check("dw", dw);
    check_bias_gradient(test, dy);
  }

  Tensor<double> x, w, bias, dy, y, dx, dw;
};

}  // namespace

TEST_CASE("convolutions against PyTorch", "[golden]") {
  for (const char* op : {"conv", "conv1d"})
    for (const ImageCase& test : test::image_cases(op)) {
      Arrays a(test);
      const auto options = options_of<ops::ConvolutionOptions<double>>(test, a.bias);
      ops::conv_forward<double>(a.x, a.w, a.y, options);
      ops::conv_backward_data<double>(a.dy, a.w, a.dx, options);
      ops::conv_backward_weights<double>(a.x, a.dy, a.dw, options);
      a.check(test);
    }
}

TEST_CASE("depthwise convolutions against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("depthwise")) {
    Arrays a(test);
    const auto options = options_of<ops::DepthwiseOptions<double>>(test, a.bias);
    ops::depthwise_forward<double>(a.x, a.w, a.y, options);
    ops::depthwise_backward_data<double>(a.dy, a.w, a.dx, options);
    ops::depthwise_backward_weights<double>(a.x, a.dy, a.dw, options);
    a.check(test);
  }
}

TEST_CASE("transposed convolutions against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("transpose")) {
    Arrays a(test);
    auto options = options_of<ops::ConvolutionOptions<double>>(test, a.bias);
    ops::conv_transpose_forward<double>(a.x, a.w, a.y, options);
    options.bias = nullptr;
    ops::conv_forward<double>(a.dy, a.w, a.dx, options);
    ops::conv_backward_weights<double>(a.dy, a.x, a.dw, options);
    a.check(test);
  }
}
