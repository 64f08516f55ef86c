// A training loop of one's own: its pieces do what fit() does with them, and more. And what layers
// and regularizers add to the loss.
#include <cmath>
#include <numeric>
#include <vector>

#include "lanewise/nn/gradient_check.hpp"
#include "lanewise/nn/model.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/ops/merge.hpp"
#include "support/catch.hpp"
#include "support/layer.hpp"
#include "support/same_bits.hpp"

using namespace lanewise;
using test::error_of;
using test::numbers;
using test::says;
using test::weights;

namespace {

const Tensor<double> kX = numbers<double>({12, 6}, 1), kY = numbers<double>({12, 2}, 2);

BasicSequential<double> normalized() {
  return {Input{{6}}, Dense{8, {.activation = lanewise::tanh}}, BatchNormalization{}, Dropout{0.25},
          Dense{2}};
}

// What a variational autoencoder's encoder ends in: draws z = mean + exp(log_variance / 2) noise,
// and adds to the loss the divergence from a standard normal distribution,
// -(1 + log_variance - mean^2 - exp(log_variance)) / 2, added over the code, the mean of the batch.
// Kingma and Welling, "Auto-Encoding Variational Bayes", 2014, appendix B.
template <class T>
class SamplingInstance final : public LayerInstance<T> {
 public:
  using View = TensorView<const T>;
  Shape build_all(std::span<const Shape> inputs) override { return inputs[0]; }
  std::vector<ScratchRequest> scratch() const override { return {{"noise", {1, 2}}}; }

