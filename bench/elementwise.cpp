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

#include "bench.hpp"
#include "lanewise/ops/activation.hpp"
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
  MakeBody lanewise, reference;  // reference may be empty
};

void add(const Options& options, const std::string& dtype, const Case& c) {
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
      state.counters["bytes"] =
          benchmark::Counter(bytes, benchmark::Counter::kIsIterationInvariantRate);
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

std::string named(const Shape& shape) {
  std::string name;
  for (Index size : shape.sizes()) {
    if (!name.empty()) name += 'x';
    name += std::to_string(size);
  }
  return name;
}

template <class T>
double bytes_of(Index elements) {
  return static_cast<double>(elements) * sizeof(T);
}

template <class T>
void add_copies(const std::string& dtype) {
  // In the first-level cache, in the second, and in memory.
  for (const Index count : {Index{1280}, Index{118'282}, Index{1} << 24}) {
    const std::string name = "peak/copy/" + dtype + "/t1/" + std::to_string(count);
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
      const auto from = random_tensor<T>({count}, 0), to = random_tensor<T>({count}, 1);
      for (auto _ : state) {
        std::memcpy(to->data(), from->data(), static_cast<std::size_t>(count) * sizeof(T));
        benchmark::ClobberMemory();
      }
      state.counters["bytes"] =
          benchmark::Counter(bytes_of<T>(2 * count), benchmark::Counter::kIsIterationInvariantRate);
    })->UseRealTime();
  }
}

template <class T>
void add_activations(const Options& options, const std::string& dtype) {
  for (const Shape& shape : {Shape{64, 10}, Shape{64, 128}, Shape{4096, 1000}})
    for (const ActivationFunction f : {relu, sigmoid, lanewise::tanh, gelu, softmax}) {
      if (shape[-1] == 10 && f != softmax) continue;
      const auto through = [=](auto& run) {
        return [=, &run] {
          const auto x = random_tensor<T>(shape, 0), y = random_tensor<T>(shape, 1);
          return [=, &run] { run(f, *x, *y); };
        };
      };
      add(options, dtype,
          {"activation_forward", std::string(to_string(f.kind)) + "_" + named(shape),
           bytes_of<T>(2 * shape.size()), through(ops::activation_forward<T>),
           shape.size() < 1'000'000 ? through(reference::activation_forward<T>) : MakeBody{}});
    }
}

template <class T>
void add_losses(const Options& options, const std::string& dtype) {
  for (const Shape& shape : {Shape{64, 10}, Shape{4096, 1000}}) {
    const auto through = [=](auto& run) {
      return [=, &run] {
        const auto z = random_tensor<T>(shape, 0), dz = random_tensor<T>(shape, 1),
                   p = random_tensor<T>(shape, 2), target = std::make_shared<Tensor<T>>(shape);
        for (Index i = 0; i < shape[0]; ++i) (*target)(i, i % shape[1]) = 1;
        return [=, &run] { benchmark::DoNotOptimize(run(*z, *target, *dz, *p)); };
      };
    };
    add(options, dtype,
        {"categorical_crossentropy_from_logits", named(shape), bytes_of<T>(4 * shape.size()),
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
void add_normalization(const Options& options, const std::string& dtype, const std::string& kind,
                       const Shape& shape, Index lines, NormForward<T>* forward,
                       NormForward<T>* reference_forward, const NormBackward<T>& backward,
                       const NormBackward<T>& reference_backward) {
  constexpr double kEpsilon = 1e-3;
  const auto random = [=](Shape s, std::uint64_t stream) { return random_tensor<T>(s, stream); };
  const auto through_forward = [=](NormForward<T>* run) {
    return [=] {
      const auto x = random(shape, 0), y = random(shape, 1), gamma = random({shape[1]}, 2),
                 beta = random({shape[1]}, 3), moments = random({3, lines}, 4);
      return [=] { run(*x, *gamma, *beta, kEpsilon, *moments, *y); };
    };
  };
  const auto through_backward = [=](const NormBackward<T>& run) {
    return [=] {
      const auto x = random(shape, 0), dy = random(shape, 1), dx = random(shape, 2),
                 gamma = random({shape[1]}, 3), dgamma = random({shape[1]}, 4),
                 dbeta = random({shape[1]}, 5), y = random(shape, 6),
                 moments = random({3, lines}, 7);
      forward(*x, *gamma, *dbeta, kEpsilon, *moments, *y);
      return [=] { run(*x, *gamma, *moments, kEpsilon, *dy, *dx, *dgamma, *dbeta); };
    };
  };
  add(options, dtype,
      {kind, named(shape), bytes_of<T>(2 * shape.size()), through_forward(forward),
       through_forward(reference_forward)});
  add(options, dtype,
      {kind + "_backward", named(shape), bytes_of<T>(3 * shape.size()), through_backward(backward),
       through_backward(reference_backward)});
}

// The pixels of 32 images of 26 x 26, of 8 of 56 x 56; and rows of a batch.
template <class T>
void add_normalizations(const Options& options, const std::string& dtype) {
  const auto through = [](auto& run) {
    return [&run](auto&&... arguments) { run(arguments..., ops::Moments::of_batch); };
  };
  for (const Shape& shape : {Shape{21'632, 32}, Shape{25'088, 64}})
    add_normalization<T>(options, dtype, "batch_norm", shape, shape[1], ops::batch_norm_forward<T>,
                         reference::batch_norm_forward<T>, through(ops::batch_norm_backward<T>),
                         through(reference::batch_norm_backward<T>));
  for (const Shape& shape : {Shape{512, 768}, Shape{64, 128}})
    add_normalization<T>(options, dtype, "layer_norm", shape, shape[0], ops::layer_norm_forward<T>,
                         reference::layer_norm_forward<T>, ops::layer_norm_backward<T>,
                         reference::layer_norm_backward<T>);
}

template <class T, class Description>
void add_optimizer(const Options& options, const std::string& dtype, const char* name,
                   const Description& description) {
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
  add(options, dtype,
      {"optimizer_step", std::string(name) + "_" + std::to_string(kWeights),
       bytes_of<T>((3 + 2 * slots) * kWeights),
       through([=](Index i, TensorView<T> w, TensorView<const T> g, TensorView<T> state) {
         ops::optimizer_step<T>(description, i, w, g, state);
       }),
       through([=](Index i, TensorView<T> w, TensorView<const T> g, TensorView<T> state) {
         reference::optimizer_step<T>(description, i, w, g, state);
       })});
}

template <class T>
void add_rows(const Options& options, const std::string& dtype) {
  for (const Shape& shape : {Shape{64, 128}, Shape{21'632, 32}}) {
    const auto through = [=](auto& run) {
      return [=, &run] {
        const auto x = random_tensor<T>(shape, 0), sum = random_tensor<T>({shape[1]}, 1);
        return [=, &run] { run(*x, *sum); };
      };
    };
    add(options, dtype,
        {"column_sums", named(shape), bytes_of<T>(shape.size() + shape[1]),
         through(ops::column_sums<T>), through(reference::column_sums<T>)});
  }

  // A batch of 64 images among 1,024, as numbers and as bytes that are scaled on the way.
  const Shape all{1024, 784}, batch{64, 784};
  std::vector<Index> order(64);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i * 389 % 1024);
  const auto numbers = [=](auto run) {
    return [=] {
      const auto x = random_tensor<T>(all, 0), y = random_tensor<T>(batch, 1);
      return [=] { run(*x, order, *y); };
    };
  };
  const auto bytes = [=](auto run) {
    return [=] {
      const auto x = std::make_shared<Tensor<std::uint8_t>>(all);
      for (Index i = 0; i < all.size(); ++i) x->data()[i] = static_cast<std::uint8_t>(i * 31);
      const auto y = random_tensor<T>(batch, 1);
      return [=] { run(*x, order, *y); };
    };
  };
  using Order = std::span<const Index>;
  add(options, dtype,
      {"gather_rows", named(batch), bytes_of<T>(2 * batch.size()),
       numbers(
           [](TensorView<const T> x, Order i, TensorView<T> y) { ops::gather_rows<T>(x, i, y); }),
       numbers([](TensorView<const T> x, Order i, TensorView<T> y) {
         reference::gather_rows<T>(x, i, y);
       })});
  constexpr T kScale = T(1) / 255;
  using Bytes = TensorView<const std::uint8_t>;
  add(options, dtype,
      {"gather_rows", named(batch) + "_bytes",
       bytes_of<T>(batch.size()) + static_cast<double>(batch.size()),
       bytes([=](Bytes x, Order i, TensorView<T> y) { ops::gather_rows<T>(x, i, kScale, y); }),
       bytes([=](Bytes x, Order i, TensorView<T> y) {
         reference::gather_rows<T>(x, i, kScale, y);
       })});
}

template <class T>
void add_scaling(const Options& options, const std::string& dtype) {
  for (const Shape& shape : {Shape{64, 128}, Shape{4096, 1000}}) {
    const auto through = [=](auto& run) {
      return [=, &run] {
        const auto x = random_tensor<T>(shape, 0), y = random_tensor<T>(shape, 1);
        return [=, &run] { run(T(0.3), *x, *y); };
      };
    };
    add(options, dtype,
        {"scale", named(shape), bytes_of<T>(2 * shape.size()), through(ops::scale<T>),
         through(reference::scale<T>)});
  }
}

// What branches come together by: a product of two, and its gradient for the second, where that has
// the first one's shape, one number a channel, or one a pixel.
template <class T>
void add_merges(const Options& options, const std::string& dtype) {
  using Views = std::span<const TensorView<const T>>;
  const Shape whole{8, 28, 28, 64};
  for (const Shape& other : {whole, Shape{8, 1, 1, 64}, Shape{8, 28, 28, 1}}) {
    const auto through = [=](const Shape& written, auto run) {
      return [=] {
        const auto a = random_tensor<T>(whole, 0), b = random_tensor<T>(other, 1),
                   y = random_tensor<T>(whole, 2), to = random_tensor<T>(written, 3);
        return [=] {
          const TensorView<const T> x[] = {*a, *b};
          run(Views(x), *y, *to);
        };
      };
    };
    constexpr MergeKind kKind = MergeKind::multiply;
    const double bytes = bytes_of<T>(2 * whole.size() + other.size());
    add(options, dtype,
        {"merge_forward", "multiply_" + named(whole) + "_" + named(other), bytes,
         through(whole, [](Views x, const Tensor<T>&,
                           Tensor<T>& y) { ops::merge_forward<T>(kKind, x, y); }),
         through(whole, [](Views x, const Tensor<T>&, Tensor<T>& y) {
           reference::merge_forward<T>(kKind, x, y);
         })});
    add(options, dtype,
        {"merge_backward", "multiply_" + named(whole) + "_" + named(other), bytes,
         through(other, [](Views x, const Tensor<T>& dy,
                           Tensor<T>& dx) { ops::merge_backward<T>(kKind, x, dy, dy, 1, dx); }),
         through(other, [](Views x, const Tensor<T>& dy, Tensor<T>& dx) {
           reference::merge_backward<T>(kKind, x, dy, 1, dx);
         })});
  }
}

template <class T>
void add_moves(const Options& options, const std::string& dtype) {
  const auto through = [](const Shape& from, const Shape& to, auto run) {
    return [=] {
      const auto x = random_tensor<T>(from, 0), y = random_tensor<T>(to, 1);
      return [=] { run(*x, *y); };
    };
  };
  const auto permute = [&](const Shape& from, const Shape& to, const std::vector<int>& order) {
    add(options, dtype,
        {"permute", named(from) + "_" + named(to), bytes_of<T>(2 * from.size()),
         through(from, to, [=](const Tensor<T>& x, Tensor<T>& y) { ops::permute<T>(x, order, y); }),
         through(from, to,
                 [=](const Tensor<T>& x, Tensor<T>& y) { reference::permute<T>(x, order, y); })});
  };
  permute({8, 28, 28, 64}, {8, 64, 28, 28}, {0, 3, 1, 2});
  permute({8, 64, 28, 28}, {8, 28, 28, 64}, {0, 2, 3, 1});
  permute({8, 64, 64, 3}, {8, 3, 64, 64}, {0, 3, 1, 2});
  const Shape steps{64, 128, 64};
  add(options, dtype,
      {"softmax_over_axis_1",
       named(steps),
       bytes_of<T>(2 * steps.size()),
       through(steps, steps,
               [](const Tensor<T>& x, Tensor<T>& y) { ops::softmax_forward<T>(x, 1, y); }),
       {}});

  // 64 samples of 64 words, of a vocabulary of 10,000.
  const auto words = std::make_shared<Tensor<T>>(Shape{64, 64});
  for (Index i = 0; i < words->size(); ++i) (*words)[i] = static_cast<T>(i * 7919 % 10'000);
  const Shape table{10'000, 128}, looked_up{64, 64, 128};
  add(options, dtype,
      {"embedding_forward", named(looked_up), bytes_of<T>(2 * looked_up.size()),
       through(table, looked_up,
               [=](const Tensor<T>& x, Tensor<T>& y) { ops::embedding_forward<T>(*words, x, y); }),
       through(table, looked_up, [=](const Tensor<T>& x, Tensor<T>& y) {
         reference::embedding_forward<T>(*words, x, y);
       })});
  add(options, dtype,
      {"embedding_backward",
       named(looked_up),
       bytes_of<T>(3 * looked_up.size() + table.size()),
       through(
           looked_up, table,
           [=](const Tensor<T>& dy, Tensor<T>& d) { ops::embedding_backward<T>(*words, dy, d); }),
       {}});
}

// Images of few channels and of many, twice as large in both directions.
template <class T>
void add_resampling(const Options& options, const std::string& dtype) {
  for (const auto& [interpolation, kind] : {std::pair(Interpolation::nearest, "nearest_"),
                                            std::pair(Interpolation::bilinear, "bilinear_")})
    for (const Shape& small : {Shape{8, 32, 32, 3}, Shape{8, 14, 14, 64}}) {
      const Shape large{small[0], 2 * small[1], 2 * small[2], small[3]};
      const auto through = [=, how = interpolation](auto& run, const Shape& from, const Shape& to) {
        return [=, &run] {
          const auto x = random_tensor<T>(from, 0), y = random_tensor<T>(to, 1);
          return [=, &run] { run(*x, Extent2D(2), how, *y); };
        };
      };
      const double bytes = bytes_of<T>(small.size() + large.size());
      add(options, dtype,
          {"upsample", kind + named(small), bytes, through(ops::upsample<T>, small, large),
           through(reference::upsample<T>, small, large)});
      add(options, dtype,
          {"upsample_backward", kind + named(small), bytes,
           through(ops::upsample_backward<T>, large, small),
           through(reference::upsample_backward<T>, large, small)});
    }
}

template <class T>
void add_penalties(const Options& options, const std::string& dtype) {
  constexpr Index kWeights = 100'352;  // of a layer of 128 on 784 inputs
  const auto sum = [](auto& run) {
    return [&run] {
      const auto w = random_tensor<T>({kWeights}, 0);
      return [=, &run] { benchmark::DoNotOptimize(run(*w, 1e-3, 1e-3)); };
    };
  };
  const auto gradient = [](auto& run) {
    return [&run] {
      const auto w = random_tensor<T>({kWeights}, 0), dw = random_tensor<T>({kWeights}, 1);
      return [=, &run] { run(*w, 1e-3, 1e-3, *dw); };
    };
  };
  const std::string name = std::to_string(kWeights);
  add(options, dtype,
      {"penalty", name, bytes_of<T>(kWeights), sum(ops::penalty<T>), sum(reference::penalty<T>)});
  add(options, dtype,
      {"penalty_backward", name, bytes_of<T>(3 * kWeights), gradient(ops::penalty_backward<T>),
       gradient(reference::penalty_backward<T>)});
}

template <class T>
void add_random(const Options& options, const std::string& dtype) {
  constexpr Index kCount = 100'352;  // the weights of a layer of 128 on 784 inputs
  const auto through = [=](auto& run, T a) {
    return [=, &run] {
      const auto out = std::make_shared<Tensor<T>>(Shape{kCount});
      return [=, &run] { run(*out, a, T(1), {.seed = 1}); };
    };
  };
  add(options, dtype,
      {"fill_uniform", std::to_string(kCount), bytes_of<T>(kCount), through(fill_uniform<T>, T(-1)),
       through(reference::fill_uniform<T>, T(-1))});
  add(options, dtype,
      {"fill_normal", std::to_string(kCount), bytes_of<T>(kCount), through(fill_normal<T>, T(0)),
       through(reference::fill_normal<T>, T(0))});
}

template <class T>
void register_dtype(const std::string& dtype, const Options& options) {
  add_copies<T>(dtype);
  add_activations<T>(options, dtype);
  add_losses<T>(options, dtype);
  add_normalizations<T>(options, dtype);
  add_optimizer<T>(options, dtype, "sgd", SGD{});
  add_optimizer<T>(options, dtype, "momentum", SGD{.momentum = 0.9});
  add_optimizer<T>(options, dtype, "rmsprop", RMSprop{});
  add_optimizer<T>(options, dtype, "adagrad", Adagrad{});
  add_optimizer<T>(options, dtype, "adadelta", Adadelta{});
  add_optimizer<T>(options, dtype, "adam", Adam{});
  add_optimizer<T>(options, dtype, "adamw", AdamW{});
  add_rows<T>(options, dtype);
  add_scaling<T>(options, dtype);
  add_merges<T>(options, dtype);
  add_moves<T>(options, dtype);
  add_resampling<T>(options, dtype);
  add_penalties<T>(options, dtype);
  add_random<T>(options, dtype);
}

}  // namespace

void register_elementwise(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    dtype == "f64" ? register_dtype<double>(dtype, options) : register_dtype<float>(dtype, options);
}

}  // namespace lanewise::bench
