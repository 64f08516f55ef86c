// What computes with each element by itself, or with a row of them: activations, losses,
// normalization, optimizers, scaling, penalties, random numbers. All of it stands beside peak/copy,
// the rate at which memcpy moves as many elements.
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>

#include "case.hpp"
#include "cpu/tables.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/loss.hpp"
#include "lanewise/ops/normalization.hpp"
#include "lanewise/ops/optimizer.hpp"
#include "lanewise/ops/penalty.hpp"
#include "lanewise/ops/scale.hpp"
#include "lanewise/ops/softmax.hpp"
#include "lanewise/random.hpp"
#include "reference/activation.hpp"
#include "reference/loss.hpp"
#include "reference/normalization.hpp"
#include "reference/optimizer.hpp"
#include "reference/penalty.hpp"
#include "reference/random.hpp"
#include "reference/scale.hpp"

namespace lanewise::bench {
namespace {

// Elements of an array that no cache holds: 64 MiB of float. And whether some caches hold so many.
constexpr Index kBeyondCaches = Index{1} << 24;
constexpr bool fits_caches(Index elements) {
  return elements <= kBeyondCaches / 8;
}

template <class T>
void add_copies(const std::string& dtype) {
  // In the first-level cache, in the second, and in memory.
  for (const Index size : {Index{1280}, Index{118'282}, kBeyondCaches}) {
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
    for (const ActivationFunction f : {relu, sigmoid, lanewise::tanh, softplus, gelu, softmax}) {
      if (shape[-1] == 10 && f != softmax) continue;
      const auto through = [=](auto& run) {
        return on<T>([=, &run](auto& x, auto& y) { run(f, x, y); }, shape, shape);
      };
      add({"activation_forward", std::string(to_string(f.kind)) + "_" + named(shape),
           bytes_of<T>(2 * shape.size()), through(ops::activation_forward<T>),
           shape.size() < 1'000'000 ? through(reference::activation_forward<T>) : MakeBody{}});
    }
}

// exp by itself, of which the operations are made that have one.
template <class T>
void add_exp(const Add& add) {
  for (const Shape& shape : {Shape{64, 128}, Shape{4096, 1000}})
    add({"exp", named(shape), bytes_of<T>(2 * shape.size()),
         on<T>(
             [](auto& x, auto& y) {
               cpu::kernels<simd::MathKernels<T>>().exp(x.data(), y.data(), x.size());
             },
             shape, shape)});
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
// writes dx. What is read for the means, `reads` times in all, comes from a cache the second time
// where it fits into one.
template <class T>
void add_normalization(const Add& add, const std::string& kind, const Shape& shape, Index lines,
                       Index reads, NormForward<T>* forward, NormForward<T>* reference_forward,
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
  const auto if_small = [&](MakeBody slow) {
    return fits_caches(shape.size()) ? slow : MakeBody{};
  };
  add({kind, named(shape), bytes_of<T>((reads + 1) * shape.size()), through_forward(forward),
       if_small(through_forward(reference_forward))});
  add({kind + "_backward", named(shape), bytes_of<T>((2 * reads + 1) * shape.size()),
       through_backward(backward), if_small(through_backward(reference_backward))});
}

// The pixels of 32 images of 26 x 26, of 8 and of 64 of 56 x 56; and rows of a batch. The last of
// each are beyond all caches. There batch_norm reads twice what it takes means of; layer_norm does
// not: it has a row at a time in the first-level cache.
template <class T>
void add_normalizations(const Add& add) {
  const auto through = [](auto& run) {
    return [&run](auto&&... arguments) { run(arguments..., ops::Moments::of_batch); };
  };
  for (const Shape& shape : {Shape{21'632, 32}, Shape{25'088, 64}, Shape{200'704, 64}})
    add_normalization<T>(add, "batch_norm", shape, shape[1], fits_caches(shape.size()) ? 1 : 2,
                         ops::batch_norm_forward<T>, reference::batch_norm_forward<T>,
                         through(ops::batch_norm_backward<T>),
                         through(reference::batch_norm_backward<T>));
  for (const Shape& shape : {Shape{512, 768}, Shape{64, 128}, Shape{16'384, 768}})
    add_normalization<T>(add, "layer_norm", shape, shape[0], 1, ops::layer_norm_forward<T>,
                         reference::layer_norm_forward<T>, ops::layer_norm_backward<T>,
                         reference::layer_norm_backward<T>);
}

template <class T, class Description>
void add_optimizer(const Add& add, const char* name, const Description& description) {
  const int slots = ops::state_slots(description);
  // Those of the network 784-128-128-10, and more than any cache has.
  for (const Index weights : {Index{118'282}, kBeyondCaches}) {
    // A new step number and the same gradient every time; the weights wander off, which costs
    // nothing.
    const auto through = [=](auto step) {
      return [=] {
        const auto w = random_tensor<T>({weights}, 0), g = random_tensor<T>({weights}, 1),
                   state = std::make_shared<Tensor<T>>(Shape{slots, weights});
        state->fill(static_cast<T>(ops::initial_state(description)));
        return [=, iteration = Index{0}]() mutable { step(++iteration, *w, *g, *state); };
      };
    };
    const MakeBody reference = through([=](Index i, auto& w, auto& g, auto& state) {
      reference::optimizer_step<T>(description, i, w, g, state);
    });
    add({"optimizer_step", std::string(name) + "_" + std::to_string(weights),
         bytes_of<T>((3 + 2 * slots) * weights),
         through([=](Index i, auto& w, auto& g, auto& state) {
           ops::optimizer_step<T>(description, i, w, g, state);
         }),
         fits_caches(weights) ? reference : MakeBody{}});
  }
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
  add_exp<T>(add);
  add_losses<T>(add);
  add_normalizations<T>(add);
  add_optimizer<T>(add, "sgd", SGD{});
  add_optimizer<T>(add, "momentum", SGD{.momentum = 0.9});
  add_optimizer<T>(add, "rmsprop", RMSprop{});
  add_optimizer<T>(add, "adagrad", Adagrad{});
  add_optimizer<T>(add, "adadelta", Adadelta{});
  add_optimizer<T>(add, "adam", Adam{});
  add_optimizer<T>(add, "adamw", AdamW{});
  add_scaling<T>(add);
  add_penalties<T>(add);
  add_random<T>(add);
}

}  // namespace

void register_elementwise(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    dtype == "f64" ? register_dtype<double>(dtype, options) : register_dtype<float>(dtype, options);
}

}  // namespace lanewise::bench
