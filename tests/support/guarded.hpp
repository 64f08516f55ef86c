#pragma once
// A matrix in memory that notices whoever writes beside it.
//
//   guard | misalignment | row 0, gap, row 1, gap, ... row n-1 | guard
//
// Everything but the rows is filled with a canary: a NaN with a payload that no arithmetic makes.
// Read by mistake, it spoils the result; written over, intact() tells. (A tensor in such memory is
// an Operand.)
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "lanewise/shape.hpp"

namespace lanewise::test {

template <class T>
class GuardedMatrix {
 public:
  // `misaligned` elements past a 64-byte boundary; rows start `stride` elements apart.
  GuardedMatrix(Index rows, Index columns, Index stride, Index misaligned = 0)
      : rows_(rows),
        columns_(columns),
        stride_(stride),
        memory_(static_cast<std::size_t>(3 * kGuard + misaligned + rows * stride)) {
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    const auto past = static_cast<Index>(address % 64 / sizeof(T));
    first_ = kGuard + (past == 0 ? 0 : Index(64 / sizeof(T)) - past) + misaligned;
    for (T& element : memory_) element = canary();
    for (Index i = 0; i < rows; ++i)
      for (T& element : row(i)) element = 0;
  }

  T* data() { return memory_.data() + first_; }
  const T* data() const { return memory_.data() + first_; }
  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Index stride() const { return stride_; }
  T& operator()(Index i, Index j) { return data()[i * stride_ + j]; }
  const T& operator()(Index i, Index j) const { return data()[i * stride_ + j]; }
  std::span<T> row(Index i) { return {data() + i * stride_, static_cast<std::size_t>(columns_)}; }

  // Whether every element outside the rows still holds the canary, bit by bit.
  bool intact() const {
    const T* const begin = memory_.data();
    if (!untouched(begin, begin + first_)) return false;
    for (Index i = 0; i + 1 < rows_; ++i)
      if (!untouched(data() + i * stride_ + columns_, data() + (i + 1) * stride_)) return false;
    const Index used = rows_ == 0 ? 0 : (rows_ - 1) * stride_ + columns_;
    return untouched(data() + used, begin + memory_.size());
  }

 private:
  static constexpr Index kGuard = 64;

  static bool untouched(const T* from, const T* to) {
    const T expected = canary();
    return std::all_of(from, to,
                       [&](const T& x) { return std::memcmp(&x, &expected, sizeof(T)) == 0; });
  }

  static T canary() {
    T value;
    if constexpr (sizeof(T) == 4) {
      const std::uint32_t bits = 0x7fc0beefu;
      std::memcpy(&value, &bits, sizeof(T));
    } else {
      const std::uint64_t bits = 0x7ff80000deadbeefu;
      std::memcpy(&value, &bits, sizeof(T));
    }
    return value;
  }

  Index rows_, columns_, stride_, first_ = 0;
  std::vector<T> memory_;
};

}  // namespace lanewise::test
