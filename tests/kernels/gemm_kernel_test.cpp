// The kernel tables of gemm() on every supported instruction set: each storage of each operand.
#include <set>
#include <vector>

#include "cpu/tables.hpp"
#include "kernels/gemm_cases.hpp"
#include "support/catch.hpp"
#include "support/operand.hpp"

using namespace lanewise;
using test::GemmCase;
using test::GemmData;

namespace {

// How the kernel gets to A.
enum class FormOfA { stored, packed, indirect };

// The product by one call of the table, A and B packed or as they are stored, or A indirect: a
// pointer a row and shared distances express either storage.
template <class T>
void multiply(const simd::GemmKernels<T>& kernels, GemmData<T>& data, FormOfA form, bool pack_b) {
  const auto& what = data.what;
  const Index padded = (what.n + kernels.lanes - 1) / kernels.lanes * kernels.lanes;
  test::Operand<T> packed_a({what.m, what.k}), packed_b({padded, what.k});
  const bool pack_a = form == FormOfA::packed;
  std::vector<const T*> rows;
  std::vector<long> offsets;
  for (Index i = 0; i < what.m; ++i)
    rows.push_back(data.a.data() + i * (what.transpose_a ? 1 : data.a.stride()));
  for (Index p = 0; p < what.k; ++p)
    offsets.push_back(p * (what.transpose_a ? data.a.stride() : 1));
  if (pack_a)
    kernels.pack_a({data.a.data(), data.a.stride(), !what.transpose_a, what.m, what.k},
                   packed_a.data());
  if (pack_b)
    kernels.pack_b({data.b.data(), data.b.stride(), what.transpose_b, what.n, what.k},
                   packed_b.data());
  const auto options = data.options();
  kernels.multiply({.m = what.m,
                    .n = what.n,
                    .k = what.k,
                    .a = pack_a ? packed_a.data() : data.a.data(),
                    .a_stride = data.a.stride(),
                    .a_form = pack_a                      ? simd::GemmA::panels
                              : form == FormOfA::indirect ? simd::GemmA::indirect
                              : what.transpose_a          ? simd::GemmA::columns
                                                          : simd::GemmA::rows,
                    .b = pack_b ? packed_b.data() : data.b.data(),
                    .b_stride = data.b.stride(),
                    .b_form = pack_b ? simd::GemmB::panels : simd::GemmB::rows,
                    .c = data.c.data(),
                    .c_stride = data.c.stride(),
                    .alpha = options.alpha,
                    .beta = options.beta,
                    .bias = options.bias,
                    .relu = options.relu,
                    .a_rows = rows.data(),
                    .a_offsets = offsets.data()});
  CHECK(packed_a.intact());
  CHECK(packed_b.intact());
}

template <class T>
void check_kernels(const simd::GemmKernels<T>& kernels, Index m, Index n, Index k,
                   test::Random& random) {
  int turn = static_cast<int>(m + n + k);
  for (bool transpose_a : {false, true})
    for (FormOfA form : {FormOfA::stored, FormOfA::packed, FormOfA::indirect})
      for (bool transpose_b : {false, true})
        for (bool pack_b : {false, true}) {
          if (transpose_b && !pack_b) continue;
          ++turn;
          GemmData<T> data({.m = m,
                            .n = n,
                            .k = k,
                            .transpose_a = transpose_a,
                            .transpose_b = transpose_b,
                            .alpha = turn % 2 == 0 ? T(1) : T(1.5),
                            .beta = turn % 3 == 0 ? T(0) : T(-1),
                            .with_bias = turn % 2 == 0,
                            .relu = turn % 4 < 2,
                            .gap = turn % 3,
                            .misaligned = turn % 5},
                           random);
          const auto before = data.c;
          multiply(kernels, data, form, pack_b);
          const auto wrong = data.wrong(before);
          INFO(kernels.isa << ' ' << data.what.text() << " form of A " << static_cast<int>(form)
                           << (pack_b ? " packed B" : ""));
          INFO((wrong ? *wrong : ""));
          CHECK(!wrong);
        }
}

}  // namespace

TEMPLATE_TEST_CASE("gemm kernels: every tile and strip, stored and packed", "[gemm][kernels]",
                   float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(10);
  for (Isa isa : supported_isas()) {
    const auto& kernels = cpu::kernels<simd::GemmKernels<TestType>>(isa);
    CHECK(kernels.isa == to_string(isa));
    const Index w = kernels.lanes;
    // Tiles of every number of rows, strips of one, two and three registers with every tail.
    for (Index m = 1; m <= 2 * kernels.mr + 1; ++m)
      for (Index n : {w, 2 * w - 1, 3 * w, 4 * w + 1}) check_kernels(kernels, m, n, 5, random);
    for (Index n = 1; n <= 3 * w; ++n) check_kernels(kernels, kernels.mr + 1, n, 3, random);
    for (Index k = 0; k <= 2 * w + 1; ++k) check_kernels(kernels, kernels.mr, w + 1, k, random);
  }
}

TEMPLATE_TEST_CASE("gemm kernels: blocks fit what they are meant to fit", "[gemm][kernels]", float,
                   double) {
  for (Isa isa : supported_isas()) {
    const auto& kernels = cpu::kernels<simd::GemmKernels<TestType>>(isa);
    const auto bytes = static_cast<long>(sizeof(TestType));
    CHECK(kernels.nr * simd::kGemmDepth * bytes <= 128 * 1024);       // a strip of B beside A in L2
    CHECK(kernels.mc * simd::kGemmDepth * bytes <= 512 * 1024);       // a block of A in L2
    CHECK(kernels.nc * simd::kGemmDepth * bytes <= 4 * 1024 * 1024);  // a block of B in L3
    CHECK(kernels.mc % kernels.mr == 0);
    CHECK(kernels.nc % kernels.nr == 0);
  }
}
