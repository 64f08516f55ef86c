#pragma once
/// \file
/// The layers that move what they are given and learn nothing: padding, cropping, enlarging,
/// repeating, another order or shape.

#include <utility>
#include <vector>

#include "lanewise/nn/config_conversion.hpp"
#include "lanewise/nn/layer.hpp"
#include "lanewise/ops/resampling.hpp"

namespace lanewise {

/// Rows and columns around an image, written as Keras does.
class Margins {
 public:
  /// The same on all four sides.
  constexpr Margins(Index all) : Margins(all, all) {}
  /// `rows` above and below, `columns` left and right.
  constexpr Margins(Index rows, Index columns) : Margins({rows, rows}, {columns, columns}) {}
  /// Rows above and below, columns left and right.
  constexpr Margins(std::pair<Index, Index> rows, std::pair<Index, Index> columns)
      : padding_(rows.first, rows.second, columns.first, columns.second) {}

  /// The four numbers.
  constexpr const Padding& padding() const { return padding_; }

  /// Whether all four agree.
  friend constexpr bool operator==(const Margins&, const Margins&) = default;

 private:
  Padding padding_;
};

/// \cond
// [[top, bottom], [left, right]], or fewer numbers as Keras has them: 1, [1, 2].
template <>
struct LANEWISE_API ConfigConversion<Margins> {
  static Config to(const Margins& value);
  static Margins from(const Config& config, const ConfigPath& path);
};
/// \endcond

/// Zeros around images: (height, width, channels) becomes (top + height + bottom, left + width +
/// right, channels). `ZeroPadding2D{1}`, `ZeroPadding2D{{1, 2}}` for rows and columns,
/// `ZeroPadding2D{{{0, 1}, {2, 3}}}` for top, bottom, left, right.
/// \throws ArgumentError (when the model is made) for negative numbers; ShapeError if the samples
/// are no images.
struct LANEWISE_API ZeroPadding2D {
  Margins padding = 1;
  LANEWISE_LAYER(ZeroPadding2D, padding);
};

/// Rows and columns cut off images, written as those of ZeroPadding2D: (height, width, channels)
/// becomes (height - top - bottom, width - left - right, channels).
/// \throws ArgumentError (when the model is made) for negative numbers; ShapeError if the samples
/// are no images, or nothing is left of them.
struct LANEWISE_API Cropping2D {
  Margins cropping = 0;
  LANEWISE_LAYER(Cropping2D, cropping);
};

/// Enlarges images by whole factors: (height, width, channels) becomes (height * size.height, width
/// * size.width, channels), see ops::upsample.
/// \throws ArgumentError (when the model is made) for a size below 1 or an unknown interpolation;
/// ShapeError if the samples are
/// no images, or too many elements come out to count.
struct LANEWISE_API UpSampling2D {
  Extent2D size = 2;
  Interpolation interpolation = Interpolation::nearest;
  LANEWISE_LAYER(UpSampling2D, size, interpolation);
};

/// Gives samples another shape, in row-major order: `Reshape{{7, 7, 64}}`. One size may be -1: what
/// is left for it. Copies nothing.
/// \throws ArgumentError (when the model is made) for two sizes of -1, or others below 0;
/// ShapeError if the samples do not have as many elements.
struct LANEWISE_API Reshape {
  std::vector<Index> shape;
  LANEWISE_LAYER(Reshape, shape);
};

/// The dimensions of samples in another order, counted from 1 as in Keras: `Permute{{2, 1}}` makes
/// (channels, steps) of (steps, channels), `Permute{{3, 1, 2}}` (channels, height, width) of
/// images. \throws ArgumentError (when the model is made) unless each of 1 to n is there once;
/// ShapeError if the samples have another number of dimensions.
struct LANEWISE_API Permute {
  std::vector<int> dims;
  LANEWISE_LAYER(Permute, dims);
};

/// Repeats a vector: (features) becomes (n, features).
/// \throws ArgumentError (when the model is made) unless n >= 1; ShapeError if the samples are no
/// vectors, or too many elements come out to count.
struct LANEWISE_API RepeatVector {
  Index n = 1;
  LANEWISE_LAYER(RepeatVector, n);
};

}  // namespace lanewise
