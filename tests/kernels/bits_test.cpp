// Products and convolutions have the same bits on every instruction set that fuses its
// multiply-adds. Their hashes are committed: a change of these is a change of everybody's results.
// (The bits depend on the order of additions alone, which is how k is cut into blocks,
// ops/depth_blocks.hpp, and which of two paths a shape takes.)
#include <array>

#include "kernels/convolution_cases.hpp"
#include "lanewise/cpu.hpp"
#include "lanewise/ops/gemm.hpp"
#include "support/bits_hash.hpp"
#include "support/catch.hpp"

using namespace lanewise;
using test::BitsHash;
using test::check_hash;
using test::ConvolutionCase;
using test::Draws;

namespace {

template <class T>
void add_product(Index m, Index n, Index k, int turn, Draws& draws, BitsHash& hash) {
  constexpr T kAlpha[] = {1, T(-0.75), 1}, kBeta[] = {0, 1, T(0.5), 0};
  const bool transpose_a = turn % 2 == 1, transpose_b = turn / 2 % 2 == 1;
  const auto a = draws.tensor<T>(transpose_a ? Shape{k, m} : Shape{m, k});
  const auto b = draws.tensor<T>(transpose_b ? Shape{n, k} : Shape{k, n});
  const auto bias = draws.tensor<T>({n});
  auto c = draws.tensor<T>({m, n});
  ops::gemm<T>(a, b, c,
               {.transpose_a = transpose_a,
                .transpose_b = transpose_b,
                .alpha = kAlpha[turn % 3],
                .beta = kBeta[turn % 4],
                .bias = turn % 5 < 2 ? bias.data() : nullptr,
                .relu = turn % 7 < 2});
  hash.add(c);
}

// The results of the four passes, by one algorithm.
struct Passes {
  BitsHash forward, data, weights, transposed;

