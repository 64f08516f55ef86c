#pragma once
// Winograd convolution with filters that are transformed piece by piece: for few tiles, as of a
// batch of small images or of one, and for very many filters. The transformed filters outweigh the
// tiles then, 36 numbers for 9, and writing them to memory and reading them back would take longer
// than the products. So up to 64 tiles are gathered first, and each piece is used up while it is in
// the second-level cache:
//
//   V, some tiles       U, a piece of the filters         M, some of the columns
//   (tiles, depth)      (rows, columns)                   (tiles, columns)
//   +---+---+---+       +----+                            +----+
//   |   | p |   |   x   | U  | transformed when needed    | += |  scattered after the last p
//   +---+---+---+       +----+                            +----+
//
// Threads share the columns. The pieces along the depth, and the tiles of a round, depend on the
// sizes alone, and so do the bits.
#include "ops/winograd_tiles.hpp"

namespace lanewise::ops {

// Whether the filters of a group are so many that they go piece by piece however many tiles there
// are.
bool outweigh_tiles(const Tiling& tiling, Index element);
// How many tiles are taken in a round, with so many bytes an element; 0 if the filters of all
// passes are transformed as a whole. It depends on sizes alone.
Index tiles_by_pieces(const Tiling& tiling, Index element);

// The passes of one group, as in winograd.cpp. The gradient of the images begins with the bias of
// its channels, or with zeros if that is null.
template <class T>
void forward_by_pieces(const Tiling& tiling, const T* x, const T* filters, T* y, Index group,
                       const T* bias, bool relu);
template <class T>
void backward_data_by_pieces(const Tiling& tiling, const T* dy, const T* filters, T* dx,
                             Index group, const T* bias);
template <class T>
void backward_weights_by_pieces(const Tiling& tiling, const T* x, const T* dy, T* dfilters,
                                Index group);

}  // namespace lanewise::ops
