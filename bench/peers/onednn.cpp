// oneDNN's matrix product; its convolution and pooling in files of their own. Its threads are
// OpenMP's.
#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

#include "peers/peer.hpp"

namespace lanewise::bench {
namespace {

void gemm(const Product<float>& p) {
  dnnl_sgemm(p.transpose_a ? 'T' : 'N', p.transpose_b ? 'T' : 'N', p.m, p.n, p.k, 1.0f, p.a, p.lda,
             p.b, p.ldb, 0.0f, p.c, p.ldc);
}

}  // namespace

void add_onednn(std::vector<Peer>& peers) {
  const dnnl_version_t* version = dnnl_version();
  peers.push_back({"onednn",
                   "oneDNN " + std::to_string(version->major) + "." +
                       std::to_string(version->minor) + "." + std::to_string(version->patch),
                   omp_set_num_threads, gemm, nullptr, onednn_convolution, onednn_max_pool});
}

}  // namespace lanewise::bench
