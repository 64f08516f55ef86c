#pragma once
// Resolving a window for a whole shape, as operations and layers get it: what outputs and padding
// it has there. Errors name the caller, where it gives its name, and say how images are laid out.
#include <initializer_list>
#include <string_view>

#include "lanewise/ops/window.hpp"

namespace lanewise {

// rule(window, image, who), with the image of a shape (…, height, width, channels), or of (steps,
// channels), which is one row. Where the window does not fit but would if channels came first, the
// error says so.
using WindowRule = WindowOnImage (*)(const Window&, Extent2D image, std::string_view who);
WindowOnImage resolve_window_for(const Window& window, const Shape& x, std::string_view who = {},
                                 WindowRule rule = resolve_window);

// For kernels that count places in elements, those outside the image, too: as addresses they must
// fit, with so many elements to a pixel.
// \throws ShapeError that begins with `who`.
void check_addressable(const WindowOnImage& w, Index pixel, std::string_view who = {});

// A shape of computed sizes.
// \throws ShapeError that begins with `who` if it has too many elements to count.
Shape countable_shape(std::string_view who, std::initializer_list<Index> sizes);

}  // namespace lanewise
