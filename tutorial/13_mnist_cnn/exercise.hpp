#pragma once
// Chapter 13, the function to write yourself. Replace its body, run `./tools/run 13 --quick`, and
// the chapter tells whether it is right.
#include <vector>

#include "lanewise/lanewise.hpp"

namespace exercise {

/// A convolution or a pooling, as far as it decides the shape of what it leaves.
struct Sliding {
  lanewise::Extent2D kernel{};
  lanewise::Extent2D stride{};
  bool same = false;            ///< padding="same" of Keras; otherwise the window stays inside
  lanewise::Index filters = 0;  ///< of a convolution; 0 for a pooling, which keeps the channels
};

/// The shape, (height, width, channels), of what a layer leaves of an image of such a shape.
/// \throws lanewise::ShapeError if the window does not fit into the image.
inline lanewise::Shape output_shape(const lanewise::Shape& image, const Sliding& layer) {
  const auto on_image = lanewise::place(  // yours instead
      {.kernel = layer.kernel,
       .stride = layer.stride,
       .padding = layer.same ? lanewise::Padding::same : lanewise::Padding::valid},
      {image[0], image[1]}, "output_shape");
  const auto [height, width] = on_image.output;
  return {height, width, layer.filters > 0 ? layer.filters : image[2]};
}

/// The five layers of Listing 4.4 that look at an image.
inline const std::vector<Sliding> kListing{{.kernel = 3, .filters = 32},
                                           {.kernel = 2, .stride = 2},
                                           {.kernel = 3, .filters = 64},
                                           {.kernel = 2, .stride = 2},
                                           {.kernel = 3, .filters = 64}};

/// Whether output_shape() is right on the course's network and where one is easily off by one.
inline bool check() {
  using lanewise::Shape;
  const struct {
    Shape image;
    Sliding layer;
    Shape expected;
  } cases[] = {
      {{28, 28, 1}, kListing[0], {26, 26, 32}},
      {{26, 26, 32}, kListing[1], {13, 13, 32}},
      {{13, 13, 32}, kListing[2], {11, 11, 64}},
      {{11, 11, 64}, kListing[3], {5, 5, 64}},  // the last row and column are seen by no window
      {{5, 5, 64}, kListing[4], {3, 3, 64}},
      {{3, 3, 64}, {.kernel = 3, .filters = 7}, {1, 1, 7}},      // as large as the image
      {{5, 9, 2}, {.kernel = {3, 1}, .filters = 4}, {3, 9, 4}},  // neither is square
      {{8, 8, 3}, {.kernel = 2, .stride = 3}, {3, 3, 3}},        // steps over pixels
      {{9, 6, 3}, {.kernel = 2, .stride = {4, 1}}, {2, 5, 3}},   // other steps down than right
      {{7, 7, 1}, {.kernel = 3, .stride = 2, .same = true}, {4, 4, 1}},   // an odd size, halved
      {{2, 2, 1}, {.kernel = 5, .same = true, .filters = 3}, {2, 2, 3}},  // larger than the image
  };
  try {
    for (const auto& one : cases)
      if (output_shape(one.image, one.layer) != one.expected) return false;
  } catch (const lanewise::ShapeError&) {
    return false;  // all of these fit
  }
  try {
    output_shape({4, 2, 1}, {.kernel = 3, .filters = 1});  // too wide for this image
    return false;
  } catch (const lanewise::ShapeError&) {
    return true;
  }
}

}  // namespace exercise
