#pragma once
// What oneDNN's primitives need here: the one engine, and arrays moved from and to its layouts.
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "peers/convolution.hpp"

namespace lanewise::bench {

inline const dnnl::engine& onednn_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

inline void onednn_reorder(dnnl::memory from, dnnl::memory to) {
  dnnl::stream stream(onednn_engine());
  dnnl::reorder(from, to).execute(stream, from, to);
  stream.wait();
}

// A copy, in the layout `wanted`, of an array that lies as `plain` says.
inline dnnl::memory onednn_copy(const float* data, const dnnl::memory::desc& plain,
                                const dnnl::memory::desc& wanted) {
  dnnl::memory copy(wanted, onednn_engine());
  onednn_reorder({plain, onednn_engine(), const_cast<float*>(data)}, copy);
  return copy;
}

// The primitive with its arguments; argument `result` is read back as `plain` says.
inline Prepared<float> onednn_prepared(const dnnl::primitive& primitive,
                                       const std::unordered_map<int, dnnl::memory>& arguments,
                                       int result, const dnnl::memory::desc& plain) {
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