  void forward_all(std::span<const View> x, TensorView<T> z, Scratch<T> noise,
                   const Pass& pass) const override {
    fill_normal<T>(noise[0], T(0), T(1), pass.key);
    for (Index i = 0; i < z.size(); ++i) z[i] = x[0][i] + std::exp(x[1][i] / 2) * noise[0][i];
  }
  bool adds_loss() const override { return true; }
  double added_loss(std::span<const View> x, View, Scratch<T>, const Pass&) const override {
    double sum = 0;
    for (Index i = 0; i < x[0].size(); ++i) {
      const double mean = static_cast<double>(x[0][i]), log_variance = static_cast<double>(x[1][i]);
      sum -= (1 + log_variance - mean * mean - std::exp(log_variance)) / 2;
    }
    return sum / static_cast<double>(x[0].shape()[0]);
  }
  void backward_all(std::span<const View> x, View, Scratch<T> noise, TensorView<T> dz,
                    std::span<const TensorView<T>> dx, const Pass&) const override {
    const T share = T(1) / static_cast<T>(dz.shape()[0]);
    for (Index i = 0; i < dz.size(); ++i) {
      if (!dx[0].empty()) dx[0][i] = dz[i] + share * x[0][i];
      if (!dx[1].empty())
        dx[1][i] =
            dz[i] * std::exp(x[1][i] / 2) * noise[0][i] / 2 + share * (std::exp(x[1][i]) - 1) / 2;
    }
  }
};

struct Sampling {
  LANEWISE_LAYER(Sampling);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Sampling::make() const {
  return std::make_unique<SamplingInstance<T>>();
}

// Hands everything on, and notes how much room it had to keep something for the backward pass.
Index room = -1;

template <class T>
class KeepingInstance final : public SingleInputLayer<T> {
 public:
  Shape build(const Shape& input) override { return input; }
  std::vector<ScratchRequest> scratch() const override {
    return {{.name = "kept", .shape = {3}, .for_backward = true}};
  }
  void forward(TensorView<const T> x, TensorView<T> y, Scratch<T> kept,
               const Pass&) const override {
    room = kept[0].size();
    std::copy(x.begin(), x.end(), y.begin());
  }
  void backward(TensorView<const T>, TensorView<const T>, Scratch<T>, TensorView<T> dy,
                TensorView<T> dx, const Pass&) const override {
    if (!dx.empty()) std::copy(dy.begin(), dy.end(), dx.begin());
  }
};

struct Keeping {
  LANEWISE_LAYER(Keeping);
};

template <class T>
std::unique_ptr<LayerInstance<T>> Keeping::make() const {
  return std::make_unique<KeepingInstance<T>>();
}

bool same(std::span<const double> a, std::span<const double> b) {
  return test::same_bits(a, b);
}
}  // namespace

TEST_CASE("a loop of one's own does what fit does", "[loop]") {
  const Loss loss = MeanSquaredError{};
  BasicSequential<double> fitted = normalized(), own = normalized();
  fitted.compile({.optimizer = Adam{}, .loss = loss});
  own.compile({.optimizer = Adam{}});
  for (int i = 0; i < 5; ++i) {
    const double expected = fitted.train_on_batch(kX, kY);
    const auto y = own.forward(kX, {.training = true, .update_statistics = true});
    Tensor<double> dy(y.shape());
    CHECK(loss(y, kY, dy) == expected);
    own.backward(dy);
    own.update();
    if (i == 2) {
      for (auto* model : {&fitted, &own}) model->set_learning_rate(0.5 * model->learning_rate());
      CHECK(own.learning_rate() == 0.0005);
    }
  }
  CHECK(weights<double>(own) == weights<double>(fitted));
}

TEST_CASE("a layer keeps something for the backward pass only where there may be one", "[loop]") {
  BasicSequential<double> model{Input{{6}}, Dense{2}, Keeping{}};
  model.compile({.loss = MeanSquaredError{}});
  for (int round = 0; round < 2; ++round) {  // before and after a training has planned its memory
    model.predict(kX);
    CHECK(room == 0);
    model.evaluate(kX, kY);
    CHECK(room == 0);
    model.train_on_batch(kX, kY);
    CHECK(room == 3 * 12);
    model.forward(kX);  // a backward() may follow
    CHECK(room == 3 * 12);
    room = -1;
    model.fit(kX, kY, {.epochs = 1, .batch_size = 12, .validation_data = {kX, kY}});
    CHECK(room == 0);  // the validation came last
  }
}

TEST_CASE("dropout draws anew at each forward, and statistics move when asked to", "[loop]") {
  BasicSequential<double> model = normalized();
  model.build();
  const Tensor<double> first(model.forward(kX, {.training = true}));
  const Tensor<double> second(model.forward(kX, {.training = true}));
  CHECK_FALSE(same(first.span(), second.span()));
  const Tensor<double> before = model.predict(kX);
  CHECK(same(Tensor<double>(model.forward(kX)).span(), before.span()));
  model.forward(kX, {.training = true, .update_statistics = true});
  CHECK_FALSE(same(model.predict(kX).span(), before.span()));
}

TEST_CASE("gradients can be read, clipped and added up", "[loop]") {
  BasicSequential<double> model{Input{{6}}, Dense{8, {.activation = lanewise::tanh}}, Dense{2}};
  model.compile({.optimizer = SGD{.learning_rate = 1}});
  model.build();
  const Loss loss = MeanSquaredError{};
  const auto gradients_of = [&](TensorView<const double> x, TensorView<const double> y, bool add) {
    const auto out = model.forward(x, {.training = true});
    Tensor<double> dy(out.shape());
    loss(out, y, dy);
    model.backward(dy, {}, {.accumulate = add});
    return Tensor<double>(model.gradients());
  };
  const Tensor<double> whole = gradients_of(kX, kY, false);
  // The mean over twelve is the mean of the means over six: what two processes would do.
  gradients_of(kX.rows(0, 6), kY.rows(0, 6), false);
  const Tensor<double> sum = gradients_of(kX.rows(6, 12), kY.rows(6, 12), true);
  double largest = 0;
  for (double g : whole) largest = std::max(largest, std::abs(g));
  for (Index i = 0; i < whole.size(); ++i)
    CHECK(std::abs(sum[i] / 2 - whole[i]) <= 1e-12 * largest);

  const std::vector<double> before = weights<double>(model);
  const auto all = model.gradients();
  double norm = std::sqrt(std::inner_product(all.begin(), all.end(), all.begin(), 0.0));
  for (double& g : all) g *= 0.01 / norm;  // clipped to a norm of 0.01
  model.update();
  const auto half = gradients_of(kX.rows(0, 6), kY.rows(0, 6), true);  // the first since an update
  CHECK(half[0] != 0);
  CHECK(same(half.span(), gradients_of(kX.rows(0, 6), kY.rows(0, 6), false).span()));
  const std::vector<double> after = weights<double>(model);
  double moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) moved += std::pow(after[i] - before[i], 2);
  CHECK(std::sqrt(moved) == Approx(0.01));
}

