#pragma once
/// \file
/// The algorithms by which a convolution can be computed.

#include "lanewise/names.hpp"

namespace lanewise {

/// How a convolution is computed.
///
/// `direct` sums the products of the formula, as an implicit GEMM. `automatic` is what is reckoned
/// to be the faster of the two; ops::conv_algorithm says which.
///
/// `winograd` takes filters with sides of 3, 5 and 1, but not 1 x 1, at stride and dilation 1. It
/// transforms tiles of 6 x 6 pixels (a side may also be 5 or 4 for 3 taps, if that covers the image
/// with less, and is 1 for one), multiplies them with transformed filters, and transforms the
/// products back to tiles of 4 x 4 results for 3 taps (3, 2) and 2 x 2 for 5: 36 products in place
/// of 144, or of 100. In exact arithmetic the results are the same.
/// - In float and double results are off by about eps times the larger of 57 times the root of the
///   sum of a * a and 3 times the sum of a. Forward, the sums are over the channels, with a = (the
///   largest |x| of the tile) * (the sum of |filters| over the taps); likewise for the gradient of
///   the images, with dy and over the filters; for that of the filters over the tiles, with (the
///   largest |x|) * (the sum of |dy|) of each, twice that for 5 taps, and 2.5 times for a tile of a
///   single result. The first is what becomes of independent errors of one eps in each of the
///   products (37 for sides of 5, 13 for 4); of numbers that are alike in size, 12 times the root or
///   3 times the sum is enough. Tests hold every result to that.
///   Relative to an output's own products nothing can hold: a bright pixel that the window does not
///   see lies in the same tile.
/// - A NaN or an infinity makes NaNs of results of its whole tile, not only of what sees it, and so
///   does a finite number beyond about 1/32 of the largest. Products below the smallest normal
///   number are flushed to zero, after filters have been multiplied by as little as 1/64.
/// - It takes workspace: 36 * (c / groups) * (k / groups) numbers for the transformed filters, for
///   the gradient of the images a copy of the filters as well, and about 8 MB a thread. Where the
///   filters are transformed piece by piece (ops::conv_algorithm says where), it is at most 16 MB
///   and 3 MB a thread.
///
/// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016.
enum class ConvolutionAlgorithm { automatic, direct, winograd };
LANEWISE_NAMES(ConvolutionAlgorithm, automatic, direct, winograd)

}  // namespace lanewise
