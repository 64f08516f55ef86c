// Normalization in double against PyTorch: values, gradients and running statistics
// (tests/golden/ops/images, made by tools/reference/image_ops.py).
#include "lanewise/ops/normalization.hpp"

#include "reference/image_case.hpp"

using namespace lanewise;
using test::ImageCase;

namespace {

constexpr double kEpsilon = 1e-3, kMomentum = 0.99;

// What a normalization takes and gives, images as rows of channels.
struct Arrays {
  explicit Arrays(const ImageCase& test)
      : x(test.x()),
        dy(test.dy()),
        gamma(test.input("gamma", test.shape("dgamma"))),
        beta(test.input("beta", test.shape("dbeta"))),
        y(x.shape()),
        dx(x.shape()),
        dgamma(gamma.shape()),
        dbeta(beta.shape()),
        rows{x.size() / gamma.size(), gamma.size()} {}

  void check(const ImageCase& test) const {
    test.check("y", y);
    test.check("dx", dx);
    test.check("dgamma", dgamma);
    test.check("dbeta", dbeta);
  }

  Tensor<double> x, dy, gamma, beta, y, dx, dgamma, dbeta;
  Shape rows;
};

}  // namespace

TEST_CASE("batch normalization in training against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("batch_norm")) {
    Arrays a(test);
    const Shape channels = a.gamma.shape();
    Tensor<double> moments({3, channels[0]}), mean(channels), variance(channels);
    variance.fill(1);
    ops::batch_norm_forward<double>(a.x.reshape(a.rows), a.gamma, a.beta, kEpsilon, moments,
                                    a.y.reshape(a.rows));
    ops::update_moving_moments<double>(moments, kMomentum, mean, variance);
    ops::batch_norm_backward<double>(a.x.reshape(a.rows), a.gamma, moments, kEpsilon,
                                     a.dy.reshape(a.rows), a.dx.reshape(a.rows), a.dgamma, a.dbeta);
    a.check(test);
    test.check("moving_mean", mean);
    test.check("moving_variance", variance);
  }
}

TEST_CASE("batch normalization by given moments against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("batch_norm_inference")) {
    Arrays a(test);
    const Shape channels = a.gamma.shape();
    const auto mean = test.input("mean", channels), variance = test.input("variance", channels);
    Tensor<double> moments({3, channels[0]});
    std::copy(mean.begin(), mean.end(), moments.row(0).begin());
    std::copy(variance.begin(), variance.end(), moments.row(2).begin());
    ops::batch_norm_inference<double>(a.x.reshape(a.rows), a.gamma, a.beta, mean, variance,
                                      kEpsilon, a.y.reshape(a.rows));
    ops::batch_norm_backward<double>(a.x.reshape(a.rows), a.gamma, moments, kEpsilon,
                                     a.dy.reshape(a.rows), a.dx.reshape(a.rows), a.dgamma, a.dbeta,
                                     ops::Moments::constant);
    a.check(test);
  }
}

TEST_CASE("layer normalization against PyTorch", "[golden]") {
  for (const ImageCase& test : test::image_cases("layer_norm")) {
    Arrays a(test);
    Tensor<double> moments({3, a.rows[0]});
    ops::layer_norm_forward<double>(a.x.reshape(a.rows), a.gamma, a.beta, kEpsilon, moments,
                                    a.y.reshape(a.rows));
    ops::layer_norm_backward<double>(a.x.reshape(a.rows), a.gamma, moments, kEpsilon,
                                     a.dy.reshape(a.rows), a.dx.reshape(a.rows), a.dgamma, a.dbeta);
    a.check(test);
  }
}
