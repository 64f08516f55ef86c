#include "lanewise/tensor.hpp"

#include <cstdint>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/gradient_check.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/ops/gemm.hpp"
#include "lanewise/ops/loss.hpp"
#include "lanewise/ops/rows.hpp"
#include "lanewise/random.hpp"
#include "lanewise/report/plot.hpp"
#include "support/catch.hpp"

using namespace lanewise;

TEST_CASE("a tensor is zero, aligned, and copies its elements", "[tensor]") {
  Tensor<float> a({3, 5});
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % kAlignment == 0);
  for (float value : a) CHECK(value == 0.0f);
  a(2, 4) = 7;
  CHECK(a[14] == 7.0f);
  Tensor<float> b = a;
  b(2, 4) = 8;
  CHECK(a(2, 4) == 7.0f);
  const Tensor<float> moved = std::move(b);
  CHECK(moved(2, 4) == 8.0f);
  CHECK(b.shape() == Shape{0});  // moved from, and still a tensor
  a = moved;
  CHECK(a(2, 4) == 8.0f);
}

TEST_CASE("views share elements", "[tensor]") {
  Tensor<double> a({2, 3}, {1, 2, 3, 4, 5, 6});
  TensorView<double> row = a.row(1);
  CHECK(row.shape() == Shape{3});
  row[0] = 40;
  CHECK(a(1, 0) == 40);
  CHECK(a.reshape({3, 2})(1, 1) == 40);
  CHECK(a.rows(1, 1).empty());
  const TensorView<const double> reading = a;
  CHECK(reading.data() == a.data());
}

// A view of a temporary would outlive its elements, alone or inside something larger.
template <class T>
constexpr bool kIsSafe = !std::is_constructible_v<TensorView<T>, Tensor<float>> &&
                         !std::is_constructible_v<TensorView<T>, const Tensor<float>> &&
                         !std::is_constructible_v<ops::MatrixView<T>, Tensor<float>> &&
                         !std::is_constructible_v<ops::MatrixView<T>, const Tensor<float>> &&
                         std::is_constructible_v<TensorView<T>, Tensor<float>&> &&
                         std::is_constructible_v<ops::MatrixView<T>, Tensor<float>&> &&
                         std::is_constructible_v<ops::MatrixView<T>, TensorView<float>>;
static_assert(kIsSafe<float> && kIsSafe<const float>);
template <class X, class... Parts>
concept MadeOf = requires(Parts&&... parts) {
  X{std::forward<Parts>(parts)...};
};
static_assert(MadeOf<Inputs<float>, Tensor<float>&> && MadeOf<Inputs<float>, const Tensor<float>&>);
static_assert(!MadeOf<Inputs<float>, Tensor<float>> && !MadeOf<Inputs<float>, const Tensor<float>>);
static_assert(MadeOf<Inputs<float>, TensorView<float>> && MadeOf<Inputs<float>, ScaledBytes>);
static_assert(MadeOf<ScaledBytes, Tensor<std::uint8_t>&, double>);
static_assert(!MadeOf<ScaledBytes, Tensor<std::uint8_t>, double>);
static_assert(MadeOf<report::ImageGrid, std::string, Tensor<std::uint8_t>&>);
static_assert(!MadeOf<report::ImageGrid, std::string, Tensor<std::uint8_t>>);
static_assert(MadeOf<Targets<float>, Tensor<float>&> && !MadeOf<Targets<float>, Tensor<float>>);
static_assert(MadeOf<Targets<float>, Tensor<std::int32_t>&>);
static_assert(!MadeOf<Targets<float>, Tensor<std::int32_t>>);
static_assert(!MadeOf<Targets<float>, const Tensor<std::int32_t>>);
static_assert(MadeOf<Targets<float>, TensorView<std::int32_t>>);
static_assert(MadeOf<ValidationData<float>, Tensor<float>&, const Tensor<float>&>);
static_assert(MadeOf<ValidationData<float>, ScaledBytes, TensorView<std::int32_t>>);
static_assert(!MadeOf<ValidationData<float>, Tensor<float>, Tensor<float>>);
static_assert(!MadeOf<ValidationData<float>, Tensor<float>&, Tensor<float>>);
static_assert(!MadeOf<ValidationData<float>, Tensor<float>&, Tensor<std::int32_t>>);

