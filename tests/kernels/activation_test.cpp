// The element-wise activation kernels against the reference.
#include "lanewise/ops/activation.hpp"

#include <string>

#include "reference/activation.hpp"
#include "support/kernel_case.hpp"

using namespace lanewise;
using namespace lanewise::test;

namespace {

// An activation, its kernels, and how far its results may be from the exact ones in epsilon:
// relative to the result, or where it comes of a difference to the size of what was subtracted.
// Half an epsilon of each is the reference's own rounding to T.
template <class T>
struct Case {
  ActivationFunction f;
  typename simd::ActivationKernels<T>::Pair simd::ActivationKernels<T>::*pair;
  double forward_bound, backward_bound;
};

template <class T>
std::vector<Case<T>> cases() {
  using K = simd::ActivationKernels<T>;
  return {
      {step, &K::step, 0, 0},
      {relu, &K::relu, 0, 0},
      {leaky_relu, &K::leaky_relu, 1, 1},  // the slope 0.2 is rounded, then the product
      {sigmoid, &K::sigmoid, 3, 2},
      {lanewise::tanh, &K::tanh, 2, 2},
      {softplus, &K::softplus, 3, 2},
      {elu, &K::elu, 2, 1},
      {{ActivationKind::elu, 0.5}, &K::elu, 2, 1},
      {gelu, &K::gelu, 6, 4.5},
  };
}

template <class T>
void check_forward(const Case<T>& c, const Operand<T>& x, Index misaligned, bool in_place) {
  const Index n = x.size();
  Operand<T> want({n}), y({n}, misaligned);
  reference::activation_forward<T>(c.f, x.view(), want.view());
  if (in_place) std::copy_n(x.data(), n, y.data());
  const T parameter = static_cast<T>(c.f.parameter);
  (cpu::kernels<simd::ActivationKernels<T>>().*c.pair)
      .forward(in_place ? y.data() : x.data(), y.data(), n, parameter);
  check_near("y", y, want.view(),
             [&](Index i) { return c.forward_bound * eps<T>() * magnitude(want[i]); });
}

template <class T>
void check_backward(const Case<T>& c, const Operand<T>& x, const Operand<T>& dy, Index misaligned,
                    bool in_place) {
  const Index n = x.size();
  Operand<T> saved({n}, misaligned), want({n}), dx({n}, misaligned);
  if (ops::backward_needs_input(c.f))
    std::copy_n(x.data(), n, saved.data());
  else
    reference::activation_forward<T>(c.f, x.view(), saved.view());
  reference::activation_backward<T>(c.f, saved.view(), dy.view(), want.view());
  if (in_place) std::copy_n(dy.data(), n, dx.data());
  const T parameter = static_cast<T>(c.f.parameter);
  (cpu::kernels<simd::ActivationKernels<T>>().*c.pair)
      .backward(saved.data(), in_place ? dx.data() : dy.data(), dx.data(), n, parameter);
  check_near("dx", dx, want.view(),
             [&](Index i) { return c.backward_bound * eps<T>() * magnitude(dy[i]); });
}

}  // namespace

TEMPLATE_TEST_CASE("activations at every size, misaligned and in place", "[activation]", float,
                   double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Case<T>& c : cases<T>())
    for (Index n : sizes<T>())
      for (Index misaligned : {0, 1, 3}) {
        const bool large = n > 1000;  // once will do
        if (large && misaligned != 1) continue;
        INFO(to_string(c.f.kind) << ", n = " << n << ", misaligned by " << misaligned);
        Operand<T> x({n}, misaligned), dy({n}, misaligned);
        fill(x, random, 3);
        fill(dy, random, 1, false);
        for (bool in_place : {false, true}) {
          if (large && in_place) continue;
          check_forward(c, x, misaligned, in_place);
          check_backward(c, x, dy, misaligned, in_place);
        }
      }
}

TEMPLATE_TEST_CASE("activations of special values", "[activation]", float, double) {
  using T = TestType;
  using L = std::numeric_limits<T>;
  const T values[] = {0,
                      -T(0),
                      L::infinity(),
                      -L::infinity(),
                      L::quiet_NaN(),
                      L::min(),
                      -L::min(),
                      L::denorm_min(),
                      -L::denorm_min(),
                      L::max(),
                      L::lowest(),
                      88,
                      -88,
                      700,
                      -700,
                      T(1e-20),
                      T(-1e-20)};
  constexpr Index n = std::size(values);
  Operand<T> x({n}), ones({n});
  std::copy(values, values + n, x.data());
  std::fill_n(ones.data(), n, T(1));
  for (const Case<T>& c : cases<T>()) {
    INFO(to_string(c.f.kind));
    check_forward(c, x, 0, false);
    check_backward(c, x, ones, 0, false);
  }
}

TEMPLATE_TEST_CASE("NaN passes through every activation", "[activation]", float, double) {
  using T = TestType;
  const Index w = lanes<T>();
  for (const Case<T>& c : cases<T>())
    for (Index n : {w, w + 1})
      for (Index at = 0; at < n; ++at) {
        INFO(to_string(c.f.kind) << ", NaN at " << at << " of " << n);
        Operand<T> x({n}), y({n});
        x[at] = std::numeric_limits<T>::quiet_NaN();
        (cpu::kernels<simd::ActivationKernels<T>>().*c.pair)
            .forward(x.data(), y.data(), n, static_cast<T>(c.f.parameter));
        for (Index i = 0; i < n; ++i) CHECK(std::isnan(y[i]) == (i == at));
      }
}
