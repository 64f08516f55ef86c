#pragma once
// The kernels of Winograd convolution: the transforms of tiles, before and after the products.
//
// F(m, r) makes m neighbouring results of a filter of r taps from m + r - 1 inputs with as many
// products, where the sums themselves take m * r. Along two axes it is one after the other:
//
//     y = A' [ (G g G') o (B' x B) ] A        x: the tile, g: the filter, o: element by element
//
//   gather                               products, summed              scatter
//   a tile of pixels                     over the channels
//   +-------------+                 +----+                     +----+              +---------+
//   | x x x x x x |      B' x B     | v0 |  a matrix (tiles,   | m0 |   A' m A     | y y y y |
//   | x x x x x x | --------------> | v1 |  channels) for each | m1 | -----------> | y y y y |
//   | ..          |                 | .. |  of the 36 places   | .. |              | ..      |
//   +-------------+                 +----+                     +----+              +---------+
//
// Each pixel, and each place, has its channels side by side. So registers run along the channels,
// and nothing is ever shuffled. The gradients take the same two kernels: that of the images gathers
// tiles of dy with A, and scatters with B; that of the filters gathers tiles of x with B' and of dy
// with A, and scatters with G'.
//
// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016; Winograd, "Arithmetic
// complexity of computations", 1980. The matrices are made in isa/winograd_matrices.hpp.
#include "simd/family.hpp"

namespace lanewise::simd {

// F(m, r) along one axis. F(1, 1) leaves an axis as it is.
enum class WinogradTile { f1_1, f2_3, f3_3, f4_3, f2_5 };
inline constexpr int kWinogradTiles = 5;

// Whose tiles are transformed. A tile of the operand is gathered with the matrix M, and its
// gradient scattered with M'; for the output, which is the other way round, M is A.
enum class WinogradOperand { input, filter, output };  // B', G, A
inline constexpr int kWinogradOperands = 3;

constexpr long winograd_outputs(WinogradTile tile) {
  constexpr long kOutputs[] = {1, 2, 3, 4, 2};
  return kOutputs[static_cast<int>(tile)];
}
constexpr long winograd_taps(WinogradTile tile) {
  constexpr long kTaps[] = {1, 3, 3, 3, 5};
  return kTaps[static_cast<int>(tile)];
}
constexpr long winograd_points(WinogradTile tile) {
  return winograd_outputs(tile) + winograd_taps(tile) - 1;
}
inline constexpr long kWinogradMostPoints = 6;

struct WinogradTransform {
  WinogradTile down, across;
  WinogradOperand operand;
};

// A rectangle of pixels, `row` and `pixel` elements apart, of which those with top <= y < bottom
// and left <= x < right exist. The others are read as zeros, and never written.
struct WinogradPixels {
  long row, pixel;
  long top, bottom, left, right;
};

// What is done with a result on its way to memory.
template <class T>
struct WinogradFinish {
  const T* bias = nullptr;  // a number a channel, or null
  bool relu = false;
  bool add = false;  // to what is there
};

template <class T>
struct WinogradKernels {
  // to[p * to_step + c] for p, which counts the transform's places row by row, and c < channels,
  // from pixels that begin at `from`.
  void (*gather)(const WinogradTransform& transform, const WinogradPixels& pixels, const T* from,
                 long channels, T* to, long to_step) noexcept;
  // Pixels that begin at `to`, from from[p * from_step + c].
  void (*scatter)(const WinogradTransform& transform, const T* from, long from_step, long channels,
                  const WinogradPixels& pixels, const WinogradFinish<T>& finish, T* to) noexcept;
};

LANEWISE_DECLARE_FAMILY(WinogradKernels, winograd)

}  // namespace lanewise::simd
