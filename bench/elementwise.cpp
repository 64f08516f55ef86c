// Everything that is bound by memory or by its own arithmetic rather than by matrix products:
// activations, losses, normalization, optimizers, rows, merging and moving, random numbers. Each
// stands beside the reference, and all of them beside peak/copy, the rate at which memcpy moves as
// many elements.
//
// `bytes` counts each array once for every time that it is read or written by necessity: an update
// in place counts twice.
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <tuple>

#include "bench.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/convolution.hpp"
#include "lanewise/ops/embedding.hpp"
#include "lanewise/ops/loss.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/normalization.hpp"
#include "lanewise/ops/optimizer.hpp"
#include "lanewise/ops/penalty.hpp"
#include "lanewise/ops/rearrange.hpp"
#include "lanewise/ops/resampling.hpp"
#include "lanewise/ops/rows.hpp"
#include "lanewise/ops/scale.hpp"
#include "lanewise/ops/softmax.hpp"
#include "lanewise/random.hpp"
#include "lanewise/threads.hpp"
#include "reference/activation.hpp"
#include "reference/convolution.hpp"
#include "reference/loss.hpp"
#include "reference/merge.hpp"
#include "reference/normalization.hpp"
#include "reference/optimizer.hpp"
#include "reference/penalty.hpp"
#include "reference/random.hpp"
#include "reference/rearrange.hpp"
#include "reference/resampling.hpp"
#include "reference/rows.hpp"
#include "reference/scale.hpp"

