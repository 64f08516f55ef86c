#pragma once
// Planes of numbers side by side, as pictures: feature maps and filters.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"

namespace tutorial {

/// Pictures of one size. A number's colour: 0 is black, the largest is white, negative ones are
/// blue. A smaller plane is magnified as far as it goes, and framed in light grey.
class Gallery {
 public:
  using Index = lanewise::Index;
  using Plane = lanewise::Tensor<double>;  // (height, width)

  Gallery(Index height, Index width) : height_(height), width_(width) {}

  /// `limit` is shown white, or as the brightest blue when negative; 0 is the plane's own largest.
  /// Either all pictures have a caption, or none has.
  void add(const Plane& plane, std::string caption = "", double limit = 0) {
    if (limit == 0)
      for (const double v : plane) limit = std::max(limit, std::abs(v));
    if (limit == 0) limit = 1;
    const Index zoom = std::min(height_ / plane.shape()[0], width_ / plane.shape()[1]);
    const Index top = (height_ - zoom * plane.shape()[0]) / 2;
    const Index left = (width_ - zoom * plane.shape()[1]) / 2;
    for (Index y = 0; y < height_; ++y)
      for (Index x = 0; x < width_; ++x) {
        const Index row = (y - top) / zoom, column = (x - left) / zoom;
        const bool inside =
            y >= top && x >= left && row < plane.shape()[0] && column < plane.shape()[1];
        paint(inside ? colour(plane(row, column) / limit) : kFrame);
      }
    ++count_;
    if (!caption.empty()) captions_.push_back(std::move(caption));
  }

  /// The pictures added so far; they must live until the grid is drawn.
  lanewise::report::ImageGrid grid(std::string title, Index columns = 0) const {
    return {.title = std::move(title),
            .images = {pixels_.data(), lanewise::Shape{count_, height_, width_, 3}},
            .captions = captions_,
            .columns = columns};
  }

 private:
  struct Colour {
    std::uint8_t red, green, blue;
  };
  static constexpr Colour kFrame{236, 236, 236};

  static Colour colour(double value) {  // in [-1, 1], or clipped to it
    const auto shade = [&](double full) {
      return static_cast<std::uint8_t>(std::lround(full * std::min(std::abs(value), 1.0)));
    };
    return value >= 0 ? Colour{shade(255), shade(255), shade(255)}
                      : Colour{shade(64), shade(150), shade(255)};
  }

  void paint(Colour c) { pixels_.insert(pixels_.end(), {c.red, c.green, c.blue}); }

  Index height_, width_, count_ = 0;
  std::vector<std::uint8_t> pixels_;
  std::vector<std::string> captions_;
};

}  // namespace tutorial
