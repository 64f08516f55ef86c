#pragma once
// Benchmarks of operations that are bound by memory or by their own arithmetic rather than by
// matrix products, each beside the reference.
//
// `bytes` counts each array once for every time that it is read or written by necessity: an update
// in place counts twice.
#include <functional>
#include <memory>
#include <string>
#include <tuple>

#include "bench.hpp"
#include "lanewise/random.hpp"
#include "lanewise/tensor.hpp"
#include "lanewise/threads.hpp"

namespace lanewise::bench {

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

inline void register_case(const Options& options, const std::string& dtype, const Case& c) {
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

inline std::string named(const Shape& shape) {
  std::string name;
  for (Index size : shape.sizes()) name += std::to_string(size) + "x";
  name.pop_back();
  return name;
}

template <class T>
double bytes_of(Index elements) {
  return static_cast<double>(elements) * sizeof(T);
}

}  // namespace lanewise::bench
