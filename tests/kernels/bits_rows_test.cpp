// What works element by element or along rows has the same bits on every instruction set that fuses
// its multiply-adds: sums along memory are kept in 16 virtual lanes of float and 8 of double
// (simd/isa/virtual_lanes.hpp). Their hashes are committed, as those of bits_test.cpp.
#include "cpu/tables.hpp"
#include "support/bits_hash.hpp"
#include "support/catch.hpp"

using namespace lanewise;
using test::BitsHash;
using test::check_hash;
using test::Draws;

namespace {

// A batch of logits, targets and all that comes of them.
template <class T>
struct Batch {
  Batch(Index batch, Index classes, Draws& draws)
      : rows(batch),
        columns(classes),
        logits(draws.tensor<T>({rows, columns})),
        targets(draws.tensor<T>({rows, columns})),
        probabilities({rows, columns}),
        first({rows, columns}),
        second({rows, columns}),
        labels({rows}) {
    for (Index i = 0; i < logits.size(); ++i) {
      probabilities[i] = targets[i] * targets[i];
      logits[i] *= 9;
      if (targets[i] < 0) targets[i] += 1;
    }
    for (Index r = 0; r < rows; ++r) labels[r] = static_cast<std::int32_t>(r * 7 % columns);
  }

  Index rows, columns;
  Tensor<T> logits, targets, probabilities, first, second;
  Tensor<std::int32_t> labels;
};

// Around a group of virtual lanes, and rows that are walked.
template <class T, class Add>
void for_each_batch(Draws& draws, Add add) {
  for (const Index columns :
       {1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 24, 31, 33, 63, 64, 100, 1000})
    for (const Index rows : {1, 3, 19}) {
      Batch<T> batch(rows, columns, draws);
      add(batch);
    }
}

void add_number(BitsHash& hash, double number) {
  hash.add(std::span<const double>(&number, 1));
}

}  // namespace

TEMPLATE_TEST_CASE("bits: softmax is the same on every processor", "[bits][softmax]", float,
                   double) {
  if (!test::fuses_multiply_adds(active_isa())) return;
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::SoftmaxKernels<T>>();
  Draws draws(11);
  BitsHash forward, backward, down;
  for_each_batch<T>(draws, [&](Batch<T>& b) {
    kernels.softmax(b.logits.data(), b.first.data(), b.rows, b.columns);
    kernels.softmax_backward(b.first.data(), b.targets.data(), b.second.data(), b.rows, b.columns);
    forward.add(b.first), backward.add(b.second);
    kernels.log_softmax(b.logits.data(), b.first.data(), b.rows, b.columns);
    kernels.log_softmax_backward(b.first.data(), b.targets.data(), b.second.data(), b.rows,
                                 b.columns);
    forward.add(b.first), backward.add(b.second);
    kernels.softmax_down(b.logits.data(), b.first.data(), b.rows, b.columns, b.columns);
    kernels.log_softmax_down(b.logits.data(), b.second.data(), b.rows, b.columns, b.columns);
    down.add(b.first), down.add(b.second);
  });
  check_hash<T>("forward", forward, "f6081d5214313ffb", "d2828a56a6dda20e");
  check_hash<T>("backward", backward, "b8973a546e4b8ecc", "5cc2b31cef69cd54");
  check_hash<T>("down columns", down, "158396a948ee18fb", "18e9eab9f82fc960");
}

