// Contract in ops/window_reader.hpp.
#include "ops/window_reader.hpp"

#include <algorithm>

#include "core/round.hpp"

namespace lanewise::ops {
namespace {

constexpr double kStripBytes = 192 << 10;      // beside a strip of B in L2
constexpr double kMostStripBytes = 896 << 10;  // if a few pixels need so much
constexpr Index kFewPixels = 32;               // fewer make short tiles and much border
constexpr Index kIm2colPixels = 32;

// The smallest piece of which as many make up `count` as of `most`.
Index even_pieces(Index count, Index most) {
  return divide_up(count, divide_up(count, most));
}

}  // namespace

template <class T>
WindowReader<T>::WindowReader(const WindowImages<T>& images, Index most_pixels) : images_(images) {
  const WindowAxis &y = images.y, &x = images.x;
  if (images.outputs() == 0) return;
  block_columns_ = even_pieces(x.output, most_pixels);
  if (y.inside() && x.inside()) {
    pixel_pitch_ = images.pixel;
    row_pitch_ = x.input * images.pixel;
    if (block_columns_ == x.output)
      block_rows_ = even_pieces(y.output, std::max<Index>(1, most_pixels / x.output));
  } else {
    choose_strip(most_pixels);
  }
  if (block_rows_ == y.output && block_columns_ == x.output && reading_ != Reading::im2col) {
    Index most = std::max<Index>(1, most_pixels / (y.output * x.output));
    if (reading_ == Reading::strip)
      most = std::clamp<Index>(static_cast<Index>(kStripBytes / strip_size(y.output, x.output)), 1,
                               most);
    block_images_ = even_pieces(images.images, most);
  }
  images_blocks_ = divide_up(images.images, block_images_);
  row_blocks_ = divide_up(y.output, block_rows_);
  column_blocks_ = divide_up(x.output, block_columns_);
}

// In bytes, for these rows and columns of one image's output. A product of large numbers: double.
template <class T>
double WindowReader<T>::strip_size(Index rows, Index columns) const {
  const auto extent = [](const WindowAxis& axis, Index outputs) {
    return static_cast<double>(outputs - 1) * static_cast<double>(axis.stride) +
           static_cast<double>(axis.reach());
  };
  return extent(images_.y, rows) * extent(images_.x, columns) *
         static_cast<double>(images_.channels) * sizeof(T);
}

template <class T>
void WindowReader<T>::choose_strip(Index most_pixels) {
  const WindowAxis &y = images_.y, &x = images_.x;
  const auto narrow = [&](double bytes, Index fewest) {
    while (strip_size(1, block_columns_) > bytes && block_columns_ > fewest)
      block_columns_ = divide_up(block_columns_, 2);
  };
  narrow(kStripBytes, kFewPixels);
  narrow(kMostStripBytes, kFewPixels / 8);
  if (strip_size(1, block_columns_) > kMostStripBytes) {
    reading_ = Reading::im2col;
    block_columns_ = even_pieces(x.output, kIm2colPixels);
    return;
  }
  reading_ = Reading::strip;
  block_columns_ = even_pieces(x.output, block_columns_);
  if (block_columns_ == x.output) {
    Index rows = std::clamp<Index>(most_pixels / x.output, 1, y.output);
    while (rows > 1 && strip_size(rows, x.output) > kStripBytes) --rows;
    block_rows_ = even_pieces(y.output, rows);
  }
  strip_height_ = (block_rows_ - 1) * y.stride + y.reach();
  strip_width_ = (block_columns_ - 1) * x.stride + x.reach();
  pixel_pitch_ = images_.channels;
  row_pitch_ = strip_width_ * pixel_pitch_;
}

template <class T>
PixelBlock WindowReader<T>::block(Index number) const {
  const auto piece = [](Index index, Index size, Index count, Index& begin, Index& length) {
    begin = index * size;
    length = std::min(size, count - begin);
  };
  PixelBlock b;
  piece(number % column_blocks_, block_columns_, images_.x.output, b.column, b.columns);
  number /= column_blocks_;
  piece(number % row_blocks_, block_rows_, images_.y.output, b.row, b.rows);
  piece(number / row_blocks_, block_images_, images_.images, b.image, b.images);
  return b;
}

template <class T>
Index WindowReader<T>::buffer_elements(Index depth) const {
  switch (reading_) {
    case Reading::in_place:
      return 0;
    case Reading::strip:
      return block_images_ * strip_height_ * row_pitch_;
    case Reading::im2col:
      break;
  }
  return block_columns_ * depth;
}

template <class T>
void WindowReader<T>::load(const PixelBlock& block, Index begin, Index end, T* buffer,
                           const T** windows) const noexcept {
  const WindowAxis &y = images_.y, &x = images_.x;
  if (begin == end) {  // nothing to read; the pointers need only exist
    std::fill(windows, windows + block.pixels(), images_.data);
    return;
  }
  if (reading_ == Reading::im2col) {
    im2col(block, begin, end, buffer);
    for (Index i = 0; i < block.pixels(); ++i) windows[i] = buffer + i * (end - begin);
    return;
  }
  const T* first = buffer;
  Index image_pitch = strip_height_ * row_pitch_;
  if (reading_ == Reading::in_place) {
    image_pitch = y.input * row_pitch_;
    first = images_.data + block.image * image_pitch + y.begin(block.row) * row_pitch_ +
            x.begin(block.column) * pixel_pitch_;
  } else {
    fill_strip(block, buffer);
  }
  const Index step = x.stride * pixel_pitch_;
  for (Index n = 0; n < block.images; ++n)
    for (Index row = 0; row < block.rows; ++row) {
      const T* window = first + n * image_pitch + row * y.stride * row_pitch_;
      for (Index column = 0; column < block.columns; ++column, window += step) *windows++ = window;
    }
}

template <class T>
void WindowReader<T>::distances(Index begin, Index end, long* to) const noexcept {
  if (reading_ == Reading::im2col) {
    for (Index p = begin; p < end; ++p) *to++ = p - begin;
    return;
  }
  const Index channels = images_.channels;
  for (Index p = begin; p < end;) {
    const Index tap = p / channels, stop = std::min(end, (tap + 1) * channels);
    const Index at = tap / images_.x.kernel * images_.y.dilation * row_pitch_ +
                     tap % images_.x.kernel * images_.x.dilation * pixel_pitch_;
    for (; p < stop; ++p) *to++ = at + p - tap * channels;
  }
}

template <class T>
void WindowReader<T>::fill_strip(const PixelBlock& block, T* strip) const noexcept {
  const WindowAxis &y = images_.y, &x = images_.x;
  const Index height = (block.rows - 1) * y.stride + y.reach();
  for (Index n = 0; n < block.images; ++n)
    for (Index row = 0; row < height; ++row)
      fill_row(block.image + n, y.begin(block.row) + row, x.begin(block.column),
               strip + (n * strip_height_ + row) * row_pitch_);
}

// strip_width_ pixels of one row from (y, x) on; zeros where they are outside.
template <class T>
void WindowReader<T>::fill_row(Index image, Index y, Index x, T* to) const noexcept {
  const Index channels = images_.channels, width = images_.x.input;
  T* const end = to + row_pitch_;
  if (y < 0 || y >= images_.y.input) {
    std::fill(to, end, T(0));
    return;
  }
  const Index begin = std::clamp<Index>(-x, 0, strip_width_);
  const Index stop = std::clamp<Index>(width - x, begin, strip_width_);
  std::fill(to, to + begin * channels, T(0));
  const T* from =
      images_.data + ((image * images_.y.input + y) * width + x + begin) * images_.pixel;
  T* at = to + begin * channels;
  if (begin == stop) {
  } else if (images_.pixel == channels) {
    at = std::copy(from, from + (stop - begin) * channels, at);
  } else {
    for (Index i = begin; i < stop; ++i, from += images_.pixel)
      at = std::copy(from, from + channels, at);
  }
  std::fill(at, end, T(0));
}

// The elements [begin, end) of each window, side by side.
template <class T>
void WindowReader<T>::im2col(const PixelBlock& block, Index begin, Index end,
                             T* to) const noexcept {
  const WindowAxis &y = images_.y, &x = images_.x;
  const Index channels = images_.channels;
  for (Index column = block.column; column < block.column + block.columns; ++column)
    for (Index p = begin; p < end;) {
      const Index tap = p / channels, stop = std::min(end, (tap + 1) * channels);
      const Index iy = y.begin(block.row) + tap / x.kernel * y.dilation;
      const Index ix = x.begin(column) + tap % x.kernel * x.dilation;
      const bool inside = iy >= 0 && iy < y.input && ix >= 0 && ix < x.input;
      if (inside) {
        const T* const pixel =
            images_.data + ((block.image * y.input + iy) * x.input + ix) * images_.pixel;
        to = std::copy(pixel + (p - tap * channels), pixel + (stop - tap * channels), to);
      } else {
        to = std::fill_n(to, stop - p, T(0));
      }
      p = stop;
    }
}

template class WindowReader<float>;
template class WindowReader<double>;

}  // namespace lanewise::ops
