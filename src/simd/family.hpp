#pragma once
// What the header of a kernel family needs: the declaration of its two tables for every
// instruction set. `LANEWISE_DECLARE_FAMILY(GemmKernels, gemm)` declares
// `lanewise::simd::avx2::gemm_f32`, `…::gemm_f64` and so on; src/simd/gemm.cpp, compiled once per
// instruction set, defines the pair of its own.

// LANEWISE_EACH_ISA(DO, ...), which Meson writes: DO(scalar, ...) DO(sse4, ...) and so on for what
// is compiled in, the weakest first.
#include "each_isa.hpp"

#define LANEWISE_DECLARE_TABLES(isa, Table, family)  \
  namespace isa {                                    \
  extern constinit const Table<float> family##_f32;  \
  extern constinit const Table<double> family##_f64; \
  }

// To stand inside namespace lanewise::simd, after the table's definition.
#define LANEWISE_DECLARE_FAMILY(Table, family) \
  LANEWISE_EACH_ISA(LANEWISE_DECLARE_TABLES, Table, family)
