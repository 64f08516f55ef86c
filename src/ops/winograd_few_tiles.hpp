#pragma once
// Winograd convolution of few tiles: a batch of small images with many channels, or one image. The
// transformed filters outweigh the tiles then, 36 numbers for 9, and writing them to memory and
// reading them back would take longer than the products. So all tiles are gathered first, and the
// filters transformed piece by piece, each used up while it is in the second-level cache:
//
//   V, all tiles        U, a piece of the filters         M, some of the columns
//   (tiles, depth)      (rows, columns)                   (tiles, columns)
//   +---+---+---+       +----+                            +----+
//   |   | p |   |   x   | U  | transformed when needed    | += |  scattered after the last p
//   +---+---+---+       +----+                            +----+
//
// Threads share the columns. The pieces along the depth depend on its size alone, and so do the
// bits.
#include "ops/winograd_tiles.hpp"

namespace lanewise::ops {

// Whether a pass goes this way, with so many bytes an element. It depends on sizes alone.
bool has_few_tiles(const Tiling& tiling, Index element);

// The passes of one group, as in winograd.cpp. The gradient of the images begins with the bias of
// its channels, or with zeros if that is null.
template <class T>
void few_tiles_forward(const Tiling& tiling, const T* x, const T* filters, T* y, Index group,
                       const T* bias, bool relu);
template <class T>
void few_tiles_backward_data(const Tiling& tiling, const T* dy, const T* filters, T* dx,
                             Index group, const T* bias);
template <class T>
void few_tiles_backward_weights(const Tiling& tiling, const T* x, const T* dy, T* dfilters,
                                Index group);

}  // namespace lanewise::ops
