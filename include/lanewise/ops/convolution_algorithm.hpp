#pragma once
/// \file
/// The algorithms by which a convolution can be computed.

#include "lanewise/names.hpp"

namespace lanewise {

/// How a convolution is computed.
///
/// `direct` sums the products of the formula, as an implicit GEMM. `automatic` is the faster of the
/// two; ops::conv_algorithm says which.
///
/// `winograd` takes filters of 3 x 3, 3 x 1 or 1 x 3 at stride and dilation 1. It transforms tiles
/// of 6 x 6 pixels (or 5 x 5, 4 x 4, where that covers the image with less), multiplies them with
/// transformed filters, and transforms the products back to tiles of 4 x 4 (3 x 3, 2 x 2) results:
/// 36 products in place of 144. In exact arithmetic the results are the same.
/// - Results in float and double are off by at most eps times 57 times the root of the sum of a * a,
///   where each channel has a = (the largest |x| of the tile) * (the sum of |filters| over the taps).
///   That is what becomes of an error of one eps in each of the 36 products, if errors are
///   independent (for tiles of 3 x 3 it is 37, of 2 x 2 it is 13). Numbers that are alike in size stay
///   within the larger of 12 times that root and 3 times the sum of a. Relative to an output's own
///   products nothing can hold: a bright pixel that the window does not see lies in the same tile.
/// - A NaN or an infinity spoils results of its whole tile, not only what sees it.
/// - It takes workspace: 36 * c * k / groups numbers for the transformed filters, a quarter more for
///   the gradient of the images, and up to 8 MB a thread.
///
/// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016.
enum class ConvolutionAlgorithm { automatic, direct, winograd };
LANEWISE_NAMES(ConvolutionAlgorithm, automatic, direct, winograd)

}  // namespace lanewise
