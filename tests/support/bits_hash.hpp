#pragma once
// Hashes of results, for tests that hold bits against those of another processor: hashes are
// committed, and every instruction set of the family that fuses its multiply-adds has to give them,
// whatever the width of its registers. What goes in is the same everywhere: Draws are the standard
// engine's raw numbers, which no library may choose.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <span>
#include <string>

#include "lanewise/cpu.hpp"
#include "lanewise/tensor.hpp"
#include "support/catch.hpp"

namespace lanewise::test {

// The instruction sets that give the same bits. The others round a product before they add it.
inline bool fuses_multiply_adds(Isa isa) {
  return isa == Isa::avx2 || isa == Isa::avx512 || isa == Isa::neon;
}

// FNV-1a over the elements' bits. All NaNs are one: which of two operands' payloads is kept is the
// compiler's choice.
class BitsHash {
 public:
  template <class T>
  void add(std::span<const T> values) {
    for (const T value : values) {
      std::uint64_t bits = ~std::uint64_t{0};
      if (!std::isnan(value)) bits = 0, std::memcpy(&bits, &value, sizeof value);
      state_ = (state_ ^ bits) * 0x100000001b3u;
    }
  }
  template <class T>
  void add(const Tensor<T>& tensor) {
    add(std::span<const T>(tensor.data(), static_cast<std::size_t>(tensor.size())));
  }

  // As it is committed.
  std::string text() const {
    char text[20];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(state_));
    return text;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

// Against what is committed for float and for double.
template <class T>
void check_hash(const char* what, const BitsHash& hash, const char* of_float,
                const char* of_double) {
  INFO(what);
  CHECK(hash.text() == (sizeof(T) == 4 ? of_float : of_double));
}

// The same numbers on every machine and with every standard library.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : engine_(seed) {}

  // In [low, high].
  Index integer(Index low, Index high) {
    return low + static_cast<Index>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }

  // In [-1, 1), of 24 bits; a quarter are zeros of both signs, as after a ReLU.
  template <class T>
  void fill(std::span<T> values) {
    for (T& value : values) {
      const std::uint64_t bits = engine_();
      const auto number = static_cast<T>(static_cast<std::int64_t>(bits >> 40) - (1 << 23));
      value = bits % 4 == 0 ? (bits % 8 == 0 ? T(0) : T(-0.0)) : number / (1 << 23);
    }
  }
  template <class T>
  Tensor<T> tensor(const Shape& shape) {
    Tensor<T> tensor(shape);
    fill(std::span<T>(tensor.data(), static_cast<std::size_t>(tensor.size())));
    return tensor;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace lanewise::test
