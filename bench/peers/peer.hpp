#pragma once
// Other libraries' matrix products and convolutions, each behind the same few functions and
// compiled in only if Meson found it. Matrices are row-major, C = op(A) op(B).
#include <functional>
#include <string>
#include <vector>

#include "peers/convolution.hpp"

namespace lanewise::bench {

template <class T>
struct Product {
  bool transpose_a, transpose_b;
  long m, n, k;
  const T* a;
  long lda;
  const T* b;
  long ldb;
  T* c;
  long ldc;
};

struct Peer {
  std::string name;
  std::string description;  // version, kernels in use
  void (*set_threads)(int count);
  void (*gemm_f32)(const Product<float>& product);   // null if it has none
  void (*gemm_f64)(const Product<double>& product);  // null if it has none
  Prepared<float> (*convolution)(Pass pass, const Convolution& problem,
                                 const ConvolutionOperands<float>& operands) = nullptr;
  Prepared<float> (*max_pool)(Pass pass, const Pooling& problem, bool places, const float* x,
                              const float* dy) = nullptr;
  // Of a library that makes code for one size: the product made ready for one thread, empty where
  // it makes none.
  std::function<void()> (*prepare_f32)(const Product<float>& product) = nullptr;
  std::function<void()> (*prepare_f64)(const Product<double>& product) = nullptr;
};

// Each adds itself if it is there.
void add_onednn(std::vector<Peer>& peers);
void add_openblas(std::vector<Peer>& peers);
void add_eigen(std::vector<Peer>& peers);
void add_libxsmm(std::vector<Peer>& peers);

// Those compiled in and usable on this machine.
const std::vector<Peer>& peers();

// OpenBLAS 0.3.21 takes some AVX-512 processors, virtual ones above all, for older ones and runs
// several times too slow. If it did, this sets OPENBLAS_CORETYPE and starts the program again.
void restart_if_openblas_misreads_the_cpu(char** argv);

}  // namespace lanewise::bench
