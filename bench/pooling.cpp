// max_pool, average_pool, l2_pool and their gradients: lanewise, the reference and the peers, on
// the same operands. Each is checked against the reference, on one image, before its first timing;
// a wrong result ends the run.
//
// max_pool_places keeps the places of the maxima, for its gradient.
//
// `bytes` counts each array once: forward x and y, backward x, y, dy and dx, for the mean dy and
// dx; with places these instead of x and y.
#include "lanewise/ops/pooling.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>

#include "bench.hpp"
#include "lanewise/random.hpp"
#include "lanewise/threads.hpp"
#include "peers/peer.hpp"
#include "reference/pooling.hpp"

namespace lanewise::bench {
namespace {

Pooling parse(const std::string& text) {
  Pooling p;
  if (std::sscanf(text.c_str(), "%ldx%ldx%ldx%ld-k%lds%ldp%ld", &p.n, &p.h, &p.w, &p.c, &p.kernel,
                  &p.stride, &p.padding) != 7)
    throw std::runtime_error("pooling shapes: got '" + text +
                             "', expected such as 32x26x26x32-k2s2p0");
  return p;
}

// The operands of a pass; those that it does not need are there all the same.
template <class T>
struct Operands {
  TensorView<const T> x, y, dy;
  TensorView<std::uint8_t> places;
  Window window;

  Operands image(Index i) const {
    return {x.rows(i, i + 1), y.rows(i, i + 1), dy.rows(i, i + 1), places.rows(i, i + 1), window};
  }
};

// x and dy of one shape, made when the first of its benchmarks runs.
template <class T>
struct Images {
  Tensor<T> x, dy;

  explicit Images(const Pooling& p)
      : x({p.n, p.h, p.w, p.c}), dy({p.n, p.out_h(), p.out_w(), p.c}) {
    fill_uniform<T>(x, -1, 1, {.seed = 1, .stream = 0});
    fill_uniform<T>(dy, -1, 1, {.seed = 1, .stream = 1});
  }