  template <class T>
  void add(const ConvolutionCase& what, ConvolutionAlgorithm algorithm, Draws& draws) {
    const auto x = draws.tensor<T>(what.x()), filters = draws.tensor<T>(what.filters());
    const auto dy = draws.tensor<T>(what.y()), bias = draws.tensor<T>({what.k});
    auto options = what.options<T>();
    options.algorithm = algorithm;
    Tensor<T> y(what.y()), dx(what.x()), dfilters(what.filters());
    ops::conv_backward_data<T>(dy, filters, dx, options);
    data.add(dx);
    ops::conv_backward_weights<T>(x, dy, dfilters, options);
    weights.add(dfilters);
    options.activation = lanewise::relu;
    const auto image_bias = draws.tensor<T>({what.c});
    options.bias = image_bias.data();
    ops::conv_transpose_forward<T>(dy, filters, dx, options);
    transposed.add(dx);
    options.bias = bias.data();
    ops::conv_forward<T>(x, filters, y, options);
    forward.add(y);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("bits: products are the same on every processor", "[bits][gemm]", float,
                   double) {
  if (!test::fuses_multiply_adds(active_isa())) return;
  Draws draws(1);
  BitsHash hash;
  // Around the depths of blocks; around the rows and bytes from which operands are packed.
  for (const Index k : {0, 1, 9, 511, 513, 777, 1023, 1025, 1540, 2050})
    for (int turn = 0; turn < 4; ++turn) add_product<TestType>(9, 35, k, turn, draws, hash);
  for (const auto [m, n, k] : {std::array<Index, 3>{13, 700, 1030},
                               {16, 700, 1030},
                               {17, 700, 1030},
                               {255, 90, 530},
                               {257, 90, 530}})
    for (int turn = 0; turn < 4; ++turn) add_product<TestType>(m, n, k, turn, draws, hash);
  for (Index n = 1; n < 17; ++n) add_product<TestType>(130, n, 64, 5, draws, hash);  // narrow C
  for (int turn = 0; turn < 80; ++turn) {
    const Index k = draws.integer(1, 90), n = draws.integer(1, 90), m = draws.integer(1, 90);
    add_product<TestType>(m, n, k, turn, draws, hash);
  }
  check_hash<TestType>("gemm", hash, "1b2087ab39aef2e6", "815f65d835d4713d");
}

TEMPLATE_TEST_CASE("bits: convolutions are the same on every processor", "[bits][convolution]",
                   float, double) {
  if (!test::fuses_multiply_adds(active_isa())) return;
  Draws draws(2);
  Passes passes;
  const ConvolutionCase cases[] = {
      {3, 9, 11, 5, 7, {3, 3}},
      {1, 5, 5, 130, 20, {3, 3}},                         // filters in place, two blocks
      {1, 4, 9, 256, 256, {3, 3}},                        // packed from 17 pixels on
      {1, 6, 7, 256, 256, {3, 3}},                        //
      {2, 50, 50, 3, 5, {3, 3}},                          // pixels in parts
      {2, 9, 9, 4, 20, {3, 3}, 1, 1, Padding::same},      // few channels, more of them
      {2, 9, 9, 6, 20, {3, 3}, 1, 1, Padding::same},      //
      {2, 9, 9, 8, 20, {3, 3}, 1, 1, Padding::same},      //
      {2, 9, 9, 9, 20, {3, 3}, 1, 1, Padding::same},      //
      {2, 5, 5, 32, 20, {3, 3}},                          // col2im
      {2, 11, 10, 6, 8, {3, 2}, 2, 1, Padding::same, 2},  //
      {2, 11, 10, 6, 9, {5, 3}, {1, 2}, {2, 1}, Padding::same, 3},
      {2, 8, 7, 33, 18, {1, 1}},
  };
  for (const ConvolutionCase& what : cases)
    passes.add<TestType>(what, ConvolutionAlgorithm::direct, draws);
  check_hash<TestType>("conv_forward", passes.forward, "de4c28865423cba9", "f1a08990bebaa6a5");
  check_hash<TestType>("conv_backward_data", passes.data, "57d1d157fa5ab5f7", "9149bd1c67cc8d8d");
  check_hash<TestType>("conv_backward_weights", passes.weights, "c7550cd50c8d1d91",
                       "93fd78223334bafd");
  check_hash<TestType>("conv_transpose_forward", passes.transposed, "2d7d55df3f920491",
                       "97799d538352d2d3");
}

TEMPLATE_TEST_CASE("bits: Winograd convolution is the same on every processor", "[bits][winograd]",
                   float, double) {
  if (!test::fuses_multiply_adds(active_isa())) return;
  Draws draws(3);
  Passes passes;
  const ConvolutionCase cases[] = {
      {2, 9, 10, 20, 18, {3, 3}, 1, 1, Padding::same},
      {2, 5, 5, 16, 17, {3, 3}},  // a tile of 3 x 3
      {1, 4, 4, 7, 5, {3, 3}},    // of 2 x 2
      {2, 9, 9, 8, 6, {1, 3}, 1, 1, Padding::same},
      {2, 9, 9, 8, 6, {3, 1}, 1, 1, Padding::same, 2},
      {1, 6, 6, 530, 16, {3, 3}},                        // two blocks of channels
      {1, 6, 6, 16, 1030, {3, 3}},                       // of filters
      {2, 50, 50, 16, 16, {3, 3}, 1, 1, Padding::same},  // tiles in blocks
      {5, 13, 10, 20, 18, {5, 5}, 1, 1, Padding::same},
      {9, 19, 9, 8, 6, {5, 1}, 1, 1, Padding::same},
  };
  for (const ConvolutionCase& what : cases)
    passes.add<TestType>(what, ConvolutionAlgorithm::winograd, draws);
  check_hash<TestType>("conv_forward", passes.forward, "cf281cc82eb479ba", "436ae796304b6e9c");
  check_hash<TestType>("conv_backward_data", passes.data, "937e7f5c2a929b48", "a9d61d61dfefae80");
  check_hash<TestType>("conv_backward_weights", passes.weights, "94c81101aaa5c7d8",
                       "43f0520040afe9e6");
  check_hash<TestType>("conv_transpose_forward", passes.transposed, "82a2bb623de28e05",
                       "ee633dbe58cfe624");
}
