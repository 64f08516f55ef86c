#pragma once
// Pooling of single images, vectorized along their channels. Arrays may have any alignment.
#include <cstdint>

#include "simd/family.hpp"

namespace lanewise::simd {

// An image of height x width pixels of `channels` elements, and the windows on it: output (oy, ox)
// sees kernel_height x kernel_width pixels from (oy * stride_height - top, ox * stride_width -
// left) on, of which at least one lies inside the image.
struct PoolImage {
  long height, width, channels;
  long out_height, out_width;
  long kernel_height, kernel_width;
  long stride_height, stride_width;
  long top, left;
};

template <class T>
struct PoolingKernels {
  // Kept is what the backward pass is told of the forward pass: y, or the places of maxima.
  template <class Kept>
  struct Pair {
    // Rows [begin, end) of y. And of the places of maxima, if it is their pair: which of a window's
    // pixels that lie inside the image, row by row, is the first of the largest. No window has more
    // than 256 of them then.
    void (*forward)(const PoolImage& image, const T* x, T* y, std::uint8_t* places, long begin,
                    long end) noexcept;

    // Rows [begin, end) of dx, which are written only, never read before. Each element adds up what
    // its windows give it in their order, so that rows can be cut for threads anywhere. Average
    // pooling reads neither x nor y, maximum pooling with places not x.
    void (*backward)(const PoolImage& image, const T* x, const Kept* kept, const T* dy, T* dx,
                     long begin, long end) noexcept;
  };
  Pair<T> max;
  Pair<std::uint8_t> max_with_places;
  Pair<T> average, l2;
};

LANEWISE_DECLARE_FAMILY(PoolingKernels, pooling)

}  // namespace lanewise::simd