// What fit() returns may be asked at once, and what it says kept.
static_assert(std::is_same_v<decltype(std::declval<History>()["loss"]), std::vector<double>>);
static_assert(
    std::is_same_v<decltype(std::declval<History&>()["loss"]), const std::vector<double>&>);

// Writing becomes reading, and never the other way.
static_assert(std::is_convertible_v<TensorView<float>, TensorView<const float>>);
static_assert(!std::is_constructible_v<TensorView<float>, TensorView<const float>>);
static_assert(!std::is_constructible_v<TensorView<float>, const Tensor<float>&>);
static_assert(std::is_convertible_v<ops::MatrixView<float>, ops::MatrixView<const float>>);
static_assert(std::is_convertible_v<TensorView<float>, ops::MatrixView<const float>>);
static_assert(!std::is_constructible_v<ops::MatrixView<float>, TensorView<const float>>);
static_assert(!std::is_constructible_v<ops::MatrixView<float>, ops::MatrixView<const float>>);
static_assert(std::is_same_v<decltype(std::declval<TensorView<float>>().rows(0, 1)[0]), float&>);

// Rows in braces are not a shape and its values: this would be of shape (1, 2).
template <class X>
concept MadeOfRows = requires {
  X{{1, 2}, {3, 4}};
};
static_assert(!MadeOfRows<Tensor<float>> && !MadeOfRows<Tensor<std::int32_t>>);

template <class T>
double sum(TensorView<const T> x) {  // a user's own: T has to be deduced
  double total = 0;
  for (T element : x) total += static_cast<double>(element);
  return total;
}

TEST_CASE("a writing view serves wherever a reading one does", "[tensor]") {
  Tensor<float> a({2, 2}, {1, 2, 3, 4});
  CHECK(sum(a.view()) == 10);
  CHECK(sum(a.row(1)) == 7);
  CHECK(to_string(a.rows(0, 1)) == "[[1 2]]");
  CHECK(to_string(a.reshape({4})) == "[1 2 3 4]");
  std::ostringstream stream;
  stream << a.row(0);
  CHECK(stream.str() == "[1 2]");
  TensorView<const float> reading;
  reading = a.row(1);
  CHECK(reading[1] == 4);

  CHECK(ops::all_finite(a.row(0)));
  CHECK(ops::all_finite(a));
  Tensor<float> b({2, 2}), column_sums({2});
  ops::gather_rows(a.view(), std::vector<Index>{1, 0}, b.view());
  CHECK(b(0, 0) == 3);
  ops::column_sums(a.view(), column_sums.view());
  CHECK(column_sums[1] == 6);
  CHECK(ops::mean_squared_error(a.view(), b.view()) == 4);
  fill_uniform(b.view(), 2, 2, {});  // numbers of any type
  CHECK(b(1, 1) == 2);

  // Products of tensors and of views of either kind, into either.
  Tensor<float> c({2, 2});
  const Tensor<float>& constant = a;
  ops::gemm(a, constant, c);
  CHECK(c(1, 1) == 22);
  ops::gemm(constant.rows(0, 1), a.view(), c.rows(1, 2), {.beta = 1});
  CHECK(c(1, 1) == 32);
  ops::gemm(ops::MatrixView<float>(a), a, ops::MatrixView<float>(c));
  CHECK(c(1, 1) == 22);
}

