// gemm: lanewise, the reference and the peers, on the same operands.
//
// Every implementation of a shape reads the same A and B and writes a C of its own, so that all
// find the caches in the same state. Each is checked against the reference, on three rows, before
// its first timing; a wrong result ends the run.
#include "lanewise/ops/gemm.hpp"

#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>

#include "bench.hpp"
#include "lanewise/threads.hpp"
#include "peers/peer.hpp"
#include "reference/gemm.hpp"

namespace lanewise::bench {
namespace {

struct GemmShape {
  std::string name;
  long m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  double flops() const {
    return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  }
  double elements() const { return static_cast<double>(m * k + k * n + m * n); }
};

GemmShape parse(const std::string& text) {
  GemmShape shape{.name = text};
  char suffix[3] = "nn";
  if (std::sscanf(text.c_str(), "%ldx%ldx%ld%2[nt]", &shape.m, &shape.n, &shape.k, suffix) < 3)
    throw std::runtime_error("gemm shapes: got '" + text + "', expected such as 64x128x784tn");
  shape.transpose_a = suffix[0] == 't';
  shape.transpose_b = suffix[1] == 't';
  return shape;
}

// The operands of one shape, made when the first of its benchmarks runs.
template <class T>
struct Operands {
  Tensor<T> a, b;

  explicit Operands(const GemmShape& s)
      : a(s.transpose_a ? Shape{s.k, s.m} : Shape{s.m, s.k}),
        b(s.transpose_b ? Shape{s.n, s.k} : Shape{s.k, s.n}) {
    std::minstd_rand random(1);
    std::uniform_real_distribution<T> uniform(-1, 1);
    for (auto* x : {&a, &b})
      for (T& element : *x) element = uniform(random);
  }

  static Operands& of(const GemmShape& shape) {
    static std::map<std::string, std::unique_ptr<Operands>> all;
    auto& entry = all[shape.name];
    if (!entry) entry = std::make_unique<Operands>(shape);
    return *entry;
  }
};

template <class T>
using Run = std::function<void(const Product<T>&)>;

// An implementation, and how its number of threads is set.
template <class T>
struct Implementation {
  std::string name;
  std::function<void(int)> set_threads;
  Run<T> run;
};

template <class T>
void through(decltype(reference::gemm<T>)& multiply, const Product<T>& p) {
  multiply({p.a, p.transpose_a ? p.k : p.m, p.transpose_a ? p.m : p.k, p.lda},
           {p.b, p.transpose_b ? p.n : p.k, p.transpose_b ? p.k : p.n, p.ldb},
           {p.c, p.m, p.n, p.ldc}, {.transpose_a = p.transpose_a, .transpose_b = p.transpose_b});
}

template <class T>
std::vector<Implementation<T>> implementations() {
  std::vector<Implementation<T>> list;
  list.push_back(
      {"lanewise", set_num_threads, [](const Product<T>& p) { through<T>(ops::gemm<T>, p); }});
  list.push_back(
      {"reference", [](int) {}, [](const Product<T>& p) { through<T>(reference::gemm<T>, p); }});
  for (const Peer& peer : peers()) {
    Run<T> run;
    if constexpr (sizeof(T) == 4)
      run = peer.gemm_f32;
    else if (peer.gemm_f64 != nullptr)
      run = peer.gemm_f64;
    if (run) list.push_back({peer.name, peer.set_threads, run});
  }
  return list;
}

// Whether the first, the middle and the last row of C are what the reference makes of them.
template <class T>
bool right(const Product<T>& p) {
  std::vector<T> expected(static_cast<std::size_t>(p.n));
  for (long i : {0L, p.m / 2, p.m - 1}) {
    Product<T> row = p;
    row.m = 1;
    row.a = p.a + (p.transpose_a ? i : i * p.lda);
    row.c = expected.data();
    row.ldc = p.n;
    through<T>(reference::gemm<T>, row);
    const auto tolerance =
        static_cast<double>(p.k + 2) * std::numeric_limits<T>::epsilon();  // elements are below 1
    for (long j = 0; j < p.n; ++j) {
      const auto error = static_cast<double>(p.c[i * p.ldc + j] - expected[std::size_t(j)]);
      if (!(std::fabs(error) <= tolerance * static_cast<double>(p.k))) return false;
    }
  }
  return true;
}

template <class T>
void measure(benchmark::State& state, const Implementation<T>& implementation,
             const GemmShape& shape, int threads) {
  const Operands<T>& operands = Operands<T>::of(shape);
  Tensor<T> c({shape.m, shape.n});
  const Product<T> product{shape.transpose_a,
                           shape.transpose_b,
                           shape.m,
                           shape.n,
                           shape.k,
                           operands.a.data(),
                           operands.a.shape()[1],
                           operands.b.data(),
                           operands.b.shape()[1],
                           c.data(),
                           shape.n};
  implementation.set_threads(threads);
  implementation.run(product);
  if (!right(product)) {
    std::fprintf(stderr, "gemm/%s %s: the result is wrong\n", implementation.name.c_str(),
                 shape.name.c_str());
    std::exit(1);
  }
  for (auto _ : state) {
    implementation.run(product);
    benchmark::ClobberMemory();
  }
  count(state, "flops", shape.flops());
  count(state, "bytes", shape.elements() * sizeof(T));
}

template <class T>
void register_dtype(const std::string& dtype, const Options& options) {
  constexpr double kMostForReference = 3e8;  // a third of a second
  for (const std::string& line : read_shapes(options.shapes + "/gemm.txt")) {
    const GemmShape shape = parse(line);
    for (const auto& implementation : implementations<T>())
      for (int threads : options.threads) {
        const bool reference = implementation.name == "reference";
        if (reference && (threads > 1 || shape.flops() > kMostForReference)) continue;
        const std::string name = "gemm/" + implementation.name + "/" + dtype + "/t" +
                                 std::to_string(threads) + "/" + shape.name;
        benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
          measure<T>(state, implementation, shape, threads);
        })->UseRealTime();
      }
  }
}

}  // namespace

void register_gemm(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    dtype == "f64" ? register_dtype<double>(dtype, options) : register_dtype<float>(dtype, options);
}

}  // namespace lanewise::bench
