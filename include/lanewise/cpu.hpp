#pragma once
/// \file
/// Which instruction sets the kernels were compiled for, which this machine can run, and which is
/// in use.

#include <span>
#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/names.hpp"

namespace lanewise {

/// An instruction set that the kernels are compiled for, weakest first.
enum class Isa {
  scalar,  ///< one element at a time, no vector instructions written
  sse4,    ///< x86-64-v2: 128-bit registers
  avx2,    ///< x86-64-v3: 256-bit registers, fused multiply-add
  avx512,  ///< x86-64-v4: 512-bit registers, masks
  neon,    ///< aarch64: 128-bit registers, fused multiply-add
};

LANEWISE_NAMES(Isa, scalar, sse4, avx2, avx512, neon)

/// The instruction sets whose kernels are in this library, weakest first.
LANEWISE_API std::span<const Isa> compiled_isas();

/// Those of compiled_isas() that this processor and operating system can run, weakest first.
LANEWISE_API std::span<const Isa> supported_isas();

/// The one that every operation uses: the strongest supported, or the one that the environment
/// variable LANEWISE_ISA names. It is read once, at the first call that needs it.
/// \throws ArgumentError if LANEWISE_ISA names one that is unknown, not compiled in or not
/// supported here; the message lists the possible ones.
LANEWISE_API Isa active_isa();

}  // namespace lanewise
