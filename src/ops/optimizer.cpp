// The optimizers' public face: checks, then one parallel pass. Formulas and contract are in
// lanewise/ops/optimizer.hpp.
#include "lanewise/ops/optimizer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string_view>

#include "cpu/tables.hpp"
#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

// Blocks of the parallel pass begin on a cache line.
constexpr Index kBlock = 16;

void expect(bool good, std::string_view optimizer, std::string_view option, double value,
            std::string_view range) {
  if (!good)
    throw ArgumentError(
        fmt::format("{}: {} is {}, expected a number {}", optimizer, option, value, range));
}

// NaN fails every comparison and so every check. What float cannot hold would be 0 or infinite in a
// model of float: an epsilon of 1e-60 keeps no denominator from 0.
constexpr double kLeast = std::numeric_limits<float>::min(),
                 kMost = std::numeric_limits<float>::max();
void expect_not_negative(std::string_view optimizer, std::string_view option, double value) {
  expect(value >= 0 && value <= kMost, optimizer, option, value, "from 0 to 3.4e38");
}
void expect_positive(std::string_view optimizer, std::string_view option, double value) {
  expect(value >= kLeast && value <= kMost, optimizer, option, value, "from 1.2e-38 to 3.4e38");
}
void expect_decay(std::string_view optimizer, std::string_view option, double value) {
  expect(value >= 0 && value < 1, optimizer, option, value, "in [0, 1)");
}
void expect_momentum(std::string_view optimizer, double value) {
  expect(value >= 0 && value <= 1, optimizer, "momentum", value, "in [0, 1]");
}

void check_adam(std::string_view optimizer, double learning_rate, double beta_1, double beta_2,
                double epsilon) {
  expect_not_negative(optimizer, "learning_rate", learning_rate);
  expect_decay(optimizer, "beta_1", beta_1);
  expect_decay(optimizer, "beta_2", beta_2);
  expect_positive(optimizer, "epsilon", epsilon);
}

}  // namespace

void check(const SGD& optimizer) {
  expect_not_negative("SGD", "learning_rate", optimizer.learning_rate);
  expect_momentum("SGD", optimizer.momentum);
}

void check(const RMSprop& optimizer) {
  expect_not_negative("RMSprop", "learning_rate", optimizer.learning_rate);
  expect_decay("RMSprop", "rho", optimizer.rho);
  expect_momentum("RMSprop", optimizer.momentum);
  expect_positive("RMSprop", "epsilon", optimizer.epsilon);
}

void check(const Adagrad& optimizer) {
  expect_not_negative("Adagrad", "learning_rate", optimizer.learning_rate);
  expect_not_negative("Adagrad", "initial_accumulator_value", optimizer.initial_accumulator_value);
  expect_positive("Adagrad", "epsilon", optimizer.epsilon);
}

void check(const Adadelta& optimizer) {
  expect_not_negative("Adadelta", "learning_rate", optimizer.learning_rate);
  expect_decay("Adadelta", "rho", optimizer.rho);
  expect_positive("Adadelta", "epsilon", optimizer.epsilon);
}

void check(const Adam& optimizer) {
  check_adam("Adam", optimizer.learning_rate, optimizer.beta_1, optimizer.beta_2,
             optimizer.epsilon);
}

void check(const AdamW& optimizer) {
  check_adam("AdamW", optimizer.learning_rate, optimizer.beta_1, optimizer.beta_2,
             optimizer.epsilon);
  expect_not_negative("AdamW", "weight_decay", optimizer.weight_decay);
}

int state_slots(const SGD& optimizer) {
  return optimizer.momentum != 0 ? 1 : 0;
}
// The mean square; the mean, if centered; the velocity, if there is momentum.
int state_slots(const RMSprop& optimizer) {
  return 1 + (optimizer.centered ? 1 : 0) + (optimizer.momentum != 0 ? 1 : 0);
}
int state_slots(const Adagrad&) {
  return 1;
}
int state_slots(const Adadelta&) {
  return 2;
}
int state_slots(const Adam&) {
  return 2;
}
int state_slots(const AdamW&) {
  return 2;
}

namespace {

// The part of a step that one thread makes: `count` elements.
template <class T>
struct Part {
  T* w;
  const T* g;
  T* state;      // of the first slot
  Index stride;  // from one slot to the next
  Index count;

