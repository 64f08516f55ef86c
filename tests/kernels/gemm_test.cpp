// gemm(): the public operation on the active instruction set, against the exact product.
#include "lanewise/ops/gemm.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "cpu/tables.hpp"
#include "kernels/gemm_cases.hpp"
#include "lanewise/threads.hpp"
#include "reference/gemm.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/sanitized.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using test::GemmCase;
using test::GemmData;

namespace {

template <class T>
void check(const GemmCase<T>& what, test::Random& random) {
  GemmData<T> data(what, random);
  const auto before = data.c;
  ops::gemm<T>(data.view_a(), data.view_b(), data.view_c(), data.options());
  const auto wrong = data.wrong(before);
  INFO(what.text());
  INFO((wrong ? *wrong : ""));
  CHECK(!wrong);
}

// Every transpose combination with the options varied along.
template <class T>
void check_combinations(Index m, Index n, Index k, test::Random& random) {
  int turn = static_cast<int>(m + 3 * n + 5 * k);
  for (bool transpose_a : {false, true})
    for (bool transpose_b : {false, true}) {
      constexpr T kAlpha[] = {1, T(-0.75), 1}, kBeta[] = {0, 1, T(0.5), 0};
      check<T>({.m = m,
                .n = n,
                .k = k,
                .transpose_a = transpose_a,
                .transpose_b = transpose_b,
                .alpha = kAlpha[turn % 3],
                .beta = kBeta[turn % 4],
                .with_bias = turn % 2 == 0,
                .relu = turn % 5 < 2,
                .gap = turn % 3 == 0 ? 0 : turn % 7,
                .misaligned = turn % 4},
               random);
      turn += 7;
    }
}

}  // namespace

TEMPLATE_TEST_CASE("gemm: edges of registers and tiles", "[gemm]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(1);
  const auto& kernels = cpu::kernels<simd::GemmKernels<TestType>>();
  const Index w = kernels.lanes, mr = kernels.mr, nr = kernels.nr;
  const std::set<Index> rows{0, 1, 2, mr - 1, mr, mr + 1, 3 * mr / 2 + 1, 2 * mr - 1, 2 * mr + 1};
  const std::set<Index> columns{0, 1, w - 1, w, w + 1, 2 * w - 1, 2 * w + 1, 3 * w, nr + w + 1, 67};
  for (Index m : rows)
    for (Index n : columns)
      for (Index k : std::set<Index>{0, 1, 2, w - 1, w, w + 1, 2 * w + 1, 37})
        check_combinations<TestType>(m, n, k, random);
}

TEMPLATE_TEST_CASE("gemm: shapes of the training step", "[gemm][large]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(2);
  for (auto [m, n, k] : {std::array<Index, 3>{64, 128, 784},
                         {64, 10, 128},
                         {64, 128, 128},
                         {784, 128, 64},
                         {128, 10, 64},
                         {64, 128, 10},
                         {32, 676, 9},
                         {64, 121, 288}})
    check_combinations<TestType>(m, n, k, random);
}

TEMPLATE_TEST_CASE("gemm: random shapes", "[gemm]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(8);
  const Index most = test::kSanitized ? 40 : 90;
  for (int turn = 0; turn < 40; ++turn)
    check_combinations<TestType>(random.integer(1, most), random.integer(1, most),
                                 random.integer(1, most), random);
}

TEMPLATE_TEST_CASE("gemm: larger than every block", "[gemm][large]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(3);
  const auto& kernels = cpu::kernels<simd::GemmKernels<TestType>>();
  check_combinations<TestType>(kernels.mc + 5, 97, 2 * simd::kGemmDepth + 3, random);
  check_combinations<TestType>(5 * kernels.mr + 1, kernels.nc + 33, simd::kGemmDepth + 1, random);
  check_combinations<TestType>(3, 19, 5 * simd::kGemmDepth, random);  // nothing packed, k in blocks
  check_combinations<TestType>(331, 641, 263, random);
  check_combinations<TestType>(37, 35, 4 * simd::kGemmDepth + 9, random);  // in place, k in blocks
}

TEMPLATE_TEST_CASE("gemm: every alpha, beta, bias and relu", "[gemm]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(4);
  const Index w = cpu::kernels<simd::GemmKernels<TestType>>().lanes;
  for (Index k : {Index{0}, Index{21}, test::kSanitized ? Index{70} : Index{700}})
    for (TestType alpha : {TestType(1), TestType(0), TestType(-2.5)})
      for (TestType beta : {TestType(0), TestType(1), TestType(-0.5)})
        for (bool with_bias : {false, true})
          for (bool relu : {false, true})
            check<TestType>({.m = 61,
                             .n = 3 * w + 5,
                             .k = k,
                             .transpose_b = k > 21,
                             .alpha = alpha,
                             .beta = beta,
                             .with_bias = with_bias,
                             .relu = relu,
                             .gap = 3,
                             .misaligned = 1},
                            random);
}

