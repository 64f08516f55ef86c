// The list of peers. Contract in peer.hpp.
#include "peers/peer.hpp"

namespace lanewise::bench {

const std::vector<Peer>& peers() {
  static const std::vector<Peer> list = [] {
    std::vector<Peer> found;
#if defined(LANEWISE_BENCH_ONEDNN)
    add_onednn(found);
#endif
#if defined(LANEWISE_BENCH_OPENBLAS)
    add_openblas(found);
#endif
#if defined(LANEWISE_BENCH_EIGEN)
    add_eigen(found);
#endif
#if defined(LANEWISE_BENCH_LIBXSMM)
    add_libxsmm(found);
#endif
    return found;
  }();
  return list;
}

#if !defined(LANEWISE_BENCH_OPENBLAS)
void restart_if_openblas_misreads_the_cpu(char**) {}
#endif

}  // namespace lanewise::bench
