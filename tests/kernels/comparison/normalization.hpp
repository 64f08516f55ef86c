#pragma once
// Normalizations against their references.
#include "kernels/comparison/matrices.hpp"
#include "lanewise/ops/normalization.hpp"
#include "reference/normalization.hpp"

namespace lanewise::test {

// Normalization of columns or of rows. Sums are double for both types; `lost` is what at most
// 64 + rows / 64 + 96 additions of them lose.
template <class T>
struct Normalization {
  Shape shape;
  bool by_row;
  double epsilon;
  Operand<T> x, gamma, beta;
  Tensor<T> moments;                         // the reference's
  double mean = 0, normal = 0, inverse = 0;  // largest |mean| and |normalized x|; 1 / deviation
  double lost = 300 * std::numeric_limits<double>::epsilon();

  Normalization(Case& c, bool by_row_)
      : shape(draw_matrix(c, 1, 1)),
        by_row(by_row_),
        epsilon(c.tell("epsilon", c.one_in(2) ? 1e-3 : 1e-5)),
        x(c.input<T>(shape)),
        gamma(c.input<T>({c.coin("gamma") ? shape[1] : 0}, T(0.5), T(2))),
        beta(c.input<T>({c.coin("beta") ? shape[1] : 0})),
        moments({3, by_row ? shape[0] : shape[1]}) {
    for (Index i = 0; i < shape[0]; ++i)  // every line with a mean of its own
      for (Index j = 0; j < shape[1]; ++j) x.view()(i, j) += static_cast<T>(line(i, j) % 5 - 2);
    Tensor<T> y(shape);
    (by_row ? reference::layer_norm_forward<T>
            : reference::batch_norm_forward<T>)(x.view(), gamma.view(), beta.view(), epsilon,
                                                moments, y);
    measure(moments.row(0), moments.row(1), moments.row(2));
  }

  Index line(Index i, Index j) const { return by_row ? i : j; }

  void measure(TensorView<const T> high, TensorView<const T> low, TensorView<const T> variance) {
    for (Index i = 0; i < shape[0]; ++i)
      for (Index j = 0; j < shape[1]; ++j) {
        const Index at = line(i, j);
        const double own = 1 / std::sqrt(static_cast<double>(variance[at]) + epsilon);
        const double m = static_cast<double>(high[at]) + static_cast<double>(low[at]);
        mean = std::max(mean, magnitude(m) * own);
        inverse = std::max(inverse, own);
        normal = std::max(normal, magnitude(static_cast<double>(x.view()(i, j)) - m) * own);
      }
  }

