#pragma once
// Random numbers for tests. The seed is Catch2's (`--rng-seed N`, or the environment variable
// LANEWISE_TEST_SEED); the first who asks for it prints it, and a failing test by
// LANEWISE_SEED_INFO.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <span>

#include "support/catch.hpp"

namespace lanewise::test {

// The same for the whole run.
inline std::uint64_t seed() {
  static const std::uint64_t chosen = [] {
#if LANEWISE_CATCH2 >= 3
    std::uint64_t value = Catch::getSeed();
#else
    std::uint64_t value = Catch::rngSeed();
#endif
    if (const char* text = std::getenv("LANEWISE_TEST_SEED"))
      value = std::strtoull(text, nullptr, 10);
    std::printf("LANEWISE_TEST_SEED=%llu\n", static_cast<unsigned long long>(value));
    return value;
  }();
  return chosen;
}

#define LANEWISE_SEED_INFO() INFO("again with LANEWISE_TEST_SEED=" << ::lanewise::test::seed())

class Random {
 public:
  // Streams of different numbers are independent.
  explicit Random(std::uint64_t stream = 0) : engine_(seed() * 0x9e3779b97f4a7c15u + stream) {}

  // Uniform in [low, high).
  template <class T>
  T uniform(T low, T high) {
    return std::uniform_real_distribution<T>(low, high)(engine_);
  }

  // Uniform in [low, high], both included.
  std::ptrdiff_t integer(std::ptrdiff_t low, std::ptrdiff_t high) {
    return std::uniform_int_distribution<std::ptrdiff_t>(low, high)(engine_);
  }

  // Whether what happens once in n times does.
  bool one_in(std::ptrdiff_t n) { return integer(1, n) == 1; }

  double normal(double deviation) {
    return std::normal_distribution<double>(0, deviation)(engine_);
  }

  template <class T>
  void fill(std::span<T> values, T low = -1, T high = 1) {
    for (T& value : values) value = uniform(low, high);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace lanewise::test
