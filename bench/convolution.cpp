// conv_forward, conv_backward_data, conv_backward_weights: lanewise, the reference, im2col with the
// library's matrix product, and the peers, on the same operands.
//
// Each implementation is checked against the reference, on a part of the result, before its first
// timing. A wrong result ends the run. Peers have their
// operands in the layout they like best; the time to bring them there is not counted.
#include "lanewise/ops/convolution.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include "bench.hpp"
#include "lanewise/ops/gemm.hpp"
#include "lanewise/random.hpp"
#include "lanewise/threads.hpp"
#include "ops/winograd.hpp"
#include "peers/peer.hpp"
#include "reference/convolution.hpp"

namespace lanewise::bench {
namespace {

Convolution parse(const std::string& text) {
  Convolution p;
  if (std::sscanf(text.c_str(), "%ldx%ldx%ldx%ld-%ldk%lds%ldp%ldg%ld", &p.n, &p.h, &p.w, &p.c, &p.k,
                  &p.kernel, &p.stride, &p.padding, &p.groups) < 8)
    throw std::runtime_error("convolution shapes: got '" + text +
                             "', expected such as 32x13x13x32-64k3s1p0");
  return p;
}

std::string op_name(Pass pass) {
  switch (pass) {
    case Pass::backward_data:
      return "conv_backward_data";
    case Pass::backward_weights:
      return "conv_backward_weights";
    case Pass::forward:
      break;
  }
  return "conv_forward";
}

template <class T>
ops::ConvolutionOptions<T> options_of(const Convolution& p) {
  return {.stride = p.stride,
          .padding = {p.padding, p.padding, p.padding, p.padding},
          .groups = p.groups};
}

// The block of this shape from the end of all axes but the first, and there from `first` on.
template <class T>
Tensor<T> block(TensorView<const T> all, const Shape& shape, Index first = 0) {
  Tensor<T> copy(shape);
  const auto skip = [&](int axis) { return all.shape()[axis] - shape[axis]; };
  for (Index i = 0; i < shape[0]; ++i)
    for (Index j = 0; j < shape[1]; ++j)
      for (Index k = 0; k < shape[2]; ++k)
        for (Index l = 0; l < shape[3]; ++l)
          copy(i, j, k, l) = all(first + i, skip(1) + j, skip(2) + k, skip(3) + l);
  return copy;
}

// The operands of one shape, and what the reference makes of a part of them.
template <class T>
class Operands {
 public:
  const Convolution problem;
  Tensor<T> x, filters, dy;

  explicit Operands(const Convolution& p)
      : problem(p),
        x({p.n, p.h, p.w, p.c}),
        filters({p.kernel, p.kernel, p.c / p.groups, p.k}),
        dy({p.n, p.out_h(), p.out_w(), p.k}) {
    std::uint64_t stream = 0;
    for (auto* tensor : {&x, &filters, &dy})
      fill_uniform<T>(*tensor, -1, 1, {.seed = 1, .stream = stream++});
  }

  // Made when the first of the shape's benchmarks runs.
  static Operands& of(const std::string& shape) {
    static std::map<std::string, std::unique_ptr<Operands>> all;
    auto& entry = all[shape];
    if (!entry) entry = std::make_unique<Operands>(parse(shape));
    return *entry;
  }

  const Shape& result_shape(Pass pass) const {
    return pass == Pass::forward         ? dy.shape()
           : pass == Pass::backward_data ? x.shape()
                                         : filters.shape();
  }

  bool right(Pass pass, TensorView<const T> result, bool winograd) {
    auto& expected = expected_[pass];
    if (expected.empty()) expected = reference_of_part(pass);
    const Tensor<T> got =
        block(result, expected.shape(), pass == Pass::backward_weights ? 0 : problem.n / 2);
    // A sum of so many products of numbers below 1, of either sign, seldom leaves the root of their
    // count on its way, and each addition rounds that by half an epsilon.
    const long taps = problem.kernel * problem.kernel;
    const auto terms = static_cast<double>(pass == Pass::forward ? taps * problem.c / problem.groups
                                           : pass == Pass::backward_data
                                               ? taps * problem.k / problem.groups
                                               : problem.n * problem.out_h() * problem.out_w());
    // Of Winograd's tiles, lanewise/ops/convolution_algorithm.hpp: 57 times the root of the sum of
    // the squares, of terms / 16 numbers up to 16.
    const double roundings = winograd ? 57 * std::sqrt(16 * terms) : std::pow(terms + 2, 1.5);
    const double tolerance = std::numeric_limits<T>::epsilon() * roundings;
    for (Index i = 0; i < got.size(); ++i)
      if (!(std::fabs(static_cast<double>(got[i] - expected[i])) <= tolerance)) return false;
    return true;
  }

