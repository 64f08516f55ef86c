#pragma once
/// \file
/// The window that convolution and pooling slide over an image: its size, steps and border, and the
/// size of what it leaves.

#include <string_view>

#include "lanewise/export.hpp"
#include "lanewise/shape.hpp"

namespace lanewise {

/// A height and a width, in this order.
struct Extent2D {
  Index height = 1;
  Index width = 1;

  constexpr Extent2D() = default;
  /// A square.
  constexpr Extent2D(Index both) : height(both), width(both) {}
  /// A rectangle.
  constexpr Extent2D(Index height_, Index width_) : height(height_), width(width_) {}

  /// Whether height and width agree.
  friend constexpr bool operator==(const Extent2D&, const Extent2D&) = default;
};

/// What surrounds an image: nothing (`Padding::valid`), as much as keeps its size at stride 1
/// (`Padding::same`), or explicit numbers of rows and columns.
class Padding {
 public:
  /// No padding: the window stays inside the image.
  static const Padding valid;
  /// Keras's and TensorFlow's rule: ceil(size / stride) outputs, and where the padding is odd, the
  /// extra row or column is at the bottom or right.
  static const Padding same;

  /// These rows and columns. Negative ones are refused where the padding is used.
  constexpr Padding(Index top, Index bottom, Index left, Index right)
      : top_(top), bottom_(bottom), left_(left), right_(right) {}

  /// Whether this is `same`.
  constexpr bool is_same() const { return same_; }
  ///@{
  /// The explicit numbers; 0 for `valid` and `same`.
  constexpr Index top() const { return top_; }
  constexpr Index bottom() const { return bottom_; }
  constexpr Index left() const { return left_; }
  constexpr Index right() const { return right_; }
  ///@}

  /// Whether rule and numbers agree.
  friend constexpr bool operator==(const Padding&, const Padding&) = default;

 private:
  struct Same {};
  constexpr explicit Padding(Same) : same_(true) {}

  bool same_ = false;
  Index top_ = 0, bottom_ = 0, left_ = 0, right_ = 0;
};

inline constexpr Padding Padding::valid{0, 0, 0, 0};
inline constexpr Padding Padding::same{Padding::Same{}};

/// A window of `kernel` elements, `dilation` apart, that moves `stride` elements at a time.
struct Window {
  Extent2D kernel{};
  Extent2D stride{};
  Extent2D dilation{};
  Padding padding = Padding::valid;
};

/// A window on an image of one size. Output (oy, ox) sees the inputs
/// (oy * stride.height - top + ky * dilation.height, ox * stride.width - left + kx *
/// dilation.width) for 0 <= ky < kernel.height and 0 <= kx < kernel.width; those outside the image
/// are padding. Where there is one output, the stride is 1, whatever it was, and so is the dilation
/// of a kernel of one element: a stride of 1 does not say that the windows are the pixels.
struct WindowOnImage {
  Extent2D input, output;
  Extent2D kernel, stride, dilation;
  Index top = 0, bottom = 0, left = 0, right = 0;  ///< rows and columns of padding

  /// Whether there is any padding.
  constexpr bool is_padded() const { return (top | bottom | left | right) != 0; }
};

/// The window on an image of this size, with its padding in numbers. `who` begins the message of an
/// error, if it is not empty.
/// \throws ArgumentError for a kernel, stride or dilation below 1, or negative padding;
/// ShapeError if the image is empty, the window is larger than the padded image, or either has more
/// than 2^60 rows or columns.
LANEWISE_API WindowOnImage resolve_window(const Window& window, Extent2D image,
                                          std::string_view who = {});

}  // namespace lanewise