TEMPLATE_TEST_CASE("bits: losses are the same on every processor", "[bits][loss]", float, double) {
  if (!test::fuses_multiply_adds(active_isa())) return;
  using T = TestType;
  const auto& kernels = cpu::kernels<simd::LossKernels<T>>();
  Draws draws(12);
  BitsHash errors, binary, rows;
  for_each_batch<T>(draws, [&](Batch<T>& b) {
    const T *const z = b.logits.data(), *const t = b.targets.data();
    const T* const p = b.probabilities.data();
    T *const d = b.first.data(), *const q = b.second.data();
    const Index n = b.logits.size();
    const T scale = T(0.3);
    const auto add = [&](BitsHash& hash, double loss) {
      add_number(hash, loss);
      hash.add(b.first), hash.add(b.second);
    };
    add(errors, kernels.squared_error(z, t, d, n, 0.3, 0));
    add(errors, kernels.absolute_error(z, t, d, n, 0.3, 0));
    add(errors, kernels.huber(z, t, d, n, 0.3, 0.7));
    add(binary, kernels.binary(p, t, d, n, 0.3, 0));
    add(binary, kernels.binary_from_logits(z, t, d, q, n, scale));
    add(rows, kernels.categorical(p, t, d, b.rows, b.columns, scale));
    add(rows, kernels.categorical_from_logits(z, t, d, q, b.rows, b.columns, scale));
    add(rows, kernels.sparse(p, b.labels.data(), d, b.rows, b.columns, scale));
    add(rows, kernels.sparse_from_logits(z, b.labels.data(), d, q, b.rows, b.columns, scale));
  });
  check_hash<T>("errors", errors, "9c5321b5cdd5758c", "3c231b6b6e86e40c");
  check_hash<T>("binary cross-entropies", binary, "aa073e625ab15f27", "dfeb754e82f6a074");
  check_hash<T>("cross-entropies", rows, "a2d7299876a05126", "49861b2b199d9d24");
}

TEMPLATE_TEST_CASE("bits: sums are the same on every processor", "[bits][rows]", float, double) {
  if (!test::fuses_multiply_adds(active_isa())) return;
  using T = TestType;
  Draws draws(13);
  BitsHash hash;
  for_each_batch<T>(draws, [&](Batch<T>& b) {
    const Index n = b.logits.size();
    double absolute = 0, squares = 0;
    cpu::kernels<simd::PenaltyKernels<T>>().sums(b.logits.data(), n, &absolute, &squares);
    add_number(hash, absolute), add_number(hash, squares);
    cpu::kernels<simd::PenaltyKernels<T>>().gradient(b.logits.data(), T(0.1), T(0.3),
                                                     b.targets.data(), n);
    hash.add(b.targets);
    add_number(hash, cpu::kernels<simd::MergeKernels<T>>().sum(b.logits.data(), n));
    cpu::kernels<simd::RowsKernels<T>>().column_sums(b.logits.data(), b.rows, b.columns, b.columns,
                                                     b.first.data());
    hash.add(b.first);
  });
  check_hash<T>("sums", hash, "8b6d416094e3f155", "2a155fb3b03033ca");
}

TEMPLATE_TEST_CASE("bits: functions are the same on every processor", "[bits][activation]", float,
                   double) {
  if (!test::fuses_multiply_adds(active_isa())) return;
  using T = TestType;
  const auto& a = cpu::kernels<simd::ActivationKernels<T>>();
  const auto& m = cpu::kernels<simd::MathKernels<T>>();
  Draws draws(14);
  BitsHash activations, functions;
  for_each_batch<T>(draws, [&](Batch<T>& b) {
    const Index n = b.logits.size();
    for (const auto& f : {a.step, a.relu, a.leaky_relu, a.sigmoid, a.tanh, a.softplus, a.elu}) {
      f.forward(b.logits.data(), b.first.data(), n, T(0.2));
      f.backward(b.first.data(), b.targets.data(), b.second.data(), n, T(0.2));
      activations.add(b.first), activations.add(b.second);
    }
    a.gelu.forward(b.logits.data(), b.first.data(), n, 0);
    a.gelu.backward(b.logits.data(), b.targets.data(), b.second.data(), n, 0);
    activations.add(b.first), activations.add(b.second);
    for (const auto f : {m.exp, m.tanh, m.sigmoid}) {
      f(b.logits.data(), b.first.data(), n);
      functions.add(b.first);
    }
    for (const auto f : {m.log, m.log1p_unit}) {
      f(b.probabilities.data(), b.first.data(), n);
      functions.add(b.first);
    }
    m.sin_cos_2pi(b.probabilities.data(), b.first.data(), b.second.data(), n);
    functions.add(b.first), functions.add(b.second);
  });
  check_hash<T>("activations", activations, "a655e66ca918d399", "6da5aeffc9788f5a");
  check_hash<T>("functions", functions, "44ff8217ea2da264", "09b24e95dfec55a8");
}
