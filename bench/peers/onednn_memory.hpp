#pragma once
// What oneDNN's primitives need here: the one engine, and arrays moved from and to its layouts.
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "peers/convolution.hpp"

namespace lanewise::bench {

using dnnl::memory;
using Tag = memory::format_tag;

inline const dnnl::engine& onednn_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

// oneDNN names sizes in the order of NCHW, and those of filters in that of OIHW, whatever the
// layout.
inline memory::desc described(const memory::dims& sizes, Tag tag) {
  return {sizes, memory::data_type::f32, tag};
}

inline void onednn_reorder(memory from, memory to) {
  dnnl::stream stream(onednn_engine());
  dnnl::reorder(from, to).execute(stream, from, to);
  stream.wait();
}

// A copy, in the layout `wanted`, of an array that lies as `plain` says.
inline memory onednn_copy(const float* data, const memory::desc& plain,
                          const memory::desc& wanted) {
  memory copy(wanted, onednn_engine());
  onednn_reorder({plain, onednn_engine(), const_cast<float*>(data)}, copy);
  return copy;
}

// The primitive with its arguments; argument `result` is read back as `plain` says.
inline Prepared<float> onednn_prepared(const dnnl::primitive& primitive,
                                       const std::unordered_map<int, memory>& arguments, int result,
                                       const memory::desc& plain) {
  dnnl::stream stream(onednn_engine());
  return {[=]() mutable {
            primitive.execute(stream, arguments);
            stream.wait();
          },
          [=](float* data) {
            onednn_reorder(arguments.at(result), {plain, onednn_engine(), data});
          }};
}

}  // namespace lanewise::bench