  static const Images& of(const std::string& shape) {
    static std::map<std::string, std::unique_ptr<Images>> all;
    auto& entry = all[shape];
    if (!entry) entry = std::make_unique<Images>(parse(shape));
    return *entry;
  }
};

template <class T>
using Run = std::function<void(const Operands<T>&, TensorView<T> result)>;

// A kind of pooling, in one direction.
template <class T>
struct Kind {
  const char* name;
  bool backward;
  double large, small;  // how many arrays of the size of x, and of y, are read or written
  Run<T> forward, lanewise, reference;
};

template <class T>
std::vector<Kind<T>> kinds() {
  using O = Operands<T>;
  using V = TensorView<T>;
  const Run<T> max = [](const O& o, V r) { ops::max_pool<T>(o.x, o.window, r); };
  const Run<T> max_places = [](const O& o, V r) { ops::max_pool<T>(o.x, o.window, r, o.places); };
  const Run<T> average = [](const O& o, V r) { ops::average_pool<T>(o.x, o.window, r); };
  const Run<T> l2 = [](const O& o, V r) { ops::l2_pool<T>(o.x, o.window, r); };
  return {
      {"max_pool", false, 1, 1, max, max,
       [](const O& o, V r) { reference::max_pool<T>(o.x, o.window, r); }},
      {"max_pool_places", false, 1, 1 + 1.0 / sizeof(T), max_places, max_places,
       [](const O& o, V r) { reference::max_pool<T>(o.x, o.window, r); }},
      {"max_pool_places_backward", true, 1, 1 + 1.0 / sizeof(T), max_places,
       [](const O& o, V r) { ops::max_pool_backward<T>(o.places, o.dy, o.window, r); },
       [](const O& o, V r) { reference::max_pool_backward<T>(o.x, o.dy, o.window, r); }},
      {"max_pool_backward", true, 2, 2, max,
       [](const O& o, V r) { ops::max_pool_backward<T>(o.x, o.y, o.dy, o.window, r); },
       [](const O& o, V r) { reference::max_pool_backward<T>(o.x, o.dy, o.window, r); }},
      {"average_pool", false, 1, 1, average, average,
       [](const O& o, V r) { reference::average_pool<T>(o.x, o.window, r); }},
      {"average_pool_backward", true, 1, 1, average,
       [](const O& o, V r) { ops::average_pool_backward<T>(o.dy, o.window, r); },
       [](const O& o, V r) { reference::average_pool_backward<T>(o.dy, o.window, r); }},
      {"l2_pool", false, 1, 1, l2, l2,
       [](const O& o, V r) { reference::l2_pool<T>(o.x, o.window, r); }},
      {"l2_pool_backward", true, 2, 2, l2,
       [](const O& o, V r) { ops::l2_pool_backward<T>(o.x, o.y, o.dy, o.window, r); },
       [](const O& o, V r) { reference::l2_pool_backward<T>(o.x, o.dy, o.window, r); }},
  };
}

// An implementation, and how its number of threads is set.
template <class T>
struct Implementation {
  std::string name;
  std::function<void(int)> set_threads;
  std::function<Prepared<T>(const Operands<T>&, const Pooling&)> prepare;
};

template <class T>
Prepared<T> in_place(const Run<T>& run, const Operands<T>& o, const Shape& shape) {
  const auto result = std::make_shared<Tensor<T>>(shape);
  return {[=] { run(o, *result); },
          [=](T* copy) { std::copy(result->begin(), result->end(), copy); }};
}

template <class T>
std::vector<Implementation<T>> implementations(const Kind<T>& kind) {
  const auto through = [&](const Run<T>& run) {
    return [run, backward = kind.backward](const Operands<T>& o, const Pooling&) {
      return in_place(run, o, backward ? o.x.shape() : o.y.shape());
    };
  };
  std::vector<Implementation<T>> list;
  list.push_back({"lanewise", set_num_threads, through(kind.lanewise)});
  list.push_back({"reference", [](int) {}, through(kind.reference)});
  if constexpr (sizeof(T) == 4)
    for (const Peer& peer : peers())
      if (peer.max_pool != nullptr && std::string(kind.name).starts_with("max_pool"))
        list.push_back(
            {peer.name, peer.set_threads,
             [run = peer.max_pool, pass = kind.backward ? Pass::backward_data : Pass::forward,
              places = std::string(kind.name).starts_with("max_pool_places")](
                 const Operands<T>& o, const Pooling& problem) {
               return run(pass, problem, places, o.x.data(), o.dy.data());
             }});
  return list;
}

// Whether the image in the middle is what the reference makes of it.
template <class T>
bool right(const Kind<T>& kind, const Operands<T>& o, const Tensor<T>& result) {
  const Index i = result.shape()[0] / 2;
  const TensorView<const T> got = result.view().rows(i, i + 1);
  Tensor<T> expected(got.shape());
  kind.reference(o.image(i), expected);
  // Sums over a window of numbers below 1, in any order.
  const auto taps = static_cast<double>(o.window.kernel.height * o.window.kernel.width);
  const double tolerance = std::numeric_limits<T>::epsilon() * std::pow(taps + 2, 1.5);
  for (Index e = 0; e < got.size(); ++e)
    if (!(std::fabs(static_cast<double>(got[e] - expected[e])) <= tolerance)) return false;
  return true;
}

template <class T>
void measure(benchmark::State& state, const Kind<T>& kind, const Implementation<T>& implementation,
             const std::string& shape, int threads) {
  implementation.set_threads(threads);
  const Pooling p = parse(shape);
  const Images<T>& images = Images<T>::of(shape);
  Tensor<T> y(images.dy.shape());
  Tensor<std::uint8_t> places(y.shape());
  const Operands<T> operands{images.x, y, images.dy, places,
                             Window{.kernel = p.kernel,
                                    .stride = p.stride,
                                    .padding = {p.padding, p.padding, p.padding, p.padding}}};
  kind.forward(operands, y);
  const Prepared<T> prepared = implementation.prepare(operands, p);
  prepared.run();
  Tensor<T> result(kind.backward ? images.x.shape() : y.shape());
  prepared.read(result.data());
  if (!right(kind, operands, result)) {
    std::fprintf(stderr, "%s/%s %s: the result is wrong\n", kind.name, implementation.name.c_str(),
                 shape.c_str());
    std::exit(1);
  }
  for (auto _ : state) {
    prepared.run();
    benchmark::ClobberMemory();
  }
  const auto elements = kind.large * static_cast<double>(images.x.size()) +
                        kind.small * static_cast<double>(y.size());
  count(state, "bytes", elements * sizeof(T));
}

template <class T>
void register_dtype(const std::string& dtype, const Options& options) {
  constexpr long kMostForReference = 1'000'000;  // inputs; some milliseconds
  for (const Kind<T>& kind : kinds<T>())
    for (const std::string& shape : read_shapes(options.shapes + "/pool.txt"))
      for (const auto& implementation : implementations<T>(kind))
        for (int threads : options.threads) {
          const Pooling p = parse(shape);
          const bool reference = implementation.name == "reference";
          if (reference && (threads > 1 || p.inputs() > kMostForReference)) continue;
          const std::string name = std::string(kind.name) + "/" + implementation.name + "/" +
                                   dtype + "/t" + std::to_string(threads) + "/" + shape;
          benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
            measure<T>(state, kind, implementation, shape, threads);
          })->UseRealTime();
        }
}

}  // namespace

void register_pooling(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    dtype == "f64" ? register_dtype<double>(dtype, options) : register_dtype<float>(dtype, options);
}

}  // namespace lanewise::bench
