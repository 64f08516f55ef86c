// The kernels of optimizers and of penalties, through the public functions, against the scalar
// reference. That the
// formulas are Keras's is tested in tests/reference.
#include "lanewise/ops/optimizer.hpp"

#include <cmath>
#include <limits>

#include "lanewise/error.hpp"
#include "lanewise/ops/penalty.hpp"
#include "reference/optimizer.hpp"
#include "reference/penalty.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/kernel_case.hpp"
#include "support/same_bits.hpp"
#include "support/sanitized.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::magnitude;
using test::Operand;
using test::Random;
using test::same_bits;

namespace {

// Every path of every kernel.
template <class Body>
void for_each_optimizer(Body body) {
  body("sgd", SGD{});
  body("sgd momentum", SGD{.momentum = 0.9});
  body("sgd nesterov", SGD{.momentum = 0.9, .nesterov = true});
  body("rmsprop", RMSprop{});
  body("rmsprop momentum", RMSprop{.momentum = 0.9});
  body("rmsprop centered", RMSprop{.centered = true});
  body("rmsprop centered momentum", RMSprop{.momentum = 0.5, .centered = true});
  body("adagrad", Adagrad{});
  body("adadelta", Adadelta{.learning_rate = 1});
  body("adam", Adam{});
  body("adamw", AdamW{.weight_decay = 0.1});
}

// Magnitudes in [0.5, 2], so that no difference hides behind a large neighbour.
template <class T>
void fill_gradient(Random& random, std::span<T> g) {
  for (T& value : g)
    value = random.uniform(T(0.5), T(2)) * (random.integer(0, 1) == 0 ? T(1) : T(-1));
}

template <class T>
void compare_with_reference(const auto& optimizer, Index n, Index misaligned, Random& random) {
  const Index slots = ops::state_slots(optimizer);
  Operand<T> w({n}, misaligned), g({n}, misaligned + 1), state({slots, n}, misaligned);
  random.fill(w.span());
  for (T& value : state.span()) value = static_cast<T>(ops::initial_state(optimizer));
  Tensor<T> w_expected{TensorView<const T>(w.view())},
      state_expected{TensorView<const T>(state.view())};
  Tensor<T> travelled(Shape{n});  // the sum of all |steps|

  for (Index iteration = 1; iteration <= 3; ++iteration) {
    fill_gradient(random, g.span());
    const TensorView<const T> gradient = g.view();
    ops::optimizer_step(optimizer, iteration, w.view(), gradient, state.view());
    const Tensor<T> before = w_expected;
    reference::optimizer_step(optimizer, iteration, w_expected.view(), gradient,
                              state_expected.view());
    for (Index i = 0; i < n; ++i) travelled[i] += std::abs(w_expected[i] - before[i]);
  }
  CHECK(g.intact());

  // A step is a chain of at most 8 roundings on either side, none of which is amplified by more
  // than 2 for these gradients, and the weight is rounded once more at each of the three.
  const double eps = test::eps<T>(), k = 3 * 2 * 8;
  test::check_near("weight", w, w_expected, [&](Index i) {
    return eps * (3 * magnitude(w_expected[i]) + k * magnitude(travelled[i]));
  });
  // Of sums of three terms of either sign, the largest term is what is rounded.
  test::check_near("state", state, state_expected,
                   [&](Index i) { return k * eps * std::max(magnitude(state_expected[i]), 0.02); });
}

}  // namespace