  double scale() const { return gamma.view().empty() ? 1 : largest(gamma.view()); }
  // A deviation is wrong by lost * (1 + mean) of itself.
  double y_bound() const {
    return 4 * eps<T>() * (scale() * normal + largest(beta.view())) +
           4 * lost * scale() * (1 + normal) * (1 + mean);
  }
};

template <class T, bool kByRow>
void normalize_forward(Case& c) {
  const Normalization<T> p(c, kByRow);
  Tensor<T> want(p.shape), unused(p.moments.shape());
  auto y = c.output<T>(p.shape), moments = c.output<T>(p.moments.shape());
  if (c.coin("in_place")) {
    y = p.x;
    (kByRow ? ops::layer_norm_forward<T> : ops::batch_norm_forward<T>)(y.view(), p.gamma.view(),
                                                                       p.beta.view(), p.epsilon,
                                                                       moments.view(), y.view());
  } else {
    (kByRow ? ops::layer_norm_forward<T> : ops::batch_norm_forward<T>)(p.x.view(), p.gamma.view(),
                                                                       p.beta.view(), p.epsilon,
                                                                       moments.view(), y.view());
  }
  (kByRow ? reference::layer_norm_forward<T>
          : reference::batch_norm_forward<T>)(p.x.view(), p.gamma.view(), p.beta.view(), p.epsilon,
                                              unused, want);
  c.near<T>("y", y, want, [&](Index) { return p.y_bound(); });
  if (!moments.intact()) c.fail("moments: written outside");
  for (Index i = 0; i < p.moments.shape()[1]; ++i) {
    const auto both = [&](TensorView<const T> m) {
      return static_cast<double>(m(0, i)) + static_cast<double>(m(1, i));
    };
    const double mean = both(p.moments), variance = static_cast<double>(p.moments(2, i));
    c.near_number("mean", both(moments.view()), mean,
                  3 * p.lost + 2 * eps<T>() * eps<T>() * magnitude(mean));
    c.near_number("variance", static_cast<double>(moments.view()(2, i)), variance,
                  eps<T>() * variance + 20 * p.lost);
  }
}

template <class T>
void batch_norm_inference(Case& c) {
  Normalization<T> p(c, false);
  const auto mean = c.input<T>({p.shape[1]}), variance = c.input<T>({p.shape[1]}, T(0.1), T(2));
  const Tensor<T> nothing({p.shape[1]});
  p.measure(mean.view(), nothing, variance.view());
  auto y = c.output<T>(p.shape);
  Tensor<T> want(p.shape);
  ops::batch_norm_inference<T>(p.x.view(), p.gamma.view(), p.beta.view(), mean.view(),
                               variance.view(), p.epsilon, y.view());
  reference::batch_norm_inference<T>(p.x.view(), p.gamma.view(), p.beta.view(), mean.view(),
                                     variance.view(), p.epsilon, want);
  c.near<T>("y", y, want, [&](Index) { return p.y_bound(); });
}

template <class T, bool kByRow>
void normalize_backward(Case& c) {
  const Normalization<T> p(c, kByRow);
  const auto dy = c.input<T>(p.shape);
  const bool constant = !kByRow && c.coin("constant");
  const Shape columns{p.gamma.view().empty() ? 0 : p.shape[1]};
  auto dx = c.output<T>(p.shape), dgamma = c.output<T>(columns), dbeta = c.output<T>(columns);
  Tensor<T> want(p.shape), want_dgamma(columns), want_dbeta(columns);
  if constexpr (kByRow) {
    ops::layer_norm_backward<T>(p.x.view(), p.gamma.view(), p.moments, p.epsilon, dy.view(),
                                dx.view(), dgamma.view(), dbeta.view());
    reference::layer_norm_backward<T>(p.x.view(), p.gamma.view(), p.moments, p.epsilon, dy.view(),
                                      want, want_dgamma, want_dbeta);
  } else {
    const auto from = constant ? ops::Moments::constant : ops::Moments::of_batch;
    ops::batch_norm_backward<T>(p.x.view(), p.gamma.view(), p.moments, p.epsilon, dy.view(),
                                dx.view(), dgamma.view(), dbeta.view(), from);
    reference::batch_norm_backward<T>(p.x.view(), p.gamma.view(), p.moments, p.epsilon, dy.view(),
                                      want, want_dgamma, want_dbeta, from);
  }
  // Three terms, the last with the product of two normalized numbers.
  const double most = largest(dy.view()), rows = static_cast<double>(p.shape[0]);
  const double size = p.scale() * p.inverse * most * (2 + p.normal * p.normal);
  c.near<T>("dx", dx, want,
            [&](Index) { return (4 * eps<T>() + 4 * p.lost * (1 + p.mean)) * size; });
  c.near<T>("dgamma", dgamma, want_dgamma, [&](Index i) {
    return eps<T>() * magnitude(want_dgamma[i]) + 4 * p.lost * rows * most * (p.normal + p.mean);
  });
  c.near<T>("dbeta", dbeta, want_dbeta, [&](Index i) {
    return eps<T>() * magnitude(want_dbeta[i]) + 4 * p.lost * rows * most;
  });
}

template <class T>
void update_moving_moments(Case& c) {
  const Index n = c.size_or_0("columns", 500);
  const double momentum = c.real("momentum", 0, 1);
  const auto moments = c.input<T>({3, n});
  auto mean = c.input<T>({n}), variance = c.input<T>({n});
  Tensor<T> want_mean({n}), want_variance({n});
  for (Index i = 0; i < n; ++i) {
    const auto moved = [&](T moving, double batch) {
      return static_cast<T>(momentum * static_cast<double>(moving) + (1 - momentum) * batch);
    };
    const auto m = [&](Index row) { return static_cast<double>(moments.view()(row, i)); };
    want_mean[i] = moved(mean.view()[i], m(0) + m(1));
    want_variance[i] = moved(variance.view()[i], m(2));
  }
  ops::update_moving_moments<T>(moments.view(), momentum, mean.view(), variance.view());
  // Five operations on numbers up to 2.
  const auto bound = [](Index) { return 5 * 2 * eps<T>(); };
  c.near<T>("mean", mean, want_mean, bound);
  c.near<T>("variance", variance, want_variance, bound);
}

}  // namespace lanewise::test
