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
#include <tuple>

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

// A product made ready to run; empty if the implementation does not have it.
template <class T>
using Prepare = std::function<std::function<void()>(const Product<T>&)>;

// An implementation, and how its number of threads is set; empty if it has but one.
template <class T>
struct Implementation {
  std::string name;
  std::function<void(int)> set_threads;
  Prepare<T> prepare;
};

template <class T>
void through(decltype(reference::gemm<T>)& multiply, const Product<T>& p) {
  multiply({p.a, p.transpose_a ? p.k : p.m, p.transpose_a ? p.m : p.k, p.lda},
           {p.b, p.transpose_b ? p.n : p.k, p.transpose_b ? p.k : p.n, p.ldb},
           {p.c, p.m, p.n, p.ldc}, {.transpose_a = p.transpose_a, .transpose_b = p.transpose_b});
}

// Of a function that takes any product.
template <class T, class Run>
Prepare<T> every_time(Run run) {
  return [run](const Product<T>& p) { return [run, p] { run(p); }; };
}

template <class T>
std::vector<Implementation<T>> implementations() {
  std::vector<Implementation<T>> list;
  list.push_back({"lanewise", set_num_threads,
                  every_time<T>([](const Product<T>& p) { through<T>(ops::gemm<T>, p); })});
  list.push_back({"reference", {}, every_time<T>([](const Product<T>& p) {
                    through<T>(reference::gemm<T>, p);
                  })});
  for (const Peer& peer : peers()) {
    const auto run =
        std::get<void (*)(const Product<T>&)>(std::tuple(peer.gemm_f32, peer.gemm_f64));
    const auto prepare = std::get<std::function<void()> (*)(const Product<T>&)>(
        std::tuple(peer.prepare_f32, peer.prepare_f64));
    if (run != nullptr) list.push_back({peer.name, peer.set_threads, every_time<T>(run)});
    if (prepare != nullptr) list.push_back({peer.name, {}, prepare});
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

// The product of a shape, without operands.
template <class T>
Product<T> of_sizes(const GemmShape& s) {
  return {.transpose_a = s.transpose_a,
          .transpose_b = s.transpose_b,
          .m = s.m,
          .n = s.n,
          .k = s.k,
          .a = nullptr,
          .lda = s.transpose_a ? s.m : s.k,
          .b = nullptr,
          .ldb = s.transpose_b ? s.k : s.n,
          .c = nullptr,
          .ldc = s.n};
}

template <class T>
void measure(benchmark::State& state, const Implementation<T>& implementation,
             const GemmShape& shape, int threads) {
  const Operands<T>& operands = Operands<T>::of(shape);
  Tensor<T> c({shape.m, shape.n});
  Product<T> product = of_sizes<T>(shape);
  product.a = operands.a.data();
  product.b = operands.b.data();
  product.c = c.data();
  if (implementation.set_threads) implementation.set_threads(threads);
  const std::function<void()> run = implementation.prepare(product);
  run();
  if (!right(product)) {
    std::fprintf(stderr, "gemm/%s %s: the result is wrong\n", implementation.name.c_str(),
                 shape.name.c_str());
    std::exit(1);
  }
  for (auto _ : state) {
    run();
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
        if (threads > 1 && !implementation.set_threads) continue;
        if (reference && shape.flops() > kMostForReference) continue;
        if (!implementation.prepare(of_sizes<T>(shape))) continue;
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
