// OpenBLAS's matrix product. Its threads are its own.
#include <cblas.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "lanewise/cpu.hpp"
#include "peers/peer.hpp"

namespace lanewise::bench {
namespace {

CBLAS_TRANSPOSE flag(bool transpose) {
  return transpose ? CblasTrans : CblasNoTrans;
}

blasint size(long value) {
  return static_cast<blasint>(value);
}

void gemm_f32(const Product<float>& p) {
  cblas_sgemm(CblasRowMajor, flag(p.transpose_a), flag(p.transpose_b), size(p.m), size(p.n),
              size(p.k), 1.0f, p.a, size(p.lda), p.b, size(p.ldb), 0.0f, p.c, size(p.ldc));
}

void gemm_f64(const Product<double>& p) {
  cblas_dgemm(CblasRowMajor, flag(p.transpose_a), flag(p.transpose_b), size(p.m), size(p.n),
              size(p.k), 1.0, p.a, size(p.lda), p.b, size(p.ldb), 0.0, p.c, size(p.ldc));
}

}  // namespace

void add_openblas(std::vector<Peer>& peers) {
  peers.push_back({"openblas",
                   std::string(openblas_get_config()) + ", kernels " + openblas_get_corename(),
                   openblas_set_num_threads, gemm_f32, gemm_f64});
}

void restart_if_openblas_misreads_the_cpu(char** argv) {
  const std::string_view core = openblas_get_corename();
  if (active_isa() != Isa::avx512) return;
  constexpr const char* kRestarted = "LANEWISE_BENCH_RESTARTED";
  if (std::getenv(kRestarted) != nullptr) return;
  for (std::string_view name : {"SkylakeX", "Cooperlake", "SapphireRapids"})
    if (core == name) return;
  setenv(kRestarted, "1", 1);
  setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
  execv("/proc/self/exe", argv);  // comes back only if it fails: then as OpenBLAS will have it
}

}  // namespace lanewise::bench
