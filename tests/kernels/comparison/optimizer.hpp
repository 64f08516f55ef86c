#pragma once
// Optimizers against their references.
#include "kernels/comparison/matrices.hpp"
#include "lanewise/ops/optimizer.hpp"
#include "reference/optimizer.hpp"

namespace lanewise::test {

// Some steps with gradients from 0.5 to 2 and either sign, so that no difference hides behind a
// large neighbour. A step is a chain of at most 8 roundings on either side, none of which these
// options and gradients amplify by more than 2.
template <class T>
void compare_optimizer(Case& c, const auto& optimizer) {
  const Index n = c.size_or_0("size", 500), slots = ops::state_slots(optimizer);
  const Index first = c.tell("iteration", c.one_in(2) ? 1 : c.any(1, 1000));
  constexpr Index kSteps = 3;
  auto w = c.input<T>({n}), state = c.output<T>({slots, n});
  for (T& value : state.view()) value = static_cast<T>(ops::initial_state(optimizer));
  Tensor<T> want_w{TensorView<const T>(w.view())}, want_state{TensorView<const T>(state.view())};
  Tensor<T> travelled(Shape{n});  // the sum of all |steps|
  for (Index i = first; i < first + kSteps; ++i) {
    auto g = c.input<T>({n}, T(0.5), T(2));
    for (T& value : g.view()) value = c.one_in(2) ? -value : value;
    const Tensor<T> before = want_w;
    ops::optimizer_step<T>(optimizer, i, w.view(), g.view(), state.view());
    reference::optimizer_step<T>(optimizer, i, want_w, g.view(), want_state);
    for (Index j = 0; j < n; ++j) travelled[j] += std::abs(want_w[j] - before[j]);
  }
  constexpr double kRoundings = kSteps * 2 * 8;
  c.near<T>("w", w, want_w, [&](Index i) {
    return eps<T>() *
           (kSteps * magnitude(want_w[i]) + kRoundings * static_cast<double>(travelled[i]));
  });
  // Of sums of terms of either sign, the largest term is what is rounded.
  c.near<T>("state", state, want_state, [&](Index i) {
    return kRoundings * eps<T>() * std::max(magnitude(want_state[i]), 0.1);
  });
}

template <class T>
void sgd(Case& c) {
  const double momentum = c.coin("with_momentum") ? c.real("momentum", 0.1, 0.95) : 0;
  compare_optimizer<T>(
      c, SGD{c.real("rate", 1e-4, 0.1), momentum, momentum > 0 && c.coin("nesterov")});
}
template <class T>
void rmsprop(Case& c) {
  compare_optimizer<T>(c, RMSprop{.learning_rate = c.real("rate", 1e-4, 0.1),
                                  .rho = c.real("rho", 0.9, 0.99),
                                  .momentum = c.coin("with_momentum") ? c.real("m", 0.1, 0.95) : 0,
                                  .centered = c.coin("centered")});
}
template <class T>
void adagrad(Case& c) {
  compare_optimizer<T>(c, Adagrad{c.real("rate", 1e-4, 0.1), c.real("initial", 0, 1)});
}
template <class T>
void adadelta(Case& c) {
  compare_optimizer<T>(c, Adadelta{c.real("rate", 1e-2, 1), c.real("rho", 0.5, 0.99)});
}
template <class T>
void adam(Case& c) {
  compare_optimizer<T>(c, Adam{c.real("rate", 1e-4, 0.1), c.real("beta_1", 0.5, 0.95),
                               c.real("beta_2", 0.9, 0.999)});
}
template <class T>
void adamw(Case& c) {
  compare_optimizer<T>(c, AdamW{c.real("rate", 1e-4, 0.1), c.real("decay", 0, 0.5),
                                c.real("beta_1", 0.5, 0.95), c.real("beta_2", 0.9, 0.999)});
}

}  // namespace lanewise::test
