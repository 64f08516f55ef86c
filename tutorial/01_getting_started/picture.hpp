#pragma once
// Chapter 01: a picture made by formulas, as a camera might have taken it: a cat on a hill, by day,
// at dusk and at night.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "lanewise/lanewise.hpp"

namespace picture {

using lanewise::Index;
using Picture = lanewise::Tensor<std::uint8_t>;  // (rows, columns, 3)

struct Colour {
  double red = 0, green = 0, blue = 0;
};

// From a to b, as t goes from 0 to 1.
inline Colour mix(const Colour& a, const Colour& b, double t) {
  t = std::clamp(t, 0.0, 1.0);
  return {a.red + t * (b.red - a.red), a.green + t * (b.green - a.green),
          a.blue + t * (b.blue - a.blue)};
}

inline Colour lit(const Colour& thing, const Colour& light) {
  return {thing.red * light.red, thing.green * light.green, thing.blue * light.blue};
}

// The colours of an hour.
struct Hour {
  const char* name;
  Colour zenith, horizon;  // of the sky
  Colour light, sun;       // what falls on things, and where from
  double height;           // of sun or moon, from above
};

inline constexpr Hour kDay{"day", {.22, .46, .88}, {.78, .90, 1.0}, {1, .98, .92}, {1, 1, .8}, .14};
inline constexpr Hour kDusk{"dusk",          {.30, .22, .48}, {1.0, .58, .24},
                            {.66, .40, .34}, {1, .84, .45},   .42};
inline constexpr Hour kNight{"night",         {.02, .03, .10}, {.07, .10, .24},
                             {.16, .20, .36}, {.92, .92, .84}, .14};

inline double distance(double x, double y) {
  return std::sqrt(x * x + y * y);
}

// How far inside of the cat a place is: positive there, x to the right and y downwards from the
// middle of its seat.
inline bool in_cat(double x, double y) {
  const double side = std::abs(x);
  const bool body = distance(x / .085, (y + .09) / .115) < 1;
  const bool head = distance(x / .068, (y + .235) / .058) < 1;
  const bool ear = y > -.325 && y < -.25 && std::abs(side - .045) < (y + .325) * .42;
  const double around = distance(x - .085, y + .055);  // the tail, an arc
  const bool tail = std::abs(around - .065) < .012 && x > .07 && y > -.1;
  return body || head || ear || tail;
}

inline Colour cat_at(double x, double y) {
  const double side = std::abs(x);
  if (distance(side - .026, y + .245) < .011)  // eyes, with their pupils
    return std::abs(side - .026) < .003 ? Colour{.05, .05, .05} : Colour{.75, .95, .35};
  if (distance(side / 1.3, y + .218) < .0065) return {.95, .45, .5};  // the nose
  if (y > -.17 && distance(x / .04, (y + .07) / .08) < 1) return {.98, .92, .84};
  const double stripes = std::sin(90 * y + 14 * side);
  return mix({.93, .55, .18}, {.55, .27, .06}, stripes > .35 ? 1 : 0);
}

// A number between 0 and 1 that looks like chance: the roughness of grass.
inline double rough(double x, double y) {
  const double v = std::sin(x * 1271.7 + y * 3117.1) * 43758.5453;
  return v - std::floor(v);
}

// The colour at a place, x from the left and y from above, both from 0 to 1.
inline Colour colour_at(const Hour& hour, double x, double y) {
  const double hill = .74 + .05 * std::sin(3.2 * x + 4.4) + .01 * std::sin(13 * x);
  const double ridge =
      .60 + .05 * std::sin(6 * x + 1) + .03 * std::sin(15 * x) + .01 * std::sin(37 * x + 2);
  const double cat_x = .36, cat_y = .745;
  if (in_cat(x - cat_x, y - cat_y)) return lit(cat_at(x - cat_x, y - cat_y), hour.light);
  if (y > hill) {
    const double blade = rough(std::floor(x * 180), std::floor(y * 120));
    return lit(mix({.20, .42, .12}, {.42, .62, .22}, blade * (1.4 - y)), hour.light);
  }
  if (y > ridge) return lit(mix({.42, .52, .62}, {.34, .46, .42}, (y - ridge) * 6), hour.light);
  const double from_sun = distance(x - .76, y - hour.height);
  if (from_sun < .055) return hour.sun;
  const Colour sky = mix(hour.zenith, hour.horizon, y / .62);
  return mix(sky, hour.sun, .5 * std::exp(-9 * (from_sun - .055)));
}

// The picture of size x size pixels. A pixel is the mean of nine places in it, as that of a camera
// is of all the light that falls on it.
inline Picture taken(const Hour& hour, Index size) {
  Picture image({size, size, 3});
  const auto place = [size](Index pixel, int third) {
    return (static_cast<double>(pixel) + (2 * third + 1) / 6.0) / static_cast<double>(size);
  };
  for (Index i = 0; i < size; ++i)
    for (Index j = 0; j < size; ++j) {
      Colour sum;
      for (int k = 0; k < 9; ++k) {
        const Colour one = colour_at(hour, place(j, k % 3), place(i, k / 3));
        sum = {sum.red + one.red, sum.green + one.green, sum.blue + one.blue};
      }
      const double all[] = {sum.red, sum.green, sum.blue};
      for (Index c = 0; c < 3; ++c)
        image(i, j, c) =
            static_cast<std::uint8_t>(std::lround(255 * std::clamp(all[c] / 9, 0., 1.)));
    }
  return image;
}

}  // namespace picture
