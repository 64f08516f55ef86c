// oneDNN's maximum pooling. Contract in convolution.hpp.
#include <algorithm>
#include <chrono>
#include <limits>

#include "peers/onednn_memory.hpp"

namespace lanewise::bench {
namespace {

using dnnl::algorithm;
using dnnl::prop_kind;

struct Sizes {
  memory::dims x, y, kernel, strides, padding;

  explicit Sizes(const Pooling& p)
      : x{p.n, p.c, p.h, p.w},
        y{p.n, p.c, p.out_h(), p.out_w()},
        kernel{p.kernel, p.kernel},
        strides{p.stride, p.stride},
        padding{p.padding, p.padding} {}
};

// Training keeps the place of each maximum for the backward pass, inference nothing.
dnnl::pooling_forward::primitive_desc forward_of(const Sizes& s, Tag tag, prop_kind kind) {
  return {{kind, algorithm::pooling_max, described(s.x, tag), described(s.y, tag), s.strides,
           s.kernel, s.padding, s.padding},
          onednn_engine()};
}

struct Forward {
  dnnl::pooling_forward::primitive_desc chosen;
  memory places;  // none for inference
  Prepared<float> prepared;
};

Forward forward(const Sizes& s, Tag tag, prop_kind kind, const float* x) {
  const auto chosen = forward_of(s, tag, kind);
  const memory from = onednn_copy(x, described(s.x, Tag::nhwc), chosen.src_desc());
  const memory y(chosen.dst_desc(), onednn_engine());
  const memory places(chosen.workspace_desc(), onednn_engine());
  return {chosen, places,
          onednn_prepared(dnnl::pooling_forward(chosen),
                          {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, y}, {DNNL_ARG_WORKSPACE, places}},
                          DNNL_ARG_DST, described(s.y, Tag::nhwc))};
}

Prepared<float> backward(const Sizes& s, Tag tag, const float* x, const float* dy) {
  const Forward training = forward(s, tag, prop_kind::forward_training, x);
  training.prepared.run();

  const dnnl::pooling_backward::primitive_desc chosen(
      {algorithm::pooling_max, described(s.x, tag), described(s.y, tag), s.strides, s.kernel,
       s.padding, s.padding},
      onednn_engine(), training.chosen);
  const memory gradient = onednn_copy(dy, described(s.y, Tag::nhwc), chosen.diff_dst_desc());
  const memory dx(chosen.diff_src_desc(), onednn_engine());
  return onednn_prepared(dnnl::pooling_backward(chosen),
                         {{DNNL_ARG_DIFF_DST, gradient},
                          {DNNL_ARG_WORKSPACE, training.places},
                          {DNNL_ARG_DIFF_SRC, dx}},
                         DNNL_ARG_DIFF_SRC, described(s.x, Tag::nhwc));
}

double shortest_run(const Prepared<float>& prepared) {
  using Clock = std::chrono::steady_clock;
  double shortest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 10; ++i) {
    const auto start = Clock::now();
    prepared.run();
    shortest = std::min(shortest, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return shortest;
}

}  // namespace

Prepared<float> onednn_max_pool(Pass pass, const Pooling& problem, bool places, const float* x,
                                const float* dy) {
  const Sizes sizes(problem);
  const prop_kind kind = places ? prop_kind::forward_training : prop_kind::forward_inference;
  Prepared<float> best;
  double least = std::numeric_limits<double>::infinity();
  for (const Tag tag : {Tag::nhwc, Tag::nChw8c, Tag::nChw16c}) {
    const auto prepared =
        pass == Pass::forward ? forward(sizes, tag, kind, x).prepared : backward(sizes, tag, x, dy);
    const double seconds = shortest_run(prepared);
    if (seconds < least) best = prepared;
    least = std::min(least, seconds);
  }
  return best;
}

}  // namespace lanewise::bench
