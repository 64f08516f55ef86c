// One set of bits for every processor with a fused multiply-add: networks are trained for a hundred
// steps, and the hashes of their weights, losses and predictions are those of
// tests/golden/bits.txt, whatever the instruction set, the number of threads and the compiler.
//
// Without the instruction, a product and its sum are rounded one by one: `scalar` and `sse4` have
// bits of their own, and are not asked. In their place the program `bits_of_one_lane` has kernels
// of one element a register, as those of `scalar`, but compiled with the instruction: registers of
// another size than AVX's, as NEON's are.
//
// A NaN is like any other NaN. What rounds up to the smallest normal number is flushed by some
// processors and not by others; none of these networks has such numbers.
//
// Where bits change on purpose, they are written anew by
//
//   LANEWISE_WRITE_BITS=1 build/tests/reference/bits_tests
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cpu/detect.hpp"
#include "lanewise/cpu.hpp"
#include "reference/bits_networks.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "support/threads.hpp"

using namespace lanewise;

namespace {

// What is hashed apart, so that a failure can name it.
struct Part {
  std::string name;
  std::uint32_t hash;
};

// FNV-1a over whole elements.
template <class T>
std::uint32_t hash(TensorView<const T> values) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (const T value : values) {
    Bits bits = 0;
    if (!std::isnan(value)) std::memcpy(&bits, &value, sizeof bits);
    sum = (sum ^ (std::isnan(value) ? ~Bits{0} : bits)) * 0x100000001b3u;
    sum ^= sum >> 29;
  }
  return static_cast<std::uint32_t>(sum ^ sum >> 32);
}

template <class T>
std::vector<Part> parts(test::BitsNetwork<T>& network, const std::vector<double>& losses) {
  std::vector<Part> list;
  const auto steps = static_cast<Index>(losses.size());
  list.push_back({"the losses", hash<double>(TensorView<const double>(losses.data(), {steps}))});
  for (const Parameter<T>& parameter : network.model.parameters())
    list.push_back({parameter.name, hash<T>(parameter.value)});
  for (const Tensor<T>& output : network.predict(network.model))
    list.push_back({"the predictions", hash<T>(output)});
  return list;
}

// The committed hashes: a line for each network, type and number of steps.
class Golden {
 public:
  // What differs first, or nothing.
  std::string difference(const std::string& line, const std::vector<Part>& got) {
    if (write_) {
      std::ostringstream text;
      for (const Part& part : got) text << ' ' << std::hex << part.hash;
      lines_[line] = text.str();
      return "";
    }
    std::istringstream text(lines_[line]);
    for (const Part& part : got) {
      std::uint32_t expected = 0;
      if (!(text >> std::hex >> expected)) return line + " has no hash of " + part.name;
      if (expected != part.hash) return line + ": " + part.name;
    }
    std::string more;
    return text >> more ? line + " has a hash too many" : "";
  }

  Golden() {
    std::ifstream file(kPath);
    for (std::string line; std::getline(file, line);) {
      const auto colon = line.find(':');
      if (colon != line.npos) lines_[line.substr(0, colon)] = line.substr(colon + 1);
    }
  }
  ~Golden() {
    if (!write_) return;
    std::ofstream file(kPath);
    for (const auto& [line, text] : lines_) file << line << ':' << text << '\n';
  }

 private:
  static constexpr const char* kPath = LANEWISE_GOLDEN_DIR "/bits.txt";
  const bool write_ = std::getenv("LANEWISE_WRITE_BITS") != nullptr;
  std::map<std::string, std::string> lines_;
};

#if defined(LANEWISE_ONE_LANE)
constexpr bool kOneLane = true;
#else
constexpr bool kOneLane = false;
#endif

// Whether the kernels in use fuse a product and a sum. With one lane they do, where the processor
// can.
bool fuses() {
  if (kOneLane) return cpu::machine_supports(Isa::avx2);
  return active_isa() != Isa::scalar && active_isa() != Isa::sse4;
}

template <class T>
void follow(const std::string& name, test::BitsNetwork<T> (*make)()) {
  if (!fuses()) return;
  const int last = test::kSanitized || kOneLane ? 10 : 100;
  test::for_each_thread_count(
      [&](int threads) {
        test::BitsNetwork<T> network = make();
        std::vector<double> losses;
        Golden golden;
        for (int step = 1; step <= last; ++step) {
          losses.push_back(network.train(network.model, static_cast<std::uint64_t>(step)));
          if (step != 1 && step != 10 && step != 100) continue;
          const std::string line = name + (sizeof(T) == 4 ? " float " : " double ") +
                                   (step < 10    ? "00"
                                    : step < 100 ? "0"
                                                 : "") +
                                   std::to_string(step);
          const std::string found = golden.difference(line, parts(network, losses));
          INFO("on " << to_string(active_isa()) << " and " << threads << " threads, first differs "
                     << found);
          CHECK(found == "");
          if (found != "") return;
        }
      },
      kOneLane ? std::initializer_list<int>{1} : std::initializer_list<int>{1, 2, 3});
}

}  // namespace

TEMPLATE_TEST_CASE("the network with dropout has the same bits everywhere", "[bits]", float,
                   double) {
  follow<TestType>("mlp", test::mlp_network<TestType>);
}

TEMPLATE_TEST_CASE("the CNN with batch normalization has the same bits everywhere", "[bits]", float,
                   double) {
  follow<TestType>("cnn", test::cnn_network<TestType>);
}

TEMPLATE_TEST_CASE("a network of every layer has the same bits everywhere", "[bits]", float,
                   double) {
  follow<TestType>("every", test::EveryLayer<TestType>::network);
}
