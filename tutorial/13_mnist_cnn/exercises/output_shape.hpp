#pragma once
/* \exercise output_shape
Write the function that says what shape a convolution or a pooling leaves. Such a layer is described
by a struct, that of `tutorial/13_mnist_cnn/sliding.hpp`. It has the sizes `layer.kernel.height`,
`layer.stride.width` and so on. `layer.same` says whether its padding is `same`. `layer.filters` is
its number of filters, which is 0 for a pooling. A shape is (height, width, channels), and a pooling
keeps the channels. The program asks for the layers of this chapter's network, for windows that are
not square, for strides larger than the window, and for windows that are larger than the image. For
those, `throw lanewise::ShapeError("the window is larger than the image");`

\hint
Rows and columns follow the same formula, so write it once, for one direction.

\hint
Without padding \f$n\f$ pixels have \f$\lfloor (n - k) / s \rfloor + 1\f$ places; a whole number
divided by a whole number is rounded down as the formula wants it. With `same` padding they have
\f$\lceil n / s \rceil\f$, which is \f$\lfloor (n + s - 1) / s \rfloor\f$.
*/
#include <output_shape.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace output_shape {

using lanewise::Index;
using lanewise::Shape;
using sliding::kListing;
using sliding::Sliding;
using Function = Shape(const Shape&, const Sliding&);

inline void check(tutorial::Judge& judge, Function& shape_of) {
  const struct {
    const char* what;
    Shape image;
    Sliding layer;
    Shape expected;
  } cases[] = {
      {"the first convolution", {28, 28, 1}, kListing[0], {26, 26, 32}},
      {"the first pooling", {26, 26, 32}, kListing[1], {13, 13, 32}},
      {"the second convolution", {13, 13, 32}, kListing[2], {11, 11, 64}},
      {"the second pooling: no window has the last row", {11, 11, 64}, kListing[3], {5, 5, 64}},
      {"the third convolution", {5, 5, 64}, kListing[4], {3, 3, 64}},
      {"a window as large as the image", {3, 3, 64}, {.kernel = 3, .filters = 7}, {1, 1, 7}},
      {"a window of 3 x 1", {5, 9, 2}, {.kernel = {3, 1}, .filters = 4}, {3, 9, 4}},
      {"a window of 2 x 2 in steps of 3", {8, 8, 3}, {.kernel = 2, .stride = 3}, {3, 3, 3}},
      {"4 down, 1 to the right", {9, 6, 3}, {.kernel = 2, .stride = {4, 1}}, {2, 5, 3}},
      {"same, 7 pixels in steps of 2",
       {7, 7, 1},
       {.kernel = 3, .stride = 2, .same = true},
       {4, 4, 1}},
      {"same, larger than the image",
       {2, 2, 1},
       {.kernel = 5, .same = true, .filters = 3},
       {2, 2, 3}},
  };
  for (const auto& one : cases)
    judge.equal(fmt::format("{}, on an image of {}", one.what, lanewise::to_string(one.image)),
                one.expected, shape_of(one.image, one.layer));
  std::string got = "no error";
  try {
    got = lanewise::to_string(shape_of({4, 2, 1}, {.kernel = 3, .filters = 1}));
  } catch (const lanewise::ShapeError&) {
    return;
  }
  judge.holds("a ShapeError for a window of 3 x 3 on an image of (4, 2, 1)", false, got);
}

// [answer]
inline Index places(Index pixels, Index kernel, Index stride, bool same) {
  if (same) return (pixels + stride - 1) / stride;
  if (kernel > pixels) throw lanewise::ShapeError("the window is larger than the image");
  return (pixels - kernel) / stride + 1;
}

inline Shape answer(const Shape& image, const Sliding& layer) {
  return {places(image[0], layer.kernel.height, layer.stride.height, layer.same),
          places(image[1], layer.kernel.width, layer.stride.width, layer.same),
          layer.filters > 0 ? layer.filters : image[2]};
}
// [answer]

namespace wrong {

inline Shape one_short(const Shape& image, const Sliding& layer) {
  const Shape right = answer(image, layer);
  return layer.same ? right : Shape{right[0] - 1, right[1] - 1, right[2]};
}

inline Shape rounded_up(const Shape& image, const Sliding& layer) {
  const auto [kernel, stride] = std::pair(layer.kernel, layer.stride);
  if (layer.same) return answer(image, layer);
  return answer({image[0] + stride.height - 1, image[1] + stride.width - 1, image[2]},
                {.kernel = kernel, .stride = stride, .filters = layer.filters});
}

inline Shape no_channels(const Shape& image, const Sliding& layer) {
  const Shape right = answer(image, layer);
  return {right[0], right[1], layer.filters};
}

inline Shape square(const Shape& image, const Sliding& described) {
  Sliding layer = described;
  layer.kernel.width = layer.kernel.height;
  layer.stride.width = layer.stride.height;
  return answer(image, layer);
}

inline Shape without_error(const Shape& image, const Sliding& layer) {
  if (!layer.same && (layer.kernel.height > image[0] || layer.kernel.width > image[1]))
    return {0, 0, layer.filters};
  return answer(image, layer);
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"output_shape",
          check,
          yours::output_shape,
          answer,
          {{"the + 1 is missing", wrong::one_short},
           {"the number of places is rounded up", wrong::rounded_up},
           {"a pooling, which has no filters, is given no channels", wrong::no_channels},
           {"the height of the window is taken for its width", wrong::square},
           {"a window that does not fit is no error", wrong::without_error}}};
}

}  // namespace output_shape
