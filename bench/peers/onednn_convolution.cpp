// oneDNN's convolution. Contract in convolution.hpp.
#include "peers/onednn_memory.hpp"

namespace lanewise::bench {
namespace {

using dnnl::algorithm;
using dnnl::prop_kind;

struct Sizes {
  memory::dims x, filters, y, strides, padding;

  explicit Sizes(const Convolution& p)
      : x{p.n, p.c, p.h, p.w},
        filters{p.groups, p.k / p.groups, p.c / p.groups, p.kernel, p.kernel},
        y{p.n, p.k, p.out_h(), p.out_w()},
        strides{p.stride, p.stride},
        padding{p.padding, p.padding} {
    if (p.groups == 1) filters.erase(filters.begin());
  }

  Tag filters_tag() const { return filters.size() == 5 ? Tag::hwigo : Tag::hwio; }
};

// Every gradient's primitive wants the forward one as a hint.
dnnl::convolution_forward::primitive_desc forward_of(const Sizes& s) {
  return {
      {prop_kind::forward_training, algorithm::convolution_direct, described(s.x, Tag::any),
       described(s.filters, Tag::any), described(s.y, Tag::any), s.strides, s.padding, s.padding},
      onednn_engine()};
}

Prepared<float> backward_data(const Sizes& s, const ConvolutionOperands<float>& operands) {
  const dnnl::convolution_backward_data::primitive_desc chosen(
      {algorithm::convolution_direct, described(s.x, Tag::any), described(s.filters, Tag::any),
       described(s.y, Tag::any), s.strides, s.padding, s.padding},
      onednn_engine(), forward_of(s));
  const memory dy = onednn_copy(operands.dy, described(s.y, Tag::nhwc), chosen.diff_dst_desc());
  const memory filters =
      onednn_copy(operands.filters, described(s.filters, s.filters_tag()), chosen.weights_desc());
  const memory dx(chosen.diff_src_desc(), onednn_engine());
  return onednn_prepared(
      dnnl::convolution_backward_data(chosen),
      {{DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_WEIGHTS, filters}, {DNNL_ARG_DIFF_SRC, dx}},
      DNNL_ARG_DIFF_SRC, described(s.x, Tag::nhwc));
}

Prepared<float> backward_weights(const Sizes& s, const ConvolutionOperands<float>& operands) {
  const dnnl::convolution_backward_weights::primitive_desc chosen(
      {algorithm::convolution_direct, described(s.x, Tag::any), described(s.filters, Tag::any),
       described(s.y, Tag::any), s.strides, s.padding, s.padding},
      onednn_engine(), forward_of(s));
  const memory x = onednn_copy(operands.x, described(s.x, Tag::nhwc), chosen.src_desc());
  const memory dy = onednn_copy(operands.dy, described(s.y, Tag::nhwc), chosen.diff_dst_desc());
  const memory dfilters(chosen.diff_weights_desc(), onednn_engine());
  return onednn_prepared(
      dnnl::convolution_backward_weights(chosen),
      {{DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_WEIGHTS, dfilters}},
      DNNL_ARG_DIFF_WEIGHTS, described(s.filters, s.filters_tag()));
}

Prepared<float> forward(const Sizes& s, const ConvolutionOperands<float>& operands) {
  const dnnl::convolution_forward::primitive_desc chosen = forward_of(s);
  const memory x = onednn_copy(operands.x, described(s.x, Tag::nhwc), chosen.src_desc());
  const memory filters =
      onednn_copy(operands.filters, described(s.filters, s.filters_tag()), chosen.weights_desc());
  const memory y(chosen.dst_desc(), onednn_engine());
  return onednn_prepared(dnnl::convolution_forward(chosen),
                         {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, filters}, {DNNL_ARG_DST, y}},
                         DNNL_ARG_DST, described(s.y, Tag::nhwc));
}

}  // namespace

Prepared<float> onednn_convolution(Pass pass, const Convolution& problem,
                                   const ConvolutionOperands<float>& operands) {
  const Sizes sizes(problem);
  switch (pass) {
    case Pass::backward_data:
      return backward_data(sizes, operands);
    case Pass::backward_weights:
      return backward_weights(sizes, operands);
    case Pass::forward:
      break;
  }
  return forward(sizes, operands);
}

}  // namespace lanewise::bench
