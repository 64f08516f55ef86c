#pragma once
// The indirection buffer of a convolution. Row i of the left matrix of its GEMM is the window of
// output pixel i, as im2col would write it; but that matrix is never made. The kernel takes a
// pointer for each row, the indirection buffer, and distances that all rows share (GemmA::indirect
// in simd/gemm.hpp); here is where both come from.
//
// The output is cut into blocks of pixels: whole images, or rows of one, or a piece of a row. Where
// the windows of a block lie inside the image, they are read in place. Where there is padding, the
// part of the image that the block sees is first copied, with its border of zeros, into a strip
// that stays in the cache:
//
//      image                     block: rows 0 and 1              strip
//      +-----------+             +-----------+                 0 0 0 0 0 0 0
//      | a b c d e |             | . . . . . |                 0 a b c d e 0
//      | f g h i j |     3x3     | . . . . . |      -->        0 f g h i j 0
//      | k l m n o |    same                                   0 k l m n o 0
//      +-----------+
//
// That is a hundredth of the work where the result has 64 channels. Windows so large that a strip
// for a few of them exceeds a megabyte (extreme dilations) are copied by im2col after all, a few
// dozen pixels and a range of elements at a time.
#include "ops/window_axis.hpp"

namespace lanewise::ops {

// Images and the windows on them.
template <class T>
struct WindowImages {
  const T* data;
  Index images;
  Index pixel;     // elements from one pixel to the next
  Index channels;  // elements of a pixel that are read
  WindowAxis y, x;

  Index depth() const { return y.kernel * x.kernel * channels; }
  Index outputs() const { return images * y.output * x.output; }
};

// Some of the output pixels, in row-major order.
struct PixelBlock {
  Index image, images;
  Index row, rows;
  Index column, columns;

  Index pixels() const { return images * rows * columns; }
};

inline constexpr Index kBlockPixels = 256;  // a block has at most so many

template <class T>
class WindowReader {
 public:
  // In blocks of up to `most_pixels` <= kBlockPixels where these are at least one row's.
  WindowReader(const WindowImages<T>& images, Index most_pixels);

  Index blocks() const { return images_blocks_ * row_blocks_ * column_blocks_; }
  PixelBlock block(Index number) const;

  // What load() needs to write to when it is asked for up to `depth` elements at a time.
  Index buffer_elements(Index depth) const;

  // Makes elements [begin, end) of the block's windows readable until the next load(), with a
  // pointer for each pixel: element p is at windows[pixel][distance of p].
  void load(const PixelBlock& block, Index begin, Index end, T* buffer,
            const T** windows) const noexcept;

  // Fills in the distances of the elements [begin, end).
  void distances(Index begin, Index end, long* to) const noexcept;

 private:
  enum class Reading { in_place, strip, im2col };

  double strip_size(Index rows, Index columns) const;
  void choose_strip(Index most_pixels);
  void fill_strip(const PixelBlock& block, T* strip) const noexcept;
  void fill_row(Index image, Index y, Index x, T* to) const noexcept;
  void im2col(const PixelBlock& block, Index begin, Index end, T* to) const noexcept;

  WindowImages<T> images_;
  Reading reading_ = Reading::in_place;
  Index block_images_ = 1, block_rows_ = 1, block_columns_ = 1;
  Index images_blocks_ = 0, row_blocks_ = 0, column_blocks_ = 0;
  Index strip_width_ = 0, strip_height_ = 0;  // pixels of one image in a strip
  Index row_pitch_ = 0, pixel_pitch_ = 0;     // elements between what is read
};

}  // namespace lanewise::ops