TEST_CASE("a model takes tensors and views of every kind", "[sequential]") {
  Tensor<float> x({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1});
  Tensor<float> y({4, 1}, {0, 1, 1, 2});
  const Tensor<float>& constant = x;
  const auto train = [&](const auto& run) {
    Sequential model{Dense{1, {.activation = sigmoid}}};
    model.compile({.optimizer = SGD{.learning_rate = 0.1}, .loss = MeanSquaredError{}});
    run(model);
    return model.predict(x);
  };
  const Tensor<float> expected = train([&](Sequential& model) {
    model.fit(Inputs<float>(x), Targets<float>(y), {.validation_data = {x, y}});
  });
  const auto check = [&](const Tensor<float>& got) {
    CHECK(to_string(got) == to_string(expected));
  };
  check(train([&](Sequential& model) { model.fit(x.rows(0, 4), y.rows(0, 4)); }));
  check(train([&](Sequential& model) { model.fit(x.view(), y.reshape({4, 1})); }));
  check(train([&](Sequential& model) { model.fit(x, Tensor<float>(y.view())); }));
  check(train([&](Sequential& model) {
    model.fit(constant, y, {.validation_data = {x.rows(0, 2), y.rows(0, 2)}});
  }));
  check(train([&](Sequential& model) { model.train_on_batch(x.view(), Tensor<float>(y)); }));

  Sequential model{Dense{1}};
  model.compile({.optimizer = SGD{}, .loss = MeanSquaredError{}});
  CHECK(to_string(model.predict(x.rows(1, 3))) == to_string(model.predict(x).rows(1, 3)));
  CHECK(to_string(model.predict(Tensor<float>(x))) == to_string(model.predict(x)));
  CHECK(model.evaluate(Tensor<float>(x), Tensor<float>(y))["loss"] ==
        model.evaluate(x.view(), y.view())["loss"]);
  Tensor<float> dx({4, 2});
  model.compute_gradients(MeanSquaredError{}, x.view(), y.view(), dx);
  const Tensor<float> from_views = dx;
  model.compute_gradients(MeanSquaredError{}, Tensor<float>(x), Tensor<float>(y), dx);
  CHECK(to_string(dx) == to_string(from_views));
  CHECK(gradient_check(model, MeanSquaredError{}, x.view(), Tensor<float>(y)).ok());

  Tensor<std::uint8_t> bytes({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1});
  CHECK(to_string(model.predict(ScaledBytes{bytes.rows(0, 4), 1.0})) ==
        to_string(model.predict(x)));
  Sequential classes{Dense{3, {.activation = softmax}}};
  classes.compile({.optimizer = SGD{}, .loss = SparseCategoricalCrossentropy{}});
  Tensor<std::int32_t> labels({4}, {0, 1, 1, 2});
  classes.fit(x.rows(0, 2), labels.rows(0, 2), {.validation_data = {x.view(), labels.view()}});
  classes.fit(x, Tensor<std::int32_t>(labels));
}

TEST_CASE("reshape and rows check their arguments", "[tensor]") {
  Tensor<float> a({2, 3});
  CHECK_THROWS_AS(a.reshape({4, 2}), ShapeError);
  CHECK_THROWS_AS(a.rows(1, 3), ShapeError);
  CHECK_THROWS_AS(a.rows(-1, 1), ShapeError);
  CHECK_THROWS_AS(a.row(2), ShapeError);
  CHECK_THROWS_AS(Tensor<float>({2, 2}, {1, 2, 3}), ShapeError);
  CHECK_THROWS_AS(Tensor<double>(Shape{PTRDIFF_MAX / 4}), ShapeError);
}

TEST_CASE("tensors print like NumPy's arrays", "[tensor]") {
  CHECK(to_string(Tensor<float>({2, 2}, {1, -2.5f, 3, 4})) == "[[   1 -2.5]\n [   3    4]]");
  CHECK(to_string(Tensor<std::uint8_t>({3}, {0, 7, 255})) == "[  0   7 255]");
  CHECK(to_string(Tensor<std::int32_t>({2, 1, 2}, {1, 2, 3, 4})) == "[[[1 2]]\n\n [[3 4]]]");
  CHECK(to_string(Tensor<float>({6}, {0, 1, 2, 3, 4, 5}), 2) == "[0 1 ... 4 5]");
  CHECK(to_string(Tensor<float>(Shape{}, {3})) == "3");
  CHECK(to_string(Tensor<float>()) == "[]");
  std::ostringstream stream;
  stream << Tensor<float>({1}, {2});
  CHECK(stream.str() == "[2]");
}
