#pragma once
// Enlarging single images by whole factors, and the adjoint of that, vectorized along their
// channels. Arrays may have any alignment.
#include "simd/family.hpp"

namespace lanewise::simd {

// An image x of height x width pixels of `channels` elements. Enlarged, it is the image y of height
// * row_factor x width * column_factor pixels.
struct Enlargement {
  long height, width, channels;
  long row_factor, column_factor;
};

template <class T>
struct ResamplingKernels {
  // Each row is made by itself, and each element in one order: rows can be cut for threads
  // anywhere.
  struct Pair {
    // Rows [begin, end) of y.
    void (*forward)(const Enlargement& image, const T* x, T* y, long begin, long end) noexcept;

    // Rows [begin, end) of dx, which are written only. Each element adds up what it gave to dy, in
    // the order of dy's rows and then of its columns, each term weighted and rounded before it is
    // added: nothing is fused.
    void (*backward)(const Enlargement& image, const T* dy, T* dx, long begin, long end) noexcept;
  };
  Pair nearest;   // y repeats each pixel of x
  Pair bilinear;  // y mixes the pixels of x beside it, by the distance of their centres
};

LANEWISE_DECLARE_FAMILY(ResamplingKernels, resampling)

}  // namespace lanewise::simd
