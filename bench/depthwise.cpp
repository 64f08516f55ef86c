// depthwise_forward, depthwise_backward_data, depthwise_backward_weights: lanewise, the reference
// and the peers, on the same operands. Each result is checked against the reference's before its
// first timing; a wrong one ends the run.
//
// Shapes are n x h x w x c - window, stride, padding on each side, of a multiplier of 1.
#include "lanewise/ops/depthwise.hpp"

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
#include "reference/depthwise.hpp"

namespace lanewise::bench {
namespace {

struct Case {
  std::string name;
  long n = 0, h = 0, w = 0, c = 0, kernel = 1, stride = 1, padding = 0;

  long out(long size) const { return (size + 2 * padding - kernel) / stride + 1; }
  double flops() const {
    return 2.0 * static_cast<double>(n * out(h) * out(w) * c * kernel * kernel);
  }
};

Case parse(const std::string& text) {
  Case s{.name = text};
  if (std::sscanf(text.c_str(), "%ldx%ldx%ldx%ld-k%lds%ldp%ld", &s.n, &s.h, &s.w, &s.c, &s.kernel,
                  &s.stride, &s.padding) != 7)
    throw std::runtime_error("depthwise shapes: got '" + text +
                             "', expected such as 8x56x56x64-k3s1p1");
  return s;
}

// The operands of one shape; all three are there, whichever is computed.
template <class T>
struct Operands {
  Tensor<T> x, filters, y;
  ops::DepthwiseOptions<T> options;

  explicit Operands(const Case& s)
      : x({s.n, s.h, s.w, s.c}),
        filters({s.kernel, s.kernel, s.c, 1}),
        y({s.n, s.out(s.h), s.out(s.w), s.c}),
        options{.stride = s.stride, .padding = {s.padding, s.padding, s.padding, s.padding}} {
    std::uint64_t stream = 0;
    for (auto* tensor : {&x, &filters, &y})
      fill_uniform<T>(*tensor, -1, 1, {.seed = 1, .stream = stream++});
  }

  static const Operands& of(const Case& s) {
    static std::map<std::string, std::unique_ptr<Operands>> all;
    auto& entry = all[s.name];
    if (!entry) entry = std::make_unique<Operands>(s);
    return *entry;
  }
};

// Computes the pass's result from the two other operands.
template <class T>
using Run = std::function<void(const Operands<T>&, TensorView<T> result)>;

template <class T>
struct Direction {
  const char* name;
  Pass pass;
  Tensor<T> Operands<T>::*result;
  Run<T> lanewise, reference;
};

template <class T>
std::vector<Direction<T>> directions() {
  using O = Operands<T>;
  using V = TensorView<T>;
  return {
      {"depthwise_forward", Pass::forward, &O::y,
       [](const O& o, V r) { ops::depthwise_forward<T>(o.x, o.filters, r, o.options); },
       [](const O& o, V r) { reference::depthwise_forward<T>(o.x, o.filters, r, o.options); }},
      {"depthwise_backward_data", Pass::backward_data, &O::x,
       [](const O& o, V r) { ops::depthwise_backward_data<T>(o.y, o.filters, r, o.options); },
       [](const O& o, V r) {
         reference::depthwise_backward_data<T>(o.y, o.filters, r, o.options);
       }},
      {"depthwise_backward_weights", Pass::backward_weights, &O::filters,
       [](const O& o, V r) { ops::depthwise_backward_weights<T>(o.x, o.y, r, o.options); },
       [](const O& o, V r) { reference::depthwise_backward_weights<T>(o.x, o.y, r, o.options); }},
  };
}

template <class T>
bool right(const Direction<T>& direction, const Operands<T>& operands, const Tensor<T>& result,
           double terms) {
  Tensor<T> expected(result.shape());
  direction.reference(operands, expected);
  const double tolerance = std::numeric_limits<T>::epsilon() * std::pow(terms + 2, 1.5);
  for (Index i = 0; i < result.size(); ++i)
    if (!(std::fabs(static_cast<double>(result[i] - expected[i])) <= tolerance)) return false;
  return true;
}

// An implementation, and how its number of threads is set.
template <class T>
struct Implementation {
  std::string name;
  std::function<void(int)> set_threads;
  std::function<Prepared<T>(const Operands<T>&, const Case&)> prepare;
};

template <class T>
std::vector<Implementation<T>> implementations(const Direction<T>& direction) {
  const auto in_place = [result = direction.result](const Run<T>& run) {
    return [=](const Operands<T>& o, const Case&) -> Prepared<T> {
      const auto to = std::make_shared<Tensor<T>>((o.*result).shape());
      return {[=, &o] { run(o, *to); }, [=](T* copy) { std::copy(to->begin(), to->end(), copy); }};
    };
  };
  std::vector<Implementation<T>> list;
  list.push_back({"lanewise", set_num_threads, in_place(direction.lanewise)});
  list.push_back({"reference", [](int) {}, in_place(direction.reference)});
  if constexpr (sizeof(T) == 4)
    for (const Peer& peer : peers())
      if (peer.convolution != nullptr)
        list.push_back(
            {peer.name, peer.set_threads,
             [run = peer.convolution, pass = direction.pass](const Operands<T>& o, const Case& s) {
               return run(pass, {s.n, s.h, s.w, s.c, s.c, s.kernel, s.stride, s.padding, s.c},
                          {o.x.data(), o.filters.data(), o.y.data()});
             }});
  return list;
}

template <class T>
void measure(benchmark::State& state, const Direction<T>& direction,
             const Implementation<T>& implementation, const Case& shape, int threads) {
  implementation.set_threads(threads);
  const Operands<T>& operands = Operands<T>::of(shape);
  const Prepared<T> prepared = implementation.prepare(operands, shape);
  prepared.run();
  Tensor<T> result((operands.*direction.result).shape());
  prepared.read(result.data());
  // The longest sums are those over the pixels.
  if (!right(direction, operands, result, shape.flops() / static_cast<double>(2 * shape.c))) {
    std::fprintf(stderr, "%s/%s %s: the result is wrong\n", direction.name,
                 implementation.name.c_str(), shape.name.c_str());
    std::exit(1);
  }
  for (auto _ : state) {
    prepared.run();
    benchmark::ClobberMemory();
  }
  count(state, "flops", shape.flops());
  const Index elements = operands.x.size() + operands.filters.size() + operands.y.size();
  count(state, "bytes", static_cast<double>(elements) * sizeof(T));
}

template <class T>
void register_dtype(const std::string& dtype, const Options& options) {
  for (const Direction<T>& direction : directions<T>())
    for (const std::string& line : read_shapes(options.shapes + "/depthwise.txt")) {
      const Case shape = parse(line);
      for (const auto& implementation : implementations<T>(direction))
        for (const int threads : options.threads) {
          if (implementation.name == "reference" && threads > 1) continue;
          const std::string name = std::string(direction.name) + "/" + implementation.name + "/" +
                                   dtype + "/t" + std::to_string(threads) + "/" + shape.name;
          benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
            measure<T>(state, direction, implementation, shape, threads);
          })->UseRealTime();
        }
    }
}

}  // namespace

void register_depthwise(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    dtype == "f64" ? register_dtype<double>(dtype, options) : register_dtype<float>(dtype, options);
}

}  // namespace lanewise::bench
