#pragma once
// A convolution and a pooling of the benchmarks, and what other libraries do with them. Images are
// NHWC and filters (kernel, kernel, c / groups, k), as in lanewise/ops/convolution.hpp.
#include <functional>

namespace lanewise::bench {

struct Convolution {
  long n = 0, h = 0, w = 0, c = 0;  // of the images
  long k = 0;                       // filters
  long kernel = 1, stride = 1, padding = 0, groups = 1;

  long out_h() const { return (h + 2 * padding - kernel) / stride + 1; }
  long out_w() const { return (w + 2 * padding - kernel) / stride + 1; }
  double flops() const {  // of each pass
    return 2.0 * static_cast<double>(n * out_h() * out_w() * kernel * kernel * (c / groups) * k);
  }
};

struct Pooling {
  long n = 0, h = 0, w = 0, c = 0;  // of the images
  long kernel = 1, stride = 1, padding = 0;

  long inputs() const { return n * h * w * c; }
  long out_h() const { return (h + 2 * padding - kernel) / stride + 1; }
  long out_w() const { return (w + 2 * padding - kernel) / stride + 1; }
};

enum class Pass { forward, backward_data, backward_weights };

template <class T>
struct ConvolutionOperands {
  const T *x, *filters, *dy;
};

// A computation made ready: its operands are where and how the library likes them best, so that
// `run` does nothing but compute. `read` writes the result of the last run in the layout above.
template <class T>
struct Prepared {
  std::function<void()> run;
  std::function<void(T* result)> read;
};

// oneDNN's direct convolution, which also is its depthwise one: groups == c. It chooses the layout
// of all three arrays. For the number of threads that is set when this is called.
Prepared<float> onednn_convolution(Pass pass, const Convolution& problem,
                                   const ConvolutionOperands<float>& operands);

// oneDNN's maximum pooling, forward or (backward_data) its gradient, in the layout that is fastest
// when this is called: pooling does not choose one. Forward it keeps the places of the maxima if it
// is told to; its gradient always reads them.
Prepared<float> onednn_max_pool(Pass pass, const Pooling& problem, bool places, const float* x,
                                const float* dy);

}  // namespace lanewise::bench