TEST_CASE("between gradients and update fit lets a sum over processes in", "[loop]") {
  // Two halves, each knowing its own samples alone, are one model on all of them.
  const auto made = [] {
    BasicSequential<double> model{Input{{6}}, Dense{8, {.activation = lanewise::tanh}}, Dense{2}};
    model.compile({.optimizer = Adam{}, .loss = MeanSquaredError{}});
    return model;
  };
  BasicSequential<double> whole = made(), half = made(), other = made();
  other.build();
  const TensorView<const double> x = kX, y = kY;
  const auto sum = [&](TensorView<double> gradients) {
    // The other process stands where this one does.
    const auto from = half.parameters();
    const auto to = other.parameters();
    for (std::size_t p = 0; p < from.size(); ++p)
      std::copy(from[p].value.begin(), from[p].value.end(), to[p].value.begin());
    other.compute_gradients(MeanSquaredError{}, x.rows(6, 12), y.rows(6, 12));
    ops::accumulate<double>(other.gradients(), gradients);
    for (double& g : gradients) g /= 2;
  };
  const FitOptions<double> once{.epochs = 20, .batch_size = 12, .shuffle = false};
  FitOptions<double> summed = once;
  summed.on_gradients = sum;
  whole.fit(x, y, once);
  half.fit(x.rows(0, 6), y.rows(0, 6), summed);
  const auto expected = weights<double>(whole), got = weights<double>(half);
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-12).margin(1e-12));
}

TEST_CASE("gradients of the inputs, and through one model into another", "[loop]") {
  // A chain cut in two: forward through both, backward through both.
  BasicSequential<double> whole{Input{{6}}, Dense{4, {.activation = sigmoid}}, Dense{2}};
  whole.build();
  BasicModel<double> first = whole.part("input_1", "dense"), last = whole.part("dense", "dense_1");
  const Loss loss = MeanSquaredError{};
  Tensor<double> expected({12, 6});
  whole.compute_gradients(loss, kX, kY, expected);
  const Tensor<double> gradients(whole.gradients());
  const Tensor<double> h(first.forward(kX, {.training = true}));
  const auto y = last.forward(h, {.training = true});
  Tensor<double> dy(y.shape()), dh(h.shape()), dx({12, 6});
  loss(y, kY, dy);
  last.backward(dy, dh);
  first.backward(dh, dx, {.accumulate = true});
  CHECK(same(dx.span(), expected.span()));
  CHECK(same(Tensor<double>(whole.gradients()).span(), gradients.span()));
}

