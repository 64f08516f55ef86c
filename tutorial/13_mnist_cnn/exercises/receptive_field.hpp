#pragma once
/* \exercise receptive_field
How large is the receptive field of a unit? Behind one convolution of 3 x 3 it is 3 x 3 pixels,
behind two of them 5 x 5, and behind the three convolutions and two poolings of this chapter 18
x 18. Write the function that says so, for any layers. The program tries each answer out: it changes
the pixels of a row one at a time, and counts those that the first unit notices.

\hint
Go from the unit down to the image. It sees `kernel` units of the layer below; how many does a run
of that many neighbours see of the layer below that?

\hint
A run of \f$r\f$ neighbouring windows reaches over \f$(r - 1)\,s + k\f$ units. Begin with
\f$r = 1\f$ and the last layer.
*/
#include <receptive_field.hpp>  // yours, or the stub

#include "support/exercise.hpp"

namespace receptive_field {

using lanewise::Index;
using sliding::kListing;
using sliding::Sliding;
using Layers = std::vector<Sliding>;
using Function = Index(const Layers&);

// Whether the first unit behind the layers notices one pixel of a row.
inline bool notices(const Layers& layers, Index pixel) {
  std::vector<bool> row(200);
  row[static_cast<std::size_t>(pixel)] = true;
  for (const Sliding& layer : layers) {
    std::vector<bool> units;
    for (Index begin = 0; begin + layer.kernel.height <= std::ssize(row);
         begin += layer.stride.height) {
      const auto first = row.begin() + begin;
      units.push_back(std::count(first, first + layer.kernel.height, true) > 0);
    }
    row = units;
  }
  return row[0];
}

inline void check(tutorial::Judge& judge, Function& field) {
  const Sliding conv3{.kernel = 3}, conv5{.kernel = 5}, conv1{.kernel = 1},
      pool{.kernel = 2, .stride = 2}, sparse{.kernel = 2, .stride = 3};
  const std::pair<const char*, Layers> cases[] = {
      {"no layer", {}},
      {"one convolution of 3", {conv3}},
      {"convolutions of 3, 3", {conv3, conv3}},
      {"convolutions of 5, 1, 3", {conv5, conv1, conv3}},
      {"a convolution of 3, a pooling of 2", {conv3, pool}},
      {"a pooling of 2, a convolution of 3", {pool, conv3}},
      {"the five layers of the network", kListing},
      {"a window of 2 in steps of 3, a convolution of 5, a pooling of 2", {sparse, conv5, pool}}};
  for (const auto& [what, layers] : cases) {
    Index last = 0;
    for (Index pixel = 0; pixel < 200; ++pixel)
      if (notices(layers, pixel)) last = pixel;
    judge.equal(fmt::format("behind {}, from the first pixel that is noticed to the last", what),
                static_cast<double>(last + 1), static_cast<double>(field(layers)));
  }
}

inline Index answer(const Layers& layers) {
  Index run = 1;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
    run = (run - 1) * layer->stride.height + layer->kernel.height;
  return run;
}

namespace wrong {

inline Index no_strides(const Layers& layers) {
  Layers dense = layers;
  for (Sliding& layer : dense) layer.stride = 1;
  return answer(dense);
}

inline Index multiplied(const Layers& layers) {
  Index product = 1;
  for (const Sliding& layer : layers) product *= layer.kernel.height;
  return product;
}

inline Index image_first(const Layers& layers) {
  return answer({layers.rbegin(), layers.rend()});
}

}  // namespace wrong

inline tutorial::Exercise exercise() {
  return {"receptive_field",
          check,
          yours::receptive_field,
          answer,
          {{"the strides are forgotten", wrong::no_strides},
           {"the windows are taken not to overlap", wrong::multiplied},
           {"the layers are gone through from the image on", wrong::image_first}}};
}

}  // namespace receptive_field