TEMPLATE_TEST_CASE("gemm: a narrow C of a transposed A", "[gemm]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(7);
  const Index w = cpu::kernels<simd::GemmKernels<TestType>>().lanes;
  for (Index m : {1, 3, 127, 128, 129, 300})
    for (Index n = 1; n <= w; ++n)
      for (Index k : {0, 1, 64})
        for (bool relu : {false, true})
          check<TestType>({.m = m,
                           .n = n,
                           .k = k,
                           .transpose_a = true,
                           .alpha = relu ? TestType(2) : TestType(1),
                           .relu = relu,
                           .gap = n % 3,
                           .misaligned = n % 2},
                          random);
}

TEMPLATE_TEST_CASE("gemm: the reference agrees with the exact product", "[gemm]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(5);
  for (bool transpose_a : {false, true})
    for (bool transpose_b : {false, true}) {
      GemmData<TestType> data({.m = 7,
                               .n = 5,
                               .k = 19,
                               .transpose_a = transpose_a,
                               .transpose_b = transpose_b,
                               .alpha = 2,
                               .beta = TestType(0.5),
                               .with_bias = true,
                               .relu = true,
                               .gap = 2},
                              random);
      const auto before = data.c;
      reference::gemm<TestType>(data.view_a(), data.view_b(), data.view_c(), data.options());
      CHECK(!data.wrong(before));
    }
}

TEMPLATE_TEST_CASE("gemm: NaN and infinity pass, also through relu", "[gemm]", float, double) {
  constexpr TestType kNan = std::numeric_limits<TestType>::quiet_NaN();
  constexpr TestType kInfinity = std::numeric_limits<TestType>::infinity();
  for (Index n : {3, 40})
    for (Index m : {2, 75}) {
      Tensor<TestType> a({m, 2}), b({2, n}), c({m, n});
      a.fill(1), b.fill(-1);
      a(0, 0) = kNan;           // the first row
      b(1, n - 1) = kInfinity;  // the last column
      b(1, 0) = -kInfinity;     // the first column
      ops::gemm<TestType>(a, b, c, {.relu = true});
      for (Index j = 0; j < n; ++j) CHECK(std::isnan(c(0, j)));
      for (Index i = 1; i < m; ++i) {
        CHECK(c(i, n - 1) == kInfinity);
        CHECK(c(i, 0) == 0);
        CHECK(c(i, 1) == 0);
      }
    }
}

TEMPLATE_TEST_CASE("gemm: the same bits on any number of threads", "[gemm][large]", float, double) {
  LANEWISE_SEED_INFO();
  test::Random random(6);
  using Sizes = std::array<Index, 3>;
  const std::vector<Sizes> large{{64, 128, 784},  {1000, 130, 70}, {130, 1000, 70}, {300, 300, 300},
                                 {64, 1030, 513}, {20000, 5, 70},  {2049, 31, 128}};
  // With sanitizers, what two threads are just worth waking for.
  const std::vector<Sizes> small{{300, 130, 100}, {64, 1030, 61}, {9001, 5, 86}};
  for (auto [m, n, k] : test::kSanitized ? small : large)
    for (bool transpose_a : {false, true})
      for (bool transpose_b : {false, true}) {
        GemmData<TestType> data({.m = m,
                                 .n = n,
                                 .k = k,
                                 .transpose_a = transpose_a,
                                 .transpose_b = transpose_b,
                                 .alpha = TestType(0.3),
                                 .with_bias = true},
                                random);
        auto expected = data.c;
        const auto check = [&, size = static_cast<std::size_t>(m * n)](int threads) {
          ops::gemm<TestType>(data.view_a(), data.view_b(), data.view_c(), data.options());
          if (threads == 1) expected = data.c;
          INFO(data.what.text() << " threads " << threads);
          CHECK(std::memcmp(expected.data(), data.c.data(), sizeof(TestType) * size) == 0);
        };
        test::for_each_thread_count(check, {1, 2, 3, 4});
      }
}

TEST_CASE("gemm: refuses what does not fit, before it writes", "[gemm]") {
  Tensor<float> a({3, 4}), b({4, 5}), c({3, 5});
  c.fill(7);
  using View = ops::MatrixView<const float>;
  CHECK_THROWS_AS(ops::gemm<float>(a, a, c), ShapeError);
  CHECK_THROWS_AS(ops::gemm<float>(b, b, c), ShapeError);
  CHECK_THROWS_AS(ops::gemm<float>(a, b, c, {.transpose_a = true}), ShapeError);
  CHECK_THROWS_AS(ops::gemm<float>(a, b, c, {.transpose_b = true}), ShapeError);
  CHECK_THROWS_AS(ops::gemm<float>(View(a.data(), 3, 4, 3), b, c), ArgumentError);
  CHECK_THROWS_AS(ops::gemm<float>(View(a.data(), -3, 4, 4), b, c), ShapeError);
  CHECK_THROWS_AS(ops::gemm<float>(View(nullptr, 3, 4, 4), b, c), ArgumentError);
  CHECK_THROWS_AS(View(TensorView<const float>(a.data(), {12})), ShapeError);
  const auto message = test::error_of<ShapeError>([&] { ops::gemm<float>(a, a, c); });
  CHECK(message.find("gemm: op(A) is (3, 4), op(B) is (3, 4), C is (3, 5)") == 0);
  CHECK(std::all_of(c.begin(), c.end(), [](float x) { return x == 7; }));
}
