#pragma once
// What the benchmark files share. A family of benchmarks is one file with one register function,
// named here and called by main.cpp.
//
// Names: <op>/<impl>/<dtype>/t<threads>/<shape>. Counters, per second: `flops`, `bytes`, or both. A
// kernel with `flops` is measured by the peak of its arithmetic; its `bytes`, each operand once,
// say where on a roofline it stands. One with `bytes` alone is measured by the rate of copying.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace lanewise::bench {

struct Options {
  std::string shapes;               // folder of the files of shapes
  std::vector<int> threads;         // each benchmark runs once with each
  std::vector<std::string> dtypes;  // f32, f64
  std::string training;             // folder to write what trainings begin with to, or empty
};

// Lines of a file of shapes without comments and empty ones.
// Throws std::runtime_error if it cannot be read.
std::vector<std::string> read_shapes(const std::string& path);

// So much of what `counter` names in each iteration, as a rate.
inline void count(benchmark::State& state, const char* counter, double amount) {
  state.counters[counter] =
      benchmark::Counter(amount, benchmark::Counter::kIsIterationInvariantRate);
}

void register_peak(const Options& options);
void register_convolution(const Options& options);
void register_depthwise(const Options& options);
void register_gemm(const Options& options);
void register_pooling(const Options& options);
void register_elementwise(const Options& options);
void register_moves(const Options& options);
void register_train(const Options& options);

// The rows, the initial weights and the mean loss of the first epochs of the trainings that
// compare_training sets beside other libraries, as .npy files in a folder for each network.
void write_training(const std::string& folder);

// What the peak benchmarks measured, judged at the end of a run: the best share of the rate that
// the clock allows, for a dtype; 0 if it was not run.
double best_share_of_clock(const std::string& dtype);
inline constexpr double kLeastShareOfClock = 0.93;

}  // namespace lanewise::bench