TEMPLATE_TEST_CASE("optimizers agree with the reference", "[optimizer]", float, double) {
  LANEWISE_SEED_INFO();
  for_each_optimizer([](const char* name, const auto& optimizer) {
    Random random;
    for (const Index n : test::sizes_and<TestType>({53, 127, 1009}))
      for (const Index misaligned : {0, 1, 3}) {
        INFO(name << ", n = " << n << ", misaligned by " << misaligned);
        compare_with_reference<TestType>(optimizer, n, misaligned, random);
      }
    if (test::kSanitized) return;
    INFO(name << ", larger than the second-level cache");
    compare_with_reference<TestType>(optimizer, 300'007, 0, random);
  });
}

TEMPLATE_TEST_CASE("an optimizer's bits depend neither on threads nor on position",
                   "[optimizer][large]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  constexpr Index kCount = 700'001;  // worth three threads
  Random random;
  Tensor<T> g(Shape{kCount}), w_start(Shape{kCount});
  fill_gradient(random, g.span());
  random.fill(w_start.span());
  for_each_optimizer([&](const char* name, const auto& optimizer) {
    INFO(name);
    const Index slots = ops::state_slots(optimizer);
    Tensor<T> w_first, state_first;
    const auto step = [&](Index begin, Index end, Tensor<T>& w_out, Tensor<T>& state_out) {
      w_out = Tensor<T>(w_start.view().rows(begin, end).reshape({end - begin}));
      state_out = Tensor<T>({slots, end - begin});
      for (Index iteration = 1; iteration <= 2; ++iteration)
        ops::optimizer_step<T>(optimizer, iteration, w_out, g.view().rows(begin, end), state_out);
    };
    test::for_each_thread_count([&] {
      Tensor<T> w, state;
      step(0, kCount, w, state);
      if (w_first.empty()) {
        w_first = w;
        state_first = state;
      }
      CHECK(same_bits<T>(w.span(), w_first.span()));
      CHECK(same_bits<T>(state.span(), state_first.span()));
    });
    // An element in the remainder goes through the same arithmetic as one in a whole register.
    for (const auto& [begin, end] : {std::pair<Index, Index>{7, 8}, {1, 30}, {5, 1004}}) {
      Tensor<T> w, state;
      step(begin, end, w, state);
      CHECK(same_bits<T>(w.span(), w_first.span().subspan(static_cast<std::size_t>(begin),
                                                          static_cast<std::size_t>(end - begin))));
    }
  });
}

TEMPLATE_TEST_CASE("decaying state is flushed before it is subnormal", "[optimizer]", float,
                   double) {
  using T = TestType;
  constexpr Index kCount = 37;
  for_each_optimizer([&](const char* name, const auto& optimizer) {
    INFO(name);
    const Index slots = ops::state_slots(optimizer);
    Tensor<T> w(Shape{kCount}), g(Shape{kCount}), state(Shape{slots, kCount});
    w.fill(1);
    // A little above the smallest normal number: what long decay ends in, sooner.
    state.fill(std::numeric_limits<T>::min() * T(1e4));
    for (Index iteration = 1; iteration <= 800; ++iteration)
      ops::optimizer_step<T>(optimizer, iteration, w, g, state);
    for (const T value : state) {
      const int kind = std::fpclassify(value);
      if (kind != FP_ZERO && kind != FP_NORMAL) FAIL_CHECK("a subnormal state: " << value);
    }
    for (const T value : w) CHECK(std::isfinite(value));
  });
}

TEMPLATE_TEST_CASE("a NaN gradient spoils its own weight only", "[optimizer]", float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  for_each_optimizer([](const char* name, const auto& optimizer) {
    INFO(name);
    Tensor<T> w(Shape{35}), g(Shape{35}), state(Shape{ops::state_slots(optimizer), 35});
    w.fill(1);
    state.fill(static_cast<T>(ops::initial_state(optimizer)));
    g[3] = g[33] = Limits::quiet_NaN();
    ops::optimizer_step<T>(optimizer, 1, w, g, state);
    for (Index i = 0; i < 35; ++i) CHECK(std::isnan(w[i]) == (i == 3 || i == 33));
  });
}

TEMPLATE_TEST_CASE("an accumulator that overflows stops its weight", "[optimizer]", float, double) {
  using T = TestType;
  const auto check_stopped = [](const auto& optimizer) {
    Tensor<T> w(Shape{35}), g(Shape{35}), state(Shape{1, 35});
    w.fill(1);
    g.fill(std::sqrt(std::numeric_limits<T>::max()) * 8);
    ops::optimizer_step<T>(optimizer, 1, w, g, state);
    for (const T value : state) CHECK(std::isinf(value));
    for (const T value : w) CHECK(value == 1);
  };
  check_stopped(RMSprop{});
  check_stopped(Adagrad{});
}

TEMPLATE_TEST_CASE("a constant large gradient keeps centered RMSprop finite", "[optimizer]", float,
                   double) {
  // The mean square tends to the square of the mean; their difference is rounding error of either
  // sign, far larger than epsilon.
  using T = TestType;
  Tensor<T> w(Shape{100}), g(Shape{100}), state(Shape{2, 100});
  for (Index i = 0; i < 100; ++i) g[i] = T(1e9) * static_cast<T>(i + 3) / 7;
  for (Index iteration = 1; iteration <= 500; ++iteration)
    ops::optimizer_step<T>(RMSprop{.centered = true}, iteration, w, g, state);
  for (const T value : w) CHECK(std::isfinite(value));
}

TEST_CASE("optimizer_step checks before it changes anything", "[optimizer]") {
  Tensor<float> w({4}, {1, 2, 3, 4}), g(Shape{4}), g_short(Shape{3}), state(Shape{2, 4});
  Tensor<float> state_short(Shape{1, 4});
  const Tensor<float> before = w;
  CHECK_THROWS_AS(ops::optimizer_step<float>(Adam{}, 1, w, g_short, state), ShapeError);
  CHECK_THROWS_WITH(ops::optimizer_step<float>(Adam{}, 1, w, g, state_short),
                    contains("(1, 4)") && contains("(2, 4)"));
  CHECK_THROWS_AS(ops::optimizer_step<float>(SGD{}, 1, w, g, state), ShapeError);
  CHECK_THROWS_AS(ops::optimizer_step<float>(Adam{}, 0, w, g, state), ArgumentError);
  CHECK_THROWS_AS(ops::optimizer_step<float>(Adam{.beta_1 = 1}, 1, w, g, state), ArgumentError);
  CHECK(same_bits<float>(w.span(), before.span()));
  ops::optimizer_step<float>(SGD{}, 1, w, g, TensorView<float>());  // nothing to remember
}

TEST_CASE("the options of optimizers are checked", "[optimizer]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {-0.1, nan, infinity}) {
    CHECK_THROWS_AS(ops::check(SGD{.learning_rate = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(SGD{.momentum = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(RMSprop{.learning_rate = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(RMSprop{.rho = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(RMSprop{.momentum = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(RMSprop{.epsilon = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adagrad{.learning_rate = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adagrad{.initial_accumulator_value = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adagrad{.epsilon = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adadelta{.learning_rate = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adadelta{.rho = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adadelta{.epsilon = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adam{.learning_rate = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adam{.beta_1 = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adam{.beta_2 = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adam{.epsilon = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(AdamW{.weight_decay = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(AdamW{.beta_2 = bad}), ArgumentError);
  }
  for (const double bad : {0.0, 1e-60, 1e-39, 1e39}) {  // 0 or infinity in float
    CHECK_THROWS_AS(ops::check(RMSprop{.epsilon = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adagrad{.epsilon = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adadelta{.epsilon = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(Adam{.epsilon = bad}), ArgumentError);
    CHECK_THROWS_AS(ops::check(AdamW{.epsilon = bad}), ArgumentError);
  }
  CHECK_THROWS_AS(ops::check(SGD{.learning_rate = 1e39}), ArgumentError);
  CHECK_THROWS_AS(ops::check(Adagrad{.initial_accumulator_value = 1e39}), ArgumentError);
  CHECK_THROWS_WITH(ops::check(AdamW{.beta_1 = 1.5}), contains("AdamW") && contains("beta_1") &&
                                                          contains("1.5") && contains("[0, 1)"));
  for_each_optimizer(
      [](const char*, const auto& optimizer) { CHECK_NOTHROW(ops::check(optimizer)); });
  CHECK_NOTHROW(ops::check(SGD{.learning_rate = 0, .momentum = 1}));
}

TEMPLATE_TEST_CASE("penalties agree with the reference", "[penalty]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Index n : test::sizes<T>())
    for (const Index misaligned : {0, 1}) {
      Operand<T> x({n}, misaligned), dx({n}, misaligned + 1);
      test::fill(x, random, 1);
      random.fill(dx.span());
      const Tensor<T> before(TensorView<const T>(dx.view()));
      Tensor<T> want(before);
      const double expected = reference::penalty<T>(x.view(), 0.3, 0.7);
      INFO(n << " weights");
      // Both add in double, and round twice for each element.
      CHECK(std::abs(ops::penalty<T>(x.view(), 0.3, 0.7) - expected) <=
            2 * test::eps<double>() * static_cast<double>(n) * expected);
      ops::penalty_backward<T>(x.view(), 0.3, 0.7, dx.view());
      reference::penalty_backward<T>(x.view(), 0.3, 0.7, want);
      // The two factors are rounded, the product and two sums.
      test::check_near("dx", dx, want, [&](Index i) {
        return 3 * test::eps<T>() * (magnitude(before[i]) + 0.3 + 1.4 * magnitude(x[i]));
      });
    }
}

TEMPLATE_TEST_CASE("penalties: zeros, NaN, and bits that no register width decides", "[penalty]",
                   float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const Tensor<T> x(Shape{4}, {T(0), -T(0), T(2), T(-2)});
  Tensor<T> dx(Shape{4});
  ops::penalty_backward<T>(x, 0.5, 0.25, dx);
  for (const Index i : {0, 1}) CHECK(dx[i] == 0);
  CHECK(dx[2] == T(1.5));
  CHECK(dx[3] == T(-1.5));
  const Tensor<T> spoilt(Shape{3}, {T(1), nan, T(1)});
  CHECK(std::isnan(ops::penalty<T>(spoilt, 1, 0)));
  CHECK(std::isnan(ops::penalty<T>(spoilt, 0, 1)));

  // The order that the contract gives: eight sums side by side.
  Random random;
  for (const Index n : {5, 16, 1003}) {
    Tensor<T> w(Shape{n});
    random.fill(w.span());
    double sums[8] = {}, squares[8] = {}, sum = 0, square = 0;
    for (Index i = 0; i < n; ++i) {
      const auto value = static_cast<double>(w[i]);
      sums[i % 8] += std::abs(value);
      squares[i % 8] += value * value;
    }
    for (int lane = 0; lane < 8; ++lane) sum += sums[lane], square += squares[lane];
    CHECK(ops::penalty<T>(w, 1, 0) == sum);
    CHECK(ops::penalty<T>(w, 0, 1) == square);
  }
}
