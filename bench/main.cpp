// lanewise-bench: every benchmark of the library, beside the reference and the peers.
//
// It ends with an error if the peak that everything is measured by is itself slow: below 0.93 of
// what the clock allows, or below the rate of any kernel.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "bench.hpp"
#include "lanewise/cpu.hpp"
#include "peers/peer.hpp"

namespace lanewise::bench {

std::vector<std::string> read_shapes(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;) lines.push_back(word);
  }
  return lines;
}

namespace {

constexpr const char* kUsage =
    "usage: lanewise-bench [--shapes=DIR] [--threads=1,2] [--dtypes=f32,f64] [benchmark's flags]\n"
    "       lanewise-bench --write-training=DIR\n"
    "  --shapes    folder of the files of shapes\n"
    "  --threads   run with each of these numbers of threads; default: 1 and all cores\n"
    "  --dtypes    float, double or both; default: f32\n"
    "  --write-training  rows, initial weights and first losses of trainings, for other libraries\n"
    "  The environment variable LANEWISE_ISA chooses the instruction set, Eigen's, too.\n"
    "  Fair comparisons interleave and repeat; tools/bench_report sets these:\n"
    "  --benchmark_enable_random_interleaving=true --benchmark_repetitions=9\n";

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

// Takes its own options out of the arguments and leaves the rest to Google Benchmark.
Options parse(int& argc, char** argv) {
  Options options{LANEWISE_BENCH_SHAPES, {1}, {"f32"}, {}};
  if (const auto cores = std::thread::hardware_concurrency(); cores > 1)
    options.threads.push_back(static_cast<int>(cores));
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = argument.substr(std::min(argument.find('=') + 1, argument.size()));
    if (argument.starts_with("--shapes=")) {
      options.shapes = value;
    } else if (argument.starts_with("--threads=")) {
      options.threads.clear();
      for (const std::string& count : split(value)) options.threads.push_back(std::stoi(count));
    } else if (argument.starts_with("--dtypes=")) {
      options.dtypes = split(value);
    } else if (argument.starts_with("--write-training=")) {
      options.training = value;
    } else {
      if (argument == "--help") std::fputs(kUsage, stdout);
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  return options;
}

// Prints in the form that --benchmark_format asks for, and remembers the highest rate of the peak
// and of the kernels, by dtype. Winograd's rates are not among them: they count the operations of a
// convolution's formula, and it does fewer.
class Watcher : public benchmark::BenchmarkReporter {
 public:
  explicit Watcher(benchmark::BenchmarkReporter& printer) : printer_(printer) {}

  bool ReportContext(const Context& context) override { return printer_.ReportContext(context); }
  void Finalize() override { printer_.Finalize(); }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const auto flops = run.counters.find("flops");
      if (flops == run.counters.end() || run.run_type != Run::RT_Iteration) continue;
      const std::string name = run.benchmark_name();
      const auto parts = split_name(name);
      if (parts.size() < 4 || parts[3] != "t1" || run.report_label == "winograd") continue;
      if (parts[0] == "train") continue;  // its convolutions are by winograd, too
      if (parts[0] == "peak")
        peak_[parts[2]] = std::max(peak_[parts[2]], double(flops->second));
      else if (auto& best = fastest_[parts[2]]; flops->second > best.first)
        best = {flops->second, name};
    }
    printer_.ReportRuns(runs);
  }

  // What is wrong with the peak, or nothing.
  std::string complaint() const {
    for (const auto& [dtype, peak] : peak_) {
      const double share = best_share_of_clock(dtype);
      char text[256];
      if (share < kLeastShareOfClock) {
        std::snprintf(text, sizeof text, "peak/fma/%s reaches %.2f of what the clock allows",
                      dtype.c_str(), share);
        return text;
      }
      const auto fastest = fastest_.find(dtype);
      if (fastest == fastest_.end() || fastest->second.first <= peak) continue;
      std::snprintf(text, sizeof text, "peak/fma/%s is %.1f GFLOP/s and %s is %.1f", dtype.c_str(),
                    peak * 1e-9, fastest->second.second.c_str(), fastest->second.first * 1e-9);
      return text;
    }
    return {};
  }

 private:
  static std::vector<std::string> split_name(const std::string& name) {
    std::vector<std::string> parts;
    std::istringstream stream(name);
    for (std::string part; std::getline(stream, part, '/');) parts.push_back(part);
    return parts;
  }

  benchmark::BenchmarkReporter& printer_;
  std::map<std::string, double> peak_;
  std::map<std::string, std::pair<double, std::string>> fastest_;
};

int run(int argc, char** argv) {
  restart_if_openblas_misreads_the_cpu(argv);
  const Options options = parse(argc, argv);
  if (!options.training.empty()) {
    write_training(options.training);
    return 0;
  }
  register_peak(options);
  register_gemm(options);
  register_convolution(options);
  register_depthwise(options);
  register_pooling(options);
  register_elementwise(options);
  register_moves(options);
  register_train(options);
  benchmark::AddCustomContext("lanewise_isa", std::string(to_string(active_isa())));
  for (const Peer& peer : peers()) benchmark::AddCustomContext(peer.name, peer.description);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  Watcher watcher(*benchmark::CreateDefaultDisplayReporter());  // which the library owns
  benchmark::RunSpecifiedBenchmarks(&watcher);
  const std::string complaint = watcher.complaint();
  if (complaint.empty()) return 0;
  std::fprintf(stderr, "lanewise-bench: the peak cannot be trusted: %s\n", complaint.c_str());
  return 1;
}

}  // namespace
}  // namespace lanewise::bench

int main(int argc, char** argv) {
  try {
    return lanewise::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lanewise-bench: %s\n", error.what());
    return 2;
  }
}
