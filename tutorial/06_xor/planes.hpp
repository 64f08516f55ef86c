#pragma once
// Chapter 06: a network's output all over the plane, as colours.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "06_xor/show.hpp"

namespace show {

// Pictures of the plane from -0.5 to 1.5 both ways: blue where the output is 0 or less, orange
// where it is 1 or more, white at 1/2. The four points are small squares in the colour of their
// labels, which is that of the plane around them where the network is right.
class Planes {
 public:
  static constexpr Index kSide = 80;

  void add(const lw::Sequential& network, std::string caption) {
    lw::Tensor<float> x({kSide * kSide, 2});
    for (Index row = 0; row < kSide; ++row)
      for (Index column = 0; column < kSide; ++column) {
        x(row * kSide + column, 0) = static_cast<float>(at(column));
        x(row * kSide + column, 1) = static_cast<float>(at(kSide - 1 - row));
      }
    const lw::Tensor<float> y = network.predict(x, kSide);
    for (Index row = 0; row < kSide; ++row)
      for (Index column = 0; column < kSide; ++column) {
        const double x1 = at(column), x2 = at(kSide - 1 - row);
        const double from_corner =
            std::max(std::abs(x1 - std::round(x1)), std::abs(x2 - std::round(x2)));
        const bool is_corner = x1 > -0.2 && x1 < 1.2 && x2 > -0.2 && x2 < 1.2;
        const double label = std::round(x1) == std::round(x2) ? 0 : 1;
        if (is_corner && from_corner < 0.07)
          paint(from_corner < 0.04 ? colour(label) : Colour{0, 0, 0});
        else
          paint(colour(y[row * kSide + column]));
      }
    captions_.push_back(std::move(caption));
  }

  void plot(Chapter& chapter, const std::string& name, std::string title, std::string alt) const {
    const auto count = static_cast<Index>(captions_.size());
    chapter.plot(
        name, lw::report::ImageGrid{.title = std::move(title),
                                    .images = {pixels_.data(), lw::Shape{count, kSide, kSide, 3}},
                                    .captions = captions_,
                                    .columns = std::min<Index>(count, 2),
                                    .alt = std::move(alt)});
  }

 private:
  using Colour = std::array<std::uint8_t, 3>;

  static double at(Index pixel) {
    return -0.5 + 2 * (static_cast<double>(pixel) + 0.5) / static_cast<double>(kSide);
  }

  static Colour colour(double value) {
    constexpr Colour kZero{0, 90, 181}, kHalf{255, 255, 255}, kOne{225, 115, 0};
    const double from_half = std::clamp(2 * value - 1, -1.0, 1.0);
    const Colour& full = from_half < 0 ? kZero : kOne;
    Colour mixed;
    for (std::size_t i = 0; i < 3; ++i)
      mixed[i] = static_cast<std::uint8_t>(
          std::lround(kHalf[i] + std::abs(from_half) * (full[i] - kHalf[i])));
    return mixed;
  }

  void paint(const Colour& c) { pixels_.insert(pixels_.end(), c.begin(), c.end()); }

  std::vector<std::uint8_t> pixels_;
  std::vector<std::string> captions_;
};

}  // namespace show
