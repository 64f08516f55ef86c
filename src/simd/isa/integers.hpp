#pragma once
// Arithmetic on the counts of loops.
#include "simd/isa/registers.hpp"

namespace lanewise::simd::LANEWISE_ISA {
namespace {

LANEWISE_INLINE long smaller(long a, long b) noexcept {
  return a < b ? a : b;
}

// a / b rounded up, for a >= 0 and b > 0.
LANEWISE_INLINE long divide_up(long a, long b) noexcept {
  return (a + b - 1) / b;
}

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