namespace lanewise::bench {
namespace {

// A body owns its operands. They are made when its benchmark runs, so that a run which filters the
// benchmarks holds no more than it needs.
using Body = std::function<void()>;
using MakeBody = std::function<Body()>;

struct Case {
  std::string op, shape;
  double bytes;
  MakeBody lanewise, reference{};  // reference may be empty
};

// Adds a case to those of a dtype.
using Add = std::function<void(const Case&)>;

void register_case(const Options& options, const std::string& dtype, const Case& c) {
  const auto add_one = [&](const char* implementation, int threads, const MakeBody& make) {
    const std::string name =
        c.op + "/" + implementation + "/" + dtype + "/t" + std::to_string(threads) + "/" + c.shape;
    benchmark::RegisterBenchmark(name.c_str(), [=, bytes = c.bytes](benchmark::State& state) {
      const ScopedThreads scope(threads);
      const Body body = make();
      body();
      for (auto _ : state) {
        body();
        benchmark::ClobberMemory();
      }
      count(state, "bytes", bytes);
    })->UseRealTime();
  };
  for (int threads : options.threads) add_one("lanewise", threads, c.lanewise);
  if (c.reference) add_one("reference", 1, c.reference);
}

template <class T>
std::shared_ptr<Tensor<T>> random_tensor(const Shape& shape, std::uint64_t stream) {
  auto tensor = std::make_shared<Tensor<T>>(shape);
  fill_normal<T>(*tensor, 0, 1, {.seed = 1, .stream = stream});
  return tensor;
}

// Runs on random tensors of these shapes.
template <class T, class Run, class... Shapes>
MakeBody on(Run run, const Shapes&... shapes) {
  return [=] {
    std::uint64_t stream = 0;
    const auto next = [&](const Shape& shape) { return random_tensor<T>(shape, stream++); };
    const std::tuple tensors{next(shapes)...};
    return [=] { std::apply([&](const auto&... tensor) { run(*tensor...); }, tensors); };
  };
}

std::string named(const Shape& shape) {
  std::string name;
  for (Index size : shape.sizes()) name += std::to_string(size) + "x";
  name.pop_back();
  return name;
}

template <class T>
double bytes_of(Index elements) {
  return static_cast<double>(elements) * sizeof(T);
}

template <class T>
void add_copies(const std::string& dtype) {
  // In the first-level cache, in the second, and in memory.
  for (const Index size : {Index{1280}, Index{118'282}, Index{1} << 24}) {
    const std::string name = "peak/copy/" + dtype + "/t1/" + std::to_string(size);
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
      const auto from = random_tensor<T>({size}, 0), to = random_tensor<T>({size}, 1);
      for (auto _ : state) {
        std::memcpy(to->data(), from->data(), static_cast<std::size_t>(size) * sizeof(T));
        benchmark::ClobberMemory();
      }
      count(state, "bytes", bytes_of<T>(2 * size));
    })->UseRealTime();
  }
}

template <class T>
void add_activations(const Add& add) {
  for (const Shape& shape : {Shape{64, 10}, Shape{64, 128}, Shape{4096, 1000}})
    for (const ActivationFunction f : {relu, sigmoid, lanewise::tanh, gelu, softmax}) {
      if (shape[-1] == 10 && f != softmax) continue;
      const auto through = [=](auto& run) {
        return on<T>([=, &run](auto& x, auto& y) { run(f, x, y); }, shape, shape);
      };
      add({"activation_forward", std::string(to_string(f.kind)) + "_" + named(shape),
           bytes_of<T>(2 * shape.size()), through(ops::activation_forward<T>),
           shape.size() < 1'000'000 ? through(reference::activation_forward<T>) : MakeBody{}});
    }
}

template <class T>
void add_losses(const Add& add) {
  for (const Shape& shape : {Shape{64, 10}, Shape{4096, 1000}}) {
    const auto through = [=](auto& run) {
      return [=, &run] {
        const auto z = random_tensor<T>(shape, 0), dz = random_tensor<T>(shape, 1),
                   p = random_tensor<T>(shape, 2), target = std::make_shared<Tensor<T>>(shape);
        for (Index i = 0; i < shape[0]; ++i) (*target)(i, i % shape[1]) = 1;
        return [=, &run] { benchmark::DoNotOptimize(run(*z, *target, *dz, *p)); };
      };
    };
    add({"categorical_crossentropy_from_logits", named(shape), bytes_of<T>(4 * shape.size()),
         through(ops::categorical_crossentropy_from_logits<T>),
         shape.size() < 1'000'000 ? through(reference::categorical_crossentropy_from_logits<T>)
                                  : MakeBody{}});
  }
}

template <class T>
using NormForward = void(TensorView<const T> x, TensorView<const T> gamma, TensorView<const T> beta,
                         double epsilon, TensorView<T> moments, TensorView<T> y);
// batch_norm_backward or layer_norm_backward.
template <class T>
using NormBackward = std::function<void(
    TensorView<const T> x, TensorView<const T> gamma, TensorView<const T> moments, double epsilon,
    TensorView<const T> dy, TensorView<T> dx, TensorView<T> dgamma, TensorView<T> dbeta)>;

// `lines` is how many means there are. Forward reads x and writes y, backward reads x and dy and
// writes dx: whatever is read twice is meant to come from a cache the second time.
template <class T>
void add_normalization(const Add& add, const std::string& kind, const Shape& shape, Index lines,
                       NormForward<T>* forward, NormForward<T>* reference_forward,
                       const NormBackward<T>& backward, const NormBackward<T>& reference_backward) {
  constexpr double kEpsilon = 1e-3;
  const Shape row{shape[1]}, three{3, lines};
  const auto through_forward = [=](NormForward<T>* run) {
    return on<T>([=](auto& x, auto& y, auto& gamma, auto& beta,
                     auto& moments) { run(x, gamma, beta, kEpsilon, moments, y); },
                 shape, shape, row, row, three);
  };
  const auto through_backward = [=](const NormBackward<T>& run) {
    return [=] {
      const auto random = [](const Shape& s, unsigned i) { return random_tensor<T>(s, i); };
      const auto x = random(shape, 0), dy = random(shape, 1), dx = random(shape, 2),
                 gamma = random(row, 3), dgamma = random(row, 4), dbeta = random(row, 5),
                 y = random(shape, 6), moments = random(three, 7);
      forward(*x, *gamma, *dbeta, kEpsilon, *moments, *y);
      return [=] { run(*x, *gamma, *moments, kEpsilon, *dy, *dx, *dgamma, *dbeta); };
    };
  };
  add({kind, named(shape), bytes_of<T>(2 * shape.size()), through_forward(forward),
       through_forward(reference_forward)});
  add({kind + "_backward", named(shape), bytes_of<T>(3 * shape.size()), through_backward(backward),
       through_backward(reference_backward)});
}

// The pixels of 32 images of 26 x 26, of 8 of 56 x 56; and rows of a batch.
template <class T>
void add_normalizations(const Add& add) {
  const auto through = [](auto& run) {
    return [&run](auto&&... arguments) { run(arguments..., ops::Moments::of_batch); };
  };
  for (const Shape& shape : {Shape{21'632, 32}, Shape{25'088, 64}})
    add_normalization<T>(add, "batch_norm", shape, shape[1], ops::batch_norm_forward<T>,
                         reference::batch_norm_forward<T>, through(ops::batch_norm_backward<T>),
                         through(reference::batch_norm_backward<T>));
  for (const Shape& shape : {Shape{512, 768}, Shape{64, 128}})
    add_normalization<T>(add, "layer_norm", shape, shape[0], ops::layer_norm_forward<T>,
                         reference::layer_norm_forward<T>, ops::layer_norm_backward<T>,
                         reference::layer_norm_backward<T>);
}

template <class T, class Description>
void add_optimizer(const Add& add, const char* name, const Description& description) {
  constexpr Index kWeights = 118'282;  // of the network 784-128-128-10
  const int slots = ops::state_slots(description);
  // A new step number and the same gradient every time; the weights wander off, which costs
  // nothing.
  const auto through = [=](auto step) {
    return [=] {
      const auto w = random_tensor<T>({kWeights}, 0), g = random_tensor<T>({kWeights}, 1),
                 state = std::make_shared<Tensor<T>>(Shape{slots, kWeights});
      state->fill(static_cast<T>(ops::initial_state(description)));
      return [=, iteration = Index{0}]() mutable { step(++iteration, *w, *g, *state); };
    };
  };
  add({"optimizer_step", std::string(name) + "_" + std::to_string(kWeights),
       bytes_of<T>((3 + 2 * slots) * kWeights),
       through([=](Index i, auto& w, auto& g, auto& state) {
         ops::optimizer_step<T>(description, i, w, g, state);
       }),
       through([=](Index i, auto& w, auto& g, auto& state) {
         reference::optimizer_step<T>(description, i, w, g, state);
       })});
}

template <class T>
void add_rows(const Add& add) {
  for (const Shape& shape : {Shape{64, 128}, Shape{21'632, 32}}) {
    add({"column_sums", named(shape), bytes_of<T>(shape.size() + shape[1]),
         on<T>(ops::column_sums<T>, shape, Shape{shape[1]}),
         on<T>(reference::column_sums<T>, shape, Shape{shape[1]})});
  }

  // A batch of 64 images among 1,024, as numbers and as bytes that are scaled on the way.
  const Shape all{1024, 784}, batch{64, 784};
  std::vector<Index> order(64);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i * 389 % 1024);
  const auto bytes = std::make_shared<Tensor<std::uint8_t>>(all);
  for (Index i = 0; i < all.size(); ++i) bytes->data()[i] = static_cast<std::uint8_t>(i * 31);
  add({"gather_rows", named(batch), bytes_of<T>(2 * batch.size()),
       on<T>([=](auto& x, auto& y) { ops::gather_rows<T>(x, order, y); }, all, batch),
       on<T>([=](auto& x, auto& y) { reference::gather_rows<T>(x, order, y); }, all, batch)});
  constexpr T kScale = T(1) / 255;
  add({"gather_rows", named(batch) + "_bytes",
       bytes_of<T>(batch.size()) + static_cast<double>(batch.size()),
       on<T>([=](auto& y) { ops::gather_rows<T>(*bytes, order, kScale, y); }, batch),
       on<T>([=](auto& y) { reference::gather_rows<T>(*bytes, order, kScale, y); }, batch)});
}

template <class T>
void add_scaling(const Add& add) {
  for (const Shape& shape : {Shape{64, 128}, Shape{4096, 1000}}) {
    const auto through = [=](auto& run) {
      return on<T>([&run](auto& x, auto& y) { run(T(0.3), x, y); }, shape, shape);
    };
    add({"scale", named(shape), bytes_of<T>(2 * shape.size()), through(ops::scale<T>),
         through(reference::scale<T>)});
  }
}

constexpr MergeKind kMerge = MergeKind::multiply;

// What branches come together by: a product of two, and its gradient for the second, where that has
// the first one's shape, one number a channel, or one a pixel.
template <class T>
void add_merges(const Add& add) {
  const Shape whole{8, 28, 28, 64};
  for (const Shape& other : {whole, Shape{8, 1, 1, 64}, Shape{8, 28, 28, 1}}) {
    const auto through = [=](const Shape& written, auto run) {
      const auto merge = [=](auto& a, auto& b, auto& y, auto& to) {
        run(std::initializer_list<TensorView<const T>>{a, b}, y, to);
      };
      return on<T>(merge, whole, other, whole, written);
    };
    const std::string name = "multiply_" + named(whole) + "_" + named(other);
    const double bytes = bytes_of<T>(2 * whole.size() + other.size());
    add({"merge_forward", name, bytes,
         through(whole, [](auto x, auto&, auto& y) { ops::merge_forward<T>(kMerge, x, y); }),
         through(whole,
                 [](auto x, auto&, auto& y) { reference::merge_forward<T>(kMerge, x, y); })});
    add({"merge_backward", name, bytes,
         through(other, [](auto x, auto& dy,
                           auto& dx) { ops::merge_backward<T>(kMerge, x, dy, dy, 1, dx); }),
         through(other, [](auto x, auto& dy, auto& dx) {
           reference::merge_backward<T>(kMerge, x, dy, 1, dx);
         })});
  }
}

template <class T>
void add_moves(const Add& add) {
  const auto permute = [&](const Shape& from, const Shape& to, const std::vector<int>& order) {
    add({"permute", named(from) + "_" + named(to), bytes_of<T>(2 * from.size()),
         on<T>([=](auto& x, auto& y) { ops::permute<T>(x, order, y); }, from, to),
         on<T>([=](auto& x, auto& y) { reference::permute<T>(x, order, y); }, from, to)});
  };
  permute({8, 28, 28, 64}, {8, 64, 28, 28}, {0, 3, 1, 2});
  permute({8, 64, 28, 28}, {8, 28, 28, 64}, {0, 2, 3, 1});
  permute({8, 64, 64, 3}, {8, 3, 64, 64}, {0, 3, 1, 2});
  const Shape steps{64, 128, 64};
  add({"softmax_over_axis_1", named(steps), bytes_of<T>(2 * steps.size()),
       on<T>([](auto& x, auto& y) { ops::softmax_forward<T>(x, 1, y); }, steps, steps)});

  // 64 samples of 64 words, of a vocabulary of 10,000.
  const auto words = std::make_shared<Tensor<T>>(Shape{64, 64});
  for (Index i = 0; i < words->size(); ++i) (*words)[i] = static_cast<T>(i * 7919 % 10'000);
  const Shape table{10'000, 128}, looked_up{64, 64, 128};
  add({"embedding_forward", named(looked_up), bytes_of<T>(2 * looked_up.size()),
       on<T>([=](auto& x, auto& y) { ops::embedding_forward<T>(*words, x, y); }, table, looked_up),
       on<T>([=](auto& x, auto& y) { reference::embedding_forward<T>(*words, x, y); }, table,
             looked_up)});
  add({"embedding_backward", named(looked_up), bytes_of<T>(3 * looked_up.size() + table.size()),
       on<T>([=](auto& dy, auto& d) { ops::embedding_backward<T>(*words, dy, d); }, looked_up,
             table)});
}

// The windows of images of few channels and of many, and the images from these.
template <class T>
void add_windows(const Add& add) {
  for (const Shape& images : {Shape{8, 28, 28, 1}, Shape{8, 28, 28, 3}, Shape{8, 14, 14, 64}}) {
    const Shape columns{images[0] * images[1] * images[2], 9 * images[3]};
    const auto through = [](auto& run, const Shape& from, const Shape& to) {
      return on<T>(
          [&run](auto& x, auto& y) { run(x, Window{.kernel = 3, .padding = Padding::same}, y); },
          from, to);
    };
    const double bytes = bytes_of<T>(images.size() + columns.size());
    add({"im2col", named(images) + "_3x3", bytes, through(ops::im2col<T>, images, columns),
         through(reference::im2col<T>, images, columns)});
    add({"col2im", named(images) + "_3x3", bytes, through(ops::col2im<T>, columns, images),
         through(reference::col2im<T>, columns, images)});
  }
}

// Images of few channels and of many, twice as large in both directions.
template <class T>
void add_resampling(const Add& add) {
  for (const auto& [interpolation, kind] : {std::pair(Interpolation::nearest, "nearest_"),
                                            std::pair(Interpolation::bilinear, "bilinear_")})
    for (const Shape& small : {Shape{8, 32, 32, 3}, Shape{8, 14, 14, 64}}) {
      const Shape large{small[0], 2 * small[1], 2 * small[2], small[3]};
      const auto through = [=, how = interpolation](auto& run, const Shape& from, const Shape& to) {
        return on<T>([=, &run](auto& x, auto& y) { run(x, Extent2D(2), how, y); }, from, to);
      };
      const double bytes = bytes_of<T>(small.size() + large.size());
      add({"upsample", kind + named(small), bytes, through(ops::upsample<T>, small, large),
           through(reference::upsample<T>, small, large)});
      add({"upsample_backward", kind + named(small), bytes,
           through(ops::upsample_backward<T>, large, small),
           through(reference::upsample_backward<T>, large, small)});
    }
}

template <class T>
void add_penalties(const Add& add) {
  const Shape weights{100'352};  // of a layer of 128 on 784 inputs
  const auto sum = [=](auto& run) {
    return on<T>([&run](auto& w) { benchmark::DoNotOptimize(run(w, 1e-3, 1e-3)); }, weights);
  };
  const auto gradient = [=](auto& run) {
    return on<T>([&run](auto& w, auto& dw) { run(w, 1e-3, 1e-3, dw); }, weights, weights);
  };
  add({"penalty", named(weights), bytes_of<T>(weights.size()), sum(ops::penalty<T>),
       sum(reference::penalty<T>)});
  add({"penalty_backward", named(weights), bytes_of<T>(3 * weights.size()),
       gradient(ops::penalty_backward<T>), gradient(reference::penalty_backward<T>)});
}

template <class T>
void add_random(const Add& add) {
  const Shape weights{100'352};  // of a layer of 128 on 784 inputs
  const auto through = [=](auto& run, T a) {
    return on<T>([=, &run](auto& out) { run(out, a, T(1), {.seed = 1}); }, weights);
  };
  add({"fill_uniform", named(weights), bytes_of<T>(weights.size()), through(fill_uniform<T>, T(-1)),
       through(reference::fill_uniform<T>, T(-1))});
  add({"fill_normal", named(weights), bytes_of<T>(weights.size()), through(fill_normal<T>, T(0)),
       through(reference::fill_normal<T>, T(0))});
}

template <class T>
void register_dtype(const std::string& dtype, const Options& options) {
  const Add add = [&](const Case& c) { register_case(options, dtype, c); };
  add_copies<T>(dtype);
  add_activations<T>(add);
  add_losses<T>(add);
  add_normalizations<T>(add);
  add_optimizer<T>(add, "sgd", SGD{});
  add_optimizer<T>(add, "momentum", SGD{.momentum = 0.9});
  add_optimizer<T>(add, "rmsprop", RMSprop{});
  add_optimizer<T>(add, "adagrad", Adagrad{});
  add_optimizer<T>(add, "adadelta", Adadelta{});
  add_optimizer<T>(add, "adam", Adam{});
  add_optimizer<T>(add, "adamw", AdamW{});
  add_rows<T>(add);
  add_scaling<T>(add);
  add_merges<T>(add);
  add_moves<T>(add);
  add_windows<T>(add);
  add_resampling<T>(add);
  add_penalties<T>(add);
  add_random<T>(add);
}

}  // namespace

void register_elementwise(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    dtype == "f64" ? register_dtype<double>(dtype, options) : register_dtype<float>(dtype, options);
}

}  // namespace lanewise::bench