  T* slot(int k) const { return state + k * stride; }
};

template <class T>
const simd::OptimizerKernels<T>& table() {
  return cpu::kernels<simd::OptimizerKernels<T>>();
}

template <class T>
void run(const SGD& o, Index, const Part<T>& p) {
  if (o.momentum == 0)
    table<T>().sgd(p.w, p.g, p.count, T(o.learning_rate));
  else
    table<T>().sgd_momentum(p.w, p.g, p.slot(0), p.count, T(o.learning_rate), T(o.momentum),
                            o.nesterov);
}

template <class T>
void run(const RMSprop& o, Index, const Part<T>& p) {
  T* const mean = o.centered ? p.slot(1) : nullptr;
  T* const velocity = o.momentum != 0 ? p.slot(o.centered ? 2 : 1) : nullptr;
  table<T>().rmsprop(p.w, p.g, p.slot(0), mean, velocity, p.count, T(o.learning_rate), T(o.rho),
                     T(1 - o.rho), T(o.momentum), T(o.epsilon));
}

template <class T>
void run(const Adagrad& o, Index, const Part<T>& p) {
  table<T>().adagrad(p.w, p.g, p.slot(0), p.count, T(o.learning_rate), T(o.epsilon));
}

template <class T>
void run(const Adadelta& o, Index, const Part<T>& p) {
  table<T>().adadelta(p.w, p.g, p.slot(0), p.slot(1), p.count, T(o.learning_rate), T(o.rho),
                      T(1 - o.rho), T(o.epsilon));
}

// base^n by products: a libm's pow may round differently on another processor. The error is at most
// that of n products one by one, n / 2^53 of the result; 1 - beta^n then is off by at most
// beta / (1 - beta) / 2^53 of it, 1e-13 for a beta of 0.999.
double power(double base, Index n) {
  double product = 1;
  for (; n > 0; n /= 2) {
    if (n % 2 != 0) product *= base;
    base *= base;
  }
  return product;
}

template <class T>
void run_adam(const auto& o, double weight_decay, Index iteration, const Part<T>& p) {
  const double rate = o.learning_rate * std::sqrt(1 - power(o.beta_2, iteration)) /
                      (1 - power(o.beta_1, iteration));
  table<T>().adam(p.w, p.g, p.slot(0), p.slot(1), p.count, T(rate), T(1 - o.beta_1),
                  T(1 - o.beta_2), T(o.epsilon), T(1 - o.learning_rate * weight_decay));
}

template <class T>
void run(const Adam& o, Index iteration, const Part<T>& p) {
  run_adam(o, 0, iteration, p);
}

template <class T>
void run(const AdamW& o, Index iteration, const Part<T>& p) {
  run_adam(o, o.weight_decay, iteration, p);
}

template <class T>
void check_shapes(Index slots, TensorView<T> w, TensorView<const T> g, TensorView<T> state) {
  if (g.size() != w.size())
    throw ShapeError(fmt::format("optimizer_step: the gradient has shape {}, the weights {}",
                                 to_string(g.shape()), to_string(w.shape())));
  if (slots == 0 ? state.size() != 0 : state.shape() != Shape{slots, w.size()})
    refuse_shape("optimizer_step", {"the state", state.shape()}, Shape{slots, w.size()}, {});
}

}  // namespace

template <class T, class OptimizerDescription>
void optimizer_step(const OptimizerDescription& optimizer, Index iteration, TensorView<T> w,
                    TensorView<const T> g, TensorView<T> state) {
  check(optimizer);
  if (iteration < 1)
    throw ArgumentError(
        fmt::format("optimizer_step: the iteration is {}, expected at least 1", iteration));
  const int slots = state_slots(optimizer);
  check_shapes<T>(slots, w, g, state);

  const parallel::FlushToZero flush;
  // The weight and its state are read and written, the gradient is read.
  parallel::parallel_for(
      w.size(), parallel::Work<T>{.bytes = sizeof(T) * (3.0 + 2 * slots)},
      [&](Index begin, Index end) {
        T* const first_slot = state.empty() ? nullptr : state.data() + begin;
        run(optimizer, iteration,
            Part<T>{w.data() + begin, g.data() + begin, first_slot, w.size(), end - begin});
      },
      kBlock);
}

#define LANEWISE_INSTANTIATE_STEP(T, Optimizer)                                     \
  template LANEWISE_API void optimizer_step(const Optimizer&, Index, TensorView<T>, \
                                            TensorView<const T>, TensorView<T>);
#define LANEWISE_INSTANTIATE(Optimizer)       \
  LANEWISE_INSTANTIATE_STEP(float, Optimizer) \
  LANEWISE_INSTANTIATE_STEP(double, Optimizer)
LANEWISE_INSTANTIATE(SGD)
LANEWISE_INSTANTIATE(RMSprop)
LANEWISE_INSTANTIATE(Adagrad)
LANEWISE_INSTANTIATE(Adadelta)
LANEWISE_INSTANTIATE(Adam)
LANEWISE_INSTANTIATE(AdamW)
#undef LANEWISE_INSTANTIATE
#undef LANEWISE_INSTANTIATE_STEP

}  // namespace lanewise::ops