TEST_CASE("what layers and regularizers add is in the loss and in the gradients", "[loop]") {
  const auto made = [](double l1_factor, double l2_factor, double activity) {
    BasicSequential<double> model{
        Input{{6}},
        Dense{5, {.activation = lanewise::tanh, .kernel_regularizer = l1_l2(l1_factor, l2_factor)}},
        ActivityRegularization{.l1 = 0, .l2 = activity},
        frozen(Dense{2, {.bias_regularizer = l2(100)}})};
    model.compile({.optimizer = SGD{}, .loss = MeanSquaredError{}});
    model.build();
    return model;
  };
  BasicSequential<double> plain = made(0, 0, 0), model = made(0.01, 0.02, 0.03);
  double expected = plain.evaluate(kX, kY, 12)["loss"];
  const TensorView<double> kernel = model.parameters()[0].value;
  for (double w : kernel) expected += 0.01 * std::abs(w) + 0.02 * w * w;
  const Tensor<double> h = model.part("input_1", "dense").predict(kX);
  for (double a : h) expected += 0.03 * a * a / 12;
  CHECK(model.evaluate(kX, kY, 12)["loss"] == Approx(expected).epsilon(1e-12));
  const GradientReport report = gradient_check(model, MeanSquaredError{}, kX, kY);
  INFO(report.table());
  CHECK(report.ok());
  // In a loop of one's own they are named apart.
  model.forward(kX, {.training = true});
  CHECK(model.added_loss() == Approx(expected - plain.evaluate(kX, kY, 12)["loss"]).epsilon(1e-10));
  says(error_of([] {
         Sequential{Dense{1, {.kernel_regularizer = l2(-1)}}};
       }),
       "Dense: kernel_regularizer: regularizer: got a factor of -1");
}

TEST_CASE("a user's layer adds a term to the loss: a variational autoencoder", "[loop]") {
  const Value x = input({6});
  const Value h = x | Dense{5, {.activation = lanewise::tanh}};
  const Value mean = h | named("mean", Dense{2}),
              log_variance = h | named("log_variance", Dense{2});
  const Value z = merge(named("code", Sampling{}), {mean, log_variance});
  const Value y = z | Dense{6};
  const BasicModel<double> model{x, y};
  const GradientReport report = gradient_check(model, MeanSquaredError{}, kX, kX);
  INFO(report.table());
  CHECK(report.ok());
  // It counts where no loss reaches it, too.
  const Tensor<double> sizes = numbers<double>({12, 1}, 4);
  CHECK(gradient_check(BasicModel<double>{x, {z, h | Dense{1}}}, {Loss{}, MeanSquaredError{}}, kX,
                       {Targets<double>{}, sizes})
            .ok());
  BasicModel<double> trained = model;
  trained.compile({.optimizer = Adam{.learning_rate = 0.01}, .loss = MeanSquaredError{}});
  const History history = trained.fit(kX, kX, {.epochs = 60, .batch_size = 12});
  trained.forward(kX);
  CHECK(history["loss"].back() > trained.added_loss());  // the loss is that and the error
  CHECK(history["loss"].back() < history["loss"].front());
  CHECK(trained.layer("code").inputs == std::vector<std::string>{"mean", "log_variance"});
}

TEST_CASE("pieces in the wrong order or of the wrong shape", "[loop]") {
  BasicSequential<double> model{Dense{3}, Dense{2}};
  Tensor<double> dy({12, 2});
  says(error_of([&] { model.backward(dy); }), "no forward()");
  says(error_of([&] { model.update(); }), "not compiled");
  says(error_of([&] { model.gradients(); }), "not built");
  model.compile({});
  says(error_of([&] { model.update(); }), "not built");
  model.forward(kX);
  says(error_of([&] {
         model.backward(Tensor<double>({12, 3}).view());
       }),
       "dy of shape (12, 3) for an output of shape (12, 2)");
  Tensor<double> dx({12, 5});
  says(error_of([&] { model.backward(dy, dx); }), "dx of shape (12, 5)");
  says(error_of([&] { model.update(); }), "no backward() since the last update");
  model.backward(dy);
  says(error_of([&] { model.backward(dy); }), "no forward()");
  model.update();
  says(error_of([&] { model.update(); }), "no backward() since the last update");
  const Loss loss = MeanSquaredError{};
  says(error_of([&] { loss(kY.rows(0, 3), kY); }), "as many samples");
  says(error_of([&] { loss(kY, kX); }), "targets of shape (12, 6), expected (12, 2)");
  says(error_of([&] { loss(kY, kY, dx); }), "dy of shape (12, 5)");
  says(error_of([&] { Loss{}(kY, kY); }), "empty");
}