 private:
  std::map<Pass, Tensor<T>> expected_;

  // The reference is slow: of y and dx, eight channels of the image in the middle; of dfilters,
  // eight channels of eight filters. Of several groups, the last.
  Tensor<T> reference_of_part(Pass pass) const {
    Convolution p = problem;
    p.c /= p.groups;
    p.k /= p.groups;
    p.groups = 1;
    if (pass != Pass::forward) p.c = std::min(p.c, 8L);
    if (pass != Pass::backward_data) p.k = std::min(p.k, 8L);
    if (pass != Pass::backward_weights) p.n = 1;
    const Index image = p.n == 1 ? problem.n / 2 : 0;
    const auto x_part = block<T>(x, {p.n, p.h, p.w, p.c}, image);
    const auto filters_part = block<T>(filters, {p.kernel, p.kernel, p.c, p.k});
    const auto dy_part = block<T>(dy, {p.n, p.out_h(), p.out_w(), p.k}, image);
    Tensor<T> result(pass == Pass::forward         ? dy_part.shape()
                     : pass == Pass::backward_data ? x_part.shape()
                                                   : filters_part.shape());
    const auto options = options_of<T>(p);
    if (pass == Pass::forward)
      reference::conv_forward<T>(x_part, filters_part, result, options);
    else if (pass == Pass::backward_data)
      reference::conv_backward_data<T>(dy_part, filters_part, result, options);
    else
      reference::conv_backward_weights<T>(x_part, dy_part, result, options);
    return result;
  }
};

// An implementation, and how its number of threads is set.
template <class T>
struct Implementation {
  std::string name;
  std::function<void(int)> set_threads;
  std::function<Prepared<T>(Pass, const Operands<T>&)> prepare;
  std::function<bool(const Convolution&)> takes = [](const Convolution&) { return true; };
  std::optional<ConvolutionAlgorithm> algorithm = {};  // that it asks for, if it is ours
};

// Three functions on operands as they lie, each called with its result last.
template <class T>
using Run = std::function<void(TensorView<const T>, TensorView<const T>, TensorView<T>)>;

template <class T>
Prepared<T> in_place(Pass pass, const Operands<T>& o, const Run<T>& run) {
  const auto result = std::make_shared<Tensor<T>>(o.result_shape(pass));
  const TensorView<const T> a = pass == Pass::backward_data ? o.dy : o.x;
  const TensorView<const T> b = pass == Pass::backward_weights ? o.dy : o.filters;
  return {[=] { run(a, b, *result); },
          [=](T* copy) { std::copy(result->begin(), result->end(), copy); }};
}

template <class T, class Forward, class BackwardData, class BackwardWeights>
Prepared<T> through(Pass pass, const Operands<T>& o, Forward& forward, BackwardData& data,
                    BackwardWeights& weights,
                    ConvolutionAlgorithm algorithm = ConvolutionAlgorithm::automatic) {
  auto& run = pass == Pass::forward ? forward : pass == Pass::backward_data ? data : weights;
  auto options = options_of<T>(o.problem);
  options.algorithm = algorithm;
  return in_place<T>(pass, o, [&run, options](auto a, auto b, auto c) { run(a, b, c, options); });
}

// The library, asked for an algorithm.
template <class T>
Implementation<T> ours(const std::string& name, ConvolutionAlgorithm algorithm) {
  const bool any = algorithm == ConvolutionAlgorithm::automatic;
  return {name, set_num_threads,
          [=](Pass pass, const Operands<T>& o) {
            return through<T>(pass, o, ops::conv_forward<T>, ops::conv_backward_data<T>,
                              ops::conv_backward_weights<T>, algorithm);
          },
          [=](const Convolution& p) { return any || ops::takes_winograd(p.kernel, p.stride, 1); },
          algorithm};
}

// Whether Winograd is what runs.
template <class T>
bool is_winograd(const Implementation<T>& implementation, const Operands<T>& o) {
  if (!implementation.algorithm) return false;
  auto options = options_of<T>(o.problem);
  options.algorithm = *implementation.algorithm;
  return ops::conv_algorithm<T>(o.x.shape(), o.filters.shape(), options) ==
         ConvolutionAlgorithm::winograd;
}

// What a library does that has a matrix product and no convolution: unfold, multiply. The columns
// are kept from run to run.
template <class T>
Prepared<T> unfolded(Pass pass, const Operands<T>& o) {
  const Convolution& p = o.problem;
  const Window window{.kernel = p.kernel,
                      .stride = p.stride,
                      .padding = {p.padding, p.padding, p.padding, p.padding}};
  const Shape pixels{p.n * p.out_h() * p.out_w(), p.k}, bank{p.kernel * p.kernel * p.c, p.k};
  const auto columns = std::make_shared<Tensor<T>>(Shape{pixels[0], bank[0]});
  return in_place<T>(pass, o, [=](auto a, auto b, auto c) {
    if (pass == Pass::backward_data) {
      ops::gemm<T>(a.reshape(pixels), b.reshape(bank), *columns, {.transpose_b = true});
      ops::col2im<T>(*columns, window, c);
      return;
    }
    ops::im2col<T>(a, window, *columns);
    if (pass == Pass::forward)
      ops::gemm<T>(*columns, b.reshape(bank), c.reshape(pixels));
    else
      ops::gemm<T>(*columns, b.reshape(pixels), c.reshape(bank), {.transpose_a = true});
  });
}

template <class T>
std::vector<Implementation<T>> implementations() {
  std::vector<Implementation<T>> list;
  list.push_back(ours<T>("lanewise", ConvolutionAlgorithm::automatic));
  list.push_back(ours<T>("direct", ConvolutionAlgorithm::direct));
  list.push_back(ours<T>("winograd", ConvolutionAlgorithm::winograd));
  list.push_back({"reference", [](int) {},
                  [](Pass pass, const Operands<T>& o) {
                    return through<T>(pass, o, reference::conv_forward<T>,
                                      reference::conv_backward_data<T>,
                                      reference::conv_backward_weights<T>);
                  }});
  list.push_back(
      {"im2col", set_num_threads, unfolded<T>, [](const Convolution& p) { return p.groups == 1; }});
  if constexpr (sizeof(T) == 4)
    for (const Peer& peer : peers())
      if (peer.convolution != nullptr)
        list.push_back({peer.name, peer.set_threads,
                        [run = peer.convolution](Pass pass, const Operands<T>& o) {
                          return run(pass, o.problem, {o.x.data(), o.filters.data(), o.dy.data()});
                        }});
  return list;
}

template <class T>
void measure(benchmark::State& state, const Implementation<T>& implementation, Pass pass,
             const std::string& shape, int threads) {
  implementation.set_threads(threads);
  Operands<T>& operands = Operands<T>::of(shape);
  const Prepared<T> prepared = implementation.prepare(pass, operands);
  prepared.run();
  Tensor<T> result(operands.result_shape(pass));
  prepared.read(result.data());
  const bool winograd = is_winograd(implementation, operands);
  if (!operands.right(pass, result, winograd)) {
    std::fprintf(stderr, "%s/%s %s: the result is wrong\n", op_name(pass).c_str(),
                 implementation.name.c_str(), shape.c_str());
    std::exit(1);
  }
  for (auto _ : state) {
    prepared.run();
    benchmark::ClobberMemory();
  }
  count(state, "flops", operands.problem.flops());
  const Index elements = operands.x.size() + operands.filters.size() + operands.dy.size();
  count(state, "bytes", static_cast<double>(elements) * sizeof(T));
  if (winograd) state.SetLabel("winograd");  // whose operations are fewer than the formula's
}

template <class T>
void register_dtype(const std::string& dtype, const Options& options) {
  constexpr double kMostForReference = 3e7;  // a third of a second
  for (const Pass pass : {Pass::forward, Pass::backward_data, Pass::backward_weights})
    for (const std::string& shape : read_shapes(options.shapes + "/conv.txt")) {
      const Convolution problem = parse(shape);
      for (const auto& implementation : implementations<T>())
        for (int threads : options.threads) {
          const bool reference = implementation.name == "reference";
          if (reference && (threads > 1 || problem.flops() > kMostForReference)) continue;
          if (!implementation.takes(problem)) continue;
          const std::string name = op_name(pass) + "/" + implementation.name + "/" + dtype + "/t" +
                                   std::to_string(threads) + "/" + shape;
          benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
            measure<T>(state, implementation, pass, shape, threads);
          })->UseRealTime();
        }
    }
}

}  // namespace

void register_convolution(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    dtype == "f64" ? register_dtype<double>(dtype, options) : register_dtype<float>(dtype, options);
}

}  // namespace lanewise::bench
