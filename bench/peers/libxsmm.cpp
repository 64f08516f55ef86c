// libxsmm's small matrix products: code made for one size, when the product is prepared. It counts
// columns first, so it is asked for C' = B' A'. Two targets are peers of their own, since the wider
// registers are not faster everywhere.
#include <libxsmm.h>

#include <string>

#include "lanewise/cpu.hpp"
#include "peers/peer.hpp"

namespace lanewise::bench {
namespace {

// Kernels are remembered by their sizes and flags, not by their target. So each target has a
// signature of its own: with one of the two, the kernel is handed the next operands, and leaves
// them alone.
constexpr const char* kTargets[] = {"hsw", "skx"};
constexpr int kSignatures[] = {LIBXSMM_PREFETCH_NONE, LIBXSMM_PREFETCH_SIGONLY};

libxsmm_blasint size(long value) {
  return static_cast<libxsmm_blasint>(value);
}

template <int kTarget, class T, class Dispatch>
std::function<void()> prepare(const Product<T>& p, Dispatch dispatch) {
  libxsmm_set_target_arch(kTargets[kTarget]);
  const libxsmm_blasint lda = size(p.ldb), ldb = size(p.lda), ldc = size(p.ldc);
  const T alpha = 1, beta = 0;
  const int flags = (p.transpose_b ? LIBXSMM_GEMM_FLAG_TRANS_A : LIBXSMM_GEMM_FLAG_NONE) |
                    (p.transpose_a ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE);
  const auto kernel = dispatch(size(p.n), size(p.m), size(p.k), &lda, &ldb, &ldc, &alpha, &beta,
                               &flags, &kSignatures[kTarget]);
  if (kernel == nullptr) return {};
  return [=, a = p.b, b = p.a, c = p.c] {
    if constexpr (kSignatures[kTarget] == LIBXSMM_PREFETCH_NONE)
      kernel(a, b, c);
    else
      kernel(a, b, c, a, b, c);
  };
}

template <int kTarget>
Peer peer() {
  Peer peer{std::string("libxsmm_") + kTargets[kTarget],
            std::string("libxsmm ") + LIBXSMM_VERSION + ", target " + kTargets[kTarget], nullptr,
            nullptr, nullptr};
  peer.prepare_f32 = [](const Product<float>& p) {
    return prepare<kTarget>(p, libxsmm_smmdispatch);
  };
  peer.prepare_f64 = [](const Product<double>& p) {
    return prepare<kTarget>(p, libxsmm_dmmdispatch);
  };
  return peer;
}

}  // namespace

void add_libxsmm(std::vector<Peer>& peers) {
  const Isa isa = active_isa();
  libxsmm_init();  // or the first product's target is replaced by what the processor has
  if (isa == Isa::avx2 || isa == Isa::avx512) peers.push_back(peer<0>());
  if (isa == Isa::avx512) peers.push_back(peer<1>());
}

}  // namespace lanewise::bench
