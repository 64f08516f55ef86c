#pragma once
// The kernel tables of every instruction set, gathered, and the choice among them.
//
// `kernels<simd::GemmKernels<float>>()` is the table of the active instruction set; with an Isa it
// is that one's, which is how the tests and benchmarks walk all of them. A new family of kernels
// adds its header and one line here.
#include <array>

#include "lanewise/cpu.hpp"
#include "simd/activation.hpp"
#include "simd/depthwise.hpp"
#include "simd/family.hpp"
#include "simd/gemm.hpp"
#include "simd/loss.hpp"
#include "simd/math.hpp"
#include "simd/merge.hpp"
#include "simd/normalization.hpp"
#include "simd/optimizer.hpp"
#include "simd/penalty.hpp"
#include "simd/pooling.hpp"
#include "simd/probe.hpp"
#include "simd/random.hpp"
#include "simd/resampling.hpp"
#include "simd/rows.hpp"
#include "simd/scale.hpp"
#include "simd/softmax.hpp"
#include "simd/winograd.hpp"

namespace lanewise::cpu {

// The tables of one family and element type, in the order of compiled_isas().
template <class Table>
struct Gathered;

#define LANEWISE_ADDRESS(isa, table) &simd::isa::table,
#define LANEWISE_GATHER(Table, family)                                                     \
  template <>                                                                              \
  struct Gathered<simd::Table<float>> {                                                    \
    static constexpr std::array tables{LANEWISE_EACH_ISA(LANEWISE_ADDRESS, family##_f32)}; \
  };                                                                                       \
  template <>                                                                              \
  struct Gathered<simd::Table<double>> {                                                   \
    static constexpr std::array tables{LANEWISE_EACH_ISA(LANEWISE_ADDRESS, family##_f64)}; \
  };

LANEWISE_GATHER(ActivationKernels, activation)
LANEWISE_GATHER(DepthwiseKernels, depthwise)
LANEWISE_GATHER(GemmKernels, gemm)
LANEWISE_GATHER(LossKernels, loss)
LANEWISE_GATHER(MathKernels, math)
LANEWISE_GATHER(MergeKernels, merge)
LANEWISE_GATHER(NormalizationKernels, normalization)
LANEWISE_GATHER(OptimizerKernels, optimizer)
LANEWISE_GATHER(PenaltyKernels, penalty)
LANEWISE_GATHER(PoolingKernels, pooling)
LANEWISE_GATHER(ProbeKernels, probe)
LANEWISE_GATHER(RandomKernels, random)
LANEWISE_GATHER(ResamplingKernels, resampling)
LANEWISE_GATHER(RowsKernels, rows)
LANEWISE_GATHER(ScaleKernels, scale)
LANEWISE_GATHER(SoftmaxKernels, softmax)
LANEWISE_GATHER(WinogradKernels, winograd)

#undef LANEWISE_GATHER
#undef LANEWISE_ADDRESS

// The position of `isa` in compiled_isas().
// Throws ArgumentError if it is not compiled in or this machine lacks it.
std::size_t position_of(Isa isa);

// The position of the active instruction set; looked up once.
std::size_t active_position();

template <class Table>
const Table& kernels(Isa isa) {
  return *Gathered<Table>::tables[position_of(isa)];
}

template <class Table>
const Table& kernels() {
  return *Gathered<Table>::tables[active_position()];
}

}  // namespace lanewise::cpu
